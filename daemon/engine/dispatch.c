/*
 * The claim loop, and what couriers have to say.
 *
 * A round is one transaction: answers become states, what is ready is looked at
 * in order and claimed as far as credit goes.  Only after the commit is
 * anything handed over or logged; if the commit fails nothing is carried, and
 * the answers are settled by the next round.
 * A row is looked at when there is a gateway for it; the permit is asked, the
 * text composed, the row claimed, all inside the transaction, and the wire's copy
 * is put aside for after the commit.  A row that cannot go is moved out of
 * the way of those behind it: deferred, expired or cancelled.
 * Dangerous: whatever is claimed in memory only.  Credit is taken in two steps
 * (outlet_take, outlet_commit) so that a rolled back round gives it back.  And rows are
 * changed while the query that found them goes on: each change takes the row out of what
 * that query still looks for.
 */
#include "engine/dispatch.h"

#include <errno.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/log.h"
#include "store/outbox.h"
#include "engine/addressee.h"
#include "engine/alerts.h"
#include "engine/company.h"
#include "engine/compose.h"
#include "engine/outlet.h"
#include "engine/lines.h"
#include "engine/permit.h"
#include "engine/settle.h"

#define ROUNDS_A_RUN    16        /* bounds a run: the loop serves others between two */
#define OUTCOMES_MAX    16384     /* several times the credit of a gateway */
#define ROWS_MOST       1024      /* bounds a transaction and how long others wait for it */
#define CREDIT_PATIENCE HF_SECOND /* a pinned row, while others could go */

/* What a gateway said, read off the wire and not settled yet. */
struct pending_outcome {
	const struct outlet *outlet;
	struct wire_outcome outcome; /* its texts are in the dispatch's arena */
};

/* A text that is claimed in the open transaction. */
struct claimed {
	const struct outlet *outlet;
	struct wire_text text; /* in the arena of the claimed */
};

struct dispatch {
	dispatch_carry carry;
	void *userdata;
	bool held; /* answers are settled, only what is urgent is claimed, nothing decided */
	struct outlets outlets;
	struct arena *arena; /* of the outcomes; NULL while there are none */
	struct pending_outcome outcomes[OUTCOMES_MAX]; /* in the order they came */
	size_t outcome_count;
	struct arena *claimed_arena; /* of the claimed; NULL while there are none */
	struct claimed claimed[ROWS_MOST];
	size_t claimed_count;
	const struct zone *zone; /* the last one asked for in the open round, and its offset */
	int offset;
};

static void forget_outcomes(struct dispatch *dispatch)
{
	dispatch->arena = arena_free(dispatch->arena);
	dispatch->outcome_count = 0;
}

static void forget_claimed(struct dispatch *dispatch)
{
	dispatch->claimed_arena = arena_free(dispatch->claimed_arena);
	dispatch->claimed_count = 0;
	dispatch->zone = NULL;
}

struct dispatch *dispatch_free(struct dispatch *dispatch)
{
	if (!dispatch) {
		return NULL;
	}

	outlets_done(&dispatch->outlets);
	forget_outcomes(dispatch);
	forget_claimed(dispatch);
	free(dispatch);
	return NULL;
}

int dispatch_set_model(struct dispatch *dispatch, const struct model *model, hf_time now)
{
	return outlets_arrange(&dispatch->outlets, &model->gateways, now);
}

int dispatch_new(const struct engine_context *ctx, dispatch_carry carry, void *userdata,
		 struct dispatch **ret_dispatch)
{
	_cleanup_(dispatch_freep) struct dispatch *dispatch = calloc(1, sizeof(*dispatch));
	int64_t orphans = 0;
	int r;

	if (!dispatch) {
		return -ENOMEM;
	}

	dispatch->carry = carry;
	dispatch->userdata = userdata;
	r = dispatch_set_model(dispatch, ctx->model, ctx->now);
	r = r ? r : outbox_orphan(ctx->db, NULL, "holdfastd was restarted", ctx->now, &orphans);
	if (r != 0) {
		return r;
	}

	if (orphans > 0) {
		log_warning("%lld texts were under way when holdfastd ended: unknown for now",
			    (long long)orphans);
	}
	*ret_dispatch = take_ptr(dispatch);
	return 0;
}

/* --- one row ---------------------------------------------------------------------------- */

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

static const char *local_time(struct dispatch *dispatch, const struct zone *zone, hf_time now)
{
	char buffer[CIVIL_RFC3339_MAX];

	if (zone != dispatch->zone) {
		dispatch->zone = zone;
		dispatch->offset = zone_offset(zone, now);
	}
	civil_format_rfc3339(now, dispatch->offset, buffer);
	return arena_copy(dispatch->claimed_arena, buffer);
}

