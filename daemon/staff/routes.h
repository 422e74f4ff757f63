/*
 * Every route of the staff's door, and what one of them does for another.
 *
 * A route gives 0 with the reply filled (all 4xx too), or -errno.  Every change is
 * recorded with who asked, in one transaction; so is each look at names, numbers and
 * the words of texts.  Names and numbers stand only where ?names=1 asks for them, the
 * words of texts where ?text=1 does.
 */
#ifndef HF_STAFF_ROUTES_H
#define HF_STAFF_ROUTES_H

#include "store/inbox.h"
#include "staff/route.h"

/* --- status.c --- */

route_answer get_status;
route_answer post_reload;
/* May take {"why": W}.  409 where nothing is held. */
route_answer post_confirm;

/* --- clients.c --- */

route_answer get_clients; /* ?after=ID, limit, names, alone, soso=14d, lost=3w, sort=answer */
route_answer get_client;
/* The ledger of consent, oldest first: at, consent, source, by, recorded. */
route_answer get_consent;
/* The last number first, and since when it is suspended. */
route_answer get_number;

/* Whether texts go out to her: "state" (one word), "consent", "paused_until" (a date; null where
 * she is not paused or it is open).  0 or -errno. */
int client_status_put(json_t *object, const struct api_host *host, const struct client *client);

/* Where she lives; the site's for who is no client any more, or a stranger (NULL too). */
const struct zone *client_zone(const struct model *model, const char *id);

/* What an answer to a check-in was taken for; NULL where there is none. */
const char *client_meaning_word(int meaning);

/* 2026-12-01; "further notice" for year 0. */
#define UNTIL_WORDS_MAX 32
const char *client_until_words(const struct civil *date, char buffer[UNTIL_WORDS_MAX]);

/* --- pause.c: staff hold a client's texts back and let them go; each takes {"why": W}.  The answer
 * is how the client stands after it. --- */

/* Also "until", the last day where the client is; without it until somebody resumes.  A pause takes
 * the place of the one before. */
route_answer post_pause;
/* Ends a pause made by command.  409 where there is none: one in the configuration is ended there. */
route_answer post_resume;
/* Consent is withdrawn and what is unsent cancelled, until consent is given anew.  No text is
 * sent. */
route_answer post_stop;
/* What engine/setback does, by the word of staff. */
route_answer post_setback;
/* An entry in the ledger: {"given": true, "how": "paper"}, from here on texts go out again; or
 * {"withdrawn": true, "source": "voicemail"}, she said so by another way than a text. */
route_answer post_consent;

/* --- send.c --- */

#define SEND_BODY_MAX (16L * 1024) /* the longest text allowed is far shorter, escaped or not */

/* {"client": ID, "text": T} or {"client": ID, "message": NAME}: a row in the outbox, through the
 * same permits as every other; 409 where it could never go out.  A text that gives the treatment
 * away is 422, but for {"anyway": true, "why": W}. */
route_answer post_send;
/* {"text": T}: the same, but as a human's answer: at any hour, and as often as it takes.  It begins
 * a conversation, while which automation holds; {"end": true} ends it, 409 where there is none. */
route_answer post_reply;

/* --- messages.c: the log of texts, and the life of one --- */

route_answer get_messages; /* ?client, state, since, after (an id), limit */
route_answer get_message_history;
/* {"as": "sent"}, "again" or "drop", and {"why": W}: what became of a text that is unknown; the answer
 * is the text as it is then.  409 where it is not unknown, or too late to go again. */
route_answer post_message_settle;

/* Whoever reads the words of these texts is on record, where ?text=1 asks for them.  In the
 * transaction of whoever shows them.  Nothing was read where there is no text. */
int messages_note_reading(const struct api_host *host, const struct request *request,
			  const char *client, const int64_t *ids, size_t count);

/* --- inbox.c --- */

/* What people wrote, oldest first; ?client, since, unread=1, after (an id), limit.  Without since
 * and unread: of the last seven days. */
route_answer get_inbox;
/* What a gateway brought that fits no rule of its preset, oldest first, as it came; ?since, after (an
 * id), limit.  The reading is on record. */
route_answer get_webhooks;

/* Somebody of the staff reads this text: a line in the audit, and it is read.  In the transaction
 * of whoever shows it. */
int inbox_note_reading(const struct api_host *host, const struct request *request,
		       const struct inbox_text *text);

/* --- cases.c: the morning list, and what staff do about a case --- */

/* In the order in which to call.  ?all=1: closed ones too; ?client. */
route_answer get_cases;
/* The star is its number.  Also its "history", oldest first. */
route_answer get_case;
/* The answer of each is the case as it is then; 409 where it is closed. */
route_answer post_case_ack;
route_answer post_case_attempt; /* {"attempt": "no-answer", "note": N} */
route_answer post_case_close;   /* {"why": W} */

/* --- forecast.c --- */

/* ?from (now), days (14, after that of `from`), after (an id), limit; the answer holds the words of
 * texts: from, until, reloaded, next (null where there are no more) and clients, in the order of
 * ids.
 *
 * A client has rows, and what they know nothing of: whether she is stopped, or paused by staff
 * (until `resumes`; null where that is open), and what has gone out today, in `gone`. */
route_answer get_preview;

/* --- story.c --- */

/* Why things are as they are: [{"at", "event", "detail"}], oldest first: consent, texts either way,
 * check-ins, cases, what staff did, pauses, numbers; of each the newest thousand. */
route_answer get_story;

#endif
