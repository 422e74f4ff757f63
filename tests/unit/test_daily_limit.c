/* A day's places: who gets them, and what takes none. */
#include <string.h>

#include "test.h"
#include "store/checkins.h"
#include "store/store.h"
#include "engine/daily_limit.h"
#include "engine/planner.h"
#include "plan_rig.h"

#define MORNING "2026-11-24 10:00" /* a Tuesday */

static struct template english[] = {
	{ .name = (char *)"appointment", .text = (char *)"you see {with}" },
	{ .name = (char *)"meeting", .text = (char *)"{title}, {place}" },
	{ .name = (char *)"walk", .text = (char *)"a walk?" },
};
static char *walk[] = { (char *)"walk" };
static struct span hours[] = { { 0, 2 * HF_HOUR }, { 0, 5 * HF_HOUR } };

struct stage {
	struct db *db;
	struct model model;
	struct language language;
	struct client client;
	struct meeting meetings[2];
	struct appointment appointment;
	struct reminder reminder;
	struct civil closed;
	struct planner *planner;
	struct outbox_message row;
	hf_time now;
};

/* One place a day: a habit in the morning, the group at 19:00, two hours ahead. */
static int set_up(void **state)
{
	static struct stage stage;

	stage = (struct stage){
		.language = { .code = (char *)"en", .messages = english, .count = COUNT(english) },
		.client = a_client("2026-11-02"),
		.reminder = { .id = (char *)"walk",
			      .kind = KIND_COPING,
			      .minute = 600,
			      .weekdays = WEEKDAY_ALL,
			      .messages = { walk, 1 } },
		.now = instant(MORNING),
	};
	stage.meetings[0] = (struct meeting){ .id = (char *)"tue",
					      .title = (char *)"your group",
					      .place = (char *)"Room 4",
					      .message = (char *)"meeting",
					      .weekdays = WEEKDAY_ALL,
					      .minute = 19 * 60,
					      .every = 1,
					      .leads = { hours, 1 } };
	stage.meetings[1] = stage.meetings[0];
	stage.meetings[1].id = (char *)"second";
	stage.appointment = (struct appointment){ .id = (char *)"shah",
						  .with = (char *)"Dr. Shah",
						  .message = (char *)"appointment",
						  .when = on("2026-11-24 19:00"),
						  .leads = { hours, 1 } };
	stage.client.language = (char *)"en";
	stage.client.meetings = stage.meetings;
	stage.client.meeting_count = 1;
	stage.client.reminders = &stage.reminder;
	stage.client.reminder_count = 1;
	stage.client.appointments = &stage.appointment;
	stage.model = (struct model){
		.site = { .name = (char *)"Riverside",
			  .language = (char *)"en",
			  .zone = stage.client.zone },
		.texting = { .hours = { WEEKDAY_ALL, 540, 1200 },
			     .daily_limit = 1,
			     .max_segments = 1 },
		.languages = &stage.language,
		.language_count = 1,
		.clients = &stage.client,
		.client_count = 1,
	};
	stage.row = (struct outbox_message){ .id = 1000,
					     .client = "r-1",
					     .kind = KIND_COPING,
					     .reminder = "walk",
					     .occurrence = stage.now,
					     .due = stage.now,
					     .expires = stage.now + 3 * HF_HOUR,
					     .priority = OUTBOX_AUTOMATIC };
	*state = &stage;
	if (store_open_memory(&stage.db) != 0) {
		return -1;
	}
	return people_consent(stage.db, "r-1", "", CONSENT_GIVEN, 0, "config", "x", stage.now) ||
	       people_welcomed(stage.db, "r-1", 1);
}

static int tear_down(void **state)
{
	struct stage *stage = *state;

	(void)planner_free(stage->planner);
	(void)db_close(stage->db);
	zone_close();
	return 0;
}

FIXTURE(set_up, tear_down);

static struct permit check(struct stage *stage)
{
	struct engine_context ctx = { .db = stage->db, .model = &stage->model, .now = stage->now };
	struct permit permit = { .verdict = PERMIT_CANCEL };

