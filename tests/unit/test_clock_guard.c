/* When the clock is not believed, and what goes on after a human's word. */
#include <string.h>

#include "test.h"
#include "db_faults.h"
#include "lib/log.h"
#include "store/cases.h"
#include "store/outbox.h"
#include "store/store.h"
#include "engine/clock_guard.h"

#define NOW (INT64_C(1800000000) * HF_SECOND)

static int set_up(void **state)
{
	return store_open_memory((struct db **)state);
}

static int tear_down(void **state)
{
	db_close(*state);
	return 0;
}

static void expect(struct db *db, hf_time now, enum clock_hold_why why)
{
	struct clock_hold hold = { .why = CLOCK_HOLD_BACK };

	for (int again = 0; again < 2; again++) {
		assert_int_equal(
			clock_guard_check(db, 0, &(struct clock_reading){ .now = now }, &hold), 0);
		assert_int_equal(hold.why, why);
	}
}

static int open_log(void **state)
{
	(void)state;
	log_open("test_hold", LOG_LEVEL_ERROR);
	return 0;
}

GROUP_FIXTURE(open_log, NULL);

FIXTURE(set_up, tear_down);

/* Each line: a step of the clock, and whether it holds. */
TEST(test_steps)
{
	static const struct {
		hf_time step;
		enum clock_hold_why why;
	} cases[] = {
		{ 0, CLOCK_HOLD_NOT },
		{ 24 * HF_HOUR, CLOCK_HOLD_NOT },
		{ 24 * HF_HOUR + 1, CLOCK_HOLD_AHEAD },
		{ 3650 * HF_DAY, CLOCK_HOLD_AHEAD },
		{ -HF_MINUTE, CLOCK_HOLD_NOT },
		{ -2 * HF_MINUTE, CLOCK_HOLD_NOT },
		{ -2 * HF_MINUTE - 1, CLOCK_HOLD_BACK },
		{ -NOW, CLOCK_HOLD_BACK }, /* 1970 */
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_int_equal(store_set_cursor(*state, NOW), 0);
		assert_int_equal(store_set_hold(*state, CLOCK_HOLD_NOT, 0), 0);
		expect(*state, NOW + cases[i].step, cases[i].why);
	}
}

/* The record could not be renewed, as on a full disk; the clock has run on all the same. */
TEST(test_an_old_record)
{
	hf_time now = NOW + 2 * HF_DAY;
	struct clock_hold hold;

	assert_int_equal(store_set_cursor(*state, NOW), 0);
	assert_int_equal(clock_guard_check(*state, now - HF_MINUTE,
					   &(struct clock_reading){ .now = now }, &hold),
			 0);
	assert_int_equal(hold.why, CLOCK_HOLD_NOT);
	assert_int_equal(clock_guard_check(*state, now,
					   &(struct clock_reading){ .now = NOW - HF_HOUR }, &hold),
			 0);
	assert_int_equal(hold.why, CLOCK_HOLD_BACK);
	assert_int_equal(store_set_hold(*state, CLOCK_HOLD_NOT, 0), 0);
	assert_int_equal(clock_guard_check(*state, now,
					   &(struct clock_reading){ .now = now + HF_DAY + 1 },
					   &hold),
			 0);
	assert_int_equal(hold.why, CLOCK_HOLD_AHEAD);
}

TEST(test_a_new_database)
{
	expect(*state, NOW, CLOCK_HOLD_NOT);
	expect(*state, 0, CLOCK_HOLD_NOT);
}

static void expect_behind(struct db *db, hf_time since, hf_time until)
{
	hf_time from = -1, to = -1;

	assert_int_equal(store_behind(db, &from, &to), 0);
	assert_true(from == since && to == until);
}

