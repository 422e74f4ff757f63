/*
 * The rounds of check-ins: asked, nudged, answered or silent.
 */
#ifndef HF_FLOW_ROUNDS_H
#define HF_FLOW_ROUNDS_H

#include "data/outbox.h"
#include "flow/desk.h"

/* A check-in was taken by the gateway: from now on an answer is waited for.  Any other text: 0.
 * Inside the caller's transaction. */
int rounds_asked(struct db *db, const struct model *model, const struct outbox_message *row,
		 hf_time now);

/* Nudges and silences that are due; and when there next is one (HF_NEVER). */
int rounds_run(const struct desk *desk, hf_time now);
int rounds_next(const struct desk *desk, hf_time *ret_when);

#endif
