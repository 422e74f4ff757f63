/*
 * The claim loop, and what couriers have to say.
 *
 * A round is one transaction: answers become states, what is ready is looked at
 * in order and claimed as far as credit goes.  Only after the commit is
 * anything handed over or logged, and only when the witness beside the database has it on disk, too; if the commit fails nothing is handed over, and
 * the answers are settled by the next round.
 * A row is looked at when there is a gateway for it.  It is claimed, and the wire's copy put
 * aside for after the commit, or it is moved out of the way of those behind it: deferred, expired,
 * cancelled or failed.
 * Dangerous: whatever is claimed in memory only.  Credit is taken in two steps
 * (gateway_state_take, gateway_state_commit) so that a rolled back round gives it back.  And rows are
 * changed while the query that found them goes on: each change takes the row out of what
 * that query still looks for.
 */
#include "engine/dispatch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/log.h"
#include "store/cases.h"
#include "store/outbox.h"
#include "store/store.h"
#include "store/witness.h"
#include "engine/recipient.h"
#include "engine/alerts.h"
#include "engine/ceiling.h"
#include "engine/combine.h"
#include "engine/compose.h"
#include "engine/daily_limit.h"
#include "engine/doubt.h"
#include "engine/gateway_state.h"
#include "engine/message_log.h"
#include "engine/permit.h"
#include "engine/outcome.h"

#define ROUNDS_A_RUN    16        /* bounds a run: the loop serves others between two */
#define OUTCOMES_MAX    16384     /* several times the credit of a gateway */
#define ROWS_MOST       1024      /* bounds a transaction and how long others wait for it */
#define AWAY            HF_MINUTE /* so long a courier that is gone may bring what it knows */
#define CREDIT_PATIENCE HF_SECOND /* a pinned row, while others could go */

/* What a gateway said, read off the wire and not settled yet. */
struct pending_outcome {
	struct gateway_state *gateway;
	struct wire_outcome outcome; /* its texts are ours: outcome_texts */
};

/* A text that is claimed in the open transaction. */
struct claimed {
	const struct gateway_state *gateway;
	struct wire_text text; /* its texts are ours: claimed_texts */
};

struct dispatch {
	dispatch_hand_over hand_over;
	void *userdata;
	bool held; /* answers are settled, only what is urgent is claimed, nothing decided */
	struct gateway_states gateways;
	struct ceiling ceiling;
	bool ceiling_told;           /* that it is reached, since it last was not */
	struct arena *outcome_texts; /* NULL while there are none */
	struct pending_outcome outcomes[OUTCOMES_MAX]; /* in the order they came */
	size_t outcome_count;
	struct arena *claimed_texts; /* the same */
	struct claimed claimed[ROWS_MOST];
	size_t claimed_count;
};

static void forget_outcomes(struct dispatch *dispatch)
{
	dispatch->outcome_texts = arena_free(dispatch->outcome_texts);
	dispatch->outcome_count = 0;
}

static void forget_claimed(struct dispatch *dispatch)
{
	dispatch->claimed_texts = arena_free(dispatch->claimed_texts);
	dispatch->claimed_count = 0;
}

struct dispatch *dispatch_free(struct dispatch *dispatch)
{
	if (!dispatch) {
		return NULL;
	}

	gateway_states_done(&dispatch->gateways);
	forget_outcomes(dispatch);
	forget_claimed(dispatch);
	free(dispatch);
	return NULL;
}

int dispatch_set_gateways(struct dispatch *dispatch, const struct model *model, hf_time now)
{
	return gateway_states_arrange(&dispatch->gateways, &model->gateways, now);
}

int dispatch_new(const struct engine_context *ctx, dispatch_hand_over hand_over, void *userdata,
		 struct dispatch **ret_dispatch)
{
	_cleanup_(dispatch_freep) struct dispatch *dispatch = calloc(1, sizeof(*dispatch));
	int64_t orphans = 0;
	int r;

