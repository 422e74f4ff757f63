/*
 * The instants of a rule, in batches.
 *
 * A recurrence keeps its text and a batch of instants, not libical's iterator,
 * which is ten times as large.  A new batch begins with a new iterator set
 * down near `after`, so it may be asked about any instant, in any order.
 * libical cannot be set down in a rule with a COUNT; so a COUNT is walked once,
 * at the beginning, and becomes the moment at which the rule ends.
 *
 * Days are found by the wall clock and then made instants; two days may become
 * one instant where a zone leaves out a day (Samoa, 2011-12-30), and it is
 * given once.
 */
#include "base/recur.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/rrule.h"
#include "base/ical.h"

#define BATCH         16
#define BATCH_SPAN    (366 * HF_DAY)                /* a rare rule is not searched further ahead */
#define SEARCH_SPAN   (100 * INT64_C(366) * HF_DAY) /* what does not occur within it never does */
#define LAST_INSTANT  (INT64_C(7258118400) * HF_SECOND)   /* 2200-01-01 */
#define FIRST_INSTANT (-INT64_C(62135596800) * HF_SECOND) /* 0001-01-01 */

struct recur {
	const struct zone *zone;
	struct civil start;
	bool last_day;
	hf_time end; /* the last instant that belongs to it, by UNTIL or COUNT; or HF_NEVER */

	/* Every occurrence after `batch_after` up to the batch's last; beyond that too if `ended`.
	 */
	hf_time batch_after, batch[BATCH];
	int count;
	bool ended;

	char rrule[];
};

/* Whether the days of the rule may be moved to a month's last, or what is wrong with that. */
static const char *decide_last_day(const struct rrule *rule, const struct civil *start, bool skip,
				   bool *ret_last_day)
{
	bool by_start = !rule->names_days && start->day >= 29 && rule->frequency >= RRULE_MONTHLY;

	*ret_last_day = false;
	if (skip || rule->picks || rule->frequency < RRULE_MONTHLY) {
		return NULL;
	}
	if (rule->long_day_back) {
		return "count at most 28 days back from the end of a month, or set `skip`";
	}

	*ret_last_day = rule->long_day || by_start;
	return NULL;
}

static int walk_from(const struct recur *recur, hf_time after, struct ical_walk **ret_walk)
{
	struct civil from;

	/* A day early, as a gap may carry a time over midnight. */
	if (after < FIRST_INSTANT + 2 * HF_DAY) {
		from = recur->start;
	} else {
		from = zone_civil(recur->zone, after - HF_DAY);
	}
	return ical_walk_new(recur->rrule, recur->last_day, &recur->start, &from, ret_walk);
}

/* Fills the batch with what comes after `after`; an empty one means the end. */
static int fill(struct recur *recur, hf_time after)
{
	_cleanup_(ical_walk_freep) struct ical_walk *walk = NULL;
	hf_time begin = zone_instant(recur->zone, &recur->start), latest = after;
	int r = walk_from(recur, after, &walk);

	recur->batch_after = after;
	recur->count = 0;
	recur->ended = false;
	begin = begin > after ? begin : after;
	while (r == 0 && recur->count < BATCH) {
		struct civil civil;
		hf_time at;

		r = ical_walk_next(walk, &civil);
		if (r != 0) {
			break;
		}
		at = zone_instant(recur->zone, &civil);
		if (at > recur->end || at > LAST_INSTANT || at - begin > SEARCH_SPAN) {
			r = ICAL_E_END;
		} else if (at > latest) {
			recur->batch[recur->count++] = latest = at;
			if (at - begin > BATCH_SPAN) {
				break;
			}
		}
	}

	recur->ended = r > 0;
	return r < 0 ? r : 0;
}

/* The instant of the count-th occurrence. */
static int find_end(struct recur *recur, int count)
{
	hf_time after = FIRST_INSTANT;
	int r;

	for (int i = 0; i < count; i++) {
		r = recur_next(recur, after, &after);
		if (r != 0) {
			return r == RECUR_E_END ? 0 : r;
		}
	}

	recur->end = after;
	recur->batch_after = HF_NEVER;
	return 0;
}

static hf_time until_of(const struct rrule *rule, const struct zone *zone)
{
	switch (rule->until_kind) {
	case RRULE_UNTIL_NONE:
		return HF_NEVER;
	case RRULE_UNTIL_LOCAL:
		return zone_instant(zone, &rule->until);
	case RRULE_UNTIL_UTC:
		return zone_instant(zone_utc(), &rule->until);
	}
	return HF_NEVER;
}

/* Refuses a rule that never occurs, and turns its COUNT into an end. */
static int begin(struct recur *recur, const struct rrule *rule, const char **ret_why)
{
	hf_time first;
	int r;

	r = recur_next(recur, FIRST_INSTANT, &first);
	if (r == RECUR_E_END) {
		*ret_why =
			"the rule names no day in a hundred years; look at its BY parts together";
		return RECUR_E_RULE;
	}
	if (r != 0) {
		return r;
	}

	recur->end = until_of(rule, recur->zone);
	recur->batch_after = HF_NEVER;
	if (first > recur->end) {
		*ret_why = "UNTIL is before the rule's first day; leave it out or give a later one";
		return RECUR_E_RULE;
	}
	return rule->count > 0 ? find_end(recur, rule->count) : 0;
}

int recur_new(const char *rrule, const struct civil *start, const struct zone *zone, bool skip,
	      struct recur **ret_recur, const char **ret_why)
{
	_cleanup_(recur_freep) struct recur *recur = NULL;
	struct rrule rule;
	bool last_day;
	int r;

	if (rrule_parse(rrule, &rule, ret_why) != 0) {
		return RECUR_E_RULE;
	}
	*ret_why = decide_last_day(&rule, start, skip, &last_day);
	if (*ret_why) {
		return RECUR_E_RULE;
	}

	recur = calloc(1, sizeof(*recur) + strlen(rrule) + 1);
	if (!recur) {
		return -ENOMEM;
	}

	recur->zone = zone;
	recur->start = *start;
	recur->last_day = last_day;
	recur->end = HF_NEVER;
	recur->batch_after = HF_NEVER;
	memcpy(recur->rrule, rrule, strlen(rrule) + 1);
	r = begin(recur, &rule, ret_why);
	if (r != 0) {
		return r;
	}

	*ret_recur = take_ptr(recur);
	return 0;
}

struct recur *recur_free(struct recur *recur)
{
	free(recur);
	return NULL;
}

int recur_next(struct recur *recur, hf_time after, hf_time *ret_at)
{
	if (after < recur->batch_after ||
	    (!recur->ended && (recur->count == 0 || after >= recur->batch[recur->count - 1]))) {
		int r;

		if (after >= LAST_INSTANT || after >= recur->end) {
			return RECUR_E_END;
		}
		r = fill(recur, after > FIRST_INSTANT ? after : FIRST_INSTANT);
		if (r < 0) {
			return r;
		}
	}

	for (int i = 0; i < recur->count; i++) {
		if (recur->batch[i] > after) {
			*ret_at = recur->batch[i];
			return 0;
		}
	}
	return RECUR_E_END;
}
