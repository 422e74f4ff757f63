/*
 * Clients as staff ask for them: the list, and one client with how she stands,
 * by whose word, what she last answered, what is open about her, what comes next
 * and what came last.
 *
 * Promises: a handle, a plan and days, but no name and no number unless the
 * question asks for names or numbers, and whoever asks for numbers is on record;
 * meanings and states, never a client's words; days are days where the client
 * lives.  The state is what the permits would say today; the reasons are staff's own
 * words and go to staff only.
 */
#include "staff/routes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/audit.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/outbox.h"
#include "store/pauses.h"
#include "store/people.h"
#include "engine/permit.h"
#include "engine/preview.h"
#include "engine/setback.h"

#define CLIENTS_PAGE_MAX 1000 /* of one answer; ?after=ID gives the next page */
#define AHEAD_DAYS       30
#define AHEAD_MAX        10
#define LAST_DAYS        30
#define KEPT_DAYS        28
#define LAST_MAX         5
#define ACTS_MAX         5
#define CASES_MAX        20 /* there is one open case for each reason */

static bool day_given(const struct civil *day)
{
	return day->year != 0;
}

const char *client_until_words(const struct civil *date, char buffer[UNTIL_WORDS_MAX])
{
	if (!day_given(date)) {
		return "further notice";
	}

	(void)snprintf(buffer, UNTIL_WORDS_MAX, "%04d-%02d-%02d", date->year, date->month,
		       date->day);
	return buffer;
}

const struct zone *client_zone(const struct model *model, const char *id)
{
	const struct client *client = id ? model_client(model, id) : NULL;

	return client ? client->zone : model->site.zone;
}

static json_t *json_date(const struct civil *date)
{
	char buffer[UNTIL_WORDS_MAX];

	return day_given(date) ? json_string(client_until_words(date, buffer)) : json_null();
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
	return pause->by == PAUSE_NONE        ? "active"
	       : pause->by == PAUSE_INPATIENT ? "inpatient"
					      : "paused";
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

	r = people_get(engine_db(host->engine), client->id, &person);
	r = r ? r : permit_pause(engine_db(host->engine), client, &today, &pause);
	if (r < 0) {
		return r;
	}

	return json_merge(
		object,
		JSON_OBJECT({
			{ "state", json_string(state_word(client, &person, &pause, &today)) },
			{ "consent", json_string(consent_word(client, &person)) },
			{ "paused_until", json_date(&pause.until) },
		}));
}

/* --- by whose word ----------------------------------------------------------- */

/* Who said so, when and why. */
static json_t *new_attribution(hf_time at, const struct zone *zone, const char *by, const char *why)
{
	return JSON_OBJECT({
		{ "at", json_time(at, zone) },
		{ "by", json_or_null(by) },
		{ "why", json_or_null(why && *why ? why : NULL) },
	});
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

	r = permit_pause(engine_db(host->engine), client, &today, &pause);
	if (r < 0) {
		return r;
	}
	if (pause.by == PAUSE_NONE) {
		return json_put(object, "pause", json_null());
	}
	if (pause.by == PAUSE_STAFF) {
		r = pauses_get(engine_db(host->engine), client->id, &today, &rows);
		if (r != 0) {
			return r < 0 ? r : -EINVAL;
		}
		pauses_read(&rows, &staff);
		word = new_attribution(staff.at, client->zone, staff.by, staff.why);
	} else {
		word = new_attribution(0, client->zone, client->file,
				       pause.by == PAUSE_INPATIENT
					       ? "in treatment, between two stays"
					       : why_configured(client, &pause.until));
	}
	r = json_put(word, "until", json_date(&pause.until));
	return r ? r : json_put(object, "pause", take_ptr(word));
}

static int put_stopped(json_t *object, const struct api_host *host, const struct client *client)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry = { .user = "client" };
	struct person person = { 0 };
	int r;

	r = people_get(engine_db(host->engine), client->id, &person);
	if (r < 0) {
		return r;
	}
	if (person.consent != CONSENT_WITHDRAWN) {
		return json_put(object, "stopped", json_null());
	}
	if (person.by_staff) {
		r = audit_list(engine_db(host->engine), client->id, "stop", 1, &rows);
		if (r < 0) {
			return r;
		}
		if (db_next(&rows)) {
			audit_read(&rows, &entry);
		}
	}

	return json_put(object, "stopped",
			new_attribution(person.consent_at, client->zone, entry.user, entry.why));
}