	if (!dispatch) {
		return -ENOMEM;
	}

	dispatch->hand_over = hand_over;
	dispatch->userdata = userdata;
	r = dispatch_set_gateways(dispatch, ctx->model, ctx->now);
	r = r ? r : outbox_orphan(ctx->db, NULL, "holdfastd was restarted", ctx->now, &orphans);
	r = r || orphans == 0 ? r : doubt_begin_all(ctx, NULL);
	r = r ? r : store_ceiling_told(ctx->db, &dispatch->ceiling_told);
	if (r != 0) {
		return r;
	}

	for (size_t i = 0; i < dispatch->gateways.count; i++) {
		dispatch->gateways.list[i]->owes = orphans > 0;
	}
	if (orphans > 0) {
		log_warning("%lld texts were under way when holdfastd ended: unknown for now",
			    (long long)orphans);
	}
	*ret_dispatch = take_ptr(dispatch);
	return 0;
}

/* --- a row ------------------------------------------------------------------------------- */

static int close_row(const struct engine_context *ctx, const struct outbox_message *row,
		     enum outbox_state state, const char *reason)
{
	int r = outbox_settle(ctx->db, row->id, state, reason, ctx->now);

	r = r ? r : alerts_failed(ctx, row);
	r = r || state == OUTBOX_CANCELLED ? r : alerts_unsent(ctx, row, state);
	return r ? r : message_log_add(ctx->log, row, state, row->gateway, reason, ctx->now);
}

static int defer_row(const struct engine_context *ctx, const struct outbox_message *row,
		     hf_time until, const char *reason)
{
	/* A wait that is no wait would bring the row back into this very round. */
	return outbox_defer(ctx->db, row->id, until > ctx->now ? until : ctx->now + HF_SECOND,
			    reason, ctx->now);
}

static int claim_row(struct dispatch *dispatch, const struct engine_context *ctx,
		     const struct outbox_message *row, const struct client *client,
		     struct gateway_state *gateway, const struct composed *composed)
{
	struct claimed *claimed = &dispatch->claimed[dispatch->claimed_count];
	char at[CIVIL_RFC3339_MAX];
	struct witness_mark mark;
	int r;

	if (!dispatch->claimed_texts && arena_new(&dispatch->claimed_texts) != 0) {
		return -ENOMEM;
	}

	r = outbox_claim(ctx->db, row->id, gateway->name, composed->text, composed->cost.segments,
			 ctx->now);
	r = r ? r : witness_claim(ctx->db, row, gateway->name, ctx->now);
	if (r != 0) {
		return r;
	}

	witness_mark(ctx->db, &mark);
	civil_format_rfc3339(ctx->now, zone_offset(client->zone, ctx->now), at);
	claimed->gateway = gateway;
	claimed->text = (struct wire_text){
		.id = row->id,
		.attempt = row->attempts + 1,
		.key = arena_copy(dispatch->claimed_texts, row->key),
		.to = arena_copy(dispatch->claimed_texts, client->phone),
		.body = arena_copy(dispatch->claimed_texts, composed->text),
		.ucs2 = composed->cost.encoding == TEXT_UCS2,
		.segments = composed->cost.segments,
		.valid_for = row->expires == HF_NEVER ? HF_NEVER : row->expires - ctx->now,
		.at = arena_copy(dispatch->claimed_texts, at),
		.store = mark.store,
		.batch = mark.batch,
	};
	if (!claimed->text.key || !claimed->text.to || !claimed->text.body || !claimed->text.at) {
		return -ENOMEM;
	}

	gateway_state_take(gateway);
	dispatch->claimed_count++;
	return 0;
}

/* When a row that only this gateway may send is looked at again. */
static hf_time pinned_until(const struct gateway_state *gateway, hf_time now)
{
	if (!gateway) {
		return HF_NEVER;
	}
	return gateway->connected && gateway->held_until <= now ? now + CREDIT_PATIENCE
								: gateway_state_opens(gateway, now);
}

