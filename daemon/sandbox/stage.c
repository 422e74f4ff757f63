/*
 * The mishaps acted out.
 *
 * What takes time is an act on the stage: a piece at each ring of its timer,
 * until its bytes have gone or the peer has.  There are never more acts than
 * connections, which the listener limits.
 */
#include "sandbox/stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/cleanup.h"

/* A head that never ends does end, for a peer without any time-out of its own. */
#define HEADERS_MOST 10000

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
