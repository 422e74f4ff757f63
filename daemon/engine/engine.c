/*
 * Planner and dispatch over one database and one snapshot.
 *
 * A reload builds everything that can fail beside what runs, and swaps it only
 * when it is whole.  While the clock is not believed nothing that depends on it
 * is done: no planning, no claim of what a schedule asks for, no consent whose day may
 * not have come.
 * Dangerous: rows hold no pointers into a snapshot, but the planner does; so the
 * old planner dies before the old snapshot.
 */
#include "engine/engine.h"

#include <errno.h>
#include <string.h>

#include "lib/log.h"
#include "store/retention.h"
#include "store/webhooks.h"
#include "store/witness.h"
#include "engine/alerts.h"
#include "engine/checkin.h"
#include "engine/inbound.h"
#include "engine/message_log.h"
#include "engine/receipt.h"
#include "engine/reload.h"

struct engine {
	struct db *db;
	struct model *model;
	struct phonebook *book;
	struct message_log log;
	struct planner *planner;
	struct dispatch *dispatch;
	hf_time consents_next; /* when the next consent of the snapshot begins; HF_NEVER for none */
	bool only_plans, rehearses;
	/* Either makes void what the planner has calculated. */
	bool zones_changed, enrolments_changed;
	struct clock_hold hold;
	struct clock_reading judged; /* when the clock was last compared; 0: not yet */
	bool doubted;                /* it has shown something since that has to be compared */
	struct clock *clock;         /* that is watched; NULL for none */
	void (*on_doubt)(void *userdata);
	void *doubt_userdata;
};

struct engine *engine_free(struct engine *engine)
{
	if (engine) {
		if (engine->clock) {
			clock_watch(engine->clock, NULL, NULL);
		}
		(void)dispatch_free(engine->dispatch);
		(void)planner_free(engine->planner);
		(void)phonebook_free(engine->book);
		message_log_done(&engine->log);
		(void)model_free(engine->model);
		free(engine);
	}
	return NULL;
}

static bool is_held(const struct engine *engine)
{
	return engine->hold.why != CLOCK_HOLD_NOT || engine->doubted;
}

/* --- life ---------------------------------------------------------------------------- */

int engine_new(struct db *db, struct model *model, dispatch_hand_over hand_over, void *userdata,
	       hf_time now, struct engine **ret_engine)
{
	_cleanup_(engine_freep) struct engine *engine = calloc(1, sizeof(*engine));
	struct engine_context ctx;
	int r;

	if (!engine) {
		(void)model_free(model);
		return -ENOMEM;
	}

	engine->db = db;
	engine->model = model;
	engine->consents_next = HF_NEVER;
	r = phonebook_new(model, &engine->book);
	r = r ? r : planner_new(db, model, now, &engine->planner);
	ctx = engine_context_at(engine, now);
	r = r ? r : dispatch_new(&ctx, hand_over, userdata, &engine->dispatch);
	r = r ? r : clock_guard_read(db, &engine->hold);
	if (r != 0) {
		return r;
	}

	/* What a hold of before put off is done when it ends; it was judged, and told, before. */
	engine->judged.now = is_held(engine) ? now : 0;
	dispatch_hold(engine->dispatch, is_held(engine));
	r = is_held(engine) ? 0 : reload_adopt(&ctx, &engine->consents_next);
	if (r != 0) {
		return r;
	}

	*ret_engine = take_ptr(engine);
	return 0;
}

/* Until now the old plans were in force; the new ones begin where that ends. */
static int switch_over(const struct engine_context *before, const struct engine_context *ctx,
		       hf_time *ret_next)
{
	int r = db_begin(ctx->db);

	if (r != 0) {
		return r;
	}

	r = reload_moved(before, ctx);
	r = r ? r : reload_adopt(ctx, ret_next);
	return db_end(ctx->db, r);
}

