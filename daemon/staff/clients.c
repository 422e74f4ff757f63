/*
 * Clients as staff ask for them: the list, and one client with how she stands,
 * by whose word, what she last answered, what is open about her, what comes next
 * and what came last.
 *
 * Promises: a handle, a plan and days, but no name and no number unless the
 * question asks for names or numbers, and whoever asks for numbers is on record;
 * meanings and states, never a client's words; days are days where the client
 * lives.  The state is what the permits would say today;
 * the reasons are staff's own words and go to staff only.
 */
#include "staff/routes.h"

#include <errno.h>
#include <string.h>

#include "store/audit.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/outbox.h"
#include "store/pauses.h"
#include "store/people.h"
#include "engine/permit.h"
#include "engine/setback.h"

#define CLIENTS_PAGE_MAX 1000 /* of one answer; ?after=ID gives the next page */
#define AHEAD_DAYS       30
#define AHEAD_MAX        10
#define LAST_DAYS        30
#define LAST_MAX         5
#define ACTS_MAX         5
#define CASES_MAX        20 /* there is one open case for each reason */

static bool day_given(const struct civil *day)
{
	return day->year != 0;
}

const char *until_words(const struct civil *date, char buffer[UNTIL_WORDS_MAX])
{
	if (!day_given(date)) {
		return "further notice";
	}

	(void)snprintf(buffer, UNTIL_WORDS_MAX, "%04d-%02d-%02d", date->year, date->month,
		       date->day);
	return buffer;
}

