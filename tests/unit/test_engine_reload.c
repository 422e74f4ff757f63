/* What an edit makes of rows that wait, and of a time that is over today. */
#include <string.h>

#include "test.h"
#include "store/people.h"
#include "store/store.h"
#include "engine/reload.h"
#include "engine/planner.h"
#include "plan_rig.h"

/* One client with one of each; `later` is the snapshot after an edit. */
struct side {
	struct model model;
	struct client client;
	struct reminder reminder;
	struct meeting meeting;
	struct planner *planner;
};

struct stage {
	struct db *db;
	struct side before, after;
	hf_time now, next;
};

static struct span leads[] = { { 0, 2 * HF_HOUR }, { 0, 6 * HF_HOUR } };
static char *walk[] = { (char *)"walk" };

static void fill(struct side *side)
{
	side->reminder = (struct reminder){ .id = (char *)"daily",
					    .kind = KIND_NOTE,
					    .minute = 10 * 60,
					    .weekdays = WEEKDAY_ALL,
					    .messages = { walk, 1 } };
	side->meeting = (struct meeting){ .id = (char *)"group",
					  .weekdays = WEEKDAY_ALL,
					  .minute = 13 * 60,
					  .leads = { leads, 1 } };
	side->client = a_client("2026-01-05");
	side->client.reminders = &side->reminder;
	side->client.reminder_count = 1;
	side->client.meetings = &side->meeting;
	side->client.meeting_count = 1;
	side->model.texting.hours = (struct hours){ WEEKDAY_ALL, 0, 1440 };
	side->model.clients = &side->client;
	side->model.client_count = 1;
}

static int set_up(void **state)
{
	struct stage *stage = calloc(1, sizeof(*stage));

	*state = stage;
	fill(&stage->before);
	fill(&stage->after);
	return store_open_memory(&stage->db) || people_welcomed(stage->db, "r-1", 1);
}

static int tear_down(void **state)
{
	struct stage *stage = *state;

	(void)planner_free(stage->before.planner);
	(void)planner_free(stage->after.planner);
	db_close(stage->db);
	free(stage);
	zone_close();
	return 0;
}

static struct engine_context context(struct stage *stage, struct side *side, hf_time now)
{
	return (struct engine_context){
		.db = stage->db, .model = &side->model, .planner = side->planner, .now = now
	};
}

static void plan(struct stage *stage, struct side *side)
{
	side->planner = planner_free(side->planner);
	assert_int_equal(planner_new(stage->db, &side->model, stage->now, &side->planner), 0);
	assert_int_equal(planner_run(side->planner, stage->now, NULL), 0);
}

/* The day begins by the snapshot of before, and at `now` the other one comes into force. */
static void edit_at(struct stage *stage, const char *now)
{
	struct engine_context before, ctx;

	stage->now = instant("2026-11-24 07:00");
	plan(stage, &stage->before);
	stage->now = instant(now);
	assert_int_equal(planner_run(stage->before.planner, stage->now, NULL), 0);
	plan(stage, &stage->after);
	before = context(stage, &stage->before, stage->now);
	ctx = context(stage, &stage->after, stage->now);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(reload_moved(&before, &ctx), 0);
		assert_int_equal(reload_adopt(&ctx, &stage->next), 0);
	}
}

static void expect(struct stage *stage, const char *reminder, const char *due, const char *state)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char found[200] = "absent";

	assert_int_equal(outbox_list(stage->db, NULL, -1, instant(due), 100, &rows), 0);
	while (db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		if (strcmp(row.reminder, reminder) == 0 && row.due == instant(due)) {
			(void)snprintf(found, sizeof(found), "%s%s%s",
				       outbox_state_words[row.state], row.reason ? ": " : "",
				       row.reason ? row.reason : "");
		}
	}
	assert_int_equal(rows.error, 0);
	assert_string_equal(found, state);
}

FIXTURE(set_up, tear_down);

TEST(test_nothing_changed)
{
	struct stage *stage = *state;

	edit_at(stage, "2026-11-24 12:00");
	expect(stage, "daily", "2026-11-24 10:00", "due");
	expect(stage, "group", "2026-11-24 11:00", "due");
}

TEST(test_times_changed)
{
	struct stage *stage = *state;

	stage->after.reminder.minute = 15 * 60;
	stage->after.meeting.minute = 14 * 60;
	edit_at(stage, "2026-11-24 11:30");
	expect(stage, "daily", "2026-11-24 10:00", "cancelled: its time was changed");
	expect(stage, "group", "2026-11-24 11:00", "cancelled: its time was changed");
	expect(stage, "daily", "2026-11-24 15:00", "absent");
}

TEST(test_gone)
{
	struct stage *stage = *state;

	stage->after.client.reminder_count = 0;
	stage->after.meeting.id = (char *)"circle";
	edit_at(stage, "2026-11-24 12:00");
	expect(stage, "daily", "2026-11-24 10:00", "cancelled: no longer in the configuration");
	expect(stage, "group", "2026-11-24 11:00", "cancelled: no longer in the configuration");
}

