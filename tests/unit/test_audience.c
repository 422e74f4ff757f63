/* By which ways a message gets to a client. */
#include "test.h"
#include "engine/audience.h"

static char *choices[] = { (char *)"call|alone", (char *)"walk" };
static char *own[] = { (char *)"own" };

TEST(through_her_plan_her_own_and_holdfast)
{
	struct reminder reminders[] = { { .messages = { choices, 2 } },
					{ .messages = { own, 1 } } };
	struct answer answers[] = { { .message = NULL }, { .message = (char *)"well" } };
	struct answer_table tables[] = { { .answers = answers, .count = 2 } };
	const struct plan plan = {
		.reminders = reminders, .reminder_count = 1, .tables = tables, .table_count = 1
	};
	struct client client = { .plan = &plan };

	assert_true(audience_has(&client, "call"));
	assert_true(audience_has(&client, "alone"));
	assert_true(audience_has(&client, "walk"));
	assert_true(audience_has(&client, "well"));
	assert_true(audience_has(&client, "welcome"));
	assert_true(audience_has(&client, "help"));
	assert_false(audience_has(&client, "own"));
	assert_false(audience_has(&client, "cal"));
	assert_false(audience_has(&client, "call|alone"));
	assert_false(audience_has(&client, "walker"));

	client.reminders = &reminders[1];
	client.reminder_count = 1;
	assert_true(audience_has(&client, "own"));
	client.plan = NULL;
	assert_true(audience_has(&client, "own"));
	assert_false(audience_has(&client, "walk"));
	assert_true(audience_has(&client, "stopped"));
}

TEST(through_what_she_goes_to)
{
	struct span leads[] = { { .elapsed = 2 * HF_HOUR }, { .elapsed = 20 * HF_HOUR } };
	struct span day = { .days = 1 };
	struct meeting meeting = { .message = (char *)"meeting",
				   .minute = 19 * 60,
				   .leads = { leads, 1 } };
	const struct appointment appointment = { .message = (char *)"appointment" };

	assert_true(audience_of_meeting(&meeting, "meeting"));
	assert_false(audience_of_meeting(&meeting, "meet"));
	assert_false(audience_of_meeting(&meeting, "meetings"));
	assert_false(audience_of_meeting(&meeting, "meeting_ahead"));
	meeting.leads.count = 2;
	assert_true(audience_of_meeting(&meeting, "meeting_ahead"));
	meeting.leads = (struct conf_spans){ &day, 1 };
	assert_true(audience_of_meeting(&meeting, "meeting_ahead"));
	assert_true(audience_of_appointment(&appointment, "appointment"));
	assert_false(audience_of_appointment(&appointment, "meeting"));
}
