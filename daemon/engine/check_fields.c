/*
 * The fields that a message cannot be sent without, as a set of bits, held
 * against those that have a value.
 *
 * Promises: of a message that several clients cannot get the first is named, and
 * how many more there are.  A hundred thousand clients lack a few sets of values
 * among them, and each set is tried once with each plan and language.
 * Dangerous: what is taken for given here and has no value when the text is
 * composed is never sent, and nobody hears of it before.
 */
#include "engine/check_fields.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/text.h"
#include "engine/compose.h"
#include "engine/field.h"

/* 1u << field */
typedef uint32_t fields_set;
_Static_assert(FIELD_COUNT <= 32, "a set of fields has a bit for each");

/* A message, and what it asks for. */
struct need {
	const struct template *template;
	fields_set fields;
	/* Of those who lack some of it: the first, and how many more. */
	const struct client *client;
	fields_set lacks;
	size_t others;
};

#define KNOWN 256 /* a power of two */

/* A set of clients who are all alike in this. */
struct alike {
	const struct plan *plan;
	const char *language;
	fields_set lacks;
	bool known;
};

struct field_check {
	const struct model *model;
	struct faults *faults;
	struct need *needs;
	size_t count, room;
	struct alike known[KNOWN]; /* who get all of their plan's texts */
};

/* --- what a message cannot be without ---------------------------------------------------- */

struct without {
	size_t field;
};

static int look_up(void *userdata, const char *name, const char **ret_value)
{
	const struct without *without = userdata;
	size_t field = field_find(name);

	if (field == FIELD_COUNT) {
		return TEXT_E_FIELD;
	}
	*ret_value = field == without->field ? "" : "x";
	return 0;
}

static int find_fields(const struct template *template, fields_set *ret_fields)
{
	fields_set found = 0;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		struct without without = { i };
		_cleanup_free_ char *text = NULL;
		int r = text_fill(template->text, look_up, &without, &text, NULL, NULL);

		if (r == -ENOMEM) {
			return r;
		}
		found |= r == TEXT_E_EMPTY ? 1u << i : 0;
	}
	*ret_fields = found;
	return 0;
}

/* One more for each message that somebody gets; NULL for one that is nowhere, or when memory is out
 * (then *ret_error is set). */
static struct need *need_of(struct field_check *check, const struct client *client,
			    const char *name, int *ret_error)
{
	const struct template *template = model_wording(check->model, client, name);
	struct need need = { .template = template };
	struct need *needs;

	if (!template) {
		return NULL;
	}
	for (size_t i = 0; i < check->count; i++) {
		if (check->needs[i].template == template) {
			return &check->needs[i];
		}
	}
	if (check->count == check->room) {
		size_t room = check->room ? 2 * check->room : 64;

		needs = reallocarray(check->needs, room, sizeof(*needs));
		if (!needs) {
			*ret_error = -ENOMEM;
			return NULL;
		}
		check->needs = needs;
		check->room = room;
	}
	*ret_error = find_fields(template, &need.fields);
	if (*ret_error < 0) {
		return NULL;
	}
	check->needs[check->count] = need;
	return &check->needs[check->count++];
}

/* --- what somebody lacks ------------------------------------------------------------------- */

/* What a text is about gives these, and nothing else does. */
static fields_set fields_of(enum field_of of)
{
	fields_set found = 0;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		found |= fields[i].of == of ? 1u << i : 0;
	}
	return found;
}

/* In a text that is about nothing she goes to. */
static fields_set lacking(const struct client *client)
{
	fields_set lacks = fields_of(FIELD_OF_EVENT) | fields_of(FIELD_OF_CASE);

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		lacks |= field_is_given(fields[i].name, client) ? 0 : 1u << i;
	}
	return lacks;
}

static const char *first_name(fields_set set)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (set & 1u << i) {
			return fields[i].name;
		}
	}
	return "";
}

/* --- messages of plans and of Holdfast itself ------------------------------------------------ */

static void note(struct need *need, const struct client *client, fields_set lacks)
{
	if (!need->client) {
		need->client = client;
		need->lacks = lacks;
	} else if (need->client != client) {
		need->others++;
	}
}

/* "name" or "name|alternative".  Positive where she could not get it. */
static int try_choice(struct field_check *check, const struct client *client, const char *choice,
		      fields_set lacks)
{
	const struct template_choice names = template_choice(choice);
	int r = 0;
	struct need *need = need_of(check, client, names.first, &r);

	if (names.other && r == 0 && need && need->fields & lacks) {
		need = need_of(check, client, names.other, &r);
	}
	if (r < 0 || !need || !(need->fields & lacks)) {
		return r;
	}
	note(need, client, need->fields & lacks);
	return 1;
}

