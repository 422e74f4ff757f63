/*
 * Every message we mean to send, from the decision to the gateway's last word.
 *
 * A row is committed before anything leaves the machine and is never deleted
 * while it matters, so the daemon may die at any line and lose nothing.  Every state
 * change goes through one function, which names the state it expects; the
 * moves it allows are a table in outbox.c.  outbox_query.c only reads.
 */
#ifndef HF_STORE_OUTBOX_H
#define HF_STORE_OUTBOX_H

#include "lib/db.h"
#include "lib/civil.h"

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
	int kind;             /* enum kind of config/model.h */
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
	bool pinned; /* its gateway may have it: no other gateway may try, and never with another
			key */
	int refused; /* by its gateway, and nobody knows why, since that last took a text; -1: it was,
			and others have been taken since */
	const char *author; /* who of the staff wrote it, a Unix user; NULL for what nobody did */
	bool author_told;   /* there is a case because it did not go out */
	bool in_doubt;      /* there is a case because nobody knows whether it has gone out */
};

/* The conditions of the partial indexes of the outbox, word for word: a parameter would not find
 * them. */
#define TEXTS_WAITING "state IN (0, 1)"
#define TEXTS_OPEN    "state IN (2, 3)"

/* The reason of a text whose words went out in another, before that one's reminder. */
#define TEXTS_JOINED "in one text with "

/* So begins the reason of one that the day had no place for. */
#define TEXTS_LEFT_OUT "daily limit"
/* That of a prompt whose words another text of the same day had. */
#define TEXTS_SAID "said already today"

/* That of a prompt whose words another text of the same day had. */
#define TEXTS_SAID "said already today"

/* --- changing a row: outbox.c ------------------------------------------------ */

/* Writes a row in state DUE (key made here) and its first history line.  OUTBOX_E_DUPLICATE. */
int outbox_add(struct db *db, const struct outbox_message *message, hf_time now, int64_t *ret_id);

/* DUE or DEFERRED -> CLAIMED with what is sent; one more attempt. */
int outbox_claim(struct db *db, int64_t id, const char *gateway, const char *text, int segments,
		 hf_time now);
/* DUE or DEFERRED -> DEFERRED until, or until it expires, so that this is noticed.  Deferring anew
 * for the same reason leaves no line in the history. */
int outbox_defer(struct db *db, int64_t id, hf_time until, const char *reason, hf_time now);
/* CLAIMED or UNKNOWN -> DUE again at next_try (at the latest when it expires), same key.  An
 * attempt that does not count gives its number to the next one. */
int outbox_retry(struct db *db, int64_t id, hf_time next_try, const char *reason,
		 bool count_attempt, hf_time now);
/* CLAIMED, UNKNOWN, or waiting for another try when the word of an earlier one comes late
 * -> ACCEPTED; gateway_id may be "". */
int outbox_accept(struct db *db, int64_t id, const char *gateway_id, hf_time now);
/* To any final state, or to UNKNOWN, or SENT, DELIVERED, UNDELIVERED by a receipt.  DELIVERED outranks
 * whatever else was the end of a text that a gateway has had. */
int outbox_settle(struct db *db, int64_t id, enum outbox_state state, const char *reason,
		  hf_time now);

/* Refusals that are not explained by the text or its number.  One more of this text; the gateway has taken another text, so
 * that what was refused before is in no row with what it refuses next, and waits no longer than until
 * `by` (HF_NEVER: as it did); and what has FAILED in such a row, and is not too late, is DUE again at
 * next_try, or at once where somebody in danger waits for it, for the fault was not its own. */
int outbox_count_refusal(struct db *db, int64_t id);
int outbox_end_refusals(struct db *db, const char *gateway, hf_time by);
int outbox_revive_refused(struct db *db, const char *gateway, hf_time next_try, const char *reason,
			  hf_time now);

/* At start, and when a courier is gone (gateway NULL: all): CLAIMED -> UNKNOWN.  *ret_count may be
 * NULL. */
int outbox_orphan(struct db *db, const char *gateway, const char *reason, hf_time now,
		  int64_t *ret_count);
/* DUE or DEFERRED -> CANCELLED, because the text of `carrier`, which has the reminder's name, says
 * it too; and what it carries is no use once the moment of this one has passed. */
int outbox_join(struct db *db, const struct outbox_message *row,
		const struct outbox_message *carrier, hf_time now);
/* Cancels what has not been claimed, for one client.  Her first text stays and waits: without it
 * nothing would ever go out to her again, whatever she consents to later. */