static int claim(struct dispatch *dispatch, const struct engine_context *ctx,
		 const struct outbox_message *row, const struct client *client,
		 struct outlet *outlet, const struct composed *composed)
{
	struct claimed *claimed = &dispatch->claimed[dispatch->claimed_count];

	if (!dispatch->claimed_arena && arena_new(&dispatch->claimed_arena) != 0) {
		return -ENOMEM;
	}

	*claimed = (struct claimed){
		.outlet = outlet,
		.text = { .id = row->id,
			  .attempt = row->attempts + 1,
			  .key = arena_copy(dispatch->claimed_arena, row->key),
			  .to = arena_copy(dispatch->claimed_arena, client->phone),
			  .body = arena_copy(dispatch->claimed_arena, composed->text),
			  .ucs2 = composed->cost.encoding == TEXT_UCS2,
			  .segments = composed->cost.segments,
			  .valid_for =
				  row->expires == HF_NEVER ? HF_NEVER : row->expires - ctx->now,
			  .at = local_time(dispatch, client->zone, ctx->now) },
	};
	if (!claimed->text.key || !claimed->text.to || !claimed->text.body || !claimed->text.at) {
		return -ENOMEM;
	}

	outlet_take(outlet);
	dispatch->claimed_count++;
	return outbox_claim(ctx->db, row->id, outlet->name, composed->text, composed->cost.segments,
			    ctx->now);
}

static int send(struct dispatch *dispatch, const struct engine_context *ctx,
		const struct outbox_message *row, const struct client *client,
		struct outlet *outlet)
{
	struct outbox_message carrier = *row;
	struct composed composed = { 0 };
	int r = compose(ctx->model, client, row, &composed);

	switch (r) {
	case 0:
		r = company_join(ctx, &carrier, client, &composed);
		r = r ? r : claim(dispatch, ctx, &carrier, client, outlet, &composed);
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
static int send_pinned(struct dispatch *dispatch, const struct engine_context *ctx,
		       const struct outbox_message *row, const struct client *client)
{
	struct outlet *outlet = outlets_find(&dispatch->outlets, row->gateway);
	hf_time opens = outlet ? outlet_opens(outlet, ctx->now) : HF_NEVER;

	if (outlet && outlet_takes(outlet, ctx->now)) {
		return send(dispatch, ctx, row, client, outlet);
	}
	if (outlet && outlet->connected && outlet->held_until <= ctx->now) {
		opens = ctx->now + CREDIT_PATIENCE;
	}
	return defer(ctx, row, opens, "waits for its gateway");
}

static int look_at(struct dispatch *dispatch, const struct engine_context *ctx,
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
		return row->pinned ? send_pinned(dispatch, ctx, row, client)
				   : send(dispatch, ctx, row, client, outlet);
	case PERMIT_WAIT:
		return defer(ctx, row, permit.until, permit.reason);
	case PERMIT_EXPIRE:
		return end(ctx, row, OUTBOX_EXPIRED, permit.reason);
	case PERMIT_CANCEL:
		return end(ctx, row, OUTBOX_CANCELLED, permit.reason);
	}

	return -EINVAL;
}

static int claim_ready(struct dispatch *dispatch, const struct engine_context *ctx, bool urgent,
		       bool *ret_more)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int looked = 0, r;

	if (!outlets_choose(&dispatch->outlets, ctx->now)) {
		return 0;
	}

	r = outbox_ready(ctx->db, ctx->now, ROWS_MOST, &rows);
	if (r != 0) {
		return r;
	}

	for (; db_next(&rows); looked++) {
		struct outlet *outlet = outlets_choose(&dispatch->outlets, ctx->now);

		if (!outlet) {
			return 0;
		}

		outbox_read(&rows, &row);
		/* Those are the first in order. */
		if (urgent && row.priority != OUTBOX_URGENT) {
			return 0;
		}
		r = look_at(dispatch, ctx, &row, outlet);
		if (r != 0) {
			return r;
		}
	}

	*ret_more = looked == ROWS_MOST;
	return rows.error;
}

/* --- a round --------------------------------------------------------------------------- */

static int settle_answers(struct dispatch *dispatch, const struct engine_context *ctx)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < dispatch->outcome_count; i++) {
		r = settle(ctx, dispatch->outcomes[i].outlet, &dispatch->outcomes[i].outcome);
	}
	return r;
}

