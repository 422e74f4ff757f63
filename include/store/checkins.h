/*
 * Check-ins that were asked, and what came of each: asked, nudged, then
 * answered or silent.  The first answer and the current one are both kept.
 */
#ifndef HF_STORE_CHECKINS_H
#define HF_STORE_CHECKINS_H

#include "lib/db.h"
#include "lib/civil.h"

enum checkin_state {
	CHECKIN_ASKED,
	CHECKIN_NUDGED,
	CHECKIN_ANSWERED,
	CHECKIN_SILENT,
	CHECKIN_LOST,   /* it did not reach her: not delivered is not silent */
	CHECKIN_PASSED, /* a later one was asked, or she was stopped or paused meanwhile */
};
extern const char *const checkin_state_words[]; /* NULL-terminated */

#define CHECKIN_UNANSWERED (-1) /* of first and current */
#define CHECKIN_UNCLEAR    3    /* after the numbers of enum meaning of config/plan.h */

/* A question beside the check-ins: no silence follows it. */
enum checkin_beside {
	CHECKIN_ALONE,  /* it is none of these */
	CHECKIN_BEFORE, /* whether she comes, by the text about a meeting or an appointment */
	CHECKIN_AFTER,  /* whether she got there */
};

struct checkin {
	int64_t message;                /* the text that asked */
	const char *client;             /* texts are borrowed from the rows */
	const char *reminder, *answers; /* ids: the reminder, its table of answers */
	hf_time asked;
	hf_time nudge_at, silent_at; /* HF_NEVER: not */
	enum checkin_state state;
	int first, current; /* enum meaning, or the two above */
	hf_time answered;   /* the first answer; 0: none */
	int unclear;        /* texts meanwhile that were no answer */
	enum checkin_beside beside;
};

enum { CHECKINS_E_NONE = 1 };

/* Asked: what was open for this client is passed over, but not by one that is beside.  Asking twice for one message does nothing.
 * The state, the answers and `answered` of the argument are not looked at. */
int checkins_ask(struct db *db, const struct checkin *checkin);

/* Has she said that she will not get to what this text is about (by its client, reminder and occurrence), or
 * asked for another time since she was reminded of it? */
struct outbox_message;
int checkins_declined(struct db *db, const struct outbox_message *text, bool *ret_declined);
/* Is there a check-in of hers that she has not answered, and that waits? */
int checkins_open(struct db *db, const char *client, bool *ret_open);

/* The client's last check-in, whatever its state but lost or passed, asked at `since` or later.
 * CHECKINS_E_NONE. */
int checkins_last(struct db *db, const char *client, hf_time since, struct db_rows *ret_rows);
/* The questions a reply may be meant for: the same, those before it, and those that are beside, newest first. */
int checkins_lately(struct db *db, const char *client, hf_time since, int limit,
		    struct db_rows *ret_rows);
void checkins_read(const struct db_rows *rows, struct checkin *ret_checkin);

/* An answer, late or not: first (where there was none) and current.  One that is CHECKIN_UNCLEAR
 * only counts: the check-in stays open for an answer, but she is neither asked again nor silent. */
int checkins_answer(struct db *db, int64_t message, int meaning, hf_time now);
/* To NUDGED, SILENT, LOST or PASSED, from any state but ANSWERED. */
int checkins_move(struct db *db, int64_t message, enum checkin_state state);
/* CHECKINS_E_NONE: that message asked nothing. */
int checkins_state(struct db *db, int64_t message, enum checkin_state *ret_state);
/* The question has arrived, perhaps late, or after all: it counts as asked from then, and its nudge and
 * silence are as much later; one that was lost is open again, also one that was silent where its new
 * silence is later than now.  Not where it was answered or passed over.  Where another was asked since
 * then, one that was lost is passed over.  *ret_was: what it was before.  CHECKINS_E_NONE. */
int checkins_arrive(struct db *db, int64_t message, hf_time at, hf_time now,
		    enum checkin_state *ret_was);
/* Was another one asked after the text of this one went out, and has reached her, so far as is known? */
int checkins_later(struct db *db, int64_t message, bool *ret_later);
/* All open ones of a client: stopped, paused, gone. */
int checkins_pass(struct db *db, const char *client);

/* Those whose nudge or silence is due by now (state ASKED with nudge_at, ASKED or NUDGED with
 * silent_at), the first first; and when there next is one (HF_NEVER). */
int checkins_due(struct db *db, hf_time now, int limit, struct db_rows *ret_rows);
int checkins_next(struct db *db, hf_time *ret_when);

/* When she was last heard of, by an answer or any text of hers; 0: never. */
int checkins_heard(struct db *db, const char *client, hf_time *ret_at);
/* How many check-ins that she was asked since then she answered as so-so or worse; has she been asked
 * any? */
int checkins_rough(struct db *db, const char *client, hf_time since, int *ret_count);
int checkins_asked_since(struct db *db, const char *client, hf_time since, bool *ret_asked);

/* How a plan was kept to, by her own word: what she was asked since then, without what did not reach
 * her, and what came of it. */
enum kept_of {
	KEPT_CHECKINS,
	KEPT_MEETINGS, /* asked afterwards, all three */
	KEPT_APPOINTMENTS,
	KEPT_REMINDERS,
};
#define KEPT_COUNT 4
struct kept {
	int asked, answered;
	int after_nudge; /* check-ins answered only then */
	int done;        /* of the others: she got there, or did it */
};
int checkins_kept(struct db *db, const char *client, hf_time since,
		  struct kept ret_kept[KEPT_COUNT]);
/* Whether she got there: the last questions, newest first, with columns reminder, occurrence (0: it is no
 * longer known), current (as in struct checkin). */
int checkins_afterwards(struct db *db, const char *client, int limit, struct db_rows *ret_rows);

/* How many of her last check-ins were silent, one after the other. */
int checkins_silent_rounds(struct db *db, const char *client, int *ret_count);
/* How many of a client's questions were answered with that meaning, as it stands now. */
int checkins_count_answers(struct db *db, const char *client, int meaning, int64_t *ret_count);
/* A client's check-ins, newest first. */
int checkins_list(struct db *db, const char *client, int limit, struct db_rows *ret_rows);

#endif
