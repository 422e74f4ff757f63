/* Consent by the hand of staff, and a setback: what each changes, and its line in the audit. */
#include "test.h"
#include "staff_rig.h"

#include "store/cases.h"
#include "store/checkins.h"
#include "store/people.h"
#include "staff/routes.h"

#define GIVEN     "{\"given\":true,\"how\":\"paper\",\"why\":\"signed today\"}"
#define WITHDRAWN "{\"withdrawn\":true,\"source\":\"voicemail\",\"why\":\"she called\"}"

static struct person person(struct rig *rig)
{
	struct person found;

	assert_int_equal(people_get(rig->db, "r-1042", &found), 0);
	return found;
}

/* A text that waits, and a question that is open. */
static int64_t add_open(struct rig *rig)
{
	hf_time now = clock_now(&rig->clock);
	const struct outbox_message row = { .client = "r-1042",
					    .kind = KIND_NOTE,
					    .reminder = "own",
					    .occurrence = now,
					    .due = now + HF_HOUR,
					    .expires = HF_NEVER,
					    .priority = OUTBOX_AUTOMATIC,
					    .message = "coping_walk" };
	const struct checkin checkin = { .message = 99,
					 .client = "r-1042",
					 .reminder = "checkin",
					 .answers = "how_are_you",
					 .asked = now,
					 .nudge_at = HF_NEVER,
					 .silent_at = HF_NEVER };
	int64_t id;

	assert_int_equal(outbox_add(rig->db, &row, now, &id), 0);
	assert_int_equal(checkins_ask(rig->db, &checkin), 0);
	return id;
}

static enum checkin_state checkin_state(struct rig *rig)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct checkin checkin;

	assert_int_equal(checkins_list(rig->db, "r-1042", 1, &rows), 0);
	assert_true(db_next(&rows));
	checkins_read(&rows, &checkin);
	return checkin.state;
}

static void expect_cancelled(struct rig *rig, int64_t id, const char *reason)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(rig->db, id, &rows), 0);
	outbox_read(&rows, &row);
	assert_int_equal(row.state, OUTBOX_CANCELLED);
	assert_string_equal(row.reason, reason);
}

FIXTURE(rig_setup, rig_teardown);

/* She said so on the telephone: it is hers to take back, by START. */
TEST(test_withdrawn_by_voicemail)
{
	struct rig *rig = *state;
	int64_t id = add_open(rig);

	assert_int_equal(rig_ask(rig, post_consent, "r-1042", NULL, WITHDRAWN), 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "stopped");
	assert_int_equal(person(rig).consent, CONSENT_WITHDRAWN);
	assert_false(person(rig).by_staff);
	expect_cancelled(rig, id, "stopped by the client");
	assert_int_equal(checkin_state(rig), CHECKIN_PASSED);
	rig_expect_act(rig, "consent", "withdrawn: voicemail", "she called");
	assert_int_equal(rig->changes, 1);
}

TEST(test_given_after_a_stop)
{
	struct rig *rig = *state;
	hf_time now = clock_now(&rig->clock);

	assert_int_equal(people_consent(rig->db, "r-1042", "", CONSENT_WITHDRAWN, now, "reply",
					"client", now),
			 0);
	clock_init_told(&rig->clock, now + HF_HOUR, 0);
	assert_int_equal(
		rig_ask(rig, post_consent, "r-1042", NULL, "{\"given\":true,\"why\":\"w\"}"), 400);
	assert_int_equal(
		rig_ask(rig, post_consent, "r-1042", NULL, "{\"given\":true,\"how\":\"paper\"}"),
		400);
	assert_int_equal(person(rig).consent, CONSENT_WITHDRAWN);
	assert_int_equal(rig_ask(rig, post_consent, "r-1042", NULL, GIVEN), 200);
	assert_string_equal(json_text(rig->reply.json, "state"), "active");
	rig_expect_act(rig, "consent", "given: paper", "signed today");
}

TEST(test_refuses_what_makes_no_sense)
{
	static const char *const bodies[] = {
		"",
		"{\"why\":\"w\"}",
		"{\"why\":\"w\",\"given\":true,\"withdrawn\":true,\"how\":\"paper\"}",
		"{\"why\":\"w\",\"given\":true,\"how\":\"\"}",
		"{\"why\":\"w\",\"given\":true,\"how\":\"config\"}",
		"{\"why\":\"w\",\"given\":true,\"how\":\"Reply\"}",
		"{\"why\":\"w\",\"given\":true,\"how\":\"a\\nb\"}",
		"{\"why\":\"w\",\"withdrawn\":true,\"how\":\"paper\"}",
		"{\"why\":\"w\",\"withdrawn\":true,\"source\":\"staff\"}",
	};
	struct rig *rig = *state;
	char body[100];

	for (size_t i = 0; i < COUNT(bodies); i++) {
		assert_int_equal(rig_ask(rig, post_consent, "r-1042", NULL, bodies[i]), 400);
	}
	(void)snprintf(body, sizeof(body), "{\"why\":\"w\",\"given\":true,\"how\":\"%041d\"}", 1);
	assert_int_equal(rig_ask(rig, post_consent, "r-1042", NULL, body), 400);
	assert_int_equal(rig_ask(rig, post_consent, "nobody", NULL, GIVEN), 404);
	assert_int_equal(rig->changes, 0);
}

TEST(test_setback)
{
	struct rig *rig = *state;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct situation situation;
	struct case_row row;

	(void)add_open(rig);
	assert_int_equal(rig_ask(rig, post_setback, "r-1042", NULL, "{}"), 400);
	assert_int_equal(rig_ask(rig, post_setback, "r-1042", NULL, "{\"why\":\"she told me\"}"),
			 200);
	rig_expect_act(rig, "setback", "", "she told me");
	assert_int_equal(situation_get(rig->db, "r-1042", &situation), 0);
	assert_true(situation.setback == clock_now(&rig->clock));
	assert_int_equal(checkin_state(rig), CHECKIN_PASSED);
	assert_int_equal(cases_list(rig->db, "r-1042", true, 5, &rows), 0);
	assert_true(db_next(&rows));
	cases_read(&rows, &row);
	assert_int_equal(row.reason, CASE_SETBACK);
	assert_int_equal(rig_ask(rig, post_setback, "nobody", NULL, "{\"why\":\"w\"}"), 404);
	assert_int_equal(rig->changes, 1);
}

/* By hand or by a command, nobody waits for an answer any more. */
TEST(test_a_pause_passes_questions_over)
{
	struct rig *rig = *state;

	(void)add_open(rig);
	assert_int_equal(rig_ask(rig, post_pause, "r-1042", NULL, "{\"why\":\"w\"}"), 200);
	assert_int_equal(checkin_state(rig), CHECKIN_PASSED);
}
