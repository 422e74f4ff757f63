/* What is known after a crash, a lost answer, a lost courier; and a gateway that fails. */
#include <stdlib.h>
#include <unistd.h>

#include "test.h"
#include "stage.h"

static char directory[32];

/* One text handed over, then holdfastd ends and starts again. */
static int64_t crash(void)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE);

	stage_connect(&stage, "one", false, 5);
	stage_run(&stage);
	assert_int_equal(stage.count, 1);
	assert_int_equal(stage_restart(&stage), 0);
	stage_expect(&stage, id, OUTBOX_UNKNOWN, 1, "holdfastd was restarted");
	return id;
}

FIXTURE(set_up, tear_down);

TEST(test_restart_with_a_key)
{
	int64_t id = crash();

	stage_connect(&stage, "one", true, 0);
	stage_run(&stage);
	/* Without credit the courier may still have something to say. */
	assert_int_equal(stage.count, 1);
	stage_expect(&stage, id, OUTBOX_UNKNOWN, 1, "holdfastd was restarted");
	stage_say(&stage, "one", NULL, 0, 5);
	stage_run(&stage);
	assert_int_equal(stage.count, 2);
	assert_int_equal(stage.carried[1].attempt, 2);
	assert_string_equal(stage.carried[1].key, stage.carried[0].key);
	assert_string_equal(stage.carried[1].body, stage.carried[0].body);
	stage_run(&stage);
	assert_int_equal(stage.count, 2);
}

TEST(test_restart_and_hold)
{
	int64_t id = crash();

	stage_connect(&stage, "one", false, 5);
	stage_connect(&stage, "two", true, 5);
	for (int day = 0; day < 3; day++) {
		stage_run(&stage);
		stage.now += HF_DAY;
	}
	assert_int_equal(stage.count, 1);
	stage_expect(&stage, id, OUTBOX_UNKNOWN, 1, "holdfastd was restarted");
}

TEST(test_restart_and_resend)
{
	int64_t id = crash();

	stage.model.texting.on_unknown = ON_UNKNOWN_RESEND;
	stage_connect(&stage, "two", false, 5);
	stage_run(&stage);
	assert_int_equal(stage.count, 1);
	stage_connect(&stage, "one", false, 5);
	stage_run(&stage);
	assert_int_equal(stage.count, 2);
	assert_string_equal(stage.carried[1].gateway, "one");
	assert_string_equal(stage.carried[1].key, stage.carried[0].key);
	stage_expect(&stage, id, OUTBOX_CLAIMED, 2, NULL);
}

/* What the courier still held is said before its first credit, and settles. */
TEST(test_the_courier_remembers)
{
	int64_t id = crash();

	stage_connect(&stage, "one", true, 0);
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 5);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_ACCEPTED, 1, NULL);
	assert_int_equal(stage.count, 1);
}

TEST(test_a_late_acceptance_stops_a_retry)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE);

	stage_connect(&stage, "one", true, 5);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_UNKNOWN, 1);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_DUE, 1, "test");
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 0);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_ACCEPTED, 1, NULL);
	stage.now += HF_HOUR;
	stage_run(&stage);
	assert_int_equal(stage.count, 1);
}

TEST(test_a_lost_answer)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE);

	stage_connect(&stage, "one", false, 5);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_UNKNOWN, 1);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_UNKNOWN, 1, "test");
	assert_true(stage_next(&stage) == HF_NEVER);
	/* The same answer once more, and then a better one. */
	stage_answer(&stage, 0, OUTCOME_UNKNOWN, 0);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_UNKNOWN, 1, "test");
	stage_answer(&stage, 0, OUTCOME_UNSENT, 0);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_DUE, 1, "test");
}

