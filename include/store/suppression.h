/*
 * Who has said STOP, in a file of its own that is only ever added to: STATE_DIR/holdfast.stops.
 *
 * The ledger of consent in the database is the truth of every day.  This is what is left of it
 * when the database was put back, emptied, or is another one: it is asked beside the
 * ledger, before every claim, and whichever says no counts.
 *
 * It names nobody: each line holds a keyed hash (HMAC-SHA-256, cut to 128 bits) of a handle or of a
 * number; the key stands beside it, in holdfast.stops.key.
 */
#ifndef HF_STORE_SUPPRESSION_H
#define HF_STORE_SUPPRESSION_H

#include <stdbool.h>

#include "lib/db.h"
#include "lib/civil.h"

/* Numbers of strangers come from anybody; when there are so many of all, theirs are no more entered. */
#define SUPPRESSION_MOST 500000

enum {
	SUPPRESSION_E_KEY =
		1, /* suppression_open: there are entries, and their key is gone or damaged */
};

/* Makes both files where there are none; writes the file anew where most of it is over.  The list is the
 * database's companion: the verbs below find it, and say "never" where there is none.  What the database
 * knows of and the file does not is entered. */
int suppression_open(const char *state_dir, struct db *db);
/* Before the database is closed. */
void suppression_close(struct db *db);

/* In the transaction that enters it in the ledger, and before its commit: whichever of the two is lost, no
 * text goes out.  phone: NULL where it is said of the client alone, and not from that number.  Synced
 * when it returns.  0 or -errno. */
int suppression_stop(struct db *db, const char *client, const char *phone, hf_time at);
int suppression_start(struct db *db, const char *client, const char *phone);

/* When it was said last; 0: never, or taken back since. */
hf_time suppression_of_client(struct db *db, const char *client);
hf_time suppression_of_number(struct db *db, const char *phone);

#endif
