/* The database's verbs: statements, rows and transactions that nest. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "lib/db.h"

static const char *const migrations[] = {
	"CREATE TABLE t(id INTEGER PRIMARY KEY, text TEXT UNIQUE, number REAL) STRICT",
	"CREATE INDEX t_number ON t(number); INSERT INTO t(text) VALUES('second')",
};

static const char insert[] = "INSERT INTO t(text, number) VALUES(?, ?)";
static const char select_all[] = "SELECT id, text, number FROM t ORDER BY id";

static int set_up(void **state)
{
	struct db *db = NULL;

	assert_int_equal(db_open_memory(migrations, 1, &db), 0);
	*state = db;
	return 0;
}

static int tear_down(void **state)
{
	*state = db_close(*state);
	return 0;
}

static int add(struct db *db, const char *text)
{
	return db_run(db, insert, "tr", text, 1.5);
}

static int64_t count(struct db *db)
{
	int64_t number = -1;

	assert_int_equal(db_one_int(db, -2, &number, "SELECT count(*) FROM t", ""), 0);
	return number;
}

FIXTURE(set_up, tear_down);

TEST(test_run)
{
	struct db *db = *state;

	assert_int_equal(add(db, "a"), 0);
	assert_int_equal(db_changes(db), 1);
	assert_int_equal(db_last_id(db), 1);
	assert_int_equal(add(db, "a"), -EINVAL);
	assert_int_equal(add(db, "b"), 0);
	assert_int_equal(db_last_id(db), 2);
	assert_int_equal(db_run(db, "UPDATE t SET number = 2", ""), 0);
	assert_int_equal(db_changes(db), 2);
	assert_int_equal(db_run(db, "UPDATE t SET number = 3 WHERE id = ?", "i", INT64_C(9)), 0);
	assert_int_equal(db_changes(db), 0);
	assert_int_equal(db_run(db, "INSERT INTO t(text) VALUES('a') ON CONFLICT DO NOTHING", ""),
			 0);
	assert_int_equal(db_changes(db), 0);
	assert_int_equal(db_run(db, "DELETE FROM t RETURNING id", ""), 0);
	assert_int_equal(db_changes(db), 2);
}

/* No SQL, two statements in one, and parameters that are too few, unknown or too many. */
TEST(test_refused)
{
	struct db *db = *state;

	assert_int_equal(db_run(db, "nonsense", ""), -EINVAL);
	assert_int_equal(db_run(db, "", ""), -EINVAL);
	assert_int_equal(db_run(db, "SELECT nothing FROM t", ""), -EINVAL);
	assert_int_equal(db_run(db, "SELECT 1; SELECT 2", ""), -EINVAL);
	assert_int_equal(db_run(db, "SELECT ?, ?", "i", INT64_C(1)), -EINVAL);
	assert_int_equal(db_run(db, "SELECT ?", "x", INT64_C(1)), -EINVAL);
	assert_int_equal(db_run(db, "SELECT 1", "i", INT64_C(1)), -EINVAL);
}

/* The table is full at some number, and says so; what is in it goes on working. */
TEST(test_most_statements)
{
	static char texts[500][32];
	int64_t number = -1;
	size_t kept = 0;
	int r = 0;

	while (kept < COUNT(texts) && r == 0) {
		(void)snprintf(texts[kept], sizeof(texts[kept]), "SELECT %d", (int)kept);
		r = db_run(*state, texts[kept], "");
		kept += r == 0;
	}
	assert_int_equal(r, -E2BIG);
	assert_in_range(kept, 300, 499);
	for (size_t i = 0; i < kept; i++) {
		assert_int_equal(db_one_int(*state, -1, &number, texts[i], ""), 0);
		assert_int_equal(number, i);
	}
}