static int try_reminders(struct field_check *check, const struct client *client,
			 const struct reminder *reminders, size_t count, fields_set lacks)
{
	const fields_set said = 1u << field_find("say");
	int r = 0, worst = 0;

	for (size_t i = 0; i < count && r >= 0; i++) {
		const struct reminder *reminder = &reminders[i];

		if (!client_wants(client, reminder) ||
		    (reminder->needs && !field_is_given(reminder->needs, client))) {
			continue;
		}
		for (size_t j = 0; j < reminder->messages.count && r >= 0; j++) {
			r = try_choice(check, client, reminder->messages.list[j],
				       reminder->say ? lacks & ~said : lacks);
			worst = r > 0 ? r : worst;
		}
		if (r >= 0 && reminder->ask.message) {
			r = try_choice(check, client, reminder->ask.message,
				       reminder->say ? lacks & ~said : lacks);
			worst = r > 0 ? r : worst;
		}
	}
	return r < 0 ? r : worst;
}

static int try_answers(struct field_check *check, const struct client *client,
		       const struct answer_table *table, fields_set lacks)
{
	const char *const own[] = { table->nudge, table->clarify };
	int r = 0, worst = 0;

	for (size_t i = 0; i < COUNT(own) && r >= 0; i++) {
		r = own[i] ? try_choice(check, client, own[i], lacks) : 0;
		worst = r > 0 ? r : worst;
	}
	for (size_t i = 0; i < table->count && r >= 0; i++) {
		const struct conf_texts *messages = &table->answers[i].messages;

		for (size_t j = 0; j < messages->count && r >= 0; j++) {
			r = try_choice(check, client, messages->list[j], lacks);
			worst = r > 0 ? r : worst;
		}
	}
	return r < 0 ? r : worst;
}

static int try_plan(struct field_check *check, const struct client *client, fields_set lacks)
{
	int r = 0, worst = 0;

	for (const struct plan *plan = client->plan; plan && r >= 0;
	     plan = client_plan_after(client, plan)) {
		r = try_reminders(check, client, plan->reminders, plan->reminder_count, lacks);
		worst |= r > 0;
		for (size_t i = 0; i < plan->table_count && r >= 0; i++) {
			r = try_answers(check, client, &plan->tables[i], lacks);
			worst |= r > 0;
		}
	}
	for (size_t i = 0; templates_always[i] && r >= 0; i++) {
		if (strcmp(templates_always[i], "alert") != 0) { /* goes to staff */
			r = try_choice(check, client, templates_always[i], lacks);
			worst |= r > 0;
		}
	}
	return r < 0 ? r : worst;
}

/* Who wants something of her own of her plan is like nobody else. */
static bool is_like_others(const struct client *client)
{
	return client->unwanted == 0 && client->wording == 0 && !client->alumni;
}

static struct alike *place_of(struct field_check *check, const struct client *client,
			      fields_set lacks)
{
	uint64_t hash = ((uintptr_t)client->plan >> 4) * 31 + lacks * UINT64_C(2654435761);

	return &check->known[(hash >> 8) % KNOWN];
}

static int check_plan_of(struct field_check *check, const struct client *client, fields_set lacks)
{
	struct alike *alike = place_of(check, client, lacks);
	int r;

	if (!is_like_others(client)) {
		r = try_plan(check, client, lacks);
		return r < 0 ? r : 0;
	}
	if (alike->known && alike->plan == client->plan && alike->lacks == lacks &&
	    strcmp(alike->language, client->language) == 0) {
		return 0;
	}
	r = try_plan(check, client, lacks);
	if (r == 0) {
		*alike = (struct alike){ client->plan, client->language, lacks, true };
	}
	return r < 0 ? r : 0;
}

static void blame_needs(const struct field_check *check)
{
	for (size_t i = 0; i < check->count; i++) {
		const struct need *need = &check->needs[i];
		const struct template *template = need->template;
		const char *name = first_name(need->lacks);
		char others[40] = "";

		if (!need->client) {
			continue;
		}
		if (need->others > 0) {
			(void)snprintf(others, sizeof(others), " and %zu more", need->others);
		}
		/* What comes with Holdfast names only what everybody has. */
		fault_add(check->faults, FAULT_ERROR,
			  *template->file ? template->file : need->client->file,
			  *template->file ? template->line : need->client->line, "no-value",
			  "{%s} has no value for the client at %s:%u%s, so the message \"%.40s\" "
			  "would never be sent; write {%s|...} with other words for who has none%s",
			  name, need->client->file, need->client->line, others, template->name,
			  name,
			  strcmp(name, "sponsor") == 0 || strcmp(name, "trusted") == 0 ||
					  strcmp(name, "counselor") == 0
				  ? ", or needs = \"...\" in the reminder"
				  : "");
	}
}

