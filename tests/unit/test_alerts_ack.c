/* ACK: whose case it is then, and what the phone that wrote it is told. */
#include "test.h"
#include "alerts_rig.h"

static hf_time now;

static int set_up(void **state)
{
	struct rig *rig;

	assert_int_equal(rig_setup(state), 0);
	rig = *state;
	rig_line(rig, "ana", "always");
	rig_line(rig, "ben", "always");
	now = rig_at(rig, "2026-11-23 10:00");
	return 0;
}

/* In the transaction of the text that was stored, as what comes in is. */
static void ack(struct rig *rig, int who, int64_t number, int64_t about)
{
	assert_int_equal(db_begin(rig->db), 0);
	assert_int_equal(alerts_acknowledge(at(rig, now), &rig->staff[who], number, about), 0);
	assert_int_equal(db_commit(rig->db), 0);
}

static void expect_state(struct rig *rig, int64_t id, enum case_state state, const char *by)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;

	assert_int_equal(cases_get(rig->db, id, &rows), 0);
	cases_read(&rows, &row);
	assert_int_equal(row.state, state);
	if (by) {
		assert_string_equal(row.acknowledged_by, by);
	} else {
		assert_null(row.acknowledged_by);
	}
}

FIXTURE(set_up, rig_teardown);

TEST(test_by_number)
{
	struct rig *rig = *state;
	int64_t id = rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, now);

	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	ack(rig, 1, id, 1);
	rig_expect(rig, "@ben", "Case 1 is yours.");
	expect_state(rig, id, CASE_ACKNOWLEDGED, "@ben");
	assert_true(rig_next(rig, now) == HF_NEVER);

	/* Who has it may say so twice; it does not become another's. */
	ack(rig, 1, id, 2);
	rig_expect(rig, "@ben", "Case 1 is yours.");
	ack(rig, 0, id, 3);
	rig_expect(rig, "@ana", "Case 1 is not open: closed, or somebody has it.");
	expect_state(rig, id, CASE_ACKNOWLEDGED, "@ben");

	assert_int_equal(cases_close(rig->db, id, "ana", "spoke", now), 0);
	ack(rig, 1, id, 4);
	rig_expect(rig, "@ben", "Case 1 is not open: closed, or somebody has it.");
	ack(rig, 1, 77, 5);
	rig_expect(rig, "@ben", "Case 77 is not open: closed, or somebody has it.");
	ack(rig, 1, -5, 6);
	rig_expect(rig, "@ben", "Case -5 is not open: closed, or somebody has it.");
}

TEST(test_without_a_number)
{
	struct rig *rig = *state;
	int64_t first = rig_case(rig, "r-1", CASE_NEED, CASE_URGENT, now), second;

	ack(rig, 0, 0, 1);
	rig_expect(rig, "@ana", "Which case? Reply ACK and its number.");
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);

	/* It was not ben who was alerted. */
	ack(rig, 1, 0, 2);
	rig_expect(rig, "@ben", "Which case? Reply ACK and its number.");
	ack(rig, 0, 0, 3);
	rig_expect(rig, "@ana", "Case 1 is yours.");
	expect_state(rig, first, CASE_ACKNOWLEDGED, "@ana");

	/* Of two that are open nobody knows which is meant. */
	first = rig_case(rig, "r-2", CASE_NEED, CASE_URGENT, now);
	second = rig_case(rig, "r-3", CASE_NEED, CASE_URGENT, now);
	rig_run(rig, now);
	rig_expect(rig, "@ana", NULL);
	rig_expect(rig, "@ana", NULL);
	ack(rig, 0, 0, 4);
	rig_expect(rig, "@ana", "Which case? Reply ACK and its number.");
	expect_state(rig, first, CASE_OPEN, NULL);
	expect_state(rig, second, CASE_OPEN, NULL);
}

/* A refusal must not take back what the caller has written before it. */
TEST(test_a_refusal_undoes_nothing)
{
	struct rig *rig = *state;
	int64_t count = 0;

	assert_int_equal(db_begin(rig->db), 0);
	(void)rig_case(rig, "r-1", CASE_NEED, CASE_ROUTINE, now);
	assert_int_equal(alerts_acknowledge(at(rig, now), &rig->staff[0], 99, 1), 0);
	assert_int_equal(db_commit(rig->db), 0);
	assert_int_equal(cases_count(rig->db, &count), 0);
	assert_int_equal(count, 1);
	rig_expect(rig, "@ana", NULL);
}
