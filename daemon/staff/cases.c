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
#include "engine/addressee.h"
#include "engine/reach.h"

#define CASES_LIST_MAX 1000
#define DETAIL_MAX     64

/* --- one case as an object ------------------------------------------------------------ */

static int put_attempt(json_t *object, struct db *db, int64_t id, const struct zone *zone)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = cases_last_attempt(db, id, &rows);

	if (r < 0) {
		return r;
	}
	if (json_put_time(object, "last_attempt", r == 0 ? db_int(&rows, 0) : 0, zone) != 0 ||
	    json_put_text(object, "last_result", r == 0 ? db_text(&rows, 1) : NULL) != 0 ||
	    json_put_text(object, "last_by", r == 0 ? db_text(&rows, 2) : NULL) != 0) {
		return -ENOMEM;
	}
	return 0;
}

/* A stranger has a number only. */
static int put_names(json_t *object, const struct api_host *host, const char *handle)
{
	struct addressee addressee;
	int r = addressee_find(service_db(host->service), service_model(host->service), handle,
			       &addressee);
	const struct client *client = r == 0 ? addressee.client : NULL;

	if (r != 0) {
		return r;
	}
	r = json_put_text(object, "name",
			  client && addressee_is_client(handle) ? client->name : NULL);
	return r ? r : json_put_text(object, "phone", client ? client->phone : NULL);
}

static int put_facts(json_t *object, const struct case_row *row, const struct zone *zone)
{
	if (json_put_int(object, "case", row->id) != 0 ||
	    json_put_text(object, "client", row->client) != 0 ||
	    json_put_text(object, "reason", case_reason_words[row->reason]) != 0 ||
	    json_put_text(object, "urgency", case_urgency_words[row->urgency]) != 0 ||
	    json_put_text(object, "state", case_state_words[row->state]) != 0 ||
	    json_put_time(object, "opened", row->opened, zone) != 0 ||
	    json_put_time(object, "acknowledged", row->acknowledged, zone) != 0 ||
	    json_put_text(object, "acknowledged_by", row->acknowledged_by) != 0 ||
	    json_put_time(object, "closed", row->closed, zone) != 0 ||
	    json_put_text(object, "closed_by", row->closed_by) != 0 ||
	    json_put_int(object, "times", row->times) != 0 ||
	    json_put_time(object, "last", row->last, zone) != 0 ||
	    json_put_int(object, "attempts", row->attempts) != 0) {
		return -ENOMEM;
	}
	return 0;
}

