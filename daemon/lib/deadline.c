/*
 * A queue of connections, whose deadline is soonest first.
 *
 * The timer is armed for the first and left as it is when that one moves on; it
 * then rings once for nothing, which is cheaper than a system call for every
 * request.  Dangerous: a stopped deadline must be stopped before its descriptor
 * is closed, or somebody else's connection would be shut down.
 */
#include "lib/deadline.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "lib/clock.h"
#include "lib/cleanup.h"

struct deadlines {
	hf_time length;
	struct loop_timer *timer;
	bool armed;
	TAILQ_HEAD(, deadline) running;
};

DEFINE_CLEANUP(struct deadlines *, deadlines_free);

static void arm(struct deadlines *deadlines)
{
	struct deadline *first = TAILQ_FIRST(&deadlines->running);
	hf_time now;

	if (!first || deadlines->armed) {
		return;
	}

	now = clock_monotonic();
	deadlines->armed =
		loop_timer_set(deadlines->timer, first->due > now ? first->due - now : 0) == 0;
}

static void on_timer(void *userdata)
{
	struct deadlines *deadlines = userdata;
	hf_time now = clock_monotonic();
	struct deadline *first;

	while ((first = TAILQ_FIRST(&deadlines->running)) && first->due <= now) {
		deadline_stop(first);
		(void)shutdown(first->fd, SHUT_RDWR);
	}

	deadlines->armed = false;
	arm(deadlines);
}

int deadlines_new(struct loop *loop, hf_time length, struct deadlines **ret_deadlines)
{
	_cleanup_(deadlines_freep) struct deadlines *deadlines = calloc(1, sizeof(*deadlines));
	int r;

	if (!deadlines) {
		return -ENOMEM;
	}
	deadlines->length = length;
	TAILQ_INIT(&deadlines->running);

	r = loop_add_timer(loop, on_timer, deadlines, &deadlines->timer);
	if (r < 0) {
		return r;
	}

	*ret_deadlines = take_ptr(deadlines);
	return 0;
}

struct deadlines *deadlines_free(struct deadlines *deadlines)
{
	if (!deadlines) {
		return NULL;
	}

	deadlines->timer = loop_timer_free(deadlines->timer);
	free(deadlines);
	return NULL;
}

void deadline_init(struct deadline *deadline, struct deadlines *queue, int fd)
{
	*deadline = (struct deadline){ .queue = queue, .fd = fd };
}

void deadline_restart(struct deadline *deadline)
{
	deadline_stop(deadline);
	deadline->due = clock_monotonic() + deadline->queue->length;
	deadline->runs = true;
	TAILQ_INSERT_TAIL(&deadline->queue->running, deadline, entry);
	arm(deadline->queue);
}

void deadline_stop(struct deadline *deadline)
{
	if (deadline->runs) {
		TAILQ_REMOVE(&deadline->queue->running, deadline, entry);
		deadline->runs = false;
	}
}
