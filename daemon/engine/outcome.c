/*
 * Outcomes become states.
 *
 * The classes are what the field knows about a request that has left: certainly
 * not sent may be tried again; perhaps sent must not be, unless the gateway
 * knows our key or the administrator prefers a second copy to none; later is
 * the gateway's trouble and no attempt.
 * Dangerous: a row that goes from unknown back to due is sent again.  Only
 * may_ask_again() says when.  And a courier outlives a database: after another one took its place,
 * a row's id may be that of a text of before, so only the key says whose an outcome is.
 */
#include "engine/outcome.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

#include "lib/hash.h"
#include "lib/log.h"
#include "store/outbox.h"
#include "engine/alerts.h"
#include "engine/message_log.h"
#include "engine/consent.h"
#include "engine/deliverability.h"
#include "engine/receipt.h"

#define ANSWER_LOST "the gateway's answer was lost"

uint32_t outcome_seed(const char *key, int attempt)
{
	return (hash_text(key) ^ (uint32_t)attempt) * 16777619u;
}

hf_time outcome_back_off(const char *key, int attempt)
{
	static const hf_time steps[] = { 15 * HF_SECOND, HF_MINUTE, 5 * HF_MINUTE, 15 * HF_MINUTE,
					 30 * HF_MINUTE };
	int step = attempt < 1 ? 0 : attempt - 1;

	if ((size_t)step >= COUNT(steps)) {
		step = COUNT(steps) - 1;
	}
	return gateway_state_jitter(steps[step], outcome_seed(key, attempt));
}

static bool may_ask_again(const struct engine_context *ctx, const struct gateway_state *gateway)
{
	return gateway->idempotent || ctx->model->texting.on_unknown == ON_UNKNOWN_RESEND;
}

/* What is known of the request: the gateway has the text, or it has certainly not left, or perhaps;
 * the gateway's own trouble; or it will never take this text. */
static int apply(const struct engine_context *ctx, const struct gateway_state *gateway,
		 const struct outbox_message *row, const struct wire_outcome *outcome)
{
	hf_time next_try = ctx->now + outcome_back_off(row->key, row->attempts);
	const char *reason = outcome->reason;
	enum outbox_state state = OUTBOX_DUE; /* that the log names */
	int r = -EINVAL;

	switch (outcome->class) {
	case OUTCOME_ACCEPTED:
		return receipt_accepted(ctx, gateway->name, row, outcome->gateway_id);

	case OUTCOME_UNSENT:
		r = outbox_retry(ctx->db, row->id, next_try, reason, true, ctx->now);
		break;

	case OUTCOME_UNKNOWN:
		state = OUTBOX_UNKNOWN;
		reason = *reason ? reason : ANSWER_LOST;
		r = row->state == OUTBOX_CLAIMED
			    ? outbox_settle(ctx->db, row->id, state, reason, ctx->now)
			    : 0;
		if (r == 0 && may_ask_again(ctx, gateway)) {
			r = outbox_retry(ctx->db, row->id, next_try, reason, true, ctx->now);
		}
		break;

	case OUTCOME_DEFERRED:
	case OUTCOME_CONFIG:
		/* The gateway is held meanwhile, or another one takes over. */
		state = OUTBOX_DEFERRED;
		r = outbox_retry(ctx->db, row->id, ctx->now, reason, false, ctx->now);
		break;

	case OUTCOME_REFUSED:
	case OUTCOME_OPTED_OUT:
		state = OUTBOX_FAILED;
		r = outbox_settle(ctx->db, row->id, state, reason, ctx->now);
		r = r ? r : alerts_failed(ctx, row);
		break;
	}

	r = r ? r : message_log_add(ctx->log, row, state, gateway->name, reason, ctx->now);
	if (r == 0 && outcome->class == OUTCOME_REFUSED) {
		r = deliverability_failed(ctx, row, outcome->fault == WIRE_FAULT_NUMBER);
	}
	if (r == 0 && outcome->class == OUTCOME_OPTED_OUT) {
		r = consent_withdraw_by_gateway(ctx, row->client, gateway->name);
	}
	return r;
}

/* --- an answer ------------------------------------------------------------------------- */

static bool is_awaited(const struct gateway_state *gateway, const struct outbox_message *row,
		       const struct wire_outcome *outcome)
{
	bool in_the_air = row->state == OUTBOX_CLAIMED || row->state == OUTBOX_UNKNOWN;
	bool waiting = row->state == OUTBOX_DUE || row->state == OUTBOX_DEFERRED;

	if (!row->gateway || strcmp(row->gateway, gateway->name) != 0 ||
	    strcmp(row->key, outcome->key) != 0) {
		return false;
	}
	if (outcome->class == OUTCOME_ACCEPTED) {
		return in_the_air || waiting;
	}
	return in_the_air && outcome->attempt == row->attempts;
}

/* A receipt was faster than the answer. */
static bool is_known(const struct outbox_message *row, const struct wire_outcome *outcome)
{
	return outcome->class == OUTCOME_ACCEPTED && row->state >= OUTBOX_ACCEPTED &&
	       row->state <= OUTBOX_FAILED && strcmp(row->key, outcome->key) == 0;
}

int outcome_settle(const struct engine_context *ctx, const struct gateway_state *gateway,
		   const struct wire_outcome *outcome)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r = outbox_get(ctx->db, outcome->id, &rows);

	if (r < 0) {
		return r;
	}
	if (r == 0) {
		outbox_read(&rows, &row);
	}
	if (r == 0 && is_known(&row, outcome)) {
		return 0;
	}
	if (r == OUTBOX_E_NONE || !is_awaited(gateway, &row, outcome)) {
		log_notice("gateway=%s message=%lld attempt=%d: an answer nobody waits for (%s)",
			   gateway->name, (long long)outcome->id, outcome->attempt,
			   outcome_words[outcome->class]);
		return 0;
	}

	r = apply(ctx, gateway, &row, outcome);
	assert(r <= 0); /* is_awaited() knows the moves */
	return r;
}

int outcome_settle_unknown(const struct engine_context *ctx, const struct gateway_state *gateway)
{
	const char *reason =
		gateway->idempotent ? "asked again, same key" : "sent again, as configured";
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r;

	if (!may_ask_again(ctx, gateway)) {
		return 0;
	}

	r = outbox_unknown(ctx->db, gateway->name, &rows);
	while (r == 0 && db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		r = outbox_retry(ctx->db, row.id, ctx->now, reason, true, ctx->now);
	}
	return r ? r : rows.error;
}
