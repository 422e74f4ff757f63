/*
 * Texts that came and may not go yet: the credit was for another number's
 * token.  Credit bounds how many there are.
 */
#ifndef HF_COURIER_BACKLOG_H
#define HF_COURIER_BACKLOG_H

#include "lib/wire.h"

struct queued {
	struct wire_text text; /* a copy */
	hf_time expires;       /* monotonic */
	struct queued *next;
};

struct backlog {
	struct queued *first;
	unsigned count;
};

/* At the end.  0 or -ENOMEM. */
int backlog_add(struct backlog *backlog, const struct wire_text *text, hf_time now);
/* Frees the one at *place, which then holds the next: for walking with a pointer to a pointer. */
void backlog_drop(struct backlog *backlog, struct queued **place);
void backlog_done(struct backlog *backlog);

#endif
