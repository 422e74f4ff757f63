/*
 * Receipts become states.
 *
 * The moves of the outbox are the ranks: of sent, then delivered, undelivered
 * or failed, each comes only after what is before it, and the first final word
 * stands.  A receipt about a text whose own answer has not come, or was lost,
 * proves that the gateway took it: so an unknown text is never sent again.
 */
#include "engine/receipt.h"

#include <errno.h>

#include "store/outbox.h"
#include "store/people.h"
#include "store/receipts.h"
#include "engine/alerts.h"
#include "engine/reach.h"
#include "engine/rounds.h"

static int note(const struct reception *reception, const struct outbox_message *row,
		enum outbox_state state, const char *reason)
{
	return lines_add(reception->lines, row, state, reception->gateway, reason, reception->now);
}

/* --- accepted ---------------------------------------------------------------------- */

/* After her first text all others may go. */
static int welcome(const struct reception *reception, const struct outbox_message *row)
{
	int r = people_welcomed(reception->db, row->client, reception->now);

	return r ? r : outbox_wake(reception->db, row->client, reception->now);
}

static int accept(const struct reception *reception, const struct outbox_message *row,
		  const char *gateway_id)
{
	int r = outbox_accept(reception->db, row->id, gateway_id, reception->now);

	if (r == 0 && row->kind == KIND_WELCOME) {
		r = welcome(reception, row);
	}
	r = r ? r : rounds_asked(reception->db, reception->model, row, reception->now);
	return r ? r : note(reception, row, OUTBOX_ACCEPTED, NULL);
}

/* --- one receipt --------------------------------------------------------------------- */

/* It will not arrive, whoever it was for: a client, or somebody of the staff. */
static int fail(const struct reception *reception, const struct outbox_message *row,
		const struct wire_receipt *receipt)
{
	const struct engine_context ctx = { .db = reception->db,
					    .model = reception->model,
					    .now = reception->now };
	bool for_good = receipt->fault == RECEIPT_FAULT_NUMBER || receipt->state == RECEIPT_FAILED;
	int r = alerts_failed(&ctx, row);

	/* She is to be left alone, and that is a case of its own. */
	if (r != 0 || receipt->fault == RECEIPT_FAULT_OPTED_OUT) {
		return r;
	}
	return reach_failed(reception->db, reception->model, row, for_good, reception->now);
}

/* The state is another now: what follows from it? */
static int follow(const struct reception *reception, const struct outbox_message *row,
		  const struct wire_receipt *receipt)
{
	switch (receipt->state) {
	case RECEIPT_SENT:
		return 0;
	case RECEIPT_DELIVERED:
		return reach_delivered(reception->db, reception->model, row, reception->now);
	case RECEIPT_UNDELIVERED:
	case RECEIPT_FAILED:
		return fail(reception, row, receipt);
	}
	return -EINVAL;
}

static int apply(const struct reception *reception, const struct outbox_message *row,
		 const struct wire_receipt *receipt)
{
	static const enum outbox_state becomes[] = { [RECEIPT_SENT] = OUTBOX_SENT,
						     [RECEIPT_DELIVERED] = OUTBOX_DELIVERED,
						     [RECEIPT_UNDELIVERED] = OUTBOX_UNDELIVERED,
						     [RECEIPT_FAILED] = OUTBOX_FAILED };
	enum outbox_state state = becomes[receipt->state];
	const char *reason = *receipt->reason ? receipt->reason : NULL;
	int r = 0;

	if (receipt->state != RECEIPT_FAILED) {
		r = accept(reception, row, receipt->gateway_id);
	}
	r = r < 0 ? r : outbox_settle(reception->db, row->id, state, reason, reception->now);
	if (r == 0) {
		r = note(reception, row, state, reason);
		r = r ? r : follow(reception, row, receipt);
	}
	/* Whatever became of the text: she has opted out. */
	if (r >= 0 && receipt->fault == RECEIPT_FAULT_OPTED_OUT) {
		r = reach_opted_out(reception->db, reception->model, row, reception->gateway,
				    reception->now);
	}
	return r < 0 ? r : 0;
}

int receipt_accepted(const struct reception *reception, const struct outbox_message *row,
		     const char *gateway_id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct wire_receipt receipt;
	int r = accept(reception, row, gateway_id);

	if (r != 0 || !*gateway_id) {
		return r;
	}

	r = receipts_orphans(reception->db, reception->gateway, gateway_id, &rows);
	while (r == 0 && db_next(&rows)) {
		receipts_read(&rows, &receipt);
		r = receipts_match(reception->db, receipt.seq, row->id);
		r = r ? r : apply(reception, row, &receipt);
	}
	return r ? r : rows.error;
}

/* --- as it comes ---------------------------------------------------------------------- */

static int take_for(const struct reception *reception, int64_t message,
		    const struct wire_receipt *receipt)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r = outbox_get(reception->db, message, &rows);

	if (r != 0) {
		return r;
	}

	outbox_read(&rows, &row);
	return apply(reception, &row, receipt);
}

static int take_inside(const struct reception *reception, const struct wire_receipt *receipt)
{
	const struct span *keep = &reception->model->keep.receipts;
	int64_t message = 0;
	int r = receipts_purge(reception->db, reception->now - keep->days * HF_DAY - keep->elapsed);

	r = r ? r : receipts_find(reception->db, reception->gateway, receipt, &message);
	if (r >= 0) {
		r = receipts_add(reception->db, reception->gateway, receipt, message,
				 reception->now);
	}
	return r || !message ? r : take_for(reception, message, receipt);
}

int receipt_take(const struct engine_context *ctx, const char *gateway,
		 const struct wire_receipt *receipt)
{
	struct reception reception = {
		.db = ctx->db, .model = ctx->model, .gateway = gateway, .now = ctx->now
	};
	int r = lines_new(&reception.lines);

	r = r ? r : db_begin(ctx->db);
	if (r != 0) {
		(void)lines_free(reception.lines);
		return r;
	}

	r = take_inside(&reception, receipt);
	if (r < 0) {
		db_rollback(ctx->db);
	} else {
		r = db_commit(ctx->db);
	}
	if (r == 0) {
		lines_write(reception.lines);
	}
	(void)lines_free(reception.lines);
	return r;
}
