/*
 * What is to go wrong with requests, and how an answer goes wrong.
 *
 * What takes time is an act: a piece at each ring of its timer, until its bytes
 * have gone or the peer has.  There are never more acts than connections, which
 * the listener limits.
 */
#include "sandbox/failure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/cleanup.h"

#define DELAY_MOST_MS (10 * 60 * 1000)

/* A head that never ends does end, for a peer without any time-out of its own. */
#define HEADERS_MOST 10000

/* --- the queue -------------------------------------------------------------------- */

static const char *const words[] = {
	[MISHAP_NONE] = "none",
	[MISHAP_STATUS] = "status",
	[MISHAP_DELAY] = "delay",
	[MISHAP_DRIP] = "drip",
	[MISHAP_RESET] = "reset",
	[MISHAP_DROP] = "drop",
	[MISHAP_TRUNCATE] = "truncate",
	[MISHAP_GARBAGE] = "garbage",
	[MISHAP_SLOW_HEADERS] = "slow_headers",
	[MISHAP_REDIRECT] = "redirect",
	[MISHAP_UNDELIVERED] = "undelivered",
	[MISHAP_FAILED] = "failed",
	[MISHAP_NO_RECEIPT] = "no_receipt",
};

const char *mishap_word(enum mishap_kind kind)
{
	return words[kind];
}

static int read_kind(const char *word, enum mishap_kind *ret_kind)
{
	for (size_t i = 0; word && i < COUNT(words); i++) {
		if (strcmp(word, words[i]) == 0) {
			*ret_kind = (enum mishap_kind)i;
			return 0;
		}
	}

	return MISHAP_E_INVALID;
}

static int read_number(const json_t *json, const char *key, int fallback, int least, int most,
		       int *ret_number)
{
	int64_t number = json_int(json, key, fallback);

	if (number < least || number > most) {
		return MISHAP_E_INVALID;
	}

	*ret_number = (int)number;
	return 0;
}

int mishap_read(const json_t *json, struct mishap *ret_mishap)
{
	struct mishap mishap = { 0 };
	const char *to = json_text(json, "to");

	if (read_kind(json_text(json, "fault"), &mishap.kind) != 0 ||
	    read_number(json, "status", 503, 200, 599, &mishap.status) != 0 ||
	    read_number(json, "code", 0, 0, INT32_MAX, &mishap.code) != 0 ||
	    read_number(json, "retry_after", -1, -1, INT32_MAX, &mishap.retry_after) != 0 ||
	    read_number(json, "delay_ms", 500, 0, DELAY_MOST_MS, &mishap.delay_ms) != 0 ||
	    read_number(json, "count", 0, 0, INT32_MAX, &mishap.count) != 0 ||
	    (to && phone_parse(to, mishap.to) != 0)) {
		return MISHAP_E_INVALID;
	}

	mishap.deliver = json_truth(json, "deliver",
				    mishap.kind != MISHAP_STATUS && mishap.kind != MISHAP_REDIRECT);
	*ret_mishap = mishap;
	return 0;
}

static void remove_at(struct mishaps *mishaps, int i)
{
	mishaps->count--;
	memmove(&mishaps->queue[i], &mishaps->queue[i + 1],
		(size_t)(mishaps->count - i) * sizeof(mishaps->queue[0]));
}

static void clear(struct mishaps *mishaps, const char *to)
{
	for (int i = mishaps->count - 1; i >= 0; i--) {
		if (!*to || strcmp(mishaps->queue[i].to, to) == 0) {
			remove_at(mishaps, i);
		}
	}
}

int mishaps_add(struct mishaps *mishaps, const struct mishap *mishap)
{
	if (mishap->kind == MISHAP_NONE) {
		clear(mishaps, mishap->to);
		return 0;
	}

	for (int i = 0; i < mishaps->count; i++) {
		if (mishaps->queue[i].count == 0 && strcmp(mishaps->queue[i].to, mishap->to) == 0) {
			mishaps->queue[i] = *mishap;
			return 0;
		}
	}

	if (mishaps->count == MISHAPS_MOST) {
		return MISHAP_E_FULL;
	}

	mishaps->queue[mishaps->count++] = *mishap;
	return 0;
}

