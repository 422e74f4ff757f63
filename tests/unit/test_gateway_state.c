/* Holds, the circuit breaker, and which gateway is chosen when. */
#include <string.h>

#include "test.h"
#include "engine/gateway_state.h"

#define NOW (1000 * HF_DAY)

static struct gateway_states gateways;
static struct gateway_state *one, *two;

static const struct wire_hello hello = { .gateway = "x", .idempotent = true };

static int set_up(void **state)
{
	char *names[] = { (char *)"one", (char *)"two" };

	(void)state;
	gateways = (struct gateway_states){ 0 };
	if (gateway_states_arrange(&gateways, &(struct conf_texts){ .list = names, .count = 2 },
				   NOW)) {
		return -1;
	}

	one = gateway_states_find(&gateways, "one");
	two = gateway_states_find(&gateways, "two");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	gateway_states_done(&gateways);
	return 0;
}

static void connect(struct gateway_state *gateway, unsigned credit, hf_time now)
{
	gateway_state_hello(gateway, &hello, now);
	gateway_state_grant(gateway, credit);
}

static void answer(struct gateway_state *gateway, enum outcome_class class, hf_time retry_after,
		   hf_time now)
{
	gateway_state_answer(gateway,
			     &(struct wire_outcome){ .class = class, .retry_after = retry_after },
			     500, now);
}

static void give_at(struct gateway_state *gateway, int texts, hf_time now)
{
	for (int i = 0; i < texts; i++) {
		assert_true(gateway->credit > gateway->taken);
		gateway_state_take(gateway);
	}
	gateway_state_commit(gateway, now);
}

static void give(struct gateway_state *gateway, int texts)
{
	give_at(gateway, texts, NOW);
}

/* Chosen now, and the two functions agree about it. */
static void expect(hf_time now, const struct gateway_state *expected, hf_time choice)
{
	assert_ptr_equal(gateway_states_choose(&gateways, now), expected);
	assert_true(gateway_states_choice(&gateways, now) == choice);
	assert_true((gateway_states_choice(&gateways, now) == now) == (expected != NULL));
}

static void open_breaker(hf_time now)
{
	for (int i = 0; i < 5; i++) {
		answer(one, OUTCOME_UNSENT, 0, now);
	}
}

FIXTURE(set_up, tear_down);

TEST(test_credit)
{
	expect(NOW, NULL, HF_NEVER);
	connect(one, 2, NOW);
	expect(NOW, one, NOW);
	gateway_state_take(one);
	gateway_state_take(one);
	expect(NOW, NULL, HF_NEVER);
	gateway_state_undo(one);
	expect(NOW, one, NOW);
	give(one, 2);
	assert_int_equal(one->credit, 0);
	assert_int_equal(one->in_flight, 2);
	expect(NOW, NULL, HF_NEVER);
	answer(one, OUTCOME_ACCEPTED, 0, NOW);
	answer(one, OUTCOME_ACCEPTED, 0, NOW);
	answer(one, OUTCOME_ACCEPTED, 0, NOW);
	assert_int_equal(one->in_flight, 0);
	gateway_state_grant(one, UINT32_MAX);
	gateway_state_grant(one, UINT32_MAX);
	assert_int_equal(one->credit, 64);
	assert_true(one->idempotent);
}

/* Said once more, by a courier that has read its file again. */
TEST(test_hello_again)
{
	const struct wire_hello less = { .gateway = "x" };

	connect(one, 5, NOW);
	give(one, 2);
	one->decided = true;
	gateway_state_renew(one, &less, NOW);
	assert_true(one->connected && one->decided);
	assert_false(one->idempotent);
	assert_int_equal(one->credit, 3);
	assert_int_equal(one->in_flight, 2);

	/* With another credential it is tried again; what the gateway itself said stands. */
	answer(one, OUTCOME_CONFIG, 0, NOW);
	expect(NOW, NULL, HF_NEVER);
	gateway_state_renew(one, &hello, NOW);
	expect(NOW, one, NOW);
	answer(one, OUTCOME_DEFERRED, 20 * HF_SECOND, NOW);
	gateway_state_renew(one, &hello, NOW);
	assert_ptr_equal(gateway_states_choose(&gateways, NOW), NULL);
}

