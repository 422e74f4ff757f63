/*
 * What is asked of the sandbox, and who answers it.
 *
 * Dangerous: any page in the same browser can send requests to this machine.
 * Only a Host of this machine is served (a name that somebody else's DNS points
 * here is not), and an Origin must be our own.
 */
#include "sandbox/sandbox.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/embedded.h"
#include "lib/phone.h"
#include "lib/text.h"
#include "lib/clock.h"
#include "lib/json.h"
#include "lib/http_server.h"
#include "lib/log.h"
#include "lib/url.h"
#include "sandbox/events.h"
#include "sandbox/gateway.h"

#define REPLY_MOST 2048 /* bytes of what a client writes */

struct sandbox {
	struct clock clock;
	struct request_log *log;
	struct failures failures;
	struct phones *phones;
	struct gateway *gateway;
	struct events *events;
	struct http_server *listener;
	uint64_t last_reply;
};

DEFINE_CLEANUP(struct sandbox *, sandbox_free);

static void answer_text(struct exchange *exchange, int status, const char *text)
{
	static const char *const headers[] = { "Cache-Control: no-store", NULL };

	(void)exchange_answer(exchange, status, NULL, text, strlen(text), headers);
}

static void answer_error(struct exchange *exchange, int status, const char *message)
{
	char text[128];

	(void)snprintf(text, sizeof(text), "{\"message\":\"%s\"}", message);
	answer_text(exchange, status, text);
}

/* Takes json. */
static void answer_json(struct exchange *exchange, int status, json_t *json)
{
	_cleanup_(json_freep) json_t *owned = json;
	_cleanup_free_ char *text = owned ? json_write(owned, NULL) : NULL;

	if (text) {
		answer_text(exchange, status, text);
	} else {
		answer_error(exchange, 500, "out of memory");
	}
}

static json_t *read_body(struct exchange *exchange)
{
	json_t *json = NULL;
	size_t size;
	const char *body = exchange_body(exchange, &size);

	if (json_read(body, size, &json) != 0) {
		answer_error(exchange, 400, "the body is not JSON");
		return NULL;
	}

	return json;
}

/* --- one function for each route ------------------------------------------ */

static void on_message(struct sandbox *sandbox, struct exchange *exchange)
{
	gateway_message(sandbox->gateway, exchange, clock_now(&sandbox->clock));
}

static void on_control_read(struct sandbox *sandbox, struct exchange *exchange)
{
	answer_json(exchange, 200, failures_json(&sandbox->failures));
}

static void on_control(struct sandbox *sandbox, struct exchange *exchange)
{
	_cleanup_(json_freep) json_t *json = read_body(exchange);
	struct failure failure;

	if (!json) {
		return;
	}

	if (failure_read(json, &failure) != 0) {
		answer_error(exchange, 400, "no such fault, or a value out of bounds");
	} else if (failures_add(&sandbox->failures, &failure) != 0) {
		answer_error(exchange, 409, "too many faults are waiting");
	} else {
		on_control_read(sandbox, exchange);
	}
}

static void on_log(struct sandbox *sandbox, struct exchange *exchange)
{
	const char *after = exchange_query(exchange, "after");
	size_t size;
	_cleanup_free_ char *text =
		request_log_after(sandbox->log, after ? strtoull(after, NULL, 10) : 0, &size);

	if (text) {
		answer_text(exchange, 200, text);
	} else {
		answer_error(exchange, 500, "out of memory");
	}
}

static void on_inbound(struct sandbox *sandbox, struct exchange *exchange)
{
	const char *since = exchange_query(exchange, "since");
	const char *page = exchange_query(exchange, "page");

	if (!gateway_knows(sandbox->gateway, exchange)) {
		answer_error(exchange, 401, "wrong or missing token");
		return;
	}

	answer_json(exchange, 200,
		    events_page(sandbox->events, since ? since : "",
				page ? (unsigned)strtoul(page, NULL, 10) % EVENTS_KEPT : 0));
}

