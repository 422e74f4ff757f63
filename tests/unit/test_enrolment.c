/* What a client's files come to: each text of a stretch of time, in order. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "engine/enrolment.h"
#include "plan_rig.h"

#define LISTED_MAX 4096

static int32_t setback = ENROLMENT_NO_SETBACK;

/* Every moment from `from` on, as "01-05 10:00 checkin 0\n". */
static void list(const struct client *client, const char *from, char listed[LISTED_MAX])
{
	_cleanup_(series_set_freep) struct series_set *set = NULL;
	const struct series *top;
	size_t used = 0;

	listed[0] = '\0';
	assert_int_equal(series_set_new(&set), 0);
	assert_int_equal(enrolment_join(set, client, setback, instant(from)), 0);
	assert_int_equal(series_set_seek(set, instant(from)), 0);
	while ((top = series_set_top(set)) && top->due < instant("2026-12-31")) {
		struct civil due = zone_civil(client->zone, top->due);

		for (size_t i = 0; i < top->member_count; i++) {
			if (series_has(top, &top->members[i])) {
				used += (size_t)snprintf(listed + used, LISTED_MAX - used,
							 "%02d-%02d %02d:%02d %s %d\n", due.month,
							 due.day, due.hour, due.minute,
							 top->members[i].reminder,
							 series_ordinal(top, &top->members[i]));
			}
		}
		assert_true(used < LISTED_MAX);
		assert_int_equal(series_set_advance(set), 0);
	}
}

static void expect(const struct client *client, const char *from, const char *expected)
{
	char listed[LISTED_MAX];

	list(client, from, listed);
	assert_string_equal(listed, expected);
}

/* Since a Tuesday; two weeks of Mondays and Thursdays, then four of every second Monday. */
static struct client a_client_in_phases(void)
{
	static struct phase phases[] = { { 2, 9, 1 }, { 4, 1, 2 } };
	static struct reminder reminder = { .id = (char *)"checkin",
					    .kind = KIND_CHECK_IN,
					    .minute = 600,
					    .phases = phases,
					    .phase_count = 2 };
	static struct plan plan = { .reminders = &reminder, .reminder_count = 1 };
	struct client client = a_client("2026-01-06");

	client.plan = &plan;
	return client;
}

TEST(test_phases)
{
	struct client client = a_client_in_phases();

	expect(&client, "2026-01-01",
	       "01-08 10:00 checkin 0\n01-12 10:00 checkin 1\n"
	       "01-15 10:00 checkin 2\n01-19 10:00 checkin 3\n"
	       "01-26 10:00 checkin 4\n02-09 10:00 checkin 5\n");
	/* Begun in the middle it is the same, ordinals too. */
	expect(&client, "2026-01-19 10:00", "01-26 10:00 checkin 4\n02-09 10:00 checkin 5\n");
	expect(&client, "2026-03-01", "");
	client.until = on("2026-01-26");
	expect(&client, "2026-01-19 10:00", "01-26 10:00 checkin 4\n");
}

/* Fortnightly by then, she is asked twice a week again; no ordinal comes twice. */
TEST(test_phases_anew)
{
	struct client client = a_client_in_phases();

	setback = (int32_t)day("2026-01-28");
	expect(&client, "2026-01-19",
	       "01-19 10:00 checkin 3\n01-26 10:00 checkin 4\n01-29 10:00 checkin 5\n"
	       "02-02 10:00 checkin 6\n02-05 10:00 checkin 7\n02-09 10:00 checkin 8\n"
	       "02-16 10:00 checkin 9\n03-02 10:00 checkin 10\n");
	/* In the first phase it begins anew too; before her start it is none. */
	setback = (int32_t)day("2026-01-13");
	expect(&client, "2026-01-15 10:00",
	       "01-19 10:00 checkin 3\n01-22 10:00 checkin 4\n01-26 10:00 checkin 5\n"
	       "02-02 10:00 checkin 6\n02-16 10:00 checkin 7\n");
	setback = (int32_t)day("2026-01-01");
	expect(&client, "2026-01-19 10:00", "01-26 10:00 checkin 4\n02-09 10:00 checkin 5\n");
	setback = ENROLMENT_NO_SETBACK;
}

