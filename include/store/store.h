/* The database that holdfastd keeps: which file it is, and every migration it has had. */
#ifndef HF_STORE_STORE_H
#define HF_STORE_STORE_H

#include "lib/db.h"
#include "lib/civil.h"

#define STORE_APPLICATION_ID 0x48464454 /* "HFDT" */

/* STATE_DIR/holdfast.db.  The answers of db_open(). */
int store_open(const char *state_dir, struct db **ret_db);
bool store_is_there(const char *state_dir); /* whatever it holds */
int store_open_memory(struct db **ret_db);

/* How far the planner has come; `fallback` before its first run. */
int store_cursor(struct db *db, hf_time fallback, hf_time *ret_cursor);
int store_set_cursor(struct db *db, hf_time cursor);

/* The clock is not believed: why (enum clock_hold_why; 0 when all is well), and since when by the clock
 * of then. */
int store_hold(struct db *db, int64_t *ret_why, hf_time *ret_since);
int store_set_hold(struct db *db, int64_t why, hf_time since);

/* What the clock showed less what the machine had run, at that boot, when it was last believed; 0 and 0
 * where nothing is known. */
int store_clock(struct db *db, int64_t *ret_boot, hf_time *ret_offset);
int store_set_clock(struct db *db, int64_t boot, hf_time offset);

/* The last hold that ended by itself, because the clock was behind and then right: when it began, by
 * the clock of then, and when it ended; 0 and 0 for none. */
int store_behind(struct db *db, hf_time *ret_since, hf_time *ret_until);
int store_set_behind(struct db *db, hf_time since, hf_time until);

/* The last stretch in which texts fell due and nobody looked; 0 and 0 for none. */
int store_outage(struct db *db, hf_time *ret_from, hf_time *ret_until);
int store_set_outage(struct db *db, hf_time from, hf_time until);
/* The end of the last one of which there is a case, or of which there need be none. */
int store_outage_told(struct db *db, hf_time *ret_until);
int store_set_outage_told(struct db *db, hf_time until);

/* When the daily digest was last sent; 0: never. */
int store_digest(struct db *db, hf_time *ret_at);
int store_set_digest(struct db *db, hf_time at);

/* Which database it is: a random number, made at the first question, never 0.  And which one was here
 * before it; 0: none that anybody knows of. */
int store_identity(struct db *db, int64_t *ret_store);
int store_former(struct db *db, int64_t *ret_store);
int store_set_former(struct db *db, int64_t store);

/* The number of the last batch of claims. */
int store_batch(struct db *db, int64_t *ret_batch);
int store_set_batch(struct db *db, int64_t batch);

/* How far it has come: numbers that only ever rise, of batches, texts out and in, cases, acts of staff
 * and the ledger of consent.  And: go on after those, so that none of them means two things. */
#define STORE_EXTENT 6
int store_extent(struct db *db, int64_t ret_extent[STORE_EXTENT]);
int store_go_on_after(struct db *db, const int64_t extent[STORE_EXTENT]);

/* When old texts were last forgotten; 0: never. */
int store_purged(struct db *db, hf_time *ret_at);
int store_set_purged(struct db *db, hf_time at);

/* Has somebody been told that as many texts have gone out as may, since fewer had? */
int store_ceiling_told(struct db *db, bool *ret_told);
int store_set_ceiling_told(struct db *db, bool told);

#endif
