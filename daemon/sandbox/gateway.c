/*
 * A text on its way through the pretend gateway: who sent it, is it sound, is
 * its key known, what is to go wrong; then the log, then the phone, then the
 * answer.
 *
 * The order is the promise: whatever happens to the answer, and whenever the
 * other end dies, the log has the request and says whether the phone got it.
 */
#include "sandbox/gateway.h"

#include <errno.h>
#include <search.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/cleanup.h"
#include "lib/phone.h"
#include "lib/text.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/log.h"

#define TEXT_MOST 4096 /* bytes; ten segments are 1530 septets */
#define FROM_MOST 32

/* --- idempotency keys -------------------------------------------------------------- */

/* As real gateways keep them: for 24 hours, and no more than a million; the oldest go first. */
#define KEYS_MOST 1000000
#define KEYS_KEPT HF_DAY
#define KEY_MAX   256 /* bytes, with the NUL */

struct key_answer {
	uint64_t id;
	int segments;
};

/* Its `key` is what stands in the tree. */
struct key_entry {
	STAILQ_ENTRY(key_entry) age;
	struct key_answer answer;
	hf_time at;
	char key[];
};

struct keys {
	void *tree; /* tsearch(3): balanced, whatever keys come from outside */
	size_t count;
	STAILQ_HEAD(, key_entry) by_age;
};

