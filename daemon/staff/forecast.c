/*
 * A preview of the running snapshot, in answers that are never long in making.
 *
 * Promises: the rows are those of preview, on a store of its own, so that
 * nothing is written and nothing logged.  Dangerous: the loop stands still
 * meanwhile, and every text waits; so an answer takes clients in small batches
 * until it has used its time, and whoever wants all asks again from there.
 */
#include "staff/forecast.h"

#include <errno.h>

#include "lib/zone.h"
#include "store/people.h"
#include "engine/permit.h"
#include "staff/routes.h"

#define CLIENTS_MAX 200            /* of one answer, which may have fewer: then it says `next` */
#define AHEAD_MAX   (366 * HF_DAY) /* the first day, from now: finding it takes time */
#define AHEAD_DAYS  14
#define BATCH       16                        /* clients that are previewed together */
#define ANSWER_TIME (20 * (HF_SECOND / 1000)) /* then no further batch is begun */
#define BEHIND_MAX  HF_DAY /* a second question may come a little after the first */

/* --- one row ------------------------------------------------------------------ */

json_t *forecast_new_row(const struct preview_row *row)
{
	const struct zone *zone = row->client ? row->client->zone : zone_utc();

	return JSON_OBJECT({
		{ "client", json_or_null(row->row->client) },
		{ "kind", json_string(kind_words[row->row->kind]) },
		{ "reminder", json_or_null(row->row->reminder) },
		{ "lead", json_or_null(row->row->lead) },
		{ "occurrence", json_time(row->row->occurrence, zone) },
		{ "due", json_time(row->goes, zone) },
		{ "planned", json_time(row->row->due, zone) },
		{ "message", json_or_null(row->message) },
		{ "text", json_or_null(row->text) },
		{ "segments", json_integer(row->segments) },
		{ "encoding", json_or_null(row->text ? text_encoding_word(row->encoding) : NULL) },
		{ "send", json_boolean(row->send) },
		{ "reason", json_or_null(row->reason) },
	});
}

/* --- a batch of clients ----------------------------------------------------------- */

struct batch {
	const struct client *first;
	json_t *rows[BATCH]; /* an array for each client */
};

static void batch_done(struct batch *batch)
{
	for (size_t i = 0; i < BATCH; i++) {
		batch->rows[i] = json_free(batch->rows[i]);
	}
}

static int on_row(void *userdata, const struct preview_row *row)
{
	struct batch *batch = userdata;

	return json_add(batch->rows[row->client - batch->first], forecast_new_row(row));
}

/* What keeps her texts from going now, and since when no longer; the preview knows neither. */
static int put_halts(json_t *object, const struct api_host *host, const struct client *client)
{
	struct db *db = engine_db(host->engine);
	struct civil today = zone_civil(client->zone, clock_now(host->clock));
	struct permit_pause pause = { 0 };
	struct person person = { 0 };
	hf_time resumes = HF_NEVER;
	bool paused;
	int r;

	r = people_get(db, client->id, &person);
	r = r ? r : permit_pause(db, client, &today, &pause);
	if (r < 0) {
		return r;
	}

	paused = pause.by == PAUSE_STAFF;
	if (paused && pause.until.year != 0) {
		resumes = zone_midnight(client->zone, civil_to_days(&pause.until) + 1);
	}
	return json_merge(object,
			  JSON_OBJECT({
				  { "stopped", json_boolean(person.consent == CONSENT_WITHDRAWN) },
				  { "paused", json_boolean(paused) },
				  { "resumes", json_time(resumes, client->zone) },
			  }));
}

static json_t *new_gone(const struct db_rows *rows, const struct zone *zone)
{
	struct outbox_message row;

	outbox_read(rows, &row);
	return JSON_OBJECT({
		{ "kind", json_string(kind_words[row.kind]) },
		{ "reminder", json_or_null(row.reminder) },
		{ "lead", json_or_null(row.lead) },
		{ "occurrence", json_time(row.occurrence, zone) },
		{ "due", json_time(row.claimed, zone) },
		{ "planned", json_time(row.due, zone) },
	});
}

/* What has gone out today, where she is: it does not go again at another time. */
static int put_gone(json_t *object, const struct api_host *host, const struct client *client)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t today = zone_day(client->zone, clock_now(host->clock));
	json_t *gone = NULL;
	int r;

	r = outbox_gone_since(engine_db(host->engine), client->id,
			      zone_midnight(client->zone, today), &rows);
	r = r ? r : json_rows(&rows, new_gone, client->zone, &gone);
	return r ? r : json_put(object, "gone", gone);
}

