/*
 * How Holdfast holds its database: opening, migrating, transactions, backup.
 *
 * Promises: what db_commit() took is on the disk (WAL, synchronous=FULL); a file
 * that is not ours, or newer than us, is not changed by one byte; a damaged one
 * is never made anew.
 *
 * Dangerous here: SQLite may roll a transaction back by itself when the disk is
 * full, and the next statement would then commit on its own.  So within a
 * transaction nothing runs once SQLite has left it.
 */
#include "lib/db.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/dbfile.h"
#include "lib/sqlite.h"

/* While opening, another's short lock is waited for; a Holdfast that runs never lets go. */
#define BUSY_OPENING_MS 300
#define BUSY_RUNNING_MS 2000

/* The answer of the floor below goes up unchanged. */
static_assert((int)DB_E_CONSTRAINT == (int)SQLITE_E_CONSTRAINT, "one word for a constraint");

struct db {
	struct sqlite *sqlite;
	int lock; /* descriptor, or -1 */
	unsigned depth;
	bool doomed; /* an inner rollback: nothing runs until the outermost ends */
};

/* Within a transaction of ours that is SQLite's no longer. */
static bool is_lost(const struct db *db)
{
	return db->doomed || (db->depth > 0 && !sqlite_in_transaction(db->sqlite));
}

int db_run(struct db *db, const char *sql, const char *types, ...)
{
	struct sqlite_statement *statement;
	va_list parameters;
	int r;

	if (is_lost(db)) {
		return -ECANCELED;
	}

	va_start(parameters, types);
	r = sqlite_start(db->sqlite, sql, types, parameters, true, &statement);
	va_end(parameters);
	if (r < 0) {
		return r;
	}

	do {
		r = sqlite_step(statement);
	} while (r == SQLITE_E_ROW);
	sqlite_reset(statement);
	return r;
}

int64_t db_changes(const struct db *db)
{
	return sqlite_changes(db->sqlite);
}

int64_t db_last_id(const struct db *db)
{
	return sqlite_last_id(db->sqlite);
}

static int query(struct db *db, struct db_rows *ret_rows, const char *sql, const char *types,
		 va_list parameters)
{
	struct sqlite_statement *statement;
	int r;

	if (is_lost(db)) {
		return -ECANCELED;
	}

	r = sqlite_start(db->sqlite, sql, types, parameters, false, &statement);
	if (r < 0) {
		return r;
	}

	*ret_rows = (struct db_rows){ .db = db, .statement = statement };
	return 0;
}

int db_query(struct db *db, struct db_rows *ret_rows, const char *sql, const char *types, ...)
{
	va_list parameters;
	int r;

	va_start(parameters, types);
	r = query(db, ret_rows, sql, types, parameters);
	va_end(parameters);
	return r;
}

bool db_next(struct db_rows *rows)
{
	int r;

	if (!rows->statement) {
		return false;
	}

	r = sqlite_step(rows->statement);
	if (r == SQLITE_E_ROW) {
		return true;
	}

	rows->error = r;
	db_rows_done(rows);
	return false;
}

int64_t db_int(const struct db_rows *rows, int column)
{
	return sqlite_int(rows->statement, column);
}

bool db_is_null(const struct db_rows *rows, int column)
{
	return sqlite_is_null(rows->statement, column);
}

const char *db_text(const struct db_rows *rows, int column)
{
	return sqlite_text(rows->statement, column);
}

void db_rows_done(struct db_rows *rows)
{
	if (rows->statement) {
		sqlite_reset(rows->statement);
		rows->statement = NULL;
	}
}

int db_one_int(struct db *db, int64_t fallback, int64_t *ret_number, const char *sql,
	       const char *types, ...)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t number = fallback;
	va_list parameters;
	int r;

	va_start(parameters, types);
	r = query(db, &rows, sql, types, parameters);
	va_end(parameters);
	if (r < 0) {
		return r;
	}

	if (db_next(&rows) && !db_is_null(&rows, 0)) {
		number = db_int(&rows, 0);
	}
	if (rows.error) {
		return rows.error;
	}

	*ret_number = number;
	return 0;
}