/* What is missing before this row may go?  If nothing is, it is claimed. */
static int dispatch_row(struct dispatch *dispatch, const struct engine_context *ctx,
			const struct outbox_message *row, struct gateway_state *gateway)
{
	_cleanup_(composed_done) struct composed composed = { 0 };
	struct outbox_message combined = *row; /* expires with the first of those in its text */
	struct gateway_state *own;
	struct recipient recipient;
	struct permit permit;
	int r = recipient_find(ctx->db, ctx->model, row->client, &recipient);

	/* May it go to this person now? */
	r = r ? r : permit_check(ctx, recipient.client, row, &permit);
	if (r == 0 && permit.verdict == PERMIT_SEND) {
		r = daily_limit_check(ctx, recipient.client, row, &permit);
	}
	if (r != 0) {
		return r;
	}
	switch (permit.verdict) {
	case PERMIT_SEND:
		break;
	case PERMIT_WAIT:
		return defer_row(ctx, row, permit.until, permit.reason);
	case PERMIT_EXPIRE:
		return close_row(ctx, row, OUTBOX_EXPIRED, permit.reason);
	case PERMIT_CANCEL:
		return close_row(ctx, row, OUTBOX_CANCELLED, permit.reason);
	}

	/* Its gateway: a pinned row must not go elsewhere, nor stand in the way of others; but for one
	 * of which a copy harms nobody. */
	if (row->pinned) {
		own = gateway_states_find(&dispatch->gateways, row->gateway);
		if (own && gateway_state_takes(own, ctx->now)) {
			gateway = own;
		} else if (!doubt_is_harmless(ctx, row)) {
			return defer_row(ctx, row, pinned_until(own, ctx->now),
					 "waits for its gateway");
		}
	}

	/* Its words, and those of reminders that go in the same text. */
	r = compose(ctx->model, recipient.client, row, &composed);
	switch (r) {
	case COMPOSE_E_GONE:
		return close_row(ctx, row, OUTBOX_CANCELLED, "no longer in the configuration");
	case COMPOSE_E_FIELD:
		return close_row(ctx, row, OUTBOX_FAILED, "a field has no value");
	case COMPOSE_E_LONG:
		return close_row(ctx, row, OUTBOX_FAILED, "too long");
	}
	r = r ? r : daily_limit_check_words(ctx, recipient.client, row, composed.text, &permit);
	if (r == 0 && permit.verdict == PERMIT_EXPIRE) {
		return close_row(ctx, row, OUTBOX_EXPIRED, permit.reason);
	}
	r = r ? r : combine_reminders(ctx, &combined, recipient.client, &composed);

	return r ? r : claim_row(dispatch, ctx, &combined, recipient.client, gateway, &composed);
}

/* --- a round ------------------------------------------------------------------------------ */

static int settle_outcomes(struct dispatch *dispatch, const struct engine_context *ctx)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < dispatch->outcome_count; i++) {
		r = outcome_settle(ctx, &dispatch->gateways, dispatch->outcomes[i].gateway,
				   &dispatch->outcomes[i].outcome);
	}
	return r;
}

/* What is wrong with an account is no counselor's to mend. */
static int tell_administrator(const struct dispatch *dispatch, const struct engine_context *ctx)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < dispatch->gateways.count; i++) {
		const struct gateway_state *gateway = dispatch->gateways.list[i];

		if (gateway->untold) {
			r = alerts_gateway(ctx, gateway->name);
		}
	}
	return r;
}

/* As many have gone out as may, and something waits for that: once, until they have not. */
static int tell_ceiling(struct dispatch *dispatch, const struct engine_context *ctx, bool *ret_told)
{
	enum ceiling_per reached = ceiling_reached(&dispatch->ceiling, ctx->model, ctx->now);
	hf_time ready = HF_NEVER;
	int r = dispatch->ceiling_told || reached == CEILING_COUNT ? 0
								   : outbox_next(ctx->db, &ready);

	*ret_told = reached != CEILING_COUNT && (dispatch->ceiling_told || ready <= ctx->now);
	if (r != 0 || *ret_told == dispatch->ceiling_told) {
		return r;
	}
	r = store_set_ceiling_told(ctx->db, *ret_told);
	return r || !*ret_told ? r : alerts_ceiling(ctx, ceiling_most(ctx->model, reached));
}

