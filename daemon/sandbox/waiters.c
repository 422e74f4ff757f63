/*
 * Long polling.
 *
 * News is gathered for a moment before it is told, so that a thousand texts a
 * second make twenty answers and not a thousand.
 */
#include "sandbox/waiters.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/cleanup.h"
#include "lib/clock.h"

#define GATHER_FOR   (50L * 1000)     /* µs */
#define PATIENCE     (25 * HF_SECOND) /* then "nothing new"; proxies give up at 30 s */
#define WAITERS_MOST 256              /* the next one is told at once that there is nothing */
#define RUN_MAX      64

struct waiter {
	TAILQ_ENTRY(waiter) entry;
	struct exchange *exchange;
	char run[RUN_MAX];
	uint64_t after;
	hf_time until;
};

struct waiters {
	const struct phones *phones;
	struct loop_timer *news, *patience;
	bool gathering;
	size_t count;
	TAILQ_HEAD(, waiter) list;
};

DEFINE_CLEANUP(struct waiters *, waiters_free);

static void answer(const struct waiters *waiters, struct exchange *exchange, const char *run,
		   uint64_t after)
{
	_cleanup_(json_freep) json_t *news = phones_after(waiters->phones, run, after);
	size_t size = 0;
	_cleanup_free_ char *text = news ? json_write(news, &size) : NULL;
	static const char *const headers[] = { "Cache-Control: no-store", NULL };

	(void)exchange_answer(exchange, text ? 200 : 500, NULL, text ? text : "", size, headers);
}

static void waiter_end(struct waiters *waiters, struct waiter *waiter)
{
	TAILQ_REMOVE(&waiters->list, waiter, entry);
	waiters->count--;
	free(waiter);
}

static void waiter_answer(struct waiters *waiters, struct waiter *waiter)
{
	answer(waiters, waiter->exchange, waiter->run, waiter->after);
	waiter_end(waiters, waiter);
}

static void on_news(void *userdata)
{
	struct waiters *waiters = userdata;
	struct waiter *waiter = TAILQ_FIRST(&waiters->list);

	waiters->gathering = false;
	while (waiter) {
		struct waiter *next = TAILQ_NEXT(waiter, entry);

		if (phones_have(waiters->phones, waiter->run, waiter->after)) {
			waiter_answer(waiters, waiter);
		}
		waiter = next;
	}
}

static void on_patience(void *userdata)
{
	struct waiters *waiters = userdata;
	hf_time now = clock_monotonic();
	struct waiter *first;

	while ((first = TAILQ_FIRST(&waiters->list)) && first->until <= now) {
		waiter_answer(waiters, first);
	}
	if (first) {
		(void)loop_timer_set(waiters->patience, first->until - now);
	}
}

int waiters_new(struct loop *loop, const struct phones *phones, struct waiters **ret_waiters)
{
	_cleanup_(waiters_freep) struct waiters *waiters = calloc(1, sizeof(*waiters));
	int r;

	if (!waiters) {
		return -ENOMEM;
	}
	TAILQ_INIT(&waiters->list);
	waiters->phones = phones;

	r = loop_add_timer(loop, on_news, waiters, &waiters->news);
	if (r < 0) {
		return r;
	}

	r = loop_add_timer(loop, on_patience, waiters, &waiters->patience);
	if (r < 0) {
		return r;
	}

	*ret_waiters = take_ptr(waiters);
	return 0;
}

struct waiters *waiters_free(struct waiters *waiters)
{
	if (!waiters) {
		return NULL;
	}

	while (!TAILQ_EMPTY(&waiters->list)) {
		waiter_end(waiters, TAILQ_FIRST(&waiters->list));
	}
	waiters->news = loop_timer_free(waiters->news);
	waiters->patience = loop_timer_free(waiters->patience);
	free(waiters);
	return NULL;
}

void waiters_ask(struct waiters *waiters, struct exchange *exchange)
{
	const char *run = exchange_query(exchange, "run"),
		   *after = exchange_query(exchange, "after");
	uint64_t n = after ? strtoull(after, NULL, 10) : 0;
	struct waiter *waiter;

	if (!run || strlen(run) >= RUN_MAX || phones_have(waiters->phones, run, n) ||
	    waiters->count == WAITERS_MOST || !(waiter = calloc(1, sizeof(*waiter)))) {
		answer(waiters, exchange, run, n);
		return;
	}

	waiter->exchange = exchange;
	strcpy(waiter->run, run);
	waiter->after = n;
	waiter->until = clock_monotonic() + PATIENCE;
	if (TAILQ_EMPTY(&waiters->list)) {
		(void)loop_timer_set(waiters->patience, PATIENCE);
	}
	TAILQ_INSERT_TAIL(&waiters->list, waiter, entry);
	waiters->count++;
}

void waiters_wake(struct waiters *waiters)
{
	if (!waiters->gathering && waiters->count > 0) {
		waiters->gathering = loop_timer_set(waiters->news, GATHER_FOR) == 0;
	}
}

void waiters_gone(struct waiters *waiters, struct exchange *exchange)
{
	struct waiter *waiter;

	TAILQ_FOREACH(waiter, &waiters->list, entry)
	{
		if (waiter->exchange == exchange) {
			waiter_end(waiters, waiter);
			return;
		}
	}
}
