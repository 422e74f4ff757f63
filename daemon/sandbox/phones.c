/*
 * Phones, their bubbles, and the pages that show them.
 *
 * A bubble stands in two queues: its phone's, the oldest first, and that of
 * all bubbles by their last change.
 *
 * Pages wait for something new (long polling).  News is gathered for a moment
 * before it is told, so that a thousand texts a second make twenty answers and
 * not a thousand.
 */
#include "sandbox/phones.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/json.h"
#include "lib/phone.h"

#define BUCKETS  4096
#define RUN_SIZE 8

#define GATHER_FOR   (50L * 1000)     /* µs */
#define PATIENCE     (25 * HF_SECOND) /* then "nothing new"; proxies give up at 30 s */
#define WAITERS_MOST 256              /* the next one is told at once that there is nothing */
#define RUN_MAX      64

struct bubble {
	TAILQ_ENTRY(bubble) of_phone, of_all;
	struct phone *phone;
	uint64_t seq;
	enum bubble_state state;
	int segments;
	char id[BUBBLE_ID_MAX], at[BUBBLE_AT_MAX];
	char *other, *text;
};

struct phone {
	LIST_ENTRY(phone) chain;
	char number[PHONE_MAX];
	size_t count;
	TAILQ_HEAD(, bubble) bubbles;
	hf_time ahead; /* of the real clock: that of the last text */
	int offset;    /* seconds east of UTC: likewise */
};

struct waiter {
	TAILQ_ENTRY(waiter) entry;
	struct exchange *exchange;
	char run[RUN_MAX];
	uint64_t after;
	hf_time until;
};

struct phones {
	char run[CRYPTO_HEX_SIZE(RUN_SIZE)];
	uint64_t seq, unseen;
	size_t count;
	LIST_HEAD(, phone) buckets[BUCKETS];
	TAILQ_HEAD(bubbles, bubble) all;

	struct loop_timer *news, *patience;
	bool gathering; /* `news` is set */
	size_t waiter_count;
	TAILQ_HEAD(, waiter) waiters;
};

static const char *const states[] = {
	[BUBBLE_RECEIVED] = "received",     [BUBBLE_SENDING] = "sending",
	[BUBBLE_DELIVERED] = "delivered",   [BUBBLE_UNANSWERED] = "unanswered",
	[BUBBLE_NO_WEBHOOK] = "no webhook",
};

/* Something is new. */
static void wake(struct phones *phones)
{
	if (!phones->gathering && phones->waiter_count > 0) {
		phones->gathering = loop_timer_set(phones->news, GATHER_FOR) == 0;
	}
}

static struct bubble *bubble_free(struct bubble *bubble)
{
	if (bubble) {
		free(bubble->other);
		free(bubble->text);
		free(bubble);
	}
	return NULL;
}
DEFINE_CLEANUP(struct bubble *, bubble_free);

static void drop_oldest(struct phones *phones, struct phone *phone)
{
	struct bubble *oldest = TAILQ_FIRST(&phone->bubbles);

	TAILQ_REMOVE(&phone->bubbles, oldest, of_phone);
	TAILQ_REMOVE(&phones->all, oldest, of_all);
	phone->count--;
	(void)bubble_free(oldest);
}

static void phone_free(struct phones *phones, struct phone *phone)
{
	while (phone->count > 0) {
		drop_oldest(phones, phone);
	}
	LIST_REMOVE(phone, chain);
	free(phone);
}

void phones_clear(struct phones *phones)
{
	for (size_t i = 0; i < BUCKETS; i++) {
		while (!LIST_EMPTY(&phones->buckets[i])) {
			phone_free(phones, LIST_FIRST(&phones->buckets[i]));
		}
	}
	phones->count = phones->seq = phones->unseen = 0;
	/* A page that knew the old run would wait for sequence numbers that it has seen already. */
	(void)crypto_random_hex(RUN_SIZE, phones->run);
	wake(phones);
}

/* Finds it or makes it; NULL where there are too many, or no memory. */
static struct phone *phone_of(struct phones *phones, const char *number)
{
	size_t bucket = strtoull(number + 1, NULL, 10) % BUCKETS;
	struct phone *phone;

	LIST_FOREACH(phone, &phones->buckets[bucket], chain)
	{
		if (strcmp(phone->number, number) == 0) {
			return phone;
		}
	}

	phone = phones->count < PHONES_MOST ? calloc(1, sizeof(*phone)) : NULL;
	if (!phone) {
		return NULL;
	}

	(void)stpncpy(phone->number, number, sizeof(phone->number) - 1);
	TAILQ_INIT(&phone->bubbles);
	LIST_INSERT_HEAD(&phones->buckets[bucket], phone, chain);
	phones->count++;
	return phone;
}

