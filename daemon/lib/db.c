/*
 * How Holdfast holds its database: statements, rows, opening, migrating,
 * transactions, backup.
 *
 * Promises: what db_commit() took is on the disk (WAL, synchronous=FULL); a file
 * that is not ours, or newer than us, is not changed by one byte; a damaged one
 * is never made anew.
 *
 * Dangerous here: SQLite may roll a transaction back by itself when the disk is
 * full, and the next statement would then commit on its own.  So within a
 * transaction nothing runs once SQLite has left it.
 *
 * After a sync that failed, or a page that is damaged, the next answer of the same connection may
 * be wrong.  Each error of SQLite's passes failed(), which remembers such a one; nobody has to.
 *
 * A statement that is not reset keeps a checkpoint from finishing, and its
 * bindings keep what a client wrote in memory; so a reset always clears both.
 */
#include "lib/db.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "lib/db_file.h"

/* While opening, another's short lock is waited for; a Holdfast that runs never lets go. */
#define BUSY_OPENING_MS 300
#define BUSY_RUNNING_MS 2000

/* Statements are literals, so their number is known; the table stays under three quarters full. */
#define SLOT_BITS      9
#define SLOTS          (1u << SLOT_BITS)
#define STATEMENTS_MAX 384

/* The answer of a step: there is a row. */
#define STEP_ROW 1

struct db_statement {
	const char *sql;
	sqlite3_stmt *prepared;
	bool in_use;
};

struct db {
	sqlite3 *handle;
	int lock; /* descriptor, or -1 */
	unsigned depth;
	bool doomed; /* an inner rollback: nothing runs until the outermost ends */
	bool open;   /* from here on an error may break it */
	int broken;  /* the error that did; 0 while all is well */
	db_broken on_broken;
	void *userdata;
	void *companions[DB_COMPANIONS];
	int64_t changes;
	size_t statement_count;
	struct db_statement statements[SLOTS]; /* open addressing by the address of sql */
};

/* --- SQLite's errors as errno ---------------------------------------------- */

static int from_io_error(const struct db *db, int code)
{
	int cause = sqlite3_system_errno(db->handle);

	if (code == SQLITE_IOERR_NOMEM) {
		return -ENOMEM;
	}

	/* SQLite calls only ENOSPC full; a quota is as full. */
	return cause == ENOSPC || cause == EDQUOT ? -ENOSPC : -EIO;
}

static int from_code(const struct db *db, int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
		return 0;
	case SQLITE_ROW:
		return STEP_ROW;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_IOERR:
		return from_io_error(db, code);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return -EBUSY;
	case SQLITE_NOMEM:
		return -ENOMEM;
	case SQLITE_READONLY:
		return -EROFS;
	case SQLITE_CANTOPEN:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return -EACCES;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return -EBADMSG;
	case SQLITE_TOOBIG:
		return -E2BIG;
	case SQLITE_ABORT:
		return -ECANCELED;
	}

	return -EINVAL;
}

/* All others leave the file and the connection as they were. */
static bool breaks(int error)
{
	return error == -EIO || error == -EROFS || error == -EACCES || error == -EBADMSG;
}

/* An error is on its way up. */
static int failed(struct db *db, int error)
{
	if (db->open && !db->broken && breaks(error)) {
		db->broken = error;
		if (db->on_broken) {
			db->on_broken(db->userdata, error);
		}
	}
	return error;
}

static int last_error(struct db *db)
{
	return failed(db, from_code(db, sqlite3_extended_errcode(db->handle)));
}

static int execute(struct db *db, const char *sql)
{
	return sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : last_error(db);
}

void db_on_broken(struct db *db, db_broken on_broken, void *userdata)
{
	db->on_broken = on_broken;
	db->userdata = userdata;
}

void db_set_companion(struct db *db, enum db_companion which, void *companion)
{
	db->companions[which] = companion;
}

void *db_companion(const struct db *db, enum db_companion which)
{
	return db->companions[which];
}

