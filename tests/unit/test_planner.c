/* Rows and cursor: each occurrence once, whatever is cut short. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "db_faults.h"
#include "store/people.h"
#include "store/store.h"
#include "engine/planner.h"
#include "plan_rig.h"

#define MANY  12000 /* more than two transactions hold */
#define FEWER 6000  /* more than one holds */

struct stage {
	struct db *db;
	struct model model;
	struct plan plan;
	struct reminder reminders[4];
	struct meeting meeting;
	struct appointment appointment;
	struct planner *planner;
	char ids[MANY][8];
};

static struct span hour = { 0, HF_HOUR }, two_days = { 2, 0 };
static char *walk[] = { (char *)"walk" };
static int ten[] = { 10 };

static struct reminder reminder(const char *id, int kind, int minute)
{
	return (struct reminder){ .id = (char *)id,
				  .kind = kind,
				  .minute = minute,
				  .weekdays = 1,
				  .messages = { walk, 1 } };
}

/* All began on a Monday and were welcomed long ago. */
static int set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	*state = stage;
	stage->plan.reminders = stage->reminders;
	stage->plan.reminder_count = 1;
	stage->reminders[0] = reminder("checkin", KIND_CHECK_IN, 600);
	stage->model.texting.hours = (struct hours){ WEEKDAY_ALL, 540, 1200 };
	stage->model.clients = calloc(MANY, sizeof(struct client));
	stage->model.client_count = 2;
	if (store_open_memory(&stage->db) != 0) {
		return -1;
	}

	for (size_t i = 0; i < MANY; i++) {
		(void)snprintf(stage->ids[i], sizeof(stage->ids[i]), "c-%05zu", i);
		stage->model.clients[i] = a_client("2026-01-05");
		stage->model.clients[i].id = stage->ids[i];
		stage->model.clients[i].plan = &stage->plan;
		if (people_welcomed(stage->db, stage->ids[i], 1) != 0) {
			return -1;
		}
	}
	return 0;
}

static int tear_down(void **state)
{
	struct stage *stage = *state;

	(void)planner_free(stage->planner);
	(void)planner_free(NULL);
	db_close(stage->db);
	free(stage->model.clients);
	free(stage);
	zone_close();
	return 0;
}

/* As after a restart: all that is known is what was committed. */
static void begin(struct stage *stage, hf_time now)
{
	stage->planner = planner_free(stage->planner);
	assert_int_equal(planner_new(stage->db, &stage->model, now, &stage->planner), 0);
}

static void expect_written(struct stage *stage, const char *now, int64_t count)
{
	int64_t written = -1;

	assert_int_equal(planner_run(stage->planner, instant(now), &written), 0);
	assert_int_equal(written, count);
}

static int64_t rows(struct stage *stage)
{
	int64_t count;

	assert_int_equal(db_one_int(stage->db, 0, &count, "SELECT count(*) FROM outbox", ""), 0);
	return count;
}

static hf_time cursor(struct stage *stage)
{
	hf_time at;

	assert_int_equal(store_cursor(stage->db, 0, &at), 0);
	return at;
}

FIXTURE(set_up, tear_down);

TEST(test_each_once)
{
	struct stage *stage = *state;

	begin(stage, instant("2026-01-05 09:00"));
	assert_int_equal(planner_series(stage->planner), 1);
	assert_int_equal(planner_next(stage->planner), instant("2026-01-05 10:00"));
	expect_written(stage, "2026-01-05 09:59", 0);
	expect_written(stage, "2026-01-05 10:00", 2);
	expect_written(stage, "2026-01-05 10:00", 0);
	assert_int_equal(planner_run(stage->planner, instant("2026-01-05 10:00") + 1, NULL), 0);
	assert_int_equal(rows(stage), 2);
	begin(stage, instant("2026-01-05 10:01"));
	expect_written(stage, "2026-01-05 10:01", 0);
	/* Three weeks missed: all of them. */
	begin(stage, instant("2026-01-27"));
	expect_written(stage, "2026-01-27", 6);
}

TEST(test_boundaries)
{
	struct stage *stage = *state;

	/* What is due at the very cursor was the one before's. */
	begin(stage, instant("2026-01-05 10:00"));
	expect_written(stage, "2026-01-06", 0);
	stage->planner = planner_free(stage->planner);
	assert_int_equal(store_set_cursor(stage->db, instant("2026-01-05 10:00") - 1), 0);
	begin(stage, instant("2026-01-06"));
	expect_written(stage, "2026-01-05 10:00", 2);
}

TEST(test_clock_goes_back)
{
	struct stage *stage = *state;

	begin(stage, instant("2026-01-05 09:00"));
	expect_written(stage, "2026-01-05 10:00", 2);
	expect_written(stage, "2026-01-01 10:00", 0);
	assert_int_equal(cursor(stage), instant("2026-01-05 10:00"));
	begin(stage, instant("2026-01-01 10:00"));
	expect_written(stage, "2026-01-05 10:00", 0);
	expect_written(stage, "2026-01-12 10:00", 2);
}