static void note_told(struct dispatch *dispatch)
{
	for (size_t i = 0; i < dispatch->gateways.count; i++) {
		struct gateway_state *gateway = dispatch->gateways.list[i];

		if (gateway->untold) {
			log_error("gateway=%s: our account is at fault, see to it: %s",
				  gateway->name, gateway->said);
			gateway->untold = false;
		}
	}
}

static void note_ceiling(struct dispatch *dispatch, bool told)
{
	if (told && !dispatch->ceiling_told) {
		log_error("as many texts have gone out as may: all but emergency texts and alerts "
			  "wait; see holdfastctl status");
	} else if (dispatch->ceiling_told && !told) {
		log_notice("texts go out again: fewer have gone out lately than may");
	}
	dispatch->ceiling_told = told;
}

/* When the texts whose answer was lost are decided about: its courier has said all it knew of before,
 * and can be given texts; or it has been away for a while.  HF_NEVER: they are, or it has them still. */
static hf_time decided_at(const struct dispatch *dispatch, const struct gateway_state *gateway,
			  hf_time now)
{
	if (dispatch->held || gateway->decided) {
		return HF_NEVER;
	}
	if (!gateway->connected) {
		return gateway->owes ? gateway->down_since + AWAY : HF_NEVER;
	}
	return gateway->credit > 0 ? now : HF_NEVER;
}

static bool is_undecided(const struct dispatch *dispatch, const struct gateway_state *gateway,
			 hf_time now)
{
	return decided_at(dispatch, gateway, now) <= now;
}

static int settle_undecided(struct dispatch *dispatch, const struct engine_context *ctx)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < dispatch->gateways.count; i++) {
		const struct gateway_state *gateway = dispatch->gateways.list[i];

		if (is_undecided(dispatch, gateway, ctx->now)) {
			r = outcome_settle_unknown(ctx, gateway);
			r = r ? r : outbox_wake_gateway(ctx->db, gateway->name, ctx->now);
		}
	}
	return r;
}

/* What may go although as many texts have gone out as may. */
static bool is_of_danger(const struct outbox_message *row)
{
	return row->kind == KIND_EMERGENCY || row->kind == KIND_ALERT;
}

/* Does what was claimed so far leave room for it? */
static bool has_room(const struct dispatch *dispatch, const struct outbox_message *row,
		     const unsigned room[2])
{
	return row->kind == KIND_EMERGENCY || dispatch->claimed_count < room[is_of_danger(row)];
}

/* What a person in danger waits for, as far as the ceiling lets it. */
static enum outbox_danger danger_left(struct dispatch *dispatch, const struct engine_context *ctx)
{
	return ceiling_left(&dispatch->ceiling, ctx->model, ctx->now) > 0 ? DANGER_HELP
	       : ceiling_left_of_alerts(&dispatch->ceiling, ctx->model, ctx->now) > 0
		       ? DANGER_ALERT
		       : DANGER_EMERGENCY;
}

/* What it waits for goes although all else waits for a gateway: by any that is open, or as a probe. */
static int claim_in_danger(struct dispatch *dispatch, const struct engine_context *ctx)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct gateway_state *gateway =
		gateway_states_choose(&dispatch->gateways, ctx->now)
			? NULL
			: gateway_states_choose_in_danger(&dispatch->gateways, ctx->now);
	const unsigned room[2] = {
		ceiling_left(&dispatch->ceiling, ctx->model, ctx->now),
		ceiling_left_of_alerts(&dispatch->ceiling, ctx->model, ctx->now),
	};
	int r = gateway ? outbox_ready_of_danger(ctx->db, danger_left(dispatch, ctx), ctx->now,
						 ROWS_MOST, &rows)
			: 0;

	while (r == 0 && gateway && db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		if (!has_room(dispatch, &row, room)) {
			continue;
		}
		r = dispatch_row(dispatch, ctx, &row, gateway);
		gateway = gateway_states_choose_in_danger(&dispatch->gateways, ctx->now);
	}
	return r ? r : rows.error;
}

