/* Claims, outcomes and policies against a courier that only writes down what it is given. */
#include <errno.h>
#include <string.h>

#include "test.h"
#include "db_faults.h"
#include "stage.h"
#include "store/cases.h"

FIXTURE(set_up, tear_down);

TEST(test_credit_is_respected)
{
	for (int i = 0; i < 5; i++) {
		(void)stage_add(&stage, i, KIND_NOTE);
	}
	stage_connect(&stage, "one", false, 0);
	stage_run(&stage);
	assert_int_equal(stage.count, 0);
	assert_true(stage_next(&stage) == HF_NEVER);

	stage_say(&stage, "one", NULL, 0, 3);
	assert_true(stage_next(&stage) == stage.now);
	stage_run(&stage);
	assert_int_equal(stage.count, 3);
	stage_run(&stage);
	assert_int_equal(stage.count, 3);
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 1);
	stage_run(&stage);
	assert_int_equal(stage.count, 4);
	assert_true(stage_next(&stage) == HF_NEVER);
}

/* However much is granted, 64 go at once, in one packet. */
TEST(test_many)
{
	for (int i = 0; i < 300; i++) {
		(void)stage_add(&stage, i % STAGE_UNWELCOMED, KIND_NOTE);
	}
	stage_connect(&stage, "one", false, 4000);
	stage_run(&stage);
	assert_int_equal(stage.count, 64);
	assert_int_equal(stage.packets, 1);
	for (unsigned turns = 2; turns <= 5; turns++) {
		stage_say(&stage, "one", NULL, 0, 4000);
		stage_run(&stage);
		assert_int_equal(stage.count, turns * 64 < 300 ? turns * 64 : 300);
		assert_int_equal(stage.packets, turns);
	}
	stage_run(&stage);
	assert_int_equal(stage.count, 300);
}

TEST(test_what_is_carried)
{
	const struct carried *carried = &stage.carried[0];
	int64_t id = stage_add(&stage, 7, KIND_NOTE);

	stage_connect(&stage, "one", false, 10);
	stage_run(&stage);
	assert_int_equal(stage.count, 1);
	assert_int_equal(carried->id, id);
	assert_int_equal(carried->attempt, 1);
	assert_int_equal(strlen(carried->key), 32);
	assert_string_equal(carried->to, "+13125550007");
	assert_string_equal(carried->body, "Hello");
	assert_string_equal(carried->at, "2026-11-24T10:00:00-06:00");
	assert_true(carried->valid_for == 3 * HF_HOUR);
	stage_expect(&stage, id, OUTBOX_CLAIMED, 1, NULL);
}

TEST(test_accepted)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE);

	stage_connect(&stage, "one", false, 10);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 1);
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 1);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_ACCEPTED, 1, NULL);
	assert_int_equal(stage.count, 1);
}

TEST(test_a_welcome_opens_the_door)
{
	int64_t note = stage_add(&stage, STAGE_UNWELCOMED, KIND_NOTE);
	int64_t welcome = stage_add(&stage, STAGE_UNWELCOMED, KIND_WELCOME);

	stage_connect(&stage, "one", false, 10);
	stage_run(&stage);
	assert_int_equal(stage.count, 1);
	stage_expect(&stage, note, OUTBOX_DEFERRED, 0, "waits for the first text");
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 1);
	/* The answer and what follows from it are one commit, one call. */
	stage_run(&stage);
	stage_expect(&stage, welcome, OUTBOX_ACCEPTED, 1, NULL);
	assert_int_equal(stage.count, 2);
	stage_expect(&stage, note, OUTBOX_CLAIMED, 1, NULL);
}

TEST(test_unsent_is_tried_again)
{
	static const hf_time steps[] = { 15, 60, 300, 900, 1800, 1800 };
	int64_t id = stage_add(&stage, 0, KIND_NOTE);

	stage_expire(&stage, id, HF_NEVER);
	for (int i = 0; i < 6; i++) {
		hf_time next, step = steps[i] * HF_SECOND;

		/* A new courier each time, so that the breaker stays out of this. */
		stage_connect(&stage, "one", false, 10);
		stage_run(&stage);
		assert_int_equal(stage.count, i + 1);
		assert_string_equal(stage.carried[i].key, stage.carried[0].key);
		stage_answer(&stage, i, OUTCOME_UNSENT, 1);
		stage_run(&stage);
		stage_expect(&stage, id, OUTBOX_DUE, i + 1, "test");
		next = stage_next(&stage);
		assert_true(next >= stage.now + step * 4 / 5 && next <= stage.now + step * 6 / 5);
		stage_gone(&stage, "one");
		stage.now = next;
	}
}

