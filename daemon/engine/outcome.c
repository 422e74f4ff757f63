/*
 * Outcomes become states.
 *
 * The classes are what the field knows about a request that has left: certainly
 * not sent may be tried again; perhaps sent must not be, unless the gateway
 * knows our key, a copy harms nobody or the administrator prefers a second copy to none;
 * later is the gateway's trouble and no attempt.
 * A refusal that nobody can explain may be this text's fault or our account's.  So the
 * text waits and is tried again, and has failed where it is refused once more although
 * another one was taken meanwhile, or for the third time.  Where the gateway refuses one
 * number after the other, nothing fails: it is held, and what failed in that row is due
 * again.  The refusals are counted in the outbox, so that a restart forgets none.
 * Dangerous: a row that goes from unknown back to due is sent again.  Only
 * may_ask_again() says when, and engine/doubt which kinds.  And a courier outlives a database: after another one took its place,
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
#include "engine/doubt.h"
#include "engine/receipt.h"
#include "engine/recipient.h"

#define URGENT_TRIES  3 /* from then on every five minutes */
#define ANSWER_LOST   "the gateway's answer was lost"
#define NOT_ITS_FAULT "the gateway refuses others, too"
#define REFUSALS_MOST 3 /* of one text that nobody can explain, while nothing else is tried */
#define REFUSALS_ROW  5 /* one after the other, to more than one number: the gateway's */

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

static bool is_of_danger(const struct outbox_message *row)
{
	return row->kind == KIND_EMERGENCY || row->kind == KIND_ALERT || row->kind == KIND_INFO;
}

/* When the gateway is back, whoever is to be told of danger must not wait for half an hour more. */
static int tries_of(const struct outbox_message *row)
{
	bool urgent = row->kind == KIND_ALERT || row->kind == KIND_EMERGENCY;

	return urgent && row->attempts > URGENT_TRIES ? URGENT_TRIES : row->attempts;
}

/* It is unknown: is it asked again?  *ret_why: how. */
static int may_ask_again(const struct engine_context *ctx, const struct gateway_state *gateway,
			 const struct outbox_message *row, bool *ret_may, const char **ret_why)
{
	if (gateway->idempotent) {
		*ret_may = true;
		*ret_why = "asked again, same key";
		return 0;
	}

	*ret_why = doubt_is_harmless(ctx, row) ? "sent again: a copy harms nobody"
					       : "sent again, as configured";
	return doubt_may_repeat(ctx, row, ret_may);
}

/* Its answer was lost.  It is asked again then, or it is for a human. */
static int ask_again(const struct engine_context *ctx, const struct gateway_state *gateway,
		     const struct outbox_message *row, hf_time when, const char *reason)
{
	const char *why = NULL;
	bool may = false;
	int r = doubt_begin(ctx, row);

	r = r ? r : may_ask_again(ctx, gateway, row, &may, &why);
	if (r != 0) {
		return r;
	}
	return may ? outbox_retry(ctx->db, row->id, when, reason ? reason : why, true, ctx->now)
		   : doubt_raise(ctx, row);
}

/* When a text (NULL: any) is tried again that was kept for its gateway's trouble.  What cannot wait is
 * held back by the gateway's own floor alone. */
static hf_time after_hold(const struct engine_context *ctx, const struct gateway_states *gateways,
			  const struct gateway_state *gateway, const struct outbox_message *row)
{
	bool elsewhere = gateway_states_choose(gateways, ctx->now);

	return elsewhere || (row && is_of_danger(row)) || gateway->held_until < ctx->now
		       ? ctx->now
		       : gateway->held_until;
}

static int find_number(const struct engine_context *ctx, const char *handle,
		       char ret_number[PHONE_MAX])
{
	struct recipient recipient;
	int r = recipient_find(ctx->db, ctx->model, handle, &recipient);

	if (r == 0) {
		(void)snprintf(ret_number, PHONE_MAX, "%s",
			       recipient.client ? recipient.client->phone : handle);
	}
	return r;
}

/* Has it refused so many in a row, to more than one number, that the fault is not the texts'? */
static int refuses_all(const struct engine_context *ctx, const struct gateway_state *gateway,
		       bool *ret_all)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char first[PHONE_MAX] = "", number[PHONE_MAX];
	bool several = false;
	int64_t count = 0;
	int r = outbox_refusals(ctx->db, gateway->name, &rows);

	while (r == 0 && db_next(&rows) && !(several && count >= REFUSALS_ROW)) {
		r = find_number(ctx, db_text(&rows, 0), number);
		count += db_int(&rows, 1);
		several = several || (*first && strcmp(first, number) != 0);
		strcpy(first, number);
	}

	*ret_all = several && count >= REFUSALS_ROW;
	return r ? r : rows.error;
}

/* A refusal that nobody can explain.  *ret_own: it is for the text's sake after all. */
static int weigh_refusal(const struct engine_context *ctx, const struct gateway_states *gateways,
			 struct gateway_state *gateway, const struct outbox_message *row,
			 const char *reason, bool *ret_own)
{
	bool all = gateway_state_is_for_account(gateway);
	int r = outbox_count_refusal(ctx->db, row->id);

	gateway->may_have_refused = true;
	r = r || all ? r : refuses_all(ctx, gateway, &all);
	if (r != 0) {
		return r;
	}

	if (all) {
		gateway_state_refuses(gateway, reason, ctx->now);
		r = outbox_revive_refused(ctx->db, gateway->name,
					  after_hold(ctx, gateways, gateway, NULL), NOT_ITS_FAULT,
					  ctx->now);
		return r ? r
			 : outbox_retry(ctx->db, row->id, after_hold(ctx, gateways, gateway, row),
					reason, true, ctx->now);
	}
	if (row->refused < 0 || row->refused + 1 >= REFUSALS_MOST) {
		*ret_own = true;
		return 0;
	}
	return outbox_retry(ctx->db, row->id,
			    ctx->now + outcome_back_off(row->key, row->refused + 1), reason, true,
			    ctx->now);
}

