/*
 * Cases as staff see them and work on them.
 *
 * Promises: a list holds handles and reasons; a name or a number only where it
 * is asked for, and then the look is recorded before it is given.  The log says
 * who did what to which case, never in which words.
 */
#include "staff/routes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "store/cases.h"
#include "engine/alerts.h"
#include "engine/recipient.h"
#include "engine/deliverability.h"

#define CASES_LIST_MAX 1000
#define DETAIL_MAX     64

/* --- one case as an object ------------------------------------------------------------ */

static int put_last_attempt(json_t *object, struct db *db, int64_t id, const struct zone *zone)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = cases_last_attempt(db, id, &rows);
	bool tried = r == 0;

	if (r < 0) {
		return r;
	}
	return json_merge(object,
			  JSON_OBJECT({
				  { "last_attempt", json_time(tried ? db_int(&rows, 0) : 0, zone) },
				  { "last_result", json_or_null(tried ? db_text(&rows, 1) : NULL) },
				  { "last_by", json_or_null(tried ? db_text(&rows, 2) : NULL) },
			  }));
}

/* A stranger has a number only. */
static int put_names(json_t *object, const struct api_host *host, const char *handle)
{
	const struct client *client;
	struct recipient recipient;
	int r = recipient_find(engine_db(host->engine), engine_model(host->engine), handle,
			       &recipient);

	if (r != 0) {
		return r;
	}
	client = recipient.client;
	return json_merge(
		object,
		JSON_OBJECT({
			{ "name", json_or_null(client && recipient_is_client(handle) ? client->name
										     : NULL) },
			{ "phone", json_or_null(client ? client->phone : NULL) },
		}));
}

static int new_case(const struct api_host *host, const struct case_row *row, bool names,
		    json_t **ret_json)
{
	const struct zone *zone = engine_model(host->engine)->site.zone;
	hf_time end = row->closed ? row->closed : clock_now(host->clock);
	_cleanup_(json_freep) json_t *object = JSON_OBJECT({
		{ "case", json_integer(row->id) },
		{ "client", json_or_null(row->client) },
		{ "reason", json_string(case_reason_words[row->reason]) },
		{ "urgency", json_string(case_urgency_words[row->urgency]) },
		{ "state", json_string(case_state_words[row->state]) },
		{ "opened", json_time(row->opened, zone) },
		{ "acknowledged", json_time(row->acknowledged, zone) },
		{ "acknowledged_by", json_or_null(row->acknowledged_by) },
		{ "closed", json_time(row->closed, zone) },
		{ "closed_by", json_or_null(row->closed_by) },
		{ "times", json_integer(row->times) },
		{ "last", json_time(row->last, zone) },
		{ "attempts", json_integer(row->attempts) },
		{ "next_alert",
		  json_time(row->alert_at == HF_NEVER || row->state == CASE_CLOSED ? 0
										   : row->alert_at,
			    zone) },
		{ "minutes_open", json_integer((end - row->opened) / HF_MINUTE) },
	});
	int r = object ? put_last_attempt(object, engine_db(host->engine), row->id, zone) : -ENOMEM;

	if (r == 0 && names) {
		r = put_names(object, host, row->client);
	}
	if (r == 0) {
		*ret_json = take_ptr(object);
	}
	return r;
}

/* Before the answer: what cannot be recorded is not shown. */
static int audit_names(const struct api_host *host, const struct request *request,
		       const char *client, const char *detail)
{
	const struct caller_act act = { .verb = "names", .client = client, .detail = detail };

	return request_flag(request, "names") ? caller_audit(host, request, &act) : 0;
}

/* --- the list --------------------------------------------------------------------------- */

int get_cases(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *array = json_array();
	_cleanup_rows_ struct db_rows rows = { 0 };
	bool all = request_flag(request, "all"), names = request_flag(request, "names");
	const char *client = request_find(request, "client");
	struct case_row row;
	int r = array ? audit_names(host, request, client, "cases") : -ENOMEM;

	r = r ? r : cases_list(engine_db(host->engine), client, !all, CASES_LIST_MAX, &rows);
	while (r == 0 && db_next(&rows)) {
		json_t *object = NULL;

		cases_read(&rows, &row);
		r = new_case(host, &row, names, &object);
		r = r ? r : json_add(array, object);
	}
	if (r != 0 || rows.error != 0) {
		return r ? r : rows.error;
	}
	return reply_with(reply, 200, take_ptr(array));
}

/* --- one case ---------------------------------------------------------------------------- */

static int reply_no_case(const struct request *request, struct reply *reply)
{
	return reply_error(reply, 404, "no case %s; see holdfastctl cases --all", request->id);
}

static json_t *new_event(const struct db_rows *rows, const struct zone *zone)
{
	return JSON_OBJECT({
		{ "at", json_time(db_int(rows, 0), zone) },
		{ "event", json_or_null(db_text(rows, 1)) },
		{ "by", json_or_null(db_text(rows, 2)) },
		{ "note", json_or_null(db_text(rows, 3)) },
	});
}

static int put_history(json_t *object, const struct api_host *host, int64_t id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	json_t *history = NULL;
	int r = cases_history(engine_db(host->engine), id, &rows);

	r = r ? r : json_rows(&rows, new_event, engine_model(host->engine)->site.zone, &history);
	return r ? r : json_put(object, "history", history);
}

static int reply_case(const struct api_host *host, const struct request *request, int64_t id,
		      struct reply *reply)
{
	_cleanup_(json_freep) json_t *object = NULL;
	_cleanup_rows_ struct db_rows rows = { 0 };
	char detail[DETAIL_MAX];
	struct case_row row;
	int r = cases_get(engine_db(host->engine), id, &rows);