int db_begin(struct db *db)
{
	int r;

	if (is_lost(db)) {
		return -ECANCELED;
	}

	if (db->depth == 0) {
		r = db_run(db, "BEGIN IMMEDIATE", "");
		if (r < 0) {
			return r;
		}
	}

	db->depth++;
	return 0;
}

int db_commit(struct db *db)
{
	int r = is_lost(db) ? -ECANCELED : 0;

	assert(db->depth > 0);
	if (db->depth > 1) {
		db->depth--;
		return r;
	}

	r = r ? r : db_run(db, "COMMIT", "");
	if (r != 0) {
		sqlite_undo(db->sqlite);
	}
	db->depth = 0;
	db->doomed = false;
	return r;
}

void db_rollback(struct db *db)
{
	if (db->depth == 0) {
		return;
	}

	sqlite_undo(db->sqlite);
	db->depth--;
	db->doomed = db->depth > 0;
}

int db_end(struct db *db, int r)
{
	if (r != 0) {
		db_rollback(db);
		return r;
	}

	return db_commit(db);
}

int db_end_answered(struct db *db, int r)
{
	int ended = db_end(db, r > 0 ? 0 : r);

	return ended != 0 ? ended : r;
}

/* A pragma that SQLite does not know or may not obey is no error: so it is read back. */
static int expect(struct sqlite *sqlite, const char *pragma, const char *expected)
{
	char value[32];
	int r;

	r = sqlite_ask(sqlite, pragma, value, sizeof(value));
	if (r < 0) {
		return r;
	}

	return r == 0 && strcmp(value, expected) == 0 ? 0 : -ENOTSUP;
}

static int read_version(struct sqlite *sqlite, int64_t *ret_version)
{
	char value[32];
	int r;

	r = sqlite_ask(sqlite, "PRAGMA user_version", value, sizeof(value));
	if (r == 0) {
		*ret_version = strtoll(value, NULL, 10);
	}
	return r;
}

/* The version may stand in the WAL only, so it is SQLite that reads it; and until we know that the
 * database is ours to write, the WAL is not written back on closing. */
static int recognise(struct sqlite *sqlite, size_t count, int64_t *ret_version)
{
	int64_t version = 0;
	int r;

	sqlite_patience(sqlite, BUSY_OPENING_MS);
	sqlite_keep_wal(sqlite, true);
	r = expect(sqlite, "PRAGMA locking_mode = EXCLUSIVE", "exclusive");
	r = r ? r : read_version(sqlite, &version);
	/* Reads the schema, where damage at the beginning shows. */
	r = r ? r : sqlite_execute(sqlite, "SELECT count(*) FROM sqlite_schema");
	if (r != 0) {
		return r;
	}
	if (version < 0 || version > (int64_t)count) {
		return DB_E_NEWER;
	}

	*ret_version = version;
	return 0;
}

/* The application id goes into the file itself before WAL mode begins, so that dbfile_inspect()
 * finds it there whatever happens next. */
static int settle_in(struct sqlite *sqlite, uint32_t application_id, int64_t version)
{
	char set_id[64];
	int r;

	(void)snprintf(set_id, sizeof(set_id), "PRAGMA application_id = %d", (int)application_id);
	r = sqlite_execute(sqlite, "PRAGMA synchronous = FULL;"
				   "PRAGMA secure_delete = ON;"
				   "PRAGMA cache_size = -16384;"
				   "PRAGMA journal_size_limit = 16777216;");
	if (r == 0 && version == 0) {
		r = sqlite_execute(sqlite, set_id);
	}
	r = r ? r : expect(sqlite, "PRAGMA journal_mode = WAL", "wal");
	r = r ? r : expect(sqlite, "PRAGMA synchronous", "2");
	r = r ? r : expect(sqlite, "PRAGMA secure_delete", "1");
	r = r ? r : expect(sqlite, "PRAGMA foreign_keys", "1");
	sqlite_keep_wal(sqlite, false);
	sqlite_patience(sqlite, BUSY_RUNNING_MS);
	return r;
}