static int bubble_add(struct phones *phones, struct phone *phone,
		      const struct bubble_source *source, enum bubble_state state, const char *at)
{
	_cleanup_(bubble_freep) struct bubble *bubble = calloc(1, sizeof(*bubble));

	if (!bubble) {
		return -ENOMEM;
	}

	bubble->other = strdup(source->other);
	bubble->text = strdup(source->text);
	if (!bubble->other || !bubble->text) {
		return -ENOMEM;
	}

	if (phone->count == BUBBLES_MOST) {
		drop_oldest(phones, phone);
	}

	bubble->phone = phone;
	bubble->state = state;
	bubble->segments = source->segments;
	(void)stpncpy(bubble->id, source->id, sizeof(bubble->id) - 1);
	(void)stpncpy(bubble->at, at, sizeof(bubble->at) - 1);
	bubble->seq = ++phones->seq;
	TAILQ_INSERT_TAIL(&phone->bubbles, bubble, of_phone);
	TAILQ_INSERT_TAIL(&phones->all, bubble, of_all);
	phone->count++;
	(void)take_ptr(bubble);
	wake(phones);
	return 0;
}

/* The seconds east of UTC that an RFC 3339 text ends in; 0 for "Z" and for what is none. */
static int offset_of(const char *text)
{
	size_t size = strlen(text);
	int hours, minutes;

	if (size < 6 || !strchr("+-", text[size - 6]) ||
	    /* Two digits are in range.  NOLINTNEXTLINE(cert-err34-c) */
	    sscanf(text + size - 5, "%2d:%2d", &hours, &minutes) != 2) {
		return 0;
	}

	return (text[size - 6] == '-' ? -1 : 1) * (hours * 60 + minutes) * 60;
}

int phones_receive(struct phones *phones, const struct bubble_source *source, const char *said_at,
		   hf_time now)
{
	struct phone *phone = phone_of(phones, source->phone);
	char at[BUBBLE_AT_MAX];
	hf_time said;

	if (!phone) {
		phones->unseen++;
		return 0;
	}

	if (!said_at || strlen(said_at) >= sizeof(at) || civil_parse_rfc3339(said_at, &said) != 0) {
		civil_format_utc(now, at);
		phone->ahead = 0;
		phone->offset = 0;
		return bubble_add(phones, phone, source, BUBBLE_RECEIVED, at);
	}

	phone->ahead = said - now;
	phone->offset = offset_of(said_at);
	return bubble_add(phones, phone, source, BUBBLE_RECEIVED, said_at);
}

int phones_write(struct phones *phones, const struct bubble_source *source, hf_time now,
		 char ret_at[BUBBLE_AT_MAX])
{
	struct phone *phone = phone_of(phones, source->phone);
	char at[CIVIL_RFC3339_MAX];
	int r;

	if (!phone) {
		return -ENOSPC;
	}

	civil_format_rfc3339(now + phone->ahead, phone->offset, at);
	r = bubble_add(phones, phone, source, BUBBLE_SENDING, at);
	if (r < 0) {
		return r;
	}

	strcpy(ret_at, at);
	return 0;
}

void phones_settle(struct phones *phones, const char *id, enum bubble_state state)
{
	struct bubble *bubble;

	TAILQ_FOREACH_REVERSE(bubble, &phones->all, bubbles, of_all)
	{
		if (strcmp(bubble->id, id) == 0) {
			break;
		}
	}
	if (!bubble) {
		return;
	}

	bubble->state = state;
	bubble->seq = ++phones->seq;
	TAILQ_REMOVE(&phones->all, bubble, of_all);
	TAILQ_INSERT_TAIL(&phones->all, bubble, of_all);
	wake(phones);
}

/* --- what is new ------------------------------------------------------------------- */

/* Is there something after n, seen by somebody who knows this run of the phones? */
static bool have(const struct phones *phones, const char *run, uint64_t n)
{
	return !run || strcmp(run, phones->run) != 0 || n < phones->seq;
}

static json_t *bubble_json(const struct bubble *bubble)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:i, s:s}", "id", bubble->id, "phone",
			 bubble->phone->number, "other", bubble->other, "text", bubble->text, "at",
			 bubble->at, "segments", bubble->segments, "state", states[bubble->state]);
}

/* The first that changed after n. */
static const struct bubble *first_after(const struct phones *phones, uint64_t n)
{
	const struct bubble *first = NULL, *bubble;

	TAILQ_FOREACH_REVERSE(bubble, &phones->all, bubbles, of_all)
	{
		if (bubble->seq <= n) {
			break;
		}
		first = bubble;
	}

	return first;
}

/* The first of them and those behind it; ret_rest is what did not fit. */
static json_t *bubbles_json(const struct bubble *first, const struct bubble **ret_rest)
{
	_cleanup_(json_freep) json_t *bubbles = json_array();

	for (int i = 0; first && i < EVENTS_MOST; i++) {
		if (json_array_append_new(bubbles, bubble_json(first)) < 0) {
			return NULL;
		}
		first = TAILQ_NEXT(first, of_all);
	}

	*ret_rest = first;
	return take_ptr(bubbles);
}