TEST(test_the_first_is_preferred)
{
	connect(two, 10, NOW);
	/* The first has a minute to come. */
	expect(NOW, NULL, NOW + HF_MINUTE);
	expect(NOW + HF_MINUTE, two, NOW + HF_MINUTE);
	connect(one, 1, NOW + HF_HOUR);
	expect(NOW + HF_HOUR, one, NOW + HF_HOUR);
	give(one, 1);
	/* Merely out of credit: waited for, however long. */
	expect(NOW + HF_DAY, NULL, HF_NEVER);
	gateway_state_gone(one, NOW + HF_DAY);
	expect(NOW + HF_DAY, NULL, NOW + HF_DAY + HF_MINUTE);
	expect(NOW + HF_DAY + HF_MINUTE, two, NOW + HF_DAY + HF_MINUTE);
}

TEST(test_later_holds_the_gateway)
{
	hf_time until;

	connect(one, 10, NOW);
	connect(two, 10, NOW);
	answer(one, OUTCOME_DEFERRED, 20 * HF_SECOND, NOW);
	until = one->held_until;
	assert_true(until >= NOW + 20 * HF_SECOND && until <= NOW + 24 * HF_SECOND);
	assert_int_equal(one->hold, GATEWAY_HOLD_LATER);
	expect(NOW, NULL, until);
	expect(until - 1, NULL, until);
	expect(until, one, until);
	/* A shorter word that comes later does not shorten it. */
	answer(one, OUTCOME_DEFERRED, HF_SECOND, NOW);
	assert_true(one->held_until == until);
	/* More than a minute: the next one takes over at once. */
	answer(one, OUTCOME_DEFERRED, 120 * HF_SECOND, NOW);
	expect(NOW, two, NOW);
	answer(one, OUTCOME_ACCEPTED, 0, NOW);
	assert_true(one->held_until > NOW);
}

TEST(test_again_and_again_later)
{
	hf_time now = NOW;

	connect(one, 10, NOW);
	connect(two, 10, NOW);
	for (int i = 0; i < 3; i++) {
		answer(one, OUTCOME_DEFERRED, 25 * HF_SECOND, now);
		now = one->held_until;
	}
	/* Each hold is short; together they are more than a minute. */
	answer(one, OUTCOME_DEFERRED, 25 * HF_SECOND, now);
	expect(now, two, now);
	now = one->held_until;
	expect(now, one, now);
	answer(one, OUTCOME_ACCEPTED, 0, now);
	answer(one, OUTCOME_DEFERRED, 25 * HF_SECOND, now);
	expect(now, NULL, one->held_until);
}

TEST(test_how_long_later_is)
{
	static const struct {
		hf_time said, least;
	} cases[] = {
		{ 0, 30 * HF_SECOND }, { -5 * HF_SECOND, HF_SECOND },
		{ 1, HF_SECOND },      { 120 * HF_SECOND, 120 * HF_SECOND },
		{ HF_HOUR, HF_HOUR },  { 3650 * HF_DAY, HF_HOUR },
		{ HF_NEVER, HF_HOUR },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		connect(one, 1, NOW);
		one->held_until = 0;
		answer(one, OUTCOME_DEFERRED, cases[i].said, NOW);
		assert_true(one->held_until >= NOW + cases[i].least);
		assert_true(one->held_until <= NOW + cases[i].least + cases[i].least / 5);
		gateway_state_gone(one, NOW);
	}
}

