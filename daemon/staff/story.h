/* The whole story of a client, as far as it is kept: why things are as they are. */
#ifndef HF_STAFF_STORY_H
#define HF_STAFF_STORY_H

#include "staff/reply.h"

/* A route: 0 with the reply filled, or -errno.  [{"at", "event", "detail"}], oldest first: consent,
 * texts either way, check-ins, cases, what staff did, pauses, numbers; of each the newest thousand.
 * With text=1 the words of texts as "text"; who read them is then on record. */
int story_show(const struct api_host *host, const struct request *request, struct reply *reply);

#endif
