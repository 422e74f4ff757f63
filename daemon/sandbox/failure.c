/*
 * What is to go wrong with requests, and how an answer goes wrong.
 *
 * What takes time is a slow answer: a piece at each ring of its timer, until its
 * bytes have gone or the peer has.  There are never more of them than
 * connections, which the listener limits.
 */
#include "sandbox/failure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/cleanup.h"

#define DELAY_MOST_MS (10 * 60 * 1000)

/* Lines of FAILURE_SLOW_HEADERS: there is an end for a peer that has no time-out of its own. */
#define HEADERS_MOST 10000

/* --- the queue -------------------------------------------------------------------- */

static const char *const words[] = {
	[FAILURE_NONE] = "none",
	[FAILURE_STATUS] = "status",
	[FAILURE_DELAY] = "delay",
	[FAILURE_DRIP] = "drip",
	[FAILURE_RESET] = "reset",
	[FAILURE_DROP] = "drop",
	[FAILURE_TRUNCATE] = "truncate",
	[FAILURE_GARBAGE] = "garbage",
	[FAILURE_SLOW_HEADERS] = "slow_headers",
	[FAILURE_REDIRECT] = "redirect",
	[FAILURE_RECEIPT_UNDELIVERED] = "undelivered",
	[FAILURE_RECEIPT_FAILED] = "failed",
	[FAILURE_NO_RECEIPT] = "no_receipt",
};

const char *failure_word(enum failure_kind kind)
{
	return words[kind];
}

static int read_kind(const char *word, enum failure_kind *ret_kind)
{
	for (size_t i = 0; word && i < COUNT(words); i++) {
		if (strcmp(word, words[i]) == 0) {
			*ret_kind = (enum failure_kind)i;
			return 0;
		}
	}

	return FAILURE_E_INVALID;
}

static int read_number(const json_t *json, const char *key, int fallback, int least, int most,
		       int *ret_number)
{
	int64_t number = json_int(json, key, fallback);

	if (number < least || number > most) {
		return FAILURE_E_INVALID;
	}

	*ret_number = (int)number;
	return 0;
}

int failure_read(const json_t *json, struct failure *ret_failure)
{
	struct failure failure = { 0 };
	const char *to = json_text(json, "to");

	if (read_kind(json_text(json, "fault"), &failure.kind) != 0 ||
	    read_number(json, "status", 503, 200, 599, &failure.status) != 0 ||
	    read_number(json, "code", 0, 0, INT32_MAX, &failure.code) != 0 ||
	    read_number(json, "retry_after", -1, -1, INT32_MAX, &failure.retry_after) != 0 ||
	    read_number(json, "delay_ms", 500, 0, DELAY_MOST_MS, &failure.delay_ms) != 0 ||
	    read_number(json, "count", 0, 0, INT32_MAX, &failure.count) != 0 ||
	    (to && phone_parse(to, failure.to) != 0)) {
		return FAILURE_E_INVALID;
	}

	failure.deliver =
		json_truth(json, "deliver",
			   failure.kind != FAILURE_STATUS && failure.kind != FAILURE_REDIRECT);
	*ret_failure = failure;
	return 0;
}

static void remove_at(struct failures *failures, int i)
{
	failures->count--;
	memmove(&failures->queue[i], &failures->queue[i + 1],
		(size_t)(failures->count - i) * sizeof(failures->queue[0]));
}

static void clear(struct failures *failures, const char *to)
{
	for (int i = failures->count - 1; i >= 0; i--) {
		if (!*to || strcmp(failures->queue[i].to, to) == 0) {
			remove_at(failures, i);
		}
	}
}

int failures_add(struct failures *failures, const struct failure *failure)
{
	if (failure->kind == FAILURE_NONE) {
		clear(failures, failure->to);
		return 0;
	}

	for (int i = 0; i < failures->count; i++) {
		if (failures->queue[i].count == 0 &&
		    strcmp(failures->queue[i].to, failure->to) == 0) {
			failures->queue[i] = *failure;
			return 0;
		}
	}

	if (failures->count == FAILURES_MOST) {
		return FAILURE_E_FULL;
	}

	failures->queue[failures->count++] = *failure;
	return 0;
}

