/*
 * A second witness of how far the database has come, in a file of its own: STATE_DIR/holdfast.seen.
 *
 * What a text's claim does is committed in the database first, then written here and
 * synced, and only then does the text leave.  So a database that knows less than this file
 * was put back, lost its newest part, or is another one, and what it does not know to have left
 * must not leave again.
 *
 * A line is a JSON object: a claim, or how far the database had come.  No name, number or words.
 */
#ifndef HF_STORE_WITNESS_H
#define HF_STORE_WITNESS_H

#include "store/outbox.h"

/* How much a claim may be too old to matter: nothing that is so late goes out. */
#define WITNESS_KEEPS (31 * HF_DAY)

struct witness;

/* What the two say of each other. */
enum witness_finding {
	WITNESS_AGREES,  /* or both are new */
	WITNESS_OLDER,   /* the database knows less than was seen of it */
	WITNESS_OTHER,   /* it is another one than was seen, or an empty one */
	WITNESS_MISSING, /* the file is gone: nobody knows whether the database is the newest */
};

/* Is there a witness in that directory, or a trace of an earlier Holdfast's work?  Then a database that
 * is missing is not made anew without a word. */
bool witness_of_work(const char *state_dir);

/* Reads what was seen, and compares.  Where the database knows less, what it does not know to have left is
 * entered as unknown (outbox_recall), and its numbers go on after those that were seen, all in one
 * transaction, with holds[finding] as the hold that the store remembers (NULL: none).  From then on the
 * database and the file agree, and db_commit() alone is not enough: see below.  The witness is the database's companion: the
 * verbs below find it, and do nothing where there is none.  0 or -errno. */
int witness_open(const char *state_dir, struct db *db, const int64_t *holds, hf_time now,
		 enum witness_finding *ret_finding);
/* Before the database is closed. */
void witness_close(struct db *db);

/* In the transaction that claims: a text of the batch that witness_batch() began.  -ENOSPC where the disk
 * has no room for it. */
int witness_batch(struct db *db);
int witness_claim(struct db *db, const struct outbox_message *row, const char *gateway,
		  hf_time now);
/* It was rolled back. */
void witness_forget(struct db *db);

/* After the commit and before any text leaves, and at the end of each turn: what is new is on the disk.
 * Where it cannot be, -EIO: nothing may leave any more, and the process is to end. */
int witness_note(struct db *db, hf_time now);

/* Which database it is, and the number of its last batch: what couriers keep, too. */
struct witness_mark {
	int64_t store, batch;
};
void witness_mark(struct db *db, struct witness_mark *ret_mark); /* zeros where there is none */
/* A courier has carried texts of that mark.  What this says of the database; the mark counts as seen. */
int witness_compare(struct db *db, const struct witness_mark *mark,
		    enum witness_finding *ret_finding);

#endif
