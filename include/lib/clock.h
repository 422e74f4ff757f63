/*
 * The only module that asks what time it is.  A clock is either the machine's
 * or told: a rehearsal's clock starts at a given instant and runs at a given
 * speed, or (speed 0) stands still until it is moved to the next event.
 */
#ifndef HF_LIB_CLOCK_H
#define HF_LIB_CLOCK_H

#include <stdbool.h>

#include "lib/civil.h"

struct clock;
typedef void (*clock_on_read)(void *userdata, const struct clock *clock, hf_time now);

struct clock {
	bool told;
	hf_time from;    /* told: the instant at which it was started, or to which it was moved */
	double speed;    /* told: its seconds for each real second; 0 stands still */
	hf_time started; /* monotonic µs at which `from` held */
	/* Told: as in clock_reading; 0 unless a test says something else. */
	hf_time ran;
	int64_t boot;
	clock_on_read on_read; /* NULL: nobody watches */
	void *userdata;
};

void clock_init_real(struct clock *clock);
void clock_init_told(struct clock *clock, hf_time from, double speed);

hf_time clock_now(const struct clock *clock);

/* Called with each reading of clock_now() before whoever asked has it, so that nobody gets an instant
 * that has not been looked at.  It must not read this clock by clock_now(). */
void clock_watch(struct clock *clock, clock_on_read on_read, void *userdata);

/* What is known of an instant beside itself.  The machine's run time goes on while it sleeps and is
 * slewed with the clock, but never set: the difference of the two stays the same until somebody sets
 * the clock, or the machine is started anew. */
struct clock_reading {
	hf_time now;
	hf_time ran;  /* CLOCK_BOOTTIME; 0: not known */
	int64_t boot; /* which start of the machine it is of; 0: not known */
};
/* Watched by nobody.  The boot is the kernel's boot_id, else $HOLDFAST_BOOT_ID, where a unit hides /proc
 * (systemd's %b). */
void clock_read(const struct clock *clock, struct clock_reading *ret_reading);

/* Told clocks only: go to `to` (never back). */
void clock_move(struct clock *clock, hf_time to);

/* Real microseconds until the clock shows `at`: 0 if it has passed; HF_NEVER for HF_NEVER or speed
 * 0. */
hf_time clock_until(const struct clock *clock, hf_time at);

/* CLOCK_MONOTONIC in µs, for time-outs, back-off and rates; never for what a client sees. */
hf_time clock_monotonic(void);

#endif
