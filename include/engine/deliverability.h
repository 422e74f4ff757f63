/*
 * Whether texts can be delivered to a client at all: what receipts and refusals say
 * about her number.
 */
#ifndef HF_ENGINE_DELIVERABILITY_H
#define HF_ENGINE_DELIVERABILITY_H

#include "store/outbox.h"
#include "engine/context.h"

/* After so many failures that are permanent, one after the other, her number is suspended: nothing
 * is sent to it by schedule until it is another number, a text is delivered, she writes, or staff
 * close the case. */
#define DELIVERABILITY_FAILURES 3

/* All inside the caller's transaction; for a row that is not a client's they do nothing. */

/* The text was delivered: failures in a row are none any more, and a number that was suspended for them is
 * let go.  Her case of this says so, as where `lost`: it is a check-in that was said not to have reached
 * her. */
int deliverability_delivered(const struct engine_context *ctx, const struct outbox_message *row,
			     bool lost);
/* It will not be delivered.  A check-in that did not reach her is no silence but a case.  for_good:
 * the next text would not reach her either. */
int deliverability_failed(const struct engine_context *ctx, const struct outbox_message *row,
			  bool for_good);
/* A text came from her number, or staff have closed the case: the number is tried again. */
int deliverability_reset(struct db *db, const char *client, hf_time now);

#endif
