/* Cases: one open one a client and reason, alerts that come again, and a life that only grows. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "db_faults.h"
#include "store/cases.h"
#include "store/store.h"

#define NOW (1764000000 * HF_SECOND)

static int set_up(void **state)
{
	return store_open_memory((struct db **)state);
}

static int tear_down(void **state)
{
	*state = db_close(*state);
	return 0;
}

/* alerts: somebody is to be alerted of it at `now`. */
static int64_t open_case(struct db *db, const char *client, enum case_reason reason,
			 enum case_urgency urgency, hf_time now, bool alerts)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	int64_t id = 0;

	assert_int_equal(cases_open(db, client, reason, urgency, now, &id), 0);
	assert_int_equal(cases_get(db, id, &rows), 0);
	cases_read(&rows, &row);
	assert_int_equal(row.alert_at == now, alerts);
	return id;
}

static struct case_row get(struct db *db, int64_t id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;

	assert_int_equal(cases_get(db, id, &rows), 0);
	cases_read(&rows, &row);
	assert_string_equal(row.client, "r-1");
	row.client = row.acknowledged_by = row.closed_by = row.outcome = NULL;
	return row;
}

static hf_time alert_next(struct db *db)
{
	hf_time next = 0;

	assert_int_equal(cases_alert_next(db, &next), 0);
	return next;
}

FIXTURE(set_up, tear_down);

TEST(test_one_open)
{
	struct db *db = *state;
	int64_t id = open_case(db, "r-1", CASE_SILENT, CASE_ROUTINE, NOW, false);
	struct case_row row;

	assert_int_equal(open_case(db, "r-1", CASE_SILENT, CASE_ROUTINE, NOW + 1, false), id);
	assert_int_not_equal(open_case(db, "r-1", CASE_NEED, CASE_ROUTINE, NOW, false), id);
	assert_int_not_equal(open_case(db, "r-2", CASE_SILENT, CASE_ROUTINE, NOW, false), id);
	row = get(db, id);
	assert_int_equal(row.times, 2);
	assert_true(row.opened == NOW && row.last == NOW + 1);
	assert_true(alert_next(db) == HF_NEVER);

	assert_int_equal(cases_close(db, id, "ana", "called, all is well", NOW + 2), 0);
	assert_int_not_equal(open_case(db, "r-1", CASE_SILENT, CASE_ROUTINE, NOW + 3, false), id);
}

TEST(test_alerts)
{
	struct db *db = *state;
	int64_t id = open_case(db, "r-1", CASE_NEED, CASE_ROUTINE, NOW, false);

	/* It becomes urgent; while nobody has taken it on, once more is no news. */
	assert_int_equal(open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW + 1, true), id);
	assert_true(alert_next(db) == NOW + 1);
	assert_int_equal(cases_alerted(db, id, 1, NOW + 900), 0);
	assert_int_equal(open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW + 2, false), id);
	assert_true(alert_next(db) == NOW + 900);
	assert_int_equal(get(db, id).alert_step, 1);

	assert_int_equal(cases_acknowledge(db, id, "@mreyes", HF_NEVER, NOW + 3), 0);
	assert_true(alert_next(db) == HF_NEVER);
	assert_int_equal(cases_acknowledge(db, id, "@dcole", HF_NEVER, NOW + 4), CASES_E_STATE);

	/* What comes after somebody took it on is for him again. */
	assert_int_equal(open_case(db, "r-1", CASE_NEED, CASE_ROUTINE, NOW + 5, false), id);
	assert_int_equal(get(db, id).state, CASE_ACKNOWLEDGED);
	assert_int_equal(open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW + 6, true), id);
	assert_int_equal(get(db, id).state, CASE_OPEN);
	assert_int_equal(get(db, id).alert_step, 0);
	assert_true(alert_next(db) == NOW + 6);
}

/* What somebody has quieted by an attempt is news when it comes again; a silence that somebody has is
 * only counted. */
