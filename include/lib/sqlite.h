/*
 * A SQLite connection, its statements and its errors: the one place that knows
 * the library.  What Holdfast makes of it is lib/db; nobody else uses this.
 *
 * Errors are -errno: -ENOSPC full, -EIO (also a failed sync), -EROFS, -EBUSY,
 * -EACCES, -ENOMEM, -EBADMSG corrupt, -EINVAL wrong SQL.
 */
#ifndef HF_LIB_SQLITE_H
#define HF_LIB_SQLITE_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cleanup.h"

struct sqlite;
struct sqlite_statement;

enum {
	SQLITE_E_CONSTRAINT = 1, /* UNIQUE, CHECK, NOT NULL or FOREIGN KEY */
	SQLITE_E_ROW,            /* sqlite_step: there is a row */
	SQLITE_E_EMPTY,          /* sqlite_ask: there is none */
};

/* The file must exist; NULL is a database in memory.  Views, triggers and functions of a file that
 * somebody else made can do nothing; foreign keys are on. */
int sqlite_open(const char *path, struct sqlite **ret_sqlite);
/* Checkpoints, unless it was told to keep the WAL.  A transaction that is open is undone. */
struct sqlite *sqlite_close(struct sqlite *sqlite);
DEFINE_CLEANUP(struct sqlite *, sqlite_close);

/* Whether closing leaves the WAL as it is, and so every byte on disk. */
void sqlite_keep_wal(struct sqlite *sqlite, bool keep);
/* How long another's lock is waited for. */
void sqlite_patience(struct sqlite *sqlite, int most_ms);

/* Any number of statements without parameters, not kept. */
int sqlite_execute(struct sqlite *sqlite, const char *sql);
/* The first value of the first row as text; SQLITE_E_EMPTY.  For pragmas. */
int sqlite_ask(struct sqlite *sqlite, const char *sql, char *buffer, size_t size);

/* True from BEGIN until COMMIT, ROLLBACK or an error that made SQLite roll back by itself. */
bool sqlite_in_transaction(const struct sqlite *sqlite);
void sqlite_undo(struct sqlite *sqlite);
/* Rows that the last writing statement changed; 0 after a reading one. */
int64_t sqlite_changes(const struct sqlite *sqlite);
int64_t sqlite_last_id(const struct sqlite *sqlite);

/* Prepared once and kept by the address of `sql`, which must be a literal.  One parameter a letter:
 * i int64_t, t const char *, r double.  Texts are copied, or with `borrow` must live until the
 * reset.  -EBUSY while the same statement is in use; otherwise it is the caller's until the reset.
 */
int sqlite_start(struct sqlite *sqlite, const char *sql, const char *types, va_list parameters,
		 bool borrow, struct sqlite_statement **ret_statement);
/* SQLITE_E_ROW, 0 at the end, SQLITE_E_CONSTRAINT or -errno. */
int sqlite_step(struct sqlite_statement *statement);
void sqlite_reset(struct sqlite_statement *statement);

/* Of the row at hand.  0 and NULL without a statement. */
int64_t sqlite_int(const struct sqlite_statement *statement, int column);
const char *sqlite_text(const struct sqlite_statement *statement, int column);
bool sqlite_is_null(const struct sqlite_statement *statement, int column);

#endif
