/*
 * Opting out.
 *
 * All of it is one transaction, so the next claim already sees it.
 */
#include "engine/optout.h"

#include "store/checkins.h"
#include "store/outbox.h"
#include "store/people.h"

int optout_take(struct db *db, const struct optout *optout, hf_time now)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = people_consent(db, optout->client, optout->phone, CONSENT_WITHDRAWN, now,
			   optout->source, optout->by, now);
	r = r ? r : outbox_cancel_client(db, optout->client, optout->reason, now);
	r = r ? r : checkins_pass(db, optout->client);
	if (r != 0) {
		db_rollback(db);
		return r;
	}
	return db_commit(db);
}