TEST(test_quiet)
{
	struct db *db = *state;
	int64_t id = open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW, true), silent;

	assert_int_equal(cases_attempt(db, id, "ana", CASE_NO_ANSWER, NULL, NOW + 1), 0);
	assert_true(alert_next(db) == HF_NEVER);
	assert_int_equal(get(db, id).state, CASE_OPEN);
	assert_int_equal(open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW + 2, true), id);
	assert_int_equal(cases_replied(db, "r-1", "ana", NOW + 3), 0);
	assert_true(alert_next(db) == HF_NEVER);
	assert_int_equal(get(db, id).attempts, 2);

	silent = open_case(db, "r-1", CASE_SILENT, CASE_ROUTINE, NOW, false);
	assert_int_equal(cases_acknowledge(db, silent, "ana", HF_NEVER, NOW), 0);
	assert_int_equal(open_case(db, "r-1", CASE_SILENT, CASE_URGENT, NOW + 4, false), silent);
	assert_int_equal(get(db, silent).state, CASE_ACKNOWLEDGED);
	assert_int_equal(get(db, silent).urgency, CASE_URGENT);
	assert_int_equal(get(db, silent).times, 2);
}

/* Who takes a case on has until then to try. */
TEST(test_unattended)
{
	struct db *db = *state;
	int64_t id = open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW, true);

	assert_int_equal(cases_alerted(db, id, 2000, NOW + HF_HOUR), 0);
	assert_int_equal(cases_acknowledge(db, id, "@ana", NOW + HF_HOUR, NOW), 0);
	assert_true(alert_next(db) == NOW + HF_HOUR);
	assert_int_equal(cases_unattended(db, id, NOW + HF_HOUR), 0);
	assert_int_equal(get(db, id).state, CASE_OPEN);
	assert_int_equal(get(db, id).alert_step, 0);
	assert_true(get(db, id).alert_at == NOW + HF_HOUR);

	/* Where somebody has tried before, there is no more to wait for. */
	assert_int_equal(cases_attempt(db, id, "@ben", CASE_SPOKE, NULL, NOW + HF_HOUR), 0);
	assert_int_equal(cases_acknowledge(db, id, "@ana", NOW + 2 * HF_HOUR, NOW + HF_HOUR), 0);
	assert_true(alert_next(db) == HF_NEVER);
}

TEST(test_told)
{
	struct db *db = *state;
	int64_t first = open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW, true);
	int64_t second = open_case(db, "r-1", CASE_HELP, CASE_URGENT, NOW, true), count = -1;
	_cleanup_rows_ struct db_rows rows = { 0 };
	hf_time at = -1;
	bool last = true;

	assert_int_equal(cases_last_told_at(db, "@ana", &at), 0);
	assert_true(at == 0);
	assert_int_equal(cases_alert_begin(db, first, NOW), 0);
	assert_int_equal(cases_alerted_person(db, first, "@ana", NULL, NOW), 0);
	assert_int_equal(cases_alerted_person(db, second, "@ana", NULL, NOW), 0);
	assert_int_equal(cases_alerted_person(db, second, "@ana", NULL, NOW + 5), 0);
	assert_int_equal(cases_told_at(db, first, "@ana", &at), 0);
	assert_true(at == NOW);
	assert_int_equal(cases_told_at(db, first, "@ben", &at), 0);
	assert_true(at == 0);
	assert_int_equal(cases_last_told_at(db, "@ana", &at), 0);
	assert_true(at == NOW + 5);
	assert_int_equal(cases_told_after(db, "@ana", NOW - 1, &count, &at), 0);
	assert_true(count == 2 && at == NOW);
	assert_int_equal(cases_told_after(db, "@ana", NOW, &count, &at), 0);
	assert_true(count == 1 && at == NOW + 5);

	assert_int_equal(cases_of_alert(db, "@ana", NOW, &rows), 0);
	assert_true(db_next(&rows));
	assert_int_equal(db_int(&rows, 0), first);
	assert_true(db_next(&rows));
	assert_int_equal(db_int(&rows, 0), second);
	assert_false(db_next(&rows));
	db_rows_done(&rows);
	assert_int_equal(cases_alert_failed(db, second, "@ana", NOW, NOW + 6, &last), 0);
	assert_false(last);
	assert_int_equal(cases_alert_failed(db, first, "@ana", NOW, NOW + 6, &last), 0);
	assert_true(last);

	/* The alert began anew after that; what is known of it is known. */
	assert_int_equal(cases_alert_begin(db, first, NOW + 1), 0);
	assert_int_equal(cases_told_at(db, first, "@ana", &at), 0);
	assert_true(at == 0);
	assert_int_equal(cases_known_at(db, first, "@ana", &at), 0);
	assert_true(at == NOW);
	assert_int_equal(cases_acknowledge(db, first, "@ben", HF_NEVER, NOW + 9), 0);
	assert_int_equal(cases_known_at(db, first, "@ben", &at), 0);
	assert_true(at == NOW + 9);
}

