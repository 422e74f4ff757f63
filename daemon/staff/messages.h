/* The log of texts, the life of one, and a text that staff send by hand. */
#ifndef HF_STAFF_MESSAGES_H
#define HF_STAFF_MESSAGES_H

#include "staff/reply.h"

/* Routes: 0 with the reply filled, or -errno.
 * The list takes client, state, since, after (an id), limit, and text=1: without it no answer
 * holds a text.  A single text's answers are 404 where there is none. */
int messages_list(const struct api_host *host, const struct request *request, struct reply *reply);
int messages_history(const struct api_host *host, const struct request *request,
		     struct reply *reply);

#endif