static int new_case(const struct api_host *host, const struct case_row *row, bool names,
		    json_t **ret_json)
{
	_cleanup_(json_freep) json_t *object = json_new_object();
	const struct zone *zone = service_model(host->service)->site.zone;
	hf_time end = row->closed ? row->closed : clock_now(host->clock);
	int r = object ? put_facts(object, row, zone) : -ENOMEM;

	r = r ? r : json_put_int(object, "minutes_open", (end - row->opened) / HF_MINUTE);
	r = r ? r : put_attempt(object, service_db(host->service), row->id, zone);
	r = r || !names ? r : put_names(object, host, row->client);
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
	_cleanup_(json_freep) json_t *array = json_new_array();
	_cleanup_rows_ struct db_rows rows = { 0 };
	bool all = request_flag(request, "all"), names = request_flag(request, "names");
	const char *client = request_find(request, "client");
	struct case_row row;
	int r = array ? audit_names(host, request, client, "cases") : -ENOMEM;

	r = r ? r : cases_list(service_db(host->service), client, !all, CASES_LIST_MAX, &rows);
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

static int refuse_number(const struct request *request, struct reply *reply)
{
	return reply_error(reply, 404, "no case %s; see holdfastctl cases --all", request->id);
}

/* 0: none has it. */
static int64_t number_of(const struct request *request)
{
	char *end = NULL;
	int64_t id;

	errno = 0;
	id = strtoll(request->id, &end, 10);
	return *end || errno != 0 || id < 0 ? 0 : id;
}

static json_t *new_event(const struct db_rows *rows, const struct zone *zone)
{
	_cleanup_(json_freep) json_t *object = json_new_object();

	if (!object || json_put_time(object, "at", db_int(rows, 0), zone) != 0 ||
	    json_put_text(object, "event", db_text(rows, 1)) != 0 ||
	    json_put_text(object, "by", db_text(rows, 2)) != 0 ||
	    json_put_text(object, "note", db_text(rows, 3)) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

static int put_history(json_t *object, const struct api_host *host, int64_t id)
{
	_cleanup_(json_freep) json_t *array = json_new_array();
	_cleanup_rows_ struct db_rows rows = { 0 };
	const struct zone *zone = service_model(host->service)->site.zone;
	int r = array ? cases_history(service_db(host->service), id, &rows) : -ENOMEM;

	while (r == 0 && db_next(&rows)) {
		r = json_add(array, new_event(&rows, zone));
	}
	r = r ? r : rows.error;
	return r ? r : json_put(object, "history", take_ptr(array));
}

static int reply_case(const struct api_host *host, const struct request *request, int64_t id,
		      struct reply *reply)
{
	_cleanup_(json_freep) json_t *object = NULL;
	_cleanup_rows_ struct db_rows rows = { 0 };
	char detail[DETAIL_MAX];
	struct case_row row;
	int r = cases_get(service_db(host->service), id, &rows);

	if (r != 0) {
		return r < 0 ? r : refuse_number(request, reply);
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
	return reply_case(host, request, number_of(request), reply);
}

/* --- what is done about it ------------------------------------------------------------------ */

struct work {
	const struct api_host *host;
	const struct request *request;
	struct reply *reply;
	struct db *db;
	json_t *body;
	int64_t id;
	char user[CALLER_NAME_MAX];
	const char *why;
};

static void work_done(struct work *work)
{
	work->body = json_free(work->body);
}

/* A positive answer says that the reply is filled: it says no. */
static int begin(struct work *work, const struct api_host *host, const struct request *request,
		 struct reply *reply)
{
	int r;

	*work = (struct work){ .host = host,
			       .request = request,
			       .reply = reply,
			       .db = service_db(host->service),
			       .id = number_of(request) };
	caller_name(request->uid, work->user);
	if (request->body_size == 0) {
		return 0;
	}

	r = json_read(request->body, request->body_size, &work->body);
	return r > 0 ? said_no(reply_error(reply, 400, "the body is not JSON")) : r;
}

static int audit(const struct work *work, const char *verb, const char *word)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char detail[DETAIL_MAX];
	struct caller_act act = { .verb = verb, .detail = detail, .why = work->why };
	struct case_row row;
	int r = cases_get(work->db, work->id, &rows);

	if (r != 0) {
		return r < 0 ? r : -EINVAL;
	}

	cases_read(&rows, &row);
	act.client = row.client;
	(void)snprintf(detail, sizeof(detail), "case %lld%s%s", (long long)work->id,
		       *word ? ": " : "", word);
	return caller_audit(work->host, work->request, &act);
}

static int refuse(const struct work *work, int answer)
{
	if (answer == CASES_E_NONE) {
		return refuse_number(work->request, work->reply);
	}
	return reply_error(work->reply, 409,
			   "case %s is closed, or somebody has it; see holdfastctl case %s",
			   work->request->id, work->request->id);
}

/* The end of the transaction in which r came about. */
static int finish(const struct work *work, int r, const char *verb, const char *word)
{
	int refused = r > 0 ? r : 0;

	r = r == 0 ? audit(work, verb, word) : r;
	if (r < 0) {
		db_rollback(work->db);
		return r;
	}

	r = db_commit(work->db);
	if (r != 0 || refused) {
		return r ? r : refuse(work, refused);
	}

	log_notice("%s case=%lld asked for by uid=%u", verb, (long long)work->id,
		   (unsigned)work->request->uid);
	work->host->changed(work->host->userdata);
	return reply_case(work->host, work->request, work->id, work->reply);
}

int post_case_ack(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(work_done) struct work work = { 0 };
	int r = begin(&work, host, request, reply);

	r = r ? r : db_begin(work.db);
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	r = cases_acknowledge(work.db, work.id, work.user, clock_now(host->clock));
	return finish(&work, r, "acknowledge", "");
}

/* As they are written on a command line; in the order of enum case_attempt. */
static const char *const attempts[] = { "called",       "no-answer", "spoke",
					"left-message", "texted",    "visited" };

static int read_attempt(const struct work *work, enum case_attempt *ret_attempt,
			const char **ret_note)
{
	const char *word = json_text(work->body, "attempt"), *note = json_text(work->body, "note");
	size_t i = 0;
	int r;

	while (i < COUNT(attempts) && (!word || strcmp(attempts[i], word) != 0)) {
		i++;
	}
	if (i == COUNT(attempts)) {
		return said_no(reply_error(work->reply, 400,
					   "an attempt is one of called, no-answer, spoke, "
					   "left-message, texted, visited"));
	}
	r = caller_line(work->body, "note", work->reply);
	if (r == 0) {
		*ret_attempt = (enum case_attempt)i;
		*ret_note = note;
	}
	return r;
}

int post_case_attempt(const struct api_host *host, const struct request *request,
		      struct reply *reply)
{
	_cleanup_(work_done) struct work work = { 0 };
	enum case_attempt attempt = CASE_CALLED;
	const char *note = NULL;
	int r = begin(&work, host, request, reply);

	r = r ? r : read_attempt(&work, &attempt, &note);
	r = r ? r : db_begin(work.db);
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	r = cases_attempt(work.db, work.id, work.user, attempt, note, clock_now(host->clock));
	return finish(&work, r, "attempt", case_attempt_words[attempt]);
}

/* Somebody has looked into it, so her number is tried again. */
static int release_number(const struct work *work, hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	int r = cases_get(work->db, work->id, &rows);

	if (r != 0) {
		return r;
	}

	cases_read(&rows, &row);
	return row.reason == CASE_UNDELIVERABLE ? reach_again(work->db, row.client, now) : 0;
}

int post_case_close(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(work_done) struct work work = { 0 };
	hf_time now;
	int r = begin(&work, host, request, reply);

	r = r ? r : caller_why(work.body, true, reply, &work.why);
	r = r ? r : db_begin(work.db);
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	now = clock_now(host->clock);
	r = cases_close(work.db, work.id, work.user, work.why, now);
	r = r ? r : release_number(&work, now);
	return finish(&work, r, "close", "");
}