	stage->planner = planner_free(stage->planner);
	assert_int_equal(planner_new(stage->db, &stage->model, stage->now, &stage->planner), 0);
	ctx.planner = stage->planner;
	assert_int_equal(daily_limit_check(&ctx, &stage->client, &stage->row, &permit), 0);
	return permit;
}

static void expect(struct stage *stage, enum permit_verdict verdict, const char *reason)
{
	struct permit permit = check(stage);

	assert_int_equal(permit.verdict, verdict);
	if (reason) {
		assert_string_equal(permit.reason, reason);
	} else {
		assert_null(permit.reason);
	}
}

static void expect_wait(struct stage *stage, const char *until, const char *reason)
{
	expect(stage, PERMIT_WAIT, reason);
	assert_true(check(stage).until == instant(until));
}

static const char gives_way[] = "daily limit: more important texts come today";

static int64_t add(struct stage *stage, int kind, const char *reminder, const char *due)
{
	static hf_time occurrence = 0;
	const struct outbox_message row = { .client = "r-1",
					    .kind = kind,
					    .reminder = reminder,
					    .occurrence = occurrence + 1,
					    .due = instant(due),
					    .expires = HF_NEVER,
					    .priority = OUTBOX_AUTOMATIC };
	int64_t id;

	occurrence++;
	assert_int_equal(outbox_add(stage->db, &row, stage->now, &id), 0);
	return id;
}

static void claim(struct stage *stage, int kind, const char *at)
{
	int64_t id = add(stage, kind, "x", at);

	assert_int_equal(outbox_claim(stage->db, id, "p", "x", 1, instant(at)), 0);
}

TEST(test_gone)
{
	struct stage *stage = *state;

	stage->client.meeting_count = 0;
	stage->model.texting.daily_limit = 2;
	stage->row.expires = HF_NEVER;
	claim(stage, KIND_NOTE, "2026-11-23 23:59:59");
	claim(stage, KIND_NOTE, "2026-11-25 00:00");
	claim(stage, KIND_ONE_OFF, MORNING);
	claim(stage, KIND_WELCOME, "2026-11-24 00:00");
	expect(stage, PERMIT_SEND, NULL);
	claim(stage, KIND_NUDGE, MORNING);
	expect_wait(stage, "2026-11-25 09:00", "daily limit reached");

	stage->row.priority = OUTBOX_URGENT;
	expect(stage, PERMIT_SEND, NULL);
	stage->row.priority = OUTBOX_AUTOMATIC;
	stage->row.kind = KIND_ONE_OFF;
	expect(stage, PERMIT_SEND, NULL);
	stage->row.kind = KIND_NOTE;
	stage->row.expires = stage->now + HF_HOUR;
	expect(stage, PERMIT_EXPIRE, "daily limit reached");
	/* Its own earlier attempt is one of the two. */
	stage->row.claimed = stage->now - HF_MINUTE;
	expect(stage, PERMIT_SEND, NULL);
}

/* The day on which an hour occurs twice has 25, and one limit. */
TEST(test_long_day)
{
	struct stage *stage = *state;

	stage->client.meeting_count = 0;
	stage->row.expires = HF_NEVER;
	stage->now = instant("2026-11-01 19:30");
	claim(stage, KIND_NOTE, "2026-11-01 00:00");
	expect_wait(stage, "2026-11-02 09:00", "daily limit reached");
	assert_true(instant("2026-11-02 00:00") - instant("2026-11-01 00:00") == 25 * HF_HOUR);
}

TEST(test_order)
{
	static const struct {
		int kind;
		bool after_appointment, after_meeting;
	} rows[] = {
		{ KIND_WELCOME, false, false }, { KIND_APPOINTMENT, false, false },
		{ KIND_MEETING, true, false },  { KIND_CHECK_IN, true, true },
		{ KIND_NUDGE, true, true },     { KIND_MILESTONE, true, true },
		{ KIND_CLOSING, true, true },   { KIND_COPING, true, true },
		{ KIND_SPONSOR, true, true },   { KIND_NOTE, true, true },
		{ KIND_FOLLOW_UP, true, true },
	};
	struct stage *stage = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		stage->row.kind = rows[i].kind;
		stage->row.message = "walk";
		stage->client.meeting_count = 1;
		stage->client.appointment_count = 0;
		expect(stage, rows[i].after_meeting ? PERMIT_EXPIRE : PERMIT_SEND,
		       rows[i].after_meeting ? gives_way : NULL);
		stage->client.meeting_count = 0;
		stage->client.appointment_count = 1;
		expect(stage, rows[i].after_appointment ? PERMIT_EXPIRE : PERMIT_SEND,
		       rows[i].after_appointment ? gives_way : NULL);
	}
}