TEST(test_a_lost_answer_with_a_key)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE), other;
	hf_time next;

	stage_connect(&stage, "one", true, 5);
	stage_connect(&stage, "two", true, 5);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_UNKNOWN, 1);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_DUE, 1, "test");
	next = stage_next(&stage);
	assert_true(next >= stage.now + 12 * HF_SECOND && next <= stage.now + 18 * HF_SECOND);

	/* Its gateway goes away for long: the other takes what is new, never this one. */
	stage_gone(&stage, "one");
	stage.now += 10 * HF_MINUTE;
	other = stage_add(&stage, 1, KIND_NOTE);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_DEFERRED, 1, "waits for its gateway");
	stage_expect(&stage, other, OUTBOX_CLAIMED, 1, NULL);
	assert_int_equal(stage.count, 2);

	stage_connect(&stage, "one", true, 5);
	stage_run(&stage);
	assert_int_equal(stage.count, 3);
	assert_string_equal(stage.carried[2].gateway, "one");
	assert_string_equal(stage.carried[2].key, stage.carried[0].key);
	assert_int_equal(stage.carried[2].attempt, 2);
}

TEST(test_the_courier_is_gone)
{
	int64_t answered = stage_add(&stage, 0, KIND_NOTE), lost = stage_add(&stage, 1, KIND_NOTE);

	stage_connect(&stage, "one", false, 5);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 1);
	stage_gone(&stage, "one");
	stage_expect(&stage, answered, OUTBOX_ACCEPTED, 1, NULL);
	stage_expect(&stage, lost, OUTBOX_UNKNOWN, 1, "the courier is gone");
	stage_connect(&stage, "one", false, 5);
	stage_run(&stage);
	assert_int_equal(stage.count, 2);
}

/* A courier that cannot be reached after the commit: nothing is sent twice on the strength of it.
 */
TEST(test_nobody_takes_the_batch)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE);

	stage.carry_answer = -EPIPE;
	stage_connect(&stage, "one", false, 5);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_CLAIMED, 1, NULL);
	stage_gone(&stage, "one");
	stage_expect(&stage, id, OUTBOX_UNKNOWN, 1, "the courier is gone");
}

TEST(test_breaker)
{
	hf_time next;

	for (int i = 0; i < 12; i++) {
		(void)stage_add(&stage, i, KIND_NOTE);
	}
	stage_connect(&stage, "one", false, 5);
	stage_run(&stage);
	assert_int_equal(stage.count, 5);
	for (int i = 0; i < 5; i++) {
		stage_answer(&stage, i, OUTCOME_UNSENT, 1);
	}
	stage_run(&stage);
	assert_int_equal(stage.count, 5);
	next = stage_next(&stage);
	assert_true(next == stage.now + 30 * HF_SECOND);

	for (int probe = 5; probe < 8; probe++) {
		stage.now = stage_next(&stage);
		stage_run(&stage);
		assert_int_equal(stage.count, probe + 1);
		stage_run(&stage);
		assert_int_equal(stage.count, probe + 1);
		stage_answer(&stage, probe, OUTCOME_UNSENT, 1);
		stage_run(&stage);
		assert_int_equal(stage.count, probe + 1);
	}
	stage.now = stage_next(&stage);
	stage_run(&stage);
	stage_answer(&stage, 8, OUTCOME_ACCEPTED, 1);
	stage_run(&stage);
	assert_int_equal(stage.count, 14);
}

static int open_on_disk(void **state)
{
	struct db *db;

	(void)state;
	(void)snprintf(directory, sizeof(directory), "/tmp/holdfast-XXXXXX");
	if (!mkdtemp(directory) || store_open(directory, &db) != 0) {
		return -1;
	}
	return stage_open_at(&stage, db);
}

static int close_on_disk(void **state)
{
	static const char *const names[] = { "", "-wal", "-shm", ".lock" };
	char path[64];

	(void)state;
	stage_close(&stage);
	for (size_t i = 0; i < COUNT(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/holdfast.db%s", directory, names[i]);
		(void)unlink(path);
	}
	return rmdir(directory);
}

/* The claim is on the disk before the courier has it; the answer that was read and not settled is
 * as lost as one that never came. */
TEST(test_the_disk_knows, open_on_disk, close_on_disk)
{
	int64_t id = stage_add(&stage, 0, KIND_NOTE);

	stage_connect(&stage, "one", true, 5);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 1);
	stage.dispatch = dispatch_free(stage.dispatch);
	stage.db = db_close(stage.db);

	assert_int_equal(store_open(directory, &stage.db), 0);
	stage_expect(&stage, id, OUTBOX_CLAIMED, 1, NULL);
	assert_int_equal(stage_restart(&stage), 0);
	stage_connect(&stage, "one", true, 5);
	stage_run(&stage);
	assert_int_equal(stage.count, 2);
	assert_string_equal(stage.carried[1].key, stage.carried[0].key);
	stage_answer(&stage, 1, OUTCOME_ACCEPTED, 1);
	stage_run(&stage);
	stage_expect(&stage, id, OUTBOX_ACCEPTED, 2, NULL);
}

