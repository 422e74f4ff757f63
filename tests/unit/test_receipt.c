/* Receipts: each rank after each, before and after the gateway's answer, and what follows. */
#include "test.h"
#include "engine/receipt.h"
#include "inbound_rig.h"

/* A check-in in the air. */
static int64_t claimed(struct rig *rig, int kind)
{
	static hf_time last;
	const struct outbox_message row = { .client = "r-1042",
					    .kind = kind,
					    .reminder = "checkin",
					    .occurrence = NOON + ++last,
					    .due = NOON,
					    .expires = HF_NEVER,
					    .priority = OUTBOX_AUTOMATIC };
	int64_t id = 0;

	assert_int_equal(outbox_add(rig->ctx.db, &row, NOON, &id), 0);
	assert_int_equal(outbox_claim(rig->ctx.db, id, "primary", "Hello", 1, NOON), 0);
	return id;
}

static enum outbox_state state_of(struct rig *rig, int64_t id, char key[40])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(rig->ctx.db, id, &rows), 0);
	outbox_read(&rows, &row);
	if (key) {
		(void)snprintf(key, 40, "%s", row.key);
	}
	return row.state;
}

static void accept_as(struct rig *rig, int64_t id, const char *gateway_id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(rig->ctx.db, id, &rows), 0);
	outbox_read(&rows, &row);
	assert_int_equal(receipt_accepted(at(rig, NOON), "primary", &row, gateway_id), 0);
}

static void say_of(struct rig *rig, const char *gateway_id, const char *key,
		   enum receipt_state state, enum wire_fault fault)
{
	const struct wire_receipt receipt = {
		.gateway_id = gateway_id, .key = key, .state = state, .fault = fault, .reason = ""
	};

	assert_int_equal(receipt_take(at(rig, NOON + HF_MINUTE), "primary", &receipt), 0);
}

static void say(struct rig *rig, const char *gateway_id, enum receipt_state state)
{
	say_of(rig, gateway_id, "", state, WIRE_FAULT_NONE);
}

static const enum outbox_state becomes[] = { OUTBOX_SENT, OUTBOX_DELIVERED, OUTBOX_UNDELIVERED,
					     OUTBOX_FAILED };

FIXTURE(set_up, tear_down);

/* Of the words that it did not arrive the first stands, "sent" takes nothing back, and "delivered" is above
 * all. */
TEST(test_each_after_each)
{
	struct rig *rig = *state;

	for (int one = RECEIPT_SENT; one <= RECEIPT_FAILED; one++) {
		for (int other = RECEIPT_SENT; other <= RECEIPT_FAILED; other++) {
			char id[32];
			int64_t row = claimed(rig, KIND_NOTE);

			(void)snprintf(id, sizeof(id), "SM%d%d", one, other);
			accept_as(rig, row, id);
			say(rig, id, (enum receipt_state)one);
			assert_int_equal(state_of(rig, row, NULL), becomes[one]);
			say(rig, id, (enum receipt_state)other);
			assert_int_equal(
				state_of(rig, row, NULL),
				becomes[one == RECEIPT_SENT || other == RECEIPT_DELIVERED ? other
											  : one]);
		}
	}
}

/* By our key, before its answer: claimed or unknown, the gateway has it. */
TEST(test_before_the_answer)
{
	struct rig *rig = *state;

	for (int unknown = 0; unknown < 2; unknown++) {
		for (int word = RECEIPT_SENT; word <= RECEIPT_FAILED; word++) {
			int64_t row = claimed(rig, KIND_NOTE);
			char key[40];

			(void)state_of(rig, row, key);
			if (unknown) {
				assert_int_equal(outbox_settle(rig->ctx.db, row, OUTBOX_UNKNOWN,
							       "lost", NOON),
						 0);
			}
			say_of(rig, "SM1", key, (enum receipt_state)word, WIRE_FAULT_NONE);
			assert_int_equal(state_of(rig, row, NULL), becomes[word]);
		}
	}
}

/* By an id that is not known yet; each of them waits for the answer. */
TEST(test_orphans)
{
	struct rig *rig = *state;
	int64_t row = claimed(rig, KIND_CHECK_IN);

	say(rig, "00AB", RECEIPT_DELIVERED);
	say(rig, "00AB", RECEIPT_DELIVERED);
	say(rig, "00AB", RECEIPT_SENT);
	assert_int_equal(state_of(rig, row, NULL), OUTBOX_CLAIMED);
	accept_as(rig, row, "ab");
	assert_int_equal(state_of(rig, row, NULL), OUTBOX_DELIVERED);
}

static enum checkin_state checkin_of(struct rig *rig, int64_t message)
{
	enum checkin_state checkin = CHECKIN_PASSED;

	assert_int_equal(checkins_state(rig->ctx.db, message, &checkin), 0);
	return checkin;
}

TEST(test_check_in)
{
	struct rig *rig = *state;
	int64_t row = claimed(rig, KIND_CHECK_IN);

	accept_as(rig, row, "SM1");
	assert_int_equal(checkin_of(rig, row), CHECKIN_ASKED);
	say(rig, "SM1", RECEIPT_DELIVERED);
	assert_int_equal(checkin_of(rig, row), CHECKIN_ASKED);
	expect_cases(rig, "r-1042", "");

	row = claimed(rig, KIND_CHECK_IN);
	accept_as(rig, row, "SM2");
	say(rig, "SM2", RECEIPT_UNDELIVERED);
	assert_int_equal(checkin_of(rig, row), CHECKIN_LOST);
	expect_cases(rig, "r-1042", "undeliverable routine");
}

