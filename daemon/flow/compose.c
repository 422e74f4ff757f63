/*
 * A text is composed inside the transaction that claims it, from what the
 * configuration says then: a meeting that moved is announced at its new place.
 * What a row already carries is never composed anew, so each attempt sends the
 * same bytes.
 *
 * What is dangerous: a milestone's number.  It is counted from the recovery date
 * as it stands now; a count that no longer is one of the milestones is not sent.
 */
#include "flow/compose.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flow/rule.h"
#include "flow/wording.h"

/* What the fields of one text are taken from. */
struct fields {
	const struct model *model;
	const struct client *client;
	const struct outbox_message *row;
	const struct meeting *meeting;
	const struct appointment *appointment;
	const char *language;
	char buffer[WORDING_MAX]; /* of the value that was asked for last */
};

typedef const char *(*field_value)(struct fields *fields);

void composed_done(struct composed *composed)
{
	free(composed->text);
	*composed = (struct composed){ 0 };
}

/* --- fields -------------------------------------------------------------- */

static const char *field_name(struct fields *fields)
{
	return fields->client->name;
}

static const char *field_site(struct fields *fields)
{
	return fields->model->site.name;
}

static const char *field_site_phone(struct fields *fields)
{
	return fields->model->site.phone;
}

static const char *field_sponsor(struct fields *fields)
{
	return fields->client->sponsor;
}

/* The next of them each time, so that it is not always the same person who is called. */
static const char *field_trusted(struct fields *fields)
{
	const struct conf_texts *trusted = &fields->client->trusted;

	return trusted->count ? trusted->list[(size_t)fields->row->ordinal % trusted->count] : NULL;
}

static const char *field_counselor(struct fields *fields)
{
	const char *id = fields->client->counselor;
	const struct staff_member *member = id ? model_staff(fields->model, id) : NULL;

	return member ? member->name : NULL;
}

static const char *field_title(struct fields *fields)
{
	return fields->meeting ? fields->meeting->title : NULL;
}

static const char *field_place(struct fields *fields)
{
	if (fields->meeting) {
		return fields->meeting->place;
	}

	return fields->appointment ? fields->appointment->place : NULL;
}

static const char *field_with(struct fields *fields)
{
	return fields->appointment ? fields->appointment->with : NULL;
}

static struct civil occurrence_of(const struct fields *fields)
{
	const struct outbox_message *row = fields->row;

	return zone_civil(fields->client->zone, row->occurrence ? row->occurrence : row->due);
}

static const char *field_day(struct fields *fields)
{
	struct civil when = occurrence_of(fields);

	wording_day(fields->language, &when, fields->buffer);
	return fields->buffer;
}

static const char *field_time(struct fields *fields)
{
	struct civil when = occurrence_of(fields);

	wording_time(fields->language, &when, fields->buffer);
	return fields->buffer;
}

static int64_t days_counted(const struct fields *fields)
{
	const struct client *client = fields->client;
	struct civil when = occurrence_of(fields);

	return civil_to_days(&when) -
	       civil_to_days(client->recovery_date.year ? &client->recovery_date : &client->start);
}

static const char *field_days(struct fields *fields)
{
	(void)snprintf(fields->buffer, sizeof(fields->buffer), "%lld",
		       (long long)days_counted(fields));
	return fields->buffer;
}

/* When the site next opens, in its own time; a week is searched. */
static const char *field_next_open(struct fields *fields)
{
	const struct site *site = &fields->model->site;
	int64_t today = rule_day(site->zone, fields->row->due);

	for (int64_t day = today; day < today + 15; day++) {
		struct civil opening = civil_from_days(day);

		opening.hour = site->hours.from / 60;
		opening.minute = site->hours.from % 60;
		if (hours_cover(&site->hours, civil_weekday(&opening), site->hours.from) &&
		    !model_closed(fields->model, &opening) &&
		    zone_instant(site->zone, &opening) > fields->row->due) {
			wording_when(fields->language, &opening, fields->buffer);
			return fields->buffer;
		}
	}
	return NULL;
}

static const char *field_client(struct fields *fields)
{
	return fields->client->id;
}

/* Known, so that a message may name it; given a value where a case is spoken of. */
static const char *field_of_case(struct fields *fields)
{
	(void)fields;
	return NULL;
}

static const struct {
	const char *name;
	field_value value;
} field_table[] = {
	{ "name", field_name },
	{ "site", field_site },
	{ "site_phone", field_site_phone },
	{ "trusted", field_trusted },
	{ "sponsor", field_sponsor },
	{ "counselor", field_counselor },
	{ "title", field_title },
	{ "place", field_place },
	{ "with", field_with },
	{ "day", field_day },
	{ "time", field_time },
	{ "days", field_days },
	{ "next_open", field_next_open },
	{ "client", field_client },
	{ "case", field_of_case },
	{ "reason", field_of_case },
};

static int look_up(void *userdata, const char *name, const char **ret_value)
{
	struct fields *fields = userdata;

	for (size_t i = 0; i < COUNT(field_table); i++) {
		if (strcmp(field_table[i].name, name) == 0) {
			const char *value = field_table[i].value(fields);

			*ret_value = value ? value : "";
			return 0;
		}
	}
	return TEXT_E_FIELD;
}

