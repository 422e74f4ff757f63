/*
 * What a counselor wants to know before she calls.
 *
 * Promises: meanings and states, never a client's words or number.
 */
#include "staff/bearing.h"

#include <errno.h>
#include <string.h>

#include "store/cases.h"
#include "store/checkins.h"
#include "store/situation.h"
#include "engine/setback.h"

#define CASES_MAX 20 /* there is one open case for each reason */

/* NULL where there is no answer. */
static const char *meaning_of(int meaning)
{
	if (meaning == CHECKIN_UNANSWERED) {
		return NULL;
	}
	return meaning == CHECKIN_UNCLEAR ? "unclear" : meaning_words[meaning];
}

static struct json *new_checkin(const struct checkin *checkin, const struct zone *zone)
{
	_cleanup_(json_freep) struct json *object = json_new_object();

	if (!object || json_put_time(object, "asked", checkin->asked, zone) != 0 ||
	    json_put_text(object, "state", checkin_state_words[checkin->state]) != 0 ||
	    json_put_text(object, "answer", meaning_of(checkin->current)) != 0 ||
	    json_put_text(object, "first", meaning_of(checkin->first)) != 0 ||
	    json_put_time(object, "answered", checkin->answered, zone) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

static int put_checkin(struct json *object, struct db *db, const struct client *client)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct checkin checkin;
	int r = checkins_list(db, client->id, 1, &rows);

	if (r != 0) {
		return r;
	}
	if (!db_next(&rows)) {
		return rows.error ? rows.error : json_put_text(object, "checkin", NULL);
	}

	checkins_read(&rows, &checkin);
	return json_put(object, "checkin", new_checkin(&checkin, client->zone));
}

static struct json *new_case(const struct case_row *row, const struct zone *zone)
{
	_cleanup_(json_freep) struct json *object = json_new_object();

	if (!object || json_put_int(object, "case", row->id) != 0 ||
	    json_put_text(object, "reason", case_reason_words[row->reason]) != 0 ||
	    json_put_text(object, "urgency", case_urgency_words[row->urgency]) != 0 ||
	    json_put_text(object, "state", case_state_words[row->state]) != 0 ||
	    json_put_time(object, "opened", row->opened, zone) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

static int put_cases(struct json *object, struct db *db, const struct client *client)
{
	_cleanup_(json_freep) struct json *array = json_new_array();
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = array ? cases_list(db, client->id, true, CASES_MAX, &rows) : -ENOMEM;

	while (r == 0 && db_next(&rows)) {
		struct case_row row;

		cases_read(&rows, &row);
		r = json_add(array, new_case(&row, client->zone));
	}
	r = r ? r : rows.error;
	return r ? r : json_put(object, "cases", take_ptr(array));
}

static int put_situation(struct json *object, struct db *db, const struct client *client,
			 hf_time now)
{
	struct situation situation;
	int r = situation_get(db, client->id, &situation);
	bool stands, talks, suspended;

	if (r != 0) {
		return r;
	}

	stands = setback_stands(client, situation.setback);
	talks = situation.talking > now;
	suspended = situation.suspended && strcmp(situation.phone, client->phone) == 0;
	r = json_put_time(object, "setback", stands ? situation.setback : 0, client->zone);
	r = r ? r
	      : json_put_time(object, "conversation", talks ? situation.talking : 0, client->zone);
	return r ? r
		 : json_put_time(object, "suspended", suspended ? situation.suspended : 0,
				 client->zone);
}

int bearing_put(struct json *object, const struct api_host *host, const struct client *client)
{
	struct db *db = service_db(host->service);
	int r = put_checkin(object, db, client);

	r = r ? r : put_cases(object, db, client);
	return r ? r : put_situation(object, db, client, clock_now(host->clock));
}
