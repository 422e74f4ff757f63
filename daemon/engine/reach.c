/*
 * From what became of texts to what is known of a number.
 *
 * Dangerous: a receipt may be about a number that was hers when the text went
 * out; it says nothing about the one she has now.
 */
#include "engine/reach.h"

#include <string.h>

#include "store/cases.h"
#include "store/checkins.h"
#include "store/people.h"
#include "engine/addressee.h"
#include "engine/optout.h"
#include "engine/rule.h"

/* --- numbers ---------------------------------------------------------------------- */

static int reset(struct db *db, const char *client, hf_time now)
{
	struct situation situation;
	int r = situation_get(db, client, &situation);

	if (r != 0 || situation.failures == 0) {
		return r;
	}

	situation.failures = 0;
	situation.suspended = 0;
	r = situation_set(db, client, &situation);
	return r ? r : outbox_wake(db, client, now);
}

int reach_delivered(struct db *db, const struct model *model, const struct outbox_message *row,
		    hf_time now)
{
	return model_client(model, row->client) ? reset(db, row->client, now) : 0;
}

int reach_again(struct db *db, const char *client, hf_time now)
{
	return addressee_is_client(client) ? reset(db, client, now) : 0;
}

/* Had she her number already when the text went out? */
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

static int count_failure(struct db *db, const struct client *client,
			 const struct outbox_message *row, hf_time now, bool *ret_suspended)
{
	struct situation situation;
	bool same = false;
	int r = is_of_this_number(db, row, &same);

	if (r != 0 || !same) {
		return r;
	}
	r = situation_get(db, client->id, &situation);
	if (r != 0) {
		return r;
	}

	if (strcmp(situation.phone, client->phone) != 0) {
		situation.failures = 0;
		situation.suspended = 0;
	}
	(void)snprintf(situation.phone, sizeof(situation.phone), "%s", client->phone);
	situation.failures++;
	if (situation.failures >= REACH_FAILURES && !situation.suspended) {
		situation.suspended = now;
		*ret_suspended = true;
	}
	return situation_set(db, client->id, &situation);
}

/* --- questions ---------------------------------------------------------------------- */

/* Her silence was none; unless she was silent before it, too. */
static int take_back_silence(struct db *db, const struct outbox_message *row, hf_time now)
{
	int rounds;
	int r = checkins_silent_rounds(db, row->client, &rounds);

	return r || rounds > 0 ? r
			       : cases_resolve(db, row->client, CASE_SILENT,
					       "the check-in was not delivered", now);
}

/* Of one that was answered, or that nobody waits for any more, nothing is lost.  A row without a
 * round was refused before it was one. */
static int lose_question(struct db *db, const struct outbox_message *row, hf_time now,
			 bool *ret_lost)
{
	enum checkin_state state = CHECKIN_ASKED;
	int r = checkins_state(db, row->id, &state);

	if (r < 0 || state == CHECKIN_ANSWERED || state == CHECKIN_PASSED) {
		return r < 0 ? r : 0;
	}

	*ret_lost = true;
	r = r == CHECKINS_E_NONE ? 0 : checkins_move(db, row->id, CHECKIN_LOST);
	return r || state != CHECKIN_SILENT ? r : take_back_silence(db, row, now);
}

static int open_case(struct db *db, const struct client *client, bool suspended, hf_time now)
{
	bool early = client_is_early(client, rule_day(client->zone, now));
	enum case_urgency urgency = suspended && early ? CASE_URGENT : CASE_ROUTINE;
	struct person person;
	int r = people_get(db, client->id, &person);

	return r || person.consent == CONSENT_WITHDRAWN
		       ? r
		       : cases_open(db, client->id, CASE_UNDELIVERABLE, urgency, now, NULL);
}

int reach_failed(struct db *db, const struct model *model, const struct outbox_message *row,
		 bool for_good, hf_time now)
{
	const struct client *client = model_client(model, row->client);
	bool lost = false, suspended = false;
	int r = 0;

	if (!client) {
		return 0;
	}

	if (row->kind == KIND_CHECK_IN) {
		r = lose_question(db, row, now, &lost);
	}
	if (r == 0 && for_good) {
		r = count_failure(db, client, row, now, &suspended);
	}
	return r || (!lost && !suspended) ? r : open_case(db, client, suspended, now);
}

/* --- opting out ----------------------------------------------------------------------- */

static int withdraw(struct db *db, const struct model *model, const char *handle,
		    const char *gateway, hf_time now)
{
	const struct client *client = model_client(model, handle);
	const struct optout optout = { .client = handle,
				       .phone = client ? client->phone : "",
				       .source = "gateway",
				       .by = gateway,
				       .reason = "stopped by the client" };
	int r = optout_take(db, &optout, now);

	return r || !client ? r : cases_open(db, handle, CASE_STOP, CASE_ROUTINE, now, NULL);
}

int reach_opted_out(struct db *db, const struct model *model, const struct outbox_message *row,
		    const char *gateway, hf_time now)
{
	struct person person;
	int r;

	if (!addressee_is_client(row->client)) {
		return 0;
	}

	r = people_get(db, row->client, &person);
	return r || person.consent == CONSENT_WITHDRAWN
		       ? r
		       : withdraw(db, model, row->client, gateway, now);
}