TEST(test_never_past_its_time)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE);

	stage_expire(&stage, id, stage.now + 5 * HF_SECOND);
	stage_connect(&stage, "one", false, 10);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_UNSENT, 1);
	stage_run(&stage);
	assert_true(stage_next(&stage) == stage.now + 5 * HF_SECOND);
	stage.now += 5 * HF_SECOND;
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_EXPIRED, 1, "too late");
	assert_int_equal(stage.count, 1);
}

/* A storm of "later": each holds the whole gateway, and none counts as an attempt. */
TEST(test_later_holds_the_gateway)
{
	struct wire_outcome later = { .class = OUTCOME_DEFERRED,
				      .attempt = 1,
				      .key = stage.carried[0].key,
				      .gateway_id = "",
				      .reason = "429",
				      .retry_after = 40 * HF_SECOND };
	int64_t first = stage_add(&stage, 0, KIND_NOTE), second;

	later.id = first;
	stage_connect(&stage, "one", false, 1);
	for (int i = 0; i < 20; i++) {
		hf_time next;

		stage_run(&stage);
		assert_int_equal(stage.count, i + 1);
		stage_say(&stage, "one", &later, 1, 1);
		stage_run(&stage);
		stage_expect(&stage, first, OUTBOX_DUE, 0, "429");
		next = stage_next(&stage);
		assert_true(next >= stage.now + 40 * HF_SECOND);
		assert_true(next <= stage.now + 50 * HF_SECOND);
		stage.now = next;
	}

	stage_run(&stage);
	stage_say(&stage, "one", &later, 1, 1);
	second = stage_add(&stage, 1, KIND_NOTE);
	stage_run(&stage);
	stage_expect(&stage, second, OUTBOX_DUE, 0, NULL);
	assert_int_equal(stage.count, 21);
}

TEST(test_refused)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE), other = stage_add(&stage, 0, KIND_NOTE);

	stage_connect(&stage, "one", false, 1);
	stage_run(&stage);
	stage_refuse(&stage, 0, WIRE_FAULT_NUMBER);
	stage_say(&stage, "one", NULL, 0, 1);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_FAILED, 1, "test");
	stage_expect(&stage, other, OUTBOX_CLAIMED, 1, NULL);
}

/* Goes on to the next moment at which something is to be done, as the loop does. */
static void go_on(void)
{
	hf_time next = stage_next(&stage);

	assert_true(next < HF_NEVER);
	stage.now = next > stage.now ? next : stage.now;
	stage_run(&stage);
}

/* All that were carried from the nth on are refused, and nobody knows why. */
static int refuse_from(int nth)
{
	for (; nth < stage.count; nth++) {
		stage_refuse(&stage, nth, WIRE_FAULT_NONE);
		stage_say(&stage, stage.carried[nth].gateway, NULL, 0, 1);
	}
	stage_run(&stage);
	return nth;
}

static struct dispatch_gateway gateway_named(const char *name)
{
	struct dispatch_gateway gateways[2];

	assert_int_equal(dispatch_gateways(stage.dispatch, gateways, 2), 2);
	return gateways[strcmp(gateways[0].name, name) != 0];
}

static struct dispatch_gateway gateway_one(void)
{
	return gateway_named("one");
}

