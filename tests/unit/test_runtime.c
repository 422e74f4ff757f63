/* The one timer, the reload, and what ends the loop. */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "test.h"
#include "db_faults.h"
#include "engine_rig.h"
#include "config_rig.h"

#include "store/cases.h"
#include "holdfastd/runtime.h"

struct kept {
	char dir[sizeof(RIG_DIR)];
	struct rig rig;
	struct clock clock;
	struct loop *loop;
	struct rehearsal rehearsal;
	struct runtime *runtime;
};

static int setup(void **state)
{
	struct kept *kept = calloc(1, sizeof(*kept));

	assert_non_null(kept);
	(void)strcpy(kept->dir, RIG_DIR);
	rig_new(kept->dir);
	kept->rehearsal = (struct rehearsal){ .from = rig_moment("2026-11-23T12:00:00-06:00"),
					      .until = rig_moment("2026-11-25T12:00:00-06:00") };
	clock_init_told(&kept->clock, kept->rehearsal.from, 0);
	rig_open(&kept->rig, kept->dir, kept->rehearsal.from);
	assert_int_equal(loop_new(&kept->loop), 0);
	assert_int_equal(
		runtime_new(kept->loop, &kept->clock, kept->dir, &kept->rehearsal, &kept->runtime),
		0);
	*state = kept;
	return 0;
}

static int teardown(void **state)
{
	struct kept *kept = *state;

	assert_null(runtime_free(kept->runtime));
	assert_null(runtime_free(NULL));
	kept->loop = loop_free(kept->loop);
	rig_close(&kept->rig);
	rig_remove(kept->dir);
	free(kept);
	return 0;
}

static void turn(struct kept *kept)
{
	for (int i = 0; i < 5; i++) {
		(void)loop_turn(kept->loop, 1000);
	}
}

FIXTURE(setup, teardown);

TEST(test_nothing_before_the_service)
{
	struct kept *kept = *state;

	runtime_run(kept->runtime);
	assert_int_equal(kept->rig.count, 0);
}

TEST(test_attends)
{
	struct kept *kept = *state;

	runtime_serve(kept->runtime, kept->rig.engine);
	turn(kept);
	assert_int_equal(kept->rig.count, 0);

	rig_hello(&kept->rig, 100, kept->rehearsal.from);
	runtime_run_soon(kept->runtime);
	runtime_run_soon(kept->runtime);
	turn(kept);
	assert_int_equal(kept->rig.count, 3); /* the welcomes */

	/* The clock was told to stand while they are under way. */
	assert_true(clock_now(&kept->clock) == kept->rehearsal.from);
	(void)rig_accept(&kept->rig, kept->rehearsal.from);
	runtime_run_soon(kept->runtime);
	turn(kept);
	assert_true(clock_now(&kept->clock) > kept->rehearsal.from);
}

TEST(test_ends_with_the_rehearsal)
{
	struct kept *kept = *state;
	int left = 1;

	runtime_serve(kept->runtime, kept->rig.engine);
	rig_hello(&kept->rig, 100, kept->rehearsal.from);
	for (int i = 0; i < 200 && left > 0; i++) {
		left = loop_turn(kept->loop, 1000);
		if (rig_accept(&kept->rig, rehearsal_now(&kept->rehearsal, &kept->clock)) > 0) {
			runtime_run_soon(kept->runtime);
		}
	}
	assert_int_equal(left, 0);
	assert_true(clock_now(&kept->clock) == kept->rehearsal.until);
}

static hf_time cursor(struct kept *kept)
{
	hf_time at = 0;

	assert_int_equal(store_cursor(kept->rig.db, 0, &at), 0);
	return at;
}

/* One that goes by the machine's clock, which is told here. */
static struct runtime *serve_without_rehearsal(struct kept *kept)
{
	struct runtime *runtime = NULL;

	assert_int_equal(runtime_new(kept->loop, &kept->clock, kept->dir, NULL, &runtime), 0);
	runtime_serve(runtime, kept->rig.engine);
	turn(kept);
	return runtime;
}

/* The instant goes on record though nothing is due, and a leap holds. */
TEST(test_a_clock_that_leaps)
{
	struct kept *kept = *state;
	struct runtime *runtime = serve_without_rehearsal(kept);
	hf_time from = kept->rehearsal.from;

	assert_true(cursor(kept) == from);
	clock_move(&kept->clock, from + HF_MINUTE);
	runtime_run(runtime);
	assert_true(cursor(kept) == from + HF_MINUTE);
	assert_null(engine_hold(kept->rig.engine));

	clock_move(&kept->clock, from + 2 * HF_DAY);
	runtime_run(runtime);
	assert_int_equal(engine_hold(kept->rig.engine)->why, CLOCK_HOLD_AHEAD);
	assert_true(engine_hold(kept->rig.engine)->last == from + HF_MINUTE);
	runtime_run(runtime);
	assert_true(cursor(kept) == from + HF_MINUTE);

	assert_int_equal(engine_confirm(kept->rig.engine, from + 2 * HF_DAY), 0);
	assert_int_equal(engine_confirm(kept->rig.engine, from + 2 * HF_DAY), ENGINE_E_NOT_HELD);
	runtime_run(runtime);
	assert_null(engine_hold(kept->rig.engine));
	assert_true(cursor(kept) == from + 2 * HF_DAY);
	assert_null(runtime_free(runtime));
}