/* What will not go takes no place. */
TEST(test_takes_no_place)
{
	struct stage *stage = *state;

	expect(stage, PERMIT_EXPIRE, gives_way);
	stage->meetings[0].place = NULL; /* its words cannot be put together */
	expect(stage, PERMIT_SEND, NULL);
	stage->meetings[0].place = (char *)"Room 4";

	stage->meetings[0].site = true;
	stage->closed = on("2026-11-24");
	stage->model.closed = (struct conf_dates){ .list = &stage->closed, .count = 1 };
	expect(stage, PERMIT_SEND, NULL);
	stage->model.closed.count = 0;
	expect(stage, PERMIT_EXPIRE, gives_way);

	/* Due in the evening and sent tomorrow: this is not today's. */
	stage->meetings[0].minute = 23 * 60 + 59;
	stage->meetings[0].leads.list = &hours[0];
	expect(stage, PERMIT_SEND, NULL);
}

/* A group of the night is told of before the texting hours end. */
TEST(test_waits_since_the_night)
{
	struct stage *stage = *state;

	stage->client.meeting_count = 0;
	add(stage, KIND_APPOINTMENT, "shah", "2026-11-24 08:00");
	expect(stage, PERMIT_SEND, NULL); /* of an appointment that is gone */
	stage->client.appointment_count = 1;
	stage->appointment.when = on("2026-11-25 08:00");
	add(stage, KIND_APPOINTMENT, "shah", "2026-11-24 08:00");
	expect(stage, PERMIT_SEND, NULL); /* in one text with it */
	stage->row.kind = KIND_NOTE;
	expect(stage, PERMIT_EXPIRE, gives_way);
}

/* Reminders that will be one text take one place, where there is room for both in it. */
TEST(test_one_text)
{
	struct stage *stage = *state;

	stage->model.texting.daily_limit = 2;
	stage->client.meeting_count = 2;
	expect(stage, PERMIT_SEND, NULL);
	stage->meetings[1].minute += 20;
	expect(stage, PERMIT_EXPIRE, gives_way);
	stage->meetings[1].minute -= 20;
	stage->meetings[1].title =
		(char *)"a title that leaves no room for another one, because it "
			"goes on and on, as some do, until the line is full, "
			"and then some more of it, up to here";
	expect(stage, PERMIT_EXPIRE, gives_way);
}

TEST(test_question_that_is_open)
{
	struct stage *stage = *state;
	struct checkin checkin = { .message = 7,
				   .client = "r-1",
				   .reminder = "checkin",
				   .answers = "how",
				   .asked = stage->now - HF_HOUR,
				   .nudge_at = stage->now + HF_HOUR,
				   .silent_at = stage->now + HF_DAY };

	stage->client.meeting_count = 0;
	expect(stage, PERMIT_SEND, NULL);
	assert_int_equal(checkins_ask(stage->db, &checkin), 0);
	expect(stage, PERMIT_EXPIRE, gives_way);
	stage->row.kind = KIND_CHECK_IN;
	expect(stage, PERMIT_SEND, NULL);
	stage->row.kind = KIND_COPING;
	assert_int_equal(checkins_answer(stage->db, 7, MEANING_WELL, stage->now), 0);
	expect(stage, PERMIT_SEND, NULL);

	/* In the evening it is asked again tomorrow. */
	checkin.message = 8;
	checkin.nudge_at = instant("2026-11-24 21:00");
	assert_int_equal(checkins_ask(stage->db, &checkin), 0);
	expect(stage, PERMIT_SEND, NULL);
}
