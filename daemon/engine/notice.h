/*
 * Texts to staff about cases: a number, a handle, a neutral word.  A phone lies
 * on a desk, so that they hold no name of a client, nothing of what she wrote,
 * and no word that says what is wrong with her.
 */
#ifndef HF_ENGINE_NOTICE_H
#define HF_ENGINE_NOTICE_H

#include "store/cases.h"
#include "config/roster.h"
#include "engine/context.h"

struct notice {
	const char *message; /* by name: "alert", "digest", "acknowledged" ... */
	int64_t number;      /* of the case; 0: of none */
	const char *client;  /* the handle; NULL: of none */
	enum case_reason reason;
	int64_t count;   /* of cases */
	int64_t about;   /* one text for each (person, message, about) */
	hf_time expires; /* HF_NEVER */
};

/* "@mreyes": who is texted, and who is recorded. */
#define NOTICE_HANDLE_MAX 80
void notice_handle(const struct staff_member *member, char buffer[NOTICE_HANDLE_MAX]);

/* Writes the text, in the site's language; where the configuration lacks the message, or fills it
 * badly, in words of our own.  Inside the caller's transaction.  0 or -errno. */
int notice_send(const struct engine_context *ctx, const struct staff_member *member,
		const struct notice *notice);

/* What an alert calls a reason, in a language. */
const char *notice_reason(const char *language, enum case_reason reason);

#endif
