/*
 * A text that somebody wrote: stored, understood, and acted upon, in one
 * transaction.
 */
#ifndef HF_ENGINE_INBOUND_H
#define HF_ENGINE_INBOUND_H

#include "lib/protocol.h"
#include "engine/context.h"

/* handles_stop: this gateway answers STOP itself, so nothing is said.  A repeat, or a part of a
 * longer text, is 0 and without effect.  0 or -errno; then nothing is stored, and the gateway is to
 * bring it again. */
int inbound_take(const struct engine_context *ctx, const char *gateway, bool handles_stop,
		 const struct wire_inbound *inbound);

/* Long texts whose last part never came; and when there next is one (HF_NEVER). */
int inbound_run(const struct engine_context *ctx);
int inbound_next(const struct engine_context *ctx, hf_time *ret_when);

#endif
