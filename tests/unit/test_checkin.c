/* Rounds: asked, nudged, silent; whom nobody waits for; answers, late ones too; unclear ones. */
#include "test.h"
#include "store/pauses.h"
#include "engine/checkin.h"
#include "inbound_rig.h"

#define NUDGED_AT (NOON + 6 * HF_HOUR)
#define SILENT_AT (NOON + HF_DAY)

static int64_t check_in(struct rig *rig, const char *client, hf_time when)
{
	const struct outbox_message row = { .client = client,
					    .kind = KIND_CHECK_IN,
					    .reminder = "checkin",
					    .occurrence = when,
					    .due = when,
					    .expires = HF_NEVER,
					    .priority = OUTBOX_AUTOMATIC };
	struct outbox_message asked = row;

	assert_int_equal(outbox_add(rig->ctx.db, &row, when, &asked.id), 0);
	assert_int_equal(outbox_claim(rig->ctx.db, asked.id, "primary", "Hello", 1, when), 0);
	assert_int_equal(outbox_accept(rig->ctx.db, asked.id, "", when), 0);
	assert_int_equal(checkin_asked(at(rig, when), &asked), 0);
	return asked.id;
}

static void run(struct rig *rig, hf_time now)
{
	for (int again = 0; again < 2; again++) {
		assert_int_equal(checkin_run(at(rig, now)), 0);
	}
}

static hf_time next(struct rig *rig)
{
	hf_time when = 0;

	assert_int_equal(checkin_next(&rig->ctx, &when), 0);
	return when;
}

static void expect_checkin(struct rig *rig, int64_t message, enum checkin_state expected)
{
	enum checkin_state checkin = CHECKIN_PASSED;

	assert_int_equal(checkins_state(rig->ctx.db, message, &checkin), 0);
	assert_string_equal(checkin_state_words[checkin], checkin_state_words[expected]);
}

static int nudges(struct rig *rig, hf_time *ret_expires)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int count = 0;

	assert_int_equal(outbox_list(rig->ctx.db, "r-1042", OUTBOX_DUE, 0, 100, &rows), 0);
	while (db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		assert_int_equal(row.kind, KIND_NUDGE);
		assert_string_equal(row.message, "nudge");
		*ret_expires = row.expires;
		count++;
	}
	return count;
}

FIXTURE(set_up, tear_down);

TEST(test_asked_nudged_silent)
{
	struct rig *rig = *state;
	int64_t message = check_in(rig, "r-1042", NOON);
	hf_time expires = 0;

	assert_true(next(rig) == NUDGED_AT);
	run(rig, NUDGED_AT - 1);
	expect_checkin(rig, message, CHECKIN_ASKED);
	assert_int_equal(nudges(rig, &expires), 0);
	run(rig, NUDGED_AT);
	expect_checkin(rig, message, CHECKIN_NUDGED);
	assert_int_equal(nudges(rig, &expires), 1);
	assert_true(expires == SILENT_AT && next(rig) == SILENT_AT);
	run(rig, SILENT_AT - 1);
	expect_cases(rig, "r-1042", "");
	run(rig, SILENT_AT);
	expect_checkin(rig, message, CHECKIN_SILENT);
	expect_cases(rig, "r-1042", "silent routine");
	assert_true(next(rig) == HF_NEVER);
}

/* The machine was off meanwhile: it is too late to ask once more. */
TEST(test_silent_at_once)
{
	struct rig *rig = *state;
	int64_t message = check_in(rig, "r-1042", NOON);
	hf_time expires;

	run(rig, SILENT_AT + HF_DAY);
	expect_checkin(rig, message, CHECKIN_SILENT);
	assert_int_equal(nudges(rig, &expires), 0);
}

/* Urgent at the second silence while she is new, at the third later on. */
TEST(test_urgency)
{
	struct rig *rig = *state;
	struct {
		const char *client;
		int urgent_at;
	} clients[] = { { "r-1057", 2 }, { "r-1042", 3 } };

	assert_int_equal(
		people_consent(rig->ctx.db, "r-1057", "", CONSENT_GIVEN, 1, "config", "x", 1), 0);
	for (int round = 1; round <= 3; round++) {
		hf_time asked = NOON + 2 * HF_DAY * round;

		for (size_t i = 0; i < COUNT(clients); i++) {
			(void)check_in(rig, clients[i].client, asked);
		}
		run(rig, asked + HF_DAY);
		for (size_t i = 0; i < COUNT(clients); i++) {
			expect_cases(rig, clients[i].client,
				     round >= clients[i].urgent_at ? "silent urgent"
								   : "silent routine");
		}
	}
}

static void stop(struct rig *rig)
{
	assert_int_equal(people_consent(rig->ctx.db, "r-1042", JORDAN, CONSENT_WITHDRAWN, NOON + 1,
					"reply", "r-1042", NOON + 1),
			 0);
}

static void pause_her(struct rig *rig)
{
	const struct staff_pause pause = { .at = NOON + 1, .by = "x", .why = "x" };

	assert_int_equal(pauses_begin(rig->ctx.db, "r-1042", &pause), 0);
}

static void talk(struct rig *rig)
{
	const struct situation situation = { .talking = SILENT_AT + HF_DAY };

	assert_int_equal(situation_set(rig->ctx.db, "r-1042", &situation), 0);
}

static void suspend(struct rig *rig)
{
	const struct situation situation = { .suspended = NOON, .phone = JORDAN };

	assert_int_equal(situation_set(rig->ctx.db, "r-1042", &situation), 0);
}