/* Said not to have arrived, or refused, and on her phone all the same: she is asked from then. */
TEST(test_arrives_after_all)
{
	struct rig *rig = *state;
	int64_t row = claimed(rig, KIND_CHECK_IN);
	char key[40];

	accept_as(rig, row, "SM1");
	say(rig, "SM1", RECEIPT_UNDELIVERED);
	assert_int_equal(checkin_of(rig, row), CHECKIN_LOST);
	say(rig, "SM1", RECEIPT_DELIVERED);
	assert_int_equal(state_of(rig, row, NULL), OUTBOX_DELIVERED);
	assert_int_equal(checkin_of(rig, row), CHECKIN_ASKED);
	expect_cases(rig, "r-1042", "");
	say(rig, "SM1", RECEIPT_FAILED);
	assert_int_equal(checkin_of(rig, row), CHECKIN_ASKED);
	expect_cases(rig, "r-1042", "");

	row = claimed(rig, KIND_CHECK_IN);
	(void)state_of(rig, row, key);
	say_of(rig, "SM2", key, RECEIPT_FAILED, WIRE_FAULT_NONE);
	expect_cases(rig, "r-1042", "undeliverable routine");
	say_of(rig, "SM2", key, RECEIPT_DELIVERED, WIRE_FAULT_NONE);
	assert_int_equal(checkin_of(rig, row), CHECKIN_ASKED);
	expect_cases(rig, "r-1042", "");
}

/* The first text was refused, and she has it: the others may go. */
TEST(test_welcome_after_all)
{
	struct rig *rig = *state;
	int64_t row = claimed(rig, KIND_WELCOME);
	struct person person;
	char key[40];

	assert_int_equal(db_run(rig->ctx.db, "UPDATE people SET welcomed = 0", ""), 0);
	(void)state_of(rig, row, key);
	say_of(rig, "SM1", key, RECEIPT_FAILED, WIRE_FAULT_NONE);
	assert_int_equal(people_get(rig->ctx.db, "r-1042", &person), 0);
	assert_int_equal(person.welcomed, 0);
	say_of(rig, "SM1", key, RECEIPT_DELIVERED, WIRE_FAULT_NONE);
	assert_int_equal(people_get(rig->ctx.db, "r-1042", &person), 0);
	assert_true(person.welcomed != 0);
}

/* The receipt comes when the silence is a case already. */
TEST(test_no_silence)
{
	struct rig *rig = *state;
	int64_t row = claimed(rig, KIND_CHECK_IN), id;

	accept_as(rig, row, "SM1");
	assert_int_equal(checkins_move(rig->ctx.db, row, CHECKIN_SILENT), 0);
	assert_int_equal(cases_open(rig->ctx.db, "r-1042", CASE_SILENT, CASE_ROUTINE, NOON, &id),
			 0);
	say(rig, "SM1", RECEIPT_UNDELIVERED);
	expect_cases(rig, "r-1042", "undeliverable routine");
}

/* What was answered has reached her. */
TEST(test_answered)
{
	struct rig *rig = *state;
	int64_t row = claimed(rig, KIND_CHECK_IN);

	accept_as(rig, row, "SM1");
	assert_int_equal(checkins_answer(rig->ctx.db, row, 0, NOON), 0);
	say(rig, "SM1", RECEIPT_UNDELIVERED);
	assert_int_equal(checkin_of(rig, row), CHECKIN_ANSWERED);
	expect_cases(rig, "r-1042", "");
}

TEST(test_opted_out)
{
	struct rig *rig = *state;
	int64_t row = claimed(rig, KIND_CHECK_IN), id = 0;
	const struct outbox_message waiting = { .client = "r-1042",
						.kind = KIND_NOTE,
						.reminder = "note",
						.due = NOON + HF_HOUR,
						.expires = HF_NEVER };

	assert_int_equal(outbox_add(rig->ctx.db, &waiting, NOON, &id), 0);
	accept_as(rig, row, "SM1");
	for (int again = 0; again < 2; again++) {
		say_of(rig, "SM1", "", again ? RECEIPT_FAILED : RECEIPT_UNDELIVERED,
		       WIRE_FAULT_OPTED_OUT);
		expect_consent(rig, CONSENT_WITHDRAWN);
		expect_cases(rig, "r-1042", "stop routine");
		expect_texts(rig, "r-1042", "");
		assert_int_equal(state_of(rig, id, NULL), OUTBOX_CANCELLED);
		assert_int_equal(checkin_of(rig, row), CHECKIN_PASSED);
	}
}

/* Of another gateway, of nothing we know: kept, and without effect. */
TEST(test_of_nothing)
{
	struct rig *rig = *state;
	const struct wire_receipt receipt = {
		.gateway_id = "SM1", .key = "", .state = RECEIPT_FAILED, .reason = "x"
	};
	int64_t row = claimed(rig, KIND_CHECK_IN);

	accept_as(rig, row, "SM1");
	assert_int_equal(receipt_take(at(rig, NOON), "secondary", &receipt), 0);
	say(rig, "SM2", RECEIPT_FAILED);
	say_of(rig, "", "0123", RECEIPT_FAILED, WIRE_FAULT_OPTED_OUT);
	assert_int_equal(state_of(rig, row, NULL), OUTBOX_ACCEPTED);
	expect_consent(rig, CONSENT_GIVEN);
}
