/*
 * News on its way to holdfastd: what a gateway brought is handed over, and
 * whoever brought it hears whether it is committed.
 */
#ifndef HF_COURIER_HANDOVER_H
#define HF_COURIER_HANDOVER_H

#include "lib/wire.h"
#include "courier/hook.h"

#define HANDOVERS_MOST 128              /* at once; further ones are turned away */
#define HANDOVER_WAIT  (10 * HF_SECOND) /* for holdfastd's word; then it is taken for no */

struct handover;
struct handing; /* one of them */

/* Once, and never from inside handover_give(). */
typedef void (*handover_on_end)(void *userdata, bool stored);

int handover_new(struct loop *loop, struct handover **ret_handover);
/* Those under way end without a word. */
struct handover *handover_free(struct handover *handover);
DEFINE_CLEANUP(struct handover *, handover_free);

/* Gives all of it, with numbers of its own.  -ENOTCONN while there is no wire, -ENOSPC where too
 * many are under way, -errno; on_end comes for none of these.  ret_handing may be NULL. */
int handover_give(struct handover *handover, struct hook_news *news, handover_on_end on_end,
		  void *userdata, struct handing **ret_handing);
/* Nobody waits for its end any more. */
void handover_forget(struct handing *handing);

/* The wire is there, says something, is gone. */
void handover_up(struct handover *handover, struct wire *wire);
void handover_stored(struct handover *handover, const struct wire_stored *stored, size_t count);
void handover_down(struct handover *handover);

#endif
