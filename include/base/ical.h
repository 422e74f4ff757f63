/*
 * What is needed of libical: a zone's offset at an instant, and the dates that
 * a rule names in no place in particular.  base/zone and base/recur make
 * instants of them.
 */
#ifndef HF_BASE_ICAL_H
#define HF_BASE_ICAL_H

#include <stdbool.h>

#include "core/civil.h"
#include "core/cleanup.h"

enum {
	ICAL_E_UNKNOWN = 1, /* no such zone */
	ICAL_E_RULE,        /* libical cannot make sense of the rule, or it names no day */
	ICAL_E_END,         /* no further day */
};

struct ical_zone; /* libical's own; until ical_close() */

/* By the system's zone files; `name` has been checked. */
int ical_zone_get(const char *name, struct ical_zone **ret_zone);
int ical_zone_offset(struct ical_zone *zone, const struct civil *utc); /* seconds east */

/* The days of a rule without COUNT and UNTIL, at the time of day of `start`, from about `from` on
 * (which may be before `start`).  With `last_day`, a day that a month or year lacks is its last. */
struct ical_walk;
int ical_walk_new(const char *rrule, bool last_day, const struct civil *start,
		  const struct civil *from, struct ical_walk **ret_walk);
int ical_walk_next(struct ical_walk *walk, struct civil *ret_civil);
struct ical_walk *ical_walk_free(struct ical_walk *walk);
DEFINE_CLEANUP(struct ical_walk *, ical_walk_free);

void ical_close(void);

#endif
