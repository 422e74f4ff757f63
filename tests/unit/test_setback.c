/* A setback: what it sets, how urgent it is, and what ends it. */
#include <string.h>

#include "test.h"
#include "store/audit.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/people.h"
#include "store/store.h"
#include "engine/setback.h"
#include "plan_rig.h"

struct stage {
	struct db *db;
	struct model model;
	struct client client;
	struct engine_context ctx;
	bool anew;
};

static int set_up(void **state)
{
	static struct stage stage;

	stage = (struct stage){ .client = a_client("2026-01-05") };
	stage.model.clients = &stage.client;
	stage.model.client_count = 1;
	if (store_open_memory(&stage.db) != 0) {
		return -1;
	}
	stage.ctx = (struct engine_context){ .db = stage.db,
					     .model = &stage.model,
					     .enrolments_changed = &stage.anew };
	*state = &stage;
	return 0;
}

static int tear_down(void **state)
{
	struct stage *stage = *state;

	(void)db_close(stage->db);
	zone_close();
	return 0;
}

static const struct engine_context *at(struct stage *stage, hf_time now)
{
	stage->ctx.now = now;
	return &stage->ctx;
}

static struct situation situation(struct stage *stage)
{
	struct situation found;

	assert_int_equal(situation_get(stage->db, "r-1", &found), 0);
	return found;
}

/* The urgency that the case has afterwards; it is closed for the next one. */
static enum case_urgency begin(struct stage *stage, const char *when)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	int64_t id;

	stage->anew = false;
	assert_int_equal(setback_begin(at(stage, instant(when)), &stage->client), 0);
	assert_true(stage->anew);
	assert_int_equal(cases_list(stage->db, "r-1", true, 10, &rows), 0);
	assert_true(db_next(&rows));
	cases_read(&rows, &row);
	assert_int_equal(row.reason, CASE_SETBACK);
	id = row.id;
	assert_false(db_next(&rows));
	assert_int_equal(cases_close(stage->db, id, "x", "spoke", instant(when)), 0);
	return row.urgency;
}

FIXTURE(set_up, tear_down);

TEST(test_begins)
{
	struct stage *stage = *state;
	const struct checkin asked = { .message = 1,
				       .client = "r-1",
				       .reminder = "checkin",
				       .answers = "how",
				       .asked = instant("2026-06-01 10:00"),
				       .nudge_at = HF_NEVER,
				       .silent_at = HF_NEVER };
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct checkin found;

	assert_int_equal(checkins_ask(stage->db, &asked), 0);
	(void)begin(stage, "2026-06-01 14:00");
	assert_int_equal(situation(stage).setback, instant("2026-06-01 14:00"));
	assert_int_equal(checkins_list(stage->db, "r-1", 1, &rows), 0);
	assert_true(db_next(&rows));
	checkins_read(&rows, &found);
	assert_int_equal(found.state, CHECKIN_PASSED);

	/* Where nobody plans there is nobody to tell. */
	stage->ctx.enrolments_changed = NULL;
	assert_int_equal(setback_begin(at(stage, instant("2026-06-02 14:00")), &stage->client), 0);
	assert_int_equal(situation(stage).setback, instant("2026-06-02 14:00"));
}

/* On every day of the programme. */
TEST(test_urgency)
{
	struct stage *stage = *state;

	assert_int_equal(begin(stage, "2026-02-04 23:59"), CASE_URGENT);
	assert_int_equal(begin(stage, "2026-03-06 12:00"), CASE_URGENT);
	assert_int_equal(begin(stage, "2026-04-06 12:00"), CASE_URGENT);
	stage->client.recovery_date = on("2026-05-01");
	assert_int_equal(begin(stage, "2026-05-31 12:00"), CASE_URGENT);
	assert_int_equal(begin(stage, "2026-07-01 00:01"), CASE_URGENT);
}

/* All series are built anew for it: not for each text of somebody who writes it all day. */
TEST(test_once_a_day)
{
	struct stage *stage = *state;

	(void)begin(stage, "2026-06-01 00:01");
	stage->anew = false;
	assert_int_equal(setback_begin(at(stage, instant("2026-06-01 23:59")), &stage->client), 0);
	assert_false(stage->anew);
	assert_int_equal(situation(stage).setback, instant("2026-06-01 23:59"));
	(void)begin(stage, "2026-06-02 00:00");
}

TEST(test_stands)
{
	struct stage *stage = *state;
	hf_time began = instant("2026-06-01 00:30"); /* in London it is the same day, in UTC too */

	assert_false(setback_holds(&stage->client, 0));
	assert_true(setback_holds(&stage->client, began));
	stage->client.recovery_date = on("2026-05-31");
	assert_true(setback_holds(&stage->client, began));
	stage->client.recovery_date = on("2026-06-01");
	assert_false(setback_holds(&stage->client, began));
	/* Where she lives it is still the day before. */
	stage->client.zone = zone("America/Los_Angeles");
	stage->client.recovery_date = on("2026-05-31");
	assert_false(setback_holds(&stage->client, began));
}

static int count_audit(struct stage *stage)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int count = 0;

	assert_int_equal(audit_list(stage->db, "r-1", "setback", 10, &rows), 0);
	while (db_next(&rows)) {
		struct audit_entry entry;

		audit_read(&rows, &entry);
		assert_string_equal(entry.user, "configuration");
		count++;
	}
	return count;
}

TEST(test_ends_by_recovery_date)
{
	struct stage *stage = *state;
	hf_time began = instant("2026-06-01 14:00"), later = instant("2026-06-09 09:00");

	(void)begin(stage, "2026-06-01 14:00");
	stage->client.recovery_date = on("2026-01-01");
	assert_int_equal(setback_review(stage->db, &stage->model, later), 0);
	assert_int_equal(situation(stage).setback, began);
	assert_int_equal(count_audit(stage), 0);

	stage->client.recovery_date = on("2026-06-03");
	assert_int_equal(setback_review(stage->db, &stage->model, later), 0);
	assert_int_equal(situation(stage).setback, 0);
	/* Check-ins stay as dense as they have become. */
	assert_int_equal(situation(stage).last_setback, began);
	assert_int_equal(count_audit(stage), 1);

	/* Once, and nobody of before is in the way. */
	stage->model.client_count = 0;
	assert_int_equal(setback_review(stage->db, &stage->model, later), 0);
	stage->model.client_count = 1;
	assert_int_equal(setback_review(stage->db, &stage->model, later), 0);
	assert_int_equal(count_audit(stage), 1);
}
