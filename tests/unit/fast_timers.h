/*
 * While it is on, a timer that is set is due in a hundredth of its time (or another part of it),
 * where it was to wait for at least 10 ms; and how long it was to wait is kept.
 */
#ifndef HF_TESTS_FAST_TIMERS_H
#define HF_TESTS_FAST_TIMERS_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/civil.h"

#define FAST_TIMERS_KEPT 64

struct fast_timers {
	bool on;
	unsigned part; /* 0: a hundredth */
	size_t count;
	hf_time waits[FAST_TIMERS_KEPT];
};

extern struct fast_timers fast_timers;

#endif
