/*
 * Places' time zones, by the system's zone files.
 *
 * A local time that does not exist is the instant that the offset before the
 * gap gives (02:30 -> 03:30); one that occurs twice is the first (RFC 5545
 * 3.3.5).  The files are those of /usr/share/zoneinfo, or of TZDIR.  mktime(3) is never used: with
 * tm_isdst = -1 glibc's answer depends on the call before it.
 */
#ifndef HF_LIB_ZONE_H
#define HF_LIB_ZONE_H

#include "lib/civil.h"
#include "lib/cleanup.h"
#include "lib/loop.h"

struct zone; /* interned: the same name gives the same pointer; lives until zone_close() */

enum {
	ZONE_E_NAME = 1, /* "..", a leading "/" or ":", or not a plain name */
	ZONE_E_UNKNOWN,  /* no such zone file, or not one of RFC 9636 */
};

int zone_get(const char *name, const struct zone **ret_zone);
const char *zone_name(const struct zone *zone);
const struct zone *zone_utc(void);

hf_time zone_instant(const struct zone *zone, const struct civil *civil);
struct civil zone_civil(const struct zone *zone, hf_time at);
/* The local day of an instant, and the instant at which a day begins: days since 1970-01-01. */
int64_t zone_day(const struct zone *zone, hf_time at);
hf_time zone_midnight(const struct zone *zone, int64_t day);
int zone_offset(const struct zone *zone, hf_time at); /* seconds east of UTC */

/* When a thing at `occurrence` is reminded of, `lead` before: hours elapsed, days by the wall
 * clock. */
hf_time zone_lead(const struct zone *zone, hf_time occurrence, const struct span *lead);

/* An instant as a person writes it: "2026-11-23" (midnight in the zone), "2026-11-23 08:00", or with
 * an offset of its own, "2026-11-23T08:00:00-06:00".  0, or -EINVAL with *ret_at untouched: what is
 * nearly an instant is never guessed at. */
int zone_parse(const struct zone *zone, const char *text, hf_time *ret_at);
/* RFC 3339 with the zone's offset at that instant. */
void zone_format(const struct zone *zone, hf_time at, char buffer[CIVIL_RFC3339_MAX]);

/* What an upgrade of the time zone data has done. */
struct zone_update {
	bool changed;
	hf_time forward; /* the most by which a place's clock is ahead of what it was; 0 for none */
};

/* Reads every file anew.  Pointers stay good and mean the new rules from here on; whatever was
 * calculated by the old ones is the caller's.  A zone whose file is gone or damaged stays as it
 * was, and the answer is then ZONE_E_UNKNOWN or -errno. */
int zone_refresh(hf_time now, struct zone_update *ret_news);

/* The instant that has, by the present rules, the local time that `at` had before the last
 * refresh. */
hf_time zone_rebase(const struct zone *zone, hf_time at);

void zone_close(void); /* forget all zones, for memory checkers */

/* Notices that the files were upgraded.  A country announces days ahead that its clocks will change,
 * and nobody will think of a reload. */
struct zone_watch;

/* on_change comes a moment after something happened in the directory of a zone's file;
 * zone_refresh() finds out what. */
int zone_watch_new(struct loop *loop, loop_on_task on_change, void *userdata,
		   struct zone_watch **ret_watch);
struct zone_watch *zone_watch_free(struct zone_watch *watch);
DEFINE_CLEANUP(struct zone_watch *, zone_watch_free);

/* Watches the files of the zones that are known now; to be called again when there may be more of
 * them, and after on_change.  A file that was replaced before the call is not noticed, so call
 * zone_refresh() after it. */
void zone_watch_follow(struct zone_watch *watch);

#endif
