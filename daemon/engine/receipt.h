/*
 * What a gateway says later about a text of ours.  Found by its id or by our
 * key; one that comes before the gateway's answer, or for nothing we know, is
 * kept; a lower rank never takes back a higher.
 */
#ifndef HF_ENGINE_RECEIPT_H
#define HF_ENGINE_RECEIPT_H

#include "lib/protocol.h"
#include "store/outbox.h"
#include "engine/context.h"

/* Inside a transaction of its own.  0 or -errno. */
int receipt_take(const struct engine_context *ctx, const char *gateway,
		 const struct wire_receipt *receipt);

/* The gateway has the text, by its answer: it is accepted, with all that follows from that and from
 * receipts that were here before.  Inside the caller's transaction.  OUTBOX_E_STATE where it is
 * known already, or the text is past it. */
int receipt_accepted(const struct engine_context *ctx, const char *gateway,
		     const struct outbox_message *row, const char *gateway_id);

#endif
