/*
 * Setbacks.
 *
 * Tolerance is lost within weeks, and those who come back to what they took
 * before die of it: so the first weeks after a discharge, and after another
 * setback, are the urgent ones.
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

#define URGENT_DAYS 30

/* One that is still to come counts as of today: somebody has mistyped it, or she comes early. */
static bool is_recent(const struct civil *date, int64_t today)
{
	return date->year != 0 && today - civil_to_days(date) <= URGENT_DAYS;
}

static enum case_urgency urgency_of(const struct client *client, hf_time before, hf_time now)
{
	int64_t today = zone_day(client->zone, now);
	struct stay stay = client_stay(client, today);
	bool recent = is_recent(&stay.from, today) || is_recent(&client->recovery_date, today) ||
		      (before != 0 && today - zone_day(client->zone, before) <= URGENT_DAYS);

	return recent ? CASE_URGENT : CASE_ROUTINE;
}

int setback_begin(const struct engine_context *ctx, const struct client *client)
{
	enum case_urgency urgency;
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
	urgency = urgency_of(client, situation.last_setback, ctx->now);
	situation.setback = situation.last_setback = ctx->now;
	r = situation_set(ctx->db, client->id, &situation);
	r = r ? r : checkins_pass(ctx->db, client->id);
	r = r ? r : cases_open(ctx->db, client->id, CASE_SETBACK, urgency, ctx->now, &id);
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