/* Idle, the cursor is stored now and then, and never for nothing. */
TEST(test_idle_cursor)
{
	struct stage *stage = *state;

	begin(stage, instant("2026-01-05 12:00"));
	assert_int_equal(cursor(stage), instant("2026-01-05 12:00"));
	expect_written(stage, "2026-01-05 12:00:30", 0);
	assert_int_equal(cursor(stage), instant("2026-01-05 12:00"));
	expect_written(stage, "2026-01-05 12:01", 0);
	assert_int_equal(cursor(stage), instant("2026-01-05 12:01"));
}

/* An error takes back rows and cursor, those of the moments before it too; nothing is lost by it.
 */
TEST(test_failure)
{
	struct stage *stage = *state;
	int64_t written = -1;

	begin(stage, instant("2026-01-05 09:00"));
	assert_int_equal(db_run(stage->db,
				"CREATE TRIGGER broken BEFORE INSERT ON outbox"
				" WHEN (SELECT count(*) FROM outbox) = 3"
				" BEGIN SELECT RAISE(ABORT, 'broken'); END",
				""),
			 0);
	assert_true(planner_run(stage->planner, instant("2026-01-12 10:00"), &written) < 0);
	assert_true(planner_run(stage->planner, instant("2026-01-12 10:00"), &written) < 0);
	assert_int_equal(written, -1);
	assert_int_equal(rows(stage), 0);
	assert_int_equal(cursor(stage), instant("2026-01-05 09:00"));
	assert_int_equal(db_run(stage->db, "DROP TRIGGER broken", ""), 0);
	expect_written(stage, "2026-01-12 10:00", 4);
	assert_int_equal(rows(stage), 4);
}

/* More at one instant than a transaction takes, cut short in the middle. */
TEST(test_many_at_once)
{
	struct stage *stage = *state;
	hf_time due = instant("2026-01-05 10:00");

	stage->model.client_count = MANY;
	begin(stage, instant("2026-01-05 09:00"));
	assert_int_equal(planner_series(stage->planner), 1);
	assert_int_equal(db_run(stage->db,
				"CREATE TRIGGER broken BEFORE INSERT ON outbox"
				" WHEN NEW.client = 'c-07000'"
				" BEGIN SELECT RAISE(ABORT, 'broken'); END",
				""),
			 0);
	assert_true(planner_run(stage->planner, due, NULL) < 0);
	assert_in_range(rows(stage), 1, 7000);
	assert_int_equal(cursor(stage), due - 1);
	assert_int_equal(db_run(stage->db, "DROP TRIGGER broken", ""), 0);
	begin(stage, due + HF_MINUTE);
	assert_int_equal(planner_run(stage->planner, due + HF_MINUTE, NULL), 0);
	assert_int_equal(rows(stage), MANY);
	assert_int_equal(cursor(stage), due + HF_MINUTE);
}

/* --- what is in a row ---------------------------------------------------------- */

static void expect_row(struct stage *stage, const char *id, const char *due, const char *expires,
		       const char *lead)
{
	_cleanup_rows_ struct db_rows found = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_list(stage->db, "c-00000", -1, instant(due), 1, &found), 0);
	assert_true(db_next(&found));
	outbox_read(&found, &row);
	assert_string_equal(row.reminder, id);
	assert_string_equal(row.lead, lead);
	assert_int_equal(row.due, instant(due));
	assert_int_equal(row.expires, expires ? instant(expires) : HF_NEVER);
	assert_int_equal(row.priority, OUTBOX_AUTOMATIC);
	assert_null(row.text);
}

TEST(test_expiry)
{
	struct stage *stage = *state;
	struct client *client = &stage->model.clients[0];

	stage->model.client_count = 1;
	stage->reminders[1] = reminder("coping", KIND_COPING, 630);
	stage->reminders[2] = reminder("milestone", KIND_MILESTONE, 660);
	stage->reminders[2].days = (struct conf_numbers){ ten, 1 };
	stage->plan.reminder_count = 3;
	stage->meeting = (struct meeting){
		.id = (char *)"tue", .weekdays = 2, .minute = 1140, .leads = { &hour, 1 }
	};
	stage->appointment = (struct appointment){ .id = (char *)"review",
						   .when = on("2026-01-16 14:00"),
						   .leads = { &two_days, 1 } };
	client->meetings = &stage->meeting;
	client->meeting_count = 1;
	client->appointments = &stage->appointment;
	client->appointment_count = 1;
	begin(stage, instant("2026-01-05 09:00"));
	expect_written(stage, "2026-01-16 23:59", 8);
	expect_row(stage, "checkin", "2026-01-05 10:00", "2026-01-05 13:00", "");
	expect_row(stage, "coping", "2026-01-05 10:30", "2026-01-05 13:30", "");
	expect_row(stage, "tue", "2026-01-06 18:00", "2026-01-06 19:00", "1h");
	expect_row(stage, "review", "2026-01-14 14:00", "2026-01-15 14:00", "2d");
	expect_row(stage, "milestone", "2026-01-15 11:00", "2026-01-16", "");
}

