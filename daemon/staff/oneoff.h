/* A text that staff send by hand, and one that answers a client. */
#ifndef HF_STAFF_ONEOFF_H
#define HF_STAFF_ONEOFF_H

#include "staff/reply.h"

#define ONEOFF_BODY_MAX (16L * 1024) /* the longest text allowed is far shorter, escaped or not */

/* {"client": ID, "text": T} or {"client": ID, "message": NAME}: a row in the outbox, through the
 * same permits as every other; 409 where it could never go out.  A text that gives the treatment
 * away is 422, but for {"anyway": true, "why": W}.  0 with the reply filled, or -errno. */
int oneoff_send(const struct api_host *host, const struct request *request, struct reply *reply);

/* {"text": T}: the same, but as a human's answer: at any hour, and as often as it takes.  It begins
 * a conversation, while which automation holds; {"end": true} ends it, 409 where there is none. */
int oneoff_reply(const struct api_host *host, const struct request *request, struct reply *reply);

#endif
