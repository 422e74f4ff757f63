/*
 * What happened to each person that the configuration cannot know: consent and
 * its withdrawal (a ledger nothing is ever removed from); whether the first text
 * has been accepted; a setback, a number that nobody can be reached at, a
 * conversation that is under way, and what she was told lately.  And numbers: of
 * strangers, and of clients who have changed theirs.
 */
#ifndef HF_STORE_PEOPLE_H
#define HF_STORE_PEOPLE_H

#include "lib/db.h"
#include "lib/civil.h"
#include "lib/phone.h"

/* --- consent ----------------------------------------------------------------- */

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
/* The first text is to go once more; what a schedule asks for waits for it. */
int people_welcome_anew(struct db *db, const char *client);

/* --- how things stand ---------------------------------------------------------- */

/* Instants, 0: not. */
struct situation {
	hf_time setback;       /* since then; over when staff have set a later recovery date */
	hf_time last_setback;  /* the same, and kept when it is over: check-ins begin anew there */
	hf_time suspended;     /* since then nothing can be delivered to `phone` */
	char phone[PHONE_MAX]; /* the number of `failures` and `suspended` */
	int failures;          /* permanent ones, one after the other */
	hf_time talking;       /* until then a human conversation runs and automation holds */
	hf_time told_hours;    /* the last out-of-hours reply */
	hf_time told_help;     /* the last answer to HELP, of someone who was stopped */
	hf_time answered; /* the last automatic answer to what she wrote, and how many of them */
	int answers;      /* one after the other, each within minutes: a robot's ping-pong */
};

/* Nobody of that handle: all zeros, answer 0. */
int situation_get(struct db *db, const char *handle, struct situation *ret_situation);
/* All of it; the caller has read it in the same transaction. */
int situation_set(struct db *db, const char *handle, const struct situation *situation);

/* Everyone who has had a setback: columns handle, setback, last_setback. */
int situation_setbacks(struct db *db, struct db_rows *ret_rows);

/* The handle of a number that nobody knows, "?7", always the same for the same number.  Makes one
 * where there is none; -ENOSPC at STRANGERS_MAX. */
#define STRANGERS_MAX   100000
#define STRANGER_HANDLE 24
int strangers_handle(struct db *db, const char *number, hf_time now, char handle[STRANGER_HANDLE]);
enum { STRANGERS_E_NONE = 1 };
int strangers_number(struct db *db, const char *handle, char number[PHONE_MAX]);

/* A client has this number now: a new line in the history where it is not the last one's. */
int numbers_note(struct db *db, const char *client, const char *phone, hf_time now);
/* The number of everyone who has one, by client: columns client, phone. */
int numbers_current(struct db *db, struct db_rows *ret_rows);
/* All that a client has had, the last one first: columns phone, since, until (0: still). */
int numbers_of(struct db *db, const char *client, struct db_rows *ret_rows);
/* Who had a number before, the last one first: columns client, since, until.  So that a text from
 * an old number is not taken for a stranger's. */
int numbers_before(struct db *db, const char *phone, struct db_rows *ret_rows);

#endif
