/*
 * The morning list, and what staff do about a case.  Every change is recorded
 * with who asked, in one transaction; so is each look at names.
 */
#ifndef HF_STAFF_CASEWORK_H
#define HF_STAFF_CASEWORK_H

#include "staff/reply.h"

#define CASEWORK_LIST_MAX 1000

/* Routes: 0 with the reply filled, or -errno. */

/* In the order in which to call.  "all": closed ones too; "client"; "names": names and numbers, an
 * audited read. */
int casework_list(const struct api_host *host, const struct request *request, struct reply *reply);
/* The star is its number.  Also its "history", oldest first. */
int casework_show(const struct api_host *host, const struct request *request, struct reply *reply);

/* The answer of each is the case as it is then; 409 where it is closed. */
int casework_acknowledge(const struct api_host *host, const struct request *request,
			 struct reply *reply);
/* {"attempt": "no-answer", "note": N} */
int casework_attempt(const struct api_host *host, const struct request *request,
		     struct reply *reply);
/* {"why": W} */
int casework_close(const struct api_host *host, const struct request *request, struct reply *reply);

#endif
