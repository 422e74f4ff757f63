/*
 * Receipts become states.
 *
 * The moves that the outbox allows are the ranks: first sent, then undelivered or failed,
 * of which the first stays, and above all delivered: a phone that was off is on again, and
 * has the text.  A receipt about a text whose own answer has not come, or was lost, proves
 * that the gateway has the text: so an unknown text is not sent again.
 */
#include "engine/receipt.h"

#include <errno.h>

#include "store/outbox.h"
#include "store/people.h"
#include "store/receipts.h"
#include "engine/alerts.h"
#include "engine/message_log.h"
#include "engine/consent.h"
#include "engine/deliverability.h"
#include "engine/doubt.h"
#include "engine/checkin.h"

/* --- accepted ---------------------------------------------------------------------- */

/* After the welcome all other texts may go. */
static int welcome(const struct engine_context *ctx, const struct outbox_message *row)
{
	int r;

	if (row->kind != KIND_WELCOME) {
		return 0;
	}
	r = people_welcomed(ctx->db, row->client, ctx->now);
	return r ? r : outbox_wake(ctx->db, row->client, ctx->now);
}

static int accept(const struct engine_context *ctx, const char *gateway,
		  const struct outbox_message *row, const char *gateway_id)
{
	int r = outbox_accept(ctx->db, row->id, gateway_id, ctx->now);

	r = r ? r : doubt_end(ctx, row, "the gateway has it");
	r = r ? r : welcome(ctx, row);
	r = r ? r : checkin_asked(ctx, row);
	return r ? r : message_log_add(ctx->log, row, OUTBOX_ACCEPTED, gateway, NULL, ctx->now);
}

/* --- one receipt --------------------------------------------------------------------- */

/* It is on the phone, perhaps after it was said that it is not, or was given up.  The gateway's clock
 * is believed between the claim and now. */
static int arrive(const struct engine_context *ctx, const struct outbox_message *row,
		  const struct wire_receipt *receipt)
{
	bool told = receipt->at >= row->claimed && receipt->at <= ctx->now;
	bool lost = false;
	int r = welcome(ctx, row);

	r = r ? r : checkin_arrived(ctx, row, told ? receipt->at : ctx->now, &lost);
	return r ? r : deliverability_delivered(ctx, row, lost);
}

/* It will not be delivered, whoever it was for: a client, or somebody of the staff. */
static int fail(const struct engine_context *ctx, const struct outbox_message *row,
		const struct wire_receipt *receipt)
{
	bool for_good = receipt->fault == WIRE_FAULT_NUMBER;
	enum outbox_state state =
		receipt->state == RECEIPT_FAILED ? OUTBOX_FAILED : OUTBOX_UNDELIVERED;
	int r = alerts_failed(ctx, row);

	r = r ? r : alerts_unsent(ctx, row, state);
	/* apply() sees to an opt-out, whatever became of the text. */
	if (r != 0 || receipt->fault == WIRE_FAULT_OPTED_OUT) {
		return r;
	}
	/* Nobody says whose fault it is: the number's only where those of others take texts. */
	if (receipt->state == RECEIPT_FAILED && receipt->fault == WIRE_FAULT_NONE) {
		r = outbox_sends_others(ctx->db, row, &for_good);
	}
	return r ? r : deliverability_failed(ctx, row, for_good);
}

/* The state of the text is new: what follows from it? */
static int follow(const struct engine_context *ctx, const struct outbox_message *row,
		  const struct wire_receipt *receipt)
{
	switch (receipt->state) {
	case RECEIPT_SENT:
		return 0;
	case RECEIPT_DELIVERED:
		return arrive(ctx, row, receipt);
	case RECEIPT_UNDELIVERED:
	case RECEIPT_FAILED:
		return fail(ctx, row, receipt);
	}
	return -EINVAL;
}

static int apply(const struct engine_context *ctx, const char *gateway,
		 const struct outbox_message *row, const struct wire_receipt *receipt)
{
	static const enum outbox_state becomes[] = { [RECEIPT_SENT] = OUTBOX_SENT,
						     [RECEIPT_DELIVERED] = OUTBOX_DELIVERED,
						     [RECEIPT_UNDELIVERED] = OUTBOX_UNDELIVERED,
						     [RECEIPT_FAILED] = OUTBOX_FAILED };
	enum outbox_state state = becomes[receipt->state];
	const char *reason = *receipt->reason ? receipt->reason : NULL;
	int r = 0;

	if (receipt->state != RECEIPT_FAILED) {
		r = accept(ctx, gateway, row, receipt->gateway_id);
	}
	r = r < 0 ? r : outbox_settle(ctx->db, row->id, state, reason, ctx->now);
	if (r == 0) {
		r = message_log_add(ctx->log, row, state, gateway, reason, ctx->now);
		r = r ? r : follow(ctx, row, receipt);
	}
	/* She has opted out, whatever became of the text. */
	if (r >= 0 && receipt->fault == WIRE_FAULT_OPTED_OUT) {
		r = consent_withdraw_by_gateway(ctx, row->client, gateway);
	}
	return r < 0 ? r : 0;
}

int receipt_accepted(const struct engine_context *ctx, const char *gateway,
		     const struct outbox_message *row, const char *gateway_id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct wire_receipt receipt;
	int r = accept(ctx, gateway, row, gateway_id);

	if (r != 0 || !*gateway_id) {
		return r;
	}

	r = receipts_orphans(ctx->db, gateway, gateway_id, &rows);
	while (r == 0 && db_next(&rows)) {
		receipts_read(&rows, &receipt);
		r = receipts_match(ctx->db, receipt.seq, row->id);
		r = r ? r : apply(ctx, gateway, row, &receipt);
	}
	return r ? r : rows.error;
}

/* --- as it comes ---------------------------------------------------------------------- */

static int store_and_apply(const struct engine_context *ctx, const char *gateway,
			   const struct wire_receipt *receipt)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int64_t message = 0;
	int r = receipts_purge(ctx->db, ctx->now - span_length(&ctx->model->keep.receipts));

	r = r ? r : receipts_find(ctx->db, gateway, receipt, &message);
	if (r < 0) {
		return r;
	}
	r = receipts_add(ctx->db, gateway, receipt, message, ctx->now);
	if (r != 0 || message == 0) {
		return r;
	}
	r = outbox_get(ctx->db, message, &rows);
	if (r != 0) {
		return r;
	}

	outbox_read(&rows, &row);
	return apply(ctx, gateway, &row, receipt);
}

int receipt_take(const struct engine_context *ctx, const char *gateway,
		 const struct wire_receipt *receipt)
{
	int r = db_begin(ctx->db);

	if (r != 0) {
		return r;
	}

	/* A repeat, and one of a text that is gone, change nothing. */
	r = store_and_apply(ctx, gateway, receipt);
	r = db_end(ctx->db, r > 0 ? 0 : r);
	message_log_end(ctx->log, r);
	return r;
}
