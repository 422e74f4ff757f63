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
#include "engine/service.h"

#include <errno.h>
#include <string.h>

#include "lib/log.h"
#include "engine/adopt.h"
#include "engine/alerts.h"
#include "engine/carry.h"
#include "engine/inbound.h"
#include "engine/message_log.h"
#include "engine/receipt.h"
#include "engine/checkin.h"
#include "store/retention.h"

struct service {
	struct db *db;
	struct model *model;
	struct phonebook *book;
	struct message_log log;
	struct planner *planner;
	struct dispatch *dispatch;
	hf_time consents_next; /* when the next consent of the snapshot begins; HF_NEVER for none */
	bool only_plans;
	bool stale;      /* what the planner has calculated is void */
	bool enrol_anew; /* the same, but no clock or zone is another */
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

/* --- life ---------------------------------------------------------------------------- */

/* What a hold of before put off is done when it ends. */
static int begin(struct service *service, hf_time now)
{
	int r = hold_read(service->db, &service->hold);

	if (r != 0) {
		return r;
	}
	if (service->hold.why == HOLD_NOT) {
		return adopt(service->db, service->model, service->planner, now,
			     &service->consents_next);
	}

	service->consents_next = HF_NEVER;
	dispatch_hold(service->dispatch, true);
	return 0;
}

int service_new(struct db *db, struct model *model, dispatch_carry carry, void *userdata,
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
	r = phonebook_new(model, &service->book);
	r = r ? r : planner_new(db, model, now, &service->planner);
	ctx = service_context(service, now);
	r = r ? r : dispatch_new(&ctx, carry, userdata, &service->dispatch);
	r = r ? r : begin(service, now);
	if (r != 0) {
		return r;
	}

	*ret_service = take_ptr(service);
	return 0;
}

/* Until now the old plans were in force; the new ones begin where that ends. */
static int hand_over(struct service *service, const struct model *model, struct planner *planner,
		     hf_time now, hf_time *ret_next)
{
	int r = db_begin(service->db);

	if (r != 0) {
		return r;
	}

	r = adopt_moved(service->db, service->model, service->planner, model, planner, now);
	r = r ? r : adopt(service->db, model, planner, now, ret_next);
	if (r != 0) {
		db_rollback(service->db);
		return r;
	}

	return db_commit(service->db);
}

int service_reload(struct service *service, struct model *model, hf_time now)
{
	_cleanup_(model_freep) struct model *coming = model;
	_cleanup_(phonebook_freep) struct phonebook *book = NULL;
	_cleanup_(planner_freep) struct planner *planner = NULL;
	hf_time consents_next = HF_NEVER;
	bool held = service->hold.why != HOLD_NOT;
	int r = held ? 0 : planner_run(service->planner, now, NULL);

	r = r ? r : phonebook_new(coming, &book);

	r = r ? r : planner_new(service->db, coming, now, &planner);
	r = r || held ? r : hand_over(service, coming, planner, now, &consents_next);
	r = r ? r : dispatch_set_model(service->dispatch, coming, now);
	if (r != 0) {
		return r;
	}

	(void)planner_free(service->planner);
	service->planner = take_ptr(planner);
	(void)phonebook_free(service->book);
	service->book = take_ptr(book);
	(void)model_free(service->model);
	service->model = take_ptr(coming);
	service->enrol_anew = false;
	service->consents_next = consents_next;
	return 0;
}

/* --- a clock that is not believed ------------------------------------------------------ */

int service_judge_clock(struct service *service, hf_time now)
{
	int r;

	/* A clock that has gone on by a little cannot have come to anything new. */
	if (service->hold.why != HOLD_NOT ||
	    (now >= service->judged && now - service->judged < HF_SECOND)) {
		return 0;
	}

	r = hold_judge(service->db, service->judged, now, &service->hold);
	if (r != 0) {
		return r;
	}

	service->judged = now;
	dispatch_hold(service->dispatch, service->hold.why != HOLD_NOT);
	return 0;
}

/* What a hold put off is done in the transaction that ends it. */
static int go_on(struct service *service, hf_time now, struct planner **ret_planner)
{
	_cleanup_(planner_freep) struct planner *planner = NULL;
	int r = db_begin(service->db);

	if (r != 0) {
		return r;
	}

	r = hold_end(service->db, now);
	r = r ? r : planner_new(service->db, service->model, now, &planner);
	r = r ? r : adopt(service->db, service->model, planner, now, &service->consents_next);
	if (r != 0) {
		db_rollback(service->db);
		return r;
	}

	r = db_commit(service->db);
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

	if (service->hold.why == HOLD_NOT) {
		return SERVICE_E_NOT_HELD;
	}

	r = go_on(service, now, &planner);
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
	return service->hold.why != HOLD_NOT ? &service->hold : NULL;
}

/* --- work ------------------------------------------------------------------------------ */

int service_take_zones(struct service *service, const struct zone_news *news, hf_time now)
{
	service->stale = true;
	return carry_zones(service->db, service->model, now,
			   service->hold.why == HOLD_NOT ? news->forward : 0);
}

static int enrol_anew(struct service *service, hf_time now)
{
	_cleanup_(planner_freep) struct planner *planner = NULL;
	int r = planner_new(service->db, service->model, now, &planner);

	if (r != 0) {
		return r;
	}

	(void)planner_free(service->planner);
	service->planner = take_ptr(planner);
	service->enrol_anew = false;
	return 0;
}

/* A daily limit or an opening may be at another instant now, so all that waits is asked again. */
static int replan(struct service *service, hf_time now)
{
	hf_time consents_next;
	int r = enrol_anew(service, now);

	r = r ? r : adopt_consents(service->db, service->model, now, &consents_next);
	if (r != 0) {
		return r;
	}

	service->consents_next = consents_next;
	service->stale = false;
	return 0;
}

/* What was waited for and has not come.  Whatever the clock says, who writes now is in need now, so
 * alerts go out; silence is measured only by a clock that is believed. */
static int attend(struct service *service, hf_time now)
{
	const struct engine_context ctx = service_context(service, now);
	const struct span *keep = &ctx.model->keep.messages;
	int r;

	if (service->only_plans) {
		return 0;
	}
	r = inbound_run(&ctx);
	if (r == 0 && service->hold.why == HOLD_NOT) {
		r = checkin_run(&ctx);
		r = r ? r : retention_run(ctx.db, keep->days * HF_DAY + keep->elapsed, now);
	}
	return r ? r : alerts_run(&ctx);
}

void service_only_plan(struct service *service)
{
	service->only_plans = true;
}

static int dispatch_all(struct service *service, hf_time now)
{
	const struct engine_context ctx = service_context(service, now);

	return dispatch_run(service->dispatch, &ctx);
}

int service_run(struct service *service, hf_time now)
{
	int64_t written;
	int r = attend(service, now);

	if (r != 0) {
		return r;
	}
	if (service->hold.why != HOLD_NOT) {
		return dispatch_all(service, now);
	}

	r = service->stale        ? replan(service, now)
	    : service->enrol_anew ? enrol_anew(service, now)
				  : 0;
	if (r == 0 && service->consents_next <= now) {
		r = adopt_consents(service->db, service->model, now, &service->consents_next);
	}
	if (r != 0) {
		return r;
	}

	do {
		written = 0;
		r = planner_run(service->planner, now, &written);
		r = r ? r : dispatch_all(service, now);
	} while (r == 0 && written > 0);
	return r;
}

static hf_time sooner(hf_time a, hf_time b)
{
	return a < b ? a : b;
}

/* When attend() next has something to do. */
static int attend_next(struct service *service, hf_time now, hf_time *ret_when)
{
	const struct engine_context ctx = service_context(service, now);
	hf_time part = HF_NEVER, round = HF_NEVER, alert = HF_NEVER;
	int r;

	*ret_when = HF_NEVER;
	if (service->only_plans) {
		return 0;
	}
	r = inbound_next(&ctx, &part);
	if (r == 0 && service->hold.why == HOLD_NOT) {
		r = checkin_next(&ctx, &round);
	}
	r = r ? r : alerts_next(&ctx, &alert);
	if (r == 0) {
		*ret_when = sooner(part, sooner(round, alert));
	}
	return r;
}

int service_next(struct service *service, hf_time now, hf_time *ret_when)
{
	const struct engine_context ctx = service_context(service, now);
	hf_time next, attention;
	int r = dispatch_next(service->dispatch, &ctx, &next);

	r = r ? r : attend_next(service, now, &attention);
	if (r != 0) {
		return r;
	}

	next = sooner(next, attention);
	if (service->hold.why == HOLD_NOT) {
		next = sooner(next, planner_next(service->planner));
		next = sooner(next, service->consents_next);
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
					.enrol_anew = &service->enrol_anew };
}