/* --- which message ------------------------------------------------------- */

static bool is_milestone_of(const struct fields *fields, const struct reminder *reminder)
{
	for (size_t i = 0; i < reminder->days.count; i++) {
		if (reminder->days.list[i] == days_counted(fields)) {
			return true;
		}
	}
	return reminder->days.count == 0;
}

/* "name" or "name|alternative", from the reminder's messages in turn; NULL where it is gone. */
static const char *choose_reminder(const struct fields *fields)
{
	const struct outbox_message *row = fields->row;
	const struct reminder *reminder =
		model_reminder(fields->model, fields->client, row->reminder);

	if (!reminder || reminder->messages.count == 0 || !is_milestone_of(fields, reminder)) {
		return NULL;
	}

	return reminder->messages.list[(size_t)row->ordinal % reminder->messages.count];
}

/* Is the thing on a later local day than its text? */
static bool is_ahead(const struct fields *fields)
{
	const struct zone *zone = fields->client->zone;
	struct civil happens = zone_civil(zone, fields->row->occurrence);
	struct civil said = zone_civil(zone, fields->row->due);

	return civil_to_days(&happens) > civil_to_days(&said);
}

/* A meeting on another day has the message NAME_ahead, where the language has one: "today" would
 * send somebody to a locked door. */
static const char *choose_meeting(const struct fields *fields, const struct meeting *meeting)
{
	const struct message *ahead;
	char name[80];

	if (!is_ahead(fields) ||
	    (size_t)snprintf(name, sizeof(name), "%s_ahead", meeting->message) >= sizeof(name)) {
		return meeting->message;
	}

	ahead = model_message(fields->model, fields->language, name);
	return ahead ? ahead->name : meeting->message;
}

static const char *choose(struct fields *fields)
{
	const struct outbox_message *row = fields->row;

	if (row->message) {
		return row->message;
	}
	if (row->kind == KIND_WELCOME) {
		return "welcome";
	}
	if (row->kind == KIND_MEETING) {
		fields->meeting = client_meeting(fields->client, row->reminder);
		return fields->meeting ? choose_meeting(fields, fields->meeting) : NULL;
	}
	if (row->kind == KIND_APPOINTMENT) {
		fields->appointment = client_appointment(fields->client, row->reminder);
		return fields->appointment ? fields->appointment->message : NULL;
	}
	return choose_reminder(fields);
}

/* --- filling ------------------------------------------------------------- */

static int fill(struct fields *fields, const char *name, struct composed *composed)
{
	const struct message *message = model_message(fields->model, fields->language, name);
	int r;

	if (!message) {
		return COMPOSE_E_GONE;
	}

	r = text_fill(message->text, look_up, fields, &composed->text, NULL, NULL);
	if (r > 0) {
		return COMPOSE_E_FIELD;
	}
	if (r < 0) {
		return r;
	}

	composed->message = message->name;
	return 0;
}

/* The alternative after the bar is for who lacks a value that the first message asks for. */
static int fill_either(struct fields *fields, const char *choice, struct composed *composed)
{
	const char *bar = strchr(choice, '|');
	_cleanup_free_ char *first = NULL;
	int r;

	if (!bar) {
		return fill(fields, choice, composed);
	}

	first = strndup(choice, (size_t)(bar - choice));
	if (!first) {
		return -ENOMEM;
	}

	r = fill(fields, first, composed);
	return r == COMPOSE_E_FIELD ? fill(fields, bar + 1, composed) : r;
}

static int words(struct fields *fields, struct composed *composed)
{
	const char *choice;

	if (fields->row->text) {
		composed->text = strdup(fields->row->text);
		return composed->text ? 0 : -ENOMEM;
	}

	choice = choose(fields);
	return choice ? fill_either(fields, choice, composed) : COMPOSE_E_GONE;
}

static int make_plain(struct composed *composed)
{
	char *plain;
	int r = text_plain(composed->text, &plain);

	if (r < 0) {
		return r;
	}
	if (r > 0) {
		return COMPOSE_E_FIELD;
	}

	free(composed->text);
	composed->text = plain;
	return 0;
}

int compose(const struct model *model, const struct client *client,
	    const struct outbox_message *row, struct composed *ret_composed)
{
	_cleanup_(composed_done) struct composed composed = { 0 };
	struct fields fields = {
		.model = model,
		.client = client,
		.row = row,
		.language = client->language ? client->language : model->site.language,
	};
	int r = words(&fields, &composed);

	if (r == 0 && model->texting.plain_characters) {
		r = make_plain(&composed);
	}
	if (r != 0) {
		return r;
	}

	r = text_cost(composed.text, &composed.cost);
	if (r != 0) {
		return r < 0 ? r : COMPOSE_E_FIELD;
	}
	if (composed.cost.segments > model->texting.max_segments) {
		return COMPOSE_E_LONG;
	}

	*ret_composed = composed;
	composed = (struct composed){ 0 };
	return 0;
}
