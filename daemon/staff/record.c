/*
 * Lists about one client.
 *
 * Promises: a number is shown only where numbers were asked for, and who asked
 * is on record.
 */
#include "staff/record.h"

#include <errno.h>
#include <string.h>

#include "store/audit.h"
#include "store/people.h"
#include "store/situation.h"

/* NULL where the reply says that there is none; *ret_answer is then the route's. */
static const struct client *find(const struct api_host *host, const struct request *request,
				 struct reply *reply, int *ret_answer)
{
	const struct client *client = model_client(service_model(host->service), request->id);

	if (!client) {
		*ret_answer = reply_error(reply, 404, "no client %s; see holdfastctl clients",
					  request->id);
	}
	return client;
}

/* --- consent ------------------------------------------------------------------- */

static struct json *new_entry(const struct db_rows *rows, const struct zone *zone)
{
	_cleanup_(json_freep) struct json *object = json_new_object();

	if (!object || json_put_time(object, "at", db_int(rows, 0), zone) != 0 ||
	    json_put_text(object, "consent", consent_words[db_int(rows, 1)]) != 0 ||
	    json_put_text(object, "source", db_text(rows, 2)) != 0 ||
	    json_put_text(object, "by", db_text(rows, 3)) != 0 ||
	    json_put_time(object, "recorded", db_int(rows, 4), zone) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

int record_consent(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) struct json *array = json_new_array();
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = 0;
	const struct client *client = find(host, request, reply, &r);

	if (!client) {
		return r;
	}

	r = array ? people_ledger(service_db(host->service), client->id, &rows) : -ENOMEM;
	while (r == 0 && db_next(&rows)) {
		r = json_add(array, new_entry(&rows, client->zone));
	}
	r = r ? r : rows.error;
	return r < 0 ? r : reply_with(reply, 200, take_ptr(array));
}

/* --- numbers ------------------------------------------------------------------- */

static struct json *new_number(const struct db_rows *rows, const struct situation *situation,
			       const struct zone *zone)
{
	_cleanup_(json_freep) struct json *object = json_new_object();
	bool present = db_int(rows, 2) == 0;
	bool suspended = present && strcmp(situation->phone, db_text(rows, 0)) == 0;

	if (!object || json_put_text(object, "number", db_text(rows, 0)) != 0 ||
	    json_put_time(object, "since", db_int(rows, 1), zone) != 0 ||
	    json_put_time(object, "until", db_int(rows, 2), zone) != 0 ||
	    json_put_time(object, "suspended", suspended ? situation->suspended : 0, zone) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

static int gather_numbers(const struct api_host *host, const struct client *client,
			  struct json *array)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db *db = service_db(host->service);
	struct situation situation;
	int r = situation_get(db, client->id, &situation);

	r = r ? r : numbers_of(db, client->id, &rows);
	while (r == 0 && db_next(&rows)) {
		r = json_add(array, new_number(&rows, &situation, client->zone));
	}
	return r ? r : rows.error;
}

int record_number(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) struct json *array = json_new_array();
	int r = 0;
	const struct client *client = find(host, request, reply, &r);

	if (!client) {
		return r;
	}

	r = array ? caller_audit(host, request,
				 &(struct caller_act){ .verb = AUDIT_READ,
						       .client = client->id,
						       .detail = "numbers" })
		  : -ENOMEM;
	r = r ? r : gather_numbers(host, client, array);
	return r < 0 ? r : reply_with(reply, 200, take_ptr(array));
}
