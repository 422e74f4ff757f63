/*
 * Consent that is given and withdrawn, by whichever way: a reply, the gateway, staff.
 * It is one place, so that no opt-out leaves a text waiting.
 */
#ifndef HF_ENGINE_CONSENT_H
#define HF_ENGINE_CONSENT_H

#include "engine/context.h"

/* Records it in the ledger; texts that waited for it are looked at again.  source and by as below.
 * Inside the caller's transaction.  0 or -errno. */
int consent_give(struct db *db, const struct client *client, const char *source, const char *by,
		 hf_time now);

struct optout {
	const char *client;
	const char *phone;  /* "" where she is in no file any more */
	const char *source; /* how it came, for the ledger: "reply", "gateway", "staff" ... */
	const char *by;
	const char *reason; /* why the texts that were waiting are cancelled */
};

/* Records it in the ledger, cancels what waits, and stops waiting for answers.  Inside the caller's
 * transaction, or one of its own.  0 or -errno. */
int consent_withdraw(struct db *db, const struct optout *optout, hf_time now);

/* Somebody has opted out at the gateway or the carrier.  Of a client: the same, and a case; she
 * gets no confirmation.  Of others, or once more: nothing.  Inside the caller's transaction. */
int consent_withdraw_by_gateway(const struct engine_context *ctx, const char *handle,
				const char *gateway);

#endif