struct mishap mishaps_next(struct mishaps *mishaps, const char *to)
{
	for (int i = 0; i < mishaps->count; i++) {
		struct mishap found = mishaps->queue[i];

		if (*found.to && strcmp(found.to, to) != 0) {
			continue;
		}
		if (found.count > 0 && --mishaps->queue[i].count == 0) {
			remove_at(mishaps, i);
		}
		return found;
	}

	return (struct mishap){ .kind = MISHAP_NONE };
}

json_t *mishaps_json(const struct mishaps *mishaps)
{
	_cleanup_(json_freep) json_t *array = json_array();

	for (int i = 0; i < mishaps->count; i++) {
		const struct mishap *mishap = &mishaps->queue[i];
		json_t *json =
			json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:b, s:s?}", "fault",
				  mishap_word(mishap->kind), "status", mishap->status,
				  "retry_after", mishap->retry_after, "code", mishap->code,
				  "delay_ms", mishap->delay_ms, "count", mishap->count, "deliver",
				  mishap->deliver, "to", *mishap->to ? mishap->to : NULL);

		if (json_array_append_new(array, json) < 0) {
			return NULL;
		}
	}
	return take_ptr(array);
}

/* --- acted out -------------------------------------------------------------------- */

struct act {
	struct stage *stage;
	struct exchange *exchange;
	struct loop_timer *timer;
	struct mishap mishap;
	int status;
	char *bytes; /* the body (MISHAP_DELAY) or the whole answer */
	size_t size, sent;
	LIST_ENTRY(act) entry;
};

struct stage {
	struct loop *loop;
	LIST_HEAD(, act) acts;
};

int stage_new(struct loop *loop, struct stage **ret_stage)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	if (!stage) {
		return -ENOMEM;
	}

	stage->loop = loop;
	LIST_INIT(&stage->acts);
	*ret_stage = stage;
	return 0;
}

static struct act *act_free(struct act *act)
{
	if (act) {
		act->timer = loop_timer_free(act->timer);
		free(act->bytes);
		free(act);
	}
	return NULL;
}
DEFINE_CLEANUP(struct act *, act_free);

static void act_end(struct act *act)
{
	LIST_REMOVE(act, entry);
	(void)act_free(act);
}

struct stage *stage_free(struct stage *stage)
{
	if (!stage) {
		return NULL;
	}

	while (!LIST_EMPTY(&stage->acts)) {
		act_end(LIST_FIRST(&stage->acts));
	}
	free(stage);
	return NULL;
}

void stage_gone(struct stage *stage, struct exchange *exchange)
{
	struct act *act;

	LIST_FOREACH(act, &stage->acts, entry)
	{
		if (act->exchange == exchange) {
			act_end(act);
			return;
		}
	}
}

/* Says whether there is more to come. */
static bool act_step(struct act *act)
{
	static const char header[] = "X-Slow: 1\r\n";

	switch (act->mishap.kind) {
	case MISHAP_DRIP:
		if (act->sent < act->size &&
		    exchange_leak(act->exchange, act->bytes + act->sent, 1) == 0) {
			act->sent++;
			return true;
		}
		break;
	case MISHAP_SLOW_HEADERS:
		if (act->sent < HEADERS_MOST &&
		    exchange_leak(act->exchange, header, strlen(header)) == 0) {
			act->sent++;
			return true;
		}
		break;
	case MISHAP_DELAY:
		(void)exchange_answer(act->exchange, act->status, NULL, act->bytes, act->size,
				      NULL);
		return false;
	case MISHAP_UNDELIVERED:
	case MISHAP_FAILED:
	case MISHAP_NO_RECEIPT:
	case MISHAP_NONE:
	case MISHAP_STATUS:
	case MISHAP_RESET:
	case MISHAP_DROP:
	case MISHAP_TRUNCATE:
	case MISHAP_GARBAGE:
	case MISHAP_REDIRECT:
		break;
	}

	(void)exchange_break(act->exchange, NULL, 0, 0);
	return false;
}

static void on_timer(void *userdata)
{
	struct act *act = userdata;

	if (!act_step(act) ||
	    loop_timer_set(act->timer, (hf_time)act->mishap.delay_ms * 1000) < 0) {
		act_end(act);
	}
}