static int put_date(json_t *object, const char *key, const struct civil *date)
{
	char buffer[UNTIL_WORDS_MAX];

	return json_put_text(object, key, day_given(date) ? until_words(date, buffer) : NULL);
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

int client_status_put(json_t *object, const struct api_host *host, const struct client *client)
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
static json_t *new_word(hf_time at, const struct zone *zone, const char *by, const char *why)
{
	_cleanup_(json_freep) json_t *object = json_new_object();

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

static int put_pause(json_t *object, const struct api_host *host, const struct client *client)
{
	struct civil today = zone_civil(client->zone, clock_now(host->clock));
	_cleanup_(json_freep) json_t *word = NULL;
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

static int put_stopped(json_t *object, const struct api_host *host, const struct client *client)
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

static int add_act(json_t *array, const struct audit_entry *entry, const struct zone *zone)
{
	_cleanup_(json_freep) json_t *word = new_word(entry->at, zone, entry->user, entry->why);

	if (!word || json_put_text(word, "verb", entry->verb) != 0 ||
	    json_put_text(word, "detail", entry->detail) != 0) {
		return -ENOMEM;
	}
	return json_add(array, take_ptr(word));
}

static int put_acts(json_t *object, const struct api_host *host, const struct client *client)
{
	_cleanup_(json_freep) json_t *array = json_new_array();
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

static int put_details(json_t *object, const struct api_host *host, const struct client *client)
{
	int r = put_pause(object, host, client);

	r = r ? r : put_stopped(object, host, client);
	return r ? r : put_acts(object, host, client);
}

/* --- what she last answered, and what is open about her -------------------- */

/* NULL where there is no answer. */
static const char *meaning_of(int meaning)
{
	if (meaning == CHECKIN_UNANSWERED) {
		return NULL;
	}
	return meaning == CHECKIN_UNCLEAR ? "unclear" : meaning_words[meaning];
}

static json_t *new_checkin(const struct checkin *checkin, const struct zone *zone)
{
	_cleanup_(json_freep) json_t *object = json_new_object();

	if (!object || json_put_time(object, "asked", checkin->asked, zone) != 0 ||
	    json_put_text(object, "state", checkin_state_words[checkin->state]) != 0 ||
	    json_put_text(object, "answer", meaning_of(checkin->current)) != 0 ||
	    json_put_text(object, "first", meaning_of(checkin->first)) != 0 ||
	    json_put_time(object, "answered", checkin->answered, zone) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

static int put_checkin(json_t *object, struct db *db, const struct client *client)
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

static json_t *new_case(const struct case_row *row, const struct zone *zone)
{
	_cleanup_(json_freep) json_t *object = json_new_object();

	if (!object || json_put_int(object, "case", row->id) != 0 ||
	    json_put_text(object, "reason", case_reason_words[row->reason]) != 0 ||
	    json_put_text(object, "urgency", case_urgency_words[row->urgency]) != 0 ||
	    json_put_text(object, "state", case_state_words[row->state]) != 0 ||
	    json_put_time(object, "opened", row->opened, zone) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

static int put_cases(json_t *object, struct db *db, const struct client *client)
{
	_cleanup_(json_freep) json_t *array = json_new_array();
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

static int put_situation(json_t *object, struct db *db, const struct client *client, hf_time now)
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

static int put_bearing(json_t *object, const struct api_host *host, const struct client *client)
{
	struct db *db = service_db(host->service);
	int r = put_checkin(object, db, client);

	r = r ? r : put_cases(object, db, client);
	return r ? r : put_situation(object, db, client, clock_now(host->clock));
}

/* --- the routes ------------------------------------------------------------ */

static int put_day(json_t *object, const struct client *client, const struct civil *today)
{
	if (client->start.year == 0) {
		return json_put_text(object, "day", NULL);
	}
	return json_put_int(object, "day",
			    civil_to_days(today) - civil_to_days(&client->start) + 1);
}

static int put_client(json_t *object, const struct api_host *host, const struct client *client,
		      bool names)
{
	struct civil today = zone_civil(client->zone, clock_now(host->clock));
	int r;

	if (json_put_text(object, "id", client->id) != 0 ||
	    json_put_text(object, "plan", client->plan_id) != 0 ||
	    put_day(object, client, &today) != 0) {
		return -ENOMEM;
	}
	r = client_status_put(object, host, client);
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

int get_clients(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *array = json_new_array();
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
		_cleanup_(json_freep) json_t *object = json_new_object();

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
	json_t *array;
	const struct zone *zone;
	int error;
};

static int put_row(json_t *object, const struct outbox_message *row, const struct zone *zone)
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
	_cleanup_(json_freep) json_t *object = json_new_object();

	if (gathering->error == 0) {
		gathering->error = object ? put_row(object, row, gathering->zone) : -ENOMEM;
	}
	if (gathering->error == 0) {
		gathering->error = json_add(gathering->array, take_ptr(object));
	}
}

static int put_next(json_t *client_object, const struct api_host *host, const struct client *client)
{
	_cleanup_(json_freep) json_t *array = json_new_array();
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

static json_t *new_last(const struct outbox_message *row, const struct zone *zone)
{
	_cleanup_(json_freep) json_t *object = json_new_object();

	if (!object || json_put_int(object, "id", row->id) != 0 ||
	    put_row(object, row, zone) != 0 ||
	    json_put_text(object, "state", outbox_state_words[row->state]) != 0 ||
	    json_put_text(object, "reason", row->reason) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

static int add_last(json_t *array, struct db *db, int64_t id, const struct zone *zone)
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

static int put_last(json_t *client_object, const struct api_host *host, const struct client *client)
{
	_cleanup_(json_freep) json_t *array = json_new_array();
	struct outbox_search search = { .client = client->id,
					.state = -1,
					.since = clock_now(host->clock) - LAST_DAYS * HF_DAY };
	int64_t ids[LAST_MAX];
	size_t count = 0;
	int r;

	r = array ? outbox_latest(service_db(host->service), &search, LAST_MAX, ids, &count)
		  : -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = add_last(array, service_db(host->service), ids[i], client->zone);
	}
	if (r < 0) {
		return r;
	}

	return json_put(client_object, "last", take_ptr(array));
}

int get_client(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *object = json_new_object();
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
		r = put_details(object, host, client);
	}
	if (r == 0) {
		r = put_bearing(object, host, client);
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

/* NULL where the reply says that there is none; *ret_answer is then the route's. */
static const struct client *find_client(const struct api_host *host, const struct request *request,
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

static json_t *new_entry(const struct db_rows *rows, const struct zone *zone)
{
	_cleanup_(json_freep) json_t *object = json_new_object();

	if (!object || json_put_time(object, "at", db_int(rows, 0), zone) != 0 ||
	    json_put_text(object, "consent", consent_words[db_int(rows, 1)]) != 0 ||
	    json_put_text(object, "source", db_text(rows, 2)) != 0 ||
	    json_put_text(object, "by", db_text(rows, 3)) != 0 ||
	    json_put_time(object, "recorded", db_int(rows, 4), zone) != 0) {
		return NULL;
	}
	return take_ptr(object);
}

int get_consent(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *array = json_new_array();
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = 0;
	const struct client *client = find_client(host, request, reply, &r);

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

static json_t *new_number(const struct db_rows *rows, const struct situation *situation,
			  const struct zone *zone)
{
	_cleanup_(json_freep) json_t *object = json_new_object();
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

static int gather_numbers(const struct api_host *host, const struct client *client, json_t *array)
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

int get_number(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *array = json_new_array();
	int r = 0;
	const struct client *client = find_client(host, request, reply, &r);

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