/* A clock that is behind holds until it is where it was, and what it was before that is on record. */
TEST(test_it_ends_by_itself)
{
	struct clock_hold hold;

	assert_int_equal(store_set_cursor(*state, NOW), 0);
	expect(*state, NOW - HF_HOUR, CLOCK_HOLD_BACK);
	assert_non_null(strstr(clock_guard_reason(CLOCK_HOLD_BACK), "by themselves"));
	assert_non_null(strstr(clock_guard_end(CLOCK_HOLD_BACK), "passed it again"));
	expect(*state, NOW - 2 * HF_HOUR, CLOCK_HOLD_BACK);
	expect(*state, NOW - HF_MINUTE, CLOCK_HOLD_BACK);
	expect_behind(*state, 0, 0);
	assert_int_equal(clock_guard_read(*state, &hold), 0);
	assert_true(hold.since == NOW - HF_HOUR && hold.until == NOW);
	expect(*state, NOW, CLOCK_HOLD_NOT);
	expect_behind(*state, NOW - HF_HOUR, NOW);

	expect(*state, NOW - HF_DAY, CLOCK_HOLD_BACK);
	expect(*state, NOW + 23 * HF_HOUR, CLOCK_HOLD_NOT);
	expect_behind(*state, NOW - HF_DAY, NOW + 23 * HF_HOUR);
}

/* It passes the last instant by more than a day: which clock was right only a human can say. */
TEST(test_behind_and_then_far_ahead)
{
	struct clock_hold hold;

	assert_int_equal(store_set_cursor(*state, NOW), 0);
	expect(*state, NOW - HF_HOUR, CLOCK_HOLD_BACK);
	expect(*state, NOW + 2 * HF_DAY, CLOCK_HOLD_AHEAD);
	expect(*state, NOW + HF_HOUR, CLOCK_HOLD_AHEAD);
	assert_int_equal(clock_guard_read(*state, &hold), 0);
	assert_true(hold.since == NOW + 2 * HF_DAY && hold.until == HF_NEVER);
	expect_behind(*state, 0, 0);
}

/* Each line: what the clock shows and what the machine has run since it was believed at NOW, and whether
 * that holds. */
TEST(test_set)
{
	static const struct {
		hf_time shown, ran;
		int64_t boot;
		enum clock_hold_why why;
	} cases[] = {
		{ HF_HOUR, HF_HOUR, 7, CLOCK_HOLD_NOT },
		{ HF_HOUR + 5 * HF_MINUTE, HF_HOUR, 7, CLOCK_HOLD_NOT },
		{ HF_HOUR + 5 * HF_MINUTE + 1, HF_HOUR, 7, CLOCK_HOLD_SET },
		{ 5 * HF_HOUR, HF_HOUR, 7, CLOCK_HOLD_SET },
		{ HF_HOUR, HF_HOUR + 5 * HF_MINUTE + 1, 7, CLOCK_HOLD_SET },
		{ 5 * HF_HOUR, HF_HOUR, 8, CLOCK_HOLD_NOT }, /* an outage of some hours */
		{ 5 * HF_HOUR, 0, 0, CLOCK_HOLD_NOT },       /* nothing is known */
		{ 25 * HF_HOUR, HF_HOUR, 7, CLOCK_HOLD_AHEAD },
		{ -HF_HOUR, HF_HOUR, 7, CLOCK_HOLD_BACK },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const hf_time before = HF_DAY;
		const struct clock_reading believed = { NOW, before, 7 };
		const struct clock_reading reading = { NOW + cases[i].shown,
						       cases[i].ran ? before + cases[i].ran : 0,
						       cases[i].boot };
		struct clock_hold hold;

		assert_int_equal(store_set_cursor(*state, NOW), 0);
		assert_int_equal(store_set_hold(*state, CLOCK_HOLD_NOT, 0), 0);
		assert_int_equal(store_set_clock(*state, 0, 0), 0);
		assert_int_equal(clock_guard_check(*state, 0, &believed, &hold), 0);
		assert_int_equal(hold.why, CLOCK_HOLD_NOT);
		for (int again = 0; again < 2; again++) {
			assert_int_equal(clock_guard_check(*state, again ? believed.now : 0,
							   &reading, &hold),
					 0);
			assert_int_equal(hold.why, cases[i].why);
		}
		if (cases[i].boot == believed.boot) {
			assert_int_equal(clock_guard_doubts(&believed, &reading),
					 cases[i].why != CLOCK_HOLD_NOT);
		}
	}
}