/* Six texts to six numbers, all refused, for an hour: none fails, and then all are taken. */
TEST(test_all_are_refused)
{
	hf_time until = stage.now + HF_HOUR;
	int64_t ids[6];
	int seen = 0;

	for (int i = 0; i < 6; i++) {
		ids[i] = stage_add(&stage, i, KIND_NOTE);
	}
	stage_connect(&stage, "one", false, 8);
	stage_run(&stage);
	assert_int_equal(stage.count, 6);
	seen = refuse_from(seen);
	assert_string_equal(gateway_one().held_why, "it refuses one text after the other");
	assert_string_equal(gateway_one().held_said, "test");
	assert_int_equal(seen, 6);
	while (stage.now < until) {
		go_on();
		/* A probe is one text. */
		assert_true(stage.count - seen <= 1);
		seen = refuse_from(seen);
	}
	for (int i = 0; i < 6; i++) {
		_cleanup_rows_ struct db_rows rows = { 0 };
		struct outbox_message row;

		assert_int_equal(outbox_get(stage.db, ids[i], &rows), 0);
		outbox_read(&rows, &row);
		assert_int_equal(row.state, OUTBOX_DUE);
		assert_string_equal(row.reason, "test");
		/* Every text has its turn. */
		assert_true(row.attempts > 1);
	}

	until = stage.now + HF_HOUR;
	for (int taken = 0; taken < 6; taken++, seen++) {
		while (stage.count == seen) {
			go_on();
		}
		stage_answer(&stage, seen, OUTCOME_ACCEPTED, 1);
		stage_run(&stage);
	}
	assert_true(stage.now < until);
	for (int i = 0; i < 6; i++) {
		assert_true(stage_state(&stage, ids[i]) == OUTBOX_ACCEPTED);
	}
	assert_string_equal(gateway_one().held_why, "");
	assert_string_equal(gateway_one().held_said, "");
}

/* Refused while others are taken: once more, and then it is its own fault. */
TEST(test_one_of_several_is_refused)
{
	int64_t bad = stage_add(&stage, 0, KIND_NOTE), good = stage_add(&stage, 1, KIND_NOTE);

	stage_connect(&stage, "one", false, 8);
	stage_run(&stage);
	stage_refuse(&stage, 0, WIRE_FAULT_NONE);
	stage_answer(&stage, 1, OUTCOME_ACCEPTED, 2);
	stage_run(&stage);
	stage_expect(&stage, bad, OUTBOX_DUE, 1, "test");
	assert_true(stage_state(&stage, good) == OUTBOX_ACCEPTED);
	go_on();
	assert_int_equal(stage.count, 3);
	assert_int_equal(refuse_from(2), 3);
	stage_expect(&stage, bad, OUTBOX_FAILED, 2, "test");
	assert_string_equal(gateway_one().held_why, "");
}

/* Five in a row would hold it; one that is taken in between breaks the row. */
TEST(test_a_row_is_broken)
{
	for (int i = 0; i < 9; i++) {
		(void)stage_add(&stage, i, KIND_NOTE);
	}
	stage_connect(&stage, "one", false, 9);
	stage_run(&stage);
	assert_int_equal(stage.count, 9);
	for (int i = 0; i < 9; i++) {
		if (i == 4) {
			stage_answer(&stage, i, OUTCOME_ACCEPTED, 0);
		} else {
			stage_refuse(&stage, i, WIRE_FAULT_NONE);
		}
	}
	stage_run(&stage);
	assert_string_equal(gateway_one().held_why, "");
}

/* Whatever is refused to one number is hers or the texts': they fail, and nobody waits for them.  Two
 * clients may share a phone. */
TEST(test_one_number_is_refused)
{
	int64_t ids[8], other;
	int seen = 0;

	(void)snprintf(stage.phones[1], sizeof(stage.phones[1]), "%s", stage.phones[0]);
	for (int i = 0; i < 8; i++) {
		ids[i] = stage_add(&stage, i % 2, KIND_NOTE);
	}
	stage_connect(&stage, "one", false, 20);
	stage_run(&stage);
	seen = refuse_from(seen);
	while (seen < 24) {
		go_on();
		seen = refuse_from(seen);
		assert_string_equal(gateway_one().held_why, "");
	}
	for (int i = 0; i < 8; i++) {
		stage_expect(&stage, ids[i], OUTBOX_FAILED, 3, "test");
	}
	other = stage_add(&stage, 2, KIND_NOTE);
	stage_run(&stage);
	stage_answer(&stage, seen, OUTCOME_ACCEPTED, 1);
	stage_run(&stage);
	assert_true(stage_state(&stage, other) == OUTBOX_ACCEPTED);
	stage_expect(&stage, ids[0], OUTBOX_FAILED, 3, "test");
}

/* Given up while nothing else was tried, and then others are refused, too, also after a restart: it
 * was not at fault, and is due again.  What has become too late meanwhile is not. */
