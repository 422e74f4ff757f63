/* A text that staff send by hand. */
#include "test.h"
#include "staff_rig.h"

#include "store/people.h"
#include "staff/routes.h"

FIXTURE(rig_setup, rig_teardown);

TEST(test_sends)
{
	struct rig *rig = *state;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(rig_ask(rig, post_send, NULL, NULL,
				 "{\"client\":\"r-1042\",\"text\":\"See you at four.\"}"),
			 200);
	assert_int_equal(rig->changes, 1);
	assert_int_equal(json_int(rig->reply.json, "segments", 0), 1);
	assert_string_equal(json_text(rig->reply.json, "encoding"), "GSM-7");

	assert_int_equal(outbox_get(rig->db, json_int(rig->reply.json, "id", 0), &rows), 0);
	outbox_read(&rows, &row);
	assert_int_equal(row.kind, KIND_ONE_OFF);
	assert_string_equal(row.client, "r-1042");
	assert_string_equal(row.reminder, "send-1");
	assert_string_equal(row.text, "See you at four.");
	assert_true(row.expires == clock_now(&rig->clock) + HF_DAY);
}

/* The clock stands still: the same instant, the same client, and yet another text. */
TEST(test_sends_twice)
{
	struct rig *rig = *state;
	int64_t first;

	assert_int_equal(
		rig_ask(rig, post_send, NULL, NULL, "{\"client\":\"r-1042\",\"text\":\"a\"}"), 200);
	first = json_int(rig->reply.json, "id", 0);
	assert_int_equal(
		rig_ask(rig, post_send, NULL, NULL, "{\"client\":\"r-1042\",\"text\":\"a\"}"), 200);
	assert_int_not_equal(json_int(rig->reply.json, "id", 0), first);
}

/* Ten to one client in a day; thirty where it is said that they are meant; and to another one as ever. */
TEST(test_too_many_by_hand)
{
	static const char once[] = "{\"client\":\"r-1042\",\"text\":\"a\"}";
	static const char anyway[] =
		"{\"client\":\"r-1042\",\"text\":\"a\",\"anyway\":true,\"why\":\"she asks\"}";
	struct rig *rig = *state;

	for (int i = 0; i < 10; i++) {
		assert_int_equal(rig_ask(rig, post_send, NULL, NULL, once), 200);
	}
	assert_int_equal(rig_ask(rig, post_send, NULL, NULL, once), 429);
	assert_int_equal(rig_ask(rig, post_reply, "r-1042", NULL, "{\"text\":\"a\"}"), 429);
	for (int i = 10; i < 30; i++) {
		assert_int_equal(rig_ask(rig, post_send, NULL, NULL, anyway), 200);
	}
	assert_int_equal(rig_ask(rig, post_send, NULL, NULL, anyway), 429);
	assert_non_null(strstr(json_text(rig->reply.json, "error"), "which is the most"));
	assert_int_equal(rig->changes, 30);
	assert_int_equal(
		rig_ask(rig, post_send, NULL, NULL, "{\"client\":\"r-1057\",\"text\":\"a\"}"), 200);
	clock_init_told(&rig->clock, clock_now(&rig->clock) + HF_DAY + 1, 0);
	assert_int_equal(rig_ask(rig, post_send, NULL, NULL, once), 200);
}

TEST(test_sends_a_message)
{
	struct rig *rig = *state;

	assert_int_equal(rig_ask(rig, post_send, NULL, NULL,
				 "{\"client\":\"r-1057\",\"message\":\"coping_plan\"}"),
			 200);
	assert_int_equal(rig_ask(rig, post_send, NULL, NULL,
				 "{\"client\":\"r-1057\",\"message\":\"nothing\"}"),
			 404);
	/* She has no sponsor, and the message has no other words for that. */
	assert_int_equal(rig_ask(rig, post_send, NULL, NULL,
				 "{\"client\":\"r-1057\",\"message\":\"sponsor\"}"),
			 400);
	assert_int_equal(rig->changes, 1);
}

TEST(test_waits_for_the_morning)
{
	struct rig *rig = *state;

	clock_init_told(&rig->clock, rig_moment("2026-11-23T22:00:00-06:00"), 0);
	assert_int_equal(
		rig_ask(rig, post_send, NULL, NULL, "{\"client\":\"r-1042\",\"text\":\"a\"}"), 200);
	assert_string_equal(json_text(rig->reply.json, "due"), "2026-11-24T09:00:00-06:00");
	assert_non_null(json_text(rig->reply.json, "reason"));
}