/* --- the first text --------------------------------------------------------------- */

static void forget_welcomes(struct stage *stage)
{
	assert_int_equal(db_run(stage->db, "DELETE FROM people", ""), 0);
}

TEST(test_welcome_on_the_first_day)
{
	struct stage *stage = *state;

	forget_welcomes(stage);
	begin(stage, instant("2026-01-04 12:00"));
	assert_int_equal(planner_next(stage->planner), instant("2026-01-05 09:00"));
	expect_written(stage, "2026-01-05 08:59", 0);
	expect_written(stage, "2026-01-05 09:00", 2);
	begin(stage, instant("2026-01-05 09:00"));
	expect_written(stage, "2026-01-05 09:01", 0);
}

TEST(test_late_welcome)
{
	struct stage *stage = *state;

	forget_welcomes(stage);
	stage->model.clients[1].until = on("2026-01-06");
	begin(stage, instant("2026-01-07 12:00"));
	expect_written(stage, "2026-01-07 12:00", 1);
	expect_written(stage, "2026-01-07 12:00", 0);
	begin(stage, instant("2026-01-07 12:01"));
	expect_written(stage, "2026-01-07 12:01", 0);
	expect_row(stage, "welcome", "2026-01-07 12:00", NULL, "");
}

/* Once is for ever, also with a new start and when the row has been purged. */
TEST(test_welcomed_before)
{
	struct stage *stage = *state;

	stage->model.clients[0].start = on("2026-03-02");
	stage->model.clients[1].until = on("2026-01-06");
	begin(stage, instant("2026-02-03 12:00"));
	assert_int_equal(planner_next(stage->planner), instant("2026-03-02 10:00"));
	expect_written(stage, "2026-03-02 09:30", 0);
}

/* --- what comes next ----------------------------------------------------------------- */

struct ahead {
	char ids[200];
	hf_time last;
};

static void on_row(void *userdata, const struct outbox_message *row)
{
	struct ahead *ahead = userdata;

	assert_true(row->due >= ahead->last);
	ahead->last = row->due;
	(void)strcat(ahead->ids, row->reminder);
	(void)strcat(ahead->ids, " ");
}

TEST(test_ahead)
{
	struct stage *stage = *state;
	const struct client *client = &stage->model.clients[0];

	stage->reminders[1] = reminder("coping", KIND_COPING, 630);
	stage->plan.reminder_count = 2;
	begin(stage, instant("2026-01-05 09:00"));
	for (int again = 0; again < 2; again++) {
		struct ahead ahead = { 0 }, short_ahead = { 0 };

		assert_int_equal(planner_ahead(stage->planner, client, instant("2026-01-05 10:00"),
					       instant("2026-01-12 10:30"), 10, on_row, &ahead),
				 0);
		assert_string_equal(ahead.ids, "checkin coping checkin ");
		assert_int_equal(planner_ahead(stage->planner, client, instant("2026-01-05 10:00"),
					       HF_NEVER, 2, on_row, &short_ahead),
				 0);
		assert_string_equal(short_ahead.ids, "checkin coping ");
	}
	assert_int_equal(rows(stage), 0);
	expect_written(stage, "2026-01-05 10:00", 2);
}

/* --- a database that fails ----------------------------------------------------- */

/* More rows than a transaction takes: the cursor never says that there are more than there are, and
 * the next run writes what is missing. */
TEST(test_a_database_that_fails)
{
	struct stage *stage = *state;
	hf_time due = instant("2026-01-05 10:00");
	const char *failed = "none yet";

	stage->model.client_count = FEWER;
	for (unsigned nth = 1; failed; nth++) {
		int r;

		assert_int_equal(db_run(stage->db, "DELETE FROM outbox", ""), 0);
		assert_int_equal(store_set_cursor(stage->db, due - HF_HOUR), 0);
		begin(stage, due - HF_HOUR);
		db_fail(DB_FAULT_TRANSACTION, nth);
		r = planner_run(stage->planner, due, NULL);
		failed = db_failed();
		assert_int_equal(r, failed ? -ENOSPC : 0);
		assert_true(cursor(stage) < due || rows(stage) == FEWER);
		assert_int_equal(planner_run(stage->planner, due, NULL), 0);
		assert_true(cursor(stage) == due);
		assert_int_equal(rows(stage), FEWER);
		assert_true(failed || nth > 4); /* two transactions */
	}
}
