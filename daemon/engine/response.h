/*
 * Texts that answer something: what a person wrote, a check-in that stayed
 * without an answer, a case.  No schedule asks for them.
 */
#ifndef HF_ENGINE_RESPONSE_H
#define HF_ENGINE_RESPONSE_H

#include "config/reminder.h"
#include "engine/context.h"

struct response {
	const char *handle;  /* of a client, of staff or of a stranger: engine/addressee.h */
	enum kind kind;      /* KIND_REPLY and those after it */
	const char *message; /* by name; NULL: the word of the kind */
	const char *text;    /* in so many words, whose name the message is then; NULL: none */
	int64_t about;       /* what it answers: one text for each (handle, message, about) */
	hf_time expires;     /* HF_NEVER */
};

/* Writes the row, inside the caller's transaction.  Saying the same again does nothing.  0 or
 * -errno. */
int response_queue(const struct engine_context *ctx, const struct response *response);

#endif
