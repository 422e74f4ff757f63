#include "test.h"
#include "home.h"

#include "courier/outcomes.h"

static void add(struct outcomes *outcomes, int64_t id, enum outcome_class class, hf_time now)
{
	char reason[] = "why", key[] = "key";
	const struct wire_outcome outcome = { .id = id,
					      .attempt = 1,
					      .key = key,
					      .class = class,
					      .gateway_id = "g",
					      .reason = reason };

	assert_int_equal(outcomes_add(outcomes, &outcome, now), 0);
	memset(reason, 'x', 3); /* they were copied */
	memset(key, 'x', 3);
}

static void ignore_closed(void *userdata, const char *why)
{
	(void)userdata, (void)why;
}

static struct wire *connect_to(struct home *home)
{
	static const struct wire_handlers handlers = { .on_closed = ignore_closed };
	struct wire *wire = NULL;

	assert_int_equal(wire_connect(home->loop, home->path, &handlers, home, &wire), 0);
	wait_until(home, home->wire != NULL);
	return wire;
}

TEST(test_said_once)
{
	struct outcomes *outcomes = NULL;
	struct home home;
	struct wire *wire;

	home_open(&home);
	wire = connect_to(&home);
	assert_int_equal(outcomes_new(4, &outcomes), 0);
	add(outcomes, 1, OUTCOME_ACCEPTED, 0);
	add(outcomes, 2, OUTCOME_DEFERRED, 0);
	assert_int_equal(outcomes_waiting(outcomes), 2);
	assert_int_equal(outcomes_send(outcomes, wire, 3), 0);
	assert_int_equal(outcomes_waiting(outcomes), 0);
	wait_until(&home, home.count == 2);
	assert_int_equal(home.credit, 3);
	assert_string_equal(home.outcomes[1].reason, "why");
	assert_string_equal(home.outcomes[1].gateway_id, "g");
	assert_string_equal(home.outcomes[1].key, "key");

	/* Credit alone. */
	assert_int_equal(outcomes_send(outcomes, wire, 2), 0);
	wait_until(&home, home.credit == 5);
	assert_int_equal(home.count, 2);

	outcomes_free(outcomes);
	wire_free(wire);
	home_close(&home);
}

TEST(test_final_ones_are_said_again)
{
	static const enum outcome_class classes[] = { OUTCOME_ACCEPTED, OUTCOME_UNSENT,
						      OUTCOME_UNKNOWN,  OUTCOME_DEFERRED,
						      OUTCOME_REFUSED,  OUTCOME_OPTED_OUT,
						      OUTCOME_CONFIG };
	struct outcomes *outcomes = NULL;
	struct home home;
	struct wire *wire;

	home_open(&home);
	wire = connect_to(&home);
	assert_int_equal(outcomes_new(100, &outcomes), 0);
	add(outcomes, 99, OUTCOME_ACCEPTED, HF_SECOND);
	for (unsigned i = 0; i < COUNT(classes); i++) {
		add(outcomes, i, classes[i], HF_MINUTE);
	}
	assert_int_equal(outcomes_send(outcomes, wire, 0), 0);
	add(outcomes, 50, OUTCOME_UNKNOWN, HF_MINUTE);

	/* 99 is too old by now; 50 was never said. */
	outcomes_repeat(outcomes, HF_SECOND + OUTCOMES_REPEAT + 1);
	assert_int_equal(outcomes_waiting(outcomes), 4);
	wait_until(&home, home.count == 8);
	assert_int_equal(outcomes_send(outcomes, wire, 0), 0);
	wait_until(&home, home.count == 12);
	assert_int_equal(home.outcomes[8].id, 0);
	assert_int_equal(home.outcomes[9].id, 4);
	assert_int_equal(home.outcomes[10].id, 5);
	assert_int_equal(home.outcomes[11].id, 50);
	assert_string_equal(home.outcomes[8].key, "key");
	outcomes_repeat(outcomes, HF_HOUR);
	assert_int_equal(outcomes_waiting(outcomes), 0);

	outcomes_free(outcomes);
	wire_free(wire);
	home_close(&home);
}

/* What was said is remembered up to a limit, what was not is kept in any number. */
TEST(test_the_limit)
{
	struct outcomes *outcomes = NULL;
	struct home home;
	struct wire *wire;

	home_open(&home);
	wire = connect_to(&home);
	assert_int_equal(outcomes_new(10, &outcomes), 0);
	for (int i = 0; i < 200; i++) {
		add(outcomes, i, OUTCOME_ACCEPTED, 0);
	}
	assert_int_equal(outcomes_waiting(outcomes), 200);
	assert_int_equal(outcomes_send(outcomes, wire, 0), 0);
	wait_until(&home, home.count == 200);
	outcomes_repeat(outcomes, 0);
	assert_int_equal(outcomes_waiting(outcomes), 10);
	assert_int_equal(outcomes_send(outcomes, wire, 0), 0);
	wait_until(&home, home.count == 210);
	assert_int_equal(home.outcomes[200].id, 190);
	assert_int_equal(home.outcomes[209].id, 199);

	/* More may be under way from here on. */
	outcomes_set_most(outcomes, 40);
	for (int i = 200; i < 300; i++) {
		add(outcomes, i, OUTCOME_ACCEPTED, 0);
	}
	assert_int_equal(outcomes_send(outcomes, wire, 0), 0);
	wait_until(&home, home.count == 310);
	outcomes_repeat(outcomes, 0);
	assert_int_equal(outcomes_waiting(outcomes), 40);

	outcomes_free(outcomes);
	assert_null(outcomes_free(NULL));
	wire_free(wire);
	home_close(&home);
}

/* A key, an id and a reason as long as they may be. */
TEST(test_full_length)
{
	char key[WIRE_KEY_MAX + 1];
	const struct wire_outcome outcome = { .id = 1,
					      .attempt = 1,
					      .key = key,
					      .class = OUTCOME_ACCEPTED,
					      .gateway_id = "g",
					      .reason = "" };
	struct outcomes *outcomes = NULL;
	struct home home;
	struct wire *wire;

	memset(key, 'k', sizeof(key) - 1);
	key[sizeof(key) - 1] = '\0';
	home_open(&home);
	wire = connect_to(&home);
	assert_int_equal(outcomes_new(4, &outcomes), 0);
	assert_int_equal(outcomes_add(outcomes, &outcome, 0), 0);
	assert_int_equal(outcomes_send(outcomes, wire, 0), 0);
	wait_until(&home, home.count == 1);
	assert_string_equal(home.outcomes[0].key, key);
	assert_null(outcomes_free(outcomes));
	(void)wire_free(wire);
	home_close(&home);
}