/* Its courier has said all it knew of before, and can be given texts. */
static bool is_undecided(const struct outlet *outlet)
{
	return outlet->connected && outlet->credit > 0 && !outlet->decided;
}

static int decide_unknown(struct dispatch *dispatch, const struct engine_context *ctx)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < dispatch->outlets.count; i++) {
		const struct outlet *outlet = dispatch->outlets.list[i];

		if (is_undecided(outlet)) {
			r = settle_unknown(ctx, outlet);
			r = r ? r : outbox_wake_gateway(ctx->db, outlet->name, ctx->now);
		}
	}
	return r;
}

static int transact(struct dispatch *dispatch, const struct engine_context *ctx, bool *ret_more)
{
	int r = db_begin(ctx->db);

	if (r != 0) {
		return r;
	}

	r = settle_answers(dispatch, ctx);
	r = r || dispatch->held ? r : decide_unknown(dispatch, ctx);
	r = r ? r : claim_ready(dispatch, ctx, dispatch->held, ret_more);
	if (r != 0) {
		db_rollback(ctx->db);
		return r > 0 ? -EINVAL : r;
	}

	return db_commit(ctx->db);
}

static void carry_to(const struct dispatch *dispatch, const struct outlet *outlet)
{
	struct wire_text texts[WIRE_BATCH_MAX];
	size_t count = 0;

	for (size_t i = 0; i < dispatch->claimed_count; i++) {
		if (dispatch->claimed[i].outlet == outlet) {
			texts[count++] = dispatch->claimed[i].text;
		}
		if (count == COUNT(texts) || (count > 0 && i + 1 == dispatch->claimed_count)) {
			/* A courier that is gone is announced by dispatch_courier_gone(). */
			(void)dispatch->carry(dispatch->userdata, outlet->name, texts, count);
			count = 0;
		}
	}
}

static void carry_claimed(const struct dispatch *dispatch)
{
	for (size_t i = 0; i < dispatch->outlets.count; i++) {
		carry_to(dispatch, dispatch->outlets.list[i]);
	}
}

/* After the commit: memory follows, then the world. */
static void act(struct dispatch *dispatch, const struct engine_context *ctx)
{
	forget_outcomes(dispatch);
	for (size_t i = 0; i < dispatch->outlets.count; i++) {
		struct outlet *outlet = dispatch->outlets.list[i];

		outlet->decided = outlet->decided || (!dispatch->held && is_undecided(outlet));
		outlet_commit(outlet);
	}

	carry_claimed(dispatch);
	lines_write(ctx->lines);
}

static void undo(struct dispatch *dispatch, const struct engine_context *ctx)
{
	for (size_t i = 0; i < dispatch->outlets.count; i++) {
		outlet_undo(dispatch->outlets.list[i]);
	}
	lines_drop(ctx->lines);
}

static int run_round(struct dispatch *dispatch, const struct engine_context *ctx, bool *ret_more)
{
	int r = transact(dispatch, ctx, ret_more);

	if (r == 0) {
		act(dispatch, ctx);
	} else {
		undo(dispatch, ctx);
	}

	forget_claimed(dispatch);
	return r;
}

static bool has_answers(const struct dispatch *dispatch)
{
	for (size_t i = 0; !dispatch->held && i < dispatch->outlets.count; i++) {
		if (is_undecided(dispatch->outlets.list[i])) {
			return true;
		}
	}
	return dispatch->outcome_count > 0;
}

int dispatch_next(struct dispatch *dispatch, const struct engine_context *ctx, hf_time *ret_when)
{
	hf_time ready, choice;
	int r;

	if (has_answers(dispatch)) {
		*ret_when = ctx->now;
		return 0;
	}

	choice = outlets_choice(&dispatch->outlets, ctx->now);
	if (choice == HF_NEVER) {
		*ret_when = HF_NEVER;
		return 0;
	}

	r = dispatch->held ? outbox_next_urgent(ctx->db, &ready) : outbox_next(ctx->db, &ready);
	if (r == 0) {
		*ret_when = ready > choice ? ready : choice;
	}
	return r;
}

int dispatch_run(struct dispatch *dispatch, const struct engine_context *ctx)
{
	for (int round = 0; round < ROUNDS_A_RUN; round++) {
		hf_time next;
		bool more = false;
		int r = dispatch_next(dispatch, ctx, &next);

		if (r != 0 || next > ctx->now) {
			return r;
		}

		r = run_round(dispatch, ctx, &more);
		if (r != 0 || !more) {
			return r;
		}
	}

	return 0;
}

