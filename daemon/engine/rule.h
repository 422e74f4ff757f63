/*
 * When a thing happens, as a plan or a client says it: once, on days of the
 * week, or by a rule of RFC 5545.  Days are numbers since 1970-01-01 in the
 * rule's own zone, so that weeks are counted without any clock.
 */
#ifndef HF_ENGINE_RULE_H
#define HF_ENGINE_RULE_H

#include "lib/recur.h"

enum rule_kind {
	RULE_ONCE,   /* on the day `anchor` */
	RULE_WEEKLY, /* on `weekdays` of every `every`th week; the day `anchor` begins such a week
		      */
	RULE_RRULE,  /* `rrule`, whose first possible day is `anchor` */
};

struct rule {
	enum rule_kind kind;
	const struct zone *zone;
	int64_t anchor;
	int minute;
	unsigned weekdays; /* weekly */
	int every;         /* weekly; less than 1 counts as 1 */
	const char *rrule; /* borrowed */
	bool skip;         /* rrule: a month that lacks the day has no occurrence */
};

/* Weekly rules that mean the same are made the same: an anchor counts only as far as it decides
 * which weeks are meant. */
void rule_normalise(struct rule *rule);
bool rule_equal(const struct rule *a, const struct rule *b);
uint64_t rule_hash(const struct rule *rule);

/* How many days in [first, day) a weekly rule names. */
int64_t rule_count(const struct rule *rule, int64_t first, int64_t day);

/* A walk along the occurrences, forward; the rule is borrowed. */
struct rule_walk {
	const struct rule *rule;
	struct recur *recur;
	hf_time at;    /* HF_NEVER: there is no further one */
	int64_t day;   /* of `at`, in the rule's zone */
	int64_t index; /* rrule: which occurrence since the anchor, from 0 */
};

/* -EINVAL for an rrule that is none; the configuration is checked for that when it is loaded.  One
 * that names no day from its anchor on has no occurrences. */
int rule_walk_init(struct rule_walk *walk, const struct rule *rule);
void rule_walk_done(struct rule_walk *walk);
/* To the first occurrence after `after`, also backwards. */
int rule_walk_seek(struct rule_walk *walk, hf_time after);
int rule_walk_step(struct rule_walk *walk);

#endif
