/*
 * Keeping no longer than was promised.
 *
 * Nothing waits for this, so it has no timer of its own: it is done on the way
 * when something else is.
 */
#include "engine/forget.h"

#include "store/purge.h"
#include "store/store.h"

int forget_run(const struct engine_context *ctx)
{
	const struct span *keep = &ctx->model->keep.messages;
	hf_time length = keep->days * HF_DAY + keep->elapsed, last;
	bool more = false;
	int r = store_purged(ctx->db, &last);

	if (r != 0 || (ctx->now >= last && ctx->now - last < HF_DAY)) {
		return r;
	}

	r = purge_texts(ctx->db, ctx->now - length, &more);
	return r != 0 || more ? r : store_set_purged(ctx->db, ctx->now);
}
