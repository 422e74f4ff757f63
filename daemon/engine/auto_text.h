/*
 * Automatic texts that no schedule asks for: answers to what a person wrote, nudges
 * after a check-in, alerts about a case.
 */
#ifndef HF_ENGINE_AUTO_TEXT_H
#define HF_ENGINE_AUTO_TEXT_H

#include "config/reminder.h"
#include "engine/context.h"

struct auto_text {
	const char *handle;  /* of a client, of staff or of a stranger: engine/recipient.h */
	enum kind kind;      /* KIND_REPLY and those after it */
	const char *message; /* its name */
	const char *text;    /* its words; NULL: those that the configuration has for `message` */
	int64_t about;       /* what it answers: one text for each (handle, message, about) */
	hf_time expires;     /* HF_NEVER */
};

/* Puts it into the outbox, inside the caller's transaction; one that is there already is left
 * alone.  0 or -errno. */
int auto_text_queue(const struct engine_context *ctx, const struct auto_text *text);

#endif
