/*
 * What somebody of the staff says became of a text whose outcome nobody knows.
 */
#ifndef HF_ENGINE_SETTLEMENT_H
#define HF_ENGINE_SETTLEMENT_H

#include "store/outbox.h"
#include "engine/context.h"

enum settlement {
	SETTLEMENT_SENT,  /* she has it: it counts as accepted */
	SETTLEMENT_AGAIN, /* it is sent again, and may be on her phone twice */
	SETTLEMENT_DROP,  /* it is not, and nobody waits for an answer to it */
};
extern const char *const settlement_words[]; /* NULL-terminated */

/* The answers of this module, beside 0 and -errno. */
enum {
	SETTLEMENT_E_NONE = 1, /* no such text */
	SETTLEMENT_E_KNOWN,    /* what became of it is known, or it is still with the courier */
	SETTLEMENT_E_LATE,     /* it is too late to send it again */
};

/* by: a Unix user.  The case about it is put right.  Inside the caller's transaction. */
int settlement_make(const struct engine_context *ctx, int64_t id, enum settlement settlement,
		    const char *by);
/* That transaction has ended, with r: the log says so, or nothing. */
void settlement_over(const struct engine_context *ctx, int r);

#endif