TEST(test_the_account)
{
	char *names[] = { (char *)"one" };

	connect(one, 10, NOW);
	answer(one, OUTCOME_CONFIG, 0, NOW);
	assert_int_equal(one->hold, GATEWAY_HOLD_ACCOUNT);
	assert_true(one->untold);
	expect(NOW, NULL, NOW + HF_MINUTE);
	/* What was under way meanwhile makes it no longer, and ends it where it went well. */
	answer(one, OUTCOME_CONFIG, 0, NOW + 20 * HF_SECOND);
	expect(NOW + 20 * HF_SECOND, NULL, NOW + HF_MINUTE);
	answer(one, OUTCOME_ACCEPTED, 0, NOW + 30 * HF_SECOND);
	assert_false(gateway_state_took(one, NOW + 30 * HF_SECOND));
	expect(NOW + 30 * HF_SECOND, one, NOW + 30 * HF_SECOND);
	assert_true(one->down_since == 0);
	answer(one, OUTCOME_CONFIG, 0, NOW);
	gateway_state_gone(one, NOW);
	connect(one, 10, NOW);
	expect(NOW, one, NOW);
	/* The next one need not wait a minute. */
	answer(one, OUTCOME_CONFIG, 0, NOW);
	connect(two, 1, NOW);
	expect(NOW, two, NOW);
	assert_int_equal(gateway_states_arrange(&gateways, &(struct conf_texts){ names, 1 }, NOW),
			 0);
	expect(NOW, one, NOW);
	assert_false(two->listed);
	assert_false(gateway_state_takes(two, NOW));
}

/* One text at a time, 1, 5, 15 minutes after it began, then each quarter of an hour, until one is taken. */
static void expect_probes(enum outcome_class failure)
{
	static const hf_time seconds[] = { 60, 240, 600, 900, 900, 900 };
	hf_time now = NOW;

	for (size_t i = 0; i < COUNT(seconds); i++) {
		expect(now, NULL, now + seconds[i] * HF_SECOND);
		now += seconds[i] * HF_SECOND;
		expect(now, one, now);
		give(one, 1);
		expect(now, NULL, HF_NEVER);
		answer(one, failure, 0, now);
		if (failure == OUTCOME_REFUSED) {
			gateway_state_refuses(one, "x", now);
		}
		assert_false(one->untold);
	}

	now = one->held_until;
	give(one, 1);
	answer(one, OUTCOME_ACCEPTED, 0, now);
	assert_true(gateway_state_took(one, now));
	assert_int_equal(one->hold, GATEWAY_HOLD_NOT);
	assert_false(gateway_state_took(one, now));
	give(one, 3);
	expect(now, one, now);
}

TEST(test_the_account_is_probed)
{
	connect(one, 20, NOW);
	answer(one, OUTCOME_CONFIG, 0, NOW);
	one->untold = false; /* told */
	expect_probes(OUTCOME_CONFIG);
	/* The next hold begins short, and is told anew. */
	answer(one, OUTCOME_CONFIG, 0, NOW + HF_DAY);
	assert_true(one->held_until == NOW + HF_DAY + HF_MINUTE && one->untold);
}

TEST(test_refusals_are_probed)
{
	connect(one, 20, NOW);
	gateway_state_refuses(one, "the request is refused (HTTP 400, code 21703)", NOW);
	assert_int_equal(one->hold, GATEWAY_HOLD_REFUSING);
	assert_string_equal(one->said, "the request is refused (HTTP 400, code 21703)");
	assert_true(one->untold);
	one->untold = false;
	expect_probes(OUTCOME_REFUSED);
}

/* A probe whose answer is lost, or that cannot be sent, is none that was taken. */
TEST(test_a_probe_that_says_nothing)
{
	connect(one, 20, NOW);
	answer(one, OUTCOME_CONFIG, 0, NOW);
	one->untold = false;
	expect_probes(OUTCOME_UNSENT);
}

/* It takes a text that was under way: what it refused was not refused for our account. */
TEST(test_taken_while_it_is_held_for_refusing)
{
	connect(one, 20, NOW);
	give(one, 2);
	gateway_state_refuses(one, "x", NOW);
	answer(one, OUTCOME_ACCEPTED, 0, NOW);
	assert_true(gateway_state_took(one, NOW));
	expect(NOW, one, NOW);
	assert_false(one->untold);
}

/* A refusal for an invalid number shows that it reads what we send; one that nobody explains not. */
TEST(test_a_refusal_as_a_probe)
{
	struct wire_outcome refused = { .class = OUTCOME_REFUSED };
	hf_time now = NOW;

	connect(one, 20, now);
	open_breaker(now);
	now = one->held_until;
	give(one, 1);
	gateway_state_answer(one, &refused, 0, now);
	assert_int_equal(one->hold, GATEWAY_HOLD_FAILING);
	assert_int_equal(one->failures, 0);
	refused.fault = WIRE_FAULT_NUMBER;
	gateway_state_answer(one, &refused, 0, now);
	assert_int_equal(one->hold, GATEWAY_HOLD_NOT);
}

