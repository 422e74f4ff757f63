/* What is older than `keep.messages` is forgotten; what counts for ever is not. */
#include "test.h"
#include "inbound_rig.h"

#include "store/retention.h"
#include "store/store.h"
#include "store/webhooks.h"

#define AGES_AGO (NOON - 91 * HF_DAY) /* the example keeps 90 */

static int64_t add(struct rig *rig, enum kind kind, hf_time due, enum outbox_state state)
{
	const struct outbox_message row = { .client = "r-1042",
					    .kind = kind,
					    .reminder = "x",
					    .lead = "",
					    .occurrence = due + kind,
					    .due = due,
					    .expires = HF_NEVER,
					    .priority = OUTBOX_AUTOMATIC,
					    .next_try = due };
	struct db *db = rig->ctx.db;
	int64_t id;

	assert_int_equal(outbox_add(db, &row, due, &id), 0);
	if (state == OUTBOX_ACCEPTED) {
		assert_int_equal(outbox_claim(db, id, "primary", "words", 1, due), 0);
		assert_int_equal(outbox_accept(db, id, "SM", due), 0);
	} else if (state != OUTBOX_DUE) {
		assert_int_equal(outbox_settle(db, id, state, "too late", due), 0);
	}
	return id;
}

static void keep_webhook(struct rig *rig, hf_time at)
{
	const struct wire_webhook webhook = { .why = "no rule", .content = "x" };

	assert_int_equal(webhooks_keep(rig->ctx.db, "primary", &webhook, at), 0);
}

static int64_t number(struct rig *rig, const char *sql)
{
	int64_t count = -1;

	assert_int_equal(db_one_int(rig->ctx.db, -1, &count, sql, ""), 0);
	return count;
}

static void run(struct rig *rig, hf_time now)
{
	assert_int_equal(store_set_cursor(rig->ctx.db, now), 0);
	const struct span *keep = &rig->ctx.model->keep.messages;

	assert_int_equal(retention_run(rig->ctx.db, keep->days * HF_DAY + keep->elapsed, now), 0);
}

FIXTURE(set_up, tear_down);

TEST(test_old_texts)
{
	struct rig *rig = *state;
	int64_t welcome = add(rig, KIND_WELCOME, AGES_AGO, OUTBOX_ACCEPTED), waiting;

	(void)add(rig, KIND_NOTE, AGES_AGO, OUTBOX_ACCEPTED);
	(void)add(rig, KIND_COPING, AGES_AGO, OUTBOX_EXPIRED);
	waiting = add(rig, KIND_SPONSOR, AGES_AGO, OUTBOX_DUE);
	(void)add(rig, KIND_NOTE, NOON, OUTBOX_ACCEPTED);
	writes(rig, STRANGER, "hello", AGES_AGO);
	writes(rig, STRANGER, "hello again", NOON);
	keep_webhook(rig, AGES_AGO);
	keep_webhook(rig, NOON);
	ask(rig, 77, AGES_AGO);
	assert_int_equal(checkins_answer(rig->ctx.db, 77, MEANING_WELL, AGES_AGO), 0);

	run(rig, NOON);
	assert_int_equal(number(rig, "SELECT count(*) FROM outbox WHERE kind = 7"), 1);
	assert_int_equal(number(rig, "SELECT count(*) FROM outbox WHERE kind = 2"), 0);
	assert_int_equal(number(rig, "SELECT count(*) FROM inbox"), 1);
	assert_int_equal(number(rig, "SELECT count(*) FROM webhooks"), 1);
	assert_int_equal(number(rig, "SELECT count(*) FROM checkins"), 0);
	assert_int_equal(number(rig, "SELECT count(*) FROM history WHERE message NOT IN"
				     " (SELECT id FROM outbox)"),
			 0);
	/* That she was welcomed stays, the words do not; what waits is not touched. */
	assert_int_equal(number(rig, "SELECT text IS NULL FROM outbox WHERE kind = 0"), 1);
	assert_int_equal(number(rig, "SELECT id FROM outbox WHERE kind = 0"), welcome);
	assert_int_equal(number(rig, "SELECT id FROM outbox WHERE kind = 3"), waiting);
	assert_int_equal(number(rig, "SELECT count(*) FROM consent"), 1);
	expect_cases(rig, "?1", "unknown number routine");
}

/* Older than that, and not as old; of a first text the words go. */
TEST(test_just_as_old)
{
	struct rig *rig = *state;
	hf_time limit = NOON - 90 * HF_DAY;

	(void)add(rig, KIND_WELCOME, limit, OUTBOX_ACCEPTED);
	(void)add(rig, KIND_NOTE, limit, OUTBOX_EXPIRED);
	writes(rig, STRANGER, "hello", limit);
	keep_webhook(rig, limit);
	ask(rig, 77, limit);
	assert_int_equal(checkins_answer(rig->ctx.db, 77, MEANING_WELL, limit), 0);
	run(rig, NOON);
	assert_int_equal(number(rig, "SELECT text IS NULL FROM outbox WHERE kind = 0"), 0);
	assert_int_equal(number(rig, "SELECT count(*) FROM outbox WHERE kind = 7"), 1);
	assert_int_equal(number(rig, "SELECT count(*) FROM inbox"), 1);
	assert_int_equal(number(rig, "SELECT count(*) FROM webhooks"), 1);
	assert_int_equal(number(rig, "SELECT count(*) FROM checkins"), 1);
	run(rig, NOON + HF_DAY);
	assert_int_equal(number(rig, "SELECT text IS NULL FROM outbox WHERE kind = 0"), 1);
	assert_int_equal(number(rig, "SELECT count(*) FROM outbox WHERE kind = 7"), 0);
	assert_int_equal(number(rig, "SELECT count(*) FROM inbox"), 0);
	assert_int_equal(number(rig, "SELECT count(*) FROM webhooks"), 0);
	assert_int_equal(number(rig, "SELECT count(*) FROM checkins"), 0);
}

/* A clock that leaps by years makes everything old, and what is deleted does not come back. */
TEST(test_a_clock_that_leaps)
{
	struct rig *rig = *state;
	const hf_time leap = NOON + 3650 * HF_DAY;

	(void)add(rig, KIND_NOTE, NOON, OUTBOX_ACCEPTED);
	run(rig, NOON);
	assert_int_equal(retention_run(rig->ctx.db, 90 * HF_DAY, leap), 0);
	assert_int_equal(number(rig, "SELECT count(*) FROM outbox"), 1);
	run(rig, leap);
	assert_int_equal(number(rig, "SELECT count(*) FROM outbox"), 0);
}

/* Once a day, and a lot of it in several steps. */
TEST(test_a_day)
{
	struct rig *rig = *state;

	run(rig, NOON);
	for (hf_time i = 0; i <= RETENTION_MOST; i++) {
		(void)add(rig, KIND_NOTE, AGES_AGO + i * HF_SECOND, OUTBOX_EXPIRED);
	}
	run(rig, NOON + HF_HOUR);
	assert_int_equal(number(rig, "SELECT count(*) FROM outbox"), RETENTION_MOST + 1);
	run(rig, NOON + HF_DAY);
	assert_int_equal(number(rig, "SELECT count(*) FROM outbox"), 1);
	run(rig, NOON + HF_DAY);
	assert_int_equal(number(rig, "SELECT count(*) FROM outbox"), 0);
}
