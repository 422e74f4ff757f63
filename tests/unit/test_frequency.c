/* The fullest week of a client, counted by hand here and by series there. */
#include <string.h>

#include "test.h"
#include "engine/frequency.h"
#include "plan_rig.h"

static char *words[] = { (char *)"x" };
static struct span two_hours = { 0, 2 * HF_HOUR }, many[] = { { 0, HF_HOUR }, { 0, 25 * HF_HOUR } };

static struct model model;
static struct client client;
static struct plan plan;
static struct reminder reminders[2];
static struct meeting meeting;
static struct appointment appointment;
static struct civil closed;

/* From a Monday on: a question on two days of the week, asked again after six hours. */
static int set_up(void **state)
{
	(void)state;
	reminders[0] = (struct reminder){ .id = (char *)"checkin",
					  .kind = KIND_CHECK_IN,
					  .minute = 600,
					  .weekdays = 1 << 0 | 1 << 3,
					  .every = 1,
					  .answers = (char *)"how",
					  .nudge_after = { 0, 6 * HF_HOUR },
					  .silent_after = { 0, 24 * HF_HOUR },
					  .messages = { words, 1 } };
	reminders[1] = (struct reminder){ .id = (char *)"walk",
					  .kind = KIND_COPING,
					  .minute = 600,
					  .weekdays = 1 << 4,
					  .every = 1,
					  .messages = { words, 1 } };
	plan = (struct plan){ .weeks = 2, .reminders = reminders, .reminder_count = 1 };
	meeting = (struct meeting){ .id = (char *)"tue",
				    .weekdays = 1 << 1,
				    .every = 1,
				    .minute = 19 * 60,
				    .leads = { &two_hours, 1 } };
	appointment = (struct appointment){ .id = (char *)"shah",
					    .when = on("2026-01-08 15:00"),
					    .leads = { many, 2 } };
	client = a_client("2026-01-05");
	client.plan = &plan;
	client.meetings = &meeting;
	client.appointments = &appointment;
	client.reminders = &reminders[1];
	model = (struct model){ .texting = { .hours = { WEEKDAY_ALL, 540, 1200 },
					     .daily_limit = 3 },
				.closed = { .list = &closed } };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	zone_close();
	return 0;
}

FIXTURE(set_up, tear_down);

static struct frequency find(void)
{
	struct frequency frequency;

	assert_int_equal(frequency_count(&model, &client, &frequency), 0);
	assert_int_equal(frequency_find_sources(&model, &client, &frequency), 0);
	return frequency;
}

static void expect_source(const struct frequency *frequency, size_t at, const char *id, int texts)
{
	assert_true(at < frequency->source_count);
	assert_string_equal(frequency->sources[at].id, id);
	assert_int_equal(frequency->sources[at].texts, texts);
}

TEST(test_sources)
{
	struct frequency frequency = find();

	/* The first text, two questions and their second asking. */
	assert_int_equal(frequency.most, 5);
	assert_true(frequency.from == day("2026-01-05"));
	assert_int_equal(frequency.source_count, 3);
	expect_source(&frequency, 0, "checkin", 2);
	expect_source(&frequency, 1, "nudge", 2);
	expect_source(&frequency, 2, "welcome", 1);

	client.meeting_count = client.appointment_count = client.reminder_count = 1;
	frequency = find();
	assert_int_equal(frequency.most, 9);
	expect_source(&frequency, 2, "shah", 2);
	assert_int_equal(frequency.full_days, 0);
}

/* Any seven days: from Tuesday on there may be more of them than from Monday on. */
TEST(test_week_of_any_days)
{
	client.meeting_count = client.appointment_count = 1;
	client.plan = NULL;
	appointment.when = on("2026-01-19 15:00"); /* a Monday, and the day before */
	assert_int_equal(find().most, 3);
	assert_true(find().from == day("2026-01-13"));
}

TEST(test_daily_limit)
{
	model.texting.daily_limit = 1;
	client.meeting_count = client.appointment_count = client.reminder_count = 1;
	/* Each day but the weekend's; on Monday and Thursday more would be due. */
	assert_int_equal(find().most, 5);
	assert_int_equal(find().full_days, 2);
}

/* What is due in the evening goes on the next morning, and what is too late then does not go. */
TEST(test_held_back)
{
	client.plan = NULL;
	client.appointment_count = 1;
	appointment.when =
		on("2026-01-08 22:30"); /* 21:30 of that day is too late in the morning */
	assert_int_equal(find().most, 2);
	closed = on("2026-01-08");
	model.closed.count = 1;
	assert_int_equal(find().most, 1);
	appointment.when = on("2028-01-08 15:00"); /* beyond the year */
	assert_int_equal(find().most, 2);
	assert_true(find().from > day("2028-01-01"));
}

TEST(test_nudge_of_the_evening)
{
	reminders[0].minute = 18 * 60;
	reminders[0].weekdays = 1 << 6; /* Sunday, asked again on Monday */
	plan.weeks = 0;
	model.texting.daily_limit = 1;
	assert_int_equal(find().most, 2);
	reminders[0].silent_after = (struct span){ 0, 7 * HF_HOUR }; /* before it opens */
	assert_int_equal(find().most, 2);
	reminders[0].nudge_after = (struct span){ 0 };
	client.start = on("2026-01-04");
	assert_int_equal(find().most, 1);
}

TEST(test_weeks)
{
	struct phase phases[] = { { .weeks = 60, .weekdays = 1, .every = 1 },
				  { .weeks = 600, .weekdays = 1, .every = 1 } };

	assert_int_equal(frequency_weeks(NULL), 53);
	assert_int_equal(frequency_weeks(&plan), 53);
	plan.weeks = 70;
	assert_int_equal(frequency_weeks(&plan), 70);
	reminders[0].phases = phases;
	reminders[0].phase_count = 1;
	plan.weeks = 0;
	assert_int_equal(frequency_weeks(&plan), 60);
	reminders[0].phase_count = 2;
	assert_int_equal(frequency_weeks(&plan), 521);
}

static bool goes_on(const char *after)
{
	bool on = false;

	assert_int_equal(frequency_goes_on(&client, instant(after), &on), 0);
	return on;
}

TEST(test_goes_on)
{
	assert_true(goes_on("2026-01-15 09:59"));
	assert_false(goes_on("2026-01-15 10:00"));
	client.appointment_count = 1;
	appointment.when = on("2026-03-01 12:00");
	assert_true(goes_on("2026-03-01 10:59"));
	assert_false(goes_on("2026-03-01 11:00"));
	client.meeting_count = 1;
	assert_true(goes_on("2030-01-01 00:00"));
	client.until = on("2026-03-02");
	assert_false(goes_on("2026-03-01 11:00"));
}