static int migrate(struct sqlite *sqlite, const char *const *migrations, size_t count,
		   int64_t version)
{
	char set_version[64];
	int r;

	for (; version < (int64_t)count; version++) {
		(void)snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %d",
			       (int)version + 1);
		r = sqlite_execute(sqlite, "BEGIN IMMEDIATE");
		r = r ? r : sqlite_execute(sqlite, migrations[version]);
		r = r ? r : sqlite_execute(sqlite, set_version);
		r = r ? r : sqlite_execute(sqlite, "COMMIT");
		if (r != 0) {
			sqlite_undo(sqlite);
			return r;
		}
	}

	return 0;
}

static struct db *db_new(void)
{
	struct db *db = calloc(1, sizeof(*db));

	if (db) {
		db->lock = -1;
	}
	return db;
}

static int lock_and_inspect(struct db *db, const char *path, uint32_t application_id)
{
	int r;

	r = dbfile_lock(path, &db->lock);
	if (r != 0) {
		return r == DBFILE_E_LOCKED ? DB_E_LOCKED : r;
	}

	r = dbfile_inspect(path, application_id);
	return r == DBFILE_E_FOREIGN ? DB_E_FOREIGN : r;
}

int db_open(const char *path, uint32_t application_id, const char *const *migrations, size_t count,
	    struct db **ret_db)
{
	_cleanup_(db_closep) struct db *db = db_new();
	int64_t version = 0;
	int r;

	if (!db) {
		return -ENOMEM;
	}

	r = lock_and_inspect(db, path, application_id);
	if (r != 0) {
		return r;
	}

	r = sqlite_open(path, &db->sqlite);
	r = r ? r : recognise(db->sqlite, count, &version);
	r = r ? r : settle_in(db->sqlite, application_id, version);
	r = r ? r : migrate(db->sqlite, migrations, count, version);
	if (r != 0) {
		/* Not a Holdfast, which has the lock beside it, but somebody with a SQLite shell.
		 */
		return r == -EBUSY ? DB_E_LOCKED : r;
	}

	*ret_db = take_ptr(db);
	return 0;
}

int db_open_memory(const char *const *migrations, size_t count, struct db **ret_db)
{
	_cleanup_(db_closep) struct db *db = db_new();
	int r;

	if (!db) {
		return -ENOMEM;
	}

	r = sqlite_open(NULL, &db->sqlite);
	r = r ? r : migrate(db->sqlite, migrations, count, 0);
	if (r != 0) {
		return r;
	}

	*ret_db = take_ptr(db);
	return 0;
}

struct db *db_close(struct db *db)
{
	if (db) {
		(void)sqlite_close(db->sqlite);
		closep(&db->lock);
		free(db);
	}
	return NULL;
}

/* Neither check finds what the other does: integrity_check does not look at foreign keys. */
static int check_copy(const char *path)
{
	_cleanup_(sqlite_closep) struct sqlite *copy = NULL;
	char value[32];
	int r;

	r = sqlite_open(path, &copy);
	r = r ? r : expect(copy, "PRAGMA integrity_check", "ok");
	r = r ? r : sqlite_ask(copy, "PRAGMA foreign_key_check", value, sizeof(value));
	if (r < 0) {
		return r == -ENOTSUP ? -EBADMSG : r;
	}

	return r == SQLITE_E_EMPTY ? 0 : -EBADMSG;
}

int db_backup(struct db *db, const char *path)
{
	char temporary[PATH_MAX];
	int length, r;

	if (db->depth > 0) {
		return -EBUSY;
	}

	length = snprintf(temporary, sizeof(temporary), "%s.part", path);
	if (length < 0 || (size_t)length >= sizeof(temporary)) {
		return -ENAMETOOLONG;
	}

	r = dbfile_make(temporary);
	if (r < 0) {
		return r;
	}

	/* Unlike a copy page by page it leaves out the pages of what was deleted. */
	r = db_run(db, "VACUUM INTO ?", "t", temporary);
	r = r ? r : check_copy(temporary);
	r = r ? r : dbfile_publish(temporary, path);
	if (r != 0) {
		(void)unlink(temporary);
	}
	return r;
}
