/*
 * A setback: from it on milestones stop and check-ins begin anew with their
 * first phase, until staff set the recovery date anew.  Nothing in any text
 * mentions a count that was lost.
 */
#ifndef HF_ENGINE_SETBACK_H
#define HF_ENGINE_SETBACK_H

#include "engine/context.h"

/* Records it, passes over what she was asked and opens the case: urgent within 30 days of her
 * start, of her recovery date or of a setback before, for tolerance is lost then.  Inside the
 * caller's transaction.  0 or -errno. */
int setback_begin(const struct engine_context *ctx, const struct client *client);

/* Does a setback that began then (0: there was none) still hold? */
bool setback_holds(const struct client *client, hf_time began);

/* Ends those for which the snapshot has a recovery date on or after their day, and records that in
 * the audit.  Inside the caller's transaction.  0 or -errno. */
int setback_review(struct db *db, const struct model *model, hf_time now);

#endif