bool db_is_broken(const struct db *db)
{
	return db->broken != 0;
}

/* --- statements ------------------------------------------------------------ */

/* Fibonacci hashing: literals lie close together, and the product's high bits spread them. */
static struct db_statement *find_slot(struct db *db, const char *sql)
{
	size_t at = ((uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - SLOT_BITS);

	while (db->statements[at].sql && db->statements[at].sql != sql) {
		at = (at + 1) % SLOTS;
	}
	return &db->statements[at];
}

static int prepare_into(struct db *db, const char *sql, struct db_statement *slot)
{
	sqlite3_stmt *prepared = NULL;
	const char *rest;

	if (db->statement_count >= STATEMENTS_MAX) {
		return -E2BIG;
	}
	if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared, &rest) !=
	    SQLITE_OK) {
		return last_error(db);
	}
	/* A second statement behind the first would silently not run. */
	if (!prepared || *rest) {
		(void)sqlite3_finalize(prepared);
		return -EINVAL;
	}

	*slot = (struct db_statement){ .sql = sql, .prepared = prepared };
	db->statement_count++;
	return 0;
}

static int find(struct db *db, const char *sql, struct db_statement **ret_statement)
{
	struct db_statement *slot = find_slot(db, sql);
	int r;

	if (!slot->sql) {
		r = prepare_into(db, sql, slot);
		if (r < 0) {
			return r;
		}
	}
	if (slot->in_use) {
		return -EBUSY;
	}

	/* Fails where `sql` was no literal and its memory holds another text by now. */
	assert(strcmp(sqlite3_sql(slot->prepared), sql) == 0);
	*ret_statement = slot;
	return 0;
}

static int bind_all(sqlite3_stmt *prepared, const char *types, va_list parameters,
		    sqlite3_destructor_type keeping)
{
	int code = SQLITE_OK;

	if (strlen(types) != (size_t)sqlite3_bind_parameter_count(prepared)) {
		return SQLITE_MISUSE;
	}

	for (int i = 1; *types && code == SQLITE_OK; types++, i++) {
		if (*types == 'i') {
			code = sqlite3_bind_int64(prepared, i, va_arg(parameters, int64_t));
		} else if (*types == 't') {
			code = sqlite3_bind_text(prepared, i, va_arg(parameters, const char *), -1,
						 keeping);
		} else if (*types == 'r') {
			code = sqlite3_bind_double(prepared, i, va_arg(parameters, double));
		} else {
			code = SQLITE_MISUSE;
		}
	}
	return code;
}

/* Within a transaction of ours that is SQLite's no longer. */
static bool is_lost(const struct db *db)
{
	return db->doomed || (db->depth > 0 && sqlite3_get_autocommit(db->handle));
}

static void reset(struct db_statement *statement)
{
	(void)sqlite3_reset(statement->prepared);
	(void)sqlite3_clear_bindings(statement->prepared);
	statement->in_use = false;
}

/* One parameter a letter.  Texts are copied, or with `borrow` must live until the reset.  The
 * statement is the caller's until the reset, and -EBUSY for everybody else. */
static int start(struct db *db, const char *sql, const char *types, va_list parameters, bool borrow,
		 struct db_statement **ret_statement)
{
	struct db_statement *statement;
	int r;

	if (db->broken) {
		return db->broken;
	}
	if (is_lost(db)) {
		return -ECANCELED;
	}

	r = find(db, sql, &statement);
	if (r < 0) {
		return r;
	}

	statement->in_use = true;
	r = from_code(db, bind_all(statement->prepared, types, parameters,
				   borrow ? SQLITE_STATIC : SQLITE_TRANSIENT));
	if (r < 0) {
		reset(statement);
		return r;
	}

	*ret_statement = statement;
	return 0;
}

/* STEP_ROW, 0 at the end, or -errno. */
static int step(struct db *db, sqlite3_stmt *prepared)
{
	int code = sqlite3_step(prepared);

	if (code == SQLITE_DONE) {
		db->changes = sqlite3_stmt_readonly(prepared) ? 0 : sqlite3_changes64(db->handle);
	}
	return failed(db, from_code(db, code));
}