TEST(test_rows)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db_rows second = { 0 };
	struct db *db = *state;

	assert_int_equal(add(db, "a"), 0);
	assert_int_equal(add(db, NULL), 0);
	assert_int_equal(db_query(db, &rows, select_all, ""), 0);
	assert_true(db_next(&rows));
	assert_int_equal(db_int(&rows, 0), 1);
	assert_string_equal(db_text(&rows, 1), "a");
	assert_false(db_is_null(&rows, 1));
	assert_int_equal(db_int(&rows, 2), 1);

	/* One query at a time; the second leaves its struct alone. */
	assert_int_equal(db_query(db, &second, select_all, ""), -EBUSY);
	assert_null(second.statement);
	assert_int_equal(db_run(db, select_all, ""), -EBUSY);
	/* Other statements run meanwhile, also on the same table. */
	assert_int_equal(db_run(db, "UPDATE t SET number = 9 WHERE id = 1", ""), 0);

	assert_true(db_next(&rows));
	assert_true(db_is_null(&rows, 1));
	assert_null(db_text(&rows, 1));
	assert_false(db_next(&rows));
	assert_int_equal(rows.error, 0);
	assert_false(db_next(&rows));
	assert_null(db_text(&rows, 1));
	assert_int_equal(db_int(&rows, 0), 0);

	/* The end frees it, and so does being done before. */
	assert_int_equal(db_query(db, &rows, select_all, ""), 0);
	assert_true(db_next(&rows));
	db_rows_done(&rows);
	db_rows_done(&rows);
	assert_int_equal(db_query(db, &rows, select_all, ""), 0);
}

TEST(test_rows_of_nothing, NULL, NULL)
{
	struct db_rows rows = { 0 };

	assert_false(db_next(&rows));
	assert_int_equal(db_int(&rows, 0), 0);
	assert_null(db_text(&rows, 0));
	assert_true(db_is_null(&rows, 0));
	db_rows_done(&rows);
}

/* What is bound is copied: it may go before the rows do. */
TEST(test_bound_text)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char text[] = "wanted";

	assert_int_equal(add(*state, "wanted"), 0);
	assert_int_equal(db_query(*state, &rows, "SELECT id FROM t WHERE text = ?", "t", text), 0);
	memset(text, 'x', sizeof(text) - 1);
	assert_true(db_next(&rows));
}

TEST(test_failing_rows)
{
	static const char overflow[] = "SELECT abs(id) FROM t ORDER BY id DESC";
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t number = 7;

	assert_int_equal(db_run(*state, "INSERT INTO t(id) VALUES(1), (-9223372036854775808)", ""),
			 0);
	assert_int_equal(db_query(*state, &rows, overflow, ""), 0);
	assert_true(db_next(&rows));
	assert_false(db_next(&rows));
	assert_int_equal(rows.error, -EINVAL);
	assert_int_equal(db_one_int(*state, 0, &number, "SELECT abs(id) FROM t ORDER BY id", ""),
			 -EINVAL);
	assert_int_equal(number, 7);
}

TEST(test_one_int)
{
	int64_t number = 0;

	assert_int_equal(db_one_int(*state, 5, &number, "SELECT ? + 1", "i", INT64_C(2)), 0);
	assert_int_equal(number, 3);
	assert_int_equal(db_one_int(*state, 5, &number, "SELECT id FROM t", ""), 0);
	assert_int_equal(number, 5);
	assert_int_equal(db_one_int(*state, 6, &number, "SELECT max(id) FROM t", ""), 0);
	assert_int_equal(number, 6);
	assert_int_equal(db_one_int(*state, 6, &number, "SELECT", ""), -EINVAL);
}

TEST(test_nested)
{
	struct db *db = *state;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add(db, "a"), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(add(db, "b"), 0);
	db_rollback(db);
	assert_int_equal(count(db), 0);

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add(db, "a"), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(count(db), 1);
}

