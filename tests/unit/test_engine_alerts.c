/* Alerts on their way through the whole service: also while the clock is not believed, and on to
 * the next person where a gateway refuses. */
#include "test.h"
#include "store/cases.h"
#include "engine_rig.h"

static hf_time now;

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	assert_non_null(rig);
	now = rig_moment("2026-11-23T12:00:00-06:00");
	rig_open(rig, "config", now);
	rig_hello(rig, 100, now);
	assert_int_equal(engine_run(rig->engine, now), 0);
	(void)rig_accept(rig, now);
	assert_int_equal(engine_run(rig->engine, now), 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	rig_close(*state);
	free(*state);
	return 0;
}

static int64_t urgent(struct rig *rig)
{
	int64_t id = 0;

	assert_int_equal(cases_open(rig->db, "r-1042", CASE_NEED, CASE_URGENT, now, &id), 0);
	return id;
}

/* To whom the last text that was carried goes. */
static void expect_last(struct rig *rig, const char *handle)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_true(rig->count > 0);
	assert_int_equal(outbox_get(rig->db, rig->texts[rig->count - 1].id, &rows), 0);
	outbox_read(&rows, &row);
	assert_string_equal(row.client, handle);
}

static void run(struct rig *rig)
{
	assert_int_equal(engine_run(rig->engine, now), 0);
}

FIXTURE(set_up, tear_down);

TEST(test_while_held)
{
	struct rig *rig = *state;
	size_t before = rig->count;
	struct outbox_totals totals;
	hf_time next = 0;
	int64_t id;

	now += 42 * HF_DAY;
	assert_int_equal(engine_check_clock(rig->engine, &(struct clock_reading){ .now = now }), 0);
	assert_non_null(engine_hold(rig->engine));
	run(rig);
	assert_int_equal(rig->count, before);

	/* What a schedule asked for waits beside it. */
	assert_int_equal(outbox_add(rig->db,
				    &(struct outbox_message){ .client = "r-1042",
							      .kind = KIND_NOTE,
							      .reminder = "x",
							      .due = now,
							      .expires = HF_NEVER,
							      .priority = OUTBOX_AUTOMATIC,
							      .text = "x" },
				    now, &id),
			 0);
	id = urgent(rig);
	assert_int_equal(engine_next(rig->engine, now, &next), 0);
	assert_true(next == now);
	run(rig);
	assert_int_equal(rig->count, before + 1);
	expect_last(rig, "@mreyes");
	assert_int_equal(rig_accept(rig, now), 1);
	run(rig);
	assert_int_equal(outbox_totals(rig->db, now, &totals), 0);
	assert_true(totals.due > 0);

	/* Nobody acknowledges: the clock may be wrong, but it runs. */
	assert_int_equal(engine_next(rig->engine, now, &next), 0);
	assert_true(next == now + 15 * HF_MINUTE);
	now = next;
	run(rig);
	assert_int_equal(rig->count, before + 2);
	expect_last(rig, "@dcole");
	assert_int_equal(cases_acknowledge(rig->db, id, "@dcole", HF_NEVER, now), 0);
	assert_int_equal(rig_accept(rig, now), 1);
	run(rig);
	assert_int_equal(engine_next(rig->engine, now, &next), 0);
	assert_true(next == HF_NEVER);
}

TEST(test_refused_goes_on)
{
	struct rig *rig = *state;
	struct wire_outcome refused = { .attempt = 1,
					.class = OUTCOME_REFUSED,
					.fault = WIRE_FAULT_NUMBER,
					.gateway_id = "",
					.reason = "no such number" };
	hf_time next = 0;

	(void)urgent(rig);
	run(rig);
	expect_last(rig, "@mreyes");
	refused.id = rig->texts[rig->count - 1].id;
	refused.key = rig->texts[rig->count - 1].key;
	assert_int_equal(
		dispatch_outcomes(engine_dispatch(rig->engine), "primary", &refused, 1, 1, now), 0);
	run(rig);
	assert_int_equal(engine_next(rig->engine, now, &next), 0);
	assert_true(next == now);
	run(rig);
	expect_last(rig, "@dcole");
}
