/*
 * This program's sqlite3_step() stands before the library's, so that nothing in
 * the code under test knows of it.
 */
#include "db_faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "test.h"
#include "captured.h"
#include "lib/cleanup.h"
#include "lib/log.h"

static struct {
	enum db_fault fault;
	unsigned left; /* 0: nothing fails */
	const char *failed;
	sqlite3 *handle; /* the last one used */
} faults;

static const struct {
	int code, error;
} kinds[] = {
	[DB_FAULT_TRANSACTION] = { SQLITE_FULL, -ENOSPC },
	[DB_FAULT_ANY] = { SQLITE_NOMEM, -ENOMEM },
	[DB_FAULT_DAMAGE] = { SQLITE_CORRUPT, -EBADMSG },
	[DB_FAULT_SYNC] = { 0, -EIO },
};

static bool is_chosen(const char *sql)
{
	return faults.fault == DB_FAULT_ANY || faults.fault == DB_FAULT_DAMAGE ||
	       strncmp(sql, "BEGIN", 5) == 0 || strcmp(sql, "COMMIT") == 0;
}

/* SQLite's syncs, too, go through this program's own. */
int fdatasync(int fd)
{
	static int (*real)(int);

	if (!real) {
		*(void **)&real = dlsym(RTLD_NEXT, "fdatasync");
	}

	if (faults.fault == DB_FAULT_SYNC && faults.left > 0 && --faults.left == 0) {
		faults.failed = "fdatasync";
		errno = EIO;
		return -1;
	}
	return real(fd);
}

int sqlite3_step(sqlite3_stmt *statement)
{
	static int (*real)(sqlite3_stmt *);

	if (!real) {
		*(void **)&real = dlsym(RTLD_NEXT, "sqlite3_step");
	}

	faults.handle = sqlite3_db_handle(statement);
	if (faults.fault != DB_FAULT_SYNC && faults.left > 0 && is_chosen(sqlite3_sql(statement)) &&
	    --faults.left == 0) {
		faults.failed = sqlite3_sql(statement);
		return kinds[faults.fault].code;
	}
	return real(statement);
}

void db_fail(enum db_fault fault, unsigned nth)
{
	faults.fault = fault;
	faults.left = nth;
	faults.failed = NULL;
}

const char *db_failed(void)
{
	faults.left = 0;
	return faults.failed;
}

int db_failed_as(void)
{
	return kinds[faults.fault].error;
}

/* --- what is in it ---------------------------------------------------------- */

static void add_row(FILE *out, const char *table, sqlite3_stmt *row)
{
	(void)fprintf(out, "%s", table);
	for (int i = 0; i < sqlite3_column_count(row); i++) {
		const char *name = sqlite3_column_name(row, i);
		const unsigned char *text = sqlite3_column_text(row, i);

		if (strcmp(name, "key") != 0) {
			(void)fprintf(out, " %s=%s", name, text ? (const char *)text : "null");
		}
	}
	(void)fprintf(out, "\n");
}

static void add_table(FILE *out, const char *table)
{
	sqlite3_stmt *rows = NULL;
	char sql[128];

	(void)snprintf(sql, sizeof(sql), "SELECT * FROM %s", table);
	assert_int_equal(sqlite3_prepare_v2(faults.handle, sql, -1, &rows, NULL), SQLITE_OK);
	while (sqlite3_step(rows) == SQLITE_ROW) {
		add_row(out, table, rows);
	}
	(void)sqlite3_finalize(rows);
}

char *db_contents(void)
{
	sqlite3_stmt *tables = NULL;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(sqlite3_prepare_v2(faults.handle,
					    "SELECT name FROM sqlite_schema WHERE type = 'table'"
					    " AND name NOT LIKE 'sqlite_%' ORDER BY name",
					    -1, &tables, NULL),
			 SQLITE_OK);
	while (sqlite3_step(tables) == SQLITE_ROW) {
		add_table(out, (const char *)sqlite3_column_text(tables, 0));
	}
	(void)sqlite3_finalize(tables);
	(void)fclose(out);
	return text;
}

/* --- trials ------------------------------------------------------------------- */

/* Where they differ, the first lines that do are shown and no others. */
static void expect_same(const char *text, const char *expected)
{
	while (*text && *text == *expected) {
		const char *end = strchrnul(text, '\n');
		size_t length = (size_t)(end - text) + (*end == '\n');

		if (strncmp(text, expected, length) != 0) {
			break;
		}
		text += length;
		expected += length;
	}
	if (strcmp(text, expected) != 0) {
		fail_msg("after %s: \"%.*s\" instead of \"%.*s\"",
			 faults.failed ? faults.failed : "no failure", (int)strcspn(text, "\n"),
			 text, (int)strcspn(expected, "\n"), expected);
	}
}

/* Acts, and adds what the log says of messages to `said`. */
static int act(const struct db_trial *trial, void *world, FILE *said)
{
	static char log[1 << 20];
	struct captured captured;
	char *rest = log, *line;
	int r;

	captured_begin(&captured);
	r = trial->act(world);
	captured_end(&captured, log, sizeof(log));
	while ((line = strsep(&rest, "\n"))) {
		if (strstr(line, "message=")) {
			(void)fprintf(said, "%s\n", line);
		}
	}
	return r;
}

static void expect_nothing(const char *before, const char *said)
{
	_cleanup_free_ char *now = db_contents();

	expect_same(now, before);
	expect_same(said, "");
}

/* False where there is no such statement. */
static bool try_one(const struct db_trial *trial, enum db_fault fault, unsigned nth,
		    char **contents, char **ret_said)
{
	_cleanup_free_ char *before = NULL, *said = NULL;
	void *world = trial->open();
	size_t size;
	FILE *out = open_memstream(&said, &size);
	const char *failed;
	int r;

	assert_non_null(out);
	before = db_contents();
	db_fail(fault, nth);
	r = act(trial, world, out);
	failed = db_failed();
	(void)fflush(out);
	if (failed) {
		assert_int_equal(r, db_failed_as());
		if (trial->whole) {
			expect_nothing(before, said);
		}
		r = trial->ends ? 0 : act(trial, world, out);
	}
	assert_int_equal(r, 0);

	*contents = db_contents();
	trial->close(world);
	(void)fclose(out);
	*ret_said = take_ptr(said);
	return failed != NULL;
}

/* How many there were. */
static unsigned try_all(const struct db_trial *trial, enum db_fault fault, const char *contents,
			const char *said)
{
	bool more = true;
	unsigned nth = 0;

	while (more) {
		_cleanup_free_ char *contents_now = NULL, *said_now = NULL;

		more = try_one(trial, fault, ++nth, &contents_now, &said_now);
		if (!more || !trial->ends) {
			expect_same(contents_now, contents);
			expect_same(said_now, said);
		}
	}
	return nth - 1;
}

void db_try_each(const struct db_trial *trial, unsigned least)
{
	_cleanup_free_ char *contents = NULL, *said = NULL;

	log_open("test", LOG_LEVEL_INFO);
	assert_false(try_one(trial, DB_FAULT_TRANSACTION, 0, &contents, &said));
	assert_in_range(try_all(trial, DB_FAULT_TRANSACTION, contents, said), least, 1000);
	if (!trial->reads) {
		(void)try_all(trial, DB_FAULT_ANY, contents, said);
	}
}
