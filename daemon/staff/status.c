/*
 * holdfastd's state in one object, the reload, and a human's word that the
 * clock is right.
 *
 * Promises: nothing here names a client; a reload that finds faults changes
 * nothing and gives them all back.
 */
#include "staff/routes.h"

#include <errno.h>

#include "lib/log.h"
#include "store/cases.h"
#include "store/store.h"

#define GATEWAYS_MAX 64
#define OUTAGE_SHOWN (7 * HF_DAY) /* after its end */

static json_t *new_gateway(const struct dispatch_gateway *gateway, const struct zone *zone)
{
	_cleanup_(json_freep) json_t *object = json_new_object();

	if (!object || json_put_text(object, "name", gateway->name) != 0 ||
	    json_put_bool(object, "connected", gateway->connected) != 0 ||
	    json_put_int(object, "credit", gateway->credit) != 0 ||
	    json_put_int(object, "in_flight", gateway->in_flight) != 0 ||
	    json_put_time(object, "held_until", gateway->held_until, zone) != 0 ||
	    json_put_text(object, "held_why", gateway->held_until ? gateway->held_why : NULL)) {
		return NULL;
	}
	return take_ptr(object);
}

static json_t *new_gateways(const struct api_host *host)
{
	_cleanup_(json_freep) json_t *array = json_new_array();
	const struct zone *zone = service_model(host->service)->site.zone;
	struct dispatch_gateway gateways[GATEWAYS_MAX];
	size_t count =
		dispatch_gateways(service_dispatch(host->service), gateways, COUNT(gateways));

	for (size_t i = 0; array && i < count; i++) {
		if (json_add(array, new_gateway(&gateways[i], zone)) != 0) {
			return NULL;
		}
	}
	return take_ptr(array);
}

/* Null before the first reload. */
static int put_reload(json_t *object, const struct api_host *host)
{
	_cleanup_(json_freep) json_t *reload = NULL;
	const char *error = "";
	hf_time at = 0;

	host->last_reload(host->userdata, &at, &error);
	if (at == 0) {
		return json_put_text(object, "reload", NULL);
	}

	reload = json_new_object();
	if (!reload ||
	    json_put_time(reload, "at", at, service_model(host->service)->site.zone) != 0 ||
	    json_put_text(reload, "error", *error ? error : NULL) != 0) {
		return -ENOMEM;
	}
	return json_put(object, "reload", take_ptr(reload));
}

static int next_text(const struct api_host *host, hf_time *ret_when)
{
	hf_time planned = planner_next(service_planner(host->service));
	hf_time queued = HF_NEVER;
	int r;

	r = outbox_next(service_db(host->service), &queued);
	if (r < 0) {
		return r;
	}

	*ret_when = service_hold(host->service) ? HF_NEVER : planned < queued ? planned : queued;
	return 0;
}

static int put_counts(json_t *object, const struct api_host *host)
{
	const struct model *model = service_model(host->service);
	struct outbox_totals totals = { 0 };
	hf_time next = HF_NEVER;
	int r;

	r = outbox_totals(service_db(host->service), clock_now(host->clock), &totals);
	if (r == 0) {
		r = next_text(host, &next);
	}
	if (r < 0) {
		return r;
	}

	if (json_put_int(object, "clients", (int64_t)model->client_count) != 0 ||
	    json_put_int(object, "due", totals.due) != 0 ||
	    json_put_int(object, "claimed", totals.claimed) != 0 ||
	    json_put_int(object, "unknown", totals.unknown) != 0 ||
	    json_put_int(object, "sent_last_hour", totals.accepted_last_hour) != 0) {
		return -ENOMEM;
	}
	return json_put_time(object, "next_due", next, model->site.zone);
}

/* Null while all is well. */
static int put_hold(json_t *object, const struct api_host *host)
{
	const struct hold *hold = service_hold(host->service);
	const struct zone *zone = service_model(host->service)->site.zone;
	_cleanup_(json_freep) json_t *held = NULL;

	if (!hold) {
		return json_put_text(object, "held", NULL);
	}

	held = json_new_object();
	if (!held || json_put_time(held, "since", hold->since, zone) != 0 ||
	    json_put_time(held, "last", hold->last, zone) != 0 ||
	    json_put_text(held, "why", hold_reason(hold->why)) != 0) {
		return -ENOMEM;
	}
	return json_put(object, "held", take_ptr(held));
}

