/* The morning list as it is asked for, and what staff do about a case: with its line in the audit,
 * or not at all. */
#include "test.h"
#include "staff_rig.h"

#include "store/cases.h"
#include "store/people.h"
#include "staff/routes.h"

static int64_t open_case(struct rig *rig, const char *client, enum case_reason reason,
			 enum case_urgency urgency, hf_time ago)
{
	int64_t id = 0;

	assert_int_equal(
		cases_open(rig->db, client, reason, urgency, clock_now(&rig->clock) - ago, &id), 0);
	return id;
}

FIXTURE(rig_setup, rig_teardown);

TEST(test_the_list)
{
	struct rig *rig = *state;
	_cleanup_free_ char *answer = NULL;
	const json_t *first;

	assert_int_equal(rig_ask(rig, get_cases, NULL, NULL, NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 0);
	(void)open_case(rig, "r-1042", CASE_SILENT, CASE_ROUTINE, 3 * HF_DAY);
	(void)open_case(rig, "r-1057", CASE_NEED, CASE_URGENT, 90 * HF_MINUTE);
	(void)open_case(rig, "r-1042", CASE_STOP, CASE_ROUTINE, 0);
	assert_int_equal(cases_close(rig->db, 3, "ana", "spoke to Jordan", 1), 0);

	assert_int_equal(rig_ask(rig, get_cases, NULL, NULL, NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 2);
	first = json_array_get(rig->reply.json, 0);
	assert_int_equal(json_int(first, "case", 0), 2);
	assert_string_equal(json_text(first, "client"), "r-1057");
	assert_string_equal(json_text(first, "reason"), "need");
	assert_string_equal(json_text(first, "urgency"), "urgent");
	assert_string_equal(json_text(first, "state"), "open");
	assert_string_equal(json_text(first, "opened"), "2026-11-23T10:30:00-06:00");
	assert_int_equal(json_int(first, "minutes_open", 0), 90);
	assert_int_equal(json_int(first, "attempts", -1), 0);
	assert_non_null(json_object_get(first, "acknowledged"));
	assert_null(json_text(first, "acknowledged"));
	assert_null(json_object_get(first, "phone"));

	assert_int_equal(rig_ask(rig, get_cases, NULL, "all=1", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 3);
	answer = rig_answer(rig);
	assert_null(strstr(answer, "Jordan"));
	assert_null(strstr(answer, "+1312"));
	assert_int_equal(rig_ask(rig, get_cases, NULL, "all=1&client=r-1042", NULL), 200);
	assert_int_equal(json_array_size(rig->reply.json), 2);
	assert_int_equal(rig_audited(rig, "names"), 0);

	assert_int_equal(rig_ask(rig, get_status, NULL, NULL, NULL), 200);
	assert_int_equal(json_int(rig->reply.json, "cases_open", -1), 2);
}

/* A look at names is recorded; a stranger has a number and no name. */
TEST(test_names)
{
	struct rig *rig = *state;
	char stranger[STRANGER_HANDLE];

	assert_int_equal(strangers_handle(rig->db, "+13125550199", 1, stranger), 0);
	(void)open_case(rig, "r-1042", CASE_NEED, CASE_URGENT, HF_HOUR);
	(void)open_case(rig, stranger, CASE_STRANGER, CASE_ROUTINE, HF_HOUR);
	(void)open_case(rig, "r-9999", CASE_SILENT, CASE_ROUTINE, 0);
	assert_int_equal(rig_ask(rig, get_cases, NULL, "names=1", NULL), 200);
	assert_string_equal(json_text(json_array_get(rig->reply.json, 0), "phone"), "+13125550142");
	assert_string_equal(json_text(json_array_get(rig->reply.json, 0), "name"), "Jordan");
	assert_string_equal(json_text(json_array_get(rig->reply.json, 1), "phone"), "+13125550199");
	assert_null(json_text(json_array_get(rig->reply.json, 1), "name"));
	assert_null(json_text(json_array_get(rig->reply.json, 2), "phone"));
	assert_int_equal(rig_audited(rig, "names"), 1);

	assert_int_equal(rig_ask(rig, get_case, "1", "names=1", NULL), 200);
	assert_string_equal(json_text(rig->reply.json, "name"), "Jordan");
	rig_expect_act(rig, "names", "case 1", "");
	assert_int_equal(rig_ask(rig, get_case, "1", NULL, NULL), 200);
	assert_null(json_object_get(rig->reply.json, "name"));
	assert_int_equal(rig_audited(rig, "names"), 2);
}

TEST(test_work)
{
	struct rig *rig = *state;
	const json_t *history;
	char user[64];

	(void)open_case(rig, "r-1042", CASE_NEED, CASE_URGENT, HF_HOUR);
	assert_int_equal(rig_ask(rig, post_case_attempt, "1", NULL,
				 "{\"attempt\":\"no-answer\",\"note\":\"rang twice\"}"),
			 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "open");
	assert_string_equal(json_text(rig->reply.json, "last_result"), "no answer");
	rig_expect_act(rig, "attempt", "case 1: no answer", "");

	assert_int_equal(rig_ask(rig, post_case_ack, "1", NULL, "{}"), 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "acknowledged");
	(void)snprintf(user, sizeof(user), "%s", json_text(rig->reply.json, "acknowledged_by"));
	assert_true(*user);
	rig_expect_act(rig, "acknowledge", "case 1", "");
	assert_int_equal(rig_ask(rig, post_case_ack, "1", NULL, NULL), 409);

	assert_int_equal(rig_ask(rig, post_case_attempt, "1", NULL, "{\"attempt\":\"spoke\"}"),
			 200);
	assert_int_equal(rig_ask(rig, post_case_close, "1", NULL, "{\"why\":\"comes on Friday\"}"),
			 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "closed");
	assert_int_equal(json_int(rig->reply.json, "minutes_open", 0), 60);
	assert_int_equal(json_int(rig->reply.json, "attempts", 0), 2);
	rig_expect_act(rig, "close", "case 1", "comes on Friday");
	history = json_object_get(rig->reply.json, "history");
	assert_int_equal(json_array_size(history), 5);
	assert_string_equal(json_text(json_array_get(history, 1), "note"), "rang twice");
	assert_string_equal(json_text(json_array_get(history, 4), "event"), "closed");
	assert_string_equal(json_text(json_array_get(history, 4), "by"), user);
	assert_int_equal(rig->changes, 4);

	assert_int_equal(rig_ask(rig, post_case_close, "1", NULL, "{\"why\":\"again\"}"), 409);
	assert_int_equal(rig_ask(rig, post_case_attempt, "1", NULL, "{\"attempt\":\"spoke\"}"),
			 409);
	assert_int_equal(rig->changes, 4);
}

/* Staff have looked into a number that took nothing: it is tried again. */
TEST(test_a_number_is_released)
{
	static const enum case_reason reasons[] = { CASE_SILENT, CASE_UNDELIVERABLE };
	struct rig *rig = *state;

	for (size_t i = 0; i < COUNT(reasons); i++) {
		struct situation situation = { .suspended = 1, .failures = 3 };
		char id[8];

		assert_int_equal(situation_set(rig->db, "r-1042", &situation), 0);
		(void)snprintf(id, sizeof(id), "%d",
			       (int)open_case(rig, "r-1042", reasons[i], CASE_ROUTINE, 0));
		assert_int_equal(rig_ask(rig, post_case_close, id, NULL, "{\"why\":\"called\"}"),
				 200);
		assert_int_equal(situation_get(rig->db, "r-1042", &situation), 0);
		assert_int_equal(situation.suspended != 0, reasons[i] != CASE_UNDELIVERABLE);
	}
}

/* Nothing is done, and nothing recorded. */
TEST(test_not_said_right)
{
	static const char *const numbers[] = { "2", "0", "-1", "x", "1x", "99999999999999999999" };
	struct rig *rig = *state;

	(void)open_case(rig, "r-1042", CASE_NEED, CASE_URGENT, HF_HOUR);
	for (size_t i = 0; i < COUNT(numbers); i++) {
		assert_int_equal(rig_ask(rig, get_case, numbers[i], NULL, NULL), 404);
		assert_int_equal(rig_ask(rig, post_case_ack, numbers[i], NULL, NULL), 404);
		assert_int_equal(rig_ask(rig, post_case_close, numbers[i], NULL, "{\"why\":\"w\"}"),
				 404);
	}
	assert_int_equal(rig_ask(rig, post_case_close, "1", NULL, NULL), 400);
	assert_int_equal(rig_ask(rig, post_case_close, "1", NULL, "{\"why\":\"  \"}"), 400);
	assert_int_equal(rig_ask(rig, post_case_close, "1", NULL, "{\"why\":7}"), 400);
	assert_int_equal(rig_ask(rig, post_case_close, "1", NULL, "{"), 400);
	assert_int_equal(rig_ask(rig, post_case_attempt, "1", NULL, NULL), 400);
	assert_int_equal(rig_ask(rig, post_case_attempt, "1", NULL, "{\"attempt\":\"slept\"}"),
			 400);
	assert_int_equal(rig_ask(rig, post_case_attempt, "1", NULL,
				 "{\"attempt\":\"spoke\",\"note\":\"a\\nb\"}"),
			 400);
	assert_int_equal(
		rig_ask(rig, post_case_attempt, "1", NULL, "{\"attempt\":\"spoke\",\"note\":[]}"),
		400);
	assert_int_equal(rig_ask(rig, get_case, "1", NULL, NULL), 200);
	assert_int_equal(json_array_size(json_object_get(rig->reply.json, "history")), 1);
	assert_int_equal(rig_audited(rig, NULL), 0);
	assert_int_equal(rig->changes, 0);
}
