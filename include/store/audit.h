/*
 * What staff asked holdfastd to do: who, when, what, to whom and why.  Lines are
 * only ever added, in the transaction of the act itself.
 */
#ifndef HF_STORE_AUDIT_H
#define HF_STORE_AUDIT_H

#include "lib/db.h"
#include "lib/civil.h"

/* Texts are borrowed: from the caller for audit_add, from the rows for a reader.  `why` is in
 * staff's words and may hold a name, so that it stands nowhere but in the database and in answers
 * to staff. */
struct audit_entry {
	hf_time at;
	int64_t uid;        /* -1 where the socket could not say */
	const char *user;   /* the Unix name that the uid had then */
	const char *verb;   /* "pause" */
	const char *client; /* the handle; "" where it was about nobody in particular */
	const char *detail; /* "until 2026-12-01", "text 17", ""; never the words of a text */
	const char *why;    /* "" where none was asked for */
};

int audit_add(struct db *db, const struct audit_entry *entry);

#define AUDIT_READ "read" /* the verb of whoever has looked at words */

/* The newest first; client NULL: everybody's; verb NULL: all. */
int audit_list(struct db *db, const char *client, const char *verb, int limit,
	       struct db_rows *ret_rows);
/* What staff did to a client, without what they only read; the newest first. */
int audit_acts(struct db *db, const char *client, int limit, struct db_rows *ret_rows);
void audit_read(const struct db_rows *rows, struct audit_entry *ret_entry);

#endif
