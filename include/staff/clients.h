/* Who is enrolled: the list, and one client with what comes next and what came last. */
#ifndef HF_STAFF_CLIENTS_H
#define HF_STAFF_CLIENTS_H

#include "staff/reply.h"

#define CLIENTS_PAGE_MAX 1000 /* of one answer; ?after=ID gives the next page */

/* Routes: 0 with the reply filled, or -errno.  Names and numbers only with ?names=1. */
int clients_list(const struct api_host *host, const struct request *request, struct reply *reply);
int clients_show(const struct api_host *host, const struct request *request, struct reply *reply);

#endif