static int compare_keys(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void keys_forget_oldest(struct keys *keys)
{
	struct key_entry *oldest = STAILQ_FIRST(&keys->by_age);

	STAILQ_REMOVE_HEAD(&keys->by_age, age);
	(void)tdelete(oldest->key, &keys->tree, compare_keys);
	keys->count--;
	free(oldest);
}

static void keys_clear(struct keys *keys)
{
	while (keys->count > 0) {
		keys_forget_oldest(keys);
	}
}

/* False: never seen, or forgotten. */
static bool keys_find(struct keys *keys, const char *key, hf_time now,
		      struct key_answer *ret_answer)
{
	char *const *found;

	while (keys->count > 0 && STAILQ_FIRST(&keys->by_age)->at + KEYS_KEPT <= now) {
		keys_forget_oldest(keys);
	}

	found = tfind(key, &keys->tree, compare_keys);
	if (!found) {
		return false;
	}
	*ret_answer =
		((const struct key_entry *)(*found - offsetof(struct key_entry, key)))->answer;
	return true;
}

/* Of a key that keys_find does not know. */
static int keys_add(struct keys *keys, const char *key, const struct key_answer *answer,
		    hf_time now)
{
	size_t size = strlen(key) + 1;
	_cleanup_free_ struct key_entry *entry = malloc(sizeof(*entry) + size);

	if (!entry) {
		return -ENOMEM;
	}
	if (keys->count >= KEYS_MOST) {
		keys_forget_oldest(keys);
	}

	entry->answer = *answer;
	entry->at = now;
	memcpy(entry->key, key, size);
	if (!tsearch(entry->key, &keys->tree, compare_keys)) {
		return -ENOMEM;
	}
	STAILQ_INSERT_TAIL(&keys->by_age, entry, age);
	keys->count++;
	(void)take_ptr(entry);
	return 0;
}

/* --- the gateway ------------------------------------------------------------------- */

struct gateway {
	struct gateway_parts parts;
	struct keys keys;
	struct slow_answers *slow_answers;
	uint64_t last; /* id */
};

/* A request as it was understood, and the answer that it gets where nothing goes wrong. */
struct request {
	struct request_entry entry;
	char phone[PHONE_MAX]; /* the client's, "" where it is none */
	struct key_answer answer;
	int status;
	char body[160];
};

DEFINE_CLEANUP(struct gateway *, gateway_free);

int gateway_new(struct loop *loop, const struct gateway_parts *parts, struct gateway **ret_gateway)
{
	_cleanup_(gateway_freep) struct gateway *gateway = calloc(1, sizeof(*gateway));
	int r;

	if (!gateway) {
		return -ENOMEM;
	}
	gateway->parts = *parts;
	STAILQ_INIT(&gateway->keys.by_age);

	r = slow_answers_new(loop, &gateway->slow_answers);
	if (r < 0) {
		return r;
	}

	*ret_gateway = take_ptr(gateway);
	return 0;
}

struct gateway *gateway_free(struct gateway *gateway)
{
	if (gateway) {
		gateway->slow_answers = slow_answers_free(gateway->slow_answers);
		keys_clear(&gateway->keys);
		free(gateway);
	}
	return NULL;
}

void gateway_clear(struct gateway *gateway)
{
	keys_clear(&gateway->keys);
}

void gateway_gone(struct gateway *gateway, struct exchange *exchange)
{
	slow_answers_gone(gateway->slow_answers, exchange);
}

bool gateway_knows(const struct gateway *gateway, const struct exchange *exchange)
{
	const char *header = exchange_header(exchange, "Authorization");

	return header && strncmp(header, "Bearer ", 7) == 0 &&
	       crypto_equal(header + 7, gateway->parts.secret);
}

static void refuse(struct request *request, int status, int code, const char *message)
{
	request->status = status;
	(void)snprintf(request->body, sizeof(request->body), "{\"code\":%d,\"message\":\"%s\"}",
		       code, message);
}

static void accept_text(struct request *request)
{
	request->status = request->entry.repeat ? 200 : 201;
	(void)snprintf(request->body, sizeof(request->body),
		       "{\"id\":\"SB%06llu\",\"status\":\"queued\",\"segments\":%d%s}",
		       (unsigned long long)request->answer.id, request->answer.segments,
		       request->entry.repeat ? ",\"repeat\":true" : "");
}

/* The answer where nothing goes wrong. */
static void decide_answer(struct gateway *gateway, struct request *request)
{
	struct request_entry *entry = &request->entry;
	hf_time monotonic = clock_monotonic();
	struct text_cost cost;

	if (!entry->to || phone_parse(entry->to, request->phone) != 0) {
		refuse(request, 400, 21211, "to is not a phone number");
	} else if (!entry->from || !*entry->from || strlen(entry->from) > FROM_MOST) {
		refuse(request, 400, 21212, "from is missing or too long");
	} else if (!entry->text || !*entry->text || strlen(entry->text) > TEXT_MOST ||
		   text_cost(entry->text, &cost) != 0) {
		refuse(request, 400, 21602, "text is missing or too long");
	} else if (entry->key && strlen(entry->key) >= KEY_MAX) {
		refuse(request, 400, 20001, "key is too long");
	} else if (entry->key &&
		   keys_find(&gateway->keys, entry->key, monotonic, &request->answer)) {
		entry->repeat = true;
		accept_text(request);
	} else {
		entry->delivered = true;
		request->answer.segments = cost.segments;
		request->answer.id = ++gateway->last;
		accept_text(request);
	}
}

/* To be called after the log has said that the phone gets the text. */
static int deliver(struct gateway *gateway, const struct request *request, hf_time now)
{
	const struct request_entry *entry = &request->entry;
	char id[BUBBLE_ID_MAX];
	const struct bubble_source source = {
		.id = id,
		.phone = request->phone,
		.other = entry->from,
		.text = entry->text,
		.segments = request->answer.segments,
	};
	int r;

	(void)snprintf(id, sizeof(id), "SB%06llu", (unsigned long long)request->answer.id);
	if (entry->key) {
		r = keys_add(&gateway->keys, entry->key, &request->answer, clock_monotonic());
		if (r < 0) {
			return r;
		}
	}

	return phones_receive(gateway->parts.phones, &source, entry->said_at, now);
}

static void send_receipt(struct gateway *gateway, const struct request *request,
			 const struct failure *failure, hf_time now)
{
	bool lost = failure->kind == FAILURE_RECEIPT_UNDELIVERED ||
		    failure->kind == FAILURE_RECEIPT_FAILED;
	char id[BUBBLE_ID_MAX], at[CIVIL_RFC3339_MAX], error[16] = "";
	const struct receipt receipt = {
		.id = id,
		.key = request->entry.key ? request->entry.key : "",
		.state = lost ? failure_word(failure->kind) : "delivered",
		.error = error,
		.at = at,
	};

	if (failure->kind == FAILURE_NO_RECEIPT) {
		return;
	}

	(void)snprintf(id, sizeof(id), "SB%06llu", (unsigned long long)request->answer.id);
	if (lost && failure->code > 0) {
		(void)snprintf(error, sizeof(error), "%d", failure->code);
	}
	civil_format_utc(now, at);
	events_receipt(gateway->parts.events, &receipt);
}

static void answer_broken(struct exchange *exchange, int r)
{
	static const char body[] = "{\"code\":20500,\"message\":\"the sandbox is out of order\"}";

	log_error("a request could not be kept: %s", strerror(-r));
	(void)exchange_answer(exchange, 500, NULL, body, strlen(body), NULL);
}

static void refuse_unauthorized(struct gateway *gateway, struct exchange *exchange, hf_time now)
{
	static const struct request_entry entry = { .fault = "unauthorized" };
	static const char body[] = "{\"code\":20003,\"message\":\"wrong or missing token\"}";
	int r = request_log_write(gateway->parts.log, &entry, now);

	if (r < 0) {
		answer_broken(exchange, r);
	} else {
		(void)exchange_answer(exchange, 401, NULL, body, strlen(body), NULL);
	}
}

void gateway_message(struct gateway *gateway, struct exchange *exchange, hf_time now)
{
	_cleanup_(json_freep) json_t *json = NULL;
	struct request request = { 0 };
	struct failure failure;
	const char *body;
	size_t size;
	int r;

	if (!gateway_knows(gateway, exchange)) {
		refuse_unauthorized(gateway, exchange, now);
		return;
	}

	body = exchange_body(exchange, &size);
	(void)json_read(body, size, &json);
	if (json) {
		request.entry = (struct request_entry){
			.key = json_text(json, "key"),
			.to = json_text(json, "to"),
			.from = json_text(json, "from"),
			.text = json_text(json, "text"),
			.said_at = json_text(json, "at"),
		};
		decide_answer(gateway, &request);
	} else {
		refuse(&request, 400, 20001, "the body is not JSON");
	}

	failure = failures_next(gateway->parts.failures, request.phone);
	request.entry.fault = failure_word(failure.kind);
	if (failure.kind != FAILURE_NONE && !failure.deliver) {
		request.entry.delivered = false;
	}

	r = request_log_write(gateway->parts.log, &request.entry, now);
	if (r == 0 && request.entry.delivered) {
		r = deliver(gateway, &request, now);
		send_receipt(gateway, &request, &failure, now);
	}
	if (r < 0) {
		answer_broken(exchange, r);
		return;
	}

	failure_answer(gateway->slow_answers, exchange, &failure, request.status, request.body);
}
