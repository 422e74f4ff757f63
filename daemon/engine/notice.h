/*
 * What one of the staff is texted: of a case, of several, of a gateway, or in answer to what she wrote.
 */
#ifndef HF_ENGINE_NOTICE_H
#define HF_ENGINE_NOTICE_H

#include "store/cases.h"
#include "engine/context.h"

struct notice {
	const char *message; /* by name: "alert", "digest", "acknowledged" ... */
	int64_t number;      /* of the case; 0: of none */
	const char *client;  /* the handle; NULL: of none */
	enum case_reason reason;
	int times;                /* how often it has happened */
	const char *name, *phone; /* of whom somebody has asked for; NULL */
	int64_t count;            /* of cases */
	const char *words;        /* in the place of the reason; NULL */
	const char *gateway;      /* NULL: of none */
	int64_t about;            /* one text for each (person, message, about) */
	hf_time expires;          /* HF_NEVER */
};

/* Its text, in the site's language; where the configuration lacks the message, or fills it badly, in
 * words of our own.  Freed by the caller.  0 or -errno. */
int notice_fill(const struct engine_context *ctx, const struct notice *notice, char **ret_text);

/* Queues that text to one of the staff, and both together.  Inside the caller's transaction; one for
 * the same (person, message, about) that is there already is left alone.  0 or -errno. */
int notice_queue(const struct engine_context *ctx, const struct staff_member *member,
		 const struct notice *notice, const char *text);
int notice_send(const struct engine_context *ctx, const struct staff_member *member,
		const struct notice *notice);

#endif
