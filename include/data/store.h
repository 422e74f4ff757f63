/* The database that holdfastd keeps: which file it is, and every migration it has had. */
#ifndef HF_DATA_STORE_H
#define HF_DATA_STORE_H

#include "base/db.h"
#include "core/civil.h"

#define STORE_APPLICATION_ID 0x48464454 /* "HFDT" */

/* STATE_DIR/holdfast.db.  The answers of db_open(). */
int store_open(const char *state_dir, struct db **ret_db);
int store_open_memory(struct db **ret_db);

/* How far the planner has come; `fallback` before its first run. */
int store_cursor(struct db *db, hf_time fallback, hf_time *ret_cursor);
int store_set_cursor(struct db *db, hf_time cursor);

#endif