/* Looks at what is ready, in order, while a gateway takes texts. */
static int claim_ready(struct dispatch *dispatch, const struct engine_context *ctx, bool *ret_more)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct gateway_state *gateway = gateway_states_choose(&dispatch->gateways, ctx->now);
	bool probes = gateway && gateway_state_is_for_account(gateway);
	const unsigned room[2] = {
		ceiling_left(&dispatch->ceiling, ctx->model, ctx->now),
		ceiling_left_of_alerts(&dispatch->ceiling, ctx->model, ctx->now),
	};
	int looked = 0;
	int r = !gateway ? 0
		: room[0] == 0
			? outbox_ready_of_danger(ctx->db, DANGER_ALERT, ctx->now, ROWS_MOST, &rows)
		: probes ? outbox_ready_to_probe(ctx->db, ctx->now, ROWS_MOST, &rows)
			 : outbox_ready(ctx->db, ctx->now, ROWS_MOST, &rows);

	while (r == 0 && gateway && db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		if ((dispatch->held && row.priority != OUTBOX_URGENT) ||
		    !has_room(dispatch, &row, room)) {
			continue;
		}
		r = dispatch_row(dispatch, ctx, &row, gateway);
		gateway = gateway_states_choose(&dispatch->gateways, ctx->now);
		looked++;
	}

	*ret_more = looked == ROWS_MOST;
	return r ? r : rows.error;
}

static void hand_over_claimed(const struct dispatch *dispatch)
{
	for (size_t i = 0; i < dispatch->gateways.count; i++) {
		const struct gateway_state *gateway = dispatch->gateways.list[i];
		struct wire_text texts[WIRE_BATCH_MAX];
		size_t count = 0;

		for (size_t j = 0; j < dispatch->claimed_count; j++) {
			if (dispatch->claimed[j].gateway == gateway) {
				texts[count++] = dispatch->claimed[j].text;
			}
			if (count == COUNT(texts) ||
			    (count > 0 && j + 1 == dispatch->claimed_count)) {
				/* If its courier is gone, dispatch_courier_gone() is called. */
				(void)dispatch->hand_over(dispatch->userdata, gateway->name, texts,
							  count);
				count = 0;
			}
		}
	}
}

static hf_time sooner(hf_time a, hf_time b)
{
	return a < b ? a : b;
}

static hf_time later(hf_time a, hf_time b)
{
	return a > b ? a : b;
}

/* When something is ready that may go, whatever gateway there is. */
static int next_ready(struct dispatch *dispatch, const struct engine_context *ctx,
		      hf_time *ret_ready)
{
	enum ceiling_per reached = ceiling_reached(&dispatch->ceiling, ctx->model, ctx->now);
	hf_time danger = HF_NEVER, ready = HF_NEVER;
	int r = dispatch->held ? outbox_next_urgent(ctx->db, &ready) : outbox_next(ctx->db, &ready);

	if (r != 0 || reached == CEILING_COUNT || ready == HF_NEVER) {
		*ret_ready = ready;
		return r;
	}

	/* It is told once, and then waited for. */
	ready = dispatch->ceiling_told
			? later(ready, ceiling_opens(&dispatch->ceiling, ctx->model, ctx->now))
			: ready;
	r = outbox_next_of_danger(ctx->db, danger_left(dispatch, ctx), &danger);
	*ret_ready = sooner(ready, danger);
	return r;
}

