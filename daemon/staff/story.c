/*
 * Everything that happened to one client, in the order in which it did.
 *
 * What is kept in many tables is gathered, then sorted by time; of two at one
 * instant that which causes stands first: her text before the case.
 * Promises: no words of a text without a line in the audit; never a number.
 */
#include "staff/routes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "lib/array.h"
#include "lib/plain.h"
#include "store/audit.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/people.h"
#include "store/outbox.h"
#include "engine/danger.h"

#define OF_EACH     1000
#define EVENTS_MOST 100000

struct event {
	hf_time at;
	size_t number; /* in the order in which they were found */
	json_t *json;
};

struct story {
	const struct api_host *host;
	const struct request *request;
	const struct client *client;
	struct db *db;
	hf_time now;
	bool words;
	struct event *events;
	size_t count, room;
};

static void story_done(struct story *story)
{
	for (size_t i = 0; i < story->count; i++) {
		story->events[i].json = json_free(story->events[i].json);
	}
	free(story->events);
}

/* text NULL: an event without words. */
static int add_event(struct story *story, hf_time at, const char *event, const char *text,
		     const char *detail)
{
	_cleanup_(json_freep) json_t *json = JSON_OBJECT({
		{ "at", json_time(at, story->client->zone) },
		{ "event", json_string(event) },
		{ "detail", json_or_null(detail && *detail ? detail : NULL) },
	});
	int r = json ? 0 : -ENOMEM;

	if (story->words) {
		r = json_put(json, "text", json_or_null(text));
	}
	if (r == 0 && story->count == EVENTS_MOST) {
		r = -E2BIG;
	}
	r = r ? r : array_reserve(story->events, story->count, story->room, 1);
	if (r != 0) {
		return r;
	}

	story->events[story->count] = (struct event){ at, story->count, take_ptr(json) };
	story->count++;
	return 0;
}

__attribute__((format(printf, 5, 6))) static int add_eventf(struct story *story, hf_time at,
							    const char *event, const char *text,
							    const char *format, ...)
{
	_cleanup_free_ char *detail = NULL;
	va_list arguments;
	int r;

	va_start(arguments, format);
	r = vasprintf(&detail, format, arguments);
	va_end(arguments);
	return r < 0 ? -ENOMEM : add_event(story, at, event, text, detail);
}

/* "; why" or nothing. */
static const char *mark_before(const char *mark, const char *text)
{
	return text && *text ? mark : "";
}

static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

/* --- consent, numbers, pauses of the configuration --------------------------------- */

static int add_consents(struct story *story)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = people_ledger(story->db, story->client->id, &rows);

	while (r == 0 && db_next(&rows)) {
		const char *by = db_text(&rows, 3);

		r = add_eventf(story, db_int(&rows, 0), "consent", NULL, "%s: %s%s%s",
			       consent_words[db_int(&rows, 1)], db_text(&rows, 2),
			       mark_before(" by ", by), or_nothing(by));
	}
	return r ? r : rows.error;
}

static int add_numbers(struct story *story)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = numbers_of(story->db, story->client->id, &rows);

	while (r == 0 && db_next(&rows)) {
		r = add_event(story, db_int(&rows, 1), "number", NULL, "in use from here on");
	}
	return r ? r : rows.error;
}

static int add_pauses(struct story *story)
{
	const struct client *client = story->client;
	int r = 0;

	for (size_t i = 0; r == 0 && i < client->pause_count; i++) {
		const struct pause *pause = &client->pauses[i];
		hf_time from = zone_midnight(client->zone, civil_to_days(&pause->from));
		char date[UNTIL_WORDS_MAX];

		if (pause->from.year != 0 && from <= story->now) {
			r = add_eventf(story, from, "pause", NULL, "until %s, by %s%s%s",
				       client_until_words(&pause->until, date), client->file,
				       mark_before(": ", pause->why), or_nothing(pause->why));
		}
	}
	return r;
}

/* --- texts ------------------------------------------------------------------------- */

/* What her words weigh, by the lists of today, and which of them: that holds her words, so it stands
 * where they do. */
static int add_danger(struct story *story, const struct inbox_text *text)
{
	_cleanup_free_ char *normal = NULL, *why = NULL, *setback_why = NULL;
	const struct model *model = engine_model(story->host->engine);
	int signs = 0, points = 0;
	int r = normal_text(text->text, false, &normal);

	r = r ? r : danger_weigh(model, normal, &signs, &points, &why);
	r = r || !*why ? r
		       : add_eventf(story, text->at, "danger", why, "of text %" PRId64 ": %d",
				    text->id, points);
	r = r ? r : danger_weigh_setback(model, normal, &points, &setback_why);
	return r || points < model->danger.setback
		       ? r
		       : add_eventf(story, text->at, "setback", setback_why,
				    "of text %" PRId64 ": %d", text->id, points);
}

static int add_inbox_text(struct story *story, const struct inbox_text *text)
{
	int r = add_eventf(story, text->at, "wrote", text->text,
			   "text %" PRId64 " of the inbox: %s", text->id,
			   inbox_kind_words[text->kind]);

	return r == 0 && story->words && text->text ? add_danger(story, text) : r;
}