TEST(test_what_failed_in_the_row_is_due_again)
{
	int64_t early = stage_add(&stage, 0, KIND_NOTE), late = stage_add(&stage, 0, KIND_NOTE);
	int seen = 0;

	stage_expire(&stage, late, stage.now + 5 * HF_MINUTE);
	stage_connect(&stage, "one", false, 20);
	stage_run(&stage);
	for (seen = refuse_from(seen); seen < 6; seen = refuse_from(seen)) {
		go_on();
	}
	stage_expect(&stage, early, OUTBOX_FAILED, 3, "test");
	stage.now += 10 * HF_MINUTE;
	assert_int_equal(stage_restart(&stage), 0);
	(void)stage_add(&stage, 1, KIND_NOTE);
	stage_connect(&stage, "one", false, 20);
	stage_run(&stage);
	seen = refuse_from(seen);
	stage_expect(&stage, early, OUTBOX_DUE, 3, "the gateway refuses others, too");
	stage_expect(&stage, late, OUTBOX_FAILED, 3, "test");
	for (int i = 0; i < 3 && stage_state(&stage, early) != OUTBOX_ACCEPTED; i++) {
		while (stage.count == seen) {
			go_on();
		}
		for (; seen < stage.count; seen++) {
			stage_answer(&stage, seen, OUTCOME_ACCEPTED, 1);
		}
		stage_run(&stage);
	}
	assert_true(stage_state(&stage, early) == OUTBOX_ACCEPTED);
}

/* Another gateway takes over at once, and the texts that the first has refused go there, too. */
TEST(test_refused_texts_go_by_another_gateway)
{
	int64_t ids[5];

	for (int i = 0; i < 5; i++) {
		ids[i] = stage_add(&stage, i, KIND_NOTE);
	}
	stage_connect(&stage, "one", false, 8);
	stage_connect(&stage, "two", false, 8);
	stage_run(&stage);
	assert_int_equal(refuse_from(0), 5);
	assert_int_equal(stage.count, 6);
	stage_expect(&stage, ids[4], OUTBOX_CLAIMED, 2, NULL);
	assert_string_equal(stage.carried[5].gateway, "two");
	/* What the first has refused is not counted against the second. */
	stage_refuse(&stage, 5, WIRE_FAULT_NONE);
	stage.now += 20 * HF_SECOND;
	stage_run(&stage);
	assert_int_equal(stage.count, 10);
	for (int i = 6; i < 9; i++) {
		stage_refuse(&stage, i, WIRE_FAULT_NONE);
	}
	stage_run(&stage);
	assert_string_equal(gateway_named("two").held_why, "");
	stage_answer(&stage, 9, OUTCOME_ACCEPTED, 1);
	/* What the second takes says nothing about the first. */
	stage_run(&stage);
	assert_string_equal(gateway_one().held_why, "it refuses one text after the other");
}

/* Where the gateway finds fault with our account each text has its turn as a probe, too. */
TEST(test_each_text_is_a_probe)
{
	int seen = 1;

	(void)stage_add_urgent(&stage, 0);
	stage_connect(&stage, "one", false, 8);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_CONFIG, 1);
	stage_run(&stage);
	for (int i = 1; i < 4; i++) {
		(void)stage_add(&stage, i, KIND_NOTE);
	}
	for (; seen < 4; seen++) {
		go_on();
		assert_int_equal(stage.count, seen + 1);
		assert_string_equal(stage.carried[seen].to, stage.phones[seen]);
		stage_answer(&stage, seen, OUTCOME_CONFIG, 1);
		stage_run(&stage);
	}
}

/* The text whose own fault it is must not be every probe. */
TEST(test_a_bad_text_is_not_every_probe)
{
	int64_t good;
	int seen;

	for (int i = 0; i < 5; i++) {
		(void)stage_add_urgent(&stage, i % 2);
	}
	stage_connect(&stage, "one", false, 8);
	stage_run(&stage);
	seen = refuse_from(0);
	assert_string_equal(gateway_one().held_why, "it refuses one text after the other");
	good = stage_add(&stage, 7, KIND_NOTE);
	for (int probe = 0; probe < 8 && stage_state(&stage, good) == OUTBOX_DUE; probe++) {
		go_on();
		if (stage_state(&stage, good) == OUTBOX_DUE) {
			seen = refuse_from(seen);
		}
	}
	assert_true(stage_state(&stage, good) == OUTBOX_CLAIMED);
	stage_answer(&stage, seen, OUTCOME_ACCEPTED, 1);
	stage_run(&stage);
	assert_string_equal(gateway_one().held_why, "");
}