static void remove_her(struct rig *rig)
{
	rig->model->client_count = 0;
}

TEST(test_nobody_waits, NULL, NULL)
{
	static void (*const reasons[])(struct rig *) = { stop, pause_her, talk, suspend,
							 remove_her };
	hf_time expires;

	for (size_t i = 0; i < 2 * COUNT(reasons); i++) {
		struct rig *rig = NULL;
		size_t count;
		int64_t message;

		assert_int_equal(set_up((void **)&rig), 0);
		count = rig->model->client_count;
		message = check_in(rig, "r-1042", NOON);
		reasons[i / 2](rig);
		run(rig, i % 2 ? SILENT_AT : NUDGED_AT);
		expect_checkin(rig, message, CHECKIN_PASSED);
		assert_int_equal(nudges(rig, &expires), 0);
		expect_cases(rig, "r-1042", "");
		rig->model->client_count = count;
		assert_int_equal(tear_down((void **)&rig), 0);
	}
}

TEST(test_not_delivered)
{
	struct rig *rig = *state;
	int64_t message = check_in(rig, "r-1042", NOON);

	assert_int_equal(outbox_settle(rig->ctx.db, message, OUTBOX_UNDELIVERED, "x", NOON), 0);
	run(rig, SILENT_AT);
	expect_checkin(rig, message, CHECKIN_LOST);
	expect_cases(rig, "r-1042", "undeliverable routine");
}

/* --- answers ----------------------------------------------------------------------- */

static struct checkin_question question(struct rig *rig, hf_time now)
{
	struct checkin_question question;

	assert_int_equal(
		checkin_question(at(rig, now), model_client(rig->model, "r-1042"), &question), 0);
	return question;
}

/* The nth line of the table; what she is told. */
static const char *answer(struct rig *rig, size_t nth, hf_time now)
{
	const struct checkin_question asked = question(rig, now);
	const char *message = NULL;

	assert_non_null(asked.table);
	assert_int_equal(checkin_answer(at(rig, now), model_client(rig->model, "r-1042"), &asked,
					&asked.table->answers[nth], &message),
			 0);
	return message;
}

TEST(test_answers)
{
	struct rig *rig = *state;
	int64_t message = check_in(rig, "r-1042", NOON);

	assert_true(question(rig, NOON).open);
	assert_string_equal(answer(rig, 0, NOON + 1), "answer_well");
	expect_checkin(rig, message, CHECKIN_ANSWERED);
	expect_cases(rig, "r-1042", "");
	assert_false(question(rig, NOON).open);
	/* She thinks again. */
	assert_string_equal(answer(rig, 2, NOON + 2), "answer_need");
	expect_cases(rig, "r-1042", "need urgent");
	run(rig, SILENT_AT);
	assert_true(next(rig) == HF_NEVER);
}

TEST(test_late)
{
	struct rig *rig = *state;

	(void)check_in(rig, "r-1042", NOON);
	run(rig, SILENT_AT);
	expect_cases(rig, "r-1042", "silent routine");
	assert_false(question(rig, SILENT_AT).open);
	(void)answer(rig, 1, NOON + CHECKIN_LATEST);
	expect_cases(rig, "r-1042", "");
	assert_null(question(rig, NOON + CHECKIN_LATEST + 1).table);
}

/* Whoever writes is not silent, and her answer may still come. */
TEST(test_written)
{
	struct rig *rig = *state;
	const struct client *client = model_client(rig->model, "r-1042");
	int64_t message = check_in(rig, "r-1042", NOON);

	for (int nth = 0; nth < 3; nth++) {
		const struct checkin_question asked = question(rig, NOON);

		assert_int_equal(asked.unclear, nth);
		assert_int_equal(checkin_written(at(rig, NOON), client, &asked), 0);
		expect_checkin(rig, message, CHECKIN_ASKED);
	}
	run(rig, SILENT_AT);
	expect_checkin(rig, message, CHECKIN_ASKED);
	expect_cases(rig, "r-1042", "");
}

TEST(test_written_after_silence)
{
	struct rig *rig = *state;
	const struct client *client = model_client(rig->model, "r-1042");
	struct checkin_question asked;

	(void)check_in(rig, "r-1042", NOON);
	run(rig, SILENT_AT);
	expect_cases(rig, "r-1042", "silent routine");
	asked = question(rig, SILENT_AT);
	assert_int_equal(checkin_written(at(rig, SILENT_AT), client, &asked), 0);
	expect_cases(rig, "r-1042", "");
}

/* Another kind, no table, a reminder that is gone, nobody's: nothing is waited for. */
TEST(test_no_round)
{
	struct rig *rig = *state;
	const struct outbox_message rows[] = {
		{ .id = 1, .client = "r-1042", .kind = KIND_COPING, .reminder = "coping" },
		{ .id = 2, .client = "r-1042", .kind = KIND_CHECK_IN, .reminder = "coping" },
		{ .id = 3, .client = "r-1042", .kind = KIND_CHECK_IN, .reminder = "gone" },
		{ .id = 4, .client = "r-9999", .kind = KIND_CHECK_IN, .reminder = "checkin" },
		{ .id = 5, .client = "@mreyes", .kind = KIND_ALERT, .reminder = "alert" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(checkin_asked(at(rig, NOON), &rows[i]), 0);
	}
	assert_true(next(rig) == HF_NEVER);
	assert_int_equal(question(rig, NOON).message, 0);
}
