/*
 * A text that somebody wrote to us: it is stored, understood and acted upon in one
 * transaction.
 */
#ifndef HF_ENGINE_INBOUND_H
#define HF_ENGINE_INBOUND_H

#include "lib/protocol.h"
#include "engine/context.h"

/* A repeat does nothing; a part of a longer text waits for the others.  0 or -errno; after an error
 * nothing is stored, and the gateway has to bring it again. */
int inbound_take(const struct engine_context *ctx, const char *gateway,
		 const struct wire_inbound *inbound);

/* Takes a long text of which parts never came, as far as it is there, in a transaction. */
int inbound_run(const struct engine_context *ctx);
/* When there next is one; HF_NEVER. */
int inbound_next(const struct engine_context *ctx, hf_time *ret_when);

#endif
