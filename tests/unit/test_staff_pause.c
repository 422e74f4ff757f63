/* Pause, resume, stop: each with its effect and its line in the audit, or neither. */
#include "test.h"
#include "staff_rig.h"

#include "store/outbox.h"
#include "store/people.h"
#include "staff/routes.h"

#define WHY "{\"why\":\"Jordan asked for it\"}"

/* A row that waits, by hand. */
static int64_t add_row(struct rig *rig, const char *reminder)
{
	hf_time now = clock_now(&rig->clock);
	const struct outbox_message row = { .client = "r-1042",
					    .kind = KIND_NOTE,
					    .reminder = reminder,
					    .occurrence = now,
					    .due = now + HF_HOUR,
					    .expires = HF_NEVER,
					    .priority = OUTBOX_AUTOMATIC,
					    .message = "coping_walk" };
	int64_t id;

	assert_int_equal(outbox_add(rig->db, &row, now, &id), 0);
	return id;
}

static void expect_row(struct rig *rig, int64_t id, enum outbox_state state, const char *reason)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(rig->db, id, &rows), 0);
	outbox_read(&rows, &row);
	assert_int_equal(row.state, state);
	assert_string_equal(row.reason ? row.reason : "", reason);
}

FIXTURE(rig_setup, rig_teardown);

TEST(test_pause)
{
	struct rig *rig = *state;
	_cleanup_free_ char *answer = NULL;

	assert_int_equal(rig_ask(rig, post_pause, "r-1042", NULL,
				 "{\"why\":\"w\",\"until\":\"2026-12-01\"}"),
			 200);
	assert_string_equal(json_text(rig->reply.json, "client"), "r-1042");
	assert_string_equal(json_text(rig->reply.json, "state"), "paused");
	assert_string_equal(json_text(rig->reply.json, "paused_until"), "2026-12-01");
	rig_expect_act(rig, "pause", "until 2026-12-01", "w");

	assert_int_equal(rig_ask(rig, post_pause, "r-1042", NULL, WHY), 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "paused");
	assert_null(json_text(rig->reply.json, "paused_until"));
	answer = rig_answer(rig);
	assert_null(strstr(answer, "Jordan"));
	rig_expect_act(rig, "pause", "until further notice", "Jordan asked for it");
	assert_int_equal(rig->changes, 2);
}

/* The last day is the client's: in Chicago it is still the 23rd when it is the 24th in UTC. */
TEST(test_last_day_is_local)
{
	struct rig *rig = *state;

	clock_init_told(&rig->clock, rig_moment("2026-11-24T05:59:59Z"), 0);
	assert_int_equal(rig_ask(rig, post_pause, "r-1042", NULL,
				 "{\"why\":\"w\",\"until\":\"2026-11-22\"}"),
			 400);
	assert_int_equal(rig_ask(rig, post_pause, "r-1042", NULL,
				 "{\"why\":\"w\",\"until\":\"2026-11-23\"}"),
			 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "paused");
	clock_init_told(&rig->clock, rig_moment("2026-11-24T06:00:00Z"), 0);
	assert_int_equal(rig_ask(rig, post_resume, "r-1042", NULL, WHY), 409);
}

TEST(test_resume)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock), next;
	int64_t id = add_row(rig, "own");

	assert_int_equal(rig_ask(rig, post_resume, "r-1042", NULL, WHY), 409);
	assert_int_equal(rig_audited(rig, "resume"), 0);
	assert_int_equal(rig_ask(rig, post_pause, "r-1042", NULL, WHY), 200);
	assert_int_equal(outbox_defer(rig->db, id, HF_NEVER, "paused by staff", now), 0);
	clock_init_told(&rig->clock, now + HF_HOUR, 0);
	assert_int_equal(rig_ask(rig, post_resume, "r-1042", NULL, WHY), 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "active");
	rig_expect_act(rig, "resume", "", "Jordan asked for it");
	/* What waited for it does not wait any longer. */
	assert_int_equal(
		db_one_int(rig->db, 0, &next, "SELECT next_try FROM outbox WHERE id = ?1", "i", id),
		0);
	assert_true(next == now + HF_HOUR);
	assert_int_equal(rig_ask(rig, post_resume, "r-1042", NULL, WHY), 409);
}

TEST(test_a_pause_of_the_configuration_is_not_resumed)
{
	struct rig *rig = *state;
	const char *error;

	clock_init_told(&rig->clock, rig_moment("2026-12-20T12:00:00-07:00"), 0);
	assert_int_equal(rig_ask(rig, post_resume, "r-1061", NULL, WHY), 409);
	error = json_text(rig->reply.json, "error");
	assert_non_null(strstr(error, "paused by the configuration until 20"));
	assert_non_null(strstr(error, "edit \"pause\" in clients/"));

	/* Both: the one by command ends, the other stays. */
	assert_int_equal(rig_ask(rig, post_pause, "r-1061", NULL, WHY), 200);
	assert_null(json_text(rig->reply.json, "paused_until"));
	assert_int_equal(rig_ask(rig, post_resume, "r-1061", NULL, WHY), 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "paused");
	assert_non_null(json_text(rig->reply.json, "paused_until"));
	assert_int_equal(rig_ask(rig, post_resume, "r-1061", NULL, WHY), 409);
}

