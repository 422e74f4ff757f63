/*
 * holdfastd's state in one object, the reload, and a human's word that the
 * clock is right.
 *
 * Promises: nothing here names a client; a reload that finds faults changes
 * nothing and gives them all back.
 */
#include "staff/routes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/log.h"
#include "engine/health.h"
#include "store/cases.h"
#include "store/store.h"
#include "store/webhooks.h"

#define GATEWAYS_MAX   64
#define OUTAGE_SHOWN   (7 * HF_DAY) /* after its end */
#define LEFT_OUT_SHOWN HF_DAY

static json_t *new_gateway(const struct dispatch_gateway *gateway, const struct zone *zone)
{
	return JSON_OBJECT({
		{ "name", json_string(gateway->name) },
		{ "connected", json_boolean(gateway->connected) },
		{ "credit", json_integer(gateway->credit) },
		{ "in_flight", json_integer(gateway->in_flight) },
		{ "held_until", json_time(gateway->held_until, zone) },
		{ "held_why", json_or_null(*gateway->held_why ? gateway->held_why : NULL) },
		{ "held_said", json_or_null(*gateway->held_said ? gateway->held_said : NULL) },
	});
}

static json_t *new_gateways(const struct api_host *host)
{
	_cleanup_(json_freep) json_t *array = json_array();
	const struct zone *zone = engine_model(host->engine)->site.zone;
	struct dispatch_gateway gateways[GATEWAYS_MAX];
	size_t count = dispatch_gateways(engine_dispatch(host->engine), gateways, COUNT(gateways));

	for (size_t i = 0; i < count; i++) {
		if (json_add(array, new_gateway(&gateways[i], zone)) != 0) {
			return NULL;
		}
	}
	return take_ptr(array);
}

/* Null before the first reload. */
static json_t *new_reload(const struct api_host *host)
{
	const char *error = "";
	hf_time at = 0;

	host->last_reload(host->userdata, &at, &error);
	if (at == 0) {
		return json_null();
	}
	return JSON_OBJECT({
		{ "at", json_time(at, engine_model(host->engine)->site.zone) },
		{ "error", json_or_null(*error ? error : NULL) },
	});
}

static int next_text(const struct api_host *host, hf_time *ret_when)
{
	hf_time planned = planner_next(engine_planner(host->engine));
	hf_time queued = HF_NEVER;
	int r;

	r = outbox_next(engine_db(host->engine), &queued);
	if (r < 0) {
		return r;
	}

	*ret_when = engine_hold(host->engine) ? HF_NEVER : planned < queued ? planned : queued;
	return 0;
}

/* How many texts only the witness knows of, and nobody has settled. */
static json_t *new_may_have_gone(const struct api_host *host)
{
	int64_t count = 0;

	return outbox_count_recalled(engine_db(host->engine), &count) == 0 ? json_integer(count)
									   : json_null();
}

/* Null while all is well. */
static json_t *new_hold(const struct api_host *host)
{
	const struct clock_hold *hold = engine_hold(host->engine);
	const struct zone *zone = engine_model(host->engine)->site.zone;

	if (!hold) {
		return json_null();
	}
	return JSON_OBJECT({
		{ "since", json_time(hold->since, zone) },
		{ "last", json_time(hold->last, zone) },
		{ "until", json_time(hold->until, zone) },
		{ "why", json_or_null(clock_guard_reason(hold->why)) },
		{ "may_have_gone", new_may_have_gone(host) },
	});
}

/* Null while fewer texts have gone out than may. */
static json_t *new_ceiling(const struct api_host *host)
{
	const struct model *model = engine_model(host->engine);
	struct dispatch_ceiling ceiling;

	if (!dispatch_at_ceiling(engine_dispatch(host->engine), model, clock_now(host->clock),
				 &ceiling)) {
		return json_null();
	}
	return JSON_OBJECT({
		{ "most", json_integer(ceiling.most) },
		{ "per", json_string(ceiling.per) },
		{ "until", json_time(ceiling.until, model->site.zone) },
	});
}

/* The clock was behind, and is right; null where that is longer than a week ago. */
static int new_behind(const struct api_host *host, json_t **ret_behind)
{
	const struct zone *zone = engine_model(host->engine)->site.zone;
	hf_time since = 0, until = 0;
	int r = store_behind(engine_db(host->engine), &since, &until);

	if (r == 0) {
		*ret_behind = until == 0 || until < clock_now(host->clock) - OUTAGE_SHOWN
				      ? json_null()
				      : JSON_OBJECT({
						{ "since", json_time(since, zone) },
						{ "until", json_time(until, zone) },
					});
	}
	return r;
}

/* What was not sent because nobody looked; null without an outage in the last week. */
static int new_missed(const struct api_host *host, json_t **ret_missed)
{
	const struct zone *zone = engine_model(host->engine)->site.zone;
	struct db *db = engine_db(host->engine);
	hf_time from = 0, until = 0;
	int64_t count = 0;
	int r = store_outage(db, &from, &until);

	if (r == 0 && (until == 0 || until < clock_now(host->clock) - OUTAGE_SHOWN)) {
		*ret_missed = json_null();
		return 0;
	}
	r = r ? r : outbox_count_missed(db, from, until, &count);
	if (r != 0) {
		return r;
	}

	*ret_missed = JSON_OBJECT({
		{ "count", json_integer(count) },
		{ "since", json_time(from, zone) },
		{ "until", json_time(until, zone) },
	});
	return 0;
}