/* Takes the rows. */
static int add_client(json_t *clients, const struct api_host *host, const struct client *client,
		      json_t *rows)
{
	_cleanup_(json_freep) json_t *owned = rows;
	_cleanup_(json_freep) json_t *object = JSON_OBJECT({
		{ "client", json_string(client->id) },
		{ "timezone", json_string(zone_name(client->zone)) },
	});
	int r = put_halts(object, host, client);

	r = r ? r : put_gone(object, host, client);
	r = r ? r : json_put(object, "rows", take_ptr(owned));
	return r ? r : json_add(clients, take_ptr(object));
}

static int add_batch(json_t *clients, const struct api_host *host, size_t first, size_t count,
		     hf_time from, hf_time until)
{
	const struct model *model = engine_model(host->engine);
	const struct preview_of of = {
		.model = model, .first = first, .count = count, .from = from, .until = until
	};
	_cleanup_(batch_done) struct batch batch = { .first = &model->clients[first] };
	int r = 0;

	for (size_t i = 0; i < count; i++) {
		batch.rows[i] = json_array();
		r = batch.rows[i] ? r : -ENOMEM;
	}
	if (r == 0) {
		r = preview(&of, on_row, &batch);
	}
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = add_client(clients, host, &model->clients[first + i], take_ptr(batch.rows[i]));
	}
	return r;
}

/* --- the answer ------------------------------------------------------------------- */

struct stretch {
	hf_time from, until;
	size_t first;
	int64_t limit;
};

/* The next, for what is due in this one may have gone. */
static hf_time whole_seconds(hf_time at)
{
	return at + HF_SECOND - 1 - (at + HF_SECOND - 1) % HF_SECOND;
}

/* NULL, or what is wrong in words. */
static const char *read_stretch(const struct api_host *host, const struct request *request,
				struct stretch *stretch)
{
	const struct model *model = engine_model(host->engine);
	const char *from = request_find(request, "from"), *after;
	hf_time now = clock_now(host->clock);
	int64_t days;

	stretch->from = whole_seconds(now);
	if (from && zone_parse(model->site.zone, from, &stretch->from) < 0) {
		return "from is a time, 2026-11-23 or RFC 3339";
	}
	if (stretch->from < now - BEHIND_MAX || stretch->from > now + AHEAD_MAX) {
		return "from is a time of the next 366 days";
	}

	if (request_number(request, "days", AHEAD_DAYS, FORECAST_DAYS_MAX, &days) < 0) {
		return "days is a number from 1 to 31";
	}
	if (request_number(request, "limit", CLIENTS_MAX, CLIENTS_MAX, &stretch->limit) < 0) {
		return "limit is a number from 1 to 200";
	}

	/* Whole days, so that a text which is moved within its day does not move out of sight. */
	stretch->until = zone_midnight(model->site.zone,
				       zone_day(model->site.zone, stretch->from) + days + 1);
	after = request_find(request, "after");
	stretch->first = after ? model_after(model, after) : 0;
	return NULL;
}

static size_t size_min(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* *ret_end is the index after the last client that is in it. */
static int add_clients(json_t *clients, const struct api_host *host, const struct stretch *stretch,
		       size_t *ret_end)
{
	size_t total = engine_model(host->engine)->client_count;
	size_t at = stretch->first, end = size_min(total, at + (size_t)stretch->limit);
	hf_time enough = clock_monotonic() + ANSWER_TIME;

	while (at < end) {
		size_t count = size_min(end - at, BATCH);
		int r = add_batch(clients, host, at, count, stretch->from, stretch->until);

		if (r < 0) {
			return r;
		}
		at += count;
		if (clock_monotonic() >= enough) {
			break;
		}
	}

	*ret_end = at;
	return 0;
}

int get_preview(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *clients = json_array();
	const struct model *model = engine_model(host->engine);
	const struct zone *zone = model->site.zone;
	struct stretch stretch = { 0 };
	const char *wrong = read_stretch(host, request, &stretch);
	const char *error = "";
	hf_time reloaded = 0;
	size_t end = 0;
	int r;

	if (wrong) {
		return reply_error(reply, 400, "%s", wrong);
	}

	r = add_clients(clients, host, &stretch, &end);
	if (r < 0) {
		return r;
	}
	host->last_reload(host->userdata, &reloaded, &error);
	return reply_with(reply, 200,
			  JSON_OBJECT({
				  { "from", json_time(stretch.from, zone) },
				  { "until", json_time(stretch.until, zone) },
				  { "reloaded", json_time(reloaded, zone) },
				  { "clients", take_ptr(clients) },
				  { "next", json_or_null(end < model->client_count
								 ? model->clients[end - 1].id
								 : NULL) },
			  }));
}
