/*
 * Delivery receipts: what a gateway says later about a text of ours.
 *
 * The text is found by the gateway's id or by our key.  A receipt that comes before
 * the gateway's answer, or about a text that we do not know, is kept.  A lower rank
 * never replaces a higher one.
 */
#ifndef HF_ENGINE_RECEIPT_H
#define HF_ENGINE_RECEIPT_H

#include "lib/protocol.h"
#include "store/outbox.h"
#include "engine/context.h"

/* Inside a transaction of its own.  0 or -errno. */
int receipt_take(const struct engine_context *ctx, const char *gateway,
		 const struct wire_receipt *receipt);

/* The gateway has answered that it has the text.  It is accepted, and receipts that came before the
 * answer are applied.  Inside the caller's transaction.  OUTBOX_E_STATE: it was accepted before, or
 * has a later state. */
int receipt_accepted(const struct engine_context *ctx, const char *gateway,
		     const struct outbox_message *row, const char *gateway_id);

#endif