int outbox_cancel_client(struct db *db, const char *client, const char *reason, hf_time now);

/* The reason of a text of which the database itself knows nothing more. */
#define TEXTS_RECALLED "may have gone out before the database was put back"

/* A claim that this database has lost: the row is made or found, and is UNKNOWN as if its courier were
 * gone, with that key, gateway and time; a row of which the database knows that it has gone out stays.
 * Nobody asks for it again but a human. */
int outbox_recall(struct db *db, const struct outbox_message *claimed, hf_time now);
int outbox_count_recalled(struct db *db, int64_t *ret_count); /* those still UNKNOWN */

/* What made DEFERRED rows wait may be over (a reload, a consent, a welcome): they may be tried at
 * once.  client NULL: all. */
int outbox_wake(struct db *db, const char *client, hf_time now);
/* The same for rows that only this gateway may send, and for what it has refused: it is back, or what
 * was wrong is mended. */
int outbox_wake_gateway(struct db *db, const char *gateway, hf_time now);

/* A case was opened because it did not go out. */
int outbox_author_told(struct db *db, int64_t id);
/* A case was opened because nobody knows whether it has gone out; and what became of it is known, so
 * that whoever wrote it may be told of that. */
int outbox_doubt(struct db *db, int64_t id);
int outbox_doubt_ends(struct db *db, int64_t id);
/* By the word of somebody of the staff UNKNOWN -> DUE at once, with the same key, by any gateway. */
int outbox_send_again(struct db *db, int64_t id, const char *reason, hf_time now);

/* The same thing at another instant, by so much: its zone has other rules. */
int outbox_shift(struct db *db, int64_t id, hf_time by);

/* The clock stood ahead and was set right: what was found too late before its time is due again,
 * and what waits for a moment of that clock waits no longer than until it is due; what answers
 * somebody, or was asked for by staff, is due. */
int outbox_set_back(struct db *db, hf_time now);
/* The clock is behind: what answers somebody, and alerts, wait for no later moment of the clock of
 * before. */
int outbox_hurry(struct db *db, hf_time now);

/* --- reading: outbox_query.c ------------------------------------------------- */

/* Scheduled texts of a client that may be tried at now, by due time. */
int outbox_ready_of(struct db *db, const char *client, hf_time now, struct db_rows *ret_rows);

/* What may be tried at now, in order of priority, then next_try, then id. */
int outbox_ready(struct db *db, hf_time now, int limit, struct db_rows *ret_rows);
/* The same, but what has been refused least comes first: one bad text must not be every probe. */
int outbox_ready_to_probe(struct db *db, hf_time now, int limit, struct db_rows *ret_rows);
/* Of these what a person in danger waits for: emergency texts, and up to `most` alerts to staff and
 * where to call; emergency texts first, but what has been refused least before them.  And when there next is one: HF_NEVER for none. */
enum outbox_danger { DANGER_EMERGENCY, DANGER_ALERT, DANGER_HELP };
int outbox_ready_of_danger(struct db *db, enum outbox_danger most, hf_time now, int limit,
			   struct db_rows *ret_rows);
int outbox_next_of_danger(struct db *db, enum outbox_danger most, hf_time *ret_when);
extern const char texts_ready_sql[]; /* so that a test can ask for its plan */
void outbox_read(const struct db_rows *rows, struct outbox_message *ret_message);
int outbox_get(struct db *db, int64_t id, struct db_rows *ret_rows); /* OUTBOX_E_NONE */

/* Unknown rows of a gateway (those whose attempts began, and that were not recalled; NULL: of all), by
 * id. */
int outbox_unknown(struct db *db, const char *gateway, struct db_rows *ret_rows);
/* How often nobody knew whether it had gone out. */
int outbox_count_unknown(struct db *db, int64_t id, int *ret_count);

/* What a gateway has refused in a row, see outbox_count_refusal(): columns client, times. */
int outbox_refusals(struct db *db, const char *gateway, struct db_rows *ret_rows);

/* Has the row's gateway sent on what it took for somebody else since it took the last text before
 * the row from the same client? */
int outbox_sends_others(struct db *db, const struct outbox_message *row, bool *ret_sends);

/* What a client's couriers were last handed at `since` or after, and did not fail. */
int outbox_gone_since(struct db *db, const char *client, hf_time since, struct db_rows *ret_rows);

/* How many were last handed over in each minute of [from, until]: columns minute (since the epoch),
 * count. */
