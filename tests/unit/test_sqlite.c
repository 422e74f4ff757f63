/* SQLite's statements and errors, in memory. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "lib/sqlite.h"

static int set_up(void **state)
{
	struct sqlite *sqlite = NULL;

	assert_int_equal(sqlite_open(NULL, &sqlite), 0);
	assert_int_equal(sqlite_execute(sqlite,
					"CREATE TABLE t(i INTEGER PRIMARY KEY, t TEXT, r REAL) "
					"STRICT; CREATE TABLE u(t INTEGER REFERENCES t(i)) STRICT"),
			 0);
	*state = sqlite;
	return 0;
}

static int tear_down(void **state)
{
	*state = sqlite_close(*state);
	return 0;
}

static int start(struct sqlite *sqlite, struct sqlite_statement **ret_statement, const char *sql,
		 const char *types, ...)
{
	va_list parameters;
	int r;

	va_start(parameters, types);
	r = sqlite_start(sqlite, sql, types, parameters, false, ret_statement);
	va_end(parameters);
	return r;
}

FIXTURE(set_up, tear_down);

TEST(test_statements)
{
	static const char insert[] = "INSERT INTO t VALUES(?, ?, ?)";
	static const char select[] = "SELECT i, t, r FROM t ORDER BY i";
	struct sqlite_statement *statement = NULL;

	for (int i = 1; i <= 2; i++) {
		assert_int_equal(start(*state, &statement, insert, "itr", (int64_t)i << 40,
				       i == 1 ? "one" : NULL, 0.5),
				 0);
		assert_int_equal(sqlite_step(statement), 0);
		assert_int_equal(sqlite_changes(*state), 1);
		assert_int_equal(sqlite_last_id(*state), (int64_t)i << 40);
		sqlite_reset(statement);
	}

	assert_int_equal(start(*state, &statement, select, ""), 0);
	assert_int_equal(sqlite_step(statement), SQLITE_E_ROW);
	assert_int_equal(sqlite_int(statement, 0), INT64_C(1) << 40);
	assert_string_equal(sqlite_text(statement, 1), "one");
	assert_string_equal(sqlite_text(statement, 2), "0.5");
	assert_int_equal(start(*state, &statement, select, ""), -EBUSY);
	assert_int_equal(sqlite_step(statement), SQLITE_E_ROW);
	assert_true(sqlite_is_null(statement, 1));
	assert_null(sqlite_text(statement, 1));
	assert_int_equal(sqlite_step(statement), 0);
	assert_int_equal(sqlite_changes(*state), 0);
	sqlite_reset(statement);
	assert_int_equal(start(*state, &statement, select, ""), 0);
	sqlite_reset(statement);

	assert_int_equal(sqlite_int(NULL, 0), 0);
	assert_null(sqlite_text(NULL, 0));
	assert_true(sqlite_is_null(NULL, 0));
}

/* Too few, a letter that is none, and too many. */
TEST(test_parameters)
{
	struct sqlite_statement *statement = NULL;

	assert_int_equal(start(*state, &statement, "SELECT ?, ?", "i", INT64_C(1)), -EINVAL);
	assert_int_equal(start(*state, &statement, "SELECT ?", "x", INT64_C(1)), -EINVAL);
	assert_int_equal(start(*state, &statement, "SELECT 1", "i", INT64_C(1)), -EINVAL);
	assert_null(statement);
}

TEST(test_refused)
{
	struct sqlite_statement *statement = NULL;

	assert_int_equal(start(*state, &statement, "SELEKT 1", ""), -EINVAL);
	assert_int_equal(start(*state, &statement, "SELECT 1; SELECT 2", ""), -EINVAL);
	assert_int_equal(start(*state, &statement, "", ""), -EINVAL);
	assert_int_equal(start(*state, &statement, "SELECT nothing FROM t", ""), -EINVAL);
	assert_int_equal(sqlite_execute(*state, "INSERT INTO u VALUES('x')"), SQLITE_E_CONSTRAINT);
	assert_int_equal(sqlite_execute(*state, "INSERT INTO u VALUES(77)"), SQLITE_E_CONSTRAINT);
	assert_int_equal(sqlite_open("/nonexistent/db", (struct sqlite **)&statement), -EACCES);
	assert_null(statement);
}

TEST(test_ask)
{
	char value[8] = "before";

	assert_int_equal(sqlite_ask(*state, "SELECT 'a', 'b'", value, sizeof(value)), 0);
	assert_string_equal(value, "a");
	assert_int_equal(sqlite_ask(*state, "SELECT 1 WHERE 0", value, sizeof(value)),
			 SQLITE_E_EMPTY);
	assert_int_equal(sqlite_ask(*state, "SELECT NULL", value, sizeof(value)), 0);
	assert_string_equal(value, "");
	assert_int_equal(sqlite_ask(*state, "SELEKT", value, sizeof(value)), -EINVAL);
	assert_int_equal(sqlite_ask(*state, "PRAGMA foreign_keys", value, sizeof(value)), 0);
	assert_string_equal(value, "1");
	assert_int_equal(sqlite_ask(*state, "PRAGMA trusted_schema", value, sizeof(value)), 0);
	assert_string_equal(value, "0");
}

TEST(test_transactions)
{
	assert_false(sqlite_in_transaction(*state));
	assert_int_equal(sqlite_execute(*state, "BEGIN IMMEDIATE"), 0);
	assert_true(sqlite_in_transaction(*state));
	sqlite_undo(*state);
	assert_false(sqlite_in_transaction(*state));
	sqlite_undo(*state);
}

/* The table is full at some number, and says so; what is in it goes on working. */
TEST(test_limit)
{
	static char texts[500][32];
	struct sqlite_statement *statement;
	size_t kept = 0;
	int r;

	for (size_t i = 0; i < COUNT(texts); i++) {
		(void)snprintf(texts[i], sizeof(texts[i]), "SELECT %d", (int)i);
		r = start(*state, &statement, texts[i], "");
		if (r < 0) {
			assert_int_equal(r, -E2BIG);
			break;
		}
		sqlite_reset(statement);
		kept++;
	}
	assert_in_range(kept, 300, 499);
	for (size_t i = 0; i < kept; i++) {
		assert_int_equal(start(*state, &statement, texts[i], ""), 0);
		assert_int_equal(sqlite_step(statement), SQLITE_E_ROW);
		assert_int_equal(sqlite_int(statement, 0), i);
		sqlite_reset(statement);
	}
}
