/* The example clinic at work on a database that fails at each BEGIN and COMMIT in turn. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "db_faults.h"
#include "engine_rig.h"

#include "lib/log.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/outbox.h"
#include "store/people.h"

#define BEGINNING "2026-11-23T12:00:00-06:00"
#define NEXT_DAY  "2026-11-24T12:00:00-06:00"

static struct model *load(void)
{
	struct faults faults = { 0 };
	struct model *model = NULL;

	assert_int_equal(model_load("config", &faults, &model), 0);
	faults_done(&faults);
	return model;
}

/* All were welcomed, and a day has passed: a question was not answered, somebody must be told of
 * a case, half of a long text has come, an old text is to be forgotten, others are due. */
static void *open_clinic(void)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	hf_time at = rig_moment(BEGINNING);
	const struct checkin checkin = { .message = 77,
					 .client = "r-1057",
					 .reminder = "checkin",
					 .answers = "how_are_you",
					 .asked = at,
					 .nudge_at = HF_NEVER,
					 .silent_at = at + HF_HOUR };
	const struct outbox_message old = { .client = "r-1042",
					    .kind = KIND_NOTE,
					    .reminder = "old",
					    .due = at - 90 * HF_DAY + HF_HOUR,
					    .expires = HF_NEVER };
	const struct wire_inbound half = { .gateway_id = "half",
					   .from = "+13125550142",
					   .to = "+13125550100",
					   .text = "can you ",
					   .parts_of = "long",
					   .part = 1,
					   .parts = 2 };
	struct wire_stored stored;
	int64_t id;

	assert_non_null(rig);
	rig_open(rig, "config", at);
	assert_int_equal(outbox_add(rig->db, &old, at, &id), 0);
	assert_int_equal(outbox_settle(rig->db, id, OUTBOX_EXPIRED, "too late", at), 0);
	rig_hello(rig, 100, at);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(engine_run(rig->engine, at), 0);
		(void)rig_accept(rig, at);
	}
	assert_int_equal(checkins_ask(rig->db, &checkin), 0);
	assert_int_equal(cases_open(rig->db, "r-1057", CASE_NEED, CASE_URGENT, at, &id), 0);
	engine_inbound(rig->engine, "primary", &half, 1, at, &stored);
	assert_true(stored.stored);
	return rig;
}

static void close_clinic(void *world)
{
	rig_close(world);
	free(world);
}

static int run_for_a_day(void *world)
{
	struct rig *rig = world;

	return engine_run(rig->engine, rig_moment(NEXT_DAY));
}

static int64_t number(struct rig *rig, const char *sql)
{
	int64_t count = -1;

	assert_int_equal(db_one_int(rig->db, -1, &count, sql, ""), 0);
	return count;
}

/* All of that is done by one run. */
TEST(test_what_waited_is_done)
{
	struct rig *rig = open_clinic();

	assert_int_equal(number(rig, "SELECT count(*) FROM outbox WHERE reminder = 'old'"), 1);
	assert_int_equal(number(rig, "SELECT count(*) FROM inbox"), 0);
	assert_int_equal(run_for_a_day(rig), 0);
	assert_int_equal(number(rig, "SELECT count(*) FROM outbox WHERE reminder = 'old'"), 0);
	assert_int_equal(number(rig, "SELECT count(*) FROM inbox"), 1);
	assert_int_equal(number(rig, "SELECT count(*) FROM cases WHERE reason = 5"), 1);
	assert_true(number(rig, "SELECT count(*) FROM case_events WHERE event = 'alerted'") > 0);
	close_clinic(rig);
}

TEST(test_a_day)
{
	db_try_each(&(struct db_trial){ .open = open_clinic,
					.act = run_for_a_day,
					.close = close_clinic },
		    12);
}

/* What failed is not done; a gateway brings it again. */
static int take_receipt(void *world)
{
	struct rig *rig = world;
	const struct wire_receipt receipt = { .seq = 5,
					      .key = rig->texts[0].key,
					      .gateway_id = "",
					      .state = RECEIPT_FAILED,
					      .fault = WIRE_FAULT_NUMBER,
					      .reason = "unknown" };
	struct wire_stored stored = { 0 };

	engine_receipts(rig->engine, "primary", &receipt, 1, rig_moment(NEXT_DAY), &stored);
	assert_int_equal(stored.seq, 5);
	return stored.stored ? 0 : db_failed_as();
}