/* A rollback inside undoes all, and nothing runs after it as if nothing had been. */
TEST(test_inner_rollback)
{
	struct db *db = *state;
	struct db_rows rows = { 0 };

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add(db, "a"), 0);
	assert_int_equal(db_begin(db), 0);
	db_rollback(db);
	assert_int_equal(add(db, "b"), -ECANCELED);
	assert_int_equal(db_query(db, &rows, select_all, ""), -ECANCELED);
	assert_int_equal(db_begin(db), -ECANCELED);
	assert_int_equal(db_commit(db), -ECANCELED);
	assert_int_equal(count(db), 0);

	/* And with two levels above it, one of which gives up as well. */
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_begin(db), 0);
	db_rollback(db);
	assert_int_equal(db_commit(db), -ECANCELED);
	db_rollback(db);

	/* All is as before. */
	db_rollback(db);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add(db, "c"), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(count(db), 1);
}

TEST(test_end)
{
	struct db *db = *state;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add(db, "a"), 0);
	assert_int_equal(db_end(db, 0), 0);
	assert_int_equal(count(db), 1);

	for (int r = -1; r <= 1; r += 2) {
		assert_int_equal(db_begin(db), 0);
		assert_int_equal(add(db, "b"), 0);
		assert_int_equal(db_end(db, r), r);
		assert_int_equal(count(db), 1);
	}

	/* The commit that fails is what one hears of. */
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_end(db, -EIO), -EIO);
	assert_int_equal(db_end(db, 0), -ECANCELED);
}

/* An answer inside leaves the transaction around it as it is; an error undoes it. */
TEST(test_end_answered)
{
	struct db *db = *state;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add(db, "a"), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_end_answered(db, 3), 3);
	assert_int_equal(db_end_answered(db, 0), 0);
	assert_int_equal(count(db), 1);

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_end_answered(db, -EIO), -EIO);
	assert_int_equal(db_end_answered(db, 3), -ECANCELED);
}

/* A constraint undoes its statement only: the transaction goes on. */
TEST(test_constraint_in_transaction)
{
	struct db *db = *state;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add(db, "a"), 0);
	assert_int_equal(add(db, "a"), -EINVAL);
	assert_int_equal(add(db, "b"), 0);
	assert_int_equal(db_commit(db), 0);
	assert_int_equal(count(db), 2);
}

/* SQLite may give up the transaction by itself, as it does on a full disk: what follows must not
 * be committed alone. */
TEST(test_rolled_back_by_itself)
{
	struct db *db = *state;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(add(db, "a"), 0);
	assert_int_equal(db_run(db, "INSERT OR ROLLBACK INTO t(text) VALUES('a')", ""), -EINVAL);
	assert_int_equal(add(db, "b"), -ECANCELED);
	assert_int_equal(db_commit(db), -ECANCELED);
	assert_int_equal(count(db), 0);
	assert_int_equal(add(db, "b"), 0);
}

TEST(test_rollback_under_rows)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db *db = *state;

	assert_int_equal(add(db, "a"), 0);
	assert_int_equal(add(db, "b"), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_run(db, "CREATE TABLE u(x) STRICT", ""), -EINVAL);
	assert_int_equal(add(db, "c"), 0);
	assert_int_equal(db_query(db, &rows, select_all, ""), 0);
	assert_true(db_next(&rows));
	db_rollback(db);
	while (db_next(&rows)) {
		/* SQLite may end it or go on; it only must not be used wrongly. */
	}
	assert_true(rows.error == 0 || rows.error == -ECANCELED);
	assert_int_equal(count(db), 2);
}

TEST(test_memory_migrates, NULL, NULL)
{
	static const char *const broken[] = { "CREATE TABLE t(x", "" };
	struct db *db = NULL;

	assert_int_equal(db_open_memory(migrations, 2, &db), 0);
	assert_int_equal(count(db), 1);
	db = db_close(db);
	assert_int_equal(db_open_memory(NULL, 0, &db), 0);
	db = db_close(db);
	assert_int_equal(db_open_memory(broken, 1, &db), -EINVAL);
	assert_null(db);
	assert_null(db_close(NULL));
}
