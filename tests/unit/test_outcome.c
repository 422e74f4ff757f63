/* How long a retry waits, and what each class of answer makes of a row, asked one by one. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "store/outbox.h"
#include "store/store.h"
#include "engine/message_log.h"
#include "engine/outcome.h"

#define NOW (1000 * HF_DAY)

static struct model model;
static struct gateway_state gateway;
static struct gateway_states gateways; /* none: nowhere else to go */
static struct message_log message_log;
static struct engine_context ctx;

static int set_up(void **state)
{
	struct db *db;

	(void)state;
	if (store_open_memory(&db) != 0) {
		return -1;
	}

	model = (struct model){ .texting = { .on_unknown = ON_UNKNOWN_HOLD } };
	gateway = (struct gateway_state){ .name = (char *)"one" };
	ctx = (struct engine_context){ .db = db, .model = &model, .log = &message_log, .now = NOW };
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	message_log_done(&message_log);
	(void)db_close(ctx.db);
	return 0;
}

static int64_t claimed(void)
{
	static hf_time last;
	struct outbox_message row = { .client = "r-1",
				      .kind = KIND_NOTE,
				      .reminder = "x",
				      .occurrence = ++last,
				      .due = NOW,
				      .expires = HF_NEVER,
				      .priority = OUTBOX_AUTOMATIC };
	int64_t id = 0;

	assert_int_equal(outbox_add(ctx.db, &row, NOW, &id), 0);
	assert_int_equal(outbox_claim(ctx.db, id, "one", "Hello", 1, NOW), 0);
	return id;
}

static enum outbox_state state_of(int64_t id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(ctx.db, id, &rows), 0);
	outbox_read(&rows, &row);
	return row.state;
}

static void read_key(int64_t id, char ret_key[WIRE_KEY_MAX + 1])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(ctx.db, id, &rows), 0);
	outbox_read(&rows, &row);
	(void)snprintf(ret_key, WIRE_KEY_MAX + 1, "%s", row.key);
}

/* The state after an answer, and after the same answer once more. */
static void expect_answer(struct wire_outcome outcome, enum outbox_state state)
{
	char key[WIRE_KEY_MAX + 1];

	outcome.id = claimed();
	outcome.attempt = 1;
	outcome.key = key;
	outcome.gateway_id = outcome.reason = "";
	read_key(outcome.id, key);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(outcome_settle(&ctx, &gateways, &gateway, &outcome), 0);
		assert_int_equal(state_of(outcome.id), state);
	}
}

static void expect(enum outcome_class class, enum outbox_state state)
{
	expect_answer((struct wire_outcome){ .class = class }, state);
}

static void expect_fault(enum wire_fault fault, enum outbox_state state)
{
	expect_answer((struct wire_outcome){ .class = OUTCOME_REFUSED, .fault = fault }, state);
}

FIXTURE(set_up, tear_down);

TEST(test_each_class)
{
	expect(OUTCOME_ACCEPTED, OUTBOX_ACCEPTED);
	expect(OUTCOME_UNSENT, OUTBOX_DUE);
	expect(OUTCOME_UNKNOWN, OUTBOX_UNKNOWN);
	expect(OUTCOME_DEFERRED, OUTBOX_DUE);
	expect_fault(WIRE_FAULT_NUMBER, OUTBOX_FAILED);
	expect_fault(WIRE_FAULT_TEXT, OUTBOX_FAILED);
	expect(OUTCOME_CONFIG, OUTBOX_DUE);
	expect(OUTCOME_OPTED_OUT, OUTBOX_FAILED);
}

/* The id and the attempt fit, the text is another one: no class of answer moves it. */
TEST(test_another_key)
{
	char key[WIRE_KEY_MAX + 1];
	int64_t id = claimed(), other = claimed();
	const char *const keys[] = { key, "", "0123456789abcdef0123456789abcdef" };

	read_key(other, key);
	for (size_t i = 0; i < COUNT(keys); i++) {
		for (int class = OUTCOME_ACCEPTED; class <= OUTCOME_CONFIG; class ++) {
			struct wire_outcome outcome = { .id = id,
							.attempt = 1,
							.key = keys[i],
							.class = (enum outcome_class) class,
							.gateway_id = "",
							.reason = "" };

			assert_int_equal(outcome_settle(&ctx, &gateways, &gateway, &outcome), 0);
			assert_int_equal(state_of(id), OUTBOX_CLAIMED);
		}
	}
	assert_int_equal(state_of(other), OUTBOX_CLAIMED);
}

TEST(test_unknown_and_what_the_policy_says)
{
	gateway.idempotent = true;
	expect(OUTCOME_UNKNOWN, OUTBOX_DUE);
	gateway.idempotent = false;
	model.texting.on_unknown = ON_UNKNOWN_RESEND;
	expect(OUTCOME_UNKNOWN, OUTBOX_DUE);
}

TEST(test_all_unknown_ones)
{
	int64_t first = claimed(), second = claimed();

	assert_int_equal(outbox_orphan(ctx.db, NULL, "x", NOW, NULL), 0);
	assert_int_equal(outcome_settle_unknown(&ctx, &gateway), 0);
	assert_int_equal(state_of(first), OUTBOX_UNKNOWN);
	gateway.idempotent = true;
	for (int again = 0; again < 2; again++) {
		assert_int_equal(outcome_settle_unknown(&ctx, &gateway), 0);
		assert_int_equal(state_of(first), OUTBOX_DUE);
		assert_int_equal(state_of(second), OUTBOX_DUE);
	}
}

TEST(test_back_off, NULL, NULL)
{
	static const hf_time seconds[] = { 15, 15, 60, 300, 900, 1800, 1800, 1800 };
	bool differs = false;

	for (int attempt = 0; attempt < 8; attempt++) {
		hf_time step = seconds[attempt] * HF_SECOND;
		hf_time one = outcome_back_off("0123456789abcdef", attempt);

		assert_true(one >= step * 4 / 5 && one <= step * 6 / 5);
		assert_true(one == outcome_back_off("0123456789abcdef", attempt));
		differs = differs || one != outcome_back_off("0123456789abcdee", attempt);
	}
	assert_true(differs);
	assert_true(outcome_back_off("x", 1000000) <= 36 * HF_MINUTE);
}