TEST(test_opted_out)
{
	int64_t id = stage_add(&stage, 3, KIND_NOTE), other = stage_add(&stage, 3, KIND_NOTE);
	int64_t later;
	struct person person;

	stage_connect(&stage, "one", false, 1);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_OPTED_OUT, 1);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_FAILED, 1, "test");
	stage_expect(&stage, other, OUTBOX_CANCELLED, 0, "stopped by the client");
	assert_int_equal(people_get(stage.db, "c-003", &person), 0);
	assert_int_equal(person.consent, CONSENT_WITHDRAWN);
	later = stage_add(&stage, 3, KIND_NOTE);
	stage_run(&stage);
	stage_expect(&stage, later, OUTBOX_CANCELLED, 0, "stopped by the client");
	assert_int_equal(stage.count, 1);
}

/* Read as ready, stopped before the claim: the claim must see it. */
TEST(test_a_stop_between_ready_and_claim)
{
	int64_t id = stage_add(&stage, 3, KIND_NOTE);

	stage_connect(&stage, "one", false, 1);
	assert_true(stage_next(&stage) == stage.now);
	assert_int_equal(people_consent(stage.db, "c-003", "", CONSENT_WITHDRAWN, stage.now,
					"reply", "x", stage.now),
			 0);
	stage_run(&stage);
	assert_int_equal(stage.count, 0);
	stage_expect(&stage, id, OUTBOX_CANCELLED, 0, "stopped by the client");
}

TEST(test_the_account)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE);
	struct dispatch_gateway gateways[4];

	stage_connect(&stage, "one", false, 1);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_CONFIG, 1);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_DUE, 0, "test");
	assert_int_equal(dispatch_gateways(stage.dispatch, gateways, 4), 2);
	assert_string_equal(gateways[0].held_why, "its account or credential is refused");
	assert_true(gateways[0].held_until == stage.now + HF_MINUTE);
	/* It is probed then; after a reload at once. */
	assert_true(stage_next(&stage) >= gateways[0].held_until);
	stage.now += 30 * HF_SECOND;
	assert_int_equal(dispatch_set_gateways(stage.dispatch, &stage.model, stage.now), 0);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_CLAIMED, 1, NULL);
}

/* What is repaired is used at once: the courier comes again, and what waited for the probe goes. */
TEST(test_the_account_is_mended)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE);

	stage_connect(&stage, "one", false, 1);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_CONFIG, 1);
	stage_run(&stage);
	stage.now += 10 * HF_SECOND;
	stage_gone(&stage, "one");
	stage_connect(&stage, "one", false, 1);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_CLAIMED, 1, NULL);
}

/* It is refused at one, and goes out by the next at once. */
TEST(test_the_account_and_another_way_out)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE);

	stage_connect(&stage, "one", false, 1);
	stage_connect(&stage, "two", false, 1);
	stage_run(&stage);
	assert_string_equal(stage.carried[0].gateway, "one");
	stage_answer(&stage, 0, OUTCOME_CONFIG, 1);
	stage_run(&stage);
	assert_int_equal(stage.count, 2);
	assert_string_equal(stage.carried[1].gateway, "two");
	stage_expect(&stage, id, OUTBOX_CLAIMED, 1, NULL);
}