static json_t *new_act(const struct db_rows *rows, const struct zone *zone)
{
	_cleanup_(json_freep) json_t *act = NULL;
	struct audit_entry entry;

	audit_read(rows, &entry);
	act = new_attribution(entry.at, zone, entry.user, entry.why);
	return json_merge(act, JSON_OBJECT({
				       { "verb", json_or_null(entry.verb) },
				       { "detail", json_or_null(entry.detail) },
			       })) == 0
		       ? take_ptr(act)
		       : NULL;
}

static int put_acts(json_t *object, const struct api_host *host, const struct client *client)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	json_t *acts = NULL;
	int r = audit_acts(engine_db(host->engine), client->id, ACTS_MAX, &rows);

	r = r ? r : json_rows(&rows, new_act, client->zone, &acts);
	return r ? r : json_put(object, "acts", acts);
}

/* --- what she last answered, and what is open about her -------------------- */

const char *client_meaning_word(int meaning)
{
	if (meaning == CHECKIN_UNANSWERED) {
		return NULL;
	}
	return meaning == CHECKIN_UNCLEAR ? "unclear" : meaning_words[meaning];
}

static json_t *new_checkin(const struct checkin *checkin, const struct zone *zone)
{
	return JSON_OBJECT({
		{ "asked", json_time(checkin->asked, zone) },
		{ "state", json_string(checkin_state_words[checkin->state]) },
		{ "answer", json_or_null(client_meaning_word(checkin->current)) },
		{ "first", json_or_null(client_meaning_word(checkin->first)) },
		{ "answered", json_time(checkin->answered, zone) },
	});
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
		return rows.error ? rows.error : json_put(object, "checkin", json_null());
	}

	checkins_read(&rows, &checkin);
	return json_put(object, "checkin", new_checkin(&checkin, client->zone));
}

/* --- how she keeps to her plan --------------------------------------------------- */

static const char *const kept_words[] = {
	[KEPT_CHECKINS] = "checkins",
	[KEPT_MEETINGS] = "meetings",
	[KEPT_APPOINTMENTS] = "appointments",
	[KEPT_REMINDERS] = "reminders",
};

static int add_kept(json_t *object, const char *key, struct db *db, const struct client *client,
		    int64_t from)
{
	struct civil first = civil_from_days(from);
	_cleanup_(json_freep) json_t *stretch = JSON_OBJECT({ { "since", json_date(&first) } });
	struct kept kept[KEPT_COUNT];
	int r = checkins_kept(db, client->id, zone_midnight(client->zone, from), kept);

	for (int i = 0; r == 0 && i < KEPT_COUNT; i++) {
		json_t *counts = JSON_OBJECT({
			{ "asked", json_integer(kept[i].asked) },
			{ "answered", json_integer(kept[i].answered) },
			{ i == KEPT_CHECKINS ? "after_nudge" : "done",
			  json_integer(i == KEPT_CHECKINS ? kept[i].after_nudge : kept[i].done) },
		});

		r = json_put(stretch, kept_words[i], counts);
	}
	return r ? r : json_put(object, key, take_ptr(stretch));
}

static json_t *new_afterwards(const struct db_rows *rows, const struct zone *zone)
{
	int answer = (int)db_int(rows, 2);

	return JSON_OBJECT({
		{ "reminder", json_or_null(db_text(rows, 0)) },
		{ "occurrence", json_time(db_int(rows, 1), zone) },
		{ "done", answer == CHECKIN_UNANSWERED ? json_null()
						       : json_boolean(answer == MEANING_WELL) },
	});
}

/* Of four weeks, and of her stay; and what she last said of where she went. */
static int put_kept(json_t *object, const struct api_host *host, const struct client *client)
{
	_cleanup_(json_freep) json_t *kept = json_object();
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db *db = engine_db(host->engine);
	int64_t today = zone_day(client->zone, clock_now(host->clock));
	struct stay stay = client_stay(client, today);
	json_t *afterwards = NULL;
	int r = kept ? add_kept(kept, "weeks", db, client, today - KEPT_DAYS + 1) : -ENOMEM;

	r = r ? r : add_kept(kept, "stay", db, client, civil_to_days(&stay.from));
	r = r ? r : checkins_afterwards(db, client->id, LAST_MAX, &rows);
	r = r ? r : json_rows(&rows, new_afterwards, client->zone, &afterwards);
	r = r ? r : json_put(kept, "afterwards", afterwards);
	return r ? r : json_put(object, "kept", take_ptr(kept));
}