int engine_reload(struct engine *engine, struct model *model, hf_time now)
{
	_cleanup_(model_freep) struct model *coming = model;
	_cleanup_(phonebook_freep) struct phonebook *book = NULL;
	_cleanup_(planner_freep) struct planner *planner = NULL;
	const struct engine_context before = engine_context_at(engine, now);
	struct engine_context ctx = before;
	hf_time consents_next = HF_NEVER;
	int r = is_held(engine) ? 0 : planner_run(engine->planner, now, NULL);

	r = r ? r : phonebook_new(coming, &book);
	r = r ? r : planner_new(engine->db, coming, now, &planner);
	if (r == 0 && !is_held(engine)) {
		ctx.model = coming;
		ctx.book = book;
		ctx.planner = planner;
		r = switch_over(&before, &ctx, &consents_next);
	}
	r = r ? r : dispatch_set_gateways(engine->dispatch, coming, now);
	if (r != 0) {
		return r;
	}

	(void)planner_free(engine->planner);
	engine->planner = take_ptr(planner);
	(void)phonebook_free(engine->book);
	engine->book = take_ptr(book);
	(void)model_free(engine->model);
	engine->model = take_ptr(coming);
	engine->enrolments_changed = false;
	engine->consents_next = consents_next;
	return 0;
}

/* --- a clock that is not believed ------------------------------------------------------ */

/* What a hold put off is done, in one transaction; confirmed: by a human's word, which ends the hold. */
static int resume(struct engine *engine, bool confirmed, hf_time now)
{
	_cleanup_(planner_freep) struct planner *planner = NULL;
	struct engine_context ctx = engine_context_at(engine, now);
	int r = db_begin(engine->db);

	if (r != 0) {
		return r;
	}

	r = confirmed ? clock_guard_release(engine->db, now) : 0;
	r = r ? r : planner_new(engine->db, engine->model, now, &planner);
	ctx.planner = planner;
	r = r ? r : reload_adopt(&ctx, &engine->consents_next);
	r = db_end(engine->db, r);
	if (r != 0) {
		return r;
	}

	(void)planner_free(engine->planner);
	engine->planner = take_ptr(planner);
	return 0;
}

static void set_hold(struct engine *engine, const struct clock_hold *hold,
		     const struct clock_reading *reading)
{
	engine->hold = *hold;
	engine->judged = *reading;
	engine->doubted = false;
	dispatch_hold(engine->dispatch, is_held(engine));
}

/* What only a human's word ends need not be looked at. */
static bool is_for_good(const struct clock_hold *hold)
{
	return hold->why != CLOCK_HOLD_NOT && hold->why != CLOCK_HOLD_BACK &&
	       hold->why != CLOCK_HOLD_SET;
}

int engine_check_clock(struct engine *engine, const struct clock_reading *reading)
{
	hf_time now = reading->now;
	bool was_held = is_held(engine);
	struct clock_hold hold;
	int r;

	/* A clock that has gone on by a little cannot have come to anything new. */
	if (is_for_good(&engine->hold) ||
	    (!was_held && now >= engine->judged.now && now - engine->judged.now < HF_SECOND)) {
		return 0;
	}

	r = clock_guard_check(engine->db, engine->judged.now, reading, &hold);
	if (r == 0 && was_held && hold.why == CLOCK_HOLD_NOT) {
		r = resume(engine, false, now);
	}
	if (r != 0) {
		return r;
	}

	if (engine->hold.why == CLOCK_HOLD_NOT && hold.why == CLOCK_HOLD_BACK) {
		dispatch_set_back(engine->dispatch, now);
	}
	set_hold(engine, &hold, reading);
	return 0;
}

static void on_read(void *userdata, const struct clock *clock, hf_time now)
{
	struct engine *engine = userdata;
	struct clock_reading reading;

	clock_read(clock, &reading);
	reading.now = now;
	if (engine->judged.now == 0 || is_held(engine) ||
	    !clock_guard_doubts(&engine->judged, &reading)) {
		return;
	}

	engine->doubted = true;
	dispatch_hold(engine->dispatch, true);
	engine->on_doubt(engine->doubt_userdata);
}

void engine_watch_clock(struct engine *engine, struct clock *clock,
			void (*on_doubt)(void *userdata), void *userdata)
{
	engine->clock = clock;
	engine->on_doubt = on_doubt;
	engine->doubt_userdata = userdata;
	clock_watch(clock, on_read, engine);
}

static int hear_of(struct engine *engine, const struct witness_mark *mark, hf_time now,
		   struct clock_hold *hold, bool *ret_held)
{
	enum witness_finding finding;
	int r = witness_compare(engine->db, mark, &finding);

