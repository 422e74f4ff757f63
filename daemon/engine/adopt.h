/*
 * What a snapshot changes in the database when it comes into force: consents
 * are entered, and queued texts of what is no longer there are cancelled.
 */
#ifndef HF_ENGINE_ADOPT_H
#define HF_ENGINE_ADOPT_H

#include "engine/planner.h"

/* All of it, in one transaction.  The planner has the snapshot.  Texts that wait may be tried anew:
 * whatever made them wait may have been changed.  *ret_next is when the next consent comes;
 * HF_NEVER for none. */
int adopt(struct db *db, const struct model *model, struct planner *planner, hf_time now,
	  hf_time *ret_next);
/* Only the consents whose day has come since. */
int adopt_consents(struct db *db, const struct model *model, hf_time now, hf_time *ret_next);

/* A time of day that was moved to one that is over today: today's text still goes out at the old
 * time, for the edit was to move it and not to drop it.  Both planners stand at now. */
int adopt_moved(struct db *db, const struct model *before, struct planner *planner_before,
		const struct model *model, struct planner *planner, hf_time now);

#endif