	if (r != 0) {
		return r < 0 ? r : reply_no_case(request, reply);
	}

	cases_read(&rows, &row);
	(void)snprintf(detail, sizeof(detail), "case %lld", (long long)id);
	r = audit_names(host, request, row.client, detail);
	r = r ? r : new_case(host, &row, request_flag(request, "names"), &object);
	r = r ? r : put_history(object, host, id);
	return r ? r : reply_with(reply, 200, take_ptr(object));
}

int get_case(const struct api_host *host, const struct request *request, struct reply *reply)
{
	return reply_case(host, request, request_row(request), reply);
}

/* --- what is done about it ------------------------------------------------------------------ */

struct act {
	const struct api_host *host;
	const struct request *request;
	struct reply *reply;
	struct db *db;
	json_t *body; /* NULL: none */
	int64_t id;
	char user[CALLER_NAME_MAX];
	const char *why;
};

static void act_done(struct act *act)
{
	act->body = json_free(act->body);
}

static int act_begin(struct act *act, const struct api_host *host, const struct request *request,
		     struct reply *reply)
{
	*act = (struct act){ .host = host,
			     .request = request,
			     .reply = reply,
			     .db = engine_db(host->engine),
			     .id = request_row(request) };
	caller_name(request->uid, act->user);
	return request->body_size > 0 ? request_json(request, reply, &act->body) : 0;
}

static int audit(const struct act *act, const char *verb, const char *word)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char detail[DETAIL_MAX];
	struct caller_act entry = { .verb = verb, .detail = detail, .why = act->why };
	struct case_row row;
	int r = cases_get(act->db, act->id, &rows);

	if (r != 0) {
		return r < 0 ? r : -EINVAL;
	}

	cases_read(&rows, &row);
	entry.client = row.client;
	(void)snprintf(detail, sizeof(detail), "case %lld%s%s", (long long)act->id,
		       *word ? ": " : "", word);
	return caller_audit(act->host, act->request, &entry);
}

static int refuse(const struct act *act, int answer)
{
	if (answer == CASES_E_NONE) {
		return reply_no_case(act->request, act->reply);
	}
	return reply_error(act->reply, 409,
			   "case %s is closed, or somebody has it; see holdfastctl case %s",
			   act->request->id, act->request->id);
}

/* The end of the transaction in which r came about. */
static int act_end(const struct act *act, int r, const char *verb, const char *word)
{
	r = r ? r : audit(act, verb, word);
	r = db_end_answered(act->db, r);
	if (r != 0) {
		return r < 0 ? r : refuse(act, r);
	}

	log_notice("%s case=%lld asked for by uid=%u", verb, (long long)act->id,
		   (unsigned)act->request->uid);
	act->host->changed(act->host->userdata);
	return reply_case(act->host, act->request, act->id, act->reply);
}

int post_case_ack(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(act_done) struct act act = { 0 };
	struct engine_context ctx;
	int r = act_begin(&act, host, request, reply);

	r = r ? r : db_begin(act.db);
	if (r != 0) {
		return r;
	}

	ctx = engine_context_at(host->engine, clock_now(host->clock));
	r = alerts_acknowledge(&ctx, act.id, act.user);
	return act_end(&act, r, "acknowledge", "");
}

/* As they are written on a command line. */
static const char *const attempts[] = {
	[CASE_CALLED] = "called", [CASE_NO_ANSWER] = "no-answer",
	[CASE_SPOKE] = "spoke",   [CASE_LEFT_MESSAGE] = "left-message",
	[CASE_TEXTED] = "texted", [CASE_VISITED] = "visited",
};

static int read_attempt(const struct act *act, enum case_attempt *ret_attempt,
			const char **ret_note)
{
	const char *word = json_text(act->body, "attempt"), *note = json_text(act->body, "note");
	size_t i = 0;
	int r;

	while (i < COUNT(attempts) && (!word || strcmp(attempts[i], word) != 0)) {
		i++;
	}
	if (i == COUNT(attempts)) {
		return reply_error(act->reply, 400,
				   "an attempt is one of called, no-answer, spoke, "
				   "left-message, texted, visited");
	}
	r = caller_line(act->body, "note", act->reply);
	if (r == 0) {
		*ret_attempt = (enum case_attempt)i;
		*ret_note = note;
	}
	return r;
}

int post_case_attempt(const struct api_host *host, const struct request *request,
		      struct reply *reply)
{
	_cleanup_(act_done) struct act act = { 0 };
	enum case_attempt attempt = CASE_CALLED;
	const char *note = NULL;
	int r = act_begin(&act, host, request, reply);

	r = r ? r : read_attempt(&act, &attempt, &note);
	r = r ? r : db_begin(act.db);
	if (r != 0) {
		return r;
	}

	r = cases_attempt(act.db, act.id, act.user, attempt, note, clock_now(host->clock));
	return act_end(&act, r, "attempt", case_attempt_words[attempt]);
}

/* Somebody has looked into it, so her number is tried again. */
static int release_number(const struct act *act, hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	int r = cases_get(act->db, act->id, &rows);

	if (r != 0) {
		return r;
	}

	cases_read(&rows, &row);
	return row.reason == CASE_UNDELIVERABLE ? deliverability_reset(act->db, row.client, now)
						: 0;
}

int post_case_close(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(act_done) struct act act = { 0 };
	hf_time now;
	int r = act_begin(&act, host, request, reply);

	r = r ? r : caller_why(act.body, true, reply, &act.why);
	r = r ? r : db_begin(act.db);
	if (r != 0) {
		return r;
	}

	now = clock_now(host->clock);
	r = cases_close(act.db, act.id, act.user, act.why, now);
	r = r ? r : release_number(&act, now);
	return act_end(&act, r, "close", "");
}
