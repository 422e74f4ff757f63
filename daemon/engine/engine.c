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
#include "engine/alerts.h"
#include "engine/checkin.h"
#include "engine/inbound.h"
#include "engine/message_log.h"
#include "engine/receipt.h"
#include "engine/reload.h"

struct service {
	struct db *db;
	struct model *model;
	struct phonebook *book;
	struct message_log log;
	struct planner *planner;
	struct dispatch *dispatch;
	hf_time consents_next; /* when the next consent of the snapshot begins; HF_NEVER for none */
	bool only_plans;
	/* Either makes void what the planner has calculated. */
	bool zones_changed, enrolments_changed;
	struct hold hold;
	hf_time judged; /* when the clock was last compared */
};

struct service *service_free(struct service *service)
{
	if (service) {
		(void)dispatch_free(service->dispatch);
		(void)planner_free(service->planner);
		(void)phonebook_free(service->book);
		message_log_done(&service->log);
		(void)model_free(service->model);
		free(service);
	}
	return NULL;
}

static bool is_held(const struct service *service)
{
	return service->hold.why != HOLD_NOT;
}

/* --- life ---------------------------------------------------------------------------- */

int service_new(struct db *db, struct model *model, dispatch_hand_over hand_over, void *userdata,
		hf_time now, struct service **ret_service)
{
	_cleanup_(service_freep) struct service *service = calloc(1, sizeof(*service));
	struct engine_context ctx;
	int r;

	if (!service) {
		(void)model_free(model);
		return -ENOMEM;
	}

	service->db = db;
	service->model = model;
	service->consents_next = HF_NEVER;
	r = phonebook_new(model, &service->book);
	r = r ? r : planner_new(db, model, now, &service->planner);
	ctx = service_context(service, now);
	r = r ? r : dispatch_new(&ctx, hand_over, userdata, &service->dispatch);
	r = r ? r : hold_read(db, &service->hold);
	if (r != 0) {
		return r;
	}

	/* What a hold of before put off is done when it ends. */
	dispatch_hold(service->dispatch, is_held(service));
	r = is_held(service) ? 0 : reload_adopt(&ctx, &service->consents_next);
	if (r != 0) {
		return r;
	}

	*ret_service = take_ptr(service);
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

int service_reload(struct service *service, struct model *model, hf_time now)
{
	_cleanup_(model_freep) struct model *coming = model;
	_cleanup_(phonebook_freep) struct phonebook *book = NULL;
	_cleanup_(planner_freep) struct planner *planner = NULL;
	const struct engine_context before = service_context(service, now);
	struct engine_context ctx = before;
	hf_time consents_next = HF_NEVER;
	int r = is_held(service) ? 0 : planner_run(service->planner, now, NULL);

	r = r ? r : phonebook_new(coming, &book);
	r = r ? r : planner_new(service->db, coming, now, &planner);
	if (r == 0 && !is_held(service)) {
		ctx.model = coming;
		ctx.book = book;
		ctx.planner = planner;
		r = switch_over(&before, &ctx, &consents_next);
	}
	r = r ? r : dispatch_set_gateways(service->dispatch, coming, now);
	if (r != 0) {
		return r;
	}

	(void)planner_free(service->planner);
	service->planner = take_ptr(planner);
	(void)phonebook_free(service->book);
	service->book = take_ptr(book);
	(void)model_free(service->model);
	service->model = take_ptr(coming);
	service->enrolments_changed = false;
	service->consents_next = consents_next;
	return 0;
}

/* --- a clock that is not believed ------------------------------------------------------ */

int service_judge_clock(struct service *service, hf_time now)
{
	int r;

	/* A clock that has gone on by a little cannot have come to anything new. */
	if (is_held(service) || (now >= service->judged && now - service->judged < HF_SECOND)) {
		return 0;
	}

	r = hold_judge(service->db, service->judged, now, &service->hold);
	if (r != 0) {
		return r;
	}

	service->judged = now;
	dispatch_hold(service->dispatch, is_held(service));
	return 0;
}

/* What a hold put off is done in the transaction that ends it. */
static int end_hold(struct service *service, hf_time now, struct planner **ret_planner)
{
	_cleanup_(planner_freep) struct planner *planner = NULL;
	struct engine_context ctx = service_context(service, now);
	int r = db_begin(service->db);

	if (r != 0) {
		return r;
	}

	r = hold_end(service->db, now);
	r = r ? r : planner_new(service->db, service->model, now, &planner);
	ctx.planner = planner;
	r = r ? r : reload_adopt(&ctx, &service->consents_next);
	r = db_end(service->db, r);
	if (r == 0) {
		*ret_planner = take_ptr(planner);
	}
	return r;
}

int service_confirm(struct service *service, hf_time now)
{
	struct planner *planner = NULL;
	bool back = now < service->hold.last;
	int r;

	if (!is_held(service)) {
		return SERVICE_E_NOT_HELD;
	}

	r = end_hold(service, now, &planner);
	if (r != 0) {
		return r;
	}

	(void)planner_free(service->planner);
	service->planner = planner;
	service->hold = (struct hold){ 0 };
	service->judged = now;
	dispatch_hold(service->dispatch, false);
	if (back) {
		dispatch_set_back(service->dispatch, now);
	}
	/* Before anybody asks whether the clock may be believed: now is on record. */
	return planner_run(service->planner, now, NULL);
}

const struct hold *service_hold(const struct service *service)
{
	return is_held(service) ? &service->hold : NULL;
}

/* --- work ------------------------------------------------------------------------------ */

int service_take_zones(struct service *service, const struct zone_update *news, hf_time now)
{
	const struct engine_context ctx = service_context(service, now);

	service->zones_changed = true;
	return reload_zones(&ctx, is_held(service) ? 0 : news->forward);
}

void service_only_plan(struct service *service)
{
	service->only_plans = true;
}

static int renew_planner(struct service *service, hf_time now)
{
	struct planner *planner = NULL;
	int r = planner_new(service->db, service->model, now, &planner);

	if (r != 0) {
		return r;
	}

	(void)planner_free(service->planner);
	service->planner = planner;
	service->enrolments_changed = false;
	return 0;
}

int service_run(struct service *service, hf_time now)
{
	struct engine_context ctx = service_context(service, now);
	const struct span *keep = &ctx.model->keep.messages;
	int64_t written;
	int r = 0;

	/* What was waited for and has not come.  Whatever the clock says, who writes now is in need
	 * now, so alerts go out; silence is measured only by a clock that is believed. */
	if (!service->only_plans) {
		r = inbound_run(&ctx);
		if (r == 0 && !is_held(service)) {
			r = checkin_run(&ctx);
			r = r ? r : retention_run(ctx.db, span_length(keep), now);
		}
		r = r ? r : alerts_run(&ctx);
	}
	if (r != 0) {
		return r;
	}
	if (is_held(service)) {
		return dispatch_run(service->dispatch, &ctx);
	}

	/* What was planned by other rules.  Where a zone has got others, a daily limit or an opening
	 * may be at another instant, too, so all that waits is asked again. */
	if (service->zones_changed || service->enrolments_changed) {
		r = renew_planner(service, now);
		ctx.planner = service->planner;
	}
	if (r == 0 && (service->zones_changed || service->consents_next <= now)) {
		r = reload_consents(&ctx, &service->consents_next);
	}
	if (r != 0) {
		return r;
	}
	service->zones_changed = false;

	/* What is due, and what may go. */
	do {
		written = 0;
		r = planner_run(service->planner, now, &written);
		r = r ? r : dispatch_run(service->dispatch, &ctx);
	} while (r == 0 && written > 0);
	return r;
}

static hf_time sooner(hf_time a, hf_time b)
{
	return a < b ? a : b;
}

int service_next(struct service *service, hf_time now, hf_time *ret_when)
{
	const struct engine_context ctx = service_context(service, now);
	hf_time next, part = HF_NEVER, checkin = HF_NEVER, alert = HF_NEVER;
	int r = dispatch_next(service->dispatch, &ctx, &next);

	if (!service->only_plans) {
		r = r ? r : inbound_next(&ctx, &part);
		r = r ? r : alerts_next(&ctx, &alert);
		if (r == 0 && !is_held(service)) {
			r = checkin_next(&ctx, &checkin);
		}
	}
	if (r != 0) {
		return r;
	}

	next = sooner(sooner(next, part), sooner(checkin, alert));
	if (!is_held(service)) {
		next = sooner(next, sooner(planner_next(service->planner), service->consents_next));
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

void service_inbound(struct service *service, const char *gateway,
		     const struct wire_inbound *inbound, size_t count, hf_time now,
		     struct wire_stored *ret_stored)
{
	const struct engine_context ctx = service_context(service, now);

	for (size_t i = 0; i < count; i++) {
		int r = inbound_take(&ctx, gateway, &inbound[i]);

		note_failure(gateway, r);
		ret_stored[i] = (struct wire_stored){ inbound[i].seq, r == 0 };
	}
}

void service_receipts(struct service *service, const char *gateway,
		      const struct wire_receipt *receipts, size_t count, hf_time now,
		      struct wire_stored *ret_stored)
{
	const struct engine_context ctx = service_context(service, now);

	for (size_t i = 0; i < count; i++) {
		int r = receipt_take(&ctx, gateway, &receipts[i]);

		note_failure(gateway, r);
		ret_stored[i] = (struct wire_stored){ receipts[i].seq, r == 0 };
	}
}

const struct model *service_model(const struct service *service)
{
	return service->model;
}

struct dispatch *service_dispatch(const struct service *service)
{
	return service->dispatch;
}

struct planner *service_planner(const struct service *service)
{
	return service->planner;
}

struct db *service_db(const struct service *service)
{
	return service->db;
}

struct engine_context service_context(struct service *service, hf_time now)
{
	return (struct engine_context){ .db = service->db,
					.model = service->model,
					.book = service->book,
					.planner = service->planner,
					.dispatch = service->dispatch,
					.log = &service->log,
					.now = now,
					.enrolments_changed = &service->enrolments_changed };
}