struct failure failures_next(struct failures *failures, const char *to)
{
	for (int i = 0; i < failures->count; i++) {
		struct failure found = failures->queue[i];

		if (*found.to && strcmp(found.to, to) != 0) {
			continue;
		}
		if (found.count > 0 && --failures->queue[i].count == 0) {
			remove_at(failures, i);
		}
		return found;
	}

	return (struct failure){ .kind = FAILURE_NONE };
}

json_t *failures_json(const struct failures *failures)
{
	_cleanup_(json_freep) json_t *array = json_array();

	for (int i = 0; i < failures->count; i++) {
		const struct failure *failure = &failures->queue[i];
		json_t *json =
			json_pack("{s:s, s:i, s:i, s:i, s:i, s:i, s:b, s:s?}", "fault",
				  failure_word(failure->kind), "status", failure->status,
				  "retry_after", failure->retry_after, "code", failure->code,
				  "delay_ms", failure->delay_ms, "count", failure->count, "deliver",
				  failure->deliver, "to", *failure->to ? failure->to : NULL);

		if (json_array_append_new(array, json) < 0) {
			return NULL;
		}
	}
	return take_ptr(array);
}

/* --- the answer -------------------------------------------------------------------- */

struct slow_answer {
	struct exchange *exchange;
	struct loop_timer *timer;
	struct failure failure;
	int status;
	char *bytes; /* the body (FAILURE_DELAY) or the whole answer */
	size_t size, sent;
	LIST_ENTRY(slow_answer) entry;
};

struct slow_answers {
	struct loop *loop;
	LIST_HEAD(, slow_answer) list;
};

int slow_answers_new(struct loop *loop, struct slow_answers **ret_answers)
{
	struct slow_answers *answers = calloc(1, sizeof(*answers));

	if (!answers) {
		return -ENOMEM;
	}

	answers->loop = loop;
	LIST_INIT(&answers->list);
	*ret_answers = answers;
	return 0;
}

static struct slow_answer *slow_answer_free(struct slow_answer *answer)
{
	if (answer) {
		answer->timer = loop_timer_free(answer->timer);
		free(answer->bytes);
		free(answer);
	}
	return NULL;
}
DEFINE_CLEANUP(struct slow_answer *, slow_answer_free);

static void slow_answer_end(struct slow_answer *answer)
{
	LIST_REMOVE(answer, entry);
	(void)slow_answer_free(answer);
}

struct slow_answers *slow_answers_free(struct slow_answers *answers)
{
	if (!answers) {
		return NULL;
	}

	while (!LIST_EMPTY(&answers->list)) {
		slow_answer_end(LIST_FIRST(&answers->list));
	}
	free(answers);
	return NULL;
}

void slow_answers_gone(struct slow_answers *answers, struct exchange *exchange)
{
	struct slow_answer *answer;

	LIST_FOREACH(answer, &answers->list, entry)
	{
		if (answer->exchange == exchange) {
			slow_answer_end(answer);
			return;
		}
	}
}

/* Says whether there is more to come. */
static bool send_piece(struct slow_answer *answer)
{
	static const char header[] = "X-Slow: 1\r\n";

	switch (answer->failure.kind) {
	case FAILURE_DRIP:
		if (answer->sent < answer->size &&
		    exchange_leak(answer->exchange, answer->bytes + answer->sent, 1) == 0) {
			answer->sent++;
			return true;
		}
		break;
	case FAILURE_SLOW_HEADERS:
		if (answer->sent < HEADERS_MOST &&
		    exchange_leak(answer->exchange, header, strlen(header)) == 0) {
			answer->sent++;
			return true;
		}
		break;
	case FAILURE_DELAY:
		(void)exchange_answer(answer->exchange, answer->status, NULL, answer->bytes,
				      answer->size, NULL);
		return false;
	case FAILURE_RECEIPT_UNDELIVERED:
	case FAILURE_RECEIPT_FAILED:
	case FAILURE_NO_RECEIPT:
	case FAILURE_NONE:
	case FAILURE_STATUS:
	case FAILURE_RESET:
	case FAILURE_DROP:
	case FAILURE_TRUNCATE:
	case FAILURE_GARBAGE:
	case FAILURE_REDIRECT:
		break;
	}

	(void)exchange_break(answer->exchange, NULL, 0, 0);
	return false;
}