void dispatch_hold(struct dispatch *dispatch, bool held)
{
	dispatch->held = held;
}

void dispatch_set_back(struct dispatch *dispatch, hf_time now)
{
	for (size_t i = 0; i < dispatch->outlets.count; i++) {
		outlet_set_back(dispatch->outlets.list[i], now);
	}
}

/* --- couriers --------------------------------------------------------------------------- */

int dispatch_courier_hello(struct dispatch *dispatch, const struct wire_hello *hello, hf_time now)
{
	struct outlet *outlet = outlets_find(&dispatch->outlets, hello->gateway);

	if (!outlet || !outlet->listed) {
		return -ENOENT;
	}
	if (outlet->connected) {
		return -EEXIST;
	}

	outlet_hello(outlet, hello, now);
	return 0;
}

int dispatch_courier_again(struct dispatch *dispatch, const struct wire_hello *hello, hf_time now)
{
	struct outlet *outlet = outlets_find(&dispatch->outlets, hello->gateway);

	if (!outlet || !outlet->connected) {
		return -ENOTCONN;
	}

	outlet_renew(outlet, hello, now);
	return 0;
}

static int keep_outcome(struct dispatch *dispatch, const struct outlet *outlet,
			const struct wire_outcome *outcome)
{
	struct wire_outcome copy = *outcome;

	if (dispatch->outcome_count == OUTCOMES_MAX) {
		return -ENOBUFS;
	}
	if (!dispatch->arena && arena_new(&dispatch->arena) != 0) {
		return -ENOMEM;
	}

	copy.key = arena_copy(dispatch->arena, outcome->key ? outcome->key : "");
	copy.gateway_id =
		arena_copy(dispatch->arena, outcome->gateway_id ? outcome->gateway_id : "");
	copy.reason = arena_copy(dispatch->arena, outcome->reason ? outcome->reason : "");
	if (!copy.key || !copy.gateway_id || !copy.reason) {
		return -ENOMEM;
	}

	dispatch->outcomes[dispatch->outcome_count++] = (struct pending_outcome){ outlet, copy };
	return 0;
}

int dispatch_outcomes(struct dispatch *dispatch, const char *name,
		      const struct wire_outcome *outcomes, size_t count, unsigned credit,
		      hf_time now)
{
	struct outlet *outlet = outlets_find(&dispatch->outlets, name);
	int r;

	if (!outlet || !outlet->connected) {
		return -ENOTCONN;
	}

	for (size_t i = 0; i < count; i++) {
		uint32_t seed = settle_seed(name, (int)outcomes[i].id);

		r = keep_outcome(dispatch, outlet, &outcomes[i]);
		if (r != 0) {
			return r;
		}
		outlet_answer(outlet, &outcomes[i], seed, now);
	}

	outlet_grant(outlet, credit);
	return 0;
}

int dispatch_courier_gone(struct dispatch *dispatch, const struct engine_context *ctx,
			  const char *name)
{
	struct outlet *outlet = outlets_find(&dispatch->outlets, name);
	int r;

	if (!outlet || !outlet->connected) {
		return 0;
	}

	outlet_gone(outlet, ctx->now);
	r = db_begin(ctx->db);
	if (r != 0) {
		return r;
	}

	r = settle_answers(dispatch, ctx);
	r = r ? r : outbox_orphan(ctx->db, name, "the courier is gone", ctx->now, NULL);
	if (r != 0) {
		db_rollback(ctx->db);
		lines_drop(ctx->lines);
		return r;
	}

	r = db_commit(ctx->db);
	if (r != 0) {
		lines_drop(ctx->lines);
		return r;
	}

	forget_outcomes(dispatch);
	lines_write(ctx->lines);
	return 0;
}

bool dispatch_handles_stop(const struct dispatch *dispatch, const char *gateway)
{
	const struct outlet *outlet = outlets_find(&dispatch->outlets, gateway);

	return outlet && outlet->connected && outlet->handles_stop;
}

size_t dispatch_gateways(const struct dispatch *dispatch, struct dispatch_gateway *ret_gateways,
			 size_t most)
{
	size_t count = 0;

	for (size_t i = 0; i < dispatch->outlets.count && count < most; i++) {
		const struct outlet *outlet = dispatch->outlets.list[i];

		if (outlet->listed) {
			ret_gateways[count++] = (struct dispatch_gateway){
				.name = outlet->name,
				.connected = outlet->connected,
				.credit = outlet->credit,
				.in_flight = outlet->in_flight,
				.held_until = outlet->held_until,
				.held_why = outlet->held_why,
			};
		}
	}

	return count;
}
