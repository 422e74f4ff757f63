/* Numbers that take nothing: counted, suspended, let go again. */
#include "test.h"
#include "engine/deliverability.h"
#include "inbound_rig.h"

/* A text that went out at noon. */
static struct outbox_message text_to(const char *client, int kind)
{
	return (struct outbox_message){
		.id = 7, .client = client, .kind = kind, .claimed = NOON, .key = ""
	};
}

static void lose(struct rig *rig, const char *client, int kind, bool for_good)
{
	const struct outbox_message row = text_to(client, kind);

	assert_int_equal(deliverability_failed(at(rig, NOON + 1), &row, for_good), 0);
}

static void expect_failures(struct rig *rig, const char *client, int failures, bool suspended)
{
	struct situation situation;

	assert_int_equal(situation_get(rig->ctx.db, client, &situation), 0);
	assert_int_equal(situation.failures, failures);
	assert_int_equal(situation.suspended != 0, suspended);
}

FIXTURE(set_up, tear_down);

TEST(test_three_in_a_row)
{
	struct rig *rig = *state;
	const struct outbox_message row = text_to("r-1042", KIND_NOTE);

	lose(rig, "r-1042", KIND_NOTE, true);
	lose(rig, "r-1042", KIND_NOTE, true);
	expect_failures(rig, "r-1042", 2, false);
	assert_int_equal(deliverability_delivered(at(rig, NOON), &row, false), 0);
	expect_failures(rig, "r-1042", 0, false);
	for (int i = 0; i < 3; i++) {
		expect_cases(rig, "r-1042", "");
		lose(rig, "r-1042", KIND_NOTE, false);
		lose(rig, "r-1042", KIND_NOTE, true);
	}
	expect_failures(rig, "r-1042", 3, true);
	expect_cases(rig, "r-1042", "undeliverable routine");
	lose(rig, "r-1042", KIND_NOTE, true);
	expect_cases(rig, "r-1042", "undeliverable routine");

	assert_int_equal(deliverability_reset(rig->ctx.db, "r-1042", NOON), 0);
	expect_failures(rig, "r-1042", 0, false);
}

/* In the first thirty days. */
TEST(test_early)
{
	struct rig *rig = *state;

	lose(rig, "r-1057", KIND_CHECK_IN, true);
	expect_cases(rig, "r-1057", "undeliverable routine");
	lose(rig, "r-1057", KIND_NOTE, true);
	lose(rig, "r-1057", KIND_CHECK_IN, true);
	expect_failures(rig, "r-1057", 3, true);
	expect_cases(rig, "r-1057", "undeliverable urgent");
}

/* What went out to the number of before says nothing. */
TEST(test_another_number)
{
	struct rig *rig = *state;

	assert_int_equal(numbers_note(rig->ctx.db, "r-1042", JORDAN, NOON + 1), 0);
	lose(rig, "r-1042", KIND_NOTE, true);
	expect_failures(rig, "r-1042", 0, false);
}

/* Nor does it let the new one go; the new one's own does, and the case says so. */
TEST(test_arrives_after_all)
{
	struct rig *rig = *state;
	struct outbox_message row = text_to("r-1042", KIND_NOTE);

	for (int i = 0; i < 3; i++) {
		lose(rig, "r-1042", KIND_NOTE, true);
	}
	expect_cases(rig, "r-1042", "undeliverable routine");
	assert_int_equal(numbers_note(rig->ctx.db, "r-1042", JORDAN, NOON + 1), 0);
	assert_int_equal(deliverability_delivered(at(rig, NOON + 2), &row, false), 0);
	expect_failures(rig, "r-1042", 3, true);
	expect_cases(rig, "r-1042", "undeliverable routine");
	row.claimed = NOON + 1;
	assert_int_equal(deliverability_delivered(at(rig, NOON + 2), &row, false), 0);
	expect_failures(rig, "r-1042", 0, false);
	expect_cases(rig, "r-1042", "");
}

/* Staff, strangers and who is gone have no such number; who was stopped is nobody's case. */
TEST(test_others)
{
	static const char *const handles[] = { "@mreyes", "?7", "r-9999" };
	struct rig *rig = *state;

	for (size_t i = 0; i < COUNT(handles); i++) {
		const struct outbox_message row = text_to(handles[i], KIND_ALERT);

		lose(rig, handles[i], KIND_ALERT, true);
		expect_failures(rig, handles[i], 0, false);
		assert_int_equal(deliverability_delivered(at(rig, NOON), &row, false), 0);
		expect_cases(rig, handles[i], "");
	}
	assert_int_equal(people_consent(rig->ctx.db, "r-1042", JORDAN, CONSENT_WITHDRAWN, NOON,
					"reply", "r-1042", NOON),
			 0);
	lose(rig, "r-1042", KIND_CHECK_IN, true);
	expect_cases(rig, "r-1042", "");
}

/* Who had no failures: what waits for its time goes on waiting. */
TEST(test_nothing_to_forgive)
{
	struct rig *rig = *state;
	const struct outbox_message row = { .client = "r-1042",
					    .kind = KIND_NOTE,
					    .reminder = "x",
					    .due = NOON,
					    .expires = NOON + HF_DAY,
					    .priority = OUTBOX_AUTOMATIC };
	hf_time next = 0;
	int64_t id;

	assert_int_equal(outbox_add(rig->ctx.db, &row, NOON, &id), 0);
	assert_int_equal(outbox_defer(rig->ctx.db, id, NOON + HF_HOUR, "later", NOON), 0);
	assert_int_equal(deliverability_reset(rig->ctx.db, "r-1042", NOON), 0);
	assert_int_equal(deliverability_delivered(at(rig, NOON), &row, false), 0);
	assert_int_equal(outbox_next(rig->ctx.db, &next), 0);
	assert_true(next == NOON + HF_HOUR);

	lose(rig, "r-1042", KIND_NOTE, true);
	assert_int_equal(deliverability_reset(rig->ctx.db, "r-1042", NOON), 0);
	assert_int_equal(outbox_next(rig->ctx.db, &next), 0);
	assert_true(next == NOON);
}
