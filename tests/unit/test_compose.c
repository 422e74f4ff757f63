/* Which message, and every field that a message may name. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "engine/compose.h"
#include "plan_rig.h"

static struct template english[] = {
	{ .name = (char *)"alone", .text = (char *)"Who?" },
	{ .name = (char *)"call", .text = (char *)"Call {trusted}?" },
	{ .name = (char *)"curly", .text = (char *)"It’s Łukasz" },
	{ .name = (char *)"days", .text = (char *)"{days} days, {name}" },
	{ .name = (char *)"either", .text = (char *)"{sponsor|someone}" },
	{ .name = (char *)"meet", .text = (char *)"{title} {day} {time} {place}" },
	{ .name = (char *)"see", .text = (char *)"{with} {day} {time} {place|}" },
	{ .name = (char *)"walk", .text = (char *)"Walk." },
	{ .name = (char *)"welcome", .text = (char *)"{site}: hi {name}" },
	{ .name = (char *)"wrong", .text = (char *)"{wrong}" },
};

static char *messages[] = { (char *)"call|alone", (char *)"walk" };
static char *gone[] = { (char *)"nowhere|walk" };
static char *days_message[] = { (char *)"days" };
static char *trusted[] = { (char *)"Maria", (char *)"Lou" };
static int milestones[] = { 30, 60 };

struct stage {
	struct model model;
	struct language language;
	struct client client;
	struct meeting meeting;
	struct appointment appointment;
	struct reminder reminders[3];
	struct staff_member staff;
	struct outbox_message row;
};

static int set_up(void **state)
{
	static struct stage stage;

	stage = (struct stage){
		.model = { .site = { .name = (char *)"Riverside",
				     .phone = (char *)"+13125550100",
				     .language = (char *)"en",
				     .zone = zone("America/Chicago"),
				     .hours = { 0x1f, 8 * 60, 18 * 60 } },
			   .texting = { .max_segments = 1, .plain_characters = true },
			   .languages = &stage.language,
			   .language_count = 1,
			   .staff = &stage.staff,
			   .staff_count = 1 },
		.language = { .code = (char *)"en", .messages = english, .count = COUNT(english) },
		.client = a_client("2026-11-02"),
		.meeting = { .id = (char *)"tue",
			     .title = (char *)"group",
			     .place = (char *)"Room 4",
			     .message = (char *)"meet" },
		.appointment = { .id = (char *)"review",
				 .with = (char *)"Dr. Shah",
				 .message = (char *)"see" },
		.reminders = { { .id = (char *)"coping", .messages = { messages, 2 } },
			       { .id = (char *)"days",
				 .messages = { days_message, 1 },
				 .days = { milestones, 2 } },
			       { .id = (char *)"gone", .messages = { gone, 1 } } },
		.staff = { .id = (char *)"mreyes", .name = (char *)"M. Reyes" },
		.row = { .client = "r-1",
			 .kind = KIND_COPING,
			 .reminder = "coping",
			 .lead = "",
			 .occurrence = instant("2026-12-02 19:00"),
			 .due = instant("2026-12-02 17:00") },
	};
	stage.client.meetings = &stage.meeting;
	stage.client.meeting_count = 1;
	stage.client.appointments = &stage.appointment;
	stage.client.appointment_count = 1;
	stage.client.reminders = stage.reminders;
	stage.client.reminder_count = COUNT(stage.reminders);
	*state = &stage;
	return 0;
}

/* Composing twice gives the same bytes. */
static void expect(struct stage *stage, const char *message, const char *text)
{
	for (int again = 0; again < 2; again++) {
		struct composed composed = { 0 };

		assert_int_equal(compose(&stage->model, &stage->client, &stage->row, &composed), 0);
		assert_string_equal(composed.text, text);
		if (message) {
			assert_string_equal(composed.message, message);
		} else {
			assert_null(composed.message);
		}
		assert_int_equal(composed.cost.segments, 1);
		composed_done(&composed);
		composed_done(&composed);
	}
}

static void expect_answer(struct stage *stage, int answer)
{
	struct composed composed = { .message = "untouched" };

	assert_int_equal(compose(&stage->model, &stage->client, &stage->row, &composed), answer);
	assert_null(composed.text);
	assert_string_equal(composed.message, "untouched");
}

FIXTURE(set_up, NULL);

TEST(test_in_turn)
{
	struct stage *stage = *state;

	expect(stage, "alone", "Who?");
	stage->client.trusted = (struct conf_texts){ trusted, 2 };
	expect(stage, "call", "Call Maria?");
	stage->row.ordinal = 1;
	expect(stage, "walk", "Walk.");
	stage->row.ordinal = 3;
	expect(stage, "walk", "Walk.");
	/* The message comes every second time, and the next of them with it. */
	stage->row.ordinal = 2;
	expect(stage, "call", "Call Lou?");
	stage->row.ordinal = 4;
	expect(stage, "call", "Call Maria?");
	stage->client.trusted.count = 1;
	stage->row.ordinal = 2;
	expect(stage, "call", "Call Maria?");
}

