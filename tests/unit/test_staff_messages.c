/* The log of texts, and the life of one. */
#include "test.h"
#include "staff_rig.h"

#include "store/audit.h"
#include "staff/routes.h"

/* Whoever has looked at words is on record. */
static void expect_readings(struct rig *rig, int count)
{
	_cleanup_rows_ struct db_rows rows = { 0 };

	assert_int_equal(audit_list(rig->db, NULL, AUDIT_READ, 10, &rows), 0);
	for (int i = 0; i < count; i++) {
		assert_true(db_next(&rows));
	}
	assert_false(db_next(&rows));
}

FIXTURE(rig_setup, rig_teardown);

TEST(test_list)
{
	struct rig *rig = *state;
	const json_t *message;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(rig_ask(rig, get_messages, NULL, NULL, NULL), 200);
		assert_true(json_array_size(rig->reply.json) >= 3);
	}
	message = json_array_get(rig->reply.json, 0);
	assert_int_equal(json_int(message, "id", 0), 1);
	assert_string_equal(json_text(message, "client"), "r-1042");
	assert_string_equal(json_text(message, "kind"), "welcome");
	assert_string_equal(json_text(message, "reminder"), "welcome");
	assert_non_null(json_text(message, "due"));
	assert_non_null(json_text(message, "state"));
	assert_int_equal(json_int(message, "attempts", -1), 0);
	assert_int_equal(json_int(message, "segments", -1), 0);
}

static void claim(struct rig *rig)
{
	hf_time now = clock_now(&rig->clock);

	assert_int_equal(outbox_claim(rig->db, 1, "primary", "Riverside: hi", 1, now), 0);
	assert_int_equal(outbox_accept(rig->db, 1, "gw-7", now + 2 * HF_SECOND), 0);
}

TEST(test_states_and_texts)
{
	struct rig *rig = *state;
	_cleanup_free_ char *without = NULL;
	const json_t *message;

	claim(rig);
	assert_int_equal(rig_ask(rig, get_messages, NULL, "state=accepted", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 1);
	message = json_array_get(rig->reply.json, 0);
	assert_string_equal(json_text(message, "gateway"), "primary");
	assert_string_equal(json_text(message, "gateway_id"), "gw-7");
	assert_string_equal(json_text(message, "claimed"), "2026-11-23T12:00:00-06:00");
	assert_string_equal(json_text(message, "accepted"), "2026-11-23T12:00:02-06:00");
	without = rig_answer(rig);
	assert_null(strstr(without, "Riverside"));
	expect_readings(rig, 0);

	assert_int_equal(rig_ask(rig, get_messages, NULL, "state=accepted&text=1", NULL), 200);
	assert_string_equal(json_text(json_array_get(rig->reply.json, 0), "text"), "Riverside: hi");
	expect_readings(rig, 1);
	/* Nothing was read where nothing was found. */
	assert_int_equal(rig_ask(rig, get_messages, NULL, "client=nobody&text=1", NULL), 200);
	expect_readings(rig, 1);
}

TEST(test_filters)
{
	struct rig *rig = *state;
	size_t all;

	assert_int_equal(rig_ask(rig, get_messages, NULL, NULL, NULL), 200);
	all = json_array_size(rig->reply.json);
	assert_int_equal(rig_ask(rig, get_messages, NULL, "client=r-1057", NULL), 200);
	assert_true(json_array_size(rig->reply.json) > 0 && json_array_size(rig->reply.json) < all);
	assert_int_equal(rig_ask(rig, get_messages, NULL, "client=nobody", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 0);
	assert_int_equal(rig_ask(rig, get_messages, NULL, "since=2026-11-23", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), all);
	assert_int_equal(rig_ask(rig, get_messages, NULL, "since=2026-11-24 08:00", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 0);
	assert_int_equal(rig_ask(rig, get_messages, NULL, "limit=1&after=1", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 1);
	assert_int_equal(json_int(json_array_get(rig->reply.json, 0), "id", 0), 2);

	assert_int_equal(rig_ask(rig, get_messages, NULL, "state=lost", NULL), 400);
	assert_int_equal(rig_ask(rig, get_messages, NULL, "since=yesterday", NULL), 400);
	assert_int_equal(rig_ask(rig, get_messages, NULL, "since=", NULL), 400);
	assert_int_equal(rig_ask(rig, get_messages, NULL, "after=-1", NULL), 400);
	assert_int_equal(rig_ask(rig, get_messages, NULL, "limit=5000", NULL), 400);
}

TEST(test_history)
{
	struct rig *rig = *state;
	const json_t *events;

	claim(rig);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(rig_ask(rig, get_message_history, "1", NULL, NULL), 200);
	}
	events = rig->reply.json;
	assert_true(json_array_size(events) >= 3);
	assert_string_equal(json_text(json_array_get(events, 0), "event"), "due");
	assert_string_equal(json_text(json_array_get(events, json_array_size(events) - 1), "event"),
			    "accepted");
	assert_string_equal(json_text(json_array_get(events, json_array_size(events) - 1), "at"),
			    "2026-11-23T12:00:02-06:00");

	assert_int_equal(rig_ask(rig, get_message_history, "999", NULL, NULL), 404);
	assert_int_equal(rig_ask(rig, get_message_history, "1x", NULL, NULL), 404);
	assert_int_equal(rig_ask(rig, get_message_history, "-1", NULL, NULL), 404);
	assert_int_equal(rig_ask(rig, get_message_history, "99999999999999999999", NULL, NULL),
			 404);
}

/* Its answer was lost. */
static void lose(struct rig *rig, int64_t id)
{
	hf_time now = clock_now(&rig->clock);

	assert_int_equal(outbox_claim(rig->db, id, "primary", "Riverside: hi", 1, now), 0);
	assert_int_equal(outbox_settle(rig->db, id, OUTBOX_UNKNOWN, "lost", now), 0);
}

TEST(test_settle)
{
	static const char again[] = "{\"as\":\"again\",\"why\":\"she has not got it\"}";
	struct rig *rig = *state;
	_cleanup_rows_ struct db_rows rows = { 0 };

	/* What is known needs no word of anybody. */
	assert_int_equal(rig_ask(rig, post_message_settle, "1", NULL, again), 409);
	lose(rig, 1);
	lose(rig, 2);
	lose(rig, 3);
	assert_int_equal(rig_ask(rig, post_message_settle, "999", NULL, again), 404);
	assert_int_equal(rig_ask(rig, post_message_settle, "1", NULL, "{\"as\":\"again\"}"), 400);
	assert_int_equal(
		rig_ask(rig, post_message_settle, "1", NULL, "{\"as\":\"x\",\"why\":\"y\"}"), 400);
	assert_int_equal(audit_list(rig->db, NULL, "settle", 10, &rows), 0);
	assert_false(db_next(&rows));

	assert_int_equal(rig_ask(rig, post_message_settle, "1", NULL, again), 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "due");
	assert_int_equal(rig_ask(rig, post_message_settle, "1", NULL, again), 409);
	assert_int_equal(rig_ask(rig, post_message_settle, "2", NULL,
				 "{\"as\":\"sent\",\"why\":\"she said so\"}"),
			 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "accepted");
	assert_int_equal(rig_ask(rig, post_message_settle, "3", NULL,
				 "{\"as\":\"drop\",\"why\":\"no use\"}"),
			 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "cancelled");
	db_rows_done(&rows);
	assert_int_equal(audit_list(rig->db, NULL, "settle", 10, &rows), 0);
	for (int i = 0; i < 3; i++) {
		assert_true(db_next(&rows));
	}
	assert_false(db_next(&rows));
}
