/*
 * Whether texts reach a client at all: what receipts and refusals say about her
 * number.
 */
#ifndef HF_ENGINE_REACH_H
#define HF_ENGINE_REACH_H

#include "store/outbox.h"
#include "engine/context.h"

/* So many texts for good undelivered, one after the other, and the number is suspended: no schedule
 * texts it until it is another, a text does arrive, she writes, or staff close the case. */
#define REACH_FAILURES 3

/* All inside the caller's transaction; a row that is not a client's is 0 without effect. */

/* The text arrived. */
int reach_delivered(const struct engine_context *ctx, const struct outbox_message *row);
/* It never will.  A check-in that did not reach her is no silence, and staff see it.  for_good: the
 * next one would not either. */
int reach_failed(const struct engine_context *ctx, const struct outbox_message *row, bool for_good);
/* A text came from her number, or staff have looked into it: it is tried again. */
int reach_again(struct db *db, const char *client, hf_time now);

#endif
