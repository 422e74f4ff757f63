/* How holdfastd is, and the reload. */
#include "test.h"
#include "staff_rig.h"

#include "store/audit.h"
#include "staff/routes.h"

FIXTURE(rig_setup, rig_teardown);

TEST(test_status)
{
	struct rig *rig = *state;
	const json_t *gateway;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(rig_ask(rig, get_status, NULL, NULL, NULL), 200);
		assert_string_equal(json_text(rig->reply.json, "version"), "9.9");
		assert_string_equal(json_text(rig->reply.json, "since"),
				    "2026-11-23T12:00:00-06:00");
		assert_int_equal(json_int(rig->reply.json, "clients", -1), 3);
		assert_int_equal(json_int(rig->reply.json, "claimed", -1), 0);
		assert_int_equal(json_int(rig->reply.json, "unknown", -1), 0);
		assert_int_equal(json_int(rig->reply.json, "sent_last_hour", -1), 0);
		assert_true(json_int(rig->reply.json, "due", -1) > 0);
		assert_non_null(json_text(rig->reply.json, "next_due"));
		assert_int_equal(json_int(rig->reply.json, "cases_open", -1), 0);
		assert_non_null(json_object_get(rig->reply.json, "held"));
	}

	gateway = json_array_get(json_object_get(rig->reply.json, "gateways"), 0);
	assert_string_equal(json_text(gateway, "name"), "primary");
	assert_false(json_truth(gateway, "connected", true));
}

TEST(test_last_reload)
{
	struct rig *rig = *state;

	assert_int_equal(rig_ask(rig, get_status, NULL, NULL, NULL), 200);
	assert_null(json_text(json_object_get(rig->reply.json, "reload"), "at"));

	rig->reloaded = rig_moment("2026-11-23T11:00:00-06:00");
	assert_int_equal(rig_ask(rig, get_status, NULL, NULL, NULL), 200);
	assert_string_equal(json_text(json_object_get(rig->reply.json, "reload"), "at"),
			    "2026-11-23T11:00:00-06:00");
	assert_null(json_text(json_object_get(rig->reply.json, "reload"), "error"));

	rig->error = "plans/a.conf:12: what; do";
	assert_int_equal(rig_ask(rig, get_status, NULL, NULL, NULL), 200);
	assert_string_equal(json_text(json_object_get(rig->reply.json, "reload"), "error"),
			    rig->error);
}

TEST(test_reload)
{
	struct rig *rig = *state;
	const json_t *fault;

	assert_int_equal(rig_ask(rig, post_reload, NULL, NULL, NULL), 200);
	assert_int_equal(rig->reloads, 1);

	rig->reload_answer = CONF_E_FAULT;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(rig_ask(rig, post_reload, NULL, NULL, ""), 422);
		fault = json_array_get(json_object_get(rig->reply.json, "faults"), 0);
		assert_string_equal(json_text(fault, "file"), "plans/a.conf");
		assert_int_equal(json_int(fault, "line", 0), 12);
		assert_string_equal(json_text(fault, "severity"), "error");
		assert_string_equal(json_text(fault, "code"), "unknown-key");
		assert_string_equal(json_text(fault, "message"), "what; do");
	}
	assert_int_equal(rig->reloads, 3);
}

/* What cannot be recorded is not done. */
TEST(test_reload_is_recorded)
{
	struct rig *rig = *state;
	struct request request = { .uid = 0 };
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;

	assert_int_equal(rig_ask(rig, post_reload, NULL, NULL, NULL), 200);
	assert_int_equal(audit_list(rig->db, NULL, "reload", 2, &rows), 0);
	assert_true(db_next(&rows));
	audit_read(&rows, &entry);
	assert_true(entry.uid == 1000);
	assert_false(db_next(&rows));

	assert_int_equal(db_run(rig->db,
				"CREATE TRIGGER broken BEFORE INSERT ON audit"
				" BEGIN SELECT RAISE(ABORT, 'broken'); END",
				""),
			 0);
	assert_int_equal(post_reload(&rig->host, &request, &rig->reply), -EINVAL);
	assert_int_equal(rig->reloads, 1);
}

TEST(test_reload_that_breaks)
{
	struct rig *rig = *state;
	struct request request = { .uid = 1000 };

	rig->reload_answer = -ENOMEM;
	assert_int_equal(post_reload(&rig->host, &request, &rig->reply), -ENOMEM);
	assert_null(rig->reply.json);
}

/* The clock of three days later; as holdfastd does before each turn. */
static void leap(struct rig *rig)
{
	clock_init_told(&rig->clock, rig_moment("2026-11-26T12:00:00-06:00"), 0);
	assert_int_equal(
		engine_check_clock(rig->engine,
				   &(struct clock_reading){ .now = clock_now(&rig->clock) }),
		0);
	assert_int_equal(engine_run(rig->engine, clock_now(&rig->clock)), 0);
}

