/* Which texts may be one, and the words of both. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "store/people.h"
#include "store/store.h"
#include "engine/combine.h"
#include "engine/message_log.h"
#include "plan_rig.h"

#define NOON "2026-12-01 12:00"

static struct template english[] = { { .name = (char *)"meet", .text = (char *)"{title}" },
				     { .name = (char *)"own", .text = (char *)"b." } };
static char *messages[] = { (char *)"own" };

static struct model model;
static struct language language;
static struct client client;
static struct meeting meeting;
static struct appointment appointment;
static struct reminder reminder;
static struct message_log message_log;
static struct engine_context ctx;

static int set_up(void **state)
{
	(void)state;
	meeting = (struct meeting){ .id = (char *)"tue",
				    .title = (char *)"b.",
				    .place = (char *)"",
				    .message = (char *)"meet" };
	reminder = (struct reminder){ .id = (char *)"own", .messages = { messages, 1 } };
	client = a_client("2026-11-02");
	client.meetings = &meeting;
	client.meeting_count = 1;
	appointment = (struct appointment){ .id = (char *)"own", .message = (char *)"own" };
	client.appointments = &appointment;
	client.appointment_count = 1;
	client.reminders = &reminder;
	client.reminder_count = 1;
	language = (struct language){ .code = (char *)"en",
				      .messages = english,
				      .count = COUNT(english) };
	model = (struct model){ .site = { .name = (char *)"Riverside",
					  .language = (char *)"en",
					  .zone = zone("America/Chicago") },
				.texting = { .hours = { WEEKDAY_ALL, 0, 1440 },
					     .daily_limit = 100,
					     .max_segments = 1 },
				.languages = &language,
				.language_count = 1,
				.clients = &client,
				.client_count = 1 };
	ctx = (struct engine_context){ .model = &model, .log = &message_log, .now = instant(NOON) };
	if (store_open_memory(&ctx.db) != 0) {
		return -1;
	}
	return people_consent(ctx.db, client.id, "", CONSENT_GIVEN, 0, "config", "", 1) ||
	       people_welcomed(ctx.db, client.id, 1);
}

static int tear_down(void **state)
{
	(void)state;
	message_log_done(&message_log);
	(void)db_close(ctx.db);
	zone_close();
	return 0;
}

static struct outbox_message a_row(enum kind kind, const char *reminder_id)
{
	return (struct outbox_message){ .client = client.id,
					.kind = kind,
					.reminder = reminder_id,
					.lead = "",
					.occurrence = instant("2026-12-01 14:00"),
					.due = ctx.now,
					.expires = HF_NEVER,
					.priority = OUTBOX_AUTOMATIC };
}

/* The words of the first, which are `words` alone, after all that may go with it has joined. */
static void expect(struct outbox_message first, struct outbox_message second, const char *words,
		   const char *joined)
{
	struct composed composed = { .text = strdup(words) };

	assert_int_equal(text_cost(words, &composed.cost), 0);
	assert_int_equal(db_begin(ctx.db), 0);
	assert_int_equal(outbox_add(ctx.db, &first, ctx.now, &first.id), 0);
	assert_int_equal(outbox_add(ctx.db, &second, ctx.now, &second.id), 0);
	assert_int_equal(combine_reminders(&ctx, &first, &client, &composed), 0);
	db_rollback(ctx.db);
	assert_string_equal(composed.text, joined);
	composed_done(&composed);
}

/* A meeting, and another one whose words are `title`. */
static void expect_words(const char *words, const char *title, const char *joined)
{
	meeting.title = (char *)title;
	expect(a_row(KIND_MEETING, "first"), a_row(KIND_MEETING, "tue"), words, joined);
}

FIXTURE(set_up, tear_down);

TEST(test_words)
{
	expect_words("Riverside: a.", "Riverside: b.", "Riverside: a.\nB.");
	expect_words("Hi Ana.", "Riverside: b.", "Hi Ana.\nRiverside: b.");
	expect_words("Riverside: a.", "Riversider: b.", "Riverside: a.\nRiversider: b.");
}

TEST(test_length)
{
	char one[100] = "", two[100] = "", both[200];

	memset(one, 'a', 80);
	memset(two, 'b', 79);
	(void)snprintf(both, sizeof(both), "%s\nB%s", one, two + 1);
	assert_int_equal(strlen(both), 160);
	expect_words(one, two, both);
	two[79] = 'b';
	expect_words(one, two, one);
}

/* A question stands alone, so that its answer is to it; so does what is no reminder. */
TEST(test_kinds)
{
	static const struct {
		enum kind kind;
		const char *joined;
	} cases[] = { { KIND_COPING, "a.\nB." },
		      { KIND_APPOINTMENT, "a.\nB." },
		      { KIND_CHECK_IN, "a." },
		      { KIND_MILESTONE, "a." } };

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct outbox_message row = a_row(KIND_MEETING, "tue");
		struct outbox_message other = a_row(cases[i].kind, "own");

		expect(row, other, "a.", cases[i].joined);
		expect(other, row, "a.", cases[i].joined);
	}
}

/* One that was tried, whose words are fixed, or that belongs to a gateway stays as it is. */
TEST(test_only_fresh_ones)
{
	struct outbox_message fresh = a_row(KIND_MEETING, "tue"), row;

	row = a_row(KIND_MEETING, "first");
	expect(row, fresh, "a.", "a.\nB.");
	row.attempts = 1;
	expect(row, fresh, "a.", "a.");
	row = a_row(KIND_MEETING, "first");
	row.text = "a.";
	expect(row, fresh, "a.", "a.");
	expect(fresh, row, "b.", "b.");
	row = a_row(KIND_MEETING, "first");
	row.pinned = true;
	expect(row, fresh, "a.", "a.");
}
