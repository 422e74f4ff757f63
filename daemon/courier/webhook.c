/*
 * Webhooks.
 *
 * Dangerous: everybody can reach this server.  Nothing of a request is looked at before
 * it is known to be the gateway's; whoever is refused gets an empty body and, for each
 * reason, one line a minute in the log; and what can be open, owed or sent has a limit.
 * The address that a gateway signs is its own view of ours, public_url, and
 * never the Host that a request names.
 */
#include "courier/webhook.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/http_server.h"
#include "lib/complaints.h"
#include "lib/log.h"
#include "courier/preset.h"

#define HOOKS "/hooks/"

/* An answer that waits for holdfastd. */
struct owed {
	LIST_ENTRY(owed) entry;
	struct webhook *webhook;
	struct exchange *exchange;
	struct forwarding *forwarding;
	const char *unfit; /* a literal: why it is kept */
};

struct webhook {
	struct http_server *listener;
	const struct gateway *gateway;
	const struct clock *clock;
	struct forward *forward;
	struct complaints *complaints;
	LIST_HEAD(, owed) list;
};

/* --- the journal -------------------------------------------------------------------- */

static void on_line(void *userdata, uint64_t count, const char *what, const char *why)
{
	const struct webhook *webhook = userdata;

	log_warning("gateway=%s: %" PRIu64 " webhook(s) %s: %s", webhook->gateway->name, count,
		    what, why);
}

/* --- answers ------------------------------------------------------------------------ */

static void answer_empty(struct exchange *exchange, int status)
{
	static const char *const come_again[] = { "Retry-After: 5", NULL };
	static const char *const allowed[] = { "Allow: GET, POST", NULL };

	(void)exchange_answer(exchange, status, "text/plain", "", 0,
			      status == 503   ? come_again
			      : status == 405 ? allowed
					      : NULL);
}

static void acknowledge(const struct webhook *webhook, struct exchange *exchange)
{
	const struct webhook_ack *ack = &webhook->gateway->preset->hooks.ack;

	(void)exchange_answer(exchange, ack->status, ack->type, ack->body, strlen(ack->body), NULL);
}

static void refuse(struct webhook *webhook, struct exchange *exchange, int status, const char *why)
{
	complaints_add(webhook->complaints, "refused", why);
	answer_empty(exchange, status);
}

/* It will be brought again. */
static void turn_away(struct webhook *webhook, struct exchange *exchange)
{
	complaints_add(webhook->complaints, "turned away",
		       "holdfastd is away, or could not store it");
	answer_empty(exchange, 503);
}

/* --- forwarding -------------------------------------------------------------------- */

static void on_end(void *userdata, bool stored)
{
	struct owed *owed = userdata;

	if (stored) {
		if (owed->unfit) {
			complaints_add(owed->webhook->complaints, "kept", owed->unfit);
		}
		acknowledge(owed->webhook, owed->exchange);
	} else {
		turn_away(owed->webhook, owed->exchange);
	}
	LIST_REMOVE(owed, entry);
	free(owed);
}

static int forward_and_owe(struct webhook *webhook, struct exchange *exchange,
			   struct events *events)
{
	struct owed *owed = calloc(1, sizeof(*owed));
	int r;

	if (!owed) {
		return -ENOMEM;
	}
	owed->webhook = webhook;
	owed->exchange = exchange;
	owed->unfit = events->unfit;
	r = forward_events(webhook->forward, events, on_end, owed, &owed->forwarding);
	if (r < 0) {
		free(owed);
		return r;
	}

	LIST_INSERT_HEAD(&webhook->list, owed, entry);
	kept(owed);
	return 0;
}

/* The gateway hung up: what it brought is stored all the same, and it will bring it again. */
static void on_gone(void *userdata, struct exchange *exchange)
{
	struct webhook *webhook = userdata;
	struct owed *owed;

	LIST_FOREACH(owed, &webhook->list, entry)
	{
		if (owed->exchange == exchange) {
			forward_forget(owed->forwarding);
			LIST_REMOVE(owed, entry);
			free(owed);
			return;
		}
	}
}

/* --- a request ------------------------------------------------------------------------- */

static const char *find_header(const void *userdata, const char *name)
{
	return exchange_header(userdata, name);
}

