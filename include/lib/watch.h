/*
 * What a library that does its own networking wants from the loop: to hear of
 * its descriptors, and to be called after a while.  Made for the rhythm of
 * kept-alive connections, where both change with every request and mean
 * the same as before: a descriptor that is not wanted for the moment stays
 * in epoll, a timer that is set further off is left to fire early.
 */
#ifndef HF_LIB_WATCH_H
#define HF_LIB_WATCH_H

#include "lib/loop.h"
#include "lib/cleanup.h"

struct watch;

/* events are of epoll(7).  on_time comes from the loop, never from inside watch_call_after. */
struct watch_handlers {
	void (*on_ready)(void *userdata, int fd, uint32_t events);
	void (*on_time)(void *userdata);
};

int watch_new(struct loop *loop, const struct watch_handlers *handlers, void *userdata,
	      struct watch **ret_watch);
struct watch *watch_free(struct watch *watch);
DEFINE_CLEANUP(struct watch *, watch_free);

/* This descriptor will pass watch_forget() before it is closed, so it may stay in epoll. */
int watch_own(struct watch *watch, int fd);
void watch_forget(struct watch *watch, int fd);

/* 0: nothing for now. */
int watch_want(struct watch *watch, int fd, uint32_t events);

/* Replaces what was asked before.  0: at the end of this turn; HF_NEVER: not at all. */
int watch_call_after(struct watch *watch, hf_time after);

#endif