/* It ends where the clock is set back, not where the machine starts anew, and with a human's word. */
TEST(test_set_and_set_back)
{
	struct clock_hold hold;
	struct clock_reading reading = { NOW, HF_DAY, 7 };

	assert_int_equal(store_set_cursor(*state, NOW), 0);
	for (int i = 0; i < 2; i++) {
		reading = (struct clock_reading){ NOW, HF_DAY, 7 };
		assert_int_equal(clock_guard_check(*state, NOW, &reading, &hold), 0);
		assert_int_equal(hold.why, CLOCK_HOLD_NOT);
		reading.now += 4 * HF_HOUR;
		assert_int_equal(clock_guard_check(*state, NOW, &reading, &hold), 0);
		assert_int_equal(hold.why, CLOCK_HOLD_SET);
		expect_behind(*state, 0, 0);
	}
	reading = (struct clock_reading){ NOW + 4 * HF_HOUR, HF_MINUTE, 8 };
	assert_int_equal(clock_guard_check(*state, 0, &reading, &hold), 0);
	assert_int_equal(hold.why, CLOCK_HOLD_SET);
	assert_int_equal(clock_guard_release(*state, reading.now), 0);
	assert_int_equal(clock_guard_check(*state, 0, &reading, &hold), 0);
	assert_int_equal(hold.why, CLOCK_HOLD_NOT);
}

/* The network sets a machine ahead that has no battery, minutes after its start; not back. */
TEST(test_set_while_it_starts)
{
	struct clock_reading reading = { NOW, HF_MINUTE, 7 };
	struct clock_hold hold;

	assert_int_equal(store_set_cursor(*state, NOW - HF_HOUR), 0);
	assert_int_equal(clock_guard_check(*state, 0, &reading, &hold), 0);
	reading.now += 2 * HF_HOUR;
	assert_int_equal(clock_guard_check(*state, NOW, &reading, &hold), 0);
	assert_int_equal(hold.why, CLOCK_HOLD_NOT);
	reading.now -= 30 * HF_MINUTE;
	assert_int_equal(clock_guard_check(*state, NOW, &reading, &hold), 0);
	assert_int_equal(hold.why, CLOCK_HOLD_SET);
}

/* Whatever the clock says meanwhile. */
TEST(test_it_stays)
{
	struct clock_hold hold;

	assert_int_equal(store_set_cursor(*state, NOW), 0);
	expect(*state, NOW + 2 * HF_DAY, CLOCK_HOLD_AHEAD);
	expect(*state, NOW + HF_SECOND, CLOCK_HOLD_AHEAD);
	expect(*state, NOW - HF_DAY, CLOCK_HOLD_AHEAD);
	assert_int_equal(clock_guard_read(*state, &hold), 0);
	assert_int_equal(hold.why, CLOCK_HOLD_AHEAD);
	assert_true(hold.since == NOW + 2 * HF_DAY);
	assert_true(hold.last == NOW);
	assert_non_null(strstr(clock_guard_reason(hold.why), "holdfastctl confirm"));
	assert_non_null(clock_guard_word(hold.why));
}

/* Written by a later version, or by a disk that rots. */
TEST(test_a_reason_nobody_knows)
{
	struct clock_hold hold;

	assert_int_equal(store_set_hold(*state, 77, NOW), 0);
	assert_int_equal(clock_guard_read(*state, &hold), 0);
	assert_int_equal(hold.why, CLOCK_HOLD_AHEAD);
	assert_int_equal(store_set_hold(*state, -1, NOW), 0);
	assert_int_equal(clock_guard_read(*state, &hold), 0);
	assert_int_equal(hold.why, CLOCK_HOLD_AHEAD);
}

static hf_time cursor(struct db *db)
{
	hf_time at = 0;

	assert_int_equal(store_cursor(db, 0, &at), 0);
	return at;
}