static json_t *new_case(const struct db_rows *rows, const struct zone *zone)
{
	struct case_row row;

	cases_read(rows, &row);
	return JSON_OBJECT({
		{ "case", json_integer(row.id) },
		{ "reason", json_string(case_reason_words[row.reason]) },
		{ "urgency", json_string(case_urgency_words[row.urgency]) },
		{ "state", json_string(case_state_words[row.state]) },
		{ "opened", json_time(row.opened, zone) },
	});
}

static int put_cases(json_t *object, struct db *db, const struct client *client)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	json_t *cases = NULL;
	int r = cases_list(db, client->id, true, CASES_MAX, &rows);

	r = r ? r : json_rows(&rows, new_case, client->zone, &cases);
	return r ? r : json_put(object, "cases", cases);
}

static int put_situation(json_t *object, struct db *db, const struct client *client, hf_time now)
{
	struct situation situation;
	int r = situation_get(db, client->id, &situation);
	bool stands, talks, suspended;

	if (r != 0) {
		return r;
	}

	stands = setback_holds(client, situation.setback);
	talks = situation.talking > now;
	suspended = situation.suspended && strcmp(situation.phone, client->phone) == 0;
	return json_merge(
		object,
		JSON_OBJECT({
			{ "setback", json_time(stands ? situation.setback : 0, client->zone) },
			{ "conversation", json_time(talks ? situation.talking : 0, client->zone) },
			{ "suspended",
			  json_time(suspended ? situation.suspended : 0, client->zone) },
		}));
}

/* --- what she wants otherwise than all others --------------------------------- */

static json_t *number_or_null(int number)
{
	return number > 0 ? json_integer(number) : json_null();
}

static int put_times(json_t *object, const struct client *client)
{
	_cleanup_(json_freep) json_t *times = json_object();
	int r = times ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < client->time_count; i++) {
		const struct own_time *own = &client->times[i];
		char at[16];

		(void)snprintf(at, sizeof(at), "%02d:%02d", own->minute / 60, own->minute % 60);
		r = json_put(times, own->reminder, json_string(at));
	}
	return r ? r : json_put(object, "at", take_ptr(times));
}

/* How many skills she has named, and not which: those are her own words. */
static int put_wishes(json_t *object, const struct client *client)
{
	_cleanup_(json_freep) json_t *without = json_array();
	int r = without ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < client->without.count; i++) {
		r = json_add(without, json_string(client->without.list[i]));
	}
	r = r ? r : json_put(object, "without", take_ptr(without));
	r = r ? r : put_times(object, client);
	return r ? r
		 : json_merge(object,
			      JSON_OBJECT({
				      { "daily_limit", number_or_null(client->daily_limit) },
				      { "weekly_limit", number_or_null(client->weekly_limit) },
				      { "skills", json_integer((json_int_t)client->skills.count) },
				      { "wording",
					json_string(client->wording ? "open" : "discreet") },
				      { "alumni", json_boolean(client->alumni) },
				      { "inpatient_texts", json_boolean(client->inpatient_texts) },
			      }));
}

/* --- the routes ------------------------------------------------------------ */

static json_t *day_of(const struct client *client, const struct civil *today)
{
	struct stay stay = client_stay(client, civil_to_days(today));

	return stay.from.year == 0
		       ? json_null()
		       : json_integer(civil_to_days(today) - civil_to_days(&stay.from) + 1);
}

static int put_stays(json_t *object, const struct client *client)
{
	_cleanup_(json_freep) json_t *stays = json_array();
	int r = stays ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < client_stays(client); i++) {
		struct stay stay = client_stay_at(client, i);

		r = json_add(stays, JSON_OBJECT({
					    { "from", json_date(&stay.from) },
					    { "until", json_date(&stay.until) },
				    }));
	}
	return r ? r : json_put(object, "stays", take_ptr(stays));
}

