/*
 * What a client's text does: to her consent, to the question that is open, to
 * whoever of the staff must hear of it, and what she is answered.
 */
#ifndef HF_ENGINE_REPLIES_H
#define HF_ENGINE_REPLIES_H

#include "store/inbox.h"
#include "engine/context.h"

struct reply_text {
	int64_t id; /* in the inbox: what answers are about */
	const char *text;
	bool handles_stop; /* her gateway answers STOP itself */
	bool opted_out;    /* it took this text for one */
	bool silent;       /* somebody with the same phone is answered */
};

/* Inside the caller's transaction.  *ret_kind is what it was taken for. */
int replies_take(const struct engine_context *ctx, const struct client *client,
		 const struct reply_text *reply, enum inbox_kind *ret_kind);

#endif