/* What was missed is still to be planned. */
TEST(test_end_ahead)
{
	assert_int_equal(store_set_cursor(*state, NOW), 0);
	expect(*state, NOW + 2 * HF_DAY, CLOCK_HOLD_AHEAD);
	assert_int_equal(clock_guard_release(*state, NOW + 2 * HF_DAY), 0);
	assert_true(cursor(*state) == NOW);
	assert_int_equal(store_set_cursor(*state, NOW + 2 * HF_DAY), 0);
	expect(*state, NOW + 2 * HF_DAY, CLOCK_HOLD_NOT);
}

static int64_t add(struct db *db, hf_time due, enum outbox_state state, hf_time next_try)
{
	const struct outbox_message row = { .client = "r-1",
					    .kind = 7,
					    .reminder = "x",
					    .occurrence = due,
					    .due = due,
					    .expires = due + HF_HOUR,
					    .priority = OUTBOX_AUTOMATIC };
	int64_t id = 0;

	assert_int_equal(outbox_add(db, &row, NOW, &id), 0);
	assert_int_equal(db_run(db, "UPDATE outbox SET state = ?2, next_try = ?3 WHERE id = ?1",
				"iii", id, (int64_t)state, next_try),
			 0);
	return id;
}

static void expect_row(struct db *db, int64_t id, enum outbox_state state, hf_time next_try)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(db, id, &rows), 0);
	outbox_read(&rows, &row);
	assert_string_equal(outbox_state_words[row.state], outbox_state_words[state]);
	assert_true(row.next_try == next_try);
}

/* While the clock is behind nobody waits for an answer until a moment of the clock of before. */
TEST(test_who_is_in_need_does_not_wait)
{
	int64_t answer = add(*state, NOW - HF_MINUTE, OUTBOX_DEFERRED, NOW + HF_MINUTE);
	int64_t reminder = add(*state, NOW - HF_SECOND, OUTBOX_DUE, NOW + HF_MINUTE);
	int64_t id;
	hf_time at = 0;

	assert_int_equal(
		db_run(*state, "UPDATE outbox SET priority = 0 WHERE id = ?1", "i", answer), 0);
	assert_int_equal(cases_open(*state, "r-1", CASE_NEED, CASE_URGENT, NOW, &id), 0);
	assert_int_equal(cases_alerted(*state, id, 1, NOW + 15 * HF_MINUTE), 0);
	assert_int_equal(store_set_cursor(*state, NOW), 0);
	expect(*state, NOW - HF_HOUR, CLOCK_HOLD_BACK);
	expect_row(*state, answer, OUTBOX_DEFERRED, NOW - HF_HOUR);
	expect_row(*state, reminder, OUTBOX_DUE, NOW + HF_MINUTE);
	assert_int_equal(cases_alert_next(*state, &at), 0);
	assert_true(at == NOW - HF_HOUR);
}

TEST(test_end_back)
{
	hf_time late = NOW + 3 * HF_DAY;
	int64_t over = add(*state, NOW - HF_DAY, OUTBOX_EXPIRED, NOW - HF_DAY);
	int64_t early = add(*state, NOW + HF_DAY, OUTBOX_EXPIRED, NOW + HF_DAY);
	int64_t sent = add(*state, NOW + HF_DAY + 1, OUTBOX_ACCEPTED, NOW);
	int64_t stopped = add(*state, NOW + HF_DAY + 2, OUTBOX_CANCELLED, NOW);
	int64_t again = add(*state, NOW - HF_MINUTE, OUTBOX_DUE, late);
	int64_t ahead = add(*state, NOW + HF_HOUR, OUTBOX_DEFERRED, late);
	int64_t by_hand = add(*state, late - HF_HOUR, OUTBOX_DUE, late - HF_HOUR);
	int64_t soon = add(*state, NOW - HF_SECOND, OUTBOX_DUE, NOW - HF_SECOND);

	assert_int_equal(db_run(*state, "UPDATE outbox SET kind = 8 WHERE id = ?1", "i", by_hand),
			 0);
	assert_int_equal(store_set_cursor(*state, late), 0);
	expect(*state, NOW, CLOCK_HOLD_BACK);
	assert_int_equal(clock_guard_release(*state, NOW), 0);
	assert_true(cursor(*state) == NOW);
	expect(*state, NOW, CLOCK_HOLD_NOT);

	expect_row(*state, over, OUTBOX_EXPIRED, NOW - HF_DAY);
	expect_row(*state, early, OUTBOX_DUE, NOW + HF_DAY);
	expect_row(*state, sent, OUTBOX_ACCEPTED, NOW);
	expect_row(*state, stopped, OUTBOX_CANCELLED, NOW);
	expect_row(*state, again, OUTBOX_DUE, NOW);
	expect_row(*state, ahead, OUTBOX_DEFERRED, NOW + HF_HOUR);
	expect_row(*state, by_hand, OUTBOX_DUE, NOW);
	expect_row(*state, soon, OUTBOX_DUE, NOW - HF_SECOND);
}