/* A silence that waits for the end of a pause, and nothing else. */
TEST(test_resumed)
{
	struct db *db = *state;
	int64_t id = open_case(db, "r-1", CASE_SILENT, CASE_URGENT, NOW, true);

	(void)open_case(db, "r-2", CASE_SILENT, CASE_URGENT, NOW + HF_DAY, true);
	(void)open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW + 2 * HF_DAY, true);
	assert_int_equal(cases_alerted(db, id, 0, NOW + HF_DAY), 0);
	assert_int_equal(cases_resumed(db, "r-1", NOW + 7), 0);
	assert_true(alert_next(db) == NOW + 7);
	assert_int_equal(cases_alerted(db, id, 0, HF_NEVER), 0);
	assert_int_equal(cases_resumed(db, "r-1", NOW + 8), 0);
	assert_true(alert_next(db) == NOW + HF_DAY);
}

/* What waits for a moment of a clock that ran ahead is due; what waits for nobody stays so. */
TEST(test_set_back)
{
	struct db *db = *state;
	int64_t id = open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW, true);

	(void)open_case(db, "r-1", CASE_SILENT, CASE_ROUTINE, NOW, false);
	assert_int_equal(cases_alerted(db, id, 1, NOW + HF_DAY), 0);
	assert_int_equal(cases_set_back(db, NOW - HF_DAY), 0);
	assert_true(alert_next(db) == NOW - HF_DAY);
	assert_int_equal(get(db, id).alert_step, 1);
	assert_int_equal(cases_acknowledge(db, id, "ana", HF_NEVER, NOW), 0);
	assert_int_equal(cases_set_back(db, NOW - 2 * HF_DAY), 0);
	assert_true(alert_next(db) == HF_NEVER);
}

TEST(test_alert_due)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db *db = *state;
	struct case_row row;
	int64_t id = open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW, true);

	(void)open_case(db, "r-1", CASE_SILENT, CASE_ROUTINE, NOW, false);
	assert_int_equal(cases_alert_due(db, NOW - 1, &rows), 0);
	assert_false(db_next(&rows));
	db_rows_done(&rows);
	assert_int_equal(cases_alert_due(db, NOW, &rows), 0);
	assert_true(db_next(&rows));
	cases_read(&rows, &row);
	assert_int_equal(row.id, id);
	assert_false(db_next(&rows));
}

TEST(test_digest)
{
	struct db *db = *state;
	int64_t count;

	(void)open_case(db, "r-1", CASE_SILENT, CASE_ROUTINE, NOW, false);
	(void)open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW, true);
	assert_int_equal(cases_untold(db, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(cases_told(db, NOW), 0);
	assert_int_equal(cases_untold(db, &count), 0);
	assert_int_equal(count, 0);
	assert_int_equal(cases_count(db, &count), 0);
	assert_int_equal(count, 2);
}

/* The order in which to call. */
TEST(test_order)
{
	struct db *db = *state;
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t routine = open_case(db, "r-1", CASE_SILENT, CASE_ROUTINE, NOW, false);
	int64_t taken = open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW + 1, true);
	int64_t urgent = open_case(db, "r-1", CASE_CRISIS, CASE_URGENT, NOW + 2, true);
	int64_t closed = open_case(db, "r-1", CASE_HELP, CASE_URGENT, NOW - 1, true);
	const int64_t expected[] = { urgent, taken, routine, closed };

	assert_int_equal(cases_acknowledge(db, taken, "ana", HF_NEVER, NOW + 3), 0);
	assert_int_equal(cases_close(db, closed, "ana", "done", NOW + 3), 0);
	assert_int_equal(cases_list(db, NULL, false, 10, &rows), 0);
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_true(db_next(&rows));
		assert_int_equal(db_int(&rows, 0), expected[i]);
	}
	assert_false(db_next(&rows));
	db_rows_done(&rows);

	assert_int_equal(cases_list(db, "r-1", true, 10, &rows), 0);
	for (int i = 0; i < 3; i++) {
		assert_true(db_next(&rows));
	}
	assert_false(db_next(&rows));
}

