/*
 * Check-ins: asked, nudged, answered or silent.
 */
#ifndef HF_ENGINE_CHECKIN_H
#define HF_ENGINE_CHECKIN_H

#include "store/outbox.h"
#include "engine/context.h"

/* A check-in was taken by the gateway: from now on an answer is waited for.  Any other text: 0.
 * Inside the caller's transaction. */
int checkin_asked(const struct engine_context *ctx, const struct outbox_message *row);

/* Nudges and silences that are due; and when there next is one (HF_NEVER). */
int checkin_run(const struct engine_context *ctx);
int checkin_next(const struct engine_context *ctx, hf_time *ret_when);

/* What a client was last asked, within CHECKIN_LATEST: a late answer is an answer. */
#define CHECKIN_LATEST (7 * HF_DAY)
struct checkin_question {
	int64_t message;                  /* the text that asked; 0: none */
	const struct answer_table *table; /* of the snapshot; NULL: none, or it is gone */
	bool open;                        /* asked or nudged: not answered, not yet silent */
	int unclear;                      /* answers to it that nobody understood */
};
int checkin_question(const struct engine_context *ctx, const struct client *client,
		     struct checkin_question *ret_question);

/* The three of a text that came, inside the caller's transaction.  *ret_message is what to say, of
 * the snapshot, or NULL for nothing. */

/* An answer, late or not: recorded, the case of her silence closed, a case of need opened where the
 * table's line says so. */
int checkin_answer(const struct engine_context *ctx, const struct client *client,
		   const struct checkin_question *question, const struct answer *answer,
		   const char **ret_message);
/* Something that is no answer while the question is open: once asked gently what she meant
 * ("clarify"), after that a human's case and no message of its own. */
int checkin_unclear(const struct engine_context *ctx, const struct client *client,
		    const struct checkin_question *question, const char **ret_message);

#endif