/* A clock that is behind is held until it is where it was; that it was is shown for a week. */
TEST(test_a_clock_that_is_behind)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);
	const json_t *held, *behind;

	assert_int_equal(engine_check_clock(rig->engine, &(struct clock_reading){ .now = now }), 0);
	assert_int_equal(engine_run(rig->engine, now), 0);
	clock_init_told(&rig->clock, now - HF_HOUR, 0);
	assert_int_equal(
		engine_check_clock(rig->engine, &(struct clock_reading){ .now = now - HF_HOUR }),
		0);
	assert_int_equal(rig_ask(rig, get_status, NULL, NULL, NULL), 200);
	held = json_object_get(rig->reply.json, "held");
	assert_string_equal(json_text(held, "until"), "2026-11-23T12:00:00-06:00");
	assert_true(json_is_null(json_object_get(rig->reply.json, "clock_was_behind")));

	clock_init_told(&rig->clock, now, 0);
	assert_int_equal(engine_check_clock(rig->engine, &(struct clock_reading){ .now = now }), 0);
	assert_int_equal(rig_ask(rig, get_status, NULL, NULL, NULL), 200);
	assert_true(json_is_null(json_object_get(rig->reply.json, "held")));
	behind = json_object_get(rig->reply.json, "clock_was_behind");
	assert_string_equal(json_text(behind, "since"), "2026-11-23T11:00:00-06:00");
	assert_string_equal(json_text(behind, "until"), "2026-11-23T12:00:00-06:00");

	clock_init_told(&rig->clock, now + 8 * HF_DAY, 0);
	assert_int_equal(rig_ask(rig, get_status, NULL, NULL, NULL), 200);
	assert_true(json_is_null(json_object_get(rig->reply.json, "clock_was_behind")));
}

TEST(test_confirm)
{
	struct rig *rig = *state;
	const json_t *held, *missed;
	int64_t lines = 0;

	assert_int_equal(rig_ask(rig, post_confirm, NULL, NULL, NULL), 409);
	leap(rig);
	assert_int_equal(rig_ask(rig, get_status, NULL, NULL, NULL), 200);
	assert_null(json_text(rig->reply.json, "next_due"));
	held = json_object_get(rig->reply.json, "held");
	assert_string_equal(json_text(held, "since"), "2026-11-26T12:00:00-06:00");
	assert_string_equal(json_text(held, "last"), "2026-11-23T12:00:00-06:00");
	assert_non_null(strstr(json_text(held, "why"), "holdfastctl confirm"));
	assert_null(json_text(json_object_get(rig->reply.json, "missed"), "since"));

	assert_int_equal(rig_ask(rig, post_confirm, NULL, NULL, "{\"why\":7}"), 400);
	assert_int_equal(rig_ask(rig, post_confirm, NULL, NULL, "{"), 400);
	assert_int_equal(rig_ask(rig, post_confirm, NULL, NULL, "{\"why\":\"power cut\"}"), 200);
	assert_string_equal(json_text(rig->reply.json, "now"), "2026-11-26T12:00:00-06:00");
	assert_int_equal(rig->changes, 1);
	assert_int_equal(rig_ask(rig, post_confirm, NULL, NULL, NULL), 409);
	assert_int_equal(db_one_int(rig->db, 0, &lines,
				    "SELECT count(*) FROM audit WHERE verb = 'confirm'"
				    " AND why = 'power cut'",
				    ""),
			 0);
	assert_int_equal(lines, 1);

	assert_int_equal(
		engine_check_clock(rig->engine,
				   &(struct clock_reading){ .now = clock_now(&rig->clock) + 1 }),
		0);
	assert_int_equal(rig_ask(rig, get_status, NULL, NULL, NULL), 200);
	assert_null(json_text(json_object_get(rig->reply.json, "held"), "why"));
	missed = json_object_get(rig->reply.json, "missed");
	assert_string_equal(json_text(missed, "since"), "2026-11-23T12:00:00-06:00");
	assert_string_equal(json_text(missed, "until"), "2026-11-26T12:00:00-06:00");
	assert_int_equal(json_int(missed, "count", -1), 0); /* no courier: they wait to expire */
}

TEST(test_missed)
{
	struct rig *rig = *state;

	leap(rig);
	assert_int_equal(rig_ask(rig, post_confirm, NULL, NULL, NULL), 200);
	assert_int_equal(db_run(rig->db, "UPDATE outbox SET state = 9 WHERE kind <> 0", ""), 0);
	assert_int_equal(rig_ask(rig, get_status, NULL, NULL, NULL), 200);
	assert_true(json_int(json_object_get(rig->reply.json, "missed"), "count", 0) > 0);

	/* After a week nobody need look at it any more. */
	clock_init_told(&rig->clock, rig_moment("2026-12-04T12:00:00-06:00"), 0);
	assert_int_equal(rig_ask(rig, get_status, NULL, NULL, NULL), 200);
	assert_null(json_text(json_object_get(rig->reply.json, "missed"), "since"));
}
