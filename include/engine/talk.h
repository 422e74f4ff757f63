/*
 * A conversation of somebody of the staff with a client: automation holds while
 * it runs.  A reply of staff begins it, each text of either side makes it last,
 * and it ends by itself.
 */
#ifndef HF_ENGINE_TALK_H
#define HF_ENGINE_TALK_H

#include "config/model.h"
#include "lib/db.h"

/* The answers of this module, beside 0 and -errno. */
enum {
	TALK_E_NONE = 1, /* none is under way */
};

/* When one ends by itself in which somebody writes now, and nobody any more. */
hf_time talk_until(const struct model *model, hf_time now);

/* Both inside the caller's transaction. */

/* Staff write.  *ret_until is when it ends if nobody writes any more. */
int talk_begin(struct db *db, const struct model *model, const char *client, hf_time now,
	       hf_time *ret_until);
/* It is over, and what waited for its end need not wait.  TALK_E_NONE. */
int talk_end(struct db *db, const char *client, hf_time now);

#endif
