/*
 * Recurrence: the instants that a rule of RFC 5545 names in a place.
 */
#ifndef HF_LIB_RECUR_H
#define HF_LIB_RECUR_H

#include <stdbool.h>

#include "lib/civil.h"
#include "lib/cleanup.h"
#include "lib/zone.h"

enum {
	RECUR_E_RULE = 1, /* not a rule that RFC 5545 allows, or one that makes no sense */
	RECUR_E_END,      /* no further occurrence */
};

/* A rule ("FREQ=WEEKLY;BYDAY=MO,TH") whose first possible occurrence is `start`: its time of day is
 * that of every occurrence.  Monthly and yearly days that a month lacks are its last day, unless
 * `skip` or where BYDAY or BYSETPOS choose among the days.  *ret_why is a literal for people on
 * RECUR_E_RULE. */
struct recur;
int recur_new(const char *rrule, const struct civil *start, const struct zone *zone, bool skip,
	      struct recur **ret_recur, const char **ret_why);
struct recur *recur_free(struct recur *recur);
DEFINE_CLEANUP(struct recur *, recur_free);

/* The first occurrence after `after`.  Cheapest when asked with rising instants. */
int recur_next(struct recur *recur, hf_time after, hf_time *ret_at);

#endif