/* It wakes up in the past, and goes on by itself. */
TEST(test_a_clock_that_is_behind)
{
	struct kept *kept = *state;
	struct runtime *runtime = serve_without_rehearsal(kept);
	hf_time from = kept->rehearsal.from;

	clock_init_told(&kept->clock, from - HF_HOUR, 0);
	runtime_run(runtime);
	assert_int_equal(engine_hold(kept->rig.engine)->why, CLOCK_HOLD_BACK);
	clock_move(&kept->clock, from - 1);
	runtime_run(runtime);
	assert_non_null(engine_hold(kept->rig.engine));
	clock_move(&kept->clock, from);
	runtime_run(runtime);
	assert_null(engine_hold(kept->rig.engine));
	assert_null(runtime_free(runtime));
}

static int reload(struct runtime *runtime)
{
	struct faults faults = { 0 };
	int r = runtime_reload(runtime, &faults);

	faults_done(&faults);
	return r;
}

/* Whoever is first to read a clock that has leapt, nothing is done by it: not by a reload, which plans,
 * nor by a courier that comes a moment later. */
TEST(test_a_clock_that_leaps_and_a_reload)
{
	struct kept *kept = *state;
	struct runtime *runtime = NULL;
	hf_time from = kept->rehearsal.from, leap = from + 3650 * HF_DAY;

	assert_int_equal(runtime_new(kept->loop, &kept->clock, kept->dir, NULL, &runtime), 0);
	runtime_serve(runtime, kept->rig.engine);
	turn(kept);
	clock_move(&kept->clock, leap);
	assert_int_equal(reload(runtime), 0);
	assert_true(cursor(kept) == from);
	assert_int_equal(engine_hold(kept->rig.engine)->why, CLOCK_HOLD_AHEAD);
	assert_null(runtime_free(runtime));
}

TEST(test_a_clock_that_leaps_and_whoever_reads_it)
{
	struct kept *kept = *state;
	struct runtime *runtime = NULL;
	hf_time from = kept->rehearsal.from, leap = from + 3 * HF_DAY;

	assert_int_equal(runtime_new(kept->loop, &kept->clock, kept->dir, NULL, &runtime), 0);
	runtime_serve(runtime, kept->rig.engine);
	turn(kept);
	clock_move(&kept->clock, leap);
	assert_true(clock_now(&kept->clock) == leap);
	rig_hello(&kept->rig, 100, leap);
	assert_int_equal(engine_run(kept->rig.engine, leap), 0);
	assert_int_equal(kept->rig.count, 0);
	assert_true(cursor(kept) == from);

	/* That reading had it looked at, too, and a reload meanwhile is made up for when it is right. */
	assert_null(engine_hold(kept->rig.engine));
	turn(kept);
	assert_int_equal(engine_hold(kept->rig.engine)->why, CLOCK_HOLD_AHEAD);
	assert_null(runtime_free(runtime));
}

/* Four hours more than the machine has run: no evening's text this afternoon. */
TEST(test_a_clock_that_is_set)
{
	struct kept *kept = *state;
	struct runtime *runtime = NULL;
	hf_time from = kept->rehearsal.from;

	kept->clock.ran = 30 * HF_DAY;
	kept->clock.boot = 77;
	assert_int_equal(runtime_new(kept->loop, &kept->clock, kept->dir, NULL, &runtime), 0);
	runtime_serve(runtime, kept->rig.engine);
	turn(kept);
	clock_move(&kept->clock, from + 4 * HF_HOUR);
	assert_int_equal(reload(runtime), 0);
	assert_int_equal(engine_hold(kept->rig.engine)->why, CLOCK_HOLD_SET);
	assert_true(cursor(kept) == from);
	assert_int_equal(engine_confirm(kept->rig.engine, from + 4 * HF_HOUR), 0);
	runtime_run(runtime);
	assert_null(engine_hold(kept->rig.engine));

	/* Four hours of sleep are no such thing: the machine has run them, too. */
	clock_move(&kept->clock, from + 8 * HF_HOUR);
	kept->clock.ran += 4 * HF_HOUR;
	runtime_run(runtime);
	assert_null(engine_hold(kept->rig.engine));
	assert_true(cursor(kept) == from + 8 * HF_HOUR);
	assert_null(runtime_free(runtime));
}

