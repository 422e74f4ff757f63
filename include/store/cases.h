/*
 * Cases: what a human must look at.  One open case a client and reason; what
 * comes again raises its urgency and is counted.  A case is opened,
 * acknowledged by somebody of the staff, and closed with a reason; every
 * attempt to reach the client is kept with it.
 */
#ifndef HF_STORE_CASES_H
#define HF_STORE_CASES_H

#include "lib/db.h"
#include "lib/civil.h"

enum case_reason {
	CASE_CRISIS,  /* words of danger */
	CASE_NEED,    /* an answer that asks for a call */
	CASE_SETBACK, /* words of a setback, or staff say so */
	CASE_HELP,    /* HELP: whoever is in trouble writes exactly that */
	CASE_STOP,    /* a STOP may be a sign */
	CASE_SILENT,  /* a check-in that nobody answered */
	CASE_UNCLEAR, /* an answer that we did not understand, twice */
	CASE_WRITTEN, /* a text for a human to read */
	CASE_UNDELIVERABLE,
	CASE_STRANGER,  /* a text from a number nobody knows */
	CASE_UNSENT,    /* a text that staff wrote did not go out */
	CASE_LOVED_ONE, /* a text from who may ask for help for her */
	CASE_CHANGE,    /* she wants another time for an appointment or a meeting */
	CASE_UNKNOWN,   /* nobody knows whether a text has gone out */
	CASE_OUTAGE,    /* nothing goes out by a gateway; its handle is "gateway:primary" */
	CASE_CEILING,   /* as many texts have gone out as may; its handle is "site:texts" */
};
extern const char *const case_reason_words[]; /* NULL-terminated */

/* In the place of a client's handle: of nobody, but of all.  CASE_UNSENT of it: holdfastd was away. */
#define CASES_ALL "(all)"

enum case_urgency {
	CASE_ROUTINE, /* in the digest, and on the morning list */
	CASE_URGENT,  /* who is on call is texted at once */
};
extern const char *const case_urgency_words[];

enum case_state {
	CASE_OPEN,
	CASE_ACKNOWLEDGED,
	CASE_CLOSED,
};
extern const char *const case_state_words[];

enum case_attempt {
	CASE_CALLED, /* and spoke to nobody yet */
	CASE_NO_ANSWER,
	CASE_SPOKE,
	CASE_LEFT_MESSAGE,
	CASE_TEXTED,
	CASE_VISITED,
};
extern const char *const case_attempt_words[];

/* Texts are borrowed from the rows. */
struct case_row {
	int64_t id;
	const char *client; /* the handle; of a stranger "?7" */
	enum case_reason reason;
	enum case_urgency urgency;
	enum case_state state;
	hf_time opened, acknowledged, closed;              /* 0: not */
	const char *acknowledged_by, *closed_by, *outcome; /* NULL: not */
	int times;                                         /* how often it happened */
	hf_time last;                                      /* when it last did */
	int alert_step;                                    /* how far the alert has gone */
	hf_time alert_since; /* since when it goes on; 0: it has not begun */
	hf_time alert_at; /* when somebody is to be texted next; HF_NEVER: the case is quiet.  Of an
			      * acknowledged one: by when somebody must have tried to reach her */
	hf_time told; /* a routine one: when somebody last was; 0: never; 1: somebody knows of it */
	int attempts;
};

enum {
	CASES_E_NONE = 1, /* no such case */
	CASES_E_STATE,    /* it is closed, or has been acknowledged */
};

/* Opens one, or counts it again where one is open.  Urgent ones are to be alerted at once (alert_at
 * = now), also when an open one becomes urgent or comes again after somebody has acknowledged or
 * quieted it; it is open then.  Only a silence that somebody has acknowledged is just counted.
 * ret_id may be NULL. */
int cases_open(struct db *db, const char *client, enum case_reason reason,
	       enum case_urgency urgency, hf_time now, int64_t *ret_id);

/* Which text it is about, and who of the staff wrote it (NULL: nobody did): recorded. */
int cases_about_text(struct db *db, int64_t id, const char *author, const char *note, hf_time now);

/* Recorded by "holdfast": what it is about. */
int cases_noted(struct db *db, int64_t id, const char *note, hf_time now);

/* In an open routine case there is a text that nobody has read: somebody is to be told by `at`, but
 * not again within CASES_TOLD_GAP; HF_NEVER: with the next digest.  An acknowledged one is open
 * again, and so, where there is a time, is an acknowledged urgent one, which is alerted as before. */
#define CASES_TOLD_GAP (10 * HF_MINUTE)
int cases_unread(struct db *db, int64_t id, hf_time at);
/* Where all texts of that handle since then have been read, nobody need be told of them by a clock any
 * more. */
int cases_were_read(struct db *db, const char *client);

/* by is a Unix user, or somebody of the staff ("@mreyes"), or "holdfast".  An answer that says no
 * leaves the caller's transaction as it was. */
/* attempt_by: where nobody has tried to reach her before, the case is due again then (HF_NEVER: it is
 * not). */
