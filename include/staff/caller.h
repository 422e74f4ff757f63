/* Who asks, why, and the line in the audit that says so. */
#ifndef HF_STAFF_CALLER_H
#define HF_STAFF_CALLER_H

#include "staff/reply.h"

#define CALLER_NAME_MAX 64
#define CALLER_WHY_MAX  1000 /* characters: some paragraphs; more belongs in the case notes */

/* The Unix name of a uid; "uid 1000" where it has none, or one that is too long. */
void caller_name(uid_t uid, char buffer[CALLER_NAME_MAX]);

/* The "why" of a body: one line of staff's words, "" where it is not given and need not be.  1
 * where the reply says what is wrong with it. */
int caller_why(const struct json *body, bool required, struct reply *reply, const char **ret_why);

/* Is what stands there, if anything does, one such line? */
int caller_line(const struct json *body, const char *key, struct reply *reply);

/* To be called in the transaction of what it records. */
struct caller_act {
	const char *verb, *client, *detail, *why; /* NULL: none */
};
int caller_audit(const struct api_host *host, const struct request *request,
		 const struct caller_act *act);

#endif
