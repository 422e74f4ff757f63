/* What is on record about a client: the ledger of consent, and her numbers. */
#ifndef HF_STAFF_RECORD_H
#define HF_STAFF_RECORD_H

#include "staff/reply.h"

/* Routes: 0 with the reply filled, or -errno. */

/* The ledger, oldest first: at, consent, source, by, recorded. */
int record_consent(const struct api_host *host, const struct request *request, struct reply *reply);
/* The last number first, and since when it is suspended.  On record as read, for these are numbers.
 */
int record_number(const struct api_host *host, const struct request *request, struct reply *reply);

#endif
