/*
 * All moments at which somebody is to be texted.  Who shares a rule and a lead
 * shares a series; a min-heap knows which series is next.  No database, no
 * clock: the planner asks for the top, does what is to be done, and advances.
 */
#ifndef HF_ENGINE_SERIES_H
#define HF_ENGINE_SERIES_H

#include "lib/cleanup.h"
#include "config/model.h"
#include "engine/rule.h"

/* One client's share in a series.  Days are local days of the occurrence, both included. */
struct member {
	const struct client *client;
	const char *reminder; /* id of the reminder, meeting, appointment; "welcome" */
	int32_t kind;         /* enum kind */
	int32_t first_day, last_day;
	int32_t base; /* the ordinal of the first occurrence in the window */
};
#define MEMBER_DAY_OPEN INT32_MAX

struct series {
	struct rule rule;
	struct span lead; /* zero for none; negative: so long after it */
	struct rule_walk walk;
	hf_time due; /* of the occurrence at which the walk stands; HF_NEVER: no further one */
	int64_t due_day;
	struct member *members;
	size_t member_count, member_room;
	int32_t first_day, last_day; /* the hull of the members' windows */
};

struct series_set;
int series_set_new(struct series_set **ret_set);
struct series_set *series_set_free(struct series_set *set);
DEFINE_CLEANUP(struct series_set *, series_set_free);

/* Adds a member to the series of that rule and lead; the rule's text stays the caller's.  Begin
 * anew with series_set_seek() afterwards. */
int series_set_join(struct series_set *set, const struct rule *rule, const struct span *lead,
		    const struct member *member);

/* Puts every series at its first due time after `after`. */
int series_set_seek(struct series_set *set, hf_time after);

/* The series that is due first; NULL when none has a further moment. */
struct series *series_set_top(const struct series_set *set);
/* The top goes on to its next moment. */
int series_set_advance(struct series_set *set);

size_t series_set_count(const struct series_set *set);

/* Has this member part in the moment at which the series stands?  Nobody is texted before the first
 * day of her stay, so a lead that reaches back over it is left out. */
bool series_has(const struct series *series, const struct member *member);
/* Which occurrence of the member's own it is, from 0. */
int series_ordinal(const struct series *series, const struct member *member);

#endif