static int new_client(const struct api_host *host, const struct client *client, bool names,
		      json_t **ret_client)
{
	struct civil today = zone_civil(client->zone, clock_now(host->clock));
	_cleanup_(json_freep) json_t *object = JSON_OBJECT({
		{ "id", json_string(client->id) },
		{ "plan", json_or_null(client->plan_id) },
		{ "day", day_of(client, &today) },
	});
	int r = object ? client_status_put(object, host, client) : -ENOMEM;

	r = r ? r
	      : json_merge(object, JSON_OBJECT({
					   { "counselor", json_or_null(client->counselor) },
					   { "language", json_or_null(client->language) },
					   { "timezone", json_string(zone_name(client->zone)) },
				   }));
	if (r == 0 && names) {
		r = json_merge(object, JSON_OBJECT({
					       { "name", json_or_null(client->name) },
					       { "phone", json_or_null(client->phone) },
				       }));
	}
	if (r == 0) {
		*ret_client = take_ptr(object);
	}
	return r;
}

/* --- the list, and whom to look for in it -------------------------------------------- */

#define CARE_AHEAD  (14 * HF_DAY) /* what comes later than that is nothing taken up */
#define ROUGH_LEAST 2             /* so often so-so or worse */

struct choice {
	bool alone;          /* nothing taken up */
	hf_time rough, lost; /* since when; 0: not asked for */
	bool by_answer, names;
};

/* The spans of a query, before now. */
static int read_span(const struct request *request, const char *name, hf_time now,
		     struct reply *reply, hf_time *ret_since)
{
	const char *text = request_find(request, name);
	struct span span;

	if (!text) {
		return 0;
	}
	if (civil_parse_span(text, &span) != 0 || span_length(&span) <= 0) {
		return reply_error(reply, 400, "%s is a length of time, like 3w", name);
	}
	*ret_since = now - span_length(&span);
	return 0;
}

static int read_choice(const struct request *request, hf_time now, struct reply *reply,
		       struct choice *choice)
{
	const char *sort = request_find(request, "sort");
	int r;

	*choice = (struct choice){ .alone = request_flag(request, "alone"),
				   .names = request_flag(request, "names"),
				   .by_answer = sort && strcmp(sort, "answer") == 0 };
	if (sort && !choice->by_answer) {
		return reply_error(reply, 400, "sort is by answer, the longest without one first");
	}
	r = read_span(request, "soso", now, reply, &choice->rough);
	return r ? r : read_span(request, "lost", now, reply, &choice->lost);
}

/* Neither a sponsor nor anything to go to soon. */
static int is_alone(const struct client *client, hf_time now, bool *ret_alone)
{
	bool alone = !client->sponsor;
	int r = 0;

	for (size_t i = 0; alone && i < client->appointment_count; i++) {
		hf_time when = zone_instant(client->zone, &client->appointments[i].when);

		alone = when <= now || when > now + CARE_AHEAD;
	}
	for (size_t i = 0; r == 0 && alone && i < client->meeting_count; i++) {
		hf_time next = HF_NEVER;

		r = planner_next_meeting(client, &client->meetings[i], now, &next);
		alone = next > now + CARE_AHEAD;
	}
	*ret_alone = alone;
	return r;
}

/* Of whom there was no word since then, though she was in the plan all that time and was asked. */
static int is_lost(struct db *db, const struct client *client, hf_time since, hf_time heard,
		   bool *ret_lost)
{
	struct stay stay = client_stay(client, zone_day(client->zone, since));
	hf_time from = zone_midnight(client->zone, civil_to_days(&stay.from));
	bool asked = false;
	int r = heard < since && from <= since ? checkins_asked_since(db, client->id, from, &asked)
					       : 0;

	*ret_lost = asked;
	return r;
}

