/*
 * What becomes of texts says whether a number can be reached.
 *
 * Dangerous: a receipt may be about a number that was hers when the text went out;
 * it says nothing about the number that she has now.
 */
#include "engine/deliverability.h"

#include <string.h>

#include "store/cases.h"
#include "store/checkins.h"
#include "store/people.h"
#include "engine/recipient.h"

/* --- numbers ---------------------------------------------------------------------- */

static int reset(struct db *db, const char *client, hf_time now, bool *ret_lifted)
{
	struct situation situation;
	int r = situation_get(db, client, &situation);

	*ret_lifted = r == 0 && situation.suspended != 0;
	if (r != 0 || situation.failures == 0) {
		return r;
	}

	situation.failures = 0;
	situation.suspended = 0;
	r = situation_set(db, client, &situation);
	return r ? r : outbox_wake(db, client, now);
}

int deliverability_reset(struct db *db, const char *client, hf_time now)
{
	bool lifted;

	return recipient_is_client(client) ? reset(db, client, now, &lifted) : 0;
}

/* Did the text go out to the number that she has now? */
static int is_of_this_number(struct db *db, const struct outbox_message *row, bool *ret_same)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = numbers_of(db, row->client, &rows);

	if (r == 0) {
		*ret_same = !db_next(&rows) || db_int(&rows, 1) <= row->claimed;
		r = rows.error;
	}
	return r;
}

int deliverability_delivered(const struct engine_context *ctx, const struct outbox_message *row,
			     bool lost)
{
	bool same = false, lifted = false;
	int r = model_client(ctx->model, row->client) ? is_of_this_number(ctx->db, row, &same) : 0;

	if (r == 0 && same) {
		r = reset(ctx->db, row->client, ctx->now, &lifted);
	}
	if (r == 0 && (lost || lifted)) {
		r = cases_put_right(ctx->db, row->client, CASE_UNDELIVERABLE,
				    lost ? "the text has arrived after all" : "texts arrive again",
				    ctx->now);
	}
	return r;
}

static int count_failure(const struct engine_context *ctx, const struct client *client,
			 const struct outbox_message *row, bool *ret_suspended)
{
	struct situation situation;
	bool same = false;
	int r = is_of_this_number(ctx->db, row, &same);

	if (r != 0 || !same) {
		return r;
	}
	r = situation_get(ctx->db, client->id, &situation);
	if (r != 0) {
		return r;
	}

	if (strcmp(situation.phone, client->phone) != 0) {
		situation.failures = 0;
		situation.suspended = 0;
	}
	(void)snprintf(situation.phone, sizeof(situation.phone), "%s", client->phone);
	situation.failures++;
	if (situation.failures >= DELIVERABILITY_FAILURES && !situation.suspended) {
		situation.suspended = ctx->now;
		*ret_suspended = true;
	}
	return situation_set(ctx->db, client->id, &situation);
}

/* --- check-ins ---------------------------------------------------------------------- */

/* Her silence was none, unless she was silent before this check-in too. */
static int take_back_silence(const struct engine_context *ctx, const struct outbox_message *row)
{
	int silent;
	int r = checkins_silent_rounds(ctx->db, row->client, &silent);

	if (r != 0 || silent > 0) {
		return r;
	}
	return cases_resolve(ctx->db, row->client, CASE_SILENT, "the check-in was not delivered",
			     ctx->now);
}

/* *ret_lost: an answer was expected, and cannot come.  A text that has no check-in yet was refused
 * by the gateway. */
static int lose_checkin(const struct engine_context *ctx, const struct outbox_message *row,
			bool *ret_lost)
{
	enum checkin_state state = CHECKIN_ASKED;
	int r = checkins_state(ctx->db, row->id, &state);

	if (r < 0 || state == CHECKIN_ANSWERED || state == CHECKIN_PASSED) {
		return r < 0 ? r : 0;
	}

	*ret_lost = true;
	r = r == CHECKINS_E_NONE ? 0 : checkins_move(ctx->db, row->id, CHECKIN_LOST);
	if (r == 0 && state == CHECKIN_SILENT) {
		r = take_back_silence(ctx, row);
	}
	return r;
}

static int open_case(const struct engine_context *ctx, const struct client *client, bool suspended)
{
	bool early = client_is_early(client, zone_day(client->zone, ctx->now));
	enum case_urgency urgency = suspended && early ? CASE_URGENT : CASE_ROUTINE;
	struct person person;
	int r = people_get(ctx->db, client->id, &person);

	if (r != 0 || person.consent == CONSENT_WITHDRAWN) {
		return r;
	}
	return cases_open(ctx->db, client->id, CASE_UNDELIVERABLE, urgency, ctx->now, NULL);
}

int deliverability_failed(const struct engine_context *ctx, const struct outbox_message *row,
			  bool for_good)
{
	const struct client *client = model_client(ctx->model, row->client);
	bool lost = false, suspended = false;
	int r = 0;

	if (!client) {
		return 0;
	}

	if (row->kind == KIND_CHECK_IN) {
		r = lose_checkin(ctx, row, &lost);
	}
	if (r == 0 && for_good) {
		r = count_failure(ctx, client, row, &suspended);
	}
	if (r == 0 && (lost || suspended)) {
		r = open_case(ctx, client, suspended);
	}
	return r;
}
