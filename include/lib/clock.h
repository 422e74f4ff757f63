/*
 * The only module that asks what time it is.  A clock is either the machine's
 * or told: a rehearsal's clock starts at a given instant and runs at a given
 * speed, or (speed 0) stands still until it is moved to the next event.
 */
#ifndef HF_LIB_CLOCK_H
#define HF_LIB_CLOCK_H

#include <stdbool.h>

#include "lib/civil.h"

struct clock {
	bool told;
	hf_time from;    /* told: the instant at which it was started, or to which it was moved */
	double speed;    /* told: its seconds for each real second; 0 stands still */
	hf_time started; /* monotonic µs at which `from` held */
};

void clock_init_real(struct clock *clock);
void clock_init_told(struct clock *clock, hf_time from, double speed);

hf_time clock_now(const struct clock *clock);

/* Told clocks only: go to `to` (never back). */
void clock_move(struct clock *clock, hf_time to);

/* Real microseconds until the clock shows `at`: 0 if it has passed; HF_NEVER for HF_NEVER or speed
 * 0. */
hf_time clock_until(const struct clock *clock, hf_time at);

/* CLOCK_MONOTONIC in µs, for time-outs, back-off and rates; never for what a client sees. */
hf_time clock_monotonic(void);

#endif
