/*
 * When the clock is not believed, and what a human's word about it changes.
 *
 * Dangerous: moving the cursor back plans the same stretch a second time.  Each
 * occurrence has its one row, so nothing goes out twice; but what was found too
 * late by a clock that ran ahead has its row too, and would be lost: those rows
 * become due again.
 */
#include "engine/clock_guard.h"

#include <errno.h>

#include "lib/log.h"
#include "store/cases.h"
#include "store/outbox.h"
#include "store/store.h"
#include "store/witness.h"

static const struct {
	const char *reason, *word, *end;
} words[] = {
	[CLOCK_HOLD_NOT] = { NULL, NULL, NULL },
	[CLOCK_HOLD_AHEAD] = { "the clock is more than a day past the last instant on record: it "
			       "jumped,"
			       " or the machine was off that long, or the database is an old copy;"
			       " see that the clock is right, then say holdfastctl confirm",
			       "the clock is far ahead of the last instant on record",
			       "until holdfastctl confirm" },
	[CLOCK_HOLD_BACK] = { "the clock is before the last instant on record: it was set back, or "
			      "it ran"
			      " ahead until now; texts go on by themselves when it has passed that"
			      " instant; where the clock is right already, say holdfastctl confirm",
			      "the clock is before the last instant on record",
			      "until the clock has passed it again, or holdfastctl confirm" },
	[CLOCK_HOLD_SET] = { "the clock was set by more than five minutes: it has moved on by more "
			     "or"
			     " less than the machine has run; see that it is right, then say"
			     " holdfastctl confirm; where it is set back to what it was, texts go "
			     "on by"
			     " themselves",
			     "the clock was set by more than five minutes",
			     "until it is set back, or holdfastctl confirm" },
	[CLOCK_HOLD_OLDER] = { "the database is older than what was sent: it was put back from a "
			       "copy, or"
			       " has lost its newest part; what may have gone out since is in"
			       " holdfastctl messages --state unknown; look through it, and say"
			       " holdfastctl confirm",
			       "the database is older than what was sent",
			       "until holdfastctl confirm" },
	[CLOCK_HOLD_OTHER] = { "this is another database than the one from which texts went out, "
			       "or an"
			       " empty one; what may have gone out is in holdfastctl messages "
			       "--state"
			       " unknown; put the right one back, or say holdfastctl confirm",
			       "this is not the database from which texts went out",
			       "until holdfastctl confirm" },
	[CLOCK_HOLD_MISSING] = { "the record beside the database, holdfast.seen, is missing: the"
				 " database may be an old copy, and nobody knows what went out "
				 "since;"
				 " wait three hours, or see to it with the gateway, then say"
				 " holdfastctl confirm",
				 "the record beside the database is missing",
				 "until holdfastctl confirm" },
};

const int64_t clock_guard_holds[] = {
	[WITNESS_AGREES] = CLOCK_HOLD_NOT,
	[WITNESS_OLDER] = CLOCK_HOLD_OLDER,
	[WITNESS_OTHER] = CLOCK_HOLD_OTHER,
	[WITNESS_MISSING] = CLOCK_HOLD_MISSING,
};

const char *clock_guard_reason(enum clock_hold_why why)
{
	return words[why].reason;
}

const char *clock_guard_word(enum clock_hold_why why)
{
	return words[why].word;
}

const char *clock_guard_end(enum clock_hold_why why)
{
	return words[why].end;
}

int clock_guard_read(struct db *db, struct clock_hold *ret_hold)
{
	struct clock_hold hold = { 0 };
	int64_t why = 0;
	int r = store_hold(db, &why, &hold.since);

	r = r ? r : store_cursor(db, 0, &hold.last);
	if (r != 0) {
		return r;
	}

	/* A reason that a later version wrote down is a reason all the same. */
	hold.why = why < 0 || why >= (int64_t)COUNT(words) ? CLOCK_HOLD_AHEAD
							   : (enum clock_hold_why)why;
	hold.until = hold.why == CLOCK_HOLD_BACK ? hold.last : HF_NEVER;
	*ret_hold = hold;
	return 0;
}

/* When the clock was last believed. */
struct reference {
	int64_t boot;
	hf_time offset;
};

static hf_time offset_of(const struct clock_reading *reading)
{
	return reading->now - reading->ran;
}

static bool is_comparable(const struct reference *reference, const struct clock_reading *reading)
{
	return reading->ran > 0 && reading->boot != 0 && reference->boot == reading->boot;
}

static bool was_set(const struct reference *reference, const struct clock_reading *reading)
{
	hf_time step = offset_of(reading) - reference->offset;

	return is_comparable(reference, reading) &&
	       (step < -CLOCK_GUARD_STEP ||
		(step > CLOCK_GUARD_STEP && reading->ran > CLOCK_GUARD_STARTING));
}

bool clock_guard_doubts(const struct clock_reading *compared, const struct clock_reading *reading)
{
	const struct reference reference = { compared->boot, offset_of(compared) };

	return reading->now - compared->now > CLOCK_GUARD_AFTER ||
	       compared->now - reading->now > CLOCK_GUARD_TOLERANCE || was_set(&reference, reading);
}

