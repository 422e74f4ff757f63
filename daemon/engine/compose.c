/*
 * A text is composed inside the transaction that claims it, from what the
 * configuration says then: a meeting that moved is announced at its new place.
 * What a row already carries is never composed anew, so each attempt sends the
 * same bytes.
 *
 * What is dangerous: saying what is not so.  "Today" of a meeting on another day, "the last" where
 * more come, "up to 5 a week" where it is nine: each is looked up when the text goes.
 * And a milestone's number.  It is counted from the recovery date
 * as it stands now; a count that no longer is one of the milestones is not sent.
 */
#include "engine/compose.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/plain.h"
#include "engine/field.h"
#include "engine/frequency.h"

void composed_done(struct composed *composed)
{
	free(composed->text);
	*composed = (struct composed){ 0 };
}

/* --- which message ------------------------------------------------------- */

/* "name" or "name|alternative", from the reminder's messages in turn; NULL where it is gone. */
static const char *choose_reminder(struct values *values)
{
	const struct outbox_message *row = values->row;
	const struct reminder *reminder = client_reminder(values->client, row->reminder);
	struct counted counted;

	values->reminder = reminder;
	if (!reminder || !client_wants(values->client, reminder) || reminder->messages.count == 0 ||
	    (reminder_counted(reminder) > 0 && !values_counted(values, &counted))) {
		return NULL;
	}

	/* A message that comes every third time must not name every third skill. */
	values->turn = row->ordinal / (int)reminder->messages.count;
	return reminder->messages.list[(size_t)row->ordinal % reminder->messages.count];
}

/* How many local days its text is ahead of the thing. */
static int64_t days_ahead(const struct values *values)
{
	const struct zone *zone = values->client->zone;

	return zone_day(zone, values->row->occurrence) - zone_day(zone, values->row->due);
}

/* The message in that form, where there is one. */
static const struct template *form_of(const struct values *values, const struct meeting *meeting,
				      const char *form)
{
	char name[TEMPLATE_NAME_MAX + 1];

	if ((size_t)snprintf(name, sizeof(name), "%s%s", meeting->message, form) >= sizeof(name)) {
		return NULL;
	}
	/* cppcheck-suppress CastIntegerToAddressAtReturn ; to it, template is C++ */
	return model_template(values->model, values->language, name);
}

/* "today" of a meeting on another day would send somebody to a locked door; and what begins at
 * Saturday's 0:00 is Friday's to everybody who goes there. */
static const char *choose_meeting(const struct values *values, const struct meeting *meeting)
{
	const struct template *template = NULL;
	int64_t ahead = days_ahead(values);

	if (ahead == 1 && meeting->minute < NIGHT_ENDS) {
		template = form_of(values, meeting, MEETING_TONIGHT);
	}
	if (!template && ahead > 0) {
		template = form_of(values, meeting, MEETING_AHEAD);
	}
	return template ? template->name : meeting->message;
}

bool compose_may_say(const struct meeting *meeting, const char *form)
{
	for (size_t i = 0; i < meeting->leads.count; i++) {
		int64_t ahead = span_days_before(&meeting->leads.list[i], meeting->minute);

		if (*form ? ahead > 0 && (strcmp(form, MEETING_AHEAD) == 0 ||
					  (ahead == 1 && meeting->minute < NIGHT_ENDS))
			  : ahead == 0) {
			return true;
		}
	}
	return false;
}

/* "The last of your texts" is not said to somebody who will get more of them. */
static int choose_closing(const struct values *values, const char **choice)
{
	bool goes_on = false;
	int r;

	if (!*choice || values->row->kind != KIND_CLOSING || values->row->message) {
		return 0;
	}

	r = frequency_goes_on(values->client, values->row->due, &goes_on);
	if (r == 0 && goes_on) {
		*choice = "closing_more";
	}
	return r;
}

