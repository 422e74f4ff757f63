/* Who is enrolled: the list, and one client with what comes next and what came last. */
#ifndef HF_STAFF_CLIENTS_H
#define HF_STAFF_CLIENTS_H

#include "staff/reply.h"

#define CLIENTS_PAGE_MAX 1000 /* of one answer; ?after=ID gives the next page */

/* Routes: 0 with the reply filled, or -errno.  Names and numbers only with ?names=1. */
int clients_list(const struct api_host *host, const struct request *request, struct reply *reply);
int clients_show(const struct api_host *host, const struct request *request, struct reply *reply);

/* The ledger, oldest first: at, consent, source, by, recorded. */
int clients_consent(const struct api_host *host, const struct request *request,
		    struct reply *reply);
/* The last number first, and since when it is suspended.  On record as read, for these are numbers.
 */
int clients_number(const struct api_host *host, const struct request *request, struct reply *reply);

/* Whether texts go out to her: "state" (one word), "consent", "paused_until" (a date; null where
 * she is not paused or it is open).  0 or -errno. */
int standing_put(json_t *object, const struct api_host *host, const struct client *client);

/* 2026-12-01; "further notice" for year 0. */
#define STANDING_DATE_MAX 32
const char *standing_date(const struct civil *date, char buffer[STANDING_DATE_MAX]);

#endif