TEST(test_agenda)
{
	struct stage *stage = *state;

	stage->row.kind = KIND_MEETING;
	stage->row.reminder = "tue";
	expect(stage, "meet", "group Wednesday, December 2 7:00 pm Room 4");
	stage->row.reminder = "review";
	expect_answer(stage, COMPOSE_E_GONE);
	stage->row.kind = KIND_APPOINTMENT;
	expect(stage, "see", "Dr. Shah Wednesday, December 2 7:00 pm ");
	stage->row.reminder = "tue";
	expect_answer(stage, COMPOSE_E_GONE);
}

TEST(test_milestone)
{
	struct stage *stage = *state;

	stage->row.kind = KIND_MILESTONE;
	stage->row.reminder = "days";
	expect(stage, "days", "30 days, Jordan");
	/* Since then the recovery date was set anew: the count that was lost is not spoken of. */
	stage->client.recovery_date = on("2026-11-20");
	expect_answer(stage, COMPOSE_E_GONE);
	stage->client.recovery_date = on("2026-10-03");
	expect(stage, "days", "60 days, Jordan");
}

TEST(test_welcome_and_one_off)
{
	struct stage *stage = *state;

	stage->row.kind = KIND_WELCOME;
	stage->row.reminder = "welcome";
	stage->row.occurrence = 0;
	expect(stage, "welcome", "Riverside: hi Jordan");
	stage->row.kind = KIND_ONE_OFF;
	stage->row.message = "either";
	expect(stage, "either", "someone");
	stage->row.text = "“{braces} stay”";
	expect(stage, NULL, "\"{braces} stay\"");
	stage->model.texting.plain_characters = false;
	expect(stage, NULL, "“{braces} stay”");
}

TEST(test_faults)
{
	struct stage *stage = *state;
	char long_text[] = "a text in which one letter is not of GSM-7, so that it takes two "
			   "segments: Ł.";

	stage->row.reminder = "gone";
	expect_answer(stage, COMPOSE_E_GONE);
	stage->row.reminder = "never was";
	expect_answer(stage, COMPOSE_E_GONE);
	stage->row.message = "wrong";
	expect_answer(stage, COMPOSE_E_FIELD);
	stage->row.message = "call";
	expect_answer(stage, COMPOSE_E_FIELD);
	stage->row.text = "\xff";
	expect_answer(stage, COMPOSE_E_FIELD);
	stage->row.text = long_text;
	stage->model.texting.plain_characters = false;
	expect_answer(stage, COMPOSE_E_LONG);
	stage->model.texting.plain_characters = true;
	stage->row.text = NULL;
	stage->row.message = "curly";
	stage->language.accents = ACCENTS_PLAIN;
	expect(stage, "curly", "It's Lukasz");
	stage->language.accents = ACCENTS_KEEP;
	expect(stage, "curly", "It's Łukasz");
}

/* Of every field that the configuration lets a message name, we know the value. */
TEST(test_every_field)
{
	struct stage *stage = *state;

	for (size_t i = 0; template_fields[i]; i++) {
		char template[64];
		struct template message = { .name = (char *)"field", .text = template };
		struct composed composed = { 0 };

		(void)snprintf(template, sizeof(template), "x{%s|none}", template_fields[i]);
		stage->language.messages = &message;
		stage->language.count = 1;
		stage->row.message = "field";
		assert_int_equal(compose(&stage->model, &stage->client, &stage->row, &composed), 0);
		composed_done(&composed);
	}
}

static void expect_field(struct stage *stage, const char *template, const char *text)
{
	struct template message = { .name = (char *)"field", .text = (char *)template };

	stage->language.messages = &message;
	stage->language.count = 1;
	stage->row.message = "field";
	expect(stage, "field", text);
}

TEST(test_fields)
{
	struct stage *stage = *state;

	stage->client.counselor = (char *)"mreyes";
	stage->client.sponsor = (char *)"Sam";
	expect_field(stage, "{site} {site_phone}", "Riverside (312) 555-0100");
	expect_field(stage, "{counselor} {sponsor} {client}", "M. Reyes Sam r-1");
	expect_field(stage, "{next_open}", "Thursday at 8:00 am");
	stage->row.due = instant("2026-12-04 18:00");
	expect_field(stage, "{next_open}", "Monday at 8:00 am");
	stage->row.due = instant("2026-12-07 07:59");
	expect_field(stage, "{next_open}", "Monday at 8:00 am");
	stage->model.closed = (struct conf_dates){ (struct civil[]){ on("2026-12-07") }, 1 };
	expect_field(stage, "{next_open}", "Tuesday at 8:00 am");
	stage->model.site.hours.weekdays = 0;
	expect_field(stage, "{next_open|soon}", "soon");
}

static int tear_down(void **state)
{
	(void)state;
	zone_close();
	return 0;
}

GROUP_FIXTURE(NULL, tear_down);