/* What it says itself outweighs the next probe, and is no end of the hold. */
TEST(test_later_while_it_is_held_for_the_account)
{
	connect(one, 20, NOW);
	answer(one, OUTCOME_CONFIG, 0, NOW);
	answer(one, OUTCOME_DEFERRED, 20 * HF_MINUTE, NOW);
	assert_int_equal(one->hold, GATEWAY_HOLD_ACCOUNT);
	assert_true(one->held_until >= NOW + 20 * HF_MINUTE);
	gateway_state_set_back(one, NOW - HF_DAY);
	expect(NOW - HF_DAY, one, NOW - HF_DAY);
	give(one, 1);
	expect(NOW - HF_DAY, NULL, HF_NEVER);
}

/* A receipt blames our account: told, and nothing is held. */
TEST(test_blamed_by_a_receipt)
{
	connect(one, 20, NOW);
	gateway_state_blame(one, "our number may not send (30034)");
	answer(one, OUTCOME_ACCEPTED, 0, NOW);
	assert_false(gateway_state_took(one, NOW));
	assert_true(one->untold);
	assert_string_equal(one->said, "our number may not send (30034)");
	expect(NOW, one, NOW);
}

TEST(test_breaker)
{
	hf_time now = NOW;

	connect(one, 20, NOW);
	give(one, 9);
	for (int i = 0; i < 4; i++) {
		answer(one, i % 2 ? OUTCOME_UNSENT : OUTCOME_UNKNOWN, 0, now);
		expect(now, one, now);
	}
	answer(one, OUTCOME_UNSENT, 0, now);
	/* Those under way when it opened do not hold it open longer. */
	answer(one, OUTCOME_UNSENT, 0, now + HF_SECOND);
	answer(one, OUTCOME_UNSENT, 0, now + HF_SECOND);
	assert_true(one->held_until == now + 30 * HF_SECOND);
	now += 30 * HF_SECOND;
	/* Two are still under way: no probe beside them, and they will have their say. */
	expect(now, NULL, HF_NEVER);
	answer(one, OUTCOME_OPTED_OUT, 0, now);
	assert_int_equal(one->failures, 0);
	expect(now, one, now);
}

TEST(test_one_probe)
{
	hf_time now = NOW;

	connect(one, 20, NOW);
	connect(two, 20, NOW);
	open_breaker(now);
	now += 30 * HF_SECOND;
	expect(now, one, now);
	give(one, 1);
	expect(now, NULL, HF_NEVER);
	answer(one, OUTCOME_UNKNOWN, 0, now);
	expect(now, NULL, now + 30 * HF_SECOND);
	now += 30 * HF_SECOND;
	give(one, 1);
	answer(one, OUTCOME_UNSENT, 0, now);
	/* A minute is over: the second one goes on, and the first is probed when its time comes. */
	expect(now, two, now);
	now += 30 * HF_SECOND;
	expect(now, one, now);
	give(one, 1);
	answer(one, OUTCOME_ACCEPTED, 0, now);
	expect(now, one, now);
	give(one, 5);
	expect(now, one, now);
}

TEST(test_a_success_closes_the_breaker_early)
{
	connect(one, 20, NOW);
	give(one, 6);
	open_breaker(NOW);
	answer(one, OUTCOME_ACCEPTED, 0, NOW + HF_SECOND);
	expect(NOW + HF_SECOND, one, NOW + HF_SECOND);
}

TEST(test_a_new_courier)
{
	connect(one, 20, NOW);
	open_breaker(NOW);
	gateway_state_gone(one, NOW);
	assert_false(gateway_state_takes(one, NOW));
	connect(one, 20, NOW);
	expect(NOW, one, NOW);
	/* What the gateway itself has asked for stands. */
	answer(one, OUTCOME_DEFERRED, 50 * HF_SECOND, NOW);
	gateway_state_gone(one, NOW);
	connect(one, 20, NOW);
	expect(NOW, NULL, one->held_until);
}