/* What is not well, worst first; empty where all is. */
static int new_wrong(const struct api_host *host, json_t **ret_wrong)
{
	_cleanup_(json_freep) json_t *wrong = json_array();
	hf_time stale_after = host->clock->told ? HF_NEVER : HEALTH_STALE_AFTER, at = 0;
	const char *error = "";
	struct health health;
	int r = health_look(host->engine, stale_after, clock_now(host->clock), &health);

	for (size_t i = 0; r == 0 && i < health.count; i++) {
		const struct health_fault *fault = &health.faults[i];
		const char *severity = health_severity_words[fault->severity];

		r = json_add(wrong, JSON_OBJECT({
					    { "severity", json_string(severity) },
					    { "what", json_string(fault->what) },
				    }));
	}
	host->last_reload(host->userdata, &at, &error);
	if (r == 0 && *error) {
		const char *severity = health_severity_words[HEALTH_WARNING];
		_cleanup_free_ char *what = NULL;

		if (asprintf(&what,
			     "the configuration has a fault, and that of before is in use: %s",
			     error) < 0) {
			what = NULL;
			return -ENOMEM;
		}
		r = json_add(wrong, JSON_OBJECT({
					    { "severity", json_string(severity) },
					    { "what", json_string(what) },
				    }));
	}
	*ret_wrong = r == 0 ? take_ptr(wrong) : NULL;
	return r;
}

int get_status(const struct api_host *host, const struct request *request, struct reply *reply)
{
	const struct model *model = engine_model(host->engine);
	const struct zone *zone = model->site.zone;
	struct db *db = engine_db(host->engine);
	hf_time now = clock_now(host->clock), next = HF_NEVER;
	struct outbox_totals totals = { 0 };
	json_t *missed = NULL, *behind = NULL, *wrong = NULL;
	struct webhooks_totals webhooks = { 0 };
	int64_t cases = 0, left_out = 0;
	int r;

	(void)request;
	r = outbox_totals(db, now, &totals);
	r = r ? r : next_text(host, &next);
	r = r ? r : cases_count(db, &cases);
	r = r ? r : webhooks_totals(db, &webhooks);
	r = r ? r : outbox_count_left_out(db, now - LEFT_OUT_SHOWN, &left_out);
	r = r ? r : new_behind(host, &behind);
	r = r ? r : new_wrong(host, &wrong);
	r = r ? r : new_missed(host, &missed);
	if (r != 0) {
		json_decref(behind);
		json_decref(wrong);
		return r;
	}

	return reply_with(reply, 200,
			  JSON_OBJECT({
				  { "version", json_or_null(host->version) },
				  { "since", json_time(host->since, zone) },
				  { "now", json_time(now, zone) },
				  { "clients", json_integer((int64_t)model->client_count) },
				  { "due", json_integer(totals.due) },
				  { "claimed", json_integer(totals.claimed) },
				  { "unknown", json_integer(totals.unknown) },
				  { "sent_last_hour", json_integer(totals.accepted_last_hour) },
				  { "left_out_last_day", json_integer(left_out) },
				  { "failed_last_day", json_integer(totals.failed_last_day) },
				  { "next_due", json_time(next, zone) },
				  { "gateways", new_gateways(host) },
				  { "cases_open", json_integer(cases) },
				  { "webhooks_unread", json_integer(webhooks.count) },
				  { "webhooks_last", json_time(webhooks.last, zone) },
				  { "reload", new_reload(host) },
				  { "held", new_hold(host) },
				  { "ceiling", new_ceiling(host) },
				  { "clock_was_behind", behind },
				  { "missed", missed },
				  { "wrong", wrong },
			  }));
}

int post_reload(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(faults_done) struct faults faults = { 0 };
	_cleanup_(json_freep) json_t *object = NULL;
	bool refused;
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
	refused = r > 0;
	object = JSON_OBJECT({ { "faults", json_new_faults(&faults) } });
	if (refused) {
		r = json_put(object, "error",
			     json_string("the configuration has faults; the schedule of before "
					 "stays"));
	}
	r = r < 0 ? r : reply_with(reply, refused ? 422 : 200, take_ptr(object));
	return r ? r : refused ? REPLY_REFUSED : 0;
}

/* A body is not needed: the why is for whoever asks later. */
static int read_why(const struct request *request, struct reply *reply, json_t **ret_body,
		    const char **ret_why)
{
	int r = request->body_size > 0 ? request_json(request, reply, ret_body) : 0;

	return r ? r : caller_why(*ret_body, false, reply, ret_why);
}

int post_confirm(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *body = NULL;
	const struct clock_hold *hold = engine_hold(host->engine);
	struct caller_act act = { .verb = "confirm" };
	hf_time now = clock_now(host->clock);
	json_t *missed = NULL;
	int r = read_why(request, reply, &body, &act.why);

	if (r != 0) {
		return r;
	}
	if (!hold) {
		return reply_error(reply, 409, "nothing is held; there is nothing to confirm");
	}

	/* Before it: what cannot be recorded is not done. */
	act.detail = clock_guard_word(hold->why);
	r = caller_audit(host, request, &act);
	r = r ? r : engine_confirm(host->engine, now);
	if (r != 0) {
		return r < 0 ? r : -EINVAL;
	}

	log_notice("what was held was confirmed by uid=%u: texts go out again",
		   (unsigned)request->uid);
	host->changed(host->userdata);
	r = new_missed(host, &missed);
	return r ? r
		 : reply_with(
			   reply, 200,
			   JSON_OBJECT({
				   { "now", json_time(now, engine_model(host->engine)->site.zone) },
				   { "missed", missed },
				   { "may_have_gone", new_may_have_gone(host) },
			   }));
}