	*ret_held = r == 0 && finding != WITNESS_AGREES && !is_for_good(&engine->hold);
	return *ret_held ? clock_guard_begin(engine->db,
					     (enum clock_hold_why)clock_guard_holds[finding], now,
					     hold)
			 : r;
}

int engine_hear_of(struct engine *engine, const struct wire_hello *hello, hf_time now)
{
	const struct witness_mark mark = { hello->store, hello->batch };
	struct clock_hold hold;
	bool held = false;
	int r = engine->clock ? db_begin(engine->db) : 0;

	if (!engine->clock || r != 0) {
		return r;
	}

	r = db_end(engine->db, hear_of(engine, &mark, now, &hold, &held));
	if (r == 0 && held) {
		set_hold(engine, &hold, &(struct clock_reading){ .now = now });
	}
	return r;
}

int engine_confirm(struct engine *engine, hf_time now)
{
	bool back = now < engine->hold.last;
	int r;

	if (engine->hold.why == CLOCK_HOLD_NOT) {
		return ENGINE_E_NOT_HELD;
	}

	r = resume(engine, true, now);
	if (r != 0) {
		return r;
	}

	set_hold(engine, &(struct clock_hold){ 0 }, &(struct clock_reading){ .now = now });
	if (back) {
		dispatch_set_back(engine->dispatch, now);
	}
	/* Before anybody asks whether the clock may be believed: now is on record. */
	return planner_run(engine->planner, now, NULL);
}

const struct clock_hold *engine_hold(const struct engine *engine)
{
	return engine->hold.why != CLOCK_HOLD_NOT ? &engine->hold : NULL;
}

/* --- work ------------------------------------------------------------------------------ */

int engine_update_zones(struct engine *engine, const struct zone_update *news, hf_time now)
{
	const struct engine_context ctx = engine_context_at(engine, now);

	engine->zones_changed = true;
	return reload_zones(&ctx, is_held(engine) ? 0 : news->forward);
}

void engine_only_plan(struct engine *engine)
{
	engine->only_plans = true;
}

void engine_rehearse(struct engine *engine)
{
	engine->rehearses = true;
}

static int renew_planner(struct engine *engine, hf_time now)
{
	struct planner *planner = NULL;
	int r = planner_new(engine->db, engine->model, now, &planner);

	if (r != 0) {
		return r;
	}

	(void)planner_free(engine->planner);
	engine->planner = planner;
	engine->enrolments_changed = false;
	return 0;
}

static int run(struct engine *engine, hf_time now)
{
	struct engine_context ctx = engine_context_at(engine, now);
	const struct span *keep = &ctx.model->keep.messages;
	int64_t written;
	int r = 0;

	/* What was waited for and has not come.  Whatever the clock says, who writes now is in need
	 * now, so alerts go out; silence is measured only by a clock that is believed. */
	if (!engine->only_plans) {
		r = inbound_run(&ctx);
		if (r == 0 && !is_held(engine)) {
			r = checkin_run(&ctx);
			r = r ? r : retention_run(ctx.db, span_length(keep), now);
		}
		if (r == 0 && !engine->rehearses) {
			r = dispatch_follow_outages(engine->dispatch, &ctx);
		}
		r = r ? r : alerts_run(&ctx);
	}
	if (r != 0) {
		return r;
	}
	if (is_held(engine)) {
		return dispatch_run(engine->dispatch, &ctx);
	}

	/* What was planned by other rules.  Where a zone has got others, a daily limit or an opening
	 * may be at another instant, too, so all that waits is asked again. */
	if (engine->zones_changed || engine->enrolments_changed) {
		r = renew_planner(engine, now);
		ctx.planner = engine->planner;
	}
	if (r == 0 && (engine->zones_changed || engine->consents_next <= now)) {
		r = reload_consents(&ctx, &engine->consents_next);
	}
	if (r != 0) {
		return r;
	}
	engine->zones_changed = false;

	/* What is due, and what may go. */
	do {
		written = 0;
		r = planner_run(engine->planner, now, &written);
		r = r ? r : dispatch_run(engine->dispatch, &ctx);
	} while (r == 0 && written > 0);
	return r || engine->only_plans ? r : alerts_outage(&ctx);
}

