/*
 * Texts and what became of them, when the time for which they are kept is over.
 * The consent ledger, cases and the audit are not texts and stay.
 */
#ifndef HF_STORE_RETENTION_H
#define HF_STORE_RETENTION_H

#include "lib/db.h"
#include "lib/civil.h"

#define RETENTION_MOST 500 /* rows of a table in one call: bounds how long others wait */

/* Once a day, what is older than `keep` is deleted, a little at each call, until nothing is left of
 * that day's: texts out, with their history, that were due before, check-ins that were asked, and
 * texts in and kept webhooks that came before.  Of somebody's first text only the words go, for that
 * it went out is what everything else waits for.  What is not settled stays.
 * Nothing is deleted where `now` is more than a day past the last instant on record: a clock that jumped
 * by years makes everything old.
 * It needs no timer of its own: nothing waits for it, so it is done on the way. */
int retention_run(struct db *db, hf_time keep, hf_time now);

#endif