/* All that was asked for; only those whose texts are on, for of all others it is known why. */
static int is_chosen(const struct api_host *host, const struct client *client,
		     const struct choice *choice, hf_time heard, bool *ret_chosen)
{
	struct db *db = engine_db(host->engine);
	hf_time now = clock_now(host->clock);
	struct civil today = zone_civil(client->zone, now);
	struct person person = { 0 };
	struct permit_pause pause;
	bool chosen = true;
	int count = ROUGH_LEAST, r = 0;

	if (choice->alone || choice->rough || choice->lost) {
		r = people_get(db, client->id, &person);
		r = r ? r : permit_pause(db, client, &today, &pause);
		chosen = r == 0 &&
			 strcmp(state_word(client, &person, &pause, &today), "active") == 0;
	}
	if (r == 0 && chosen && choice->alone) {
		r = is_alone(client, now, &chosen);
	}
	if (r == 0 && chosen && choice->rough) {
		r = checkins_rough(db, client->id, choice->rough, &count);
		chosen = count >= ROUGH_LEAST;
	}
	if (r == 0 && chosen && choice->lost) {
		r = is_lost(db, client, choice->lost, heard, &chosen);
	}
	*ret_chosen = chosen;
	return r;
}

static size_t count_others(const struct client *client)
{
	size_t count = 0;

	for (size_t i = 0; i < client->loved_one_count; i++) {
		count += client->loved_ones[i].may_be_called;
	}
	return count;
}

/* One in the list. */
struct listed {
	const struct client *client;
	hf_time heard;
};

static int by_heard(const void *left, const void *right)
{
	const struct listed *a = left, *b = right;

	if (a->heard != b->heard) {
		return a->heard < b->heard ? -1 : 1;
	}
	return strcmp(a->client->id, b->client->id);
}

static int add_listed(json_t *array, const struct api_host *host, const struct listed *listed,
		      bool names)
{
	json_t *object = NULL;
	int r = new_client(host, listed->client, names, &object);

	r = r ? r
	      : json_merge(object,
			   JSON_OBJECT({
				   { "answered", json_time(listed->heard, listed->client->zone) },
				   { "others",
				     json_integer((json_int_t)count_others(listed->client)) },
			   }));
	return r ? r : json_add(array, object);
}

/* From index `first` on, up to `most`. */
static int list_clients(const struct api_host *host, const struct choice *choice, size_t first,
			size_t most, struct listed *list, size_t *ret_count)
{
	const struct model *model = engine_model(host->engine);
	size_t count = 0;
	int r = 0;

	for (size_t i = first; r == 0 && i < model->client_count && count < most; i++) {
		struct listed listed = { .client = &model->clients[i] };
		bool chosen = false;

		r = checkins_heard(engine_db(host->engine), listed.client->id, &listed.heard);
		r = r ? r : is_chosen(host, listed.client, choice, listed.heard, &chosen);
		if (r == 0 && chosen) {
			list[count++] = listed;
		}
	}
	*ret_count = count;
	return r;
}

/* A page after a client: in the order of ids, else in the order of who was last heard of. */
int get_clients(const struct api_host *host, const struct request *request, struct reply *reply)
{
	const struct model *model = engine_model(host->engine);
	_cleanup_(json_freep) json_t *array = json_array();
	_cleanup_free_ struct listed *list = NULL;
	const char *after = request_find(request, "after");
	struct choice choice;
	size_t first = 0, count = 0;
	int64_t limit;
	int r;

	r = request_number(request, "limit", CLIENTS_PAGE_MAX, CLIENTS_PAGE_MAX, &limit);
	if (r < 0) {
		return reply_error(reply, 400, "limit is a number from 1 to %d", CLIENTS_PAGE_MAX);
	}
	r = read_choice(request, clock_now(host->clock), reply, &choice);
	if (r != 0) {
		return r;
	}
	list = calloc(model->client_count + 1, sizeof(*list));
	if (!list || !array) {
		return -ENOMEM;
	}

	if (choice.by_answer) {
		r = list_clients(host, &choice, 0, model->client_count, list, &count);
		qsort(list, count, sizeof(*list), by_heard);
		for (size_t i = 0; after && i < count; i++) {
			first = strcmp(list[i].client->id, after) == 0 ? i + 1 : first;
		}
	} else {
		r = list_clients(host, &choice, after ? model_after(model, after) : 0,
				 (size_t)limit, list, &count);
	}
	for (size_t i = first; r == 0 && i < count && limit > 0; i++, limit--) {
		r = add_listed(array, host, &list[i], choice.names);
	}
	return r ? r : reply_with(reply, 200, take_ptr(array));
}

/* --- one client ------------------------------------------------------------------------- */