TEST(test_arrange)
{
	char *names[] = { (char *)"three", (char *)"two", (char *)"one" };

	for (int again = 0; again < 2; again++) {
		assert_int_equal(
			gateway_states_arrange(&gateways, &(struct conf_texts){ names, 3 }, NOW),
			0);
		assert_int_equal(gateways.count, 3);
		for (size_t i = 0; i < 3; i++) {
			assert_string_equal(gateways.list[i]->name, names[i]);
			assert_true(gateways.list[i]->listed);
		}
	}
	assert_ptr_equal(gateways.list[2], one);
	assert_null(gateway_states_find(&gateways, "four"));
	assert_null(gateway_states_find(&gateways, NULL));
}

TEST(test_jitter)
{
	for (uint32_t seed = 0; seed < 5000; seed++) {
		hf_time length = gateway_state_jitter(HF_MINUTE, seed);

		assert_true(length >= 48 * HF_SECOND && length <= 72 * HF_SECOND);
		assert_true(length == gateway_state_jitter(HF_MINUTE, seed));
	}
	assert_true(gateway_state_jitter(HF_MINUTE, 1) != gateway_state_jitter(HF_MINUTE, 900));
	/* A fifth less to a fifth more, both ends reached. */
	assert_true(gateway_state_jitter(HF_MINUTE, 0) == 48 * HF_SECOND);
	assert_true(gateway_state_jitter(HF_MINUTE, 1000) == 72 * HF_SECOND);
}

/* The same of what somebody in danger waits for. */
static void expect_in_danger(hf_time now, const struct gateway_state *expected, hf_time choice)
{
	assert_ptr_equal(gateway_states_choose_in_danger(&gateways, now), expected);
	assert_true(gateway_states_choice_in_danger(&gateways, now) == choice);
	assert_true((choice == now) == (expected != NULL));
}

TEST(test_danger_waits_for_no_probe)
{
	hf_time now = NOW + HF_HOUR;

	connect(one, 5, NOW);
	expect_in_danger(NOW, one, NOW);
	give_at(one, 1, NOW);
	answer(one, OUTCOME_CONFIG, 0, NOW);
	expect(NOW, NULL, NOW + HF_MINUTE);
	expect_in_danger(NOW, NULL, NOW + GATEWAY_DANGER_FLOOR);
	expect_in_danger(NOW + GATEWAY_DANGER_FLOOR, one, NOW + GATEWAY_DANGER_FLOOR);

	/* One at a time, and not more often; the probes of all else stay where they were. */
	give_at(one, 1, NOW + GATEWAY_DANGER_FLOOR);
	expect_in_danger(NOW + GATEWAY_DANGER_FLOOR + 1, NULL, HF_NEVER);
	answer(one, OUTCOME_CONFIG, 0, NOW + GATEWAY_DANGER_FLOOR + 1);
	expect_in_danger(NOW + GATEWAY_DANGER_FLOOR + 1, NULL, NOW + 2 * GATEWAY_DANGER_FLOOR);
	expect(NOW + GATEWAY_DANGER_FLOOR + 1, NULL, NOW + HF_MINUTE);

	/* The other one is there: nobody waits for the first. */
	connect(two, 1, NOW);
	expect_in_danger(NOW + GATEWAY_DANGER_FLOOR + 2, two, NOW + GATEWAY_DANGER_FLOOR + 2);
	gateway_state_gone(two, now);

	/* Taken: so the hold is over, and what was refused goes, too. */
	give_at(one, 1, NOW + 2 * GATEWAY_DANGER_FLOOR - 1);
	answer(one, OUTCOME_ACCEPTED, 0, NOW + 2 * GATEWAY_DANGER_FLOOR - 1);
	assert_true(gateway_state_took(one, NOW + 2 * GATEWAY_DANGER_FLOOR - 1));

	/* Although it wants to be left alone for an hour. */
	answer(one, OUTCOME_DEFERRED, HF_HOUR, now);
	expect_in_danger(now + GATEWAY_DANGER_FLOOR, one, now + GATEWAY_DANGER_FLOOR);
	give_at(one, 1, now + GATEWAY_DANGER_FLOOR);
	answer(one, OUTCOME_ACCEPTED, 0, now + GATEWAY_DANGER_FLOOR);
	assert_int_equal(one->hold, GATEWAY_HOLD_LATER);
}
