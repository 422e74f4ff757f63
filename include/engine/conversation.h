/*
 * A conversation of somebody of the staff with a client.  While it runs, nothing
 * else is sent to her automatically.  A reply of staff begins it, each text of
 * either side prolongs it, and it ends when neither has written for a while
 * (texting.conversation), or when staff say so.
 */
#ifndef HF_ENGINE_CONVERSATION_H
#define HF_ENGINE_CONVERSATION_H

#include "config/model.h"
#include "lib/db.h"

/* The answers of this module, beside 0 and -errno. */
enum {
	CONVERSATION_E_NONE = 1, /* there is no conversation */
};

/* When a conversation ends if the text of now is the last one. */
hf_time conversation_until(const struct model *model, hf_time now);

/* Both inside the caller's transaction. */

/* Staff have written.  *ret_until: conversation_until(). */
int conversation_begin(struct db *db, const struct model *model, const char *client, hf_time now,
		       hf_time *ret_until);
/* Ends it now; texts that waited for its end go out.  CONVERSATION_E_NONE. */
int conversation_end(struct db *db, const char *client, hf_time now);

#endif