/* A rehearsal goes days at a time. */
TEST(test_a_rehearsal_holds_nothing)
{
	struct kept *kept = *state;

	runtime_serve(kept->runtime, kept->rig.engine);
	turn(kept);
	clock_move(&kept->clock, kept->rehearsal.from + 40 * HF_HOUR);
	runtime_run(kept->runtime);
	assert_null(engine_hold(kept->rig.engine));
}

TEST(test_reload)
{
	struct kept *kept = *state;
	struct faults faults = { 0 };
	const char *error = NULL;
	hf_time at = 7;

	runtime_serve(kept->runtime, kept->rig.engine);
	runtime_last_reload(kept->runtime, &at, &error);
	assert_true(at == 0);
	assert_string_equal(error, "");

	(void)rig_edit(kept->dir, "clients/evening-group.conf", "(", "( { id = 1; },");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(runtime_reload(kept->runtime, &faults), CONF_E_FAULT);
		assert_true(faults.errors > 0);
		faults_done(&faults);
		faults = (struct faults){ 0 };
		runtime_last_reload(kept->runtime, &at, &error);
		assert_true(at == clock_now(&kept->clock));
		assert_non_null(strstr(error, "clients/evening-group.conf:"));
		assert_int_equal(engine_model(kept->rig.engine)->client_count, 3);
	}

	(void)rig_edit(kept->dir, "clients/evening-group.conf", "( { id = 1; },", "(");
	assert_int_equal(runtime_reload(kept->runtime, &faults), 0);
	faults_done(&faults);
	runtime_last_reload(kept->runtime, &at, &error);
	assert_string_equal(error, "");
	assert_int_equal(engine_model(kept->rig.engine)->client_count, 3);
}

TEST(test_copies)
{
	struct kept *kept = *state;
	char state_dir[] = RIG_DIR;
	struct faults faults = { 0 };
	const char *error = NULL;
	hf_time at = 0;
	_cleanup_free_ char *copy = NULL;

	assert_non_null(mkdtemp(state_dir));
	assert_true(asprintf(&copy, "%s/config.good/clients/jordan.conf", state_dir) > 0);
	runtime_serve(kept->runtime, kept->rig.engine);

	/* Who started with a copy of before must not overwrite it, and says why it was used. */
	runtime_keep_copies(kept->runtime, state_dir, "clients/jordan.conf:3: it is wrong");
	assert_int_not_equal(access(copy, F_OK), 0);
	runtime_last_reload(kept->runtime, &at, &error);
	assert_true(at == clock_now(&kept->clock));
	assert_string_equal(error, "clients/jordan.conf:3: it is wrong");

	assert_int_equal(runtime_reload(kept->runtime, &faults), 0);
	faults_done(&faults);
	runtime_last_reload(kept->runtime, &at, &error);
	assert_string_equal(error, "");
	assert_int_equal(access(copy, F_OK), 0);

	assert_int_equal(unlink(copy), 0);
	runtime_keep_copies(kept->runtime, state_dir, "");
	assert_int_equal(access(copy, F_OK), 0);
	rig_remove(state_dir);
}

/* A damaged file: whatever asks it first, holdfastd ends, also where the asker can do without an
 * answer, as the line for systemctl. */
TEST(test_a_database_that_cannot_be_trusted)
{
	struct kept *kept = *state;
	const char *failed = "none yet";

	for (unsigned nth = 1; failed; nth++) {
		struct runtime *runtime = NULL;
		struct loop *loop = NULL;

		rig_close(&kept->rig);
		rig_open(&kept->rig, kept->dir, clock_now(&kept->clock));
		rig_hello(&kept->rig, 100, kept->rehearsal.from);
		assert_int_equal(loop_new(&loop), 0);
		assert_int_equal(runtime_new(loop, &kept->clock, kept->dir, NULL, &runtime), 0);
		runtime_serve(runtime, kept->rig.engine);
		db_fail(DB_FAULT_DAMAGE, nth);
		runtime_run(runtime);
		failed = db_failed();
		if (failed) {
			(void)alarm(10); /* for who does not end */
			assert_int_equal(loop_run(loop), EX_IOERR);
			(void)alarm(0);
		}
		assert_null(runtime_free(runtime));
		(void)loop_free(loop);
		assert_true(failed || nth > 20);
	}
}

/* Also where it is no look of holdfastd's own, and what the others say of it later is no better reason. */
TEST(test_broken_wherever_it_is_noticed)
{
	struct kept *kept = *state;
	int64_t open;

	runtime_serve(kept->runtime, kept->rig.engine);
	db_fail(DB_FAULT_DAMAGE, 1);
	assert_int_equal(cases_count(kept->rig.db, &open), -EBADMSG);
	assert_non_null(db_failed());
	loop_exit(kept->loop, 1);
	(void)alarm(10);
	assert_int_equal(loop_run(kept->loop), EX_IOERR);
	(void)alarm(0);
}