TEST(test_days)
{
	int days[] = { 1, 30, 60 };
	struct reminder reminder = { .id = (char *)"milestone",
				     .kind = KIND_MILESTONE,
				     .minute = 660,
				     .days = { days, 3 } };
	struct client client = a_client("2026-01-06");

	client.reminders = &reminder;
	client.reminder_count = 1;
	expect(&client, "2026-01-01",
	       "01-07 11:00 milestone 0\n02-05 11:00 milestone 1\n03-07 11:00 milestone 2\n");
	client.recovery_date = on("2026-01-01");
	expect(&client, "2026-01-01", "01-31 11:00 milestone 1\n03-02 11:00 milestone 2\n");
}

TEST(test_closing)
{
	struct reminder reminders[] = {
		{ .id = (char *)"closing", .kind = KIND_CLOSING, .minute = 720 },
		{ .id = (char *)"walk", .minute = 600, .weekdays = 1 },
	};
	struct plan plan = { .reminders = reminders, .reminder_count = 2, .weeks = 2 };
	struct meeting meeting = { .id = (char *)"mon", .weekdays = 1, .minute = 1140 };
	struct span lead = { 0, HF_HOUR };
	struct client client = a_client("2026-01-05"); /* a Monday */

	client.plan = &plan;
	expect(&client, "2026-01-01",
	       "01-05 10:00 walk 0\n01-12 10:00 walk 1\n01-18 12:00 closing 0\n");
	expect(&client, "2026-01-18 12:00", "");

	/* What is hers goes on. */
	meeting.leads = (struct conf_spans){ &lead, 1 };
	client.meetings = &meeting;
	client.meeting_count = 1;
	client.until = on("2026-01-19");
	expect(&client, "2026-01-13", "01-18 12:00 closing 0\n01-19 18:00 mon 2\n");

	/* Until the last day itself, and left before it. */
	client.until = on("2026-01-18");
	expect(&client, "2026-01-13", "01-18 12:00 closing 0\n");
	client.until = on("2026-01-17");
	expect(&client, "2026-01-12 20:00", "");

	/* A plan without an end has that of the client, or none. */
	plan.weeks = 0;
	expect(&client, "2026-01-12 20:00", "01-17 12:00 closing 0\n");
	client.until = (struct civil){ 0 };
	plan.reminder_count = 1;
	client.meeting_count = 0;
	expect(&client, "2026-01-01", "");
	client.until = on("2026-01-09");
	client.plan = NULL;
	client.reminders = reminders;
	client.reminder_count = 1;
	expect(&client, "2026-01-01", "01-09 12:00 closing 0\n");
}

TEST(test_needs)
{
	struct reminder reminder = { .id = (char *)"x", .minute = 600, .weekdays = 1 };
	struct client client = a_client("2026-01-05");
	char *trusted[] = { (char *)"Maria" };

	client.until = on("2026-01-06");
	client.reminders = &reminder;
	client.reminder_count = 1;
	reminder.needs = (char *)"sponsor";
	expect(&client, "2026-01-01", "");
	client.sponsor = (char *)"";
	expect(&client, "2026-01-01", "");
	client.sponsor = (char *)"Sam";
	expect(&client, "2026-01-01", "01-05 10:00 x 0\n");
	reminder.needs = (char *)"trusted";
	expect(&client, "2026-01-01", "");
	client.trusted = (struct conf_texts){ trusted, 1 };
	expect(&client, "2026-01-01", "01-05 10:00 x 0\n");
	reminder.needs = (char *)"counselor";
	expect(&client, "2026-01-01", "");
	client.counselor = (char *)"mreyes";
	expect(&client, "2026-01-01", "01-05 10:00 x 0\n");
	reminder.needs = (char *)"name";
	expect(&client, "2026-01-01", "01-05 10:00 x 0\n");
}

