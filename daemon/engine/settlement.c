/*
 * A human's word about a text whose outcome nobody knows.
 *
 * Dangerous: "again" may put a second copy on a phone.  So only a human says it, of a text
 * that is unknown and not too late, and every permit is asked anew before it goes.
 */
#include "engine/settlement.h"

#include <errno.h>
#include <stdio.h>

#include "store/checkins.h"
#include "engine/doubt.h"
#include "engine/message_log.h"
#include "engine/receipt.h"

#define REASON_MAX 96

const char *const settlement_words[] = {
	[SETTLEMENT_SENT] = "sent",
	[SETTLEMENT_AGAIN] = "again",
	[SETTLEMENT_DROP] = "drop",
	NULL,
};

/* She is not waited for. */
static int drop(const struct engine_context *ctx, const struct outbox_message *row,
		const char *reason)
{
	int r = outbox_settle(ctx->db, row->id, OUTBOX_CANCELLED, reason, ctx->now);

	r = r ? r : checkins_move(ctx->db, row->id, CHECKIN_PASSED);
	return r ? r
		 : message_log_add(ctx->log, row, OUTBOX_CANCELLED, row->gateway, reason, ctx->now);
}

static int again(const struct engine_context *ctx, const struct outbox_message *row,
		 const char *reason)
{
	int r = outbox_send_again(ctx->db, row->id, reason, ctx->now);

	return r ? r : message_log_add(ctx->log, row, OUTBOX_DUE, row->gateway, reason, ctx->now);
}

static int settle(const struct engine_context *ctx, const struct outbox_message *row,
		  enum settlement settlement, const char *by)
{
	char reason[REASON_MAX];
	int r;

	switch (settlement) {
	case SETTLEMENT_SENT:
		/* Before it: what accepts it would put the case right in its own words. */
		(void)snprintf(reason, sizeof(reason), "%s says that it is sent", by);
		r = doubt_end(ctx, row, reason);
		return r ? r : receipt_accepted(ctx, row->gateway, row, "");
	case SETTLEMENT_AGAIN:
		(void)snprintf(reason, sizeof(reason), "%s sends it again", by);
		r = doubt_end(ctx, row, reason);
		return r ? r : again(ctx, row, reason);
	case SETTLEMENT_DROP:
		(void)snprintf(reason, sizeof(reason), "%s drops it", by);
		r = doubt_end(ctx, row, reason);
		return r ? r : drop(ctx, row, reason);
	}
	return -EINVAL;
}

int settlement_make(const struct engine_context *ctx, int64_t id, enum settlement settlement,
		    const char *by)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r = outbox_get(ctx->db, id, &rows);

	if (r != 0) {
		return r < 0 ? r : SETTLEMENT_E_NONE;
	}

	outbox_read(&rows, &row);
	if (row.state != OUTBOX_UNKNOWN) {
		return SETTLEMENT_E_KNOWN;
	}
	if (settlement == SETTLEMENT_AGAIN && row.expires <= ctx->now) {
		return SETTLEMENT_E_LATE;
	}
	r = settle(ctx, &row, settlement, by);
	return r > 0 ? -EINVAL : r;
}

void settlement_over(const struct engine_context *ctx, int r)
{
	message_log_end(ctx->log, r);
}
