/*
 * Consent, and its end.
 *
 * All that follows is in one transaction, so the next claim already sees it.
 */
#include "engine/consent.h"

#include "store/cases.h"
#include "store/checkins.h"
#include "store/outbox.h"
#include "store/people.h"
#include "engine/recipient.h"

int consent_give(struct db *db, const struct client *client, const char *source, const char *by,
		 hf_time now)
{
	int r = people_consent(db, client->id, client->phone, CONSENT_GIVEN, now, source, by, now);

	return r ? r : outbox_wake(db, client->id, now);
}

int consent_withdraw(struct db *db, const struct optout *optout, hf_time now)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = people_consent(db, optout->client, optout->phone, CONSENT_WITHDRAWN, now,
			   optout->source, optout->by, now);
	r = r ? r : outbox_cancel_client(db, optout->client, optout->reason, now);
	r = r ? r : checkins_pass(db, optout->client);
	return db_end(db, r);
}

int consent_withdraw_by_gateway(const struct engine_context *ctx, const char *handle,
				const char *gateway)
{
	const struct client *client = model_client(ctx->model, handle);
	const struct optout optout = { .client = handle,
				       .phone = client ? client->phone : "",
				       .source = "gateway",
				       .by = gateway,
				       .reason = "stopped by the client" };
	struct person person;
	int r;

	if (!recipient_is_client(handle)) {
		return 0;
	}

	r = people_get(ctx->db, handle, &person);
	if (r != 0 || person.consent == CONSENT_WITHDRAWN) {
		return r;
	}
	r = consent_withdraw(ctx->db, &optout, ctx->now);
	if (r == 0 && client) {
		r = cases_open(ctx->db, handle, CASE_STOP, CASE_ROUTINE, ctx->now, NULL);
	}
	return r;
}
