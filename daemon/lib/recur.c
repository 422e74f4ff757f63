/*
 * The instants of a rule: the days that it names, at the start's time of day, by
 * the zone's clock.
 *
 * Nothing is remembered between two questions, so they may come in any order.
 * The occurrences of a COUNT are counted once, at the beginning; from then on the
 * rule has an instant at which it ends.  Two days may become one instant where a zone leaves out a
 * day (Samoa, 2011-12-30), and it is given once.
 */
#include "lib/recur.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/rrule.h"

#define FIRST_INSTANT (-INT64_C(62135596800) * HF_SECOND) /* 0001-01-01 */
#define LAST_INSTANT  (INT64_C(7258118400) * HF_SECOND)   /* 2200-01-01 */

struct recur {
	const struct zone *zone;
	struct rrule rule;
	struct civil start;
	bool last_day; /* a day that a month lacks is its last */
	hf_time end;   /* the last instant that belongs to it, by UNTIL or COUNT; or HF_NEVER */
};

/* Decides whether a day that a month lacks becomes its last day.  Where the rule cannot mean that, the
 * answer says why. */
static const char *decide_last_day(struct recur *recur, bool skip)
{
	const struct rrule *rule = &recur->rule;
	bool picks = rule->by & (RRULE_BYDAY | RRULE_BYSETPOS);

	recur->last_day = !skip && !picks && rule->frequency >= RRULE_MONTHLY;
	if (recur->last_day &&
	    (rule->month_days_from_end >> 29 || rrule_list_has(&rule->year_days, -366))) {
		return "count at most 28 days back from the end of a month, or set `skip`";
	}
	return NULL;
}

static hf_time until_of(const struct recur *recur)
{
	switch (recur->rule.until_kind) {
	case RRULE_UNTIL_NONE:
		return HF_NEVER;
	case RRULE_UNTIL_LOCAL:
		return zone_instant(recur->zone, &recur->rule.until);
	case RRULE_UNTIL_UTC:
		return zone_instant(zone_utc(), &recur->rule.until);
	}
	return HF_NEVER;
}

/* Turns UNTIL or COUNT into an end, and finds the rule that names nothing. */
static const char *find_end(struct recur *recur)
{
	hf_time after = FIRST_INSTANT;

	if (recur_next(recur, after, &after) != 0) {
		return "the rule names no day in a hundred years; look at its BY parts together";
	}

	recur->end = until_of(recur);
	if (after > recur->end) {
		return "UNTIL is before the rule's first day; leave it out or give a later one";
	}

	for (int i = 1; i < recur->rule.count; i++) {
		if (recur_next(recur, after, &after) != 0) {
			return NULL;
		}
	}
	recur->end = recur->rule.count > 0 ? after : recur->end;
	return NULL;
}

int recur_new(const char *rrule, const struct civil *start, const struct zone *zone, bool skip,
	      struct recur **ret_recur, const char **ret_why)
{
	_cleanup_(recur_freep) struct recur *recur = calloc(1, sizeof(*recur));
	const char *why = NULL;

	if (!recur) {
		return -ENOMEM;
	}
	if (rrule_parse(rrule, &recur->rule, ret_why) != 0) {
		return RECUR_E_RULE;
	}

	recur->zone = zone;
	recur->start = *start;
	recur->end = HF_NEVER;
	rrule_complete(&recur->rule, start);
	why = decide_last_day(recur, skip);
	if (!why) {
		why = find_end(recur);
	}
	if (why) {
		*ret_why = why;
		return RECUR_E_RULE;
	}

	*ret_recur = take_ptr(recur);
	return 0;
}

struct recur *recur_free(struct recur *recur)
{
	free(recur);
	return NULL;
}

static hf_time instant_on(const struct recur *recur, int64_t day)
{
	struct civil when = civil_from_days(day);

	when.hour = recur->start.hour;
	when.minute = recur->start.minute;
	when.second = recur->start.second;
	return zone_instant(recur->zone, &when);
}

int recur_next(struct recur *recur, hf_time after, hf_time *ret_at)
{
	int64_t start = civil_to_days(&recur->start), day;
	struct civil date;
	hf_time at;

	if (after >= LAST_INSTANT || after >= recur->end) {
		return RECUR_E_END;
	}

	/* From the day before: a gap in the local time may move an occurrence over midnight. */
	date = zone_civil(recur->zone, after > FIRST_INSTANT ? after : FIRST_INSTANT);
	day = civil_to_days(&date) - 2;
	do {
		if (rrule_next(&recur->rule, start, recur->last_day, day + 1, &day) != 0) {
			return RECUR_E_END;
		}
		at = instant_on(recur, day);
	} while (at <= after);

	if (at > recur->end || at > LAST_INSTANT) {
		return RECUR_E_END;
	}

	*ret_at = at;
	return 0;
}
