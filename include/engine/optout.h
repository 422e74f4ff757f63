/*
 * Consent that is given and taken back, whichever way it comes: a reply, the
 * gateway, staff.  One place, so that no way out leaves a text waiting behind it.
 */
#ifndef HF_ENGINE_OPTOUT_H
#define HF_ENGINE_OPTOUT_H

#include "engine/context.h"

/* Recorded in the ledger; what waits for it is asked again.  source and by as below.  Inside the
 * caller's transaction.  0 or -errno. */
int consent_give(struct db *db, const struct client *client, const char *source, const char *by,
		 hf_time now);

struct optout {
	const char *client;
	const char *phone;  /* "" where she is in no file any more */
	const char *source; /* how it came, for the ledger: "reply", "gateway", "staff" ... */
	const char *by;
	const char *reason; /* of the texts that were waiting */
};

/* Recorded in the ledger, the queue cancelled, what she was asked passed over.  Inside the caller's
 * transaction, or one of its own.  0 or -errno. */
int optout_take(struct db *db, const struct optout *optout, hf_time now);

/* She has opted out with the gateway or her carrier: the same, and a case; nothing is said to her.
 * Whoever is not a client, or has opted out before: 0 without effect.  Inside the caller's
 * transaction. */
int optout_by_gateway(const struct engine_context *ctx, const char *handle, const char *gateway);

#endif