/* What is asked afterwards, of whichever it is. */
static const char *choose_follow_up(struct values *values)
{
	const char *id = values->row->reminder;
	const struct follow_up *ask = client_follow_up(values->client, id);

	values->meeting = client_meeting(values->client, id);
	values->appointment = client_appointment(values->client, id);
	values->reminder = client_reminder(values->client, id);
	return ask ? ask->message : NULL;
}

static const char *choose(struct values *values)
{
	const struct outbox_message *row = values->row;

	if (row->message) {
		return row->message;
	}
	if (row->kind == KIND_WELCOME) {
		return "welcome";
	}
	if (row->kind == KIND_MEETING) {
		values->meeting = client_meeting(values->client, row->reminder);
		return values->meeting ? choose_meeting(values, values->meeting) : NULL;
	}
	if (row->kind == KIND_APPOINTMENT) {
		values->appointment = client_appointment(values->client, row->reminder);
		return values->appointment ? values->appointment->message : NULL;
	}
	if (row->kind == KIND_FOLLOW_UP) {
		return choose_follow_up(values);
	}
	return choose_reminder(values);
}

/* --- filling ------------------------------------------------------------- */

static int fill(struct values *values, const char *name, struct composed *composed)
{
	const struct template *template = model_wording(values->model, values->client, name);
	struct frequency frequency;
	int r;

	if (!template) {
		return COMPOSE_E_GONE;
	}

	if (strstr(template->text, "{per_week")) {
		r = frequency_count(values->model, values->client, &frequency);
		if (r < 0) {
			return r;
		}
		values->per_week = frequency.most;
	}
	r = text_fill(template->text, values_look_up, values, &composed->text, NULL, NULL);
	if (r > 0) {
		return COMPOSE_E_FIELD;
	}
	if (r < 0) {
		return r;
	}

	composed->message = template->name;
	return 0;
}

/* The alternative after the bar is for who lacks a value that the first message asks for. */
static int fill_either(struct values *values, const char *choice, struct composed *composed)
{
	const struct template_choice names = template_choice(choice);
	int r = fill(values, names.first, composed);

	return r == COMPOSE_E_FIELD && names.other ? fill(values, names.other, composed) : r;
}

static int choose_and_fill(struct values *values, struct composed *composed)
{
	const char *choice;
	int r;

	if (values->row->text) {
		composed->text = strdup(values->row->text);
		return composed->text ? 0 : -ENOMEM;
	}

	choice = choose(values);
	r = choose_closing(values, &choice);
	if (r < 0) {
		return r;
	}
	return choice ? fill_either(values, choice, composed) : COMPOSE_E_GONE;
}

int compose_plain(const struct model *model, const char *language, char **text)
{
	const struct language *file = model_language(model, language);
	bool bare = file && file->accents == ACCENTS_PLAIN;
	_cleanup_free_ char *plain = NULL;
	struct text_cost cost = { 0 };
	int r;

	if (!bare && !model->texting.plain_characters) {
		return 0;
	}
	r = text_plain(*text, bare ? PLAIN_LETTERS_BARE : PLAIN_LETTERS_KEEP, &plain);
	r = r ? r : text_cost(plain, &cost);
	/* Better a name without its accent than no text. */
	if (r == 0 && cost.segments > model->texting.max_segments) {
		free(take_ptr(plain));
		r = text_plain(*text, PLAIN_LETTERS_BARE, &plain);
	}
	if (r != 0) {
		return r < 0 ? r : COMPOSE_E_FIELD;
	}

	free(*text);
	*text = take_ptr(plain);
	return 0;
}

int compose(const struct model *model, const struct client *client,
	    const struct outbox_message *row, struct composed *ret_composed)
{
	_cleanup_(composed_done) struct composed composed = { 0 };
	struct values values = {
		.model = model,
		.client = client,
		.row = row,
		.language = client->language ? client->language : model->site.language,
		.turn = row->ordinal,
	};
	int r = choose_and_fill(&values, &composed);

	if (r == 0) {
		r = compose_plain(model, values.language, &composed.text);
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
