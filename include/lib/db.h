/*
 * SQLite, and how Holdfast holds it: one connection in one process, WAL,
 * synchronous=FULL, STRICT tables, numbered migrations (facts: sqlite.org/wal.html,
 * and the WAL-reset bug of 3.7.0-3.51.2 that makes one connection a rule).
 *
 * Statements are prepared once and kept by the address of their text, so `sql`
 * must be a literal.  SQL stands in daemon/store/ only.
 */
#ifndef HF_LIB_DB_H
#define HF_LIB_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/cleanup.h"

struct db;

/* Errors are -errno: -ENOSPC full, -EBUSY, -ENOMEM, after which one may ask again; those of a
 * database that is broken, see db_on_broken(): -EIO, -EROFS, -EACCES, -EBADMSG corrupt; -EINVAL where a statement is wrong or breaks a constraint:
 * what may meet a row that is there already says ON CONFLICT. */
enum {
	DB_E_FOREIGN = 1, /* db_open: not a Holdfast database; the file is left alone */
	DB_E_NEWER,       /* db_open: made by a newer Holdfast; the file is left alone */
	DB_E_LOCKED,      /* db_open: another process has it */
	DB_E_ALTERED, /* db_open: its tables or triggers are not those that we make; it is left alone */
};

/* Before anything is written the whole file is looked through (PRAGMA quick_check), and what is in it
 * compared with what the migrations make.  migrations[n] takes a database from user_version n to n + 1, in one transaction. */
int db_open(const char *path, uint32_t application_id, const char *const *migrations, size_t count,
	    struct db **ret_db);
/* Nothing on disk, no sync: for previews and tests. */
int db_open_memory(const char *const *migrations, size_t count, struct db **ret_db);
/* Checkpoints (TRUNCATE) and closes. */
struct db *db_close(struct db *db);
DEFINE_CLEANUP(struct db *, db_close);

/* Told once, from inside the call that noticed it: the disk or the file is not to be trusted any more.
 * After a failed sync the kernel may have dropped what was written, and will not say so twice; so from
 * then on every call gives that same error, nothing is written, not even on closing, and the process is
 * to end: whoever opens the file anew reads what is really there. */
typedef void (*db_broken)(void *userdata, int error);
void db_on_broken(struct db *db, db_broken on_broken, void *userdata);
bool db_is_broken(const struct db *db);

/* What the store keeps beside the file and finds again by it; not looked at here.  NULL: nothing. */
enum db_companion {
	DB_WITNESS,
	DB_SUPPRESSION,
	DB_COMPANIONS,
};
void db_set_companion(struct db *db, enum db_companion which, void *companion);
void *db_companion(const struct db *db, enum db_companion which);

/* What is in the WAL goes into the file, and the WAL is emptied: a WAL that is lost is then a small loss. */
int db_checkpoint(struct db *db);

/* BEGIN IMMEDIATE.  Nested calls count: only the outermost commits; a rollback anywhere undoes all
 * and the outermost db_commit then gives -ECANCELED. */
int db_begin(struct db *db);
int db_commit(struct db *db);
void db_rollback(struct db *db);
/* Ends what db_begin() began: commits where r is 0, else rolls back.  Gives r, or the commit's
 * error. */
int db_end(struct db *db, int r);
/* The same for a verb whose r > 0 is an answer that says no: nothing was written, so this commits
 * as well, and a transaction around it goes on. */
int db_end_answered(struct db *db, int r);

/* One parameter a letter: i int64_t, t const char * (NULL: null), r double.
 * Runs to the end and resets.  0 or -errno. */
int db_run(struct db *db, const char *sql, const char *types, ...);
int64_t db_changes(const struct db *db); /* rows of the last db_run */
int64_t db_last_id(const struct db *db);

/* A query and its rows.  A statement serves one query at a time (-EBUSY otherwise): step it to the
 * end or let _cleanup_ reset it before it is used again. */
struct db_rows {
	struct db *db;
	struct db_statement *statement;
	int error;
};
int db_query(struct db *db, struct db_rows *ret_rows, const char *sql, const char *types, ...);
/* True while there is a row; at the end look at rows->error. */
bool db_next(struct db_rows *rows);
/* Steps to a row: 0, -errno, or `none` where there is none. */
int db_first(struct db_rows *rows, int none);
int64_t db_int(const struct db_rows *rows, int column);
bool db_is_null(const struct db_rows *rows, int column);
const char *db_text(const struct db_rows *rows,
		    int column); /* NULL for null; valid until the next step */
void db_rows_done(struct db_rows *rows);
#define _cleanup_rows_ _cleanup_(db_rows_done)

/* A single integer, or fallback where there is no row, or null in it, as in min() of nothing. */
int db_one_int(struct db *db, int64_t fallback, int64_t *ret_number, const char *sql,
	       const char *types, ...);

/* A consistent copy, checked and synced, then renamed to path. */
int db_backup(struct db *db, const char *path);

#endif
