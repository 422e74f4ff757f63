/*
 * Pauses that staff make by command, beside those in the configuration: from
 * the instant they are made until the end of a local day, or until somebody
 * resumes.  They are kept when they are over.
 */
#ifndef HF_STORE_PAUSES_H
#define HF_STORE_PAUSES_H

#include "lib/db.h"
#include "lib/civil.h"

enum {
	PAUSES_E_NONE = 1, /* no pause holds that day */
};

/* Texts are borrowed: from the caller for pauses_begin, from the rows for a reader. */
struct staff_pause {
	hf_time at;         /* when it was made */
	struct civil until; /* the last day, where the client is; year 0: open */
	const char *by;     /* the Unix name of who made it */
	const char *why;
};

/* Takes the place of the one that holds now, if any: a client has one at a time. */
int pauses_begin(struct db *db, const char *client, const struct staff_pause *pause);
/* Ends the pause that holds on that day.  PAUSES_E_NONE. */
int pauses_end(struct db *db, const char *client, const struct civil *today, hf_time now);

/* The pause that holds on that local day.  PAUSES_E_NONE. */
int pauses_get(struct db *db, const char *client, const struct civil *today,
	       struct db_rows *ret_rows);
void pauses_read(const struct db_rows *rows, struct staff_pause *ret_pause);

#endif