static int add_inbox(struct story *story)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = inbox_list(story->db, story->client->id, INT64_MIN, OF_EACH, &rows);

	while (r == 0 && db_next(&rows)) {
		struct inbox_text text;

		inbox_read(&rows, &text);
		r = story->words ? inbox_note_reading(story->host, story->request, &text) : 0;
		r = r ? r : add_inbox_text(story, &text);
	}
	return r ? r : rows.error;
}

static int add_text(struct story *story, int64_t id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r = outbox_get(story->db, id, &rows);

	if (r != 0) {
		return r < 0 ? r : 0;
	}

	outbox_read(&rows, &row);
	return add_eventf(story, row.claimed ? row.claimed : row.due, "text", row.text,
			  "%" PRId64 ", %s %s%s%s: %s%s%s", row.id, kind_words[row.kind],
			  row.reminder, mark_before(" ", row.lead), or_nothing(row.lead),
			  outbox_state_words[row.state], mark_before(", ", row.reason),
			  or_nothing(row.reason));
}

static int add_outbox(struct story *story)
{
	const struct outbox_search search = { .client = story->client->id,
					      .state = -1,
					      .since = INT64_MIN };
	_cleanup_free_ int64_t *ids = calloc(OUTBOX_PAGE_MAX, sizeof(*ids));
	size_t count = 0;
	int r = ids ? outbox_latest(story->db, &search, OUTBOX_PAGE_MAX, ids, &count) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < count; i++) {
		r = add_text(story, ids[i]);
	}
	return r ? r
		 : messages_note_reading(story->host, story->request, story->client->id, ids,
					 count);
}

/* --- check-ins and cases ------------------------------------------------------------- */

static int add_checkin(struct story *story, const struct checkin *checkin)
{
	int r = add_eventf(story, checkin->asked, "check-in", NULL, "asked by text %" PRId64 ": %s",
			   checkin->message, checkin_state_words[checkin->state]);

	if (r != 0 || checkin->current == CHECKIN_UNANSWERED) {
		return r;
	}
	return add_eventf(story, checkin->answered, "answer", NULL, "to text %" PRId64 ": %s%s%s",
			  checkin->message, client_meaning_word(checkin->current),
			  checkin->first == checkin->current ? "" : ", at first ",
			  checkin->first == checkin->current ? ""
							     : client_meaning_word(checkin->first));
}

static int add_checkins(struct story *story)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = checkins_list(story->db, story->client->id, OF_EACH, &rows);

	while (r == 0 && db_next(&rows)) {
		struct checkin checkin;

		checkins_read(&rows, &checkin);
		r = add_checkin(story, &checkin);
	}
	return r ? r : rows.error;
}

static int add_case(struct story *story, const struct case_row *row)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	char name[32];
	int r = cases_history(story->db, row->id, &rows);

	(void)snprintf(name, sizeof(name), "case %" PRId64, row->id);
	while (r == 0 && db_next(&rows)) {
		const char *by = db_text(&rows, 2), *note = db_text(&rows, 3);

		r = add_eventf(story, db_int(&rows, 0), name, NULL, "%s: %s%s%s%s%s",
			       case_reason_words[row->reason], db_text(&rows, 1),
			       mark_before(" by ", by), or_nothing(by), mark_before(": ", note),
			       or_nothing(note));
	}
	return r ? r : rows.error;
}

static int add_cases(struct story *story)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = cases_list(story->db, story->client->id, false, OF_EACH, &rows);

	while (r == 0 && db_next(&rows)) {
		struct case_row row;

		cases_read(&rows, &row);
		r = add_case(story, &row);
	}
	return r ? r : rows.error;
}

/* --- what staff did -------------------------------------------------------------------- */

static int add_acts(struct story *story)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = audit_acts(story->db, story->client->id, OF_EACH, &rows);

	while (r == 0 && db_next(&rows)) {
		struct audit_entry act;

		audit_read(&rows, &act);
		r = add_eventf(story, act.at, act.verb, NULL, "by %s%s%s%s%s", act.user,
			       mark_before(": ", act.detail), act.detail,
			       mark_before("; ", act.why), act.why);
	}
	return r ? r : rows.error;
}

/* --- all of it --------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b)
{
	const struct event *one = a, *other = b;

	if (one->at != other->at) {
		return one->at < other->at ? -1 : 1;
	}
	return one->number < other->number ? -1 : 1;
}

static int gather(struct story *story)
{
	static int (*const sources[])(struct story *) = { add_numbers,  add_consents, add_pauses,
							  add_inbox,    add_acts,     add_outbox,
							  add_checkins, add_cases };
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(sources); i++) {
		r = sources[i](story);
	}
	if (r == 0 && story->count > 0) {
		qsort(story->events, story->count, sizeof(*story->events), by_time);
	}
	return r;
}

int get_story(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(story_done) struct story story = {
		.host = host,
		.request = request,
		.db = engine_db(host->engine),
		.now = clock_now(host->clock),
		.words = request_flag(request, "text"),
	};
	_cleanup_(json_freep) json_t *array = json_array();
	int r = request_client(host, request, reply, &story.client);

	/* Reading may be what is recorded, so it is one transaction. */
	r = r ? r : db_begin(story.db);
	if (r != 0) {
		return r;
	}
	r = gather(&story);
	r = db_end(story.db, r);

	for (size_t i = 0; r == 0 && i < story.count; i++) {
		r = json_add(array, take_ptr(story.events[i].json));
	}
	return r ? r : reply_with(reply, 200, take_ptr(array));
}