static int take_inbound(void *world)
{
	struct rig *rig = world;
	const struct wire_inbound inbound = { .seq = 6,
					      .gateway_id = "SM1",
					      .from = "+13125550142",
					      .to = "+13125550100",
					      .text = "STOP",
					      .parts_of = "" };
	struct wire_stored stored = { 0 };

	engine_inbound(rig->engine, "primary", &inbound, 1, rig_moment(NEXT_DAY), &stored);
	assert_int_equal(stored.seq, 6);
	return stored.stored ? 0 : db_failed_as();
}

TEST(test_what_comes_back)
{
	struct db_trial trial = { .open = open_clinic, .close = close_clinic, .whole = true };

	trial.act = take_receipt;
	db_try_each(&trial, 2);
	trial.act = take_inbound;
	db_try_each(&trial, 2);
}

static int lose_courier(void *world)
{
	struct rig *rig = world;
	hf_time now = rig_moment(BEGINNING);
	const struct engine_context ctx = engine_context_at(rig->engine, now);

	return dispatch_courier_gone(engine_dispatch(rig->engine), &ctx, "primary");
}

/* Of the three welcomes one was answered by a gateway that refuses it, and two are in the air. */
static void *open_in_the_air(void)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	hf_time at = rig_moment(BEGINNING);
	struct wire_outcome outcome = { .attempt = 1,
					.class = OUTCOME_REFUSED,
					.fault = WIRE_FAULT_NUMBER,
					.gateway_id = "",
					.reason = "no" };

	assert_non_null(rig);
	rig_open(rig, "config", at);
	rig_hello(rig, 100, at);
	assert_int_equal(engine_run(rig->engine, at), 0);
	assert_int_equal(rig->count, 3);
	outcome.id = rig->texts[0].id;
	outcome.key = rig->texts[0].key;
	assert_int_equal(
		dispatch_outcomes(engine_dispatch(rig->engine), "primary", &outcome, 1, 1, at), 0);
	return rig;
}

TEST(test_a_courier_is_gone)
{
	db_try_each(&(struct db_trial){ .open = open_in_the_air,
					.act = lose_courier,
					.close = close_clinic,
					.whole = true,
					.ends = true },
		    2);
}

/* A client has gone, another's consent is new. */
static int reload(void *world)
{
	struct rig *rig = world;
	struct model *model = load();

	model->client_count = 2;
	return engine_reload(rig->engine, model, rig_moment(NEXT_DAY));
}

static int confirm(void *world)
{
	struct rig *rig = world;

	int r = engine_confirm(rig->engine, rig_moment(NEXT_DAY));

	/* The hold may have ended and only the instant not be on record yet. */
	return r < 0 ? r : engine_run(rig->engine, rig_moment(NEXT_DAY));
}

static void *open_held(void)
{
	struct rig *rig = open_clinic();

	assert_int_equal(
		engine_check_clock(rig->engine,
				   &(struct clock_reading){ .now = rig_moment(BEGINNING) }),
		0);
	assert_int_equal(engine_check_clock(rig->engine,
					    &(struct clock_reading){ .now = rig_moment(BEGINNING) +
									    30 * HF_DAY }),
			 0);
	assert_non_null(engine_hold(rig->engine));
	return rig;
}

/* The clock is where it was: what the hold put off is done. */
static int go_on(void *world)
{
	struct rig *rig = world;

	return engine_check_clock(rig->engine,
				  &(struct clock_reading){ .now = rig_moment(BEGINNING) });
}

static void *open_behind(void)
{
	struct rig *rig = open_clinic();

	assert_int_equal(
		engine_check_clock(rig->engine,
				   &(struct clock_reading){ .now = rig_moment(BEGINNING) }),
		0);
	assert_int_equal(engine_check_clock(
				 rig->engine,
				 &(struct clock_reading){ .now = rig_moment(BEGINNING) - HF_HOUR }),
			 0);
	assert_int_equal(engine_hold(rig->engine)->why, CLOCK_HOLD_BACK);
	return rig;
}

TEST(test_a_clock_that_was_behind)
{
	struct rig *rig = open_behind();
	hf_time next = 0;

	assert_int_equal(engine_next(rig->engine, rig_moment(BEGINNING) - HF_HOUR, &next), 0);
	assert_true(next <= rig_moment(BEGINNING));
	assert_int_equal(go_on(rig), 0);
	assert_null(engine_hold(rig->engine));
	close_clinic(rig);
	db_try_each(&(struct db_trial){ .open = open_behind, .act = go_on, .close = close_clinic },
		    2);
}

TEST(test_reload)
{
	db_try_each(&(struct db_trial){ .open = open_clinic, .act = reload, .close = close_clinic },
		    4);
}

TEST(test_confirm)
{
	db_try_each(&(struct db_trial){ .open = open_held, .act = confirm, .close = close_clinic },
		    2);
}