int db_run(struct db *db, const char *sql, const char *types, ...)
{
	struct db_statement *statement;
	va_list parameters;
	int r;

	va_start(parameters, types);
	r = start(db, sql, types, parameters, true, &statement);
	va_end(parameters);
	if (r < 0) {
		return r;
	}

	do {
		r = step(db, statement->prepared);
	} while (r == STEP_ROW);
	reset(statement);
	return r;
}

int64_t db_changes(const struct db *db)
{
	return db->changes;
}

int64_t db_last_id(const struct db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

static int query(struct db *db, struct db_rows *ret_rows, const char *sql, const char *types,
		 va_list parameters)
{
	struct db_statement *statement;
	int r;

	r = start(db, sql, types, parameters, false, &statement);
	if (r == 0) {
		*ret_rows = (struct db_rows){ .db = db, .statement = statement };
	}
	return r;
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

	r = step(rows->db, rows->statement->prepared);
	if (r == STEP_ROW) {
		return true;
	}

	rows->error = r;
	db_rows_done(rows);
	return false;
}

int db_first(struct db_rows *rows, int none)
{
	return db_next(rows) ? 0 : rows->error ? rows->error : none;
}

static sqlite3_stmt *prepared_of(const struct db_rows *rows)
{
	return rows->statement ? rows->statement->prepared : NULL;
}

int64_t db_int(const struct db_rows *rows, int column)
{
	return sqlite3_column_int64(prepared_of(rows), column);
}

bool db_is_null(const struct db_rows *rows, int column)
{
	return sqlite3_column_type(prepared_of(rows), column) == SQLITE_NULL;
}

const char *db_text(const struct db_rows *rows, int column)
{
	return (const char *)sqlite3_column_text(prepared_of(rows), column);
}

void db_rows_done(struct db_rows *rows)
{
	if (rows->statement) {
		reset(rows->statement);
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

/* --- transactions ---------------------------------------------------------- */

int db_begin(struct db *db)
{
	int r;

	if (db->broken) {
		return db->broken;
	}
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

/* A transaction that SQLite rolled back already gives an error here, which says nothing new. */
static void undo(struct db *db)
{
	if (!sqlite3_get_autocommit(db->handle)) {
		(void)execute(db, "ROLLBACK");
	}
}

int db_commit(struct db *db)
{
	int r = db->broken ? db->broken : is_lost(db) ? -ECANCELED : 0;

	assert(db->depth > 0);
	if (db->depth > 1) {
		db->depth--;
		return r;
	}

	r = r ? r : db_run(db, "COMMIT", "");
	if (r != 0) {
		undo(db);
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

	undo(db);
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

/* Whether closing leaves the WAL as it is, and so every byte on disk. */
static void keep_wal(struct db *db, bool keep)
{
	(void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, (int)keep, NULL);
}

/* --- opening --------------------------------------------------------------- */

/* No views, triggers or functions with side effects that somebody else put into the file, no writing
 * to the schema or the file's innards by SQL; temporary tables hold clients' data too and stay off
 * the disk.  And a statement is prepared once, not again for each value that a partial index might be
 * chosen by (QPSG). */
static int harden(struct db *db)
{
	sqlite3 *handle = db->handle;

	(void)sqlite3_extended_result_codes(handle, 1);
	if (sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
	    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) != SQLITE_OK ||
	    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL) != SQLITE_OK ||
	    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, NULL) != SQLITE_OK) {
		return -ENOTSUP;
	}

	return execute(db, "PRAGMA temp_store = MEMORY");
}

/* The file must exist; NULL is a database in memory. */
static int open_file(struct db *db, const char *path)
{
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (path ? 0 : SQLITE_OPEN_CREATE);
	int code = sqlite3_open_v2(path ? path : ":memory:", &db->handle, flags, NULL);

	if (code != SQLITE_OK) {
		return db->handle ? from_code(db, code) : -ENOMEM;
	}

	return harden(db);
}

/* A pragma that SQLite does not know or may not obey is no error: so it is read back. */
static int check_pragma(struct db *db, const char *pragma, const char *expected)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	const char *value;
	bool obeyed;
	int r;

	r = db_query(db, &rows, pragma, "");
	if (r < 0) {
		return r;
	}

	value = db_next(&rows) ? db_text(&rows, 0) : NULL;
	obeyed = value && strcmp(value, expected) == 0;
	return rows.error ? rows.error : obeyed ? 0 : -ENOTSUP;
}

/* The version may stand in the WAL only, so it is SQLite that reads it; and until we know that the
 * database is ours to write, the WAL is not written back on closing. */
static int check_version(struct db *db, size_t count, int64_t *ret_version)
{
	int64_t version = 0;
	int r;

	(void)sqlite3_busy_timeout(db->handle, BUSY_OPENING_MS);
	keep_wal(db, true);
	r = check_pragma(db, "PRAGMA locking_mode = EXCLUSIVE", "exclusive");
	r = r ? r : db_one_int(db, 0, &version, "PRAGMA user_version", "");
	/* Reads the schema, where damage at the beginning shows. */
	r = r ? r : execute(db, "SELECT count(*) FROM sqlite_schema");
	if (r != 0) {
		return r;
	}
	if (version < 0 || version > (int64_t)count) {
		return DB_E_NEWER;
	}

	*ret_version = version;
	return 0;
}

/* The application id goes into the file itself before WAL mode begins, so that db_file_inspect()
 * finds it there whatever happens next. */
static int set_pragmas(struct db *db, uint32_t application_id, int64_t version)
{
	char set_id[64];
	int r;

	(void)snprintf(set_id, sizeof(set_id), "PRAGMA application_id = %d", (int)application_id);
	r = execute(db, "PRAGMA synchronous = FULL;"
			"PRAGMA secure_delete = ON;"
			"PRAGMA cache_size = -16384;"
			"PRAGMA journal_size_limit = 16777216;");
	if (r == 0 && version == 0) {
		r = execute(db, set_id);
	}
	r = r ? r : check_pragma(db, "PRAGMA journal_mode = WAL", "wal");
	r = r ? r : check_pragma(db, "PRAGMA synchronous", "2");
	r = r ? r : check_pragma(db, "PRAGMA secure_delete", "1");
	r = r ? r : check_pragma(db, "PRAGMA foreign_keys", "1");
	keep_wal(db, false);
	(void)sqlite3_busy_timeout(db->handle, BUSY_RUNNING_MS);
	return r;
}

static int migrate(struct db *db, const char *const *migrations, size_t count, int64_t version)
{
	char set_version[64];
	int r;

	for (; version < (int64_t)count; version++) {
		(void)snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %d",
			       (int)version + 1);
		r = execute(db, "BEGIN IMMEDIATE");
		r = r ? r : execute(db, migrations[version]);
		r = r ? r : execute(db, set_version);
		r = r ? r : execute(db, "COMMIT");
		if (r != 0) {
			undo(db);
			return r;
		}
	}

	return 0;
}

int db_checkpoint(struct db *db)
{
	int code;

	if (db->broken || db->depth > 0) {
		return db->broken ? db->broken : -EBUSY;
	}

	code = sqlite3_wal_checkpoint_v2(db->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
	return failed(db, from_code(db, code));
}

#define SCHEMA_SQL                                                                                 \
	"SELECT type || ' ' || name || ' ' || tbl_name || ' ' || ifnull(sql, '')"                  \
	" FROM sqlite_schema WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY type, name"

/* What the first `version` migrations make, and nothing else. */
static int check_schema(struct db *db, const char *const *migrations, int64_t version)
{
	_cleanup_(db_closep) struct db *model = NULL;
	_cleanup_rows_ struct db_rows rows = { 0 }, expected = { 0 };
	bool more, as_expected = true;
	int r = db_open_memory(migrations, (size_t)version, &model);

	r = r ? r : db_query(db, &rows, SCHEMA_SQL, "");
	r = r ? r : db_query(model, &expected, SCHEMA_SQL, "");
	if (r != 0) {
		return r;
	}

	do {
		more = db_next(&rows);
		as_expected = db_next(&expected) == more &&
			      (!more || strcmp(db_text(&rows, 0), db_text(&expected, 0)) == 0);
	} while (more && as_expected);
	r = rows.error ? rows.error : expected.error;
	return r ? r : as_expected ? 0 : DB_E_ALTERED;
}

static int check_pages(struct db *db)
{
	int r = check_pragma(db, "PRAGMA quick_check(1)", "ok");

	return r == -ENOTSUP ? -EBADMSG : r;
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

	r = db_file_lock(path, &db->lock);
	if (r != 0) {
		return r == DB_FILE_E_LOCKED ? DB_E_LOCKED : r;
	}

	r = db_file_inspect(path, application_id);
	return r == DB_FILE_E_FOREIGN ? DB_E_FOREIGN : r;
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

	r = open_file(db, path);
	r = r ? r : check_version(db, count, &version);
	r = r ? r : check_pages(db);
	r = r ? r : check_schema(db, migrations, version);
	r = r ? r : set_pragmas(db, application_id, version);
	r = r ? r : migrate(db, migrations, count, version);
	if (r != 0) {
		/* Not a Holdfast, which has the lock beside it, but somebody with a SQLite shell.
		 */
		return r == -EBUSY ? DB_E_LOCKED : r;
	}

	db->open = true;
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

	r = open_file(db, NULL);
	r = r ? r : migrate(db, migrations, count, 0);
	if (r != 0) {
		return r;
	}

	db->open = true;
	*ret_db = take_ptr(db);
	return 0;
}

struct db *db_close(struct db *db)
{
	if (!db) {
		return NULL;
	}

	for (size_t i = 0; i < SLOTS; i++) {
		(void)sqlite3_finalize(db->statements[i].prepared);
	}
	if (db->broken) {
		keep_wal(db, true);
	}
	(void)sqlite3_close(db->handle);
	closep(&db->lock);
	free(db);
	return NULL;
}

/* --- a copy ---------------------------------------------------------------- */

/* Neither check finds what the other does: integrity_check does not look at foreign keys. */
static int check_copy(const char *path)
{
	_cleanup_(db_closep) struct db *copy = db_new();
	_cleanup_rows_ struct db_rows rows = { 0 };
	bool broken;
	int r;

	if (!copy) {
		return -ENOMEM;
	}

	r = open_file(copy, path);
	r = r ? r : check_pragma(copy, "PRAGMA integrity_check", "ok");
	r = r ? r : db_query(copy, &rows, "PRAGMA foreign_key_check", "");
	if (r != 0) {
		return r == -ENOTSUP ? -EBADMSG : r;
	}

	broken = db_next(&rows);
	return rows.error ? rows.error : broken ? -EBADMSG : 0;
}

int db_backup(struct db *db, const char *path)
{
	char temporary[PATH_MAX];
	int length, r;

	if (db->broken || db->depth > 0) {
		return db->broken ? db->broken : -EBUSY;
	}

	length = snprintf(temporary, sizeof(temporary), "%s.part", path);
	if (length < 0 || (size_t)length >= sizeof(temporary)) {
		return -ENAMETOOLONG;
	}

	r = db_file_make(temporary);
	if (r < 0) {
		return r;
	}

	/* Unlike a copy page by page it leaves out the pages of what was deleted.  Its errors may be those
	 * of another disk. */
	db->open = false;
	r = db_run(db, "VACUUM INTO ?", "t", temporary);
	db->open = true;
	r = r ? r : check_copy(temporary);
	r = r ? r : db_file_publish(temporary, path);
	if (r != 0) {
		(void)unlink(temporary);
	}
	return r;
}