TEST(test_life)
{
	static const char *const expected[] = { "opened", "acknowledged", "no answer", "spoke",
						"closed" };
	struct db *db = *state;
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t id = open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW, true);

	assert_int_equal(cases_acknowledge(db, id, "ana", HF_NEVER, NOW + 1), 0);
	assert_int_equal(cases_attempt(db, id, "ana", CASE_NO_ANSWER, NULL, NOW + 2), 0);
	assert_int_equal(cases_attempt(db, id, "ana", CASE_SPOKE, "will come in", NOW + 3), 0);
	assert_int_equal(cases_close(db, id, "ana", "she comes on Friday", NOW + 4), 0);
	assert_int_equal(get(db, id).attempts, 2);
	assert_int_equal(get(db, id).state, CASE_CLOSED);

	assert_int_equal(cases_close(db, id, "ana", "again", NOW + 5), CASES_E_STATE);
	assert_int_equal(cases_attempt(db, id, "ana", CASE_SPOKE, NULL, NOW + 5), CASES_E_STATE);
	assert_int_equal(cases_close(db, id + 1, "ana", "none", NOW + 5), CASES_E_NONE);
	assert_int_equal(cases_acknowledge(db, id + 1, "ana", HF_NEVER, NOW + 5), CASES_E_NONE);
	assert_int_equal(cases_get(db, id + 1, &rows), CASES_E_NONE);

	assert_int_equal(cases_history(db, id, &rows), 0);
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_true(db_next(&rows));
		assert_true(db_int(&rows, 0) == NOW + (hf_time)i);
		assert_string_equal(db_text(&rows, 1), expected[i]);
	}
	assert_string_equal(db_text(&rows, 2), "ana");
	assert_string_equal(db_text(&rows, 3), "she comes on Friday");
	assert_false(db_next(&rows));
}

/* The statement knows the words by heart. */
TEST(test_last_attempt)
{
	struct db *db = *state;
	int64_t id = open_case(db, "r-1", CASE_NEED, CASE_URGENT, NOW, true);
	_cleanup_rows_ struct db_rows rows = { 0 };

	assert_int_equal(cases_last_attempt(db, id, &rows), CASES_E_NONE);
	for (int i = 0; case_attempt_words[i]; i++) {
		assert_int_equal(
			cases_attempt(db, id, "ana", (enum case_attempt)i, "note", NOW + i), 0);
		assert_int_equal(cases_acknowledge(db, id, "ana", HF_NEVER, NOW + i),
				 i ? CASES_E_STATE : 0);
		assert_int_equal(cases_last_attempt(db, id, &rows), 0);
		assert_true(db_int(&rows, 0) == NOW + i);
		assert_string_equal(db_text(&rows, 1), case_attempt_words[i]);
		assert_string_equal(db_text(&rows, 2), "ana");
		assert_string_equal(db_text(&rows, 3), "note");
		db_rows_done(&rows);
	}
}

TEST(test_resolve)
{
	struct db *db = *state;
	int64_t id = open_case(db, "r-1", CASE_SILENT, CASE_ROUTINE, NOW, false);

	assert_int_equal(cases_resolve(db, "r-1", CASE_NEED, "answered", NOW + 1), 0);
	assert_int_equal(get(db, id).state, CASE_OPEN);
	assert_int_equal(cases_resolve(db, "r-1", CASE_SILENT, "answered", NOW + 1), 0);
	assert_int_equal(get(db, id).state, CASE_CLOSED);
	assert_int_equal(cases_resolve(db, "r-1", CASE_SILENT, "answered", NOW + 1), 0);
}

/* Closed when as many things have been put right as it was opened for. */
TEST(test_put_right)
{
	struct db *db = *state;
	int64_t id;

	assert_int_equal(cases_put_right(db, "r-1", CASE_UNDELIVERABLE, "arrived", NOW), 0);
	id = open_case(db, "r-1", CASE_UNDELIVERABLE, CASE_ROUTINE, NOW, false);
	assert_int_equal(cases_open(db, "r-1", CASE_UNDELIVERABLE, CASE_ROUTINE, NOW + 1, NULL), 0);
	assert_int_equal(cases_put_right(db, "r-1", CASE_UNDELIVERABLE, "arrived", NOW + 2), 0);
	assert_int_equal(get(db, id).state, CASE_OPEN);
	assert_int_equal(cases_put_right(db, "r-1", CASE_NEED, "arrived", NOW + 3), 0);
	assert_int_equal(get(db, id).state, CASE_OPEN);
	assert_int_equal(cases_put_right(db, "r-1", CASE_UNDELIVERABLE, "arrived", NOW + 4), 0);
	assert_int_equal(get(db, id).state, CASE_CLOSED);
	assert_int_equal(cases_put_right(db, "r-1", CASE_UNDELIVERABLE, "arrived", NOW + 5), 0);
	id = open_case(db, "r-1", CASE_UNDELIVERABLE, CASE_ROUTINE, NOW + 6, false);
	assert_int_equal(get(db, id).state, CASE_OPEN);
}

