/*
 * Descriptors and a timer for a library that does its own networking.
 *
 * Dangerous: a descriptor that is closed while it is here takes its number
 * with it, and the next one of that number would be confused with it.  So only
 * those that the library promised to hand back stay while nobody wants them.
 */
#include "lib/watch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "lib/clock.h"

/* A descriptor, at the index of its number. */
struct entry {
	struct loop_io *io;
	uint32_t wanted;
	uint32_t armed; /* in epoll: `wanted`, or more */
	bool owned;
};

struct watch {
	struct loop *loop;
	struct watch_handlers handlers;
	void *userdata;
	struct entry *entries;
	size_t count;
	struct loop_timer *timer;
	struct loop_task *soon;
	hf_time due;   /* monotonic: when on_time is wanted, or HF_NEVER */
	hf_time fires; /* when the timer is set to fire; never later than `due` */
};

static void entry_clear(struct entry *entry)
{
	loop_io_free(entry->io);
	*entry = (struct entry){ 0 };
}

static int entry_at(struct watch *watch, int fd, struct entry **ret_entry)
{
	if ((size_t)fd >= watch->count) {
		size_t count = (size_t)fd + 64;
		struct entry *larger = reallocarray(watch->entries, count, sizeof(*larger));

		if (!larger) {
			return -ENOMEM;
		}
		memset(larger + watch->count, 0, (count - watch->count) * sizeof(*larger));
		watch->entries = larger;
		watch->count = count;
	}

	*ret_entry = &watch->entries[fd];
	return 0;
}

static int entry_arm(struct entry *entry, uint32_t events)
{
	entry->armed = events;
	return loop_io_events(entry->io, events);
}

static void on_io(void *userdata, int fd, uint32_t revents)
{
	struct watch *watch = userdata;
	struct entry *entry = &watch->entries[fd];

	if (entry->wanted == 0) {
		/* Most likely the peer closed it.  The library finds out when it uses it. */
		loop_io_free(take_ptr(entry->io));
		return;
	}
	if ((revents & (entry->wanted | EPOLLERR | EPOLLHUP)) == 0) {
		(void)entry_arm(entry, entry->wanted);
		return;
	}

	watch->handlers.on_ready(watch->userdata, fd, revents);
}

int watch_own(struct watch *watch, int fd)
{
	struct entry *entry;
	int r;

	r = entry_at(watch, fd, &entry);
	if (r < 0) {
		return r;
	}

	entry_clear(entry);
	entry->owned = true;
	return 0;
}

void watch_forget(struct watch *watch, int fd)
{
	if ((size_t)fd < watch->count) {
		entry_clear(&watch->entries[fd]);
	}
}

static int unwant(struct entry *entry)
{
	entry->wanted = 0;
	if (!entry->owned) {
		entry_clear(entry);
		return 0;
	}

	/* Writable it is nearly always: that would wake us for nothing. */
	return entry->io && entry->armed & EPOLLOUT ? entry_arm(entry, EPOLLIN) : 0;
}

int watch_want(struct watch *watch, int fd, uint32_t events)
{
	struct entry *entry;
	int r;

	r = entry_at(watch, fd, &entry);
	if (r < 0) {
		return r;
	}
	if (events == 0) {
		return unwant(entry);
	}

	entry->wanted = events;
	if (!entry->io) {
		entry->armed = events;
		return loop_add_io(watch->loop, fd, events, on_io, watch, &entry->io);
	}
	if ((events & ~entry->armed) == 0 && (entry->armed & ~(events | EPOLLIN)) == 0) {
		return 0;
	}

	return entry_arm(entry, events);
}

int watch_call_after(struct watch *watch, hf_time after)
{
	watch->due = HF_NEVER;
	if (after == HF_NEVER) {
		return 0;
	}
	if (after <= 0) {
		return loop_task_want(watch->soon);
	}

	watch->due = clock_monotonic() + after;
	if (watch->due >= watch->fires) {
		return 0;
	}

	watch->fires = watch->due;
	return loop_timer_set(watch->timer, after);
}

static void on_timer(void *userdata)
{
	struct watch *watch = userdata;
	hf_time now = clock_monotonic();

	watch->fires = HF_NEVER;
	if (watch->due == HF_NEVER) {
		return;
	}
	if (watch->due > now) {
		watch->fires = watch->due;
		(void)loop_timer_set(watch->timer, watch->due - now);
		return;
	}

	watch->due = HF_NEVER;
	watch->handlers.on_time(watch->userdata);
}

static void on_soon(void *userdata)
{
	struct watch *watch = userdata;

	watch->handlers.on_time(watch->userdata);
}

int watch_new(struct loop *loop, const struct watch_handlers *handlers, void *userdata,
	      struct watch **ret_watch)
{
	_cleanup_(watch_freep) struct watch *watch = calloc(1, sizeof(*watch));
	int r;

	if (!watch) {
		return -ENOMEM;
	}
	watch->loop = loop;
	watch->handlers = *handlers;
	watch->userdata = userdata;
	watch->due = watch->fires = HF_NEVER;

	r = loop_add_timer(loop, on_timer, watch, &watch->timer);
	if (r < 0) {
		return r;
	}
	r = loop_add_task(loop, on_soon, watch, &watch->soon);
	if (r < 0) {
		return r;
	}

	*ret_watch = take_ptr(watch);
	return 0;
}

struct watch *watch_free(struct watch *watch)
{
	if (!watch) {
		return NULL;
	}

	for (size_t i = 0; i < watch->count; i++) {
		entry_clear(&watch->entries[i]);
	}
	loop_timer_free(watch->timer);
	loop_task_free(watch->soon);
	free(watch->entries);
	free(watch);
	return NULL;
}
