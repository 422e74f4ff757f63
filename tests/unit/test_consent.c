/* Consent: given and withdrawn, and what follows in the same transaction. */
#include "test.h"
#include "engine/consent.h"
#include "inbound_rig.h"

static int64_t add_text(struct rig *rig, hf_time next_try)
{
	const struct outbox_message row = { .client = "r-1042",
					    .kind = KIND_NOTE,
					    .reminder = "note",
					    .lead = "",
					    .occurrence = next_try,
					    .due = NOON,
					    .expires = NOON + HF_DAY,
					    .priority = OUTBOX_AUTOMATIC };
	int64_t id = 0;

	assert_int_equal(outbox_add(rig->ctx.db, &row, NOON, &id), 0);
	assert_int_equal(outbox_defer(rig->ctx.db, id, next_try, "no consent", NOON), 0);
	return id;
}

static enum outbox_state state_of(struct rig *rig, int64_t id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(rig->ctx.db, id, &rows), 0);
	outbox_read(&rows, &row);
	return row.state;
}

FIXTURE(set_up, tear_down);

TEST(test_given)
{
	struct rig *rig = *state;
	const struct client *client = model_client(rig->model, "r-1042");
	hf_time next = 0;

	(void)add_text(rig, NOON + 5 * HF_HOUR);
	assert_int_equal(consent_give(rig->ctx.db, client, "paper", "mreyes", NOON + 1), 0);
	expect_consent(rig, CONSENT_GIVEN);
	assert_int_equal(outbox_next(rig->ctx.db, &next), 0);
	assert_true(next <= NOON + 1);
}

TEST(test_withdrawn)
{
	struct rig *rig = *state;
	const struct optout optout = { .client = "r-1042",
				       .phone = JORDAN,
				       .source = "staff",
				       .by = "mreyes",
				       .reason = "stopped by staff" };
	enum checkin_state checkin = CHECKIN_ASKED;
	int64_t id = add_text(rig, NOON + HF_HOUR);

	ask(rig, 70, NOON);
	assert_int_equal(consent_withdraw(rig->ctx.db, &optout, NOON + 1), 0);
	expect_consent(rig, CONSENT_WITHDRAWN);
	assert_int_equal(state_of(rig, id), OUTBOX_CANCELLED);
	assert_int_equal(checkins_state(rig->ctx.db, 70, &checkin), 0);
	assert_int_equal(checkin, CHECKIN_PASSED);
}

/* Staff, strangers and who is gone make no case. */
TEST(test_others_at_the_gateway)
{
	static const char *const handles[] = { "@mreyes", "?7", "r-9999" };
	struct rig *rig = *state;

	for (size_t i = 0; i < COUNT(handles); i++) {
		assert_int_equal(consent_withdraw_by_gateway(at(rig, NOON), handles[i], "one"), 0);
		expect_cases(rig, handles[i], "");
	}
}

TEST(test_at_the_gateway)
{
	struct rig *rig = *state;
	struct person person;

	ask(rig, 7, NOON);
	for (int again = 0; again < 2; again++) {
		enum checkin_state checkin = CHECKIN_ASKED;

		assert_int_equal(consent_withdraw_by_gateway(at(rig, NOON), "r-1042", "one"), 0);
		assert_int_equal(people_get(rig->ctx.db, "r-1042", &person), 0);
		assert_int_equal(person.consent, CONSENT_WITHDRAWN);
		assert_false(person.by_staff);
		expect_cases(rig, "r-1042", "stop routine");
		assert_int_equal(checkins_state(rig->ctx.db, 7, &checkin), 0);
		assert_int_equal(checkin, CHECKIN_PASSED);
	}
}
