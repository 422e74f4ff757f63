/*
 * How an answer goes out, or goes wrong.
 */
#ifndef HF_SANDBOX_STAGE_H
#define HF_SANDBOX_STAGE_H

#include "lib/listener.h"
#include "lib/loop.h"
#include "sandbox/mishap.h"

struct stage;

int stage_new(struct loop *loop, struct stage **ret_stage);
/* After the listener, whose exchanges it holds. */
struct stage *stage_free(struct stage *stage);

/* Answers with status and body, which are copied, in the way of the mishap. */
void stage_act(struct stage *stage, struct exchange *exchange, const struct mishap *mishap,
	       int status, const char *body);

/* The peer has left; nothing happens to an exchange that is not on stage. */
void stage_gone(struct stage *stage, struct exchange *exchange);

#endif