int cases_acknowledge(struct db *db, int64_t id, const char *by, hf_time attempt_by, hf_time now);
/* It was acknowledged, but nobody has tried: it is open again, as if it were new. */
int cases_unattended(struct db *db, int64_t id, hf_time now);
/* Quiets the case, whoever has it. */
int cases_attempt(struct db *db, int64_t id, const char *by, enum case_attempt attempt,
		  const char *note, hf_time now);
/* Somebody of the staff has written to her: an attempt for each of her open cases. */
int cases_replied(struct db *db, const char *client, const char *by, hf_time now);
int cases_close(struct db *db, int64_t id, const char *by, const char *outcome, hf_time now);
/* All of a client's open cases with that reason, where what they wait for has come. */
int cases_resolve(struct db *db, const char *client, enum case_reason reason, const char *outcome,
		  hf_time now);

/* One of the things that an open case was opened for has been put right: recorded, with how.  Where all
 * of them have been, however often it came again, the case is closed with that. */
int cases_put_right(struct db *db, const char *client, enum case_reason reason, const char *how,
		    hf_time now);

/* The next step of the alert: at what time, HF_NEVER for none. */
int cases_alerted(struct db *db, int64_t id, int step, hf_time next);
/* It begins, or begins anew. */
int cases_alert_begin(struct db *db, int64_t id, hf_time now);
/* Cases that are not closed and due by now, the gravest first; and when there next is one
 * (HF_NEVER). */
int cases_alert_due(struct db *db, hf_time now, struct db_rows *ret_rows);
int cases_alert_next(struct db *db, hf_time *ret_when);
/* A pause of hers is over: her silence, where it waits for that, is due. */
int cases_resumed(struct db *db, const char *client, hf_time now);

/* Somebody of the staff ("@mreyes") is told of a case: recorded, after a remark (NULL: none) on why
 * it is her. */
int cases_alerted_person(struct db *db, int64_t id, const char *handle, const char *remark,
			 hf_time at);
/* All who are on call have been told and nobody has acknowledged: recorded. */
int cases_alert_round_over(struct db *db, int64_t id, hf_time now);
/* When somebody was last told of that case, since its alert began; and of any (0: never). */
int cases_told_at(struct db *db, int64_t id, const char *handle, hf_time *ret_at);
int cases_last_told_at(struct db *db, const char *handle, hf_time *ret_at);
/* At how many instants somebody was told of cases after `since`, and the first of them. */
int cases_told_after(struct db *db, const char *handle, hf_time since, int64_t *ret_count,
		     hf_time *ret_first);
/* When somebody was last told of that case, or acknowledged it, whatever has become of the alert. */
int cases_known_at(struct db *db, int64_t id, const char *handle, hf_time *ret_at);
/* The cases of which somebody was told at that instant. */
int cases_of_alert(struct db *db, const char *handle, hf_time at, struct db_rows *ret_rows);
/* What somebody was told at that instant did not arrive: recorded.  *ret_last: nobody has been told of
 * that case after it. */
int cases_alert_failed(struct db *db, int64_t id, const char *handle, hf_time at, hf_time now,
		       bool *ret_last);
/* The only open case of which somebody was alerted; CASES_E_NONE where there is none, or several.
 */
int cases_only_alerted(struct db *db, const char *handle, int64_t *ret_id);
/* The clock stood ahead and was set right: steps that wait for a moment of that clock are due. */
int cases_set_back(struct db *db, hf_time now);

/* Routine cases that nobody was told of yet, or with a text that nobody has read: how many; how many
 * of these have a time by which somebody is to be told; since when nobody was (HF_NEVER: none); and
 * that a digest has named all of them, or an alert one. */
int cases_untold(struct db *db, int64_t *ret_count);
int cases_first_untold(struct db *db, struct db_rows *ret_rows); /* CASES_E_NONE */
int cases_waiting(struct db *db, int64_t *ret_count);
int cases_untold_since(struct db *db, hf_time *ret_opened);
int cases_told(struct db *db, hf_time now);
int cases_told_one(struct db *db, int64_t id, int step, hf_time now);

/* In the order in which to call: the most urgent first, those nobody has acknowledged first,
 * among them words of danger first, the oldest first; closed ones after them, the last to be closed
 * first.  client NULL: all; open: no closed ones. */
int cases_list(struct db *db, const char *client, bool open, int limit, struct db_rows *ret_rows);
void cases_read(const struct db_rows *rows, struct case_row *ret_case);
int cases_get(struct db *db, int64_t id, struct db_rows *ret_rows); /* CASES_E_NONE */
/* Its life, oldest first: columns at, event (word), by, note. */
int cases_history(struct db *db, int64_t id, struct db_rows *ret_rows);
/* One row of that life.  CASES_E_NONE: nobody has tried. */
int cases_last_attempt(struct db *db, int64_t id, struct db_rows *ret_rows);
int cases_count(struct db *db, int64_t *ret_open);

#endif
