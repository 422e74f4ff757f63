/*
 * Events on their way to holdfastd: what a gateway brought is forwarded, and
 * whoever brought it hears whether it is committed.
 */
#ifndef HF_COURIER_FORWARD_H
#define HF_COURIER_FORWARD_H

#include "lib/wire.h"
#include "courier/events.h"

#define FORWARDINGS_MOST 128              /* at once; further ones are turned away */
#define FORWARD_WAIT     (10 * HF_SECOND) /* for holdfastd's word; then it is taken for no */

struct forward;
struct forwarding; /* one of them */

/* Once, and never from inside forward_events(). */
typedef void (*forward_on_end)(void *userdata, bool stored);

int forward_new(struct loop *loop, struct forward **ret_forward);
/* Those under way end without a word. */
struct forward *forward_free(struct forward *forward);
DEFINE_CLEANUP(struct forward *, forward_free);

/* Gives all of it, with numbers of its own.  -ENOTCONN while there is no wire, -ENOSPC where too
 * many are under way, -errno; on_end comes for none of these.  ret_forwarding may be NULL. */
int forward_events(struct forward *forward, struct events *events, forward_on_end on_end,
		   void *userdata, struct forwarding **ret_forwarding);
/* Nobody waits for its end any more. */
void forward_forget(struct forwarding *forwarding);

/* The wire is there, says something, is gone. */
void forward_up(struct forward *forward, struct wire *wire);
void forward_stored(struct forward *forward, const struct wire_stored *stored, size_t count);
void forward_down(struct forward *forward);

#endif