static void handle_request(struct webhook *webhook, struct exchange *exchange,
			   const struct webhook_request *request)
{
	const struct gateway *gateway = webhook->gateway;
	_cleanup_(events_done) struct events events = { 0 };
	const char *why = "";
	int r;

	r = gateway_verify(gateway, request, clock_now(webhook->clock), &why);
	if (r > 0) {
		refuse(webhook, exchange, 403, why);
		return;
	}
	r = r < 0 ? r : events_read(&gateway->preset->hooks, &gateway->from, request, &events);
	if (r > 0) {
		refuse(webhook, exchange, 400, "it has more in it than can be read");
		return;
	}
	if (r < 0) {
		turn_away(webhook, exchange);
		return;
	}
	if (events.unknown_state) {
		complaints_add(webhook->complaints, "taken as a receipt of sending",
			       "the preset does not know the state");
	}

	/* Nothing at all is a receipt that says nothing new. */
	if (events.inbound_count + events.receipt_count == 0 && !events.unfit) {
		acknowledge(webhook, exchange);
	} else if (forward_and_owe(webhook, exchange, &events) < 0) {
		turn_away(webhook, exchange);
	}
}

/* What stands behind /hooks/NAME, or NULL: another address.  `url` as it came, percent signs and
 * all. */
static const char *rest_of(const struct webhook *webhook, const char *url)
{
	const char *name = webhook->gateway->name;
	const char *rest = url + strlen(HOOKS) + strlen(name);

	if (strncmp(url, HOOKS, strlen(HOOKS)) != 0 ||
	    strncmp(url + strlen(HOOKS), name, strlen(name)) != 0 ||
	    (*rest && *rest != '/' && *rest != '?')) {
		return NULL;
	}
	return rest;
}

static void on_request(void *userdata, struct exchange *exchange)
{
	struct webhook *webhook = userdata;
	const char *method = exchange_method(exchange);
	const char *rest = rest_of(webhook, exchange_raw_url(exchange));
	const char *public_url = webhook->gateway->values[VALUE_PUBLIC_URL];
	_cleanup_free_ char *url = NULL;
	struct webhook_request request = { .method = method,
					   .header = find_header,
					   .userdata = exchange };

	if (!rest) {
		refuse(webhook, exchange, 404, "its address is not that of this gateway");
		return;
	}
	if (strcmp(method, "POST") != 0 && strcmp(method, "GET") != 0) {
		refuse(webhook, exchange, 405, "its method is neither GET nor POST");
		return;
	}
	request.body = exchange_body(exchange, &request.body_size);
	if (asprintf(&url, "%s%s", public_url ? public_url : "", rest) < 0) {
		url = NULL;
		turn_away(webhook, exchange);
		return;
	}

	request.url = url;
	request.query = strchr(rest, '?') ? strchr(rest, '?') + 1 : "";
	request.path = exchange_path(exchange) + (rest - exchange_raw_url(exchange));
	request.path += *request.path == '/';
	handle_request(webhook, exchange, &request);
}

/* --- birth and death --------------------------------------------------------------------- */

int webhook_new(struct loop *loop, int fd, const struct gateway *gateway, const struct clock *clock,
		struct forward *forward, struct webhook **ret_webhook)
{
	static const struct http_server_options options = {
		.most_connections = WEBHOOK_CONNECTIONS,
		.most_body = WEBHOOK_BODY_MAX,
		.deadline = WEBHOOK_DEADLINE,
		.raw_query = true,
	};
	_cleanup_close_ int owned = fd;
	_cleanup_(webhook_freep) struct webhook *webhook = calloc(1, sizeof(*webhook));
	int r;

	if (!webhook) {
		return -ENOMEM;
	}
	LIST_INIT(&webhook->list);
	webhook->gateway = gateway;
	webhook->clock = clock;
	webhook->forward = forward;
	r = complaints_new(loop, on_line, webhook, &webhook->complaints);
	if (r < 0) {
		return r;
	}
	r = http_server_new(loop, take_fd(owned), &options, on_request, on_gone, webhook,
			    &webhook->listener);
	if (r < 0) {
		return r;
	}

	*ret_webhook = take_ptr(webhook);
	return 0;
}

struct webhook *webhook_free(struct webhook *webhook)
{
	if (!webhook) {
		return NULL;
	}

	webhook->listener = http_server_free(webhook->listener);
	webhook->complaints = complaints_free(webhook->complaints);
	free(webhook);
	return NULL;
}

void webhook_set_gateway(struct webhook *webhook, const struct gateway *gateway)
{
	webhook->gateway = gateway;
}