/* At most EVENTS_MOST changes after n: {"run", "next", "more", "unseen", "bubbles"}.  A run that is
 * not the present one begins anew.  NULL when memory is out. */
static json_t *changes_json(const struct phones *phones, const char *run, uint64_t n)
{
	bool known = run && strcmp(run, phones->run) == 0;
	const struct bubble *rest = NULL;
	json_t *bubbles = bubbles_json(first_after(phones, known ? n : 0), &rest);

	return json_pack("{s:o, s:s, s:I, s:b, s:I}", "bubbles", bubbles, "run", phones->run,
			 "next", (json_int_t)(rest ? rest->seq - 1 : phones->seq), "more",
			 rest != NULL, "unseen", (json_int_t)phones->unseen);
}

/* --- the pages that wait for it ---------------------------------------------------- */

static void answer(const struct phones *phones, struct exchange *exchange, const char *run,
		   uint64_t after)
{
	_cleanup_(json_freep) json_t *news = changes_json(phones, run, after);
	size_t size = 0;
	_cleanup_free_ char *text = news ? json_write(news, &size) : NULL;
	static const char *const headers[] = { "Cache-Control: no-store", NULL };

	(void)exchange_answer(exchange, text ? 200 : 500, NULL, text ? text : "", size, headers);
}

static void waiter_end(struct phones *phones, struct waiter *waiter)
{
	TAILQ_REMOVE(&phones->waiters, waiter, entry);
	phones->waiter_count--;
	free(waiter);
}

static void waiter_answer(struct phones *phones, struct waiter *waiter)
{
	answer(phones, waiter->exchange, waiter->run, waiter->after);
	waiter_end(phones, waiter);
}

static void on_news(void *userdata)
{
	struct phones *phones = userdata;
	struct waiter *waiter = TAILQ_FIRST(&phones->waiters);

	phones->gathering = false;
	while (waiter) {
		struct waiter *next = TAILQ_NEXT(waiter, entry);

		if (have(phones, waiter->run, waiter->after)) {
			waiter_answer(phones, waiter);
		}
		waiter = next;
	}
}

static void on_patience(void *userdata)
{
	struct phones *phones = userdata;
	hf_time now = clock_monotonic();
	struct waiter *first;

	while ((first = TAILQ_FIRST(&phones->waiters)) && first->until <= now) {
		waiter_answer(phones, first);
	}
	if (first) {
		(void)loop_timer_set(phones->patience, first->until - now);
	}
}

void phones_watch(struct phones *phones, struct exchange *exchange)
{
	const char *run = exchange_query(exchange, "run"),
		   *after = exchange_query(exchange, "after");
	uint64_t n = after ? strtoull(after, NULL, 10) : 0;
	struct waiter *waiter;

	if (!run || strlen(run) >= RUN_MAX || have(phones, run, n) ||
	    phones->waiter_count == WAITERS_MOST || !(waiter = calloc(1, sizeof(*waiter)))) {
		answer(phones, exchange, run, n);
		return;
	}

	waiter->exchange = exchange;
	strcpy(waiter->run, run);
	waiter->after = n;
	waiter->until = clock_monotonic() + PATIENCE;
	if (TAILQ_EMPTY(&phones->waiters)) {
		(void)loop_timer_set(phones->patience, PATIENCE);
	}
	TAILQ_INSERT_TAIL(&phones->waiters, waiter, entry);
	phones->waiter_count++;
}

void phones_gone(struct phones *phones, struct exchange *exchange)
{
	struct waiter *waiter;

	TAILQ_FOREACH(waiter, &phones->waiters, entry)
	{
		if (waiter->exchange == exchange) {
			waiter_end(phones, waiter);
			return;
		}
	}
}

/* --- births and deaths -------------------------------------------------------------- */

DEFINE_CLEANUP(struct phones *, phones_free);

int phones_new(struct loop *loop, struct phones **ret_phones)
{
	_cleanup_(phones_freep) struct phones *phones = calloc(1, sizeof(*phones));
	int r;

	if (!phones) {
		return -ENOMEM;
	}
	TAILQ_INIT(&phones->all);
	TAILQ_INIT(&phones->waiters);

	r = loop_add_timer(loop, on_news, phones, &phones->news);
	r = r < 0 ? r : loop_add_timer(loop, on_patience, phones, &phones->patience);
	if (r < 0) {
		return r;
	}

	r = crypto_random_hex(RUN_SIZE, phones->run);
	if (r < 0) {
		return r;
	}

	*ret_phones = take_ptr(phones);
	return 0;
}

struct phones *phones_free(struct phones *phones)
{
	if (!phones) {
		return NULL;
	}

	while (!TAILQ_EMPTY(&phones->waiters)) {
		waiter_end(phones, TAILQ_FIRST(&phones->waiters));
	}
	phones->news = loop_timer_free(phones->news);
	phones->patience = loop_timer_free(phones->patience);
	phones_clear(phones);
	free(phones);
	return NULL;
}
