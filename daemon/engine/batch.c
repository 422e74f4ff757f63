/*
 * The claim loop of one transaction.
 *
 * A row is looked at when there is a gateway for it; the permit is asked, the
 * text composed, the row claimed, all inside the transaction, and the wire's copy
 * is put aside for after the commit.  A row that cannot go is moved out of
 * the way of those behind it: deferred, expired or cancelled.
 * Dangerous: rows are changed while the query that found them goes on.  Each
 * change takes the row out of what that query still looks for.
 */
#include "engine/batch.h"

#include <errno.h>
#include <string.h>

#include "lib/arena.h"
#include "store/outbox.h"
#include "engine/addressee.h"
#include "engine/alerts.h"
#include "engine/company.h"
#include "engine/compose.h"
#include "engine/lines.h"
#include "engine/outlet.h"
#include "engine/permit.h"

#define ROWS_MOST       1024      /* bounds a transaction and how long others wait for it */
#define CREDIT_PATIENCE HF_SECOND /* a pinned row, while others could go */

struct claimed {
	const struct outlet *outlet;
	struct wire_text text; /* in the batch's arena */
};

struct batch {
	const struct outlets *outlets; /* dispatch's */
	struct arena *arena;           /* NULL while there is nothing in it */
	struct claimed claimed[ROWS_MOST];
	size_t count;
	const struct zone *zone; /* the last one asked for, and its offset */
	int offset;
};

int batch_new(const struct outlets *outlets, struct batch **ret_batch)
{
	struct batch *batch = calloc(1, sizeof(*batch));

	if (!batch) {
		return -ENOMEM;
	}

	batch->outlets = outlets;
	*ret_batch = batch;
	return 0;
}

struct batch *batch_free(struct batch *batch)
{
	if (batch) {
		batch_drop(batch);
		free(batch);
	}
	return NULL;
}

void batch_drop(struct batch *batch)
{
	batch->arena = arena_free(batch->arena);
	batch->count = 0;
	batch->zone = NULL;
}

/* --- one row ----------------------------------------------------------------------- */

static int end(const struct engine_context *ctx, const struct outbox_message *row,
	       enum outbox_state state, const char *reason)
{
	int r = outbox_settle(ctx->db, row->id, state, reason, ctx->now);

	r = r ? r : alerts_failed(ctx, row);
	return r != 0 ? r : lines_add(ctx->lines, row, state, row->gateway, reason, ctx->now);
}

static int defer(const struct engine_context *ctx, const struct outbox_message *row, hf_time until,
		 const char *reason)
{
	/* A wait that is no wait would bring the row back into this very round. */
	return outbox_defer(ctx->db, row->id, until > ctx->now ? until : ctx->now + HF_SECOND,
			    reason, ctx->now);
}

static const char *local_time(struct batch *batch, const struct zone *zone, hf_time now)
{
	char buffer[CIVIL_RFC3339_MAX];

	if (zone != batch->zone) {
		batch->zone = zone;
		batch->offset = zone_offset(zone, now);
	}
	civil_format_rfc3339(now, batch->offset, buffer);
	return arena_copy(batch->arena, buffer);
}

static int claim(struct batch *batch, const struct engine_context *ctx,
		 const struct outbox_message *row, const struct client *client,
		 struct outlet *outlet, const struct composed *composed)
{
	struct claimed *claimed = &batch->claimed[batch->count];

	if (!batch->arena && arena_new(&batch->arena) != 0) {
		return -ENOMEM;
	}

	*claimed = (struct claimed){
		.outlet = outlet,
		.text = { .id = row->id,
			  .attempt = row->attempts + 1,
			  .key = arena_copy(batch->arena, row->key),
			  .to = arena_copy(batch->arena, client->phone),
			  .body = arena_copy(batch->arena, composed->text),
			  .ucs2 = composed->cost.encoding == TEXT_UCS2,
			  .segments = composed->cost.segments,
			  .valid_for =
				  row->expires == HF_NEVER ? HF_NEVER : row->expires - ctx->now,
			  .at = local_time(batch, client->zone, ctx->now) },
	};
	if (!claimed->text.key || !claimed->text.to || !claimed->text.body || !claimed->text.at) {
		return -ENOMEM;
	}

	outlet_take(outlet);
	batch->count++;
	return outbox_claim(ctx->db, row->id, outlet->name, composed->text, composed->cost.segments,
			    ctx->now);
}

