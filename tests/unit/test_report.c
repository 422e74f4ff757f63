#include "test.h"
#include "home.h"

#include "courier/outcomes.h"

static void add(struct report *report, int64_t id, enum outcome_class class, hf_time now)
{
	char reason[] = "why", key[] = "key";
	const struct wire_outcome outcome = { .id = id,
					      .attempt = 1,
					      .key = key,
					      .class = class,
					      .gateway_id = "g",
					      .reason = reason };

	assert_int_equal(report_add(report, &outcome, now), 0);
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
	struct report *report = NULL;
	struct home home;
	struct wire *wire;

	home_open(&home);
	wire = connect_to(&home);
	assert_int_equal(report_new(4, &report), 0);
	add(report, 1, OUTCOME_ACCEPTED, 0);
	add(report, 2, OUTCOME_DEFERRED, 0);
	assert_int_equal(report_waiting(report), 2);
	assert_int_equal(report_say(report, wire, 3), 0);
	assert_int_equal(report_waiting(report), 0);
	wait_until(&home, home.count == 2);
	assert_int_equal(home.credit, 3);
	assert_string_equal(home.outcomes[1].reason, "why");
	assert_string_equal(home.outcomes[1].gateway_id, "g");
	assert_string_equal(home.outcomes[1].key, "key");

	/* Credit alone. */
	assert_int_equal(report_say(report, wire, 2), 0);
	wait_until(&home, home.credit == 5);
	assert_int_equal(home.count, 2);

	report_free(report);
	wire_free(wire);
	home_close(&home);
}

TEST(test_final_ones_are_said_again)
{
	static const enum outcome_class classes[] = { OUTCOME_ACCEPTED, OUTCOME_UNSENT,
						      OUTCOME_UNKNOWN,  OUTCOME_DEFERRED,
						      OUTCOME_REFUSED,  OUTCOME_OPTED_OUT,
						      OUTCOME_CONFIG };
	struct report *report = NULL;
	struct home home;
	struct wire *wire;

	home_open(&home);
	wire = connect_to(&home);
	assert_int_equal(report_new(100, &report), 0);
	add(report, 99, OUTCOME_ACCEPTED, HF_SECOND);
	for (unsigned i = 0; i < COUNT(classes); i++) {
		add(report, i, classes[i], HF_MINUTE);
	}
	assert_int_equal(report_say(report, wire, 0), 0);
	add(report, 50, OUTCOME_UNKNOWN, HF_MINUTE);

	/* 99 is too old by now; 50 was never said. */
	report_again(report, HF_SECOND + REPORT_AGAIN + 1);
	assert_int_equal(report_waiting(report), 4);
	wait_until(&home, home.count == 8);
	assert_int_equal(report_say(report, wire, 0), 0);
	wait_until(&home, home.count == 12);
	assert_int_equal(home.outcomes[8].id, 0);
	assert_int_equal(home.outcomes[9].id, 4);
	assert_int_equal(home.outcomes[10].id, 5);
	assert_int_equal(home.outcomes[11].id, 50);
	assert_string_equal(home.outcomes[8].key, "key");
	report_again(report, HF_HOUR);
	assert_int_equal(report_waiting(report), 0);

	report_free(report);
	wire_free(wire);
	home_close(&home);
}

/* What was said is remembered up to a limit, what was not is kept in any number. */
TEST(test_the_limit)
{
	struct report *report = NULL;
	struct home home;
	struct wire *wire;

	home_open(&home);
	wire = connect_to(&home);
	assert_int_equal(report_new(10, &report), 0);
	for (int i = 0; i < 200; i++) {
		add(report, i, OUTCOME_ACCEPTED, 0);
	}
	assert_int_equal(report_waiting(report), 200);
	assert_int_equal(report_say(report, wire, 0), 0);
	wait_until(&home, home.count == 200);
	report_again(report, 0);
	assert_int_equal(report_waiting(report), 10);
	assert_int_equal(report_say(report, wire, 0), 0);
	wait_until(&home, home.count == 210);
	assert_int_equal(home.outcomes[200].id, 190);
	assert_int_equal(home.outcomes[209].id, 199);

	report_free(report);
	assert_null(report_free(NULL));
	wire_free(wire);
	home_close(&home);
}