/* Whom staff may call where they cannot reach her. */
static int put_others(json_t *object, const struct client *client, bool names)
{
	_cleanup_(json_freep) json_t *others = json_array();
	int r = others ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < client->loved_one_count; i++) {
		const struct loved_one *person = &client->loved_ones[i];

		if (person->may_be_called) {
			r = json_add(
				others,
				JSON_OBJECT({
					{ "name", json_or_null(names ? person->name : NULL) },
					{ "phone", json_or_null(names ? person->phone : NULL) },
				}));
		}
	}
	return r ? r : json_put(object, "others", take_ptr(others));
}

static json_t *new_row(const struct outbox_message *row, const struct zone *zone)
{
	return JSON_OBJECT({
		{ "kind", json_string(kind_words[row->kind]) },
		{ "reminder", json_or_null(row->reminder) },
		{ "lead", json_or_null(row->lead) },
		{ "occurrence", json_time(row->occurrence, zone) },
		{ "due", json_time(row->due, zone) },
	});
}

/* What is put together while rows go by. */
struct gathering {
	json_t *array;
	const struct zone *zone;
	bool setback; /* one stands */
	int error;
};

static void gather(void *userdata, const struct outbox_message *row)
{
	struct gathering *gathering = userdata;
	bool lost = gathering->setback && row->kind == KIND_MILESTONE;
	_cleanup_(json_freep) json_t *object = new_row(row, gathering->zone);
	int r = object ? json_put(object, "reason", json_or_null(lost ? "after a setback" : NULL))
		       : -ENOMEM;

	r = r ? r : json_add(gathering->array, take_ptr(object));
	gathering->error = gathering->error ? gathering->error : r;
}

/* What is foreseen not to go, for want of a place or because it is said already.  Why all of a client's
 * texts wait is said once, not of each. */
static int note_left_out(void *userdata, const struct preview_row *foreseen)
{
	const struct gathering *gathering = userdata;
	const struct outbox_message *row = foreseen->row;
	const char *reason = foreseen->send ? NULL : foreseen->reason;
	_cleanup_(json_freep) json_t *occurrence = json_time(row->occurrence, gathering->zone);
	json_t *planned;
	size_t i;
	int r = 0;

	if (!reason || (strncmp(reason, TEXTS_LEFT_OUT, strlen(TEXTS_LEFT_OUT)) != 0 &&
			strcmp(reason, TEXTS_SAID) != 0)) {
		return 0;
	}
	json_array_foreach (gathering->array, i, planned) {
		if (r == 0 && strcmp(json_text(planned, "reminder"), row->reminder) == 0 &&
		    strcmp(json_text(planned, "lead"), row->lead) == 0 &&
		    json_equal(json_object_get(planned, "occurrence"), occurrence)) {
			r = json_put(planned, "reason", json_string(reason));
		}
	}
	return r;
}

static int put_next(json_t *object, const struct api_host *host, const struct client *client)
{
	_cleanup_(json_freep) json_t *array = json_array();
	const struct model *model = engine_model(host->engine);
	hf_time now = clock_now(host->clock);
	struct gathering gathering = { .array = array,
				       .zone = client->zone,
				       .setback =
					       !json_is_null(json_object_get(object, "setback")) };
	const struct preview_of of = { .model = model,
				       .first = (size_t)(client - model->clients),
				       .count = 1,
				       .from = now,
				       .until = now + AHEAD_DAYS * HF_DAY };
	int r;

	r = planner_ahead(engine_planner(host->engine), client, now, of.until, AHEAD_MAX, gather,
			  &gathering);
	r = r ? r : gathering.error;
	r = r ? r : preview(&of, note_left_out, &gathering);
	return r ? r : json_put(object, "next", take_ptr(array));
}

static int add_last(json_t *array, struct db *db, int64_t id, const struct zone *zone)
{
	_cleanup_(json_freep) json_t *object = NULL;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r = outbox_get(db, id, &rows);

	if (r != 0) {
		return r < 0 ? r : 0;
	}

	outbox_read(&rows, &row);
	object = JSON_OBJECT({ { "id", json_integer(row.id) } });
	r = json_merge(object, new_row(&row, zone));
	r = r ? r
	      : json_merge(object, JSON_OBJECT({
					   { "state", json_string(outbox_state_words[row.state]) },
					   { "reason", json_or_null(row.reason) },
				   }));
	return r ? r : json_add(array, take_ptr(object));
}

