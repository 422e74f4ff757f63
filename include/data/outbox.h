/*
 * Every message we mean to send, from the decision to the gateway's last word.
 *
 * A row is committed before anything leaves the machine and is never deleted
 * while it matters, so the daemon may die at any line and lose nothing.  Every state
 * change goes through one function, which names the state it expects; the
 * moves it allows are a table in outbox.c.
 */
#ifndef HF_DATA_OUTBOX_H
#define HF_DATA_OUTBOX_H

#include "base/db.h"
#include "core/civil.h"

enum outbox_state {
	OUTBOX_DUE,      /* waiting for its time, or for another try */
	OUTBOX_DEFERRED, /* not now: texting hours, a pause, the gateway's word */
	OUTBOX_CLAIMED,  /* handed to a courier, which has not answered */
	OUTBOX_UNKNOWN,  /* the gateway's answer was lost */
	OUTBOX_ACCEPTED, /* the gateway has it */
	OUTBOX_SENT,     /* receipts from here on */
	OUTBOX_DELIVERED,
	OUTBOX_UNDELIVERED,
	OUTBOX_FAILED,
	OUTBOX_EXPIRED,
	OUTBOX_CANCELLED,
};
extern const char *const outbox_state_words[]; /* NULL-terminated */

/* The answers of this module, beside 0 and -errno. */
enum {
	OUTBOX_E_DUPLICATE = 1, /* outbox_add: this occurrence has its row */
	OUTBOX_E_STATE,         /* no such move from the state the row is in */
	OUTBOX_E_NONE,          /* no such row */
};

/* Lower goes first among what may go. */
enum outbox_priority {
	OUTBOX_URGENT,    /* answers to a client, alerts */
	OUTBOX_AUTOMATIC, /* what a schedule asks for; counts against the daily limit */
};

/* Texts are borrowed: from the caller for outbox_add, from the rows for a reader (good until its
 * next step). */
struct outbox_message {
	int64_t id;
	const char *client;   /* the handle */
	int kind;             /* enum kind of data/model.h */
	const char *reminder; /* id of the reminder, meeting, appointment; "welcome" */
	const char *lead;     /* "2h", "" for none */
	hf_time occurrence;   /* when the thing happens */
	hf_time due;          /* when the text should go out */
	hf_time expires;      /* never sent from here on */
	int ordinal; /* which occurrence of its rule it is, from 0: chooses among messages in turn
		      */
	int priority;
	const char *message; /* name in messages/, NULL where text is set at once */
	enum outbox_state state;
	hf_time next_try; /* due and deferred: not before */
	int attempts;
	const char *key;  /* to the gateway the same for each attempt: 32 hex digits */
	const char *text; /* set when claimed */
	int segments;
	const char *gateway, *gateway_id;
	const char *reason; /* of the state; NULL for none */
	hf_time claimed;    /* the last claim, 0 for none */
};

/* Writes a row in state DUE (key made here) and its first history line.  OUTBOX_E_DUPLICATE. */
int outbox_add(struct db *db, const struct outbox_message *message, hf_time now, int64_t *ret_id);

/* What may be tried at now, in order of priority, then next_try, then id. */
int outbox_ready(struct db *db, hf_time now, int limit, struct db_rows *ret_rows);
void outbox_read(const struct db_rows *rows, struct outbox_message *ret_message);
int outbox_get(struct db *db, int64_t id, struct db_rows *ret_rows); /* OUTBOX_E_NONE */

/* DUE or DEFERRED -> CLAIMED with what is sent. */
int outbox_claim(struct db *db, int64_t id, const char *gateway, const char *text, int segments,
		 hf_time now);
/* DUE or DEFERRED -> DEFERRED until. */
int outbox_defer(struct db *db, int64_t id, hf_time until, const char *reason, hf_time now);
/* CLAIMED or UNKNOWN -> DUE again at next_try, same key. */
int outbox_retry(struct db *db, int64_t id, hf_time next_try, const char *reason,
		 bool count_attempt, hf_time now);
/* CLAIMED or UNKNOWN -> ACCEPTED; gateway_id may be "". */
int outbox_accept(struct db *db, int64_t id, const char *gateway_id, hf_time now);
/* To any final state, or to UNKNOWN, or SENT, DELIVERED, UNDELIVERED by a receipt. */
int outbox_settle(struct db *db, int64_t id, enum outbox_state state, const char *reason,
		  hf_time now);

/* At start, and when a courier is gone (gateway NULL: all): CLAIMED -> UNKNOWN.  *ret_count may be
 * NULL. */
int outbox_orphan(struct db *db, const char *gateway, const char *reason, hf_time now,
		  int64_t *ret_count);
/* Unknown rows of a gateway (those whose attempts began), by id. */
int outbox_unknown(struct db *db, const char *gateway, struct db_rows *ret_rows);
/* Cancels what has not been claimed, for one client. */
int outbox_cancel_client(struct db *db, const char *client, const char *reason, hf_time now);

/* Automatic texts of a client claimed in [from, until), whatever became of them, failed and
 * cancelled ones apart. */
int outbox_count_automatic(struct db *db, const char *client, hf_time from, hf_time until,
			   int *ret_count);

/* When outbox_ready() next has something: HF_NEVER for none. */
int outbox_next(struct db *db, hf_time *ret_when);

struct outbox_totals {
	int64_t due, claimed, unknown, accepted_last_hour;
};
int outbox_totals(struct db *db, hf_time now, struct outbox_totals *ret_totals);

/* For `messages`: NULL client and state -1 mean all; due >= since; by id. */
int outbox_list(struct db *db, const char *client, int state, hf_time since, int limit,
		struct db_rows *ret_rows);

/* The life of one text, oldest first: columns at, state (word), detail. */
int outbox_history(struct db *db, int64_t id, struct db_rows *ret_rows);

#endif