TEST(test_agenda)
{
	struct span leads[] = { { 1, 0 }, { 0, HF_HOUR } };
	struct meeting meetings[] = {
		{ .id = (char *)"tue",
		  .weekdays = 2,
		  .every = 2,
		  .minute = 1140,
		  .leads = { leads, 2 } },
		{ .id = (char *)"sat",
		  .rrule = (char *)"FREQ=MONTHLY;BYDAY=1SA",
		  .minute = 570,
		  .leads = { leads + 1, 1 } },
		{ .id = (char *)"silent", .weekdays = 4, .minute = 600 },
	};
	struct appointment appointments[] = {
		{ .id = (char *)"review", .when = on("2026-02-02 14:00"), .leads = { leads, 1 } },
		{ .id = (char *)"early", .when = on("2026-01-06 09:00"), .leads = { leads, 2 } },
		{ .id = (char *)"silent", .when = on("2026-01-20 14:00") },
	};
	struct client client = a_client("2026-01-06");

	client.until = on("2026-02-07");
	client.meetings = meetings;
	client.meeting_count = 3;
	client.appointments = appointments;
	client.appointment_count = 3;
	/* The day before her first day she is not texted, whatever comes then. */
	expect(&client, "2026-01-01",
	       "01-06 08:00 early 0\n01-06 18:00 tue 0\n"
	       "01-19 19:00 tue 1\n01-20 18:00 tue 1\n02-01 14:00 review 0\n"
	       "02-02 19:00 tue 2\n02-03 18:00 tue 2\n02-07 08:30 sat 0\n");
}

/* What is asked afterwards, for whom nothing leads to it too; begun between the two it still comes. */
TEST(test_asked_afterwards)
{
	struct span lead = { 0, HF_HOUR };
	struct meeting meeting = { .id = (char *)"tue",
				   .weekdays = 2,
				   .minute = 1140,
				   .leads = { &lead, 1 },
				   .ask = { .after = { 0, 2 * HF_HOUR } } };
	struct appointment appointment = { .id = (char *)"review",
					   .when = on("2026-01-07 14:00"),
					   .ask = { .after = { 1, 0 } } };
	struct reminder reminder = { .id = (char *)"walk",
				     .minute = 600,
				     .weekdays = 1 << 3,
				     .ask = { .after = { 0, 3 * HF_HOUR } } };
	struct client client = a_client("2026-01-06");

	client.until = on("2026-01-13");
	client.meetings = &meeting;
	client.meeting_count = 1;
	client.appointments = &appointment;
	client.appointment_count = 1;
	client.reminders = &reminder;
	client.reminder_count = 1;
	expect(&client, "2026-01-01",
	       "01-06 18:00 tue 0\n01-06 21:00 tue 0\n01-08 10:00 walk 0\n01-08 13:00 walk 0\n"
	       "01-08 14:00 review 0\n01-13 18:00 tue 1\n01-13 21:00 tue 1\n");
	expect(&client, "2026-01-06 20:00",
	       "01-06 21:00 tue 0\n01-08 10:00 walk 0\n01-08 13:00 walk 0\n"
	       "01-08 14:00 review 0\n01-13 18:00 tue 1\n01-13 21:00 tue 1\n");
	expect(&client, "2026-01-08 13:30",
	       "01-08 14:00 review 0\n01-13 18:00 tue 1\n01-13 21:00 tue 1\n");
	expect(&client, "2026-01-13 21:00", "");
}

TEST(test_reminder_with_leads)
{
	struct span leads[] = { { 0, 2 * HF_HOUR }, { 0, HF_HOUR } };
	struct reminder reminder = {
		.id = (char *)"walk", .minute = 600, .weekdays = 1, .leads = { leads, 2 }
	};
	struct client client = a_client("2026-01-05");

	client.until = on("2026-01-06");
	client.reminders = &reminder;
	client.reminder_count = 1;
	expect(&client, "2026-01-01", "01-05 08:00 walk 0\n01-05 09:00 walk 0\n");
}

TEST(test_welcome)
{
	struct client client = a_client("2026-01-06");
	struct model model = { .texting = { .hours = { WEEKDAY_ALL, 540, 1200 } } };
	hf_time opening = enrolment_opening(&model, &client);
	_cleanup_(series_set_freep) struct series_set *set = NULL;

	assert_int_equal(opening, instant("2026-01-06 09:00"));
	assert_int_equal(enrolment_last_day(&client), MEMBER_DAY_OPEN);
	assert_int_equal(series_set_new(&set), 0);
	assert_int_equal(enrolment_welcome(set, &client, opening), 0);
	assert_int_equal(series_set_seek(set, instant("2026-01-06 09:00") - 1), 0);
	assert_int_equal(series_set_top(set)->due, opening);
	assert_int_equal(series_set_top(set)->members[0].kind, KIND_WELCOME);
	assert_int_equal(series_set_seek(set, opening), 0);
	assert_null(series_set_top(set));
}

static int tear_down(void **state)
{
	(void)state;
	zone_close();
	return 0;
}

GROUP_FIXTURE(NULL, tear_down);
