/* The inbox for staff: what is shown, and who is on record for it. */
#include "test.h"
#include "staff_rig.h"

#include "store/audit.h"
#include "store/cases.h"
#include "store/webhooks.h"
#include "staff/routes.h"

static void add(struct rig *rig, const char *text, const char *handle, enum inbox_kind kind,
		hf_time at)
{
	const struct wire_inbound inbound = { .gateway_id = text,
					      .from = "+13125550142",
					      .to = "+13125550100",
					      .text = text,
					      .parts_of = "",
					      .parts = 1 };
	int64_t id;

	assert_int_equal(inbox_add(rig->db, "primary", &inbound, at, &id), 0);
	assert_int_equal(inbox_mark(rig->db, id, handle, kind), 0);
}

static int fill(void **state)
{
	struct rig *rig;
	hf_time now;

	if (rig_setup(state) != 0) {
		return -1;
	}
	rig = *state;
	now = clock_now(&rig->clock);
	add(rig, "an old one", "r-1042", INBOX_WRITTEN, now - 8 * HF_DAY);
	add(rig, "1 thanks", "r-1042", INBOX_ANSWER, now - 2 * HF_DAY);
	add(rig, "who is this", "?1", INBOX_STRANGER, now - HF_DAY);
	add(rig, "see you", "r-1057", INBOX_WRITTEN, now - HF_HOUR);
	return 0;
}

static size_t list(struct rig *rig, const char *query)
{
	assert_int_equal(rig_ask(rig, get_inbox, NULL, query, NULL), 200);
	return json_array_size(rig->reply.json);
}

static int64_t readings(struct rig *rig)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t count = 0;

	assert_int_equal(audit_list(rig->db, NULL, AUDIT_READ, 100, &rows), 0);
	while (db_next(&rows)) {
		struct audit_entry entry;

		audit_read(&rows, &entry);
		assert_true(entry.uid == 1000);
		assert_non_null(strstr(entry.detail, " of the inbox"));
		count++;
	}
	return count;
}

FIXTURE(fill, rig_teardown);

TEST(test_lists)
{
	struct rig *rig = *state;
	_cleanup_free_ char *answer = NULL;
	const json_t *first;

	assert_int_equal(list(rig, NULL), 3);
	answer = rig_answer(rig);
	assert_null(strstr(answer, "+1312"));
	first = json_array_get(rig->reply.json, 0);
	assert_string_equal(json_text(first, "client"), "r-1042");
	assert_string_equal(json_text(first, "at"), "2026-11-21T12:00:00-06:00");
	assert_string_equal(json_text(first, "kind"), "answer");
	assert_string_equal(json_text(first, "text"), "1 thanks");
	assert_null(json_text(first, "read"));
	assert_int_equal(readings(rig), 3);

	assert_int_equal(list(rig, "since=2026-11-01"), 4);
	assert_int_equal(readings(rig), 7);
	assert_int_equal(list(rig, "client=r-1057"), 1);
	assert_string_equal(json_text(json_array_get(rig->reply.json, 0), "read"),
			    "2026-11-23T12:00:00-06:00");
	assert_int_equal(list(rig, "client=nobody"), 0);
	assert_int_equal(readings(rig), 8);
}

TEST(test_unread)
{
	struct rig *rig = *state;

	assert_int_equal(list(rig, "unread=1&client=r-1042"), 2);
	assert_int_equal(list(rig, "unread=1"), 2);
	assert_int_equal(list(rig, "unread=1"), 0);
	assert_int_equal(readings(rig), 4);
}

TEST(test_pages)
{
	struct rig *rig = *state;

	assert_int_equal(list(rig, "since=2026-11-01&limit=2"), 2);
	assert_int_equal(list(rig, "since=2026-11-01&limit=2&after=2"), 2);
	assert_string_equal(json_text(json_array_get(rig->reply.json, 1), "text"), "see you");
	assert_int_equal(list(rig, "since=2026-11-01&after=4"), 0);
}

TEST(test_refuses_what_makes_no_sense)
{
	struct rig *rig = *state;

	assert_int_equal(rig_ask(rig, get_inbox, NULL, "since=soon", NULL), 400);
	assert_int_equal(rig_ask(rig, get_inbox, NULL, "limit=0", NULL), 400);
	assert_int_equal(rig_ask(rig, get_inbox, NULL, "after=x", NULL), 400);
	assert_int_equal(readings(rig), 0);
}

/* Where it cannot be recorded nothing is shown, and nothing has been read. */
TEST(test_not_recorded_not_shown)
{
	struct rig *rig = *state;
	struct request request = { .find = rig_find_query, .uid = 1000 };
	int64_t unread;

	assert_int_equal(db_run(rig->db,
				"CREATE TRIGGER broken BEFORE INSERT ON audit"
				" BEGIN SELECT RAISE(ABORT, 'no'); END",
				""),
			 0);
	assert_true(get_inbox(&rig->host, &request, &rig->reply) < 0);
	assert_null(rig->reply.json);
	assert_int_equal(
		db_one_int(rig->db, 0, &unread, "SELECT count(*) FROM inbox WHERE read = 0", ""),
		0);
	assert_int_equal(unread, 4);
}

static hf_time told_by(struct rig *rig)
{
	hf_time when;

	assert_int_equal(cases_alert_next(rig->db, &when), 0);
	return when;
}

/* Of what staff have read nobody need be told by a clock; of what came before it and waits still. */
TEST(test_what_was_read_is_not_told)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);
	int64_t id;

	assert_int_equal(
		cases_open(rig->db, "r-1057", CASE_WRITTEN, CASE_ROUTINE, now - HF_HOUR, &id), 0);
	assert_int_equal(cases_unread(rig->db, id, now), 0);
	assert_int_equal(list(rig, "client=r-1042"), 1);
	assert_true(told_by(rig) == now);
	add(rig, "and", "r-1057", INBOX_WRITTEN, now);
	assert_int_equal(list(rig, "client=r-1057&limit=1"), 1);
	assert_true(told_by(rig) == now);
	assert_int_equal(list(rig, "client=r-1057"), 2);
	assert_true(told_by(rig) == HF_NEVER);
}

/* What fits no rule is shown as it came, and once for each look there is a line in the audit. */
TEST(test_webhooks)
{
	struct rig *rig = *state;
	const struct wire_webhook odd = { .why = "no rule of the preset fits it",
					  .content = "Event=odd&From=%2B13125550142" };
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;
	const json_t *first;

	assert_int_equal(rig_ask(rig, get_webhooks, NULL, "", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 0);
	assert_int_equal(webhooks_keep(rig->db, "primary", &odd, clock_now(&rig->clock)), 0);
	assert_int_equal(webhooks_keep(rig->db, "primary", &odd, clock_now(&rig->clock)), 0);

	assert_int_equal(rig_ask(rig, get_webhooks, NULL, "", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 2);
	first = json_array_get(rig->reply.json, 0);
	assert_string_equal(json_text(first, "content"), odd.content);
	assert_string_equal(json_text(first, "why"), odd.why);
	assert_string_equal(json_text(first, "gateway"), "primary");

	assert_int_equal(audit_list(rig->db, NULL, AUDIT_READ, 100, &rows), 0);
	assert_true(db_next(&rows));
	audit_read(&rows, &entry);
	assert_string_equal(entry.detail, "webhooks 1 to 2");
	assert_true(entry.uid == 1000);
	assert_false(db_next(&rows));

	assert_int_equal(rig_ask(rig, get_webhooks, NULL, "after=1&limit=1", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 1);
}
