/*
 * The courier's connection to holdfastd: a wire that is made again, with
 * back-off, whenever it breaks.
 */
#ifndef HF_COURIER_LINE_H
#define HF_COURIER_LINE_H

#include "lib/wire.h"

struct line;

/* All get the userdata of line_new(). */
struct line_handlers {
	struct wire_handlers wire; /* what holdfastd says; its on_closed calls line_drop() */
	void (*on_up)(void *userdata);
	void (*on_down)(void *userdata);
};

/* The first try is made by the loop, at once.  The handlers stay the caller's. */
int line_new(struct loop *loop, const char *wire_path, const struct line_handlers *handlers,
	     void *userdata, struct line **ret_line);
struct line *line_free(struct line *line);
DEFINE_CLEANUP(struct line *, line_free);

/* NULL while holdfastd is away. */
struct wire *line_wire(const struct line *line);
/* Gives this connection up, calls on_down and tries for another.  For a peer that breaks the rules,
 * and for one that does not take what is sent. */
void line_drop(struct line *line, const char *why);

#endif