/* --- what she goes to -------------------------------------------------------------------------- */

static int check_event(struct field_check *check, const struct client *client, const char *name,
		       fields_set lacks, const char *what, unsigned line, bool *ret_blamed)
{
	int r = 0;
	const struct need *need = need_of(check, client, name, &r);
	const char *field;
	bool hers;

	*ret_blamed = false;
	if (r < 0 || !need || !(need->fields & lacks)) {
		return r;
	}
	field = first_name(need->fields & lacks);
	hers = fields[field_find(field)].of == FIELD_OF_EVENT &&
	       (strcmp(field, "place") == 0 || (*what == 'm') == (strcmp(field, "title") == 0));
	fault_add(
		check->faults, FAULT_ERROR, client->file, line, "no-value",
		"this %s has no %s, and its message \"%.40s\" (%s:%u) says {%s}, so it would never "
		"be sent; %s%s%s, or write {%s|...} there",
		what, field, need->template->name,
		*need->template->file ? need->template->file : "of Holdfast", need->template->line,
		field, hers ? "add " : "choose another message", hers ? field : "",
		hers ? " = \"...\"" : "", field);
	*ret_blamed = true;
	return 0;
}

static int check_meeting(struct field_check *check, const struct client *client,
			 const struct meeting *meeting, fields_set lacks)
{
	static const char *const endings[] = { "", MEETING_AHEAD, MEETING_TONIGHT };
	const char *asks = span_length(&meeting->ask.after) > 0 ? meeting->ask.message : NULL;
	bool blamed = false;
	int r = 0;

	if (!meeting->message) {
		return 0;
	}
	lacks &= ~((meeting->title ? 1u << field_find("title") : 0) |
		   (meeting->place && *meeting->place ? 1u << field_find("place") : 0));
	for (size_t i = 0; i < COUNT(endings) && r == 0 && !blamed; i++) {
		char name[80];

		(void)snprintf(name, sizeof(name), "%.60s%s", meeting->message, endings[i]);
		if (compose_may_say(meeting, endings[i])) {
			r = check_event(check, client, name, lacks, "meeting", meeting->line,
					&blamed);
		}
	}
	return r < 0 || blamed || !asks
		       ? r
		       : check_event(check, client, asks, lacks, "meeting", meeting->line, &blamed);
}

static int check_appointment(struct field_check *check, const struct client *client,
			     const struct appointment *appointment, fields_set lacks)
{
	bool asks = span_length(&appointment->ask.after) > 0 && appointment->ask.message;
	bool blamed = false;
	int r = 0;

	lacks &= ~((appointment->with ? 1u << field_find("with") : 0) |
		   (appointment->place && *appointment->place ? 1u << field_find("place") : 0));
	if (appointment->message && appointment->leads.count > 0) {
		r = check_event(check, client, appointment->message, lacks, "appointment",
				appointment->line, &blamed);
	}
	return r < 0 || blamed || !asks
		       ? r
		       : check_event(check, client, appointment->ask.message, lacks, "appointment",
				     appointment->line, &blamed);
}

/* --- all of it ------------------------------------------------------------------------------------ */

static int check_client(struct field_check *check, const struct client *client)
{
	fields_set lacks = lacking(client);
	int r = check_plan_of(check, client, lacks);

	if (r == 0) {
		r = try_reminders(check, client, client->reminders, client->reminder_count, lacks);
	}
	for (size_t i = 0; r >= 0 && i < client->meeting_count; i++) {
		r = check_meeting(check, client, &client->meetings[i], lacks);
	}
	for (size_t i = 0; r >= 0 && i < client->appointment_count; i++) {
		r = check_appointment(check, client, &client->appointments[i], lacks);
	}
	return r < 0 ? r : 0;
}

int check_fields(const struct model *model, struct faults *faults)
{
	struct field_check *check = calloc(1, sizeof(*check));
	int r = check ? 0 : -ENOMEM;

	if (!check) {
		return r;
	}
	check->model = model;
	check->faults = faults;
	for (size_t i = 0; r == 0 && i < model->client_count && !faults_full(faults); i++) {
		r = check_client(check, &model->clients[i]);
	}
	if (r == 0) {
		blame_needs(check);
	}
	free(check->needs);
	free(check);
	return r;
}
