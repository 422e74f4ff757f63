/*
 * What happened to each person that the configuration cannot know: consent and
 * its withdrawal (a ledger nothing is ever removed from), and whether the first text
 * has been accepted.
 */
#ifndef HF_STORE_PEOPLE_H
#define HF_STORE_PEOPLE_H

#include "lib/db.h"
#include "lib/civil.h"

enum consent {
	CONSENT_NONE,
	CONSENT_GIVEN,
	CONSENT_WITHDRAWN,
};
extern const char *const consent_words[];

struct person {
	enum consent consent;
	hf_time consent_at; /* of the last entry */
	bool by_staff;      /* the last entry is staff's: a withdrawal is not by the client */
	hf_time welcomed;   /* 0: the first text has not been accepted */
};

/* Nobody known by that handle: CONSENT_NONE and zeros, answer 0. */
int people_get(struct db *db, const char *client, struct person *ret_person);

/* An entry in the ledger; `source` is how ("paper", "reply", "staff"), `by` who.  What the
 * configuration says (source "config") is entered once for each date, and never outweighs a
 * withdrawal on or after that date. */
int people_consent(struct db *db, const char *client, const char *phone, enum consent consent,
		   hf_time at, const char *source, const char *by, hf_time now);
/* The ledger of a client, oldest first: columns at, consent (enum), source, by, recorded. */
int people_ledger(struct db *db, const char *client, struct db_rows *ret_rows);
/* Has there ever been a consent in the ledger?  What was taken back may be given again only then.
 */
int people_ever_consented(struct db *db, const char *client, bool *ret_ever);
int people_welcomed(struct db *db, const char *client, hf_time now);

#endif
