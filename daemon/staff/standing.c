/*
 * How a client stands, for staff.
 *
 * Promises: the state is what the permits would say today; the reasons are
 * staff's own words and go to staff only.
 */
#include "staff/standing.h"

#include <errno.h>
#include <string.h>

#include "store/audit.h"
#include "store/pauses.h"
#include "store/people.h"
#include "engine/permit.h"

#define ACTS_MAX 5

static bool day_given(const struct civil *day)
{
	return day->year != 0;
}

const char *standing_date(const struct civil *date, char buffer[STANDING_DATE_MAX])
{
	if (!day_given(date)) {
		return "further notice";
	}

	(void)snprintf(buffer, STANDING_DATE_MAX, "%04d-%02d-%02d", date->year, date->month,
		       date->day);
	return buffer;
}

static int put_date(struct json *object, const char *key, const struct civil *date)
{
	char buffer[STANDING_DATE_MAX];

	return json_put_text(object, key, day_given(date) ? standing_date(date, buffer) : NULL);
}

/* --- in one word ----------------------------------------------------------- */

/* Why texts go out to this client today, or do not. */
static const char *state_word(const struct client *client, const struct person *person,
			      const struct permit_pause *pause, const struct civil *today)
{
	if (person->consent == CONSENT_WITHDRAWN) {
		return "stopped";
	}
	if (person->consent == CONSENT_NONE && !client->consent.how) {
		return "no-consent";
	}
	if (day_given(&client->until) && civil_to_days(today) > civil_to_days(&client->until)) {
		return "ended";
	}
	if (day_given(&client->start) && civil_to_days(today) < civil_to_days(&client->start)) {
		return "not-started";
	}
	return pause->by == PAUSE_NONE ? "active" : "paused";
}

static const char *consent_word(const struct client *client, const struct person *person)
{
	if (person->consent == CONSENT_NONE && client->consent.how) {
		return consent_words[CONSENT_GIVEN];
	}
	return consent_words[person->consent];
}

int standing_put(struct json *object, const struct api_host *host, const struct client *client)
{
	struct civil today = zone_civil(client->zone, clock_now(host->clock));
	struct person person = { 0 };
	struct permit_pause pause;
	int r;

	r = people_get(service_db(host->service), client->id, &person);
	r = r ? r : permit_pause(service_db(host->service), client, &today, &pause);
	if (r < 0) {
		return r;
	}

	if (json_put_text(object, "state", state_word(client, &person, &pause, &today)) != 0 ||
	    json_put_text(object, "consent", consent_word(client, &person)) != 0) {
		return -ENOMEM;
	}
	return put_date(object, "paused_until", &pause.until);
}

/* --- by whose word ----------------------------------------------------------- */

/* {"at", "by", "why"}; NULL when memory is out. */
static struct json *new_word(hf_time at, const struct zone *zone, const char *by, const char *why)
{
	_cleanup_(json_freep) struct json *object = json_new_object();

	if (!object || json_put_time(object, "at", at, zone) != 0 ||
	    json_put_text(object, "by", by) != 0 ||
	    json_put_text(object, "why", why && *why ? why : NULL) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

static const char *why_configured(const struct client *client, const struct civil *until)
{
	for (size_t i = 0; i < client->pause_count; i++) {
		if (civil_compare(&client->pauses[i].until, until) == 0) {
			return client->pauses[i].why;
		}
	}
	return NULL;
}

static int put_pause(struct json *object, const struct api_host *host, const struct client *client)
{
	struct civil today = zone_civil(client->zone, clock_now(host->clock));
	_cleanup_(json_freep) struct json *word = NULL;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct staff_pause staff = { 0 };
	struct permit_pause pause;
	int r;

	r = permit_pause(service_db(host->service), client, &today, &pause);
	if (r < 0) {
		return r;
	}
	if (pause.by == PAUSE_NONE) {
		return json_put_text(object, "pause", NULL);
	}
	if (pause.by == PAUSE_STAFF) {
		r = pauses_get(service_db(host->service), client->id, &today, &rows);
		if (r != 0) {
			return r < 0 ? r : -EINVAL;
		}
		pauses_read(&rows, &staff);
		word = new_word(staff.at, client->zone, staff.by, staff.why);
	} else {
		word = new_word(0, client->zone, client->file,
				why_configured(client, &pause.until));
	}
	if (!word || put_date(word, "until", &pause.until) != 0) {
		return -ENOMEM;
	}
	return json_put(object, "pause", take_ptr(word));
}

static int put_stopped(struct json *object, const struct api_host *host,
		       const struct client *client)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry = { .user = "client" };
	struct person person = { 0 };
	int r;

	r = people_get(service_db(host->service), client->id, &person);
	if (r < 0) {
		return r;
	}
	if (person.consent != CONSENT_WITHDRAWN) {
		return json_put_text(object, "stopped", NULL);
	}
	if (person.by_staff) {
		r = audit_list(service_db(host->service), client->id, "stop", 1, &rows);
		if (r < 0) {
			return r;
		}
		if (db_next(&rows)) {
			audit_read(&rows, &entry);
		}
	}

	return json_put(object, "stopped",
			new_word(person.consent_at, client->zone, entry.user, entry.why));
}

static int add_act(struct json *array, const struct audit_entry *entry, const struct zone *zone)
{
	_cleanup_(json_freep) struct json *word =
		new_word(entry->at, zone, entry->user, entry->why);

	if (!word || json_put_text(word, "verb", entry->verb) != 0 ||
	    json_put_text(word, "detail", entry->detail) != 0) {
		return -ENOMEM;
	}
	return json_add(array, take_ptr(word));
}

static int put_acts(struct json *object, const struct api_host *host, const struct client *client)
{
	_cleanup_(json_freep) struct json *array = json_new_array();
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;
	int r;

	r = array ? audit_acts(service_db(host->service), client->id, ACTS_MAX, &rows) : -ENOMEM;
	while (r == 0 && db_next(&rows)) {
		audit_read(&rows, &entry);
		r = add_act(array, &entry, client->zone);
	}
	r = r ? r : rows.error;
	if (r < 0) {
		return r;
	}

	return json_put(object, "acts", take_ptr(array));
}

int standing_put_details(struct json *object, const struct api_host *host,
			 const struct client *client)
{
	int r = put_pause(object, host, client);

	r = r ? r : put_stopped(object, host, client);
	return r ? r : put_acts(object, host, client);
}
