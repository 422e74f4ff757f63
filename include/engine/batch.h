/* What one transaction claims, kept until it is committed and handed over. */
#ifndef HF_ENGINE_BATCH_H
#define HF_ENGINE_BATCH_H

#include "lib/wire.h"
#include "engine/context.h"

struct outlets;

/* Hands a claimed batch to the courier of a gateway.  Called after the commit.  Not 0: the courier
 * is gone, and dispatch_courier_gone() will say so. */
typedef int (*dispatch_carry)(void *userdata, const char *gateway, const struct wire_text *texts,
			      size_t count);

struct batch;

/* The gateways stay the caller's. */
int batch_new(const struct outlets *outlets, struct batch **ret_batch);
struct batch *batch_free(struct batch *batch);

/* Looks at what is ready (urgent: at that alone), in order, while a gateway takes texts, and at
 * most at 1024 rows: then *ret_more is set.  Inside the caller's transaction. */
int batch_claim(struct batch *batch, const struct engine_context *ctx, bool urgent, bool *ret_more);

/* After the commit.  The snapshot must be the one it was claimed with. */
void batch_carry(const struct batch *batch, dispatch_carry carry, void *userdata);
void batch_drop(struct batch *batch);

#endif
