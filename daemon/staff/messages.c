/*
 * Texts as staff ask for them.
 *
 * Promises: a list holds handles and states, and texts only where they were
 * asked for; no answer holds a name or a number.
 */
#include "staff/routes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "store/audit.h"
#include "store/outbox.h"
#include "engine/settlement.h"

/* --- the list ----------------------------------------------------------- */

/* The time of each state that it has been in: "claimed", "accepted" ...; "due" is when it should
 * go out, whatever its states. */
static int put_states(json_t *object, struct db *db, int64_t id, const struct zone *zone)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r;

	r = outbox_history(db, id, &rows);
	while (r == 0 && db_next(&rows)) {
		const char *state = db_text(&rows, 1);

		if (state && strcmp(state, outbox_state_words[OUTBOX_DUE]) != 0) {
			r = json_put(object, state, json_time(db_int(&rows, 0), zone));
		}
	}
	return r ? r : rows.error;
}

static json_t *new_message(const struct outbox_message *row, const struct zone *zone)
{
	return JSON_OBJECT({
		{ "id", json_integer(row->id) },
		{ "client", json_or_null(row->client) },
		{ "kind", json_string(kind_words[row->kind]) },
		{ "reminder", json_or_null(row->reminder) },
		{ "lead", json_or_null(row->lead) },
		{ "occurrence", json_time(row->occurrence, zone) },
		{ "due", json_time(row->due, zone) },
		{ "state", json_string(outbox_state_words[row->state]) },
		{ "reason", json_or_null(row->reason) },
		{ "gateway", json_or_null(row->gateway) },
		{ "gateway_id", json_or_null(row->gateway_id) },
		{ "segments", json_integer(row->segments) },
		{ "attempts", json_integer(row->attempts) },
	});
}

static int add_message(json_t *array, const struct api_host *host, int64_t id, bool text)
{
	_cleanup_(json_freep) json_t *object = NULL;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db *db = engine_db(host->engine);
	struct outbox_message row;
	const struct zone *zone;
	int r;

	r = outbox_get(db, id, &rows);
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	outbox_read(&rows, &row);
	zone = client_zone(engine_model(host->engine), row.client);
	object = new_message(&row, zone);
	if (text) {
		r = json_put(object, "text", json_or_null(row.text));
	}
	r = r ? r : put_states(object, db, id, zone);
	return r ? r : json_add(array, take_ptr(object));
}

static int read_state(const char *word, int *ret_state)
{
	if (!word) {
		*ret_state = -1;
		return 0;
	}
	for (int i = 0; outbox_state_words[i]; i++) {
		if (strcmp(word, outbox_state_words[i]) == 0) {
			*ret_state = i;
			return 0;
		}
	}
	return -EINVAL;
}

static int read_search(const struct api_host *host, const struct request *request,
		       struct reply *reply, struct outbox_search *ret_search)
{
	struct outbox_search search = { .client = request_find(request, "client"),
					.since = INT64_MIN };
	int r;

	if (read_state(request_find(request, "state"), &search.state) < 0) {
		return reply_error(
			reply, 400,
			"no such state; one of due, deferred, claimed, unknown, accepted, "
			"sent, delivered, undelivered, failed, expired, cancelled");
	}
	r = request_since(host, request, reply, &search.since);
	if (r == 0) {
		*ret_search = search;
	}
	return r;
}

int messages_note_reading(const struct api_host *host, const struct request *request,
			  const char *client, const int64_t *ids, size_t count)
{
	char detail[64];
	const struct caller_act act = { .verb = AUDIT_READ, .client = client, .detail = detail };

	if (count == 0 || !request_flag(request, "text")) {
		return 0;
	}

	(void)snprintf(detail, sizeof(detail), "texts %" PRId64 " to %" PRId64, ids[0],
		       ids[count - 1]);
	return caller_audit(host, request, &act);
}

int get_messages(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *array = json_array();
	_cleanup_free_ int64_t *ids = calloc(OUTBOX_PAGE_MAX, sizeof(*ids));
	struct outbox_search search;
	int64_t limit, after;
	size_t count = 0;
	int r;

	if (request_number(request, "limit", OUTBOX_PAGE_MAX, OUTBOX_PAGE_MAX, &limit) < 0 ||
	    request_number(request, "after", 0, INT64_MAX, &after) < 0) {
		return reply_error(reply, 400, "limit is a number from 1 to %d, after an id",
				   OUTBOX_PAGE_MAX);
	}
	r = ids && array ? read_search(host, request, reply, &search) : -ENOMEM;
	r = r ? r
	      : outbox_page(engine_db(host->engine), &search, after, (size_t)limit, ids, &count);
	r = r ? r : messages_note_reading(host, request, search.client, ids, count);
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = add_message(array, host, ids[i], request_flag(request, "text"));
	}
	return r ? r : reply_with(reply, 200, take_ptr(array));
}