int dispatch_next(struct dispatch *dispatch, const struct engine_context *ctx, hf_time *ret_when)
{
	hf_time next = dispatch->outcome_count > 0 ? ctx->now : HF_NEVER, ready = HF_NEVER;
	hf_time choice = gateway_states_choice(&dispatch->gateways, ctx->now);
	hf_time in_danger = gateway_states_choice_in_danger(&dispatch->gateways, ctx->now);
	int r = 0;

	for (size_t i = 0; i < dispatch->gateways.count; i++) {
		const struct gateway_state *gateway = dispatch->gateways.list[i];

		next = sooner(next, gateway->untold ? ctx->now : HF_NEVER);
		next = sooner(next, decided_at(dispatch, gateway, ctx->now));
	}
	r = ceiling_update(&dispatch->ceiling, ctx->db, ctx->now);
	if (r == 0 && next > ctx->now && choice != HF_NEVER) {
		r = next_ready(dispatch, ctx, &ready);
		next = sooner(next, later(ready, choice));
	}
	if (r == 0 && choice > ctx->now && next > ctx->now && in_danger != HF_NEVER) {
		r = outbox_next_of_danger(ctx->db, danger_left(dispatch, ctx), &ready);
		next = sooner(next, later(ready, in_danger));
	}
	if (r == 0) {
		*ret_when = next > ctx->now ? next : ctx->now;
	}
	return r;
}

int dispatch_run(struct dispatch *dispatch, const struct engine_context *ctx)
{
	bool more = true;
	bool told = false;
	int r = 0;

	for (int round = 0; r == 0 && more && round < ROUNDS_A_RUN; round++) {
		hf_time next;

		r = dispatch_next(dispatch, ctx, &next);
		if (r != 0 || next > ctx->now) {
			return r;
		}

		r = witness_batch(ctx->db);
		r = r ? r : db_begin(ctx->db);
		if (r != 0) {
			return r;
		}
		more = false;
		r = settle_outcomes(dispatch, ctx);
		r = r ? r : tell_administrator(dispatch, ctx);
		r = r ? r : tell_ceiling(dispatch, ctx, &told);
		r = r ? r : settle_undecided(dispatch, ctx);
		r = r ? r : claim_ready(dispatch, ctx, &more);
		r = r ? r : claim_in_danger(dispatch, ctx);
		r = db_end(ctx->db, r > 0 ? -EINVAL : r);

		/* After the commit memory follows, then the world. */
		for (size_t i = 0; i < dispatch->gateways.count; i++) {
			struct gateway_state *gateway = dispatch->gateways.list[i];

			if (r != 0) {
				gateway_state_undo(gateway);
				continue;
			}
			if (is_undecided(dispatch, gateway, ctx->now)) {
				gateway->decided = true;
				gateway->owes = false;
			}
			gateway_state_commit(gateway, ctx->now);
		}
		if (r == 0) {
			/* What cannot be noted does not leave, and is unknown when the process has ended. */
			r = witness_note(ctx->db, ctx->now);
		} else {
			witness_forget(ctx->db);
		}
		if (r == 0) {
			note_told(dispatch);
			note_ceiling(dispatch, told);
			ceiling_count(&dispatch->ceiling, (unsigned)dispatch->claimed_count,
				      ctx->now);
			forget_outcomes(dispatch);
			hand_over_claimed(dispatch);
		}
		message_log_end(ctx->log, r);
		forget_claimed(dispatch);
	}

	return r;
}

void dispatch_hold(struct dispatch *dispatch, bool held)
{
	dispatch->held = held;
}

void dispatch_set_back(struct dispatch *dispatch, hf_time now)
{
	for (size_t i = 0; i < dispatch->gateways.count; i++) {
		gateway_state_set_back(dispatch->gateways.list[i], now);
	}
}

/* --- outages ----------------------------------------------------------------------------- */

/* Is there another way out? */
static bool goes_elsewhere(const struct dispatch *dispatch, const struct gateway_state *gateway)
{
	for (size_t i = 0; i < dispatch->gateways.count; i++) {
		const struct gateway_state *other = dispatch->gateways.list[i];

		if (other != gateway && other->listed && other->down_since == 0) {
			return true;
		}
	}
	return false;
}