static void on_events(struct sandbox *sandbox, struct exchange *exchange)
{
	phones_watch(sandbox->phones, exchange);
}

static void on_clear(struct sandbox *sandbox, struct exchange *exchange)
{
	phones_clear(sandbox->phones);
	gateway_clear(sandbox->gateway);
	sandbox->failures.count = 0;
	answer_text(exchange, 200, "{}");
}

/* What the client wrote is sound, and stands on her phone. */
static void send_reply(struct sandbox *sandbox, struct exchange *exchange, struct inbound *inbound,
		       const struct bubble_source *source)
{
	char at[BUBBLE_AT_MAX], answer[64];
	enum bubble_state state;

	if (phones_write(sandbox->phones, source, clock_now(&sandbox->clock), at) < 0) {
		answer_error(exchange, 503, "there are too many phones");
		return;
	}

	inbound->at = at;
	if (events_keep(sandbox->events, inbound, clock_now(&sandbox->clock)) < 0) {
		answer_error(exchange, 503, "out of memory");
		return;
	}
	state = events_deliver(sandbox->events, inbound);
	if (state != BUBBLE_SENDING) {
		phones_settle(sandbox->phones, inbound->id, state);
	}

	(void)snprintf(answer, sizeof(answer), "{\"id\":\"%s\"}", inbound->id);
	answer_text(exchange, 202, answer);
}

static void on_reply(struct sandbox *sandbox, struct exchange *exchange)
{
	_cleanup_(json_freep) json_t *json = read_body(exchange);
	const char *from, *to, *text;
	char phone[PHONE_MAX], id[BUBBLE_ID_MAX];
	struct text_cost cost;

	if (!json) {
		return;
	}

	from = json_text(json, "from");
	to = json_text(json, "to");
	text = json_text(json, "text");
	if (!from || phone_parse(from, phone) != 0 || !to || !*to || !text || !*text ||
	    strlen(text) > REPLY_MOST || text_cost(text, &cost) != 0) {
		answer_error(exchange, 400, "from, to or text is missing or wrong");
		return;
	}

	(void)snprintf(id, sizeof(id), "IN%06llu", (unsigned long long)++sandbox->last_reply);
	send_reply(sandbox, exchange,
		   &(struct inbound){ .id = id, .from = phone, .to = to, .text = text },
		   &(struct bubble_source){ .id = id,
					    .phone = phone,
					    .other = to,
					    .text = text,
					    .segments = cost.segments });
}

static const struct route {
	const char *method, *path;
	void (*handle)(struct sandbox *sandbox, struct exchange *exchange);
} routes[] = {
	{ "POST", "/messages", on_message },    { "POST", "/control", on_control },
	{ "GET", "/control", on_control_read }, { "GET", "/log", on_log },
	{ "GET", "/api/events", on_events },    { "POST", "/api/reply", on_reply },
	{ "POST", "/api/clear", on_clear },     { "GET", "/inbound", on_inbound },
};

/* --- the page ----------------------------------------------------------------- */

static const struct {
	const char *ending, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
};

static const char *type_of(const char *name)
{
	const char *ending = strrchr(name, '.');

	for (size_t i = 0; ending && i < COUNT(types); i++) {
		if (strcmp(ending, types[i].ending) == 0) {
			return types[i].type;
		}
	}

	return "application/octet-stream";
}

static bool answer_page(struct exchange *exchange)
{
	static const char *const headers[] = {
		("Content-Security-Policy: default-src 'none'; script-src 'self'; "
		 "style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; "
		 "form-action 'none'; frame-ancestors 'none'"),
		"X-Content-Type-Options: nosniff",
		"Referrer-Policy: no-referrer",
		"Cache-Control: no-store",
		NULL,
	};
	const char *name = exchange_path(exchange) + 1;

	for (const struct embedded *file = page_files; file->name; file++) {
		if (strcmp(file->name, *name ? name : "page.html") == 0) {
			(void)exchange_answer(exchange, 200, type_of(file->name), file->bytes,
					      file->size, headers);
			return true;
		}
	}

	return false;
}

