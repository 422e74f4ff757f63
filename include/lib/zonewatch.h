/*
 * Notices that the system's time zone data was upgraded.  A country announces
 * days ahead that its clocks will change, and nobody will think of a reload.
 */
#ifndef HF_LIB_ZONEWATCH_H
#define HF_LIB_ZONEWATCH_H

#include "lib/loop.h"
#include "lib/cleanup.h"

struct zonewatch;

/* on_change comes a moment after something happened in the directory of a zone's file;
 * zone_refresh() finds out what. */
int zonewatch_new(struct loop *loop, loop_on_task on_change, void *userdata,
		  struct zonewatch **ret_watch);
struct zonewatch *zonewatch_free(struct zonewatch *watch);
DEFINE_CLEANUP(struct zonewatch *, zonewatch_free);

/* Watches the files of the zones that are known now; to be called again when there may be more of
 * them, and after on_change.  A file that was replaced before the call is not noticed, so call
 * zone_refresh() after it. */
void zonewatch_follow(struct zonewatch *watch);

#endif
