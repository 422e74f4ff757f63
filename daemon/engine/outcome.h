/*
 * What a gateway's answer makes of a text.  Runs inside the caller's
 * transaction; memory about the gateway is engine/gateway_state's.
 */
#ifndef HF_ENGINE_OUTCOME_H
#define HF_ENGINE_OUTCOME_H

#include "lib/wire.h"
#include "store/outbox.h"
#include "engine/context.h"
#include "engine/gateway_state.h"

/* An answer that fits no row of this gateway, or has another key than the row, or is about another
 * attempt, is left aside: 0.  Only an acceptance counts whatever attempt it is about.  Several refusals
 * that nobody can explain hold the gateway, even where the transaction fails in the end; then a probe
 * shows soon that nothing is wrong. */
int outcome_settle(const struct engine_context *ctx, const struct gateway_states *gateways,
		   struct gateway_state *gateway, const struct wire_outcome *outcome);

/* What is to become of the texts whose answer this gateway owes, now that its courier has said all
 * it knows: asked again with the same key where that is safe or wanted, else left to a human. */
int outcome_settle_unknown(const struct engine_context *ctx, const struct gateway_state *gateway);

/* How long after a failed attempt (the first is 1) the next one is made: 15 s, 1 m, 5 m, 15 m,
 * 30 m, then 30 m, more or less a fifth, the same for the same row. */
hf_time outcome_back_off(const char *key, int attempt);
uint32_t outcome_seed(const char *key, int attempt);

#endif
