/*
 * From the old rules of time zones to the new: an upgrade of the time zone data
 * moves instants, and nobody's texts by the clock.
 */
#ifndef HF_ENGINE_CARRY_H
#define HF_ENGINE_CARRY_H

#include "config/model.h"
#include "lib/db.h"

/* After zone_refresh().  Rows keep their local time: what waits names the right one, and what has
 * gone out is known by it and does not come again.  The cursor goes back by `forward`, the most by
 * which a clock has leapt ahead, so that what lies in the leap is not forgotten. */
int carry_zones(struct db *db, const struct model *model, hf_time now, hf_time forward);

#endif
