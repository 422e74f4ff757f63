/*
 * Planner and dispatch over one database and one snapshot.
 *
 * A reload builds everything that can fail beside what runs, and swaps it only
 * when it is whole.  Dangerous: rows hold no pointers into a snapshot, but
 * the planner does; so the old planner dies before the old snapshot.
 */
#include "flow/service.h"

#include <errno.h>
#include <limits.h>

#include "data/outbox.h"
#include "data/people.h"
#include "flow/rule.h"

struct service {
	struct db *db;
	struct model *model;
	struct planner *planner;
	struct dispatch *dispatch;
	hf_time consents_next; /* when the next consent of the snapshot begins; HF_NEVER for none */
	bool stale;            /* what the planner has calculated is void */
};

struct service *service_free(struct service *service)
{
	if (service) {
		(void)dispatch_free(service->dispatch);
		(void)planner_free(service->planner);
		(void)model_free(service->model);
		free(service);
	}
	return NULL;
}

/* --- what a snapshot changes in the database --------------------------------------- */

/* One that is dated in the future counts when its day comes. */
static int enter_consents(struct db *db, const struct model *model, hf_time now, hf_time *ret_next)
{
	hf_time next = HF_NEVER;
	int r = 0;

	for (size_t i = 0; r == 0 && i < model->client_count; i++) {
		const struct client *client = &model->clients[i];
		hf_time at;

		if (!client->consent.how) {
			continue;
		}

		at = rule_midnight(client->zone, civil_to_days(&client->consent.at));
		if (at <= now) {
			r = people_consent(db, client->id, client->phone, CONSENT_GIVEN, at,
					   "config", client->consent.by, now);
		} else if (at < next) {
			next = at;
		}
	}

	*ret_next = next;
	return r;
}

static int cancel_strangers(struct db *db, const struct model *model, hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r;

	r = outbox_ready(db, HF_NEVER, INT_MAX, &rows);
	if (r != 0) {
		return r;
	}

	while (db_next(&rows)) {
		outbox_read(&rows, &row);
		if (model_client(model, row.client)) {
			continue;
		}

		r = outbox_settle(db, row.id, OUTBOX_CANCELLED, "no longer enrolled", now);
		if (r < 0) {
			return r;
		}
	}
	return rows.error;
}

/* Whatever made a text wait may have been changed. */
static int adopt(struct db *db, const struct model *model, hf_time now, hf_time *ret_next)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = enter_consents(db, model, now, ret_next);
	r = r ? r : cancel_strangers(db, model, now);
	r = r ? r : outbox_wake(db, NULL, now);
	if (r != 0) {
		db_rollback(db);
		return r > 0 ? -EINVAL : r;
	}

	return db_commit(db);
}

/* --- life ---------------------------------------------------------------------------- */

int service_new(struct db *db, struct model *model, dispatch_carry carry, void *userdata,
		hf_time now, struct service **ret_service)
{
	_cleanup_(service_freep) struct service *service = calloc(1, sizeof(*service));
	int r;

	if (!service) {
		(void)model_free(model);
		return -ENOMEM;
	}

	service->db = db;
	service->model = model;
	r = adopt(db, model, now, &service->consents_next);
	r = r ? r : planner_new(db, model, now, &service->planner);
	r = r ? r : dispatch_new(db, model, carry, userdata, now, &service->dispatch);
	if (r != 0) {
		return r;
	}

	*ret_service = take_ptr(service);
	return 0;
}

int service_reload(struct service *service, struct model *model, hf_time now)
{
	_cleanup_(model_freep) struct model *coming = model;
	_cleanup_(planner_freep) struct planner *planner = NULL;
	hf_time consents_next;
	int r;

	/* Until now the old plans were in force; the new ones begin where that ends. */
	r = planner_run(service->planner, now, NULL);
	r = r ? r : planner_new(service->db, coming, now, &planner);
	r = r ? r : adopt(service->db, coming, now, &consents_next);
	r = r ? r : dispatch_set_model(service->dispatch, coming, now);
	if (r != 0) {
		return r;
	}

	(void)planner_free(service->planner);
	service->planner = take_ptr(planner);
	(void)model_free(service->model);
	service->model = take_ptr(coming);
	service->consents_next = consents_next;
	return 0;
}

/* --- work ------------------------------------------------------------------------------ */

void service_replan(struct service *service)
{
	service->stale = true;
}

/* A daily limit or an opening may be at another instant now, so all that waits is asked again. */
static int replan(struct service *service, hf_time now)
{
	_cleanup_(planner_freep) struct planner *planner = NULL;
	hf_time consents_next;
	int r;

	r = planner_new(service->db, service->model, now, &planner);
	r = r ? r : adopt(service->db, service->model, now, &consents_next);
	if (r != 0) {
		return r;
	}

	(void)planner_free(service->planner);
	service->planner = take_ptr(planner);
	service->consents_next = consents_next;
	service->stale = false;
	return 0;
}

int service_run(struct service *service, hf_time now)
{
	int64_t written;
	int r = service->stale ? replan(service, now) : 0;

	if (r == 0 && service->consents_next <= now) {
		r = adopt(service->db, service->model, now, &service->consents_next);
	}
	if (r != 0) {
		return r;
	}

	do {
		written = 0;
		r = planner_run(service->planner, now, &written);
		r = r ? r : dispatch_run(service->dispatch, now);
	} while (r == 0 && written > 0);
	return r;
}

int service_next(struct service *service, hf_time now, hf_time *ret_when)
{
	hf_time planned = planner_next(service->planner), next;
	int r = dispatch_next(service->dispatch, now, &next);

	if (r != 0) {
		return r;
	}

	next = planned < next ? planned : next;
	*ret_when = service->consents_next < next ? service->consents_next : next;
	return 0;
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
