/* What one transaction claims, kept until it is committed and handed over. */
#ifndef HF_ENGINE_BATCH_H
#define HF_ENGINE_BATCH_H

#include "lib/db.h"
#include "lib/wire.h"
#include "config/model.h"
#include "engine/company.h"

struct lines;
struct outlets;

/* Hands a claimed batch to the courier of a gateway.  Called after the commit.  Not 0: the courier
 * is gone, and dispatch_courier_gone() will say so. */
typedef int (*dispatch_carry)(void *userdata, const char *gateway, const struct wire_text *texts,
			      size_t count);

struct batch;

/* Gateways and lines stay the caller's. */
int batch_new(struct db *db, const struct outlets *outlets, struct lines *lines,
	      struct batch **ret_batch);
struct batch *batch_free(struct batch *batch);
/* Whom to ask what else is planned for a client. */
void batch_look_ahead(struct batch *batch, company_ahead ahead, void *userdata);

/* Looks at what is ready (urgent: at that alone), in order, while a gateway takes texts, and at
 * most at 1024 rows: then *ret_more is set.  Inside the caller's transaction. */
int batch_claim(struct batch *batch, const struct model *model, bool urgent, hf_time now,
		bool *ret_more);

/* After the commit.  The snapshot must be the one it was claimed with. */
void batch_carry(const struct batch *batch, dispatch_carry carry, void *userdata);
void batch_drop(struct batch *batch);

#endif