/* Ten minutes without a way out are a case, put right by itself; with another way out it is routine. */
TEST(test_outages)
{
	const struct engine_context *ctx = &(struct engine_context){
		.db = stage.db, .model = &stage.model, .log = &stage.log, .now = stage.now
	};
	struct engine_context later = *ctx;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;

	stage_connect(&stage, "one", false, 1);
	assert_int_equal(dispatch_follow_outages(stage.dispatch, ctx), 0);
	assert_true(dispatch_outages_next(stage.dispatch, ctx->now) == ctx->now + 10 * HF_MINUTE);
	later.now += 10 * HF_MINUTE - 1;
	assert_int_equal(dispatch_follow_outages(stage.dispatch, &later), 0);
	assert_int_equal(cases_list(stage.db, NULL, true, 9, &rows), 0);
	assert_false(db_next(&rows));
	later.now++;
	for (int again = 0; again < 2; again++) {
		assert_int_equal(dispatch_follow_outages(stage.dispatch, &later), 0);
	}
	db_rows_done(&rows);
	assert_int_equal(cases_list(stage.db, NULL, true, 9, &rows), 0);
	assert_true(db_next(&rows));
	cases_read(&rows, &row);
	assert_string_equal(row.client, "gateway:two");
	assert_int_equal(row.urgency, CASE_ROUTINE);
	assert_int_equal(row.times, 1);
	assert_false(db_next(&rows));
	stage_connect(&stage, "two", false, 1);
	assert_int_equal(dispatch_follow_outages(stage.dispatch, &later), 0);
	db_rows_done(&rows);
	assert_int_equal(cases_list(stage.db, NULL, true, 9, &rows), 0);
	assert_false(db_next(&rows));
	assert_true(dispatch_outages_next(stage.dispatch, later.now) == HF_NEVER);
}

TEST(test_failover)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE), other;
	struct wire_outcome later = { .id = id,
				      .attempt = 1,
				      .key = stage.carried[0].key,
				      .class = OUTCOME_DEFERRED,
				      .gateway_id = "",
				      .reason = "503",
				      .retry_after = 10 * HF_MINUTE };

	stage_connect(&stage, "one", false, 5);
	stage_connect(&stage, "two", false, 5);
	stage_run(&stage);
	assert_string_equal(stage.carried[0].gateway, "one");
	stage_say(&stage, "one", &later, 1, 1);
	stage_run(&stage);
	assert_int_equal(stage.count, 2);
	assert_string_equal(stage.carried[1].gateway, "two");
	/* What the first one says of a text that is no longer its own is left aside. */
	later.class = OUTCOME_REFUSED;
	stage_say(&stage, "one", &later, 1, 0);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_CLAIMED, 1, NULL);

	stage_gone(&stage, "one");
	stage.now += 11 * HF_MINUTE;
	other = stage_add(&stage, 1, KIND_NOTE);
	stage_run(&stage);
	stage_expect(&stage, other, OUTBOX_CLAIMED, 1, NULL);
	assert_string_equal(stage.carried[2].gateway, "two");
}

TEST(test_strange_answers)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE);
	struct wire_outcome strange = {
		.id = 4711,
		.attempt = 1,
		.key = stage.carried[0].key,
		.class = OUTCOME_ACCEPTED,
		.gateway_id = "",
		.reason = "",
	};

	stage_connect(&stage, "one", false, 1);
	stage_connect(&stage, "two", false, 1);
	stage_run(&stage);
	stage_say(&stage, "one", &strange, 1, 0);
	strange.id = id;
	stage_say(&stage, "two", &strange, 1, 0); /* not its text */
	strange.attempt = 2;
	strange.class = OUTCOME_UNSENT;
	stage_say(&stage, "one", &strange, 1, 0); /* not this attempt */
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_CLAIMED, 1, NULL);
	assert_int_equal(dispatch_outcomes(stage.dispatch, "three", &strange, 1, 0, stage.now),
			 -ENOTCONN);
}

/* More than that in one turn of the loop is a courier that says what nobody asked. */
TEST(test_answers_are_bounded)
{
	struct wire_outcome strange[64];
	int64_t id = stage_add(&stage, 0, KIND_NOTE);
	int said = 0, r = 0;

	for (size_t i = 0; i < COUNT(strange); i++) {
		strange[i] = (struct wire_outcome){ .id = 4711, .attempt = 1 };
	}
	stage_connect(&stage, "one", false, 1);
	for (; r == 0 && said < 1000; said++) {
		r = dispatch_outcomes(stage.dispatch, "one", strange, COUNT(strange), 0, stage.now);
	}
	assert_int_equal(r, -ENOBUFS);
	assert_int_equal(said, 257);
	/* Those that were kept are settled, and then there is room again. */
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_CLAIMED, 1, NULL);
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 1);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_ACCEPTED, 1, NULL);
}

/* The database is replaced by a new one while the courier keeps running: what it says again of the
 * first text does not settle the one that has its id now. */