TEST(test_refuses_who_stopped)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);

	assert_int_equal(people_consent(rig->db, "r-1042", "+13125550142", CONSENT_WITHDRAWN, now,
					"reply", "client", now),
			 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(rig_ask(rig, post_send, NULL, NULL,
					 "{\"client\":\"r-1042\",\"text\":\"a\"}"),
				 409);
	}
	assert_int_equal(rig->changes, 0);
}

TEST(test_refuses_what_makes_no_sense)
{
	static const char *const bodies[] = {
		"",
		"{",
		"[]",
		"null",
		"{}",
		"{\"client\":\"r-1042\"}",
		"{\"text\":\"a\"}",
		"{\"client\":1,\"text\":\"a\"}",
		"{\"client\":\"r-1042\",\"text\":[]}",
		"{\"client\":\"r-1042\",\"text\":\"\"}",
		"{\"client\":\"r-1042\",\"text\":\"a\",\"message\":\"coping_plan\"}",
		"{\"client\":\"r-1042\",\"client\":\"r-1057\",\"text\":\"a\"}",
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < COUNT(bodies); i++) {
		assert_int_equal(rig_ask(rig, post_send, NULL, NULL, bodies[i]), 400);
	}
	assert_int_equal(rig_ask(rig, post_send, NULL, NULL, NULL), 400);
	assert_int_equal(
		rig_ask(rig, post_send, NULL, NULL, "{\"client\":\"nobody\",\"text\":\"a\"}"), 404);
	assert_int_equal(rig->changes, 0);
}

TEST(test_refuses_what_is_too_long)
{
	struct rig *rig = *state;
	char body[600];

	(void)snprintf(body, sizeof(body), "{\"client\":\"r-1042\",\"text\":\"%0306d\"}", 7);
	assert_int_equal(rig_ask(rig, post_send, NULL, NULL, body), 200);
	(void)snprintf(body, sizeof(body), "{\"client\":\"r-1042\",\"text\":\"%0307d\"}", 7);
	assert_int_equal(rig_ask(rig, post_send, NULL, NULL, body), 400);
}

/* That a text was asked for, and never its words. */
TEST(test_recorded)
{
	struct rig *rig = *state;
	char detail[64];

	assert_int_equal(rig_ask(rig, post_send, NULL, NULL,
				 "{\"client\":\"r-1042\",\"text\":\"See you at four.\"}"),
			 200);
	(void)snprintf(detail, sizeof(detail), "text %d", (int)json_int(rig->reply.json, "id", 0));
	rig_expect_act(rig, "send", detail, "");
}

TEST(test_gives_nothing_away)
{
	static const char *const bodies[] = {
		"{\"client\":\"r-1042\",\"text\":\"Your N.A. meeting is at four.\"}",
		"{\"client\":\"r-1042\",\"text\":\"Stay SOBER!\"}",
		("{\"client\":\"r-1042\",\"text\":\"Stay "
		 "s\u00f3ber\",\"anyway\":false,\"why\":\"w\"}"),
	};
	struct rig *rig = *state;
	const char *error;
	char detail[64];

	for (size_t i = 0; i < COUNT(bodies); i++) {
		assert_int_equal(rig_ask(rig, post_send, NULL, NULL, bodies[i]), 422);
		error = json_text(rig->reply.json, "error");
		assert_non_null(strstr(error, i == 0 ? "\"N" : "\"sober\""));
		assert_non_null(strstr(error, "--anyway"));
		/* The word of the list, not the text. */
		assert_null(strstr(error, "four"));
		assert_null(strstr(error, "SOBER"));
	}
	assert_int_equal(rig_ask(rig, post_send, NULL, NULL,
				 "{\"client\":\"r-1042\",\"text\":\"Stay sober\",\"anyway\":true}"),
			 400);
	assert_int_equal(rig->changes, 0);

	assert_int_equal(rig_ask(rig, post_send, NULL, NULL,
				 "{\"client\":\"r-1042\",\"text\":\"Stay sober\",\"anyway\":true,"
				 "\"why\":\"her own words\"}"),
			 200);
	(void)snprintf(detail, sizeof(detail), "text %d, words that give away",
		       (int)json_int(rig->reply.json, "id", 0));
	rig_expect_act(rig, "send", detail, "her own words");
}

/* Who asked for open wording in writing gets it. */
TEST(test_open_wording)
{
	struct rig *rig = *state;
	struct client *client = (struct client *)model_client(engine_model(rig->engine), "r-1042");

	client->wording = 1;
	assert_int_equal(rig_ask(rig, post_send, NULL, NULL,
				 "{\"client\":\"r-1042\",\"text\":\"Stay sober\"}"),
			 200);
}
