/*
 * Check-ins: asked, nudged, answered or silent.
 */
#ifndef HF_ENGINE_CHECKIN_H
#define HF_ENGINE_CHECKIN_H

#include "store/checkins.h"
#include "store/outbox.h"
#include "engine/context.h"

/* The gateway has taken a text.  Where it is a check-in, waiting for the answer begins; where it asks
 * whether she comes to something, or got there, an answer to it is one, and none is waited for.
 * Inside the caller's transaction. */
int checkin_asked(const struct engine_context *ctx, const struct outbox_message *row);

/* A text has arrived at `at`.  Where it is a check-in, she was asked then: nudge and silence run from
 * there.  *ret_lost: it was said not to have reached her.  Inside the caller's transaction. */
int checkin_arrived(const struct engine_context *ctx, const struct outbox_message *row, hf_time at,
		    bool *ret_lost);

/* Nudges those who have not answered, and opens cases for silence, where it is time.  In a
 * transaction of its own. */
int checkin_run(const struct engine_context *ctx);
/* When it next is; HF_NEVER. */
int checkin_next(const struct engine_context *ctx, hf_time *ret_when);

/* The last question to a client within CHECKIN_LATEST: a late answer is an answer. */
#define CHECKIN_LATEST (7 * HF_DAY)
struct checkin_question {
	int64_t message;                  /* the text that asked; 0: none */
	const struct answer_table *table; /* of the snapshot; NULL: none, or it is gone */
	bool open;                        /* neither answered nor counted as silence yet */
	int unclear;                      /* answers to it that were not understood */
	enum checkin_beside beside;
	hf_time asked; /* with its nudge, where there was one */
};
int checkin_question(const struct engine_context *ctx, const struct client *client,
		     struct checkin_question *ret_question);
/* The same, and before it those that a text about a meeting or an appointment has asked since: which of them
 * is answered shows in the answer.  Open ones first, and of these what was asked last, nudges included. */
#define CHECKIN_QUESTIONS 4
int checkin_questions(const struct engine_context *ctx, const struct client *client,
		      struct checkin_question ret_list[CHECKIN_QUESTIONS], size_t *ret_count);
/* Which of these checkin_question() finds. */
struct checkin_question checkin_last(const struct checkin_question *list, size_t count);

/* Both inside the caller's transaction. */

/* Records an answer, late or not: closes the case of her silence, and opens a case of need where
 * the answer means need or its table asks for an alert, or one that she wants another time for what she was
 * reminded of.  *ret_message: the name of the message to
 * send her; NULL for none. */
int checkin_answer(const struct engine_context *ctx, const struct client *client,
		   const struct checkin_question *question, const struct answer *answer,
		   const char **ret_message);
/* Records that she has written something else: whoever writes is not silent.  The question stays
 * open for an answer, but she is not asked again. */
int checkin_written(const struct engine_context *ctx, const struct client *client,
		    const struct checkin_question *question);

#endif