TEST(test_stop)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);
	int64_t due = add_row(rig, "due"), deferred = add_row(rig, "deferred");
	int64_t gone = add_row(rig, "gone");
	struct person person;

	assert_int_equal(outbox_defer(rig->db, deferred, HF_NEVER, "x", now), 0);
	assert_int_equal(outbox_claim(rig->db, gone, "primary", "t", 1, now), 0);
	assert_int_equal(rig_ask(rig, post_stop, "r-1042", NULL, WHY), 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "stopped");
	assert_string_equal(json_text(rig->reply.json, "consent"), "withdrawn");
	expect_row(rig, due, OUTBOX_CANCELLED, "stopped by staff");
	expect_row(rig, deferred, OUTBOX_CANCELLED, "stopped by staff");
	expect_row(rig, gone, OUTBOX_CLAIMED, "");
	assert_int_equal(people_get(rig->db, "r-1042", &person), 0);
	assert_int_equal(person.consent, CONSENT_WITHDRAWN);
	assert_true(person.by_staff);
	rig_expect_act(rig, "stop", "", "Jordan asked for it");

	/* Again: she may have asked again. */
	assert_int_equal(rig_ask(rig, post_stop, "r-1042", NULL, WHY), 200);
	assert_int_equal(rig_audited(rig, "stop"), 2);
	assert_int_equal(rig_ask(rig, post_resume, "r-1042", NULL, WHY), 409);
}

/* The state of her welcome, which the rig has planned. */
static enum outbox_state welcome_state(struct rig *rig)
{
	int64_t state = -1;

	assert_int_equal(db_one_int(rig->db, -1, &state,
				    "SELECT state FROM outbox WHERE client = 'r-1042' AND kind = 0",
				    ""),
			 0);
	return (enum outbox_state)state;
}

/* Or nothing would ever go out to her again, whatever she consents to later. */
TEST(test_the_first_text_waits_for_another_consent)
{
	struct rig *rig = *state;

	assert_int_equal(rig_ask(rig, post_stop, "r-1042", NULL, WHY), 200);
	assert_int_equal(engine_run(rig->engine, clock_now(&rig->clock)), 0);
	assert_true(welcome_state(rig) == OUTBOX_DUE || welcome_state(rig) == OUTBOX_DEFERRED);
}

TEST(test_refuses_what_makes_no_sense)
{
	static route_answer *const routes[] = { post_pause, post_resume, post_stop };
	static const char *const bodies[] = {
		"", "{", "[]", "{}", "{\"why\":\"\"}", "{\"why\":7}", "{\"why\":\"a\\u0007\"}"
	};
	static const char *const untils[] = { "{\"why\":\"w\",\"until\":\"tomorrow\"}",
					      "{\"why\":\"w\",\"until\":\"2026-11-31\"}",
					      "{\"why\":\"w\",\"until\":\"\"}",
					      "{\"why\":\"w\",\"until\":20261201}" };
	struct rig *rig = *state;

	for (size_t i = 0; i < COUNT(routes); i++) {
		for (size_t k = 0; k < COUNT(bodies); k++) {
			assert_int_equal(rig_ask(rig, routes[i], "r-1042", NULL, bodies[k]), 400);
		}
		assert_int_equal(rig_ask(rig, routes[i], "r-1042", NULL, NULL), 400);
		assert_int_equal(rig_ask(rig, routes[i], "nobody", NULL, WHY), 404);
	}
	for (size_t i = 0; i < COUNT(untils); i++) {
		assert_int_equal(rig_ask(rig, post_pause, "r-1042", NULL, untils[i]), 400);
	}
	assert_int_equal(rig_audited(rig, NULL), 0);
	assert_int_equal(rig->changes, 0);
}

static int ask_quietly(struct rig *rig, route_answer *route)
{
	struct request request = { .body = WHY, .body_size = strlen(WHY), .id = "r-1042" };

	reply_done(&rig->reply);
	return route(&rig->host, &request, &rig->reply);
}

/* What cannot be recorded is not done. */
TEST(test_all_or_nothing)
{
	struct rig *rig = *state;
	int64_t id = add_row(rig, "own"), pauses = -1;
	struct person person;

	assert_int_equal(db_run(rig->db,
				"CREATE TRIGGER broken BEFORE INSERT ON audit"
				" BEGIN SELECT RAISE(ABORT, 'broken'); END",
				""),
			 0);
	assert_int_equal(ask_quietly(rig, post_pause), -EINVAL);
	assert_int_equal(ask_quietly(rig, post_stop), -EINVAL);
	assert_int_equal(db_one_int(rig->db, 0, &pauses, "SELECT count(*) FROM pauses", ""), 0);
	assert_int_equal(pauses, 0);
	expect_row(rig, id, OUTBOX_DUE, "");
	assert_int_equal(people_get(rig->db, "r-1042", &person), 0);
	assert_int_equal(person.consent, CONSENT_GIVEN);
	assert_int_equal(rig->changes, 0);
}
