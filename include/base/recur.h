/*
 * Zones and recurrence, by libical over the system's zone files.
 *
 * A local time that does not exist is the instant that the offset before the
 * gap gives (02:30 -> 03:30); one that occurs twice is the first (RFC 5545
 * 3.3.5).  mktime(3) is never used: with tm_isdst = -1 glibc's answer depends
 * on the call before it.
 */
#ifndef HF_BASE_RECUR_H
#define HF_BASE_RECUR_H

#include <stdbool.h>

#include "core/civil.h"
#include "core/cleanup.h"

struct zone; /* interned: the same name gives the same pointer; lives until recur_close() */

enum {
	ZONE_E_NAME = 1, /* "..", a leading "/" or ":", or not a plain name */
	ZONE_E_UNKNOWN,  /* no such zone file (magic "TZif") */
	RECUR_E_RULE, /* not a rule that RFC 5545 allows, or one that makes no sense; see *ret_why
		       */
	RECUR_E_END,  /* no further occurrence */
};

int zone_get(const char *name, const struct zone **ret_zone);
const char *zone_name(const struct zone *zone);
const struct zone *zone_utc(void);

hf_time zone_instant(const struct zone *zone, const struct civil *civil);
struct civil zone_civil(const struct zone *zone, hf_time at);
int zone_offset(const struct zone *zone, hf_time at); /* seconds east of UTC */

/* When a thing at `occurrence` is reminded of, `lead` before: hours elapsed, days by the wall
 * clock. */
hf_time zone_lead(const struct zone *zone, hf_time occurrence, const struct span *lead);

/* A rule ("FREQ=WEEKLY;BYDAY=MO,TH") whose first possible occurrence is `start`: its time of day is
 * that of every occurrence.  Monthly and yearly days that a month lacks are its last day, unless
 * `skip`. *ret_why is a literal for people on RECUR_E_RULE. */
struct recur;
int recur_new(const char *rrule, const struct civil *start, const struct zone *zone, bool skip,
	      struct recur **ret_recur, const char **ret_why);
struct recur *recur_free(struct recur *recur);
DEFINE_CLEANUP(struct recur *, recur_free);

/* The first occurrence after `after`.  Cheapest when asked with rising instants. */
int recur_next(struct recur *recur, hf_time after, hf_time *ret_at);

void recur_close(void); /* forget all zones (memory checkers, a tzdata upgrade) */

#endif
