/* What people wrote, for staff to read; whoever reads it is on record. */
#ifndef HF_STAFF_MAILBOX_H
#define HF_STAFF_MAILBOX_H

#include "store/inbox.h"
#include "staff/reply.h"

/* A route: 0 with the reply filled, or -errno.  Oldest first; takes client, since, unread=1, after
 * (an id), limit.  Without since and unread: of the last seven days. */
int mailbox_list(const struct api_host *host, const struct request *request, struct reply *reply);

/* Somebody of the staff reads this text: a line in the audit, and it is read.  In the transaction
 * of whoever shows it. */
int mailbox_note(const struct api_host *host, const struct request *request,
		 const struct inbox_text *text);

#endif
