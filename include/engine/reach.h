/*
 * Whether texts reach a client at all: what receipts and refusals say about her
 * number, and a STOP that only the gateway heard.
 */
#ifndef HF_ENGINE_REACH_H
#define HF_ENGINE_REACH_H

#include "config/model.h"
#include "store/outbox.h"

/* So many texts for good undelivered, one after the other, and the number is suspended: no schedule
 * texts it until it is another, a text does arrive, she writes, or staff close the case. */
#define REACH_FAILURES 3

/* All inside the caller's transaction; a row that is not a client's is 0 without effect. */

/* The text arrived. */
int reach_delivered(struct db *db, const struct model *model, const struct outbox_message *row,
		    hf_time now);
/* It never will.  A check-in that did not reach her is no silence, and staff see it.  for_good: the
 * next one would not either. */
int reach_failed(struct db *db, const struct model *model, const struct outbox_message *row,
		 bool for_good, hf_time now);
/* A text came from her number, or staff have looked into it: it is tried again. */
int reach_again(struct db *db, const char *client, hf_time now);

/* She has opted out with the gateway or her carrier: consent is withdrawn, what waits cancelled,
 * and a case opened.  Nothing is said to her. */
int reach_opted_out(struct db *db, const struct model *model, const struct outbox_message *row,
		    const char *gateway, hf_time now);

#endif