int outbox_claimed_by_minute(struct db *db, hf_time from, hf_time until, struct db_rows *ret_rows);

/* How many texts staff have written to a client by hand since then, whatever became of them. */
int outbox_count_by_hand(struct db *db, const char *client, hf_time since, int *ret_count);

/* The words of the last texts that somebody was sent since then, the newest first: column text. */
int outbox_sent_to(struct db *db, const char *client, hf_time since, int limit,
		   struct db_rows *ret_rows);

/* Automatic texts of a client last claimed in [from, until), whatever became of them, failed and
 * cancelled ones apart; what staff sent by hand does not count. */
int outbox_count_automatic(struct db *db, const char *client, hf_time from, hf_time until,
			   int *ret_count);
extern const char texts_automatic_sql[]; /* the same */

/* Has this client's reminder, lead and occurrence its row, whatever became of it? */
int outbox_is_written(struct db *db, const struct outbox_message *message, bool *ret_written);

/* Does a schedule's text of the same client and reminder wait that is due later than this one (or
 * at the same instant, and was written after it), yet by now, and not too late?  Of the same
 * occurrence (another lead) or of any. */
int outbox_has_later(struct db *db, const struct outbox_message *row, bool any_occurrence,
		     hf_time now, bool *ret_later);
/* Has the client got these very words in [from, until), alone or first of several, in another text of
 * a schedule?  Or may she have. */
int outbox_has_said(struct db *db, const struct outbox_message *row, const char *text, hf_time from,
		    hf_time until, bool *ret_said);
/* Does any text with that reminder wait for them? */
int outbox_waits(struct db *db, const char *client, const char *reminder, bool *ret_waits);
/* Has a schedule's text of another occurrence in [from, until) gone out, or may it have?  Of the
 * same client, reminder and lead. */
int outbox_has_gone(struct db *db, const struct outbox_message *row, hf_time from, hf_time until,
		    bool *ret_gone);
/* How many texts of schedules that were due in (from, until] have expired. */
int outbox_count_missed(struct db *db, hf_time from, hf_time until, int64_t *ret_count);
/* How many texts to clients a gateway has taken since then. */
int outbox_count_sent(struct db *db, hf_time since, int64_t *ret_count);
/* How many of those that were missed are check-ins: nobody was asked. */
int outbox_count_unasked(struct db *db, hf_time from, hf_time until, int64_t *ret_count);
/* How many that were due at `since` or after it did not go because their day was full. */
int outbox_count_left_out(struct db *db, hf_time since, int64_t *ret_count);

/* When outbox_ready() next has something: HF_NEVER for none. */
int outbox_next(struct db *db, hf_time *ret_when);
int outbox_next_urgent(struct db *db, hf_time *ret_when); /* of those alone */

struct outbox_totals {
	int64_t due, claimed, unknown, accepted_last_hour;
	int64_t failed_last_day; /* of those that were due in it */
};
int outbox_totals(struct db *db, hf_time now, struct outbox_totals *ret_totals);

/* Has she been reminded of something of that kind that is still to come? */
int outbox_announced(struct db *db, const char *client, int kind, hf_time now, bool *ret_announced);

/* For `messages`: NULL client and state -1 mean all; due >= since; by id. */
int outbox_list(struct db *db, const char *client, int state, hf_time since, int limit,
		struct db_rows *ret_rows);

/* Everyone who has been sent a welcome or has one coming, in no order, some of them twice. */
typedef void (*outbox_on_client)(void *userdata, const char *client);
int outbox_each_welcome(struct db *db, outbox_on_client on_client, void *userdata);

/* The life of one text, oldest first: columns at, state (word), detail. */
int outbox_history(struct db *db, int64_t id, struct db_rows *ret_rows);

/* Which texts a person asks for: ids, a page at a time, so that years of texts fit in no answer. */
#define OUTBOX_PAGE_MAX 1000

struct outbox_search {
	const char *client; /* NULL: all */
	int state;          /* -1: all */
	hf_time since;      /* due at or after it */
};

/* The ids greater than `after`, rising, at most `most` (up to OUTBOX_PAGE_MAX).  0 or -errno. */
int outbox_page(struct db *db, const struct outbox_search *search, int64_t after, size_t most,
		int64_t *ret_ids, size_t *ret_count);
/* The last ones there are, rising. */
int outbox_latest(struct db *db, const struct outbox_search *search, size_t most, int64_t *ret_ids,
		  size_t *ret_count);

#endif