/* --- who may ask ---------------------------------------------------------------- */

static bool is_from_here(const struct exchange *exchange)
{
	const char *host = exchange_header(exchange, "Host");
	const char *origin = exchange_header(exchange, "Origin");
	char url[128];

	if (!host || snprintf(url, sizeof(url), "http://%s", host) >= (int)sizeof(url)) {
		return false;
	}

	return url_on_loopback(url) && (!origin || strcmp(origin, url) == 0);
}

static void on_request(void *userdata, struct exchange *exchange)
{
	struct sandbox *sandbox = userdata;
	const char *method = exchange_method(exchange), *path = exchange_path(exchange);

	if (!is_from_here(exchange)) {
		answer_error(exchange, 403, "only for this machine");
		return;
	}

	for (size_t i = 0; i < COUNT(routes); i++) {
		if (strcmp(path, routes[i].path) == 0 && strcmp(method, routes[i].method) == 0) {
			routes[i].handle(sandbox, exchange);
			return;
		}
	}

	if (strcmp(method, "GET") != 0 || !answer_page(exchange)) {
		answer_error(exchange, 404, "nothing here");
	}
}

static void on_gone(void *userdata, struct exchange *exchange)
{
	struct sandbox *sandbox = userdata;

	phones_gone(sandbox->phones, exchange);
	gateway_gone(sandbox->gateway, exchange);
}

static void on_reply_end(void *userdata, const char *id, enum bubble_state state)
{
	struct sandbox *sandbox = userdata;

	phones_settle(sandbox->phones, id, state);
}

/* --- births and deaths ------------------------------------------------------------ */

static int make_parts(struct sandbox *sandbox, struct loop *loop,
		      const struct sandbox_options *options)
{
	struct gateway_parts parts = { .secret = options->secret, .failures = &sandbox->failures };
	int r;

	r = request_log_new(options->log, &sandbox->log);
	r = r < 0 ? r : phones_new(loop, &sandbox->phones);
	r = r < 0 ? r
		  : events_new(loop, options->webhook, options->secret, on_reply_end, sandbox,
			       &sandbox->events);
	if (r < 0) {
		return r;
	}

	parts.events = sandbox->events;
	parts.log = sandbox->log;
	parts.phones = sandbox->phones;
	return gateway_new(loop, &parts, &sandbox->gateway);
}

int sandbox_new(struct loop *loop, int fd, const struct sandbox_options *options,
		struct sandbox **ret_sandbox)
{
	static const struct http_server_options limits = {
		.most_connections = 1000,
		.most_body = 64L * 1024,
		/* A courier's connection that idles longer is closed, as real gateways do it. */
		.deadline = HF_MINUTE,
	};
	_cleanup_close_ int owned = fd;
	_cleanup_(sandbox_freep) struct sandbox *sandbox = calloc(1, sizeof(*sandbox));
	int r;

	if (!sandbox) {
		return -ENOMEM;
	}
	clock_init_real(&sandbox->clock);

	r = make_parts(sandbox, loop, options);
	if (r < 0) {
		return r;
	}

	r = http_server_new(loop, take_fd(owned), &limits, on_request, on_gone, sandbox,
			    &sandbox->listener);
	if (r < 0) {
		return r;
	}

	*ret_sandbox = take_ptr(sandbox);
	return 0;
}

struct sandbox *sandbox_free(struct sandbox *sandbox)
{
	if (!sandbox) {
		return NULL;
	}

	sandbox->listener = http_server_free(sandbox->listener);
	sandbox->events = events_free(sandbox->events);
	sandbox->gateway = gateway_free(sandbox->gateway);
	sandbox->phones = phones_free(sandbox->phones);
	sandbox->log = request_log_free(sandbox->log);
	free(sandbox);
	return NULL;
}
