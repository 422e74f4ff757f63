/*
 * Days of the week are counted here and not by lib/recur, because clients who
 * began on different days share one rule, and each of them needs to know which
 * occurrence of hers it is.  A test holds both against each other.
 *
 * What is dangerous: an ordinal must never depend on when the daemon was
 * started.  So a walk along an RFC 5545 rule begins at its anchor and counts.
 */
#include "engine/rule.h"

#include <errno.h>
#include <string.h>

#include "lib/rrule.h"

static int64_t period(const struct rule *rule)
{
	return 7L * (rule->every > 1 ? rule->every : 1);
}

void rule_normalise(struct rule *rule)
{
	if (rule->kind != RULE_WEEKLY) {
		rule->weekdays = 0;
		rule->every = 0;
	} else if (rule->every > 1) {
		rule->anchor = floor_modulo(rule->anchor, period(rule));
	} else {
		rule->every = 1;
		rule->anchor = 0;
	}
	if (rule->kind != RULE_RRULE) {
		rule->rrule = NULL;
		rule->skip = false;
	}
}

bool rule_equal(const struct rule *a, const struct rule *b)
{
	return a->kind == b->kind && a->zone == b->zone && a->anchor == b->anchor &&
	       a->minute == b->minute && a->weekdays == b->weekdays && a->every == b->every &&
	       a->skip == b->skip && !a->rrule == !b->rrule &&
	       (!a->rrule || strcmp(a->rrule, b->rrule) == 0);
}

static uint64_t mix(uint64_t hash, uint64_t number)
{
	hash = (hash ^ number) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ (hash >> 29);
}

uint64_t rule_hash(const struct rule *rule)
{
	uint64_t hash = mix((uint64_t)rule->kind, (uintptr_t)rule->zone);

	hash = mix(hash, (uint64_t)rule->anchor);
	hash = mix(hash, (uint64_t)rule->minute << 32 | rule->weekdays << 8 | rule->skip);
	hash = mix(hash, (uint64_t)rule->every);
	for (const char *c = rule->rrule; c && *c; c++) {
		hash = mix(hash, (unsigned char)*c);
	}
	return hash;
}

static bool names_day(const struct rule *rule, int64_t day)
{
	return floor_modulo(day - rule->anchor, period(rule)) < 7 &&
	       rule->weekdays & 1u << civil_weekday_of(day);
}

int64_t rule_count(const struct rule *rule, int64_t first, int64_t day)
{
	int64_t length = period(rule), count;

	if (day <= first) {
		return 0;
	}

	count = (day - first) / length * __builtin_popcount(rule->weekdays);
	for (int64_t rest = day - (day - first) % length; rest < day; rest++) {
		count += names_day(rule, rest);
	}
	return count;
}

static hf_time instant_on(const struct rule *rule, int64_t day)
{
	struct civil when = civil_from_days(day);

	when.hour = rule->minute / 60;
	when.minute = rule->minute % 60;
	return zone_instant(rule->zone, &when);
}

static void seek_once(struct rule_walk *walk, hf_time after)
{
	hf_time at = instant_on(walk->rule, walk->rule->anchor);

	walk->day = walk->rule->anchor;
	walk->at = at > after ? at : HF_NEVER;
}

/* Begins a day early, since a gap before midnight carries a time over to the next day. */
static void seek_weekly(struct rule_walk *walk, hf_time after)
{
	int64_t day = zone_day(walk->rule->zone, after) - 1;

	walk->at = HF_NEVER;
	for (int64_t end = day + period(walk->rule) + 9; day < end; day++) {
		if (names_day(walk->rule, day) && instant_on(walk->rule, day) > after) {
			walk->at = instant_on(walk->rule, day);
			walk->day = day;
			return;
		}
	}
}

static int next_rrule(struct rule_walk *walk, hf_time after)
{
	int r = walk->recur ? recur_next(walk->recur, after, &walk->at) : RECUR_E_END;

	if (r < 0) {
		return r;
	}
	if (r > 0) {
		walk->at = HF_NEVER;
		return 0;
	}

	walk->index++;
	walk->day = zone_day(walk->rule->zone, walk->at);
	return 0;
}

static int seek_rrule(struct rule_walk *walk, hf_time after)
{
	hf_time at = zone_midnight(walk->rule->zone, walk->rule->anchor) - 1;

	walk->index = -1;
	do {
		int r = next_rrule(walk, at);

		if (r < 0) {
			return r;
		}

		at = walk->at;
	} while (at <= after);
	return 0;
}

/* What one client's start leaves of a rule must not keep everybody's texts: where it names no day
 * from there on, the walk has no occurrences. */
static int open_rrule(struct rule_walk *walk, const struct rule *rule)
{
	struct civil start = civil_from_days(rule->anchor);
	struct rrule parts;
	const char *why;
	int r;

	start.hour = rule->minute / 60;
	start.minute = rule->minute % 60;
	r = recur_new(rule->rrule, &start, rule->zone, rule->skip, &walk->recur, &why);
	if (r > 0) {
		return rrule_parse(rule->rrule, &parts, &why) == 0 ? 0 : -EINVAL;
	}
	return r;
}

int rule_walk_init(struct rule_walk *walk, const struct rule *rule)
{
	*walk = (struct rule_walk){ .rule = rule, .at = HF_NEVER, .index = -1 };
	return rule->kind == RULE_RRULE ? open_rrule(walk, rule) : 0;
}

void rule_walk_done(struct rule_walk *walk)
{
	walk->recur = recur_free(walk->recur);
}

int rule_walk_seek(struct rule_walk *walk, hf_time after)
{
	switch (walk->rule->kind) {
	case RULE_ONCE:
		seek_once(walk, after);
		return 0;
	case RULE_WEEKLY:
		seek_weekly(walk, after);
		return 0;
	case RULE_RRULE:
		return seek_rrule(walk, after);
	}
	return -EINVAL;
}

int rule_walk_step(struct rule_walk *walk)
{
	if (walk->at == HF_NEVER) {
		return 0;
	}
	if (walk->rule->kind == RULE_RRULE) {
		return next_rrule(walk, walk->at);
	}
	return rule_walk_seek(walk, walk->at);
}
