/* How it goes with a client: what she last answered, and what is open about her. */
#ifndef HF_STAFF_BEARING_H
#define HF_STAFF_BEARING_H

#include "staff/reply.h"

/* "checkin" (null before the first) with asked, state, answer, first, answered; "cases", the open
 * ones in the order in which to call; "setback" and "suspended" since when, "conversation" until
 * when, each null where there is none.  0 or -errno. */
int bearing_put(struct json *object, const struct api_host *host, const struct client *client);

#endif
