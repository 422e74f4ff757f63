/*
 * What a snapshot changes in the database when it comes into force: consents are entered, and
 * queued texts of what is no longer there are cancelled.  And what other rules of a time zone
 * change: they move instants, and nobody's texts by the clock.
 */
#ifndef HF_ENGINE_RELOAD_H
#define HF_ENGINE_RELOAD_H

#include "engine/context.h"

/* All that a snapshot changes, in one transaction.  Texts that wait may be tried anew: whatever
 * made them wait may have been changed.  *ret_next is when the next consent comes; HF_NEVER for
 * none. */
int reload_adopt(const struct engine_context *ctx, hf_time *ret_next);
/* Only the consents whose day has come since. */
int reload_consents(const struct engine_context *ctx, hf_time *ret_next);

/* Another counselor and other stays are put on record.
 * A time of day that was moved to one that is over today: today's text still goes out at the old
 * time, for the edit was to move it and not to drop it.  Both planners stand at now. */
int reload_moved(const struct engine_context *before, const struct engine_context *ctx);

/* After zone_refresh().  Rows keep their local time: what waits names the right one, and what has
 * gone out is known by it and does not come again.  The cursor goes back by `forward`, the most by
 * which a clock has leapt ahead, so that what lies in the leap is not forgotten. */
int reload_zones(const struct engine_context *ctx, hf_time forward);

#endif