/* A round that cannot be committed hands nothing over, keeps the credit and the answers. */
TEST(test_no_commit_no_courier)
{
	int64_t first = stage_add(&stage, 0, KIND_NOTE), second;
	struct engine_context ctx;

	stage_connect(&stage, "one", false, 1);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 1);
	second = stage_add(&stage, 1, KIND_NOTE);
	assert_int_equal(db_run(stage.db,
				"CREATE TRIGGER broken BEFORE INSERT ON history"
				" WHEN NEW.state = 'claimed'"
				" BEGIN SELECT RAISE(ABORT, 'broken'); END",
				""),
			 0);
	ctx = stage_context(&stage);
	assert_true(dispatch_run(stage.dispatch, &ctx) < 0);
	assert_int_equal(stage.count, 1);
	stage_expect(&stage, first, OUTBOX_CLAIMED, 1, NULL);
	assert_int_equal(db_run(stage.db, "DROP TRIGGER broken", ""), 0);
	assert_true(stage_next(&stage) == stage.now);
	stage_run(&stage);
	assert_int_equal(stage.count, 2);
	stage_expect(&stage, first, OUTBOX_ACCEPTED, 1, NULL);
	stage_expect(&stage, second, OUTBOX_CLAIMED, 1, NULL);
}

/* A clock that is not believed: what is under way is settled, and nothing else is done. */
TEST(test_held)
{
	int64_t under_way = stage_add(&stage, 0, KIND_NOTE), later;

	stage_connect(&stage, "one", false, 5);
	stage_run(&stage);
	dispatch_hold(stage.dispatch, true);
	later = stage_add(&stage, 1, KIND_NOTE);
	assert_true(stage_next(&stage) == HF_NEVER);
	stage_answer(&stage, 0, OUTCOME_ACCEPTED, 1);
	assert_true(stage_next(&stage) == stage.now);
	stage_run(&stage);
	stage_expect(&stage, under_way, OUTBOX_ACCEPTED, 1, NULL);
	stage_expect(&stage, later, OUTBOX_DUE, 0, NULL);

	/* A courier that comes meanwhile waits like all others, and nobody turns in a circle. */
	stage_connect(&stage, "two", true, 5);
	assert_true(stage_next(&stage) == HF_NEVER);
	stage_run(&stage);
	assert_int_equal(stage.count, 1);

	dispatch_hold(stage.dispatch, false);
	stage_run(&stage);
	assert_int_equal(stage.count, 2);
	stage_expect(&stage, later, OUTBOX_CLAIMED, 1, NULL);
}

/* A gateway that said "later" by a clock that ran ahead is not left alone for days. */
TEST(test_the_clock_is_set_back)
{
	hf_time now = stage.now;
	int64_t id;

	stage.now += HF_DAY;
	id = stage_add(&stage, 0, KIND_NOTE);
	stage_connect(&stage, "one", false, 5);
	stage_run(&stage);
	stage_answer(&stage, 0, OUTCOME_DEFERRED, 1);
	stage_run(&stage);
	stage_expire(&stage, id, HF_NEVER);
	stage.now = now;
	assert_int_equal(outbox_set_back(stage.db, now), 0);
	assert_int_equal(db_run(stage.db, "UPDATE outbox SET due = 0, next_try = 0", ""), 0);
	stage_run(&stage);
	assert_int_equal(stage.count, 1);
	dispatch_set_back(stage.dispatch, now);
	stage_run(&stage);
	assert_int_equal(stage.count, 2);
}