/* A disk that was full for a day has kept the record back, and no clock has jumped. */
static enum clock_hold_why compare(hf_time last, hf_time seen, const struct reference *reference,
				   const struct clock_reading *reading)
{
	hf_time now = reading->now;

	if (now - (seen > last ? seen : last) > CLOCK_GUARD_AFTER) {
		return CLOCK_HOLD_AHEAD;
	}
	if (last - now > CLOCK_GUARD_TOLERANCE) {
		return CLOCK_HOLD_BACK;
	}
	return was_set(reference, reading) ? CLOCK_HOLD_SET : CLOCK_HOLD_NOT;
}

/* This reading is believed.  Steps of less than a second are left to add up. */
static int keep_reference(struct db *db, const struct reference *reference,
			  const struct clock_reading *reading)
{
	hf_time step = offset_of(reading) - reference->offset;

	if (reading->ran == 0 || reading->boot == 0 ||
	    (is_comparable(reference, reading) && step > -HF_SECOND && step < HF_SECOND)) {
		return 0;
	}
	return store_set_clock(db, reading->boot, offset_of(reading));
}

/* Whoever waits for an answer or an alert does not wait for a moment of the clock of before. */
static int hurry(struct db *db, hf_time now)
{
	int r = outbox_hurry(db, now);

	return r ? r : cases_set_back(db, now);
}

static int begin_hold(struct db *db, struct clock_hold *hold, hf_time now)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	hold->since = now;
	hold->until = hold->why == CLOCK_HOLD_BACK ? hold->last : HF_NEVER;
	r = store_set_hold(db, hold->why, now);
	if (r == 0 && hold->why == CLOCK_HOLD_BACK) {
		r = hurry(db, now);
	}
	r = db_end(db, r);
	if (r == 0) {
		log_error("nothing is sent: %s", clock_guard_reason(hold->why));
	}
	return r;
}

int clock_guard_begin(struct db *db, enum clock_hold_why why, hf_time now,
		      struct clock_hold *ret_hold)
{
	int r = clock_guard_read(db, ret_hold);

	ret_hold->why = r == 0 ? why : ret_hold->why;
	return r ? r : begin_hold(db, ret_hold, now);
}

/* The clock is where it was: only time was lost, and what fell due meanwhile is late. */
static int end_by_itself(struct db *db, struct clock_hold *hold, hf_time now)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = hold->why == CLOCK_HOLD_BACK ? store_set_behind(db, hold->since, now) : 0;
	r = r ? r : store_set_hold(db, CLOCK_HOLD_NOT, 0);
	r = db_end(db, r);
	if (r == 0) {
		log_notice("texts go out again: the clock %s",
			   hold->why == CLOCK_HOLD_BACK
				   ? "was behind, and has passed the last instant on record"
				   : "is set back to what it was");
		*hold = (struct clock_hold){ .last = hold->last, .until = HF_NEVER };
	}
	return r;
}

int clock_guard_check(struct db *db, hf_time seen, const struct clock_reading *reading,
		      struct clock_hold *ret_hold)
{
	hf_time now = reading->now;
	struct reference reference;
	enum clock_hold_why why;
	struct clock_hold hold;
	int r = clock_guard_read(db, &hold);

	r = r ? r : store_clock(db, &reference.boot, &reference.offset);
	if (r != 0) {
		return r;
	}

	why = hold.last != 0 ? compare(hold.last, seen, &reference, reading) : CLOCK_HOLD_NOT;
	if (hold.why == CLOCK_HOLD_NOT ||
	    (hold.why == CLOCK_HOLD_BACK && why == CLOCK_HOLD_AHEAD)) {
		hold.why = why;
		r = why != CLOCK_HOLD_NOT ? begin_hold(db, &hold, now) : 0;
	} else if (now >= hold.until || (hold.why == CLOCK_HOLD_SET && why == CLOCK_HOLD_NOT &&
					 is_comparable(&reference, reading))) {
		r = end_by_itself(db, &hold, now);
	} else if (seen == 0) {
		log_warning("still nothing is sent: %s", clock_guard_reason(hold.why));
	}
	if (r == 0 && hold.why == CLOCK_HOLD_NOT) {
		r = keep_reference(db, &reference, reading);
	}
	if (r == 0) {
		*ret_hold = hold;
	}
	return r;
}

int clock_guard_release(struct db *db, hf_time now)
{
	hf_time last;
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = store_cursor(db, now, &last);
	if (r == 0 && now < last) {
		r = store_set_cursor(db, now);
		r = r ? r : outbox_set_back(db, now);
		r = r ? r : cases_set_back(db, now);
	}
	r = r ? r : store_set_clock(db, 0, 0); /* the next reading is the one to go by */
	r = r ? r : store_set_hold(db, CLOCK_HOLD_NOT, 0);
	return db_end(db, r > 0 ? -EINVAL : r);
}