static int put_last(json_t *client_object, const struct api_host *host, const struct client *client)
{
	_cleanup_(json_freep) json_t *array = json_array();
	struct outbox_search search = { .client = client->id,
					.state = -1,
					.since = clock_now(host->clock) - LAST_DAYS * HF_DAY };
	int64_t ids[LAST_MAX];
	size_t count = 0;
	int r;

	r = array ? outbox_latest(engine_db(host->engine), &search, LAST_MAX, ids, &count)
		  : -ENOMEM;
	for (size_t i = 0; r == 0 && i < count; i++) {
		r = add_last(array, engine_db(host->engine), ids[i], client->zone);
	}
	if (r < 0) {
		return r;
	}

	return json_put(client_object, "last", take_ptr(array));
}

int get_client(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *object = NULL;
	struct db *db = engine_db(host->engine);
	const struct client *client;
	int r = request_client(host, request, reply, &client);

	r = r ? r : new_client(host, client, request_flag(request, "names"), &object);
	r = r ? r : json_put(object, "file", json_or_null(client->file));
	r = r ? r : json_put(object, "line", json_integer(client->line));
	r = r ? r : put_stays(object, client);
	r = r ? r : put_wishes(object, client);
	r = r ? r : put_pause(object, host, client);
	r = r ? r : put_stopped(object, host, client);
	r = r ? r : put_acts(object, host, client);
	r = r ? r : put_checkin(object, db, client);
	r = r ? r : put_kept(object, host, client);
	r = r ? r : put_others(object, client, request_flag(request, "names"));
	r = r ? r : put_cases(object, db, client);
	r = r ? r : put_situation(object, db, client, clock_now(host->clock));
	r = r ? r : put_next(object, host, client);
	r = r ? r : put_last(object, host, client);
	return r ? r : reply_with(reply, 200, take_ptr(object));
}

/* --- consent ------------------------------------------------------------------- */

static json_t *new_entry(const struct db_rows *rows, const struct zone *zone)
{
	return JSON_OBJECT({
		{ "at", json_time(db_int(rows, 0), zone) },
		{ "consent", json_string(consent_words[db_int(rows, 1)]) },
		{ "source", json_or_null(db_text(rows, 2)) },
		{ "by", json_or_null(db_text(rows, 3)) },
		{ "recorded", json_time(db_int(rows, 4), zone) },
	});
}

int get_consent(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	const struct client *client;
	json_t *entries = NULL;
	int r = request_client(host, request, reply, &client);

	r = r ? r : people_ledger(engine_db(host->engine), client->id, &rows);
	r = r ? r : json_rows(&rows, new_entry, client->zone, &entries);
	return r ? r : reply_with(reply, 200, entries);
}

/* --- numbers ------------------------------------------------------------------- */

static json_t *new_number(const struct db_rows *rows, const struct situation *situation,
			  const struct zone *zone)
{
	bool present = db_int(rows, 2) == 0;
	bool suspended = present && strcmp(situation->phone, db_text(rows, 0)) == 0;

	return JSON_OBJECT({
		{ "number", json_or_null(db_text(rows, 0)) },
		{ "since", json_time(db_int(rows, 1), zone) },
		{ "until", json_time(db_int(rows, 2), zone) },
		{ "suspended", json_time(suspended ? situation->suspended : 0, zone) },
	});
}

int get_number(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *array = json_array();
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct caller_act act = { .verb = AUDIT_READ, .detail = "numbers" };
	struct db *db = engine_db(host->engine);
	struct situation situation;
	const struct client *client;
	int r = request_client(host, request, reply, &client);

	if (r != 0) {
		return r;
	}
	act.client = client->id;
	r = caller_audit(host, request, &act);
	r = r ? r : situation_get(db, client->id, &situation);
	r = r ? r : numbers_of(db, client->id, &rows);
	while (r == 0 && db_next(&rows)) {
		r = json_add(array, new_number(&rows, &situation, client->zone));
	}
	r = r ? r : rows.error;
	return r ? r : reply_with(reply, 200, take_ptr(array));
}
