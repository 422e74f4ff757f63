/*
 * The courier's connection to holdfastd: a wire that is made again, with
 * back-off, whenever it breaks.
 */
#ifndef HF_COURIER_LINK_H
#define HF_COURIER_LINK_H

#include "lib/wire.h"

struct link;

/* All get the userdata of link_new(). */
struct link_handlers {
	struct wire_handlers wire; /* what holdfastd says; its on_closed calls link_drop() */
	void (*on_up)(void *userdata);
	void (*on_down)(void *userdata);
};

/* The first try is made by the loop, at once.  The handlers stay the caller's. */
int link_new(struct loop *loop, const char *wire_path, const struct link_handlers *handlers,
	     void *userdata, struct link **ret_link);
struct link *link_free(struct link *link);
DEFINE_CLEANUP(struct link *, link_free);

/* NULL while holdfastd is away. */
struct wire *link_wire(const struct link *link);
/* Gives this connection up, calls on_down and tries for another.  For a peer that breaks the rules,
 * and for one that does not take what is sent. */
void link_drop(struct link *link, const char *why);

#endif
