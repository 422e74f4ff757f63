/*
 * Clients as staff ask for them.
 *
 * Promises: a handle, a plan and days, but no name and no number unless the
 * question asks for names; days are days where the client lives.
 */
#include "staff/clients.h"

#include <errno.h>
#include <string.h>

#include "store/search.h"
#include "staff/bearing.h"
#include "staff/standing.h"

#define AHEAD_DAYS 30
#define AHEAD_MAX  10
#define LAST_DAYS  30
#define LAST_MAX   5

static int put_day(struct json *object, const struct client *client, const struct civil *today)
{
	if (client->start.year == 0) {
		return json_put_text(object, "day", NULL);
	}
	return json_put_int(object, "day",
			    civil_to_days(today) - civil_to_days(&client->start) + 1);
}

static int put_client(struct json *object, const struct api_host *host, const struct client *client,
		      bool names)
{
	struct civil today = zone_civil(client->zone, clock_now(host->clock));
	int r;

	if (json_put_text(object, "id", client->id) != 0 ||
	    json_put_text(object, "plan", client->plan_id) != 0 ||
	    put_day(object, client, &today) != 0) {
		return -ENOMEM;
	}
	r = standing_put(object, host, client);
	if (r < 0) {
		return r;
	}
	if (json_put_text(object, "counselor", client->counselor) != 0 ||
	    json_put_text(object, "language", client->language) != 0 ||
	    json_put_text(object, "timezone", zone_name(client->zone)) != 0) {
		return -ENOMEM;
	}
	if (names && (json_put_text(object, "name", client->name) != 0 ||
		      json_put_text(object, "phone", client->phone) != 0)) {
		return -ENOMEM;
	}
	return 0;
}

int clients_list(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) struct json *array = json_new_array();
	const struct model *model = service_model(host->service);
	const char *after = request_find(request, "after");
	bool names = request_flag(request, "names");
	size_t i = after ? model_after(model, after) : 0;
	int64_t limit;
	int r;

	r = request_number(request, "limit", CLIENTS_PAGE_MAX, CLIENTS_PAGE_MAX, &limit);
	if (r < 0) {
		return reply_error(reply, 400, "limit is a number from 1 to %d", CLIENTS_PAGE_MAX);
	}

	for (; i < model->client_count && limit > 0; i++, limit--) {
		_cleanup_(json_freep) struct json *object = json_new_object();

		r = object ? put_client(object, host, &model->clients[i], names) : -ENOMEM;
		if (r < 0) {
			return r;
		}
		r = json_add(array, take_ptr(object));
		if (r < 0) {
			return r;
		}
	}
	return reply_with(reply, 200, take_ptr(array));
}

/* What is put together while rows go by. */
struct gathering {
	struct json *array;
	const struct zone *zone;
	int error;
};

static int put_row(struct json *object, const struct outbox_message *row, const struct zone *zone)
{
	if (json_put_text(object, "kind", kind_words[row->kind]) != 0 ||
	    json_put_text(object, "reminder", row->reminder) != 0 ||
	    json_put_text(object, "lead", row->lead) != 0 ||
	    json_put_time(object, "occurrence", row->occurrence, zone) != 0 ||
	    json_put_time(object, "due", row->due, zone) != 0) {
		return -ENOMEM;
	}
	return 0;
}

static void gather(void *userdata, const struct outbox_message *row)
{
	struct gathering *gathering = userdata;
	_cleanup_(json_freep) struct json *object = json_new_object();

	if (gathering->error == 0) {
		gathering->error = object ? put_row(object, row, gathering->zone) : -ENOMEM;
	}
	if (gathering->error == 0) {
		gathering->error = json_add(gathering->array, take_ptr(object));
	}
}

static int put_next(struct json *client_object, const struct api_host *host,
		    const struct client *client)
{
	_cleanup_(json_freep) struct json *array = json_new_array();
	struct gathering gathering = { .array = array, .zone = client->zone };
	hf_time now = clock_now(host->clock);
	int r;

	if (!array) {
		return -ENOMEM;
	}
	r = planner_ahead(service_planner(host->service), client, now, now + AHEAD_DAYS * HF_DAY,
			  AHEAD_MAX, gather, &gathering);
	if (r < 0 || gathering.error < 0) {
		return r < 0 ? r : gathering.error;
	}

	return json_put(client_object, "next", take_ptr(array));
}

static struct json *new_last(const struct outbox_message *row, const struct zone *zone)
{
	_cleanup_(json_freep) struct json *object = json_new_object();

	if (!object || json_put_int(object, "id", row->id) != 0 ||
	    put_row(object, row, zone) != 0 ||
	    json_put_text(object, "state", outbox_state_words[row->state]) != 0 ||
	    json_put_text(object, "reason", row->reason) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

static int add_last(struct json *array, struct db *db, int64_t id, const struct zone *zone)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r;

	r = outbox_get(db, id, &rows);
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	outbox_read(&rows, &row);
	return json_add(array, new_last(&row, zone));
}

static int put_last(struct json *client_object, const struct api_host *host,
		    const struct client *client)
{
	_cleanup_(json_freep) struct json *array = json_new_array();
	struct search search = { .client = client->id,
				 .state = -1,
				 .since = clock_now(host->clock) - LAST_DAYS * HF_DAY };
	int64_t ids[LAST_MAX];
	size_t count = 0;
	int r;

	r = array ? search_latest(service_db(host->service), &search, LAST_MAX, ids, &count)
		  : -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = add_last(array, service_db(host->service), ids[i], client->zone);
	}
	if (r < 0) {
		return r;
	}

	return json_put(client_object, "last", take_ptr(array));
}

int clients_show(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) struct json *object = json_new_object();
	const struct client *client = model_client(service_model(host->service), request->id);
	int r;

	if (!client) {
		return reply_error(reply, 404, "no client %s; see holdfastctl clients",
				   request->id);
	}
	r = object ? put_client(object, host, client, request_flag(request, "names")) : -ENOMEM;
	if (r == 0) {
		r = json_put_text(object, "file", client->file);
	}
	if (r == 0) {
		r = json_put_int(object, "line", client->line);
	}
	if (r == 0) {
		r = standing_put_details(object, host, client);
	}
	if (r == 0) {
		r = bearing_put(object, host, client);
	}
	if (r == 0) {
		r = put_next(object, host, client);
	}
	if (r == 0) {
		r = put_last(object, host, client);
	}
	if (r < 0) {
		return r;
	}

	return reply_with(reply, 200, take_ptr(object));
}