/* The digest counts from the first of those that it has not named. */
TEST(test_untold_of_several)
{
	int64_t count = -1;
	hf_time since = 0;
	struct db *db = *state;

	assert_int_equal(cases_untold_since(db, &since), 0);
	assert_true(since == HF_NEVER);
	(void)open_case(db, "r-1", CASE_SILENT, CASE_ROUTINE, NOW, false);
	(void)open_case(db, "r-2", CASE_SILENT, CASE_ROUTINE, NOW + 5, false);
	(void)open_case(db, "r-3", CASE_NEED, CASE_URGENT, NOW - 5, true);
	assert_int_equal(cases_untold(db, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(cases_untold_since(db, &since), 0);
	assert_true(since == NOW);
}

/* --- a database that fails ----------------------------------------------------- */

/* Somebody is told once of what nobody has read, and again of what comes after that. */
TEST(test_unread)
{
	struct db *db = *state;
	int64_t id = open_case(db, "r-1", CASE_WRITTEN, CASE_ROUTINE, NOW, false), count;

	assert_int_equal(cases_unread(db, id, NOW + HF_HOUR), 0);
	assert_int_equal(cases_unread(db, id, NOW + 2 * HF_HOUR), 0);
	assert_true(alert_next(db) == NOW + HF_HOUR);
	assert_int_equal(cases_waiting(db, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(cases_told_one(db, id, 1, NOW + HF_HOUR), 0);
	assert_true(alert_next(db) == HF_NEVER);
	assert_int_equal(cases_untold(db, &count), 0);
	assert_int_equal(count, 0);

	assert_int_equal(cases_acknowledge(db, id, "@mreyes", HF_NEVER, NOW + HF_HOUR), 0);
	assert_int_equal(cases_unread(db, id, NOW + HF_HOUR + HF_MINUTE), 0);
	assert_int_equal(get(db, id).state, CASE_OPEN);
	assert_true(alert_next(db) == NOW + HF_HOUR + CASES_TOLD_GAP);
	assert_int_equal(cases_told(db, NOW + 2 * HF_HOUR), 0);
	assert_true(alert_next(db) == HF_NEVER);

	assert_int_equal(cases_unread(db, id, HF_NEVER), 0);
	assert_true(alert_next(db) == HF_NEVER);
	assert_int_equal(cases_untold(db, &count), 0);
	assert_int_equal(count, 1);

	assert_int_equal(cases_unread(db, id, NOW + 3 * HF_HOUR), 0);
	assert_int_equal(cases_replied(db, "r-1", "ana", NOW + 3 * HF_HOUR), 0);
	assert_true(alert_next(db) == HF_NEVER);
}

/* An urgent case that somebody has taken on, and one that nobody has. */
static void *open_world(void)
{
	struct db *db = NULL;
	int64_t id;

	assert_int_equal(store_open_memory(&db), 0);
	assert_int_equal(cases_open(db, "r-1", CASE_NEED, CASE_URGENT, NOW, &id), 0);
	assert_int_equal(cases_acknowledge(db, id, "ana", HF_NEVER, NOW), 0);
	assert_int_equal(cases_open(db, "r-3", CASE_NEED, CASE_URGENT, NOW, &id), 0);
	return db;
}

static void close_world(void *world)
{
	(void)db_close(world);
}

static int open_another(void *world)
{
	int64_t id = 0;
	int r = cases_open(world, "r-2", CASE_CRISIS, CASE_URGENT, NOW, &id);

	assert_int_equal(r == 0, id != 0);
	return r;
}

static int open_again(void *world)
{
	int64_t id;

	return cases_open(world, "r-1", CASE_NEED, CASE_URGENT, NOW + 1, &id);
}

static int acknowledge(void *world)
{
	return cases_acknowledge(world, 2, "ana", HF_NEVER, NOW + 1);
}

static int attempt(void *world)
{
	return cases_attempt(world, 1, "ana", CASE_CALLED, "", NOW + 1);
}

static int close_case(void *world)
{
	return cases_close(world, 1, "ana", "all is well", NOW + 1);
}

TEST(test_a_database_that_fails)
{
	struct db_trial trial = { .open = open_world, .close = close_world, .whole = true };
	int (*const acts[])(void *) = { open_another, open_again, acknowledge, attempt,
					close_case };

	for (size_t i = 0; i < COUNT(acts); i++) {
		trial.act = acts[i];
		db_try_each(&trial, 2);
	}
}