/* What was not sent because nobody looked; null without an outage in the last week. */
static int put_missed(json_t *object, const struct api_host *host)
{
	const struct zone *zone = service_model(host->service)->site.zone;
	_cleanup_(json_freep) json_t *missed = NULL;
	struct db *db = service_db(host->service);
	hf_time from = 0, until = 0;
	int64_t count = 0;
	int r = store_outage(db, &from, &until);

	if (r != 0) {
		return r;
	}
	if (until == 0 || until < clock_now(host->clock) - OUTAGE_SHOWN) {
		return json_put_text(object, "missed", NULL);
	}

	r = outbox_count_missed(db, from, until, &count);
	if (r != 0) {
		return r;
	}

	missed = json_new_object();
	if (!missed || json_put_int(missed, "count", count) != 0 ||
	    json_put_time(missed, "since", from, zone) != 0 ||
	    json_put_time(missed, "until", until, zone) != 0) {
		return -ENOMEM;
	}
	return json_put(object, "missed", take_ptr(missed));
}

int get_status(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *object = json_new_object();
	const struct zone *zone = service_model(host->service)->site.zone;
	int64_t cases = 0;
	int r;

	(void)request;
	if (!object || json_put_text(object, "version", host->version) != 0 ||
	    json_put_time(object, "since", host->since, zone) != 0 ||
	    json_put_time(object, "now", clock_now(host->clock), zone) != 0) {
		return -ENOMEM;
	}
	r = put_counts(object, host);
	if (r < 0) {
		return r;
	}

	r = cases_count(service_db(host->service), &cases);
	if (r < 0) {
		return r;
	}

	if (json_put(object, "gateways", new_gateways(host)) != 0 ||
	    json_put_int(object, "cases_open", cases) != 0 || put_reload(object, host) != 0 ||
	    put_hold(object, host) != 0) {
		return -ENOMEM;
	}
	r = put_missed(object, host);
	if (r < 0) {
		return r;
	}
	return reply_with(reply, 200, take_ptr(object));
}

int post_reload(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(json_freep) json_t *object = json_new_object();
	int r;

	/* Before it: what cannot be recorded is not done. */
	r = caller_audit(host, request, &(struct caller_act){ .verb = "reload" });
	if (r < 0) {
		return r;
	}

	log_notice("reload asked for by uid=%u", (unsigned)request->uid);
	r = host->reload(host->userdata, &faults);
	if (r < 0) {
		return r;
	}
	if (!object || json_put(object, "faults", json_new_faults(&faults)) != 0) {
		return -ENOMEM;
	}
	if (r == 0) {
		return reply_with(reply, 200, take_ptr(object));
	}

	if (json_put_text(object, "error",
			  "the configuration has faults; the schedule of before stays") != 0) {
		return -ENOMEM;
	}
	return reply_with(reply, 422, take_ptr(object));
}

/* A body is not needed: the why is for whoever asks later. */
static int read_why(const struct request *request, struct reply *reply, json_t **ret_body,
		    const char **ret_why)
{
	int r;

	if (request->body_size == 0) {
		return 0;
	}

	r = json_read(request->body, request->body_size, ret_body);
	if (r > 0) {
		return said_no(reply_error(reply, 400, "the body is not JSON"));
	}
	return r < 0 ? r : caller_why(*ret_body, false, reply, ret_why);
}

static int reply_confirmed(const struct api_host *host, struct reply *reply, hf_time now)
{
	_cleanup_(json_freep) json_t *object = json_new_object();
	int r;

	if (!object ||
	    json_put_time(object, "now", now, service_model(host->service)->site.zone) != 0) {
		return -ENOMEM;
	}

	r = put_missed(object, host);
	return r < 0 ? r : reply_with(reply, 200, take_ptr(object));
}

int post_confirm(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *body = NULL;
	const struct hold *hold = service_hold(host->service);
	struct caller_act act = { .verb = "confirm", .why = "" };
	hf_time now = clock_now(host->clock);
	int r = read_why(request, reply, &body, &act.why);

	if (r != 0) {
		return r < 0 ? r : 0;
	}
	if (!hold) {
		return reply_error(reply, 409, "nothing is held; there is nothing to confirm");
	}

	/* Before it: what cannot be recorded is not done. */
	act.detail = hold_word(hold->why);
	r = caller_audit(host, request, &act);
	r = r ? r : service_confirm(host->service, now);
	if (r != 0) {
		return r < 0 ? r : -EINVAL;
	}

	log_notice("the clock was confirmed by uid=%u: texts go out again", (unsigned)request->uid);
	host->changed(host->userdata);
	return reply_confirmed(host, reply, now);
}
