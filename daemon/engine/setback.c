/*
 * Setbacks.
 *
 * Tolerance is lost within weeks, and those who come back to what they took
 * before die of it: so a setback is urgent on every day of the programme.
 * What follows from a setback is read where it matters: the permit asks whether
 * it stands, the planner counts phases from its day.
 */
#include "engine/setback.h"

#include <inttypes.h>

#include "lib/log.h"
#include "store/audit.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/people.h"

int setback_begin(const struct engine_context *ctx, const struct client *client)
{
	struct situation situation;
	bool first_today;
	int64_t id;
	int r = situation_get(ctx->db, client->id, &situation);

	if (r != 0) {
		return r;
	}

	/* She may write it again and again; the phases of her check-ins begin anew once a day. */
	first_today =
		situation.last_setback == 0 ||
		zone_day(client->zone, situation.last_setback) != zone_day(client->zone, ctx->now);
	situation.setback = situation.last_setback = ctx->now;
	r = situation_set(ctx->db, client->id, &situation);
	r = r ? r : checkins_pass(ctx->db, client->id);
	r = r ? r : cases_open(ctx->db, client->id, CASE_SETBACK, CASE_URGENT, ctx->now, &id);
	if (r != 0) {
		return r;
	}

	if (ctx->enrolments_changed && first_today) {
		*ctx->enrolments_changed = true;
	}
	log_notice("case=%" PRId64 " client=%s", id, client->id);
	return 0;
}

bool setback_holds(const struct client *client, hf_time began)
{
	return began != 0 &&
	       (client->recovery_date.year == 0 ||
		civil_to_days(&client->recovery_date) < zone_day(client->zone, began));
}

static int end_setback(struct db *db, const struct client *client, hf_time now)
{
	const struct audit_entry entry = { .at = now,
					   .uid = -1,
					   .user = "configuration",
					   .verb = "setback",
					   .client = client->id,
					   .detail = "over: the recovery date was set anew" };
	struct situation situation;
	int r = situation_get(db, client->id, &situation);

	if (r != 0) {
		return r;
	}

	situation.setback = 0;
	r = situation_set(db, client->id, &situation);
	return r ? r : audit_add(db, &entry);
}

int setback_review(struct db *db, const struct model *model, hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = situation_setbacks(db, &rows);

	while (r == 0 && db_next(&rows)) {
		const struct client *client = model_client(model, db_text(&rows, 0));
		hf_time began = db_int(&rows, 1);

		if (client && began != 0 && !setback_holds(client, began)) {
			r = end_setback(db, client, now);
		}
	}
	return r ? r : rows.error;
}
