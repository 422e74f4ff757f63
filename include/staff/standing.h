/* How a client stands: whether texts go out to her, and if not, by whose word and until when. */
#ifndef HF_STAFF_STANDING_H
#define HF_STAFF_STANDING_H

#include "staff/reply.h"

/* "state" (one word), "consent", "paused_until" (a date; null where she is not paused or it is
 * open).  0 or -errno. */
int standing_put(struct json *object, const struct api_host *host, const struct client *client);

/* "pause" and "stopped", each null or an object with at, by, why (and until), and "acts": the last
 * that staff did to her by command.  0 or -errno. */
int standing_put_details(struct json *object, const struct api_host *host,
			 const struct client *client);

/* 2026-12-01; "further notice" for year 0. */
#define STANDING_DATE_MAX 32
const char *standing_date(const struct civil *date, char buffer[STANDING_DATE_MAX]);

#endif
