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

static const struct {
	const char *reason, *word;
} words[] = {
	[CLOCK_HOLD_NOT] = { NULL, NULL },
	[CLOCK_HOLD_AHEAD] = { "the clock is more than a day past the last instant on record: it "
			       "jumped,"
			       " or the machine was off that long, or the database is an old copy;"
			       " see that the clock is right, then say holdfastctl confirm",
			       "the clock is far ahead of the last instant on record" },
	[CLOCK_HOLD_BACK] = { "the clock is before the last instant on record: it was set back, or "
			      "it ran"
			      " ahead until now; see that the clock is right, then say"
			      " holdfastctl confirm",
			      "the clock is before the last instant on record" },
};

const char *clock_guard_reason(enum clock_hold_why why)
{
	return words[why].reason;
}

const char *clock_guard_word(enum clock_hold_why why)
{
	return words[why].word;
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
	*ret_hold = hold;
	return 0;
}

/* A disk that was full for a day has kept the record back, and no clock has jumped. */
static enum clock_hold_why compare(hf_time last, hf_time seen, hf_time now)
{
	if (now - (seen > last ? seen : last) > CLOCK_GUARD_AFTER) {
		return CLOCK_HOLD_AHEAD;
	}
	return last - now > CLOCK_GUARD_TOLERANCE ? CLOCK_HOLD_BACK : CLOCK_HOLD_NOT;
}

int clock_guard_check(struct db *db, hf_time seen, hf_time now, struct clock_hold *ret_hold)
{
	struct clock_hold hold;
	int r = clock_guard_read(db, &hold);

	if (r != 0) {
		return r;
	}

	if (hold.why != CLOCK_HOLD_NOT) {
		log_warning("still nothing is sent: %s", clock_guard_reason(hold.why));
		*ret_hold = hold;
		return 0;
	}

	hold.why = hold.last != 0 ? compare(hold.last, seen, now) : CLOCK_HOLD_NOT;
	if (hold.why != CLOCK_HOLD_NOT) {
		hold.since = now;
		r = store_set_hold(db, hold.why, now);
		if (r != 0) {
			return r;
		}

		log_error("nothing is sent: %s", clock_guard_reason(hold.why));
	}

	*ret_hold = hold;
	return 0;
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
	r = r ? r : store_set_hold(db, CLOCK_HOLD_NOT, 0);
	return db_end(db, r > 0 ? -EINVAL : r);
}
