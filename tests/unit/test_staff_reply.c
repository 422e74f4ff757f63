/* A reply of staff: at any hour, and automation holds while they talk. */
#include "test.h"
#include "staff_rig.h"

#include "store/audit.h"
#include "store/people.h"
#include "staff/routes.h"

#define REPLY "{\"text\":\"Four is fine, see you then.\"}"

static hf_time talking(struct rig *rig)
{
	struct situation situation;

	assert_int_equal(situation_get(rig->db, "r-1042", &situation), 0);
	return situation.talking;
}

static void expect_act(struct rig *rig, const char *detail)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;

	assert_int_equal(audit_list(rig->db, "r-1042", NULL, 1, &rows), 0);
	assert_true(db_next(&rows));
	audit_read(&rows, &entry);
	assert_string_equal(entry.verb, "reply");
	assert_non_null(strstr(entry.detail, detail));
	assert_null(strstr(entry.detail, "Four"));
}

/* Who wrote it, as the audit has her. */
static void expect_author(struct rig *rig, const char *author)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;

	assert_int_equal(audit_list(rig->db, "r-1042", NULL, 1, &rows), 0);
	assert_true(db_next(&rows));
	audit_read(&rows, &entry);
	assert_string_equal(author, entry.user);
}

FIXTURE(rig_setup, rig_teardown);

TEST(test_begins_a_conversation)
{
	struct rig *rig = *state;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	/* At night too: she has written, and waits. */
	clock_init_told(&rig->clock, rig_moment("2026-11-23T23:00:00-06:00"), 0);
	assert_int_equal(rig_ask(rig, post_reply, "r-1042", NULL, REPLY), 200);
	assert_null(json_text(rig->reply.json, "reason"));
	assert_string_equal(json_text(rig->reply.json, "conversation"),
			    "2026-11-24T03:00:00-06:00");
	assert_true(talking(rig) == clock_now(&rig->clock) + 4 * HF_HOUR);
	assert_int_equal(rig->changes, 1);
	expect_act(rig, "text ");

	assert_int_equal(outbox_get(rig->db, json_int(rig->reply.json, "id", 0), &rows), 0);
	outbox_read(&rows, &row);
	assert_int_equal(row.kind, KIND_REPLY);
	assert_int_equal(row.priority, OUTBOX_URGENT);
	assert_string_equal(row.text, "Four is fine, see you then.");
	expect_author(rig, row.author);
}

TEST(test_ends)
{
	struct rig *rig = *state;

	assert_int_equal(rig_ask(rig, post_reply, "r-1042", NULL, "{\"end\":true}"), 409);
	assert_int_equal(rig_ask(rig, post_reply, "r-1042", NULL, REPLY), 200);
	assert_int_equal(rig_ask(rig, post_reply, "r-1042", NULL, "{\"end\":true}"), 200);
	assert_null(json_text(rig->reply.json, "conversation"));
	assert_int_equal(talking(rig), 0);
	expect_act(rig, "conversation over");
	assert_int_equal(rig_ask(rig, post_reply, "r-1042", NULL, "{\"end\":true}"), 409);
	assert_int_equal(rig->changes, 2);
}

static void expect_refused(struct rig *rig, const char *why)
{
	assert_int_equal(rig_ask(rig, post_reply, "r-1042", NULL, REPLY), 409);
	assert_non_null(strstr(json_text(rig->reply.json, "error"), why));
	assert_int_equal(talking(rig), 0);
	assert_int_equal(rig->changes, 0);
}

TEST(test_refused_after_a_stop)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);

	assert_int_equal(people_consent(rig->db, "r-1042", "", CONSENT_WITHDRAWN, now, "reply",
					"client", now),
			 0);
	expect_refused(rig, "stopped by the client: needs START");
	assert_int_equal(people_consent(rig->db, "r-1042", "", CONSENT_WITHDRAWN, now, "staff",
					"mreyes", now),
			 0);
	expect_refused(rig, "stopped by staff");
	assert_null(strstr(json_text(rig->reply.json, "error"), "START"));
}

TEST(test_refuses_what_makes_no_sense)
{
	static const char *const bodies[] = {
		"", "{", "[]", "{}", "{\"text\":1}", "{\"text\":\"\"}", "{\"end\":false}",
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < COUNT(bodies); i++) {
		assert_int_equal(rig_ask(rig, post_reply, "r-1042", NULL, bodies[i]), 400);
	}
	assert_int_equal(rig_ask(rig, post_reply, "nobody", NULL, REPLY), 404);
	assert_int_equal(rig_ask(rig, post_reply, "r-1042", NULL, "{\"end\":true,\"why\":1}"), 400);
	/* Words that give away are refused here too. */
	assert_int_equal(rig_ask(rig, post_reply, "r-1042", NULL,
				 "{\"text\":\"See you at the NA meeting\"}"),
			 422);
	assert_int_equal(rig_ask(rig, post_reply, "r-1042", NULL,
				 "{\"text\":\"See you at the NA meeting\",\"anyway\":true}"),
			 400);
	assert_int_equal(rig->changes, 0);
	assert_int_equal(rig_ask(rig, post_reply, "r-1042", NULL,
				 "{\"text\":\"See you at the NA meeting\",\"anyway\":true,"
				 "\"why\":\"her word\"}"),
			 200);
	expect_act(rig, "words that give away");
}