int engine_run(struct engine *engine, hf_time now)
{
	int r = run(engine, now);

	/* What has been entered since the last turn, by whomever, is known outside, too. */
	return r ? r : witness_note(engine->db, now);
}

static hf_time sooner(hf_time a, hf_time b)
{
	return a < b ? a : b;
}

int engine_next(struct engine *engine, hf_time now, hf_time *ret_when)
{
	const struct engine_context ctx = engine_context_at(engine, now);
	hf_time next, part = HF_NEVER, checkin = HF_NEVER, alert = HF_NEVER, outage = HF_NEVER;
	int r = dispatch_next(engine->dispatch, &ctx, &next);

	if (!engine->only_plans) {
		r = r ? r : inbound_next(&ctx, &part);
		r = r ? r : alerts_next(&ctx, &alert);
		if (!engine->rehearses) {
			next = sooner(next, dispatch_outages_next(engine->dispatch, now));
		}
		if (r == 0 && !is_held(engine)) {
			r = checkin_next(&ctx, &checkin);
			r = r ? r : alerts_outage_next(&ctx, &outage);
		}
	}
	if (r != 0) {
		return r;
	}

	next = sooner(sooner(sooner(next, part), sooner(checkin, alert)), outage);
	if (!is_held(engine)) {
		next = sooner(next, sooner(planner_next(engine->planner), engine->consents_next));
	} else {
		next = sooner(next, engine->doubted ? now : engine->hold.until);
	}
	*ret_when = next;
	return 0;
}

/* --- what comes back --------------------------------------------------------------------- */

static void note_failure(const char *gateway, int error)
{
	if (error < 0) {
		log_error("gateway=%s: what it brought could not be stored (%s); it will bring it "
			  "again",
			  gateway, strerror(-error));
	}
}

void engine_inbound(struct engine *engine, const char *gateway, const struct wire_inbound *inbound,
		    size_t count, hf_time now, struct wire_stored *ret_stored)
{
	const struct engine_context ctx = engine_context_at(engine, now);

	for (size_t i = 0; i < count; i++) {
		int r = inbound_take(&ctx, gateway, &inbound[i]);

		note_failure(gateway, r);
		ret_stored[i] = (struct wire_stored){ inbound[i].seq, r == 0 };
	}
}

void engine_webhooks(struct engine *engine, const char *gateway,
		     const struct wire_webhook *webhooks, size_t count, hf_time now,
		     struct wire_stored *ret_stored)
{
	for (size_t i = 0; i < count; i++) {
		int r = webhooks_keep(engine->db, gateway, &webhooks[i], now);

		note_failure(gateway, r);
		ret_stored[i] = (struct wire_stored){ webhooks[i].seq, r == 0 };
	}
}

void engine_receipts(struct engine *engine, const char *gateway,
		     const struct wire_receipt *receipts, size_t count, hf_time now,
		     struct wire_stored *ret_stored)
{
	const struct engine_context ctx = engine_context_at(engine, now);

	for (size_t i = 0; i < count; i++) {
		int r = receipt_take(&ctx, gateway, &receipts[i]);

		if (r == 0 && receipts[i].fault == WIRE_FAULT_ACCOUNT) {
			dispatch_blame_account(engine->dispatch, gateway, receipts[i].reason);
		}
		note_failure(gateway, r);
		ret_stored[i] = (struct wire_stored){ receipts[i].seq, r == 0 };
	}
}

const struct model *engine_model(const struct engine *engine)
{
	return engine->model;
}

struct dispatch *engine_dispatch(const struct engine *engine)
{
	return engine->dispatch;
}

struct planner *engine_planner(const struct engine *engine)
{
	return engine->planner;
}

struct db *engine_db(const struct engine *engine)
{
	return engine->db;
}

struct engine_context engine_context_at(struct engine *engine, hf_time now)
{
	return (struct engine_context){ .db = engine->db,
					.model = engine->model,
					.book = engine->book,
					.planner = engine->planner,
					.dispatch = engine->dispatch,
					.log = &engine->log,
					.now = now,
					.only_plans = engine->only_plans,
					.enrolments_changed = &engine->enrolments_changed };
}
