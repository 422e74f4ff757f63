/*
 * Forgetting: texts and what became of them, when the time for which they are
 * kept is over.  The consent ledger, cases and the audit are not texts and stay.
 */
#ifndef HF_STORE_PURGE_H
#define HF_STORE_PURGE_H

#include "lib/db.h"
#include "lib/civil.h"

#define PURGE_MOST 500 /* rows of a table in one call: bounds how long others wait */

/* Texts out, with their history, that were due before, check-ins that were asked and texts in that
 * came before.  Of somebody's first text only the words go, for that it went out is what everything
 * else waits for.  What is not settled stays.  *ret_more: there is more to forget. */
int purge_texts(struct db *db, hf_time before, bool *ret_more);

#endif
