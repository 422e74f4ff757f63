/*
 * A SQLite connection: statements that are kept, and errors as errno.
 *
 * Dangerous here: a statement that is not reset keeps a checkpoint from
 * finishing, and its bindings keep what a client wrote in memory; so a
 * reset always clears both.
 */
#include "lib/sqlite.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

/* Statements are literals, so their number is known; the table stays under three quarters full. */
#define SLOT_BITS      9
#define SLOTS          (1u << SLOT_BITS)
#define STATEMENTS_MAX 384

struct sqlite_statement {
	struct sqlite *sqlite;
	const char *sql;
	sqlite3_stmt *prepared;
	bool in_use;
};

struct sqlite {
	sqlite3 *handle;
	int64_t changes;
	size_t statement_count;
	struct sqlite_statement statements[SLOTS]; /* open addressing by the address of sql */
};

static int from_io_error(const struct sqlite *sqlite, int code)
{
	int cause = sqlite3_system_errno(sqlite->handle);

	if (code == SQLITE_IOERR_NOMEM) {
		return -ENOMEM;
	}

	/* SQLite calls only ENOSPC full; a quota is as full. */
	return cause == ENOSPC || cause == EDQUOT ? -ENOSPC : -EIO;
}

static int from_code(const struct sqlite *sqlite, int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_DONE:
		return 0;
	case SQLITE_ROW:
		return SQLITE_E_ROW;
	case SQLITE_CONSTRAINT:
		return SQLITE_E_CONSTRAINT;
	case SQLITE_FULL:
		return -ENOSPC;
	case SQLITE_IOERR:
		return from_io_error(sqlite, code);
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

static int last_error(const struct sqlite *sqlite)
{
	return from_code(sqlite, sqlite3_extended_errcode(sqlite->handle));
}

/* No views or triggers with side effects, no writing to the schema or the file's innards by SQL;
 * temporary tables hold clients' data too and stay off the disk. */
static int harden(struct sqlite *sqlite)
{
	sqlite3 *handle = sqlite->handle;

	(void)sqlite3_extended_result_codes(handle, 1);
	if (sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL) != SQLITE_OK ||
	    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL) != SQLITE_OK ||
	    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_FKEY, 1, NULL) != SQLITE_OK) {
		return -ENOTSUP;
	}

	return sqlite_execute(sqlite, "PRAGMA temp_store = MEMORY");
}

int sqlite_open(const char *path, struct sqlite **ret_sqlite)
{
	_cleanup_(sqlite_closep) struct sqlite *sqlite = calloc(1, sizeof(*sqlite));
	int code, r;

	if (!sqlite) {
		return -ENOMEM;
	}

	code = sqlite3_open_v2(path ? path : ":memory:", &sqlite->handle,
			       SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
				       (path ? 0 : SQLITE_OPEN_CREATE),
			       NULL);
	if (code != SQLITE_OK) {
		return sqlite->handle ? from_code(sqlite, code) : -ENOMEM;
	}

	r = harden(sqlite);
	if (r < 0) {
		return r;
	}

	*ret_sqlite = take_ptr(sqlite);
	return 0;
}

struct sqlite *sqlite_close(struct sqlite *sqlite)
{
	if (!sqlite) {
		return NULL;
	}

	for (size_t i = 0; i < SLOTS; i++) {
		(void)sqlite3_finalize(sqlite->statements[i].prepared);
	}
	(void)sqlite3_close(sqlite->handle);
	free(sqlite);
	return NULL;
}

void sqlite_keep_wal(struct sqlite *sqlite, bool keep)
{
	(void)sqlite3_db_config(sqlite->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, (int)keep, NULL);
}

void sqlite_patience(struct sqlite *sqlite, int most_ms)
{
	(void)sqlite3_busy_timeout(sqlite->handle, most_ms);
}

int sqlite_execute(struct sqlite *sqlite, const char *sql)
{
	if (sqlite3_exec(sqlite->handle, sql, NULL, NULL, NULL) != SQLITE_OK) {
		return last_error(sqlite);
	}
	return 0;
}