static int send(struct batch *batch, const struct engine_context *ctx,
		const struct outbox_message *row, const struct client *client,
		struct outlet *outlet)
{
	struct outbox_message carrier = *row;
	struct composed composed = { 0 };
	int r = compose(ctx->model, client, row, &composed);

	switch (r) {
	case 0:
		r = company_join(ctx, &carrier, client, &composed);
		r = r ? r : claim(batch, ctx, &carrier, client, outlet, &composed);
		break;
	case COMPOSE_E_GONE:
		r = end(ctx, row, OUTBOX_CANCELLED, "no longer in the configuration");
		break;
	case COMPOSE_E_FIELD:
		r = end(ctx, row, OUTBOX_FAILED, "a field has no value");
		break;
	case COMPOSE_E_LONG:
		r = end(ctx, row, OUTBOX_FAILED, "too long");
		break;
	}

	composed_done(&composed);
	return r;
}

/* A pinned row must not go elsewhere, nor stand in the way of those behind it. */
static int send_pinned(struct batch *batch, const struct engine_context *ctx,
		       const struct outbox_message *row, const struct client *client)
{
	struct outlet *outlet = outlets_find(batch->outlets, row->gateway);
	hf_time opens = outlet ? outlet_opens(outlet, ctx->now) : HF_NEVER;

	if (outlet && outlet_takes(outlet, ctx->now)) {
		return send(batch, ctx, row, client, outlet);
	}
	if (outlet && outlet->connected && outlet->held_until <= ctx->now) {
		opens = ctx->now + CREDIT_PATIENCE;
	}
	return defer(ctx, row, opens, "waits for its gateway");
}

static int look_at(struct batch *batch, const struct engine_context *ctx,
		   const struct outbox_message *row, struct outlet *outlet)
{
	struct addressee addressee;
	struct permit permit;
	int r = addressee_find(ctx->db, ctx->model, row->client, &addressee);
	const struct client *client = addressee.client;

	r = r ? r : permit_check(ctx->db, ctx->model, client, row, ctx->now, &permit);
	if (r != 0) {
		return r;
	}

	switch (permit.verdict) {
	case PERMIT_SEND:
		return row->pinned ? send_pinned(batch, ctx, row, client)
				   : send(batch, ctx, row, client, outlet);
	case PERMIT_WAIT:
		return defer(ctx, row, permit.until, permit.reason);
	case PERMIT_EXPIRE:
		return end(ctx, row, OUTBOX_EXPIRED, permit.reason);
	case PERMIT_CANCEL:
		return end(ctx, row, OUTBOX_CANCELLED, permit.reason);
	}

	return -EINVAL;
}

int batch_claim(struct batch *batch, const struct engine_context *ctx, bool urgent, bool *ret_more)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int looked = 0, r;

	if (!outlets_choose(batch->outlets, ctx->now)) {
		return 0;
	}

	r = outbox_ready(ctx->db, ctx->now, ROWS_MOST, &rows);
	if (r != 0) {
		return r;
	}

	for (; db_next(&rows); looked++) {
		struct outlet *outlet = outlets_choose(batch->outlets, ctx->now);

		if (!outlet) {
			return 0;
		}

		outbox_read(&rows, &row);
		/* Those are the first in order. */
		if (urgent && row.priority != OUTBOX_URGENT) {
			return 0;
		}
		r = look_at(batch, ctx, &row, outlet);
		if (r != 0) {
			return r;
		}
	}

	*ret_more = looked == ROWS_MOST;
	return rows.error;
}

static void carry_to(const struct batch *batch, const struct outlet *outlet, dispatch_carry carry,
		     void *userdata)
{
	struct wire_text texts[WIRE_BATCH_MAX];
	size_t count = 0;

	for (size_t i = 0; i < batch->count; i++) {
		if (batch->claimed[i].outlet == outlet) {
			texts[count++] = batch->claimed[i].text;
		}
		if (count == COUNT(texts) || (count > 0 && i + 1 == batch->count)) {
			/* A courier that is gone is announced by dispatch_courier_gone(). */
			(void)carry(userdata, outlet->name, texts, count);
			count = 0;
		}
	}
}

void batch_carry(const struct batch *batch, dispatch_carry carry, void *userdata)
{
	for (size_t i = 0; i < batch->outlets->count; i++) {
		carry_to(batch, batch->outlets->list[i], carry, userdata);
	}
}
