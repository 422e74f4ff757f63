/*
 * A clock that cannot be believed holds all that a schedule asks for; and so does a database that is not
 * the newest: who has said STOP, and what went out, it may not know.
 *
 * Two things are known of it beside what it shows: the last instant on record, and how long the
 * machine has run, which sleep does not stop and nobody can set.
 * The last instant on record is the planner's cursor, which is never more than
 * a minute old while holdfastd runs.  A clock more than a day past it has jumped, or the
 * machine was off, or the database is an old copy: from inside that is the same, and
 * only a human can say which.  A clock before it was wrong then or is wrong now: a
 * machine without a clock of its own wakes up in the past and is set right by the
 * network a little later.  So that hold ends by itself once the clock has passed the
 * last instant on record again: nothing was done meanwhile that could be done twice,
 * and what fell due is late, as after any outage.  A clock that moved by more than the machine ran
 * was set, by however little: what is due this evening must not go this afternoon.  Only a
 * machine that has just been started is set ahead without anybody's word: the network does that
 * wherever there is no battery, and before it there was an outage anyway.
 */
#ifndef HF_ENGINE_CLOCK_GUARD_H
#define HF_ENGINE_CLOCK_GUARD_H

#include "lib/db.h"
#include "lib/clock.h"

#define CLOCK_GUARD_AFTER (24 * HF_HOUR)
/* NTP steps a clock by some seconds; a board without a battery saves its time once a minute or so.
 * Back by less than this means only that nothing is due until the clock is where it was. */
#define CLOCK_GUARD_TOLERANCE (2 * HF_MINUTE)
/* A leap second, or a daemon that steps what has drifted in a night, is less. */
#define CLOCK_GUARD_STEP (5 * HF_MINUTE)
/* So long after its start a machine may still be told what time it is. */
#define CLOCK_GUARD_STARTING (10 * HF_MINUTE)

enum clock_hold_why { /* stands in databases: grows at its end only */
		      CLOCK_HOLD_NOT,
		      CLOCK_HOLD_AHEAD,
		      CLOCK_HOLD_BACK,
		      CLOCK_HOLD_SET,
		      CLOCK_HOLD_OLDER, /* from here on: the database is not believed */
		      CLOCK_HOLD_OTHER,
		      CLOCK_HOLD_MISSING,
};

struct clock_hold {
	enum clock_hold_why why;
	hf_time since; /* by the clock of then */
	hf_time last;  /* the last instant on record */
	hf_time until; /* of CLOCK_HOLD_BACK: it ends by itself; HF_NEVER of others */
};

/* What a person is told: what it may be, and what to do.  A literal; NULL for CLOCK_HOLD_NOT. */
const char *clock_guard_reason(enum clock_hold_why why);
/* The same for one line among others, and what ends it ("until ..."). */
const char *clock_guard_word(enum clock_hold_why why);
const char *clock_guard_end(enum clock_hold_why why);

/* Which hold follows from what the witness says of the database (enum witness_finding). */
extern const int64_t clock_guard_holds[];
/* Records and logs a hold that nothing but a human's word ends. */
int clock_guard_begin(struct db *db, enum clock_hold_why why, hf_time now,
		      struct clock_hold *ret_hold);

/* What is on record. */
int clock_guard_read(struct db *db, struct clock_hold *ret_hold);

/* Compares the clock with the last instant on record, and records and logs a hold that begins or
 * ends by itself.  `seen` is what the clock showed when this process last asked, 0 for never: a
 * clock that has run on since then has not jumped, however old the record is; at 0 a hold that goes
 * on is logged, too.  CLOCK_HOLD_AHEAD stays, whatever the clock says; CLOCK_HOLD_BACK ends when the
 * clock is where it was, but becomes CLOCK_HOLD_AHEAD where it is more than a day past that.  When a
 * CLOCK_HOLD_BACK begins, what somebody waits for (an answer, an alert) and what waits for a moment of
 * the clock of before is due.  CLOCK_HOLD_SET ends when the clock is set back to what it was, unless
 * the machine was started anew meanwhile.  In a new database there is nothing to compare. */
int clock_guard_check(struct db *db, hf_time seen, const struct clock_reading *reading,
		      struct clock_hold *ret_hold);

/* The same in memory alone and at once: is it so far from the last reading that was compared that it has
 * to be compared before anything is done by it? */
bool clock_guard_doubts(const struct clock_reading *compared, const struct clock_reading *reading);

/* A human has looked: `now` counts.  Where the clock is before the last instant on record, planning
 * goes on from now, and what was planned meanwhile is there already. */
int clock_guard_release(struct db *db, hf_time now);

#endif