int sqlite_ask(struct sqlite *sqlite, const char *sql, char *buffer, size_t size)
{
	sqlite3_stmt *statement = NULL;
	const char *text;
	int r;

	if (sqlite3_prepare_v2(sqlite->handle, sql, -1, &statement, NULL) != SQLITE_OK) {
		return last_error(sqlite);
	}

	r = from_code(sqlite, sqlite3_step(statement));
	if (r == SQLITE_E_ROW) {
		text = (const char *)sqlite3_column_text(statement, 0);
		(void)snprintf(buffer, size, "%s", text ? text : "");
		r = 0;
	} else if (r == 0) {
		r = SQLITE_E_EMPTY;
	}

	(void)sqlite3_finalize(statement);
	return r;
}

bool sqlite_in_transaction(const struct sqlite *sqlite)
{
	return !sqlite3_get_autocommit(sqlite->handle);
}

/* A transaction that SQLite rolled back already gives an error here, which says nothing new. */
void sqlite_undo(struct sqlite *sqlite)
{
	if (sqlite_in_transaction(sqlite)) {
		(void)sqlite3_exec(sqlite->handle, "ROLLBACK", NULL, NULL, NULL);
	}
}

int64_t sqlite_changes(const struct sqlite *sqlite)
{
	return sqlite->changes;
}

int64_t sqlite_last_id(const struct sqlite *sqlite)
{
	return sqlite3_last_insert_rowid(sqlite->handle);
}

/* Fibonacci hashing: literals lie close together, and the product's high bits spread them. */
static struct sqlite_statement *find_slot(struct sqlite *sqlite, const char *sql)
{
	size_t at = ((uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15)) >> (64 - SLOT_BITS);

	while (sqlite->statements[at].sql && sqlite->statements[at].sql != sql) {
		at = (at + 1) % SLOTS;
	}
	return &sqlite->statements[at];
}

static int prepare_into(struct sqlite *sqlite, const char *sql, struct sqlite_statement *slot)
{
	sqlite3_stmt *prepared = NULL;
	const char *rest;

	if (sqlite->statement_count >= STATEMENTS_MAX) {
		return -E2BIG;
	}
	if (sqlite3_prepare_v3(sqlite->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &prepared,
			       &rest) != SQLITE_OK) {
		return last_error(sqlite);
	}
	/* A second statement behind the first would silently not run. */
	if (!prepared || *rest) {
		(void)sqlite3_finalize(prepared);
		return -EINVAL;
	}

	*slot = (struct sqlite_statement){ .sqlite = sqlite, .sql = sql, .prepared = prepared };
	sqlite->statement_count++;
	return 0;
}

static int find(struct sqlite *sqlite, const char *sql, struct sqlite_statement **ret_statement)
{
	struct sqlite_statement *slot = find_slot(sqlite, sql);
	int r;

	if (!slot->sql) {
		r = prepare_into(sqlite, sql, slot);
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

int sqlite_start(struct sqlite *sqlite, const char *sql, const char *types, va_list parameters,
		 bool borrow, struct sqlite_statement **ret_statement)
{
	struct sqlite_statement *statement;
	int r;

	r = find(sqlite, sql, &statement);
	if (r < 0) {
		return r;
	}

	statement->in_use = true;
	r = from_code(sqlite, bind_all(statement->prepared, types, parameters,
				       borrow ? SQLITE_STATIC : SQLITE_TRANSIENT));
	if (r < 0) {
		sqlite_reset(statement);
		return r;
	}

	*ret_statement = statement;
	return 0;
}

int sqlite_step(struct sqlite_statement *statement)
{
	struct sqlite *sqlite = statement->sqlite;
	int code = sqlite3_step(statement->prepared);

	if (code == SQLITE_DONE) {
		sqlite->changes = sqlite3_stmt_readonly(statement->prepared)
					  ? 0
					  : sqlite3_changes64(sqlite->handle);
	}
	return from_code(sqlite, code);
}

void sqlite_reset(struct sqlite_statement *statement)
{
	(void)sqlite3_reset(statement->prepared);
	(void)sqlite3_clear_bindings(statement->prepared);
	statement->in_use = false;
}

static sqlite3_stmt *prepared_of(const struct sqlite_statement *statement)
{
	return statement ? statement->prepared : NULL;
}

int64_t sqlite_int(const struct sqlite_statement *statement, int column)
{
	return sqlite3_column_int64(prepared_of(statement), column);
}

const char *sqlite_text(const struct sqlite_statement *statement, int column)
{
	return (const char *)sqlite3_column_text(prepared_of(statement), column);
}

bool sqlite_is_null(const struct sqlite_statement *statement, int column)
{
	return sqlite3_column_type(prepared_of(statement), column) == SQLITE_NULL;
}