/* --- one text ------------------------------------------------------------ */

static int find_message(const struct api_host *host, const struct request *request,
			struct reply *reply, int64_t *ret_id, const struct zone **ret_zone)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int64_t id = request_row(request);
	int r = outbox_get(engine_db(host->engine), id, &rows);

	if (r == OUTBOX_E_NONE) {
		return reply_error(reply, 404, "no text %s; see holdfastctl messages", request->id);
	}
	if (r != 0) {
		return r;
	}

	outbox_read(&rows, &row);
	*ret_id = id;
	*ret_zone = client_zone(engine_model(host->engine), row.client);
	return 0;
}

/* --- what became of it ----------------------------------------------------------------- */

static int read_settlement(const json_t *body, struct reply *reply, enum settlement *ret_settlement)
{
	const char *word = json_text(body, "as");

	for (int i = 0; word && settlement_words[i]; i++) {
		if (strcmp(word, settlement_words[i]) == 0) {
			*ret_settlement = (enum settlement)i;
			return 0;
		}
	}
	return reply_error(reply, 400, "say {\"as\": \"sent\"}, \"again\" or \"drop\"");
}

static int refuse_settlement(const struct request *request, struct reply *reply, int answer)
{
	if (answer == SETTLEMENT_E_LATE) {
		return reply_error(
			reply, 409,
			"it is too late to send text %s again; drop it, and call or write "
			"what is still true",
			request->id);
	}
	return reply_error(reply, 409,
			   "what became of text %s is known, or a courier has it still; see "
			   "holdfastctl why %s",
			   request->id, request->id);
}

static int settle(const struct api_host *host, const struct request *request, int64_t id,
		  enum settlement settlement, const char *why)
{
	struct engine_context ctx = engine_context_at(host->engine, clock_now(host->clock));
	_cleanup_rows_ struct db_rows rows = { 0 };
	char detail[64], by[CALLER_NAME_MAX];
	struct caller_act act = { .verb = "settle", .detail = detail, .why = why };
	struct outbox_message row;
	int r = db_begin(ctx.db);

	if (r != 0) {
		return r;
	}

	caller_name(request->uid, by);
	(void)snprintf(detail, sizeof(detail), "text %" PRId64 ": %s", id,
		       settlement_words[settlement]);
	r = settlement_make(&ctx, id, settlement, by);
	r = r ? r : outbox_get(ctx.db, id, &rows);
	if (r == 0) {
		outbox_read(&rows, &row);
		act.client = row.client;
		r = caller_audit(host, request, &act);
	}
	r = db_end_answered(ctx.db, r);
	settlement_over(&ctx, r);
	return r;
}

int post_message_settle(const struct api_host *host, const struct request *request,
			struct reply *reply)
{
	_cleanup_(json_freep) json_t *body = NULL, *array = json_array();
	enum settlement settlement = SETTLEMENT_DROP;
	const struct zone *zone = NULL;
	const char *why = NULL;
	int64_t id = 0;
	int r = array ? request_json(request, reply, &body) : -ENOMEM;

	r = r ? r : find_message(host, request, reply, &id, &zone);
	r = r ? r : read_settlement(body, reply, &settlement);
	r = r ? r : caller_why(body, true, reply, &why);
	if (r != 0) {
		return r;
	}

	r = settle(host, request, id, settlement, why);
	if (r != 0) {
		return r < 0 ? r : refuse_settlement(request, reply, r);
	}

	log_notice("text %" PRId64 " settled as %s by uid=%u", id, settlement_words[settlement],
		   (unsigned)request->uid);
	host->changed(host->userdata);
	r = add_message(array, host, id, false);
	return r ? r : reply_with(reply, 200, json_incref(json_array_get(array, 0)));
}

static json_t *new_event(const struct db_rows *rows, const struct zone *zone)
{
	return JSON_OBJECT({
		{ "at", json_time(db_int(rows, 0), zone) },
		{ "event", json_or_null(db_text(rows, 1)) },
		{ "detail", json_or_null(db_text(rows, 2)) },
	});
}

int get_message_history(const struct api_host *host, const struct request *request,
			struct reply *reply)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	const struct zone *zone = NULL;
	json_t *events = NULL;
	int64_t id = 0;
	int r = find_message(host, request, reply, &id, &zone);

	r = r ? r : outbox_history(engine_db(host->engine), id, &rows);
	r = r ? r : json_rows(&rows, new_event, zone, &events);
	return r ? r : reply_with(reply, 200, events);
}