static int note_taken(const struct engine_context *ctx, struct gateway_state *gateway)
{
	hf_time by = gateway_state_took(gateway, ctx->now) ? ctx->now : HF_NEVER;
	int r = gateway->may_have_refused ? outbox_end_refusals(ctx->db, gateway->name, by) : 0;

	gateway->may_have_refused = gateway->may_have_refused && r != 0;
	return r;
}

static int fail(const struct engine_context *ctx, const struct outbox_message *row,
		const char *reason)
{
	int r = outbox_settle(ctx->db, row->id, OUTBOX_FAILED, reason, ctx->now);

	r = r ? r : alerts_failed(ctx, row);
	return r ? r : alerts_unsent(ctx, row, OUTBOX_FAILED);
}

/* What is known of the request: the gateway has the text, or it has certainly not left, or perhaps;
 * the gateway's own trouble; or it will never take this text. */
static int apply(const struct engine_context *ctx, const struct gateway_states *gateways,
		 struct gateway_state *gateway, const struct outbox_message *row,
		 const struct wire_outcome *outcome)
{
	hf_time next_try = ctx->now + outcome_back_off(row->key, tries_of(row));
	const char *reason = outcome->reason;
	enum outbox_state state = OUTBOX_DUE; /* that the log names */
	bool own = false;                     /* a refusal is for the text's own sake */
	int r = -EINVAL;

	switch (outcome->class) {
	case OUTCOME_ACCEPTED:
		r = note_taken(ctx, gateway);
		return r ? r : receipt_accepted(ctx, gateway->name, row, outcome->gateway_id);

	case OUTCOME_UNSENT:
		if (is_of_danger(row) && next_try > ctx->now + GATEWAY_DANGER_FLOOR) {
			next_try = ctx->now + GATEWAY_DANGER_FLOOR;
		}
		r = outbox_retry(ctx->db, row->id, next_try, reason, true, ctx->now);
		break;

	case OUTCOME_UNKNOWN:
		state = OUTBOX_UNKNOWN;
		reason = *reason ? reason : ANSWER_LOST;
		r = row->state == OUTBOX_CLAIMED
			    ? outbox_settle(ctx->db, row->id, state, reason, ctx->now)
			    : 0;
		r = r ? r : ask_again(ctx, gateway, row, next_try, reason);
		break;

	case OUTCOME_DEFERRED:
		/* The gateway is held meanwhile, or another one takes over. */
		state = OUTBOX_DEFERRED;
		r = outbox_retry(ctx->db, row->id, ctx->now, reason, false, ctx->now);
		break;

	case OUTCOME_CONFIG:
		/* Counted, so that the next probe is another text. */
		state = OUTBOX_DEFERRED;
		gateway->may_have_refused = true;
		r = outbox_count_refusal(ctx->db, row->id);
		r = r ? r
		      : outbox_retry(ctx->db, row->id, after_hold(ctx, gateways, gateway, row),
				     reason, false, ctx->now);
		break;

	case OUTCOME_REFUSED:
		own = wire_outcome_is_explained(outcome);
		r = own ? 0 : weigh_refusal(ctx, gateways, gateway, row, reason, &own);
		r = r || !own ? r : fail(ctx, row, reason);
		state = own ? OUTBOX_FAILED : OUTBOX_DUE;
		break;

	case OUTCOME_OPTED_OUT:
		state = OUTBOX_FAILED;
		r = fail(ctx, row, reason);
		break;
	}

	r = r ? r : message_log_add(ctx->log, row, state, gateway->name, reason, ctx->now);
	if (r == 0 && outcome->class == OUTCOME_REFUSED && state == OUTBOX_FAILED) {
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

int outcome_settle(const struct engine_context *ctx, const struct gateway_states *gateways,
		   struct gateway_state *gateway, const struct wire_outcome *outcome)
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
		return note_taken(ctx, gateway);
	}
	if (r == OUTBOX_E_NONE || !is_awaited(gateway, &row, outcome)) {
		log_notice("gateway=%s message=%lld attempt=%d: an answer nobody waits for (%s)",
			   gateway->name, (long long)outcome->id, outcome->attempt,
			   outcome_words[outcome->class]);
		return 0;
	}

	if (outcome->class != OUTCOME_UNKNOWN && row.in_doubt) {
		r = doubt_end(ctx, &row, "the gateway has answered after all");
		row.in_doubt = row.author_told = false;
	}
	r = r ? r : apply(ctx, gateways, gateway, &row, outcome);
	assert(r <= 0); /* is_awaited() knows the moves */
	return r;
}

int outcome_settle_unknown(const struct engine_context *ctx, const struct gateway_state *gateway)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r;

	r = outbox_unknown(ctx->db, gateway->name, &rows);
	while (r == 0 && db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		r = ask_again(ctx, gateway, &row, ctx->now, NULL);
	}
	return r ? r : rows.error;
}
