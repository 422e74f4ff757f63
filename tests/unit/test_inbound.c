/* Who a text is from: staff, a stranger, one of several on a phone; and a repeat does nothing. */
#include "test.h"
#include "inbound_rig.h"

/* --- who it is from ------------------------------------------------------------------------ */

FIXTURE(set_up, tear_down);

TEST(test_stranger)
{
	struct rig *rig = *state;

	writes(rig, STRANGER, "hello?", NOON);
	expect_texts(rig, "?1", "unknown");
	expect_cases(rig, "?1", "unknown number routine");
	expect_kind(rig, INBOX_STRANGER, "?1");
	writes(rig, STRANGER, "STOP", NOON + HF_MINUTE);
	expect_texts(rig, "?1", "");
	writes(rig, STRANGER, "i want to die", NOON + HF_DAY);
	expect_texts(rig, "?1", "unknown");
	expect_cases(rig, "?1", "unknown number urgent");
	/* Machines are not written back to. */
	writes(rig, "72975", "Your code is 1234", NOON);
	expect_texts(rig, "?2", "");
	expect_cases(rig, "?2", "");
}

TEST(test_staff)
{
	struct rig *rig = *state;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;

	writes(rig, JORDAN, "call me", NOON);
	writes(rig, STRANGER, "ACK 1", NOON + 1);
	expect_kind(rig, INBOX_STRANGER, "?1");
	writes(rig, STAFF, "what is this", NOON + 2);
	expect_kind(rig, INBOX_STAFF, "@mreyes");
	expect_cases(rig, "@mreyes", "");
	writes(rig, STAFF, "ACK 1", NOON + 3);
	expect_kind(rig, INBOX_ACKNOWLEDGED, "@mreyes");
	assert_int_equal(cases_get(rig->ctx.db, 1, &rows), 0);
	cases_read(&rows, &row);
	assert_int_equal(row.state, CASE_ACKNOWLEDGED);
	assert_string_equal(row.acknowledged_by, "@mreyes");
}

TEST(test_shared_phone)
{
	struct rig *rig = *state;
	struct client *other = &rig->model->clients[1];

	other->phone = (char *)JORDAN;
	(void)phonebook_free(rig->book);
	assert_int_equal(phonebook_new(rig->model, &rig->book), 0);
	rig->ctx.book = rig->book;

	writes(rig, JORDAN, "when is the group", NOON);
	expect_texts(rig, rig->model->clients[0].id, "who_writes");
	expect_kind(rig, INBOX_UNCLEAR, rig->model->clients[0].id);
	writes(rig, JORDAN, "this is Jordan, when is the group", NOON + 1);
	expect_kind(rig, INBOX_WRITTEN, "r-1042");
	/* Only she was asked something. */
	ask(rig, 50, NOON);
	writes(rig, JORDAN, "1", NOON + 2);
	expect_kind(rig, INBOX_ANSWER, "r-1042");
	/* Whoever holds the phone wants no texts on it. */
	writes(rig, JORDAN, "STOP", NOON + 3);
	expect_consent(rig, CONSENT_WITHDRAWN);
	expect_cases(rig, other->id, "unclear routine, stop routine");
}

TEST(test_repeats)
{
	struct rig *rig = *state;

	bring(rig, "SM1", JORDAN, "HELP", NOON);
	bring(rig, "SM1", JORDAN, "HELP", NOON + HF_DAY);
	bring(rig, "SM2", JORDAN, "HELP", NOON + HF_SECOND);
	expect_texts(rig, "r-1042", "help");
	expect_cases(rig, "r-1042", "help urgent");
}
