/*
 * holdfastd's end of the wire: lets couriers in, turns packets into dispatch's
 * verbs, and hands batches to the right one.
 */
#ifndef HF_ENGINE_COURIERS_H
#define HF_ENGINE_COURIERS_H

#include "lib/clock.h"
#include "lib/wire.h"
#include "engine/engine.h"

struct couriers;

/* fd listens (wire_listen).  on_change runs after every packet that may have made something
 * possible, at the end of the loop's turn. */
int couriers_new(struct loop *loop, int fd, const struct clock *clock, loop_on_task on_change,
		 void *userdata, struct couriers **ret_couriers);
struct couriers *couriers_free(struct couriers *couriers);
/* Born before the service, since the service needs couriers_hand_over; nobody is let in before this. */
int couriers_serve(struct couriers *couriers, struct engine *engine);

/* A dispatch_hand_over; userdata is the couriers. */
int couriers_hand_over(void *userdata, const char *gateway, const struct wire_text *texts,
		       size_t count);

#endif