/* Takes bytes, also on failure. */
static int act_start(struct stage *stage, struct exchange *exchange, const struct mishap *mishap,
		     int status, char *bytes)
{
	_cleanup_free_ char *owned = bytes;
	_cleanup_(act_freep) struct act *act = calloc(1, sizeof(*act));
	int r;

	if (!act || !owned) {
		return -ENOMEM;
	}
	act->stage = stage;
	act->exchange = exchange;
	act->mishap = *mishap;
	act->status = status;
	act->bytes = take_ptr(owned);
	act->size = strlen(act->bytes);

	r = loop_add_timer(stage->loop, on_timer, act, &act->timer);
	if (r < 0) {
		return r;
	}

	r = loop_timer_set(act->timer, (hf_time)mishap->delay_ms * 1000);
	if (r < 0) {
		return r;
	}

	LIST_INSERT_HEAD(&stage->acts, act, entry);
	(void)take_ptr(act);
	return 0;
}

/* An answer as it stands on the wire. */
static char *raw_answer(int status, const char *body)
{
	char *raw;

	return asprintf(&raw,
			"HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n"
			"Content-Length: %zu\r\nConnection: close\r\n\r\n%s",
			status, status < 300 ? "OK" : "Error", strlen(body), body) < 0
		       ? NULL
		       : raw;
}

static void act_status(struct exchange *exchange, const struct mishap *mishap)
{
	char body[96], retry[32];
	const char *headers[] = { mishap->retry_after >= 0 ? retry : NULL, NULL };
	int size = snprintf(body, sizeof(body), "{\"code\":%d,\"message\":\"as it was told to\"}",
			    mishap->code);

	(void)snprintf(retry, sizeof(retry), "Retry-After: %d", mishap->retry_after);
	(void)exchange_answer(exchange, mishap->status, NULL, body, (size_t)size, headers);
}

static void act_truncate(struct exchange *exchange, int status, const char *body)
{
	_cleanup_free_ char *raw = raw_answer(status, body);

	(void)exchange_break(exchange, raw, raw ? strlen(raw) - strlen(body) / 2 - 1 : 0, 0);
}

/* MISHAP_DELAY, MISHAP_DRIP, MISHAP_SLOW_HEADERS. */
static void act_slowly(struct stage *stage, struct exchange *exchange, const struct mishap *mishap,
		       int status, const char *body)
{
	char *bytes = mishap->kind == MISHAP_DELAY ? strdup(body) : raw_answer(status, body);

	if (mishap->kind == MISHAP_SLOW_HEADERS) {
		(void)exchange_leak(exchange, "HTTP/1.1 201 Created\r\n", 22);
	}

	if (act_start(stage, exchange, mishap, status, bytes) < 0) {
		(void)exchange_break(exchange, NULL, 0, 0);
	}
}

void stage_act(struct stage *stage, struct exchange *exchange, const struct mishap *mishap,
	       int status, const char *body)
{
	static const char *const again[] = { "Location: /messages", NULL };
	static const char garbage[] = "\x16\x03\x01 not HTTP \xff\xfe\r\n\r\n{{{";

	switch (mishap->kind) {
	case MISHAP_NONE:
	case MISHAP_UNDELIVERED:
	case MISHAP_FAILED:
	case MISHAP_NO_RECEIPT:
		(void)exchange_answer(exchange, status, NULL, body, strlen(body), NULL);
		break;
	case MISHAP_STATUS:
		act_status(exchange, mishap);
		break;
	case MISHAP_DELAY:
	case MISHAP_DRIP:
	case MISHAP_SLOW_HEADERS:
		act_slowly(stage, exchange, mishap, status, body);
		break;
	case MISHAP_RESET:
		(void)exchange_break(exchange, NULL, 0, 1);
		break;
	case MISHAP_DROP:
		(void)exchange_break(exchange, NULL, 0, 0);
		break;
	case MISHAP_TRUNCATE:
		act_truncate(exchange, status, body);
		break;
	case MISHAP_GARBAGE:
		(void)exchange_break(exchange, garbage, strlen(garbage), 0);
		break;
	case MISHAP_REDIRECT:
		(void)exchange_answer(exchange, 307, NULL, "", 0, again);
		break;
	}
}