/* All of it or nothing. */
TEST(test_end_fails)
{
	assert_int_equal(store_set_cursor(*state, NOW), 0);
	(void)add(*state, NOW - HF_HOUR, OUTBOX_EXPIRED, NOW);
	expect(*state, NOW - HF_DAY, CLOCK_HOLD_BACK);
	assert_int_equal(db_run(*state,
				"CREATE TRIGGER broken BEFORE UPDATE ON outbox"
				" BEGIN SELECT RAISE(ABORT, 'broken'); END",
				""),
			 0);
	assert_true(clock_guard_release(*state, NOW - HF_DAY) < 0);
	assert_true(cursor(*state) == NOW);
	expect(*state, NOW - HF_DAY, CLOCK_HOLD_BACK);
}

/* --- a database that fails ----------------------------------------------------- */

/* The clock ran ahead, a text was found too late and another waits for tomorrow; it is right. */
static void *open_held(void)
{
	struct db *db = NULL;
	struct outbox_message row = {
		.client = "r-1", .kind = 1, .reminder = "x", .due = NOW + 1, .expires = NOW + HF_DAY
	};
	int64_t id, other;
	struct clock_hold hold;

	assert_int_equal(store_open_memory(&db), 0);
	assert_int_equal(outbox_add(db, &row, NOW, &id), 0);
	row.occurrence = 1;
	assert_int_equal(outbox_add(db, &row, NOW, &other), 0);
	assert_int_equal(outbox_settle(db, id, OUTBOX_EXPIRED, "too late", NOW + HF_DAY), 0);
	assert_int_equal(store_set_cursor(db, NOW + HF_DAY), 0);
	assert_int_equal(clock_guard_check(db, 0, &(struct clock_reading){ .now = NOW }, &hold), 0);
	assert_int_equal(hold.why, CLOCK_HOLD_BACK);
	return db;
}

static void close_held(void *world)
{
	(void)db_close(world);
}

static int end_hold(void *world)
{
	return clock_guard_release(world, NOW);
}

/* The same by itself: the clock is found behind, and is where it was. */
static void *open_ahead(void)
{
	struct db *db = NULL;

	assert_int_equal(store_open_memory(&db), 0);
	assert_int_equal(store_set_cursor(db, NOW + HF_DAY), 0);
	return db;
}

static int begin_hold(void *world)
{
	struct clock_hold hold;

	return clock_guard_check(world, 0, &(struct clock_reading){ .now = NOW }, &hold);
}

static int end_by_itself(void *world)
{
	struct clock_hold hold;

	return clock_guard_check(world, 0, &(struct clock_reading){ .now = NOW + HF_DAY }, &hold);
}

TEST(test_a_database_that_fails)
{
	struct db_trial trial = {
		.open = open_ahead, .act = begin_hold, .close = close_held, .whole = true
	};

	db_try_each(&trial, 2);
	trial.open = open_held;
	trial.act = end_by_itself;
	db_try_each(&trial, 2);
	db_try_each(
		&(struct db_trial){
			.open = open_held, .act = end_hold, .close = close_held, .whole = true },
		2);
}
