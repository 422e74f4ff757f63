/*
 * The rounds of check-ins: asked, nudged, answered or silent.
 */
#ifndef HF_ENGINE_ROUNDS_H
#define HF_ENGINE_ROUNDS_H

#include "store/outbox.h"
#include "engine/context.h"

/* A check-in was taken by the gateway: from now on an answer is waited for.  Any other text: 0.
 * Inside the caller's transaction. */
int rounds_asked(const struct engine_context *ctx, const struct outbox_message *row);

/* Nudges and silences that are due; and when there next is one (HF_NEVER). */
int rounds_run(const struct engine_context *ctx);
int rounds_next(const struct engine_context *ctx, hf_time *ret_when);

/* What a client was last asked, within ROUNDS_LATEST: a late answer is an answer. */
#define ROUNDS_LATEST (7 * HF_DAY)
struct rounds_question {
	int64_t message;                  /* the text that asked; 0: none */
	const struct answer_table *table; /* of the snapshot; NULL: none, or it is gone */
	bool open;                        /* asked or nudged: not answered, not yet silent */
	int unclear;                      /* answers to it that nobody understood */
};
int rounds_question(const struct engine_context *ctx, const struct client *client,
		    struct rounds_question *ret_question);

/* The three of a text that came, inside the caller's transaction.  *ret_message is what to say, of
 * the snapshot, or NULL for nothing. */

/* An answer, late or not: recorded, the case of her silence closed, a case of need opened where the
 * table's line says so. */
int rounds_answer(const struct engine_context *ctx, const struct client *client,
		  const struct rounds_question *question, const struct answer *answer,
		  const char **ret_message);
/* Something that is no answer while the question is open: once asked gently what she meant
 * ("clarify"), after that a human's case and no message of its own. */
int rounds_unclear(const struct engine_context *ctx, const struct client *client,
		   const struct rounds_question *question, const char **ret_message);

#endif