TEST(test_another_database)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE);

	stage_connect(&stage, "one", false, 1);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 1);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_ACCEPTED, 1, NULL);

	assert_int_equal(stage_change_database(&stage), 0);
	assert_int_equal(stage_add(&stage, 1, KIND_NOTE), id);
	stage_connect(&stage, "one", false, 1);
	/* Said before the new text is claimed, and after. */
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 0);
	stage_run(&stage);
	assert_int_equal(stage.count, 2);
	assert_int_equal(stage.carried[1].id, id);
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 0);
	stage_answer(&stage, 0, OUTCOME_REFUSED, 0);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_CLAIMED, 1, NULL);
	stage_answer(&stage, 1, OUTCOME_ACCEPTED, 1);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_ACCEPTED, 1, NULL);
	assert_int_equal(stage.count, 2);
}

TEST(test_who_may_come)
{
	struct wire_hello hello = { .gateway = "three" };

	assert_int_equal(dispatch_courier_hello(stage.dispatch, &hello, stage.now), -ENOENT);
	hello.gateway = "one";
	assert_int_equal(dispatch_courier_renew(stage.dispatch, &hello, stage.now), -ENOTCONN);
	assert_int_equal(dispatch_courier_hello(stage.dispatch, &hello, stage.now), 0);
	assert_int_equal(dispatch_courier_hello(stage.dispatch, &hello, stage.now), -EEXIST);
	assert_int_equal(dispatch_courier_renew(stage.dispatch, &hello, stage.now), 0);
	stage_gone(&stage, "one");
	stage_gone(&stage, "one");
	assert_int_equal(dispatch_courier_hello(stage.dispatch, &hello, stage.now), 0);
}

/* Many that wait do not keep those behind them from going, and none is met twice. */
TEST(test_waiting_rows_do_not_block)
{
	int64_t last;

	for (int i = 0; i < 3000; i++) {
		(void)stage_add(&stage, STAGE_UNWELCOMED, KIND_NOTE);
	}
	last = stage_add(&stage, 0, KIND_NOTE);
	stage_connect(&stage, "one", false, 1);
	stage_run(&stage);
	assert_int_equal(stage.count, 1);
	assert_int_equal(stage.carried[0].id, last);
}

TEST(test_a_text_that_cannot_be_written)
{
	int64_t gone = stage_add(&stage, 0, KIND_NOTE), lengthy = stage_add(&stage, 1, KIND_NOTE);
	char text[400];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(db_run(stage.db, "UPDATE outbox SET text = NULL WHERE id = ?1", "i", gone),
			 0);
	assert_int_equal(
		db_run(stage.db, "UPDATE outbox SET text = ?2 WHERE id = ?1", "it", lengthy, text),
		0);
	stage_connect(&stage, "one", false, 5);
	stage_run(&stage);
	stage_expect(&stage, gone, OUTBOX_CANCELLED, 0, "no longer in the configuration");
	stage_expect(&stage, lengthy, OUTBOX_FAILED, 0, "too long");
	assert_int_equal(stage.count, 0);
}

/* --- a database that fails ----------------------------------------------------- */

/* Two to send, one too late, one whose client is not welcomed, and an answer to settle. */
static void *open_stage(void)
{
	int64_t late;

	assert_int_equal(stage_open(&stage), 0);
	stage_connect(&stage, "one", false, 10);
	(void)stage_add(&stage, 4, KIND_NOTE);
	stage_run(&stage);
	(void)stage_add(&stage, 0, KIND_NOTE);
	(void)stage_add(&stage, 1, KIND_NOTE);
	(void)stage_add(&stage, STAGE_UNWELCOMED, KIND_NOTE);
	late = stage_add(&stage, 2, KIND_NOTE);
	stage_expire(&stage, late, stage.now);
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 1);
	return &stage;
}

static int run_stage(void *world)
{
	const struct engine_context ctx = stage_context(world);

	return dispatch_run(stage.dispatch, &ctx);
}

/* What was rolled back was not handed to the courier either. */
static void close_stage(void *world)
{
	assert_int_equal(((struct stage *)world)->count, 3);
	stage_close(world);
}

TEST(test_a_database_that_fails, NULL, NULL)
{
	db_try_each(
		&(struct db_trial){ .open = open_stage, .act = run_stage, .close = close_stage },
		2);
}
