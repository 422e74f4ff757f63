/*
 * Texts that came and may not go yet: the credit was for another number's
 * token.  Credit bounds how many there are.
 */
#ifndef HF_GATE_QUEUE_H
#define HF_GATE_QUEUE_H

#include "base/wire.h"

struct queued {
	struct wire_text text; /* a copy */
	hf_time expires;       /* monotonic */
	struct queued *next;
};

struct queue {
	struct queued *first;
	unsigned count;
};

/* At the end.  0 or -ENOMEM. */
int queue_add(struct queue *queue, const struct wire_text *text, hf_time now);
/* Frees the one at *place, which then holds the next: for walking with a pointer to a pointer. */
void queue_drop(struct queue *queue, struct queued **place);
void queue_done(struct queue *queue);

#endif