static int note_outage(const struct dispatch *dispatch, const struct engine_context *ctx,
		       const struct gateway_state *gateway)
{
	_cleanup_free_ char *handle = NULL;
	int r;

	if (asprintf(&handle, "gateway:%s", gateway->name) < 0) {
		handle = NULL;
		return -ENOMEM;
	}
	if (gateway->down_since == 0 || !gateway->listed) {
		return cases_resolve(ctx->db, handle, CASE_OUTAGE, "texts go out again", ctx->now);
	}
	r = cases_open(ctx->db, handle, CASE_OUTAGE,
		       goes_elsewhere(dispatch, gateway) ? CASE_ROUTINE : CASE_URGENT, ctx->now,
		       NULL);
	if (r == 0) {
		log_error("gateway=%s: for ten minutes no text has gone out by it", gateway->name);
	}
	return r;
}

int dispatch_follow_outages(struct dispatch *dispatch, const struct engine_context *ctx)
{
	hf_time next = dispatch_outages_next(dispatch, ctx->now);
	int r = 0;

	if (next > ctx->now) {
		return 0;
	}
	r = db_begin(ctx->db);
	if (r != 0) {
		return r;
	}

	for (size_t i = 0; r == 0 && i < dispatch->gateways.count; i++) {
		const struct gateway_state *gateway = dispatch->gateways.list[i];

		if (gateway_state_outage_at(gateway, ctx->now) <= ctx->now) {
			r = note_outage(dispatch, ctx, gateway);
		}
	}
	r = db_end(ctx->db, r);

	for (size_t i = 0; r == 0 && i < dispatch->gateways.count; i++) {
		struct gateway_state *gateway = dispatch->gateways.list[i];

		if (gateway_state_outage_at(gateway, ctx->now) <= ctx->now) {
			gateway->outage = gateway->down_since == 0 || !gateway->listed
						  ? GATEWAY_OUTAGE_NONE
						  : GATEWAY_OUTAGE_CASE;
		}
	}
	return r;
}

hf_time dispatch_outages_next(const struct dispatch *dispatch, hf_time now)
{
	hf_time next = HF_NEVER;

	for (size_t i = 0; i < dispatch->gateways.count; i++) {
		next = sooner(next, gateway_state_outage_at(dispatch->gateways.list[i], now));
	}
	return next;
}

/* --- couriers --------------------------------------------------------------------------- */

int dispatch_courier_hello(struct dispatch *dispatch, const struct wire_hello *hello, hf_time now)
{
	struct gateway_state *gateway = gateway_states_find(&dispatch->gateways, hello->gateway);

	if (!gateway || !gateway->listed) {
		return -ENOENT;
	}
	if (gateway->connected) {
		return -EEXIST;
	}

	gateway_state_hello(gateway, hello, now);
	return 0;
}

int dispatch_courier_renew(struct dispatch *dispatch, const struct wire_hello *hello, hf_time now)
{
	struct gateway_state *gateway = gateway_states_find(&dispatch->gateways, hello->gateway);

	if (!gateway || !gateway->connected) {
		return -ENOTCONN;
	}

	gateway_state_renew(gateway, hello, now);
	return 0;
}

static int keep_outcome(struct dispatch *dispatch, struct gateway_state *gateway,
			const struct wire_outcome *outcome)
{
	struct wire_outcome copy = *outcome;

	if (dispatch->outcome_count == OUTCOMES_MAX) {
		return -ENOBUFS;
	}
	if (!dispatch->outcome_texts && arena_new(&dispatch->outcome_texts) != 0) {
		return -ENOMEM;
	}

	copy.key = arena_copy(dispatch->outcome_texts, outcome->key ? outcome->key : "");
	copy.gateway_id =
		arena_copy(dispatch->outcome_texts, outcome->gateway_id ? outcome->gateway_id : "");
	copy.reason = arena_copy(dispatch->outcome_texts, outcome->reason ? outcome->reason : "");
	if (!copy.key || !copy.gateway_id || !copy.reason) {
		return -ENOMEM;
	}

	dispatch->outcomes[dispatch->outcome_count++] = (struct pending_outcome){ gateway, copy };
	return 0;
}