static void on_timer(void *userdata)
{
	struct slow_answer *answer = userdata;

	if (!send_piece(answer) ||
	    loop_timer_set(answer->timer, (hf_time)answer->failure.delay_ms * 1000) < 0) {
		slow_answer_end(answer);
	}
}

/* Takes bytes, also on failure. */
static int start_slowly(struct slow_answers *answers, struct exchange *exchange,
			const struct failure *failure, int status, char *bytes)
{
	_cleanup_free_ char *owned = bytes;
	_cleanup_(slow_answer_freep) struct slow_answer *answer = calloc(1, sizeof(*answer));
	int r;

	if (!answer || !owned) {
		return -ENOMEM;
	}
	answer->exchange = exchange;
	answer->failure = *failure;
	answer->status = status;
	answer->bytes = take_ptr(owned);
	answer->size = strlen(answer->bytes);

	r = loop_add_timer(answers->loop, on_timer, answer, &answer->timer);
	if (r < 0) {
		return r;
	}

	r = loop_timer_set(answer->timer, (hf_time)failure->delay_ms * 1000);
	if (r < 0) {
		return r;
	}

	LIST_INSERT_HEAD(&answers->list, answer, entry);
	(void)take_ptr(answer);
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

static void answer_status(struct exchange *exchange, const struct failure *failure)
{
	char body[96], retry[32];
	const char *headers[] = { failure->retry_after >= 0 ? retry : NULL, NULL };
	int size = snprintf(body, sizeof(body), "{\"code\":%d,\"message\":\"as it was told to\"}",
			    failure->code);

	(void)snprintf(retry, sizeof(retry), "Retry-After: %d", failure->retry_after);
	(void)exchange_answer(exchange, failure->status, NULL, body, (size_t)size, headers);
}

static void answer_truncated(struct exchange *exchange, int status, const char *body)
{
	_cleanup_free_ char *raw = raw_answer(status, body);

	(void)exchange_break(exchange, raw, raw ? strlen(raw) - strlen(body) / 2 - 1 : 0, 0);
}

/* FAILURE_DELAY, FAILURE_DRIP, FAILURE_SLOW_HEADERS. */
static void answer_slowly(struct slow_answers *answers, struct exchange *exchange,
			  const struct failure *failure, int status, const char *body)
{
	char *bytes = failure->kind == FAILURE_DELAY ? strdup(body) : raw_answer(status, body);

	if (failure->kind == FAILURE_SLOW_HEADERS) {
		(void)exchange_leak(exchange, "HTTP/1.1 201 Created\r\n", 22);
	}

	if (start_slowly(answers, exchange, failure, status, bytes) < 0) {
		(void)exchange_break(exchange, NULL, 0, 0);
	}
}

void failure_answer(struct slow_answers *answers, struct exchange *exchange,
		    const struct failure *failure, int status, const char *body)
{
	static const char *const again[] = { "Location: /messages", NULL };
	static const char garbage[] = "\x16\x03\x01 not HTTP \xff\xfe\r\n\r\n{{{";

	switch (failure->kind) {
	case FAILURE_NONE:
	case FAILURE_RECEIPT_UNDELIVERED:
	case FAILURE_RECEIPT_FAILED:
	case FAILURE_NO_RECEIPT:
		(void)exchange_answer(exchange, status, NULL, body, strlen(body), NULL);
		break;
	case FAILURE_STATUS:
		answer_status(exchange, failure);
		break;
	case FAILURE_DELAY:
	case FAILURE_DRIP:
	case FAILURE_SLOW_HEADERS:
		answer_slowly(answers, exchange, failure, status, body);
		break;
	case FAILURE_RESET:
		(void)exchange_break(exchange, NULL, 0, 1);
		break;
	case FAILURE_DROP:
		(void)exchange_break(exchange, NULL, 0, 0);
		break;
	case FAILURE_TRUNCATE:
		answer_truncated(exchange, status, body);
		break;
	case FAILURE_GARBAGE:
		(void)exchange_break(exchange, garbage, strlen(garbage), 0);
		break;
	case FAILURE_REDIRECT:
		(void)exchange_answer(exchange, 307, NULL, "", 0, again);
		break;
	}
}