TEST(test_the_client_is_gone)
{
	struct stage *stage = *state;

	stage->after.client.id = (char *)"r-2";
	edit_at(stage, "2026-11-24 12:00");
	expect(stage, "daily", "2026-11-24 10:00", "cancelled: no longer enrolled");
}

/* The meeting is still when it was; that it is announced earlier from now on loses nothing. */
TEST(test_another_lead)
{
	struct stage *stage = *state;

	stage->after.meeting.leads = (struct conf_spans){ &leads[1], 1 };
	edit_at(stage, "2026-11-24 12:00");
	expect(stage, "group", "2026-11-24 11:00", "due");
}

/* From the afternoon to a time that is over: today's still comes. */
TEST(test_moved_over_now)
{
	struct stage *stage = *state;

	stage->before.reminder.minute = 15 * 60;
	edit_at(stage, "2026-11-24 12:00");
	expect(stage, "daily", "2026-11-24 15:00", "due");
	expect(stage, "daily", "2026-11-24 10:00", "absent");
}

/* To another day is no move of a time. */
TEST(test_moved_to_another_day)
{
	struct stage *stage = *state;

	stage->before.reminder.minute = 15 * 60;
	stage->after.reminder.weekdays = 1u << WEEKDAY_WE;
	edit_at(stage, "2026-11-24 12:00");
	expect(stage, "daily", "2026-11-24 15:00", "absent");
}

TEST(test_moved_within_the_afternoon)
{
	struct stage *stage = *state;

	stage->before.reminder.minute = 15 * 60;
	stage->after.reminder.minute = 16 * 60;
	edit_at(stage, "2026-11-24 12:00");
	expect(stage, "daily", "2026-11-24 15:00", "absent");
}

/* Nine in Los Angeles: in Chicago ten is over. */
TEST(test_another_zone)
{
	struct stage *stage = *state;

	stage->before.client.zone = zone("America/Los_Angeles");
	edit_at(stage, "2026-11-24 11:00");
	expect(stage, "daily", "2026-11-24 12:00", "due");
}

static int enter_consents(struct stage *stage, struct side *side, hf_time now)
{
	const struct engine_context ctx = context(stage, side, now);

	return reload_consents(&ctx, &stage->next);
}

/* A consent of tomorrow counts tomorrow. */
TEST(test_consents)
{
	struct stage *stage = *state;
	struct person person;

	stage->after.client.consent =
		(struct consent_record){ on("2026-11-25"), (char *)"paper", (char *)"mreyes" };
	edit_at(stage, "2026-11-24 12:00");
	assert_true(stage->next == instant("2026-11-25"));
	assert_int_equal(people_get(stage->db, "r-1", &person), 0);
	assert_int_equal(person.consent, CONSENT_NONE);

	/* One that cannot be written down is not over with: it is tried again. */
	assert_int_equal(db_run(stage->db,
				"CREATE TRIGGER broken BEFORE INSERT ON consent"
				" BEGIN SELECT RAISE(ABORT, 'broken'); END",
				""),
			 0);
	assert_true(enter_consents(stage, &stage->after, stage->next) < 0);
	assert_true(stage->next == instant("2026-11-25"));
	assert_int_equal(db_run(stage->db, "DROP TRIGGER broken", ""), 0);

	assert_int_equal(enter_consents(stage, &stage->after, stage->next), 0);
	assert_true(stage->next == HF_NEVER);
	assert_int_equal(people_get(stage->db, "r-1", &person), 0);
	assert_int_equal(person.consent, CONSENT_GIVEN);
}

/* How many numbers are on record for r-1, the present one among them. */
static int count_numbers(struct stage *stage)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int count = 0;

	assert_int_equal(numbers_of(stage->db, "r-1", &rows), 0);
	while (db_next(&rows)) {
		count++;
	}
	return count;
}

TEST(test_numbers)
{
	struct stage *stage = *state;
	struct situation situation = { .suspended = 5, .failures = 3, .setback = 7 };

	stage->now = instant("2026-01-07 09:00");
	assert_int_equal(enter_consents(stage, &stage->before, stage->now), 0);
	assert_int_equal(enter_consents(stage, &stage->before, stage->now), 0);
	assert_int_equal(count_numbers(stage), 1);

	/* Another client's line stands before hers, and one of somebody gone. */
	assert_int_equal(numbers_note(stage->db, "a-1", "+13125550001", 1), 0);
	assert_int_equal(numbers_note(stage->db, "z-1", "+13125550002", 1), 0);
	(void)strcpy(situation.phone, stage->before.client.phone);
	assert_int_equal(situation_set(stage->db, "r-1", &situation), 0);
	assert_int_equal(enter_consents(stage, &stage->before, stage->now), 0);
	assert_int_equal(situation_get(stage->db, "r-1", &situation), 0);
	assert_int_equal(situation.suspended, 5);

	stage->after.client.phone = (char *)"+13125550199";
	assert_int_equal(enter_consents(stage, &stage->after, stage->now), 0);
	assert_int_equal(count_numbers(stage), 2);
	assert_int_equal(situation_get(stage->db, "r-1", &situation), 0);
	assert_int_equal(situation.suspended, 0);
	assert_int_equal(situation.failures, 0);
	assert_int_equal(situation.setback, 7);
}