int dispatch_outcomes(struct dispatch *dispatch, const char *name,
		      const struct wire_outcome *outcomes, size_t count, unsigned credit,
		      hf_time now)
{
	struct gateway_state *gateway = gateway_states_find(&dispatch->gateways, name);
	int r;

	if (!gateway || !gateway->connected) {
		return -ENOTCONN;
	}

	for (size_t i = 0; i < count; i++) {
		uint32_t seed = outcome_seed(name, (int)outcomes[i].id);

		r = keep_outcome(dispatch, gateway, &outcomes[i]);
		if (r != 0) {
			return r;
		}
		gateway_state_answer(gateway, &outcomes[i], seed, now);
		if (outcomes[i].class == OUTCOME_UNSENT || outcomes[i].class == OUTCOME_DEFERRED ||
		    outcomes[i].class == OUTCOME_REFUSED || outcomes[i].class == OUTCOME_CONFIG) {
			ceiling_take_back(&dispatch->ceiling, now);
		}
	}

	gateway_state_grant(gateway, credit);
	return 0;
}

int dispatch_courier_gone(struct dispatch *dispatch, const struct engine_context *ctx,
			  const char *name)
{
	struct gateway_state *gateway = gateway_states_find(&dispatch->gateways, name);
	int64_t orphans = 0;
	int r;

	if (!gateway || !gateway->connected) {
		return 0;
	}

	gateway_state_gone(gateway, ctx->now);
	r = db_begin(ctx->db);
	if (r != 0) {
		return r;
	}
	r = settle_outcomes(dispatch, ctx);
	r = r ? r : outbox_orphan(ctx->db, name, "the courier is gone", ctx->now, &orphans);
	r = r ? r : doubt_begin_all(ctx, name);
	r = db_end(ctx->db, r);

	if (r == 0) {
		gateway->owes = gateway->owes || orphans > 0;
		forget_outcomes(dispatch);
	}
	message_log_end(ctx->log, r);
	return r;
}

void dispatch_blame_account(struct dispatch *dispatch, const char *name, const char *reason)
{
	struct gateway_state *gateway = gateway_states_find(&dispatch->gateways, name);

	if (gateway) {
		gateway_state_blame(gateway, reason);
	}
}

bool dispatch_at_ceiling(struct dispatch *dispatch, const struct model *model, hf_time now,
			 struct dispatch_ceiling *ret_ceiling)
{
	enum ceiling_per reached = ceiling_reached(&dispatch->ceiling, model, now);

	if (reached == CEILING_COUNT) {
		return false;
	}
	*ret_ceiling = (struct dispatch_ceiling){
		.most = ceiling_most(model, reached),
		.per = ceiling_per_words[reached],
		.until = ceiling_opens(&dispatch->ceiling, model, now),
	};
	return true;
}

size_t dispatch_gateways(const struct dispatch *dispatch, struct dispatch_gateway *ret_gateways,
			 size_t most)
{
	size_t count = 0;

	for (size_t i = 0; i < dispatch->gateways.count && count < most; i++) {
		const struct gateway_state *gateway = dispatch->gateways.list[i];
		bool is_account = gateway_state_is_for_account(gateway);

		if (gateway->listed) {
			ret_gateways[count++] = (struct dispatch_gateway){
				.name = gateway->name,
				.connected = gateway->connected,
				.credit = gateway->credit,
				.in_flight = gateway->in_flight,
				.held_until = gateway->held_until,
				.held_why = gateway_hold_words[gateway->hold],
				.held_said = is_account ? gateway->said : "",
			};
		}
	}

	return count;
}
