/* The ledger of consent and the numbers of a client, for staff. */
#include "test.h"
#include "staff_rig.h"

#include "store/audit.h"
#include "store/people.h"
#include "store/situation.h"
#include "staff/record.h"

FIXTURE(rig_setup, rig_teardown);

TEST(test_ledger)
{
	struct rig *rig = *state;
	_cleanup_free_ char *answer = NULL;
	hf_time now = clock_now(&rig->clock);
	const struct json *entry;

	assert_int_equal(people_consent(rig->db, "r-1042", "+13125550142", CONSENT_WITHDRAWN, now,
					"reply", "r-1042", now),
			 0);
	assert_int_equal(rig_ask(rig, record_consent, "r-1042", NULL, NULL), 200);
	assert_int_equal(json_count(rig->reply.json), 2);
	entry = json_at(rig->reply.json, 0);
	assert_string_equal(json_text(entry, "consent"), "given");
	assert_string_equal(json_text(entry, "source"), "config");
	assert_string_equal(json_text(entry, "by"), "mreyes");
	assert_string_equal(json_text(entry, "at"), "2026-10-24T00:00:00-05:00");
	entry = json_at(rig->reply.json, 1);
	assert_string_equal(json_text(entry, "consent"), "withdrawn");
	assert_string_equal(json_text(entry, "recorded"), "2026-11-23T12:00:00-06:00");
	answer = rig_answer(rig);
	assert_null(strstr(answer, "+1312"));
	assert_int_equal(rig_ask(rig, record_consent, "nobody", NULL, NULL), 404);
}

TEST(test_numbers)
{
	struct rig *rig = *state;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct situation situation = { .suspended = clock_now(&rig->clock) };
	const struct json *number;
	struct audit_entry act;

	assert_int_equal(numbers_note(rig->db, "r-1042", "+13125550199", clock_now(&rig->clock)),
			 0);
	(void)strcpy(situation.phone, "+13125550199");
	assert_int_equal(situation_set(rig->db, "r-1042", &situation), 0);
	assert_int_equal(rig_ask(rig, record_number, "r-1042", NULL, NULL), 200);
	assert_int_equal(json_count(rig->reply.json), 2);
	number = json_at(rig->reply.json, 0);
	assert_string_equal(json_text(number, "number"), "+13125550199");
	assert_null(json_text(number, "until"));
	assert_string_equal(json_text(number, "suspended"), "2026-11-23T12:00:00-06:00");
	number = json_at(rig->reply.json, 1);
	assert_string_equal(json_text(number, "number"), "+13125550142");
	assert_non_null(json_text(number, "until"));
	assert_null(json_text(number, "suspended"));

	assert_int_equal(audit_list(rig->db, "r-1042", AUDIT_READ, 1, &rows), 0);
	assert_true(db_next(&rows));
	audit_read(&rows, &act);
	assert_string_equal(act.detail, "numbers");
	assert_int_equal(rig_ask(rig, record_number, "nobody", NULL, NULL), 404);
}
