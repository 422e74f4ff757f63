/*
 * Clients and what is theirs alone.
 *
 * Promises: no name and no number of a client gets into a fault.  Each meeting
 * and appointment has a message, and a meeting says in exactly one way when it
 * is.
 */
#include "config/client.h"

#include <errno.h>
#include <string.h>

#include "lib/guess.h"
#include "config/reference.h"
#include "config/reminder.h"

/* --- meetings and appointments -------------------------------------------- */

const struct conf_entry meeting_keys[] = {
	CONF_KEY("id", TEXT, REQUIRED, meeting, id, "its handle, once among what a client has"),
	CONF_KEY("title", TEXT, REQUIRED, meeting, title, "what {title} becomes in a text"),
	CONF_KEY("place", TEXT, OPTIONAL, meeting, place, "what {place} becomes in a text"),
	CONF_KEY("at", MINUTE, REQUIRED, meeting, minute, "when it begins, local time"),
	CONF_KEY("on", WEEKDAYS, OPTIONAL, meeting, weekdays, "weekdays, like \"TU\""),
	CONF_KEY("every", NUMBER, DEFAULT("1"), meeting, every,
		 "with on: every so many weeks, from the week of from, else of the start",
		 .least = 1, .most = 52),
	CONF_KEY("rrule", TEXT, OPTIONAL, meeting, rrule,
		 "a rule of RFC 5545, like \"FREQ=MONTHLY;BYDAY=1SA\""),
	CONF_KEY("from", DATE, OPTIONAL, meeting, from,
		 "a day on which it takes place, from which every and INTERVAL count, and the "
		 "first; without it they count from the client's start"),
	CONF_KEY("skip", TRUTH, DEFAULT("false"), meeting, skip,
		 "nothing in a month that lacks the day, instead of its last day"),
	CONF_KEY("site", TRUTH, DEFAULT("false"), meeting, site,
		 "held at the site: does not take place on closed days"),
	CONF_KEY("message", TEXT, DEFAULT("meeting"), meeting, message, "the name of its message"),
	CONF_KEY("answers", TEXT, OPTIONAL, meeting, answers,
		 "the plan's table that says what an answer to its text means"),
	CONF_KEY("remind", SPANS, DEFAULT("2h"), meeting, leads, "how long before", .most = 8),
	CONF_KEY("ask_after", SPAN, OPTIONAL, meeting, ask.after,
		 "how long after it began she is asked whether she got there, like \"2h\"; up to "
		 "\"1d\""),
	CONF_KEY("ask_message", TEXT, DEFAULT("follow_up"), meeting, ask.message,
		 "the name of the message that asks"),
	CONF_KEY("ask_answers", TEXT, OPTIONAL, meeting, ask.answers,
		 "the plan's table that says what an answer to it means"),
	{ 0 },
};

const struct conf_entry appointment_keys[] = {
	CONF_KEY("id", TEXT, REQUIRED, appointment, id, "its handle, once among what a client has"),
	CONF_KEY("with", TEXT, REQUIRED, appointment, with, "what {with} becomes in a text"),
	CONF_KEY("place", TEXT, OPTIONAL, appointment, place, "what {place} becomes in a text"),
	CONF_KEY("when", DATETIME, REQUIRED, appointment, when,
		 "local time, like \"2026-12-02 14:00\""),
	CONF_KEY("message", TEXT, DEFAULT("appointment"), appointment, message,
		 "the name of its message"),
	CONF_KEY("answers", TEXT, OPTIONAL, appointment, answers,
		 "the plan's table that says what an answer to its text means"),
	CONF_KEY("remind", SPANS, DEFAULT("1d"), appointment, leads, "how long before", .most = 8),
	CONF_KEY("ask_after", SPAN, OPTIONAL, appointment, ask.after,
		 "how long after it began she is asked whether she got there, like \"2h\"; up to "
		 "\"1d\""),
	CONF_KEY("ask_message", TEXT, DEFAULT("follow_up"), appointment, ask.message,
		 "the name of the message that asks"),
	CONF_KEY("ask_answers", TEXT, OPTIONAL, appointment, ask.answers,
		 "the plan's table that says what an answer to it means"),
	{ 0 },
};

/* The one that is named, or the default, which must exist as well. */
static int note_message(struct conf_reader *reader, const struct conf_node *group,
			const char *choice)
{
	const struct conf_node *node = conf_get(group, "message");

	int r = choice ? reference_add_message(reader, node ? node : group, choice) : 0;

	return r < 0 ? r : reference_add(reader, group, "answers", REFERENCE_ANSWERS);
}

static int read_meeting(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	static const char *const when[] = { "on", "rrule", NULL };
	struct meeting *meeting = target;
	int r = conf_read_group(reader, node, meeting_keys, meeting);

	if (r < 0 || !conf_is_group(node)) {
		return r;
	}

	meeting->line = reference_line(node, "id");
	meeting->title_line = reference_line(node, "title");
	meeting->place_line = reference_line(node, "place");
	meeting->rule_line = reference_line(node, meeting->rrule ? "rrule" : "every");
	reference_check_id(reader, node, "id");
	reminder_check_one_key(reader, node, when, "when");
	r = reminder_read_rrule(reader, node, meeting->rrule);
	if (r == 0) {
		reminder_check_from(reader, node, &meeting->from, meeting->weekdays,
				    meeting->rrule);
	}
	r = r < 0 ? r : note_message(reader, node, meeting->message);
	return r < 0 ? r : reminder_check_follow_up(reader, node, &meeting->ask);
}

static int read_appointment(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct appointment *appointment = target;
	int r = conf_read_group(reader, node, appointment_keys, appointment);

	if (r < 0 || !conf_is_group(node)) {
		return r;
	}

	appointment->line = reference_line(node, "id");
	appointment->with_line = reference_line(node, "with");
	appointment->place_line = reference_line(node, "place");
	appointment->when_line = reference_line(node, "when");
	reference_check_id(reader, node, "id");
	r = note_message(reader, node, appointment->message);
	return r < 0 ? r : reminder_check_follow_up(reader, node, &appointment->ask);
}

/* --- pauses and consent --------------------------------------------------------- */

const struct conf_entry pause_keys[] = {
	CONF_KEY("from", DATE, REQUIRED, pause, from, "the first day without texts"),
	CONF_KEY("until", DATE, OPTIONAL, pause, until,
		 "the last day without texts; open where it is not given"),
	CONF_KEY("why", TEXT, OPTIONAL, pause, why, "for staff"),
	{ 0 },
};

const struct conf_entry consent_keys[] = {
	CONF_KEY("at", DATE, REQUIRED, consent_record, at, "the day it was given"),
	CONF_KEY("how", TEXT, REQUIRED, consent_record, how, "like \"paper\""),
	CONF_KEY("by", TEXT, OPTIONAL, consent_record, by, "who took it"),
	{ 0 },
};

const struct conf_entry loved_one_keys[] = {
	CONF_KEY("name", TEXT, REQUIRED, loved_one, name, "for staff"),
	CONF_KEY("phone", PHONE, REQUIRED, loved_one, phone,
		 "who writes from it reaches a human at once, and is told nothing about her"),
	CONF_KEY("at", DATE, REQUIRED, loved_one, at, "the day she allowed it, in writing"),
	CONF_KEY("language", TEXT, OPTIONAL, loved_one, language,
		 "of what is answered; the client's where it is not given"),
	CONF_KEY("may_be_called", TRUTH, DEFAULT("false"), loved_one, may_be_called,
		 "she allowed in writing, too, that staff call this person where they cannot reach "
		 "her"),
	{ 0 },
};

const struct conf_entry stay_keys[] = {
	CONF_KEY("from", DATE, REQUIRED, stay, from, "day 1: the day of a discharge"),
	CONF_KEY("until", DATE, OPTIONAL, stay, until,
		 "the last day of texts, before she is admitted again; only the last may be open"),
	{ 0 },
};

static bool is_reversed(const struct civil *from, const struct civil *until)
{
	return from->year > 0 && until->year > 0 && civil_compare(until, from) < 0;
}

static int read_pause(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct pause *pause = target;
	int r = conf_read_group(reader, node, pause_keys, pause);

	if (r < 0) {
		return r;
	}
	pause->line = reference_line(node, "until");
	if (is_reversed(&pause->from, &pause->until)) {
		conf_fault(reader, conf_get(node, "until"), "dates-reversed",
			   "the pause ends before it begins; exchange \"from\" and \"until\"");
	}
	return 0;
}

static int read_stay(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct stay *stay = target;
	int r = conf_read_group(reader, node, stay_keys, stay);

	if (r == 0 && is_reversed(&stay->from, &stay->until)) {
		conf_fault(reader, conf_get(node, "until"), "dates-reversed",
			   "the stay ends before it begins; exchange \"from\" and \"until\"");
	}
	return r;
}

static int read_consent(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	return conf_read_group(reader, node, consent_keys, target);
}

static int read_loved_one(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct loved_one *person = target;
	const struct conf_node *phone;
	int r = conf_read_group(reader, node, loved_one_keys, person);

	if (r < 0 || !conf_is_group(node)) {
		return r;
	}

	phone = conf_get(node, "phone");
	person->phone_line = conf_line(phone ? phone : node);
	r = person->phone ? unique_add(reader, phone, UNIQUE_LOVED_ONE, person->phone, true) : 0;
	return r ? r : reference_add(reader, node, "language", REFERENCE_LANGUAGE);
}

/* --- what is her own ----------------------------------------------------------- */

/* at = { checkin = "18:00"; } is read as if by a table of the keys that stand there. */
static int read_times(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	size_t count = conf_is_group(node) ? conf_count(node) : 0;
	struct client *client = target;
	int r = 0;

	client->times = arena_alloc(reader->arena, count + 1, sizeof(*client->times));
	if (!client->times) {
		return -ENOMEM;
	}
	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct conf_node *at = conf_at(node, i);
		struct own_time *own = &client->times[client->time_count];
		const char *text = conf_text(at);

		own->reminder = arena_copy(reader->arena, conf_key(at));
		own->line = conf_line(at);
		if (!own->reminder) {
			return -ENOMEM;
		}
		r = reference_add_key(reader, at, REFERENCE_REMINDER);
		if (!text || civil_parse_minute(text, &own->minute) != 0) {
			char guess[GUESS_MAX];

			conf_fault(reader, at, "value",
				   "an hour is written like %s = \"18:00\", 24 hours%s",
				   own->reminder, text ? guess_minute(text, guess) : "");
		} else {
			client->time_count++;
		}
	}
	return r;
}

static void check_kinds(struct conf_reader *reader, const struct conf_node *group,
			struct client *client)
{
	const struct conf_node *node = conf_get(group, "without");
	char hint[CONF_HINT_MAX], shown[FAULT_WORD_MAX];

	for (size_t i = 0; i < client->without.count; i++) {
		const char *word = client->without.list[i];
		int kind = word ? reminder_kind_of(word) : -EINVAL;

		if (kind >= 0) {
			client->unwanted |= 1u << kind;
		} else if (word) {
			(void)conf_hint(word, reminder_kinds, hint);
			conf_fault(reader, conf_is_list(node) ? conf_at(node, i) : node,
				   "unknown-word", "\"%s\" is no kind of reminder%s",
				   fault_word(word, shown),
				   *hint ? hint
					 : "; write check-in, coping, sponsor, milestone, note or "
					   "closing");
		}
	}
	for (size_t i = 0; i < client->reminder_count; i++) {
		const struct reminder *own = &client->reminders[i];

		if (!client_wants(client, own)) {
			fault_add(
				reader->faults, FAULT_ERROR, own->file, own->line, "unwanted",
				"\"without\" says that she gets no %s, and this is one of her own; "
				"remove one of the two",
				kind_words[own->kind]);
		}
	}
}

/* What she avoids are reminders of hers like all others. */
static int add_avoided(struct conf_reader *reader, struct client *client)
{
	size_t count = client->reminder_count + client->avoid_count;
	struct reminder *all = arena_alloc(reader->arena, count + 1, sizeof(*all));

	if (!all) {
		return -ENOMEM;
	}
	if (client->reminder_count > 0) {
		memcpy(all, client->reminders, client->reminder_count * sizeof(*all));
	}
	if (client->avoid_count > 0) {
		memcpy(&all[client->reminder_count], client->avoid,
		       client->avoid_count * sizeof(*all));
	}
	client->reminders = all;
	client->reminder_count = count;
	client->avoid = NULL;
	client->avoid_count = 0;
	return 0;
}

/* --- a client -------------------------------------------------------------------- */

static const char *const wording_words[] = { "discreet", "open", NULL };

const struct conf_entry client_keys[] = {
	CONF_KEY("id", TEXT, REQUIRED, client, id,
		 "the handle: all that logs, alerts and reports ever show"),
	CONF_KEY("name", TEXT, REQUIRED, client, name, "what {name} becomes in a text"),
	CONF_KEY("phone", PHONE, REQUIRED, client, phone, "where texts go"),
	CONF_KEY("shared_phone", TRUTH, DEFAULT("false"), client, shared_phone,
		 "another client has the same number; both must say so"),
	CONF_KEY("timezone", ZONE, OPTIONAL, client, zone,
		 "where she lives; the site's where it is not given"),
	CONF_KEY("language", TEXT, OPTIONAL, client, language,
		 "of her texts; the site's where it is not given"),
	CONF_KEY("wording", WORD, DEFAULT("discreet"), client, wording,
		 "\"open\" only where the client asked for it in writing", .words = wording_words),
	CONF_KEY("address", WORD, DEFAULT("neutral"), client, address,
		 "\"feminine\" or \"masculine\": she gets NAME_feminine where there is such a "
		 "message, else NAME",
		 .words = address_words),
	CONF_KEY("plan", TEXT, OPTIONAL, client, plan_id, "the plan she follows"),
	CONF_KEY("start", DATE, OPTIONAL, client, start,
		 "day 1: the day of discharge; required, unless there are stays"),
	CONF_KEY("until", DATE, OPTIONAL, client, until, "the last day of texts"),
	CONF_LIST_KEY("stays", OPTIONAL, client, stays, stay_count, read_stay,
		      "instead of start and until, for who came back to treatment: each discharge "
		      "begins the plan anew, and between two of them nothing is sent",
		      .most = 50),
	CONF_KEY("inpatient_texts", TRUTH, DEFAULT("false"), client, inpatient_texts,
		 "she asked that her own meetings, appointments and reminders go on between two "
		 "stays"),
	CONF_KEY("alumni", TRUTH, DEFAULT("false"), client, alumni,
		 "she wants the texts of the plan that comes after hers"),
	CONF_KEY("recovery_date", DATE, OPTIONAL, client, recovery_date,
		 "milestones count from here, else from the discharge"),
	CONF_KEY("consent", GROUP, OPTIONAL, client, consent,
		 "that she agreed to get texts; nothing is sent without", .read = read_consent),
	CONF_KEY("counselor", TEXT, OPTIONAL, client, counselor, "the id of a member of staff"),
	CONF_KEY("sponsor", TEXT, OPTIONAL, client, sponsor, "what {sponsor} becomes in a text"),
	CONF_KEY("trusted", TEXTS, OPTIONAL, client, trusted,
		 "people she trusts: {trusted} names the next of them; never texted", .most = 20),
	CONF_LIST_KEY(
		"may_ask_for_help", OPTIONAL, client, loved_ones, loved_one_count, read_loved_one,
		"people who may ask for help for her, where she allowed it in writing", .most = 20),
	CONF_LIST_KEY("meetings", OPTIONAL, client, meetings, meeting_count, read_meeting,
		      "where she goes", .most = 100),
	CONF_LIST_KEY("appointments", OPTIONAL, client, appointments, appointment_count,
		      read_appointment, "whom she sees", .most = 100),
	CONF_LIST_KEY("reminders", OPTIONAL, client, reminders, reminder_count, reminder_read,
		      "her own, beside her plan's", .most = 100),
	CONF_LIST_KEY("avoid", OPTIONAL, client, avoid, avoid_count, reminder_read_avoid,
		      "places and hours that are hard for her: a text at that hour, in her own "
		      "words",
		      .most = 100),
	CONF_KEY("skills", TEXTS, OPTIONAL, client, skills,
		 "what helps her, by her own names: {skill} names the next of them", .most = 20),
	CONF_KEY("without", TEXTS, OPTIONAL, client, without,
		 "kinds of reminders that she does not want: check-in, coping, sponsor, milestone, "
		 "note, closing",
		 .most = 6),
	CONF_KEY("daily_limit", NUMBER, OPTIONAL, client, daily_limit,
		 "automatic texts a day, where she wants fewer than texting.daily_limit",
		 .least = 1, .most = 20),
	CONF_KEY("weekly_limit", NUMBER, OPTIONAL, client, weekly_limit,
		 "automatic texts in seven days; meetings and appointments count and are sent all "
		 "the same",
		 .least = 1, .most = 100),
	CONF_WHOLE_KEY("at", GROUP, OPTIONAL, read_times,
		       "her own hour for reminders of her plan: at = { checkin = \"18:00\"; }"),
	CONF_LIST_KEY("pause", OPTIONAL, client, pauses, pause_count, read_pause,
		      "days without texts: a group, or a list of groups", .most = 100),
	{ 0 },
};

/* Whether she is at home or in treatment must be plain on each day. */
static void check_stays(struct conf_reader *reader, const struct conf_node *group,
			const struct client *client)
{
	const struct conf_node *stays = conf_get(group, "stays");

	for (size_t i = 0; i + 1 < client->stay_count; i++) {
		const struct stay *stay = &client->stays[i], *next = stay + 1;

		if (stay->until.year == 0) {
			conf_fault(
				reader, conf_at(stays, i), "stay-open",
				"another stay follows, and nothing says when this one ended; add "
				"until, the last day of texts before she was admitted again");
		} else if (next->from.year > 0 && civil_compare(&next->from, &stay->until) <= 0) {
			conf_fault(reader, conf_get(conf_at(stays, i + 1), "from"), "stay-order",
				   "this stay begins before the one before it has ended; write "
				   "them in order, each with its own days");
		}
	}
	if (!stays && !conf_get(group, "start")) {
		conf_fault(reader, group, "missing-key",
			   "no \"start\" here; add it: day 1: the day of discharge");
	}
	if (stays && conf_get(group, "start")) {
		conf_fault(reader, conf_get(group, "start"), "stay-start",
			   "\"start\" beside \"stays\"; write it as from in one of them");
	}
	if (stays && conf_get(group, "until")) {
		conf_fault(reader, conf_get(group, "until"), "stay-until",
			   "\"until\" beside \"stays\"; write it in the last of them");
	}
}

static void check_client(struct conf_reader *reader, const struct conf_node *group,
			 struct client *client)
{
	reference_check_id(reader, group, "id");
	check_stays(reader, group, client);
	check_kinds(reader, group, client);
	if (client->stay_count == 0 && is_reversed(&client->start, &client->until)) {
		conf_fault(reader, conf_get(group, "until"), "dates-reversed",
			   "\"until\" is before \"start\"; correct one of the two");
	}
	if (!conf_get(group, "consent")) {
		fault_add(reader->faults, FAULT_WARNING, conf_file(group), client->line,
			  "no-consent",
			  "no consent is recorded, so nothing is sent to this client; add "
			  "consent = { at = \"...\"; how = \"...\"; }");
	}
}

static int note_references(struct conf_reader *reader, const struct conf_node *group,
			   const struct client *client)
{
	int r = 0;

	if (client->id) {
		r = unique_add(reader, conf_get(group, "id"), UNIQUE_CLIENT, client->id, false);
	}
	if (r == 0 && client->phone) {
		r = unique_add(reader, conf_get(group, "phone"), UNIQUE_PHONE, client->phone,
			       client->shared_phone);
	}
	if (r == 0) {
		r = reference_add(reader, group, "plan", REFERENCE_PLAN);
	}
	if (r == 0) {
		r = reference_add(reader, group, "language", REFERENCE_LANGUAGE);
	}
	if (r == 0) {
		r = reference_add(reader, group, "counselor", REFERENCE_STAFF);
	}
	return r;
}

int client_read(struct conf_reader *reader, const struct conf_node *group, struct client *client)
{
	struct references *references = reader->userdata;
	const struct conf_node *plan = conf_get(group, "plan");
	int r;

	/* Her own check-ins use the tables of answers of her plan. */
	references->scope =
		plan && conf_text(plan) ? arena_copy(reader->arena, conf_text(plan)) : NULL;
	r = conf_read_group(reader, group, client_keys, client);
	references->scope = NULL;
	if (r < 0 || !conf_is_group(group)) {
		return r;
	}

	client->file = references->file;
	client->line = reference_line(group, "id");
	client->written = references->written;
	client->start_line = reference_line(group, "start");
	client->until_line = reference_line(group, "until");
	client->recovery_line = reference_line(group, "recovery_date");
	client->consent_line = reference_line(group, "consent");
	client->phone_line = reference_line(group, "phone");
	client->name_line = reference_line(group, "name");
	client->sponsor_line = reference_line(group, "sponsor");
	client->trusted_line = reference_line(group, "trusted");
	client->skills_line = reference_line(group, "skills");
	if (client->stay_count > 0) {
		client->start = client->stays[0].from;
		client->until = client->stays[client->stay_count - 1].until;
	}
	r = client->avoid_count > 0 ? add_avoided(reader, client) : 0;
	if (r < 0) {
		return r;
	}
	check_client(reader, group, client);
	return note_references(reader, group, client);
}

/* --- ids ---------------------------------------------------------------------------- */

/* One place where an id of a client's or her plan's stands. */
struct place {
	const char *id, *file;
	unsigned line;
};

static size_t add_reminders(struct place *places, size_t count, const struct reminder *reminders,
			    size_t more)
{
	for (size_t i = 0; i < more; i++) {
		places[count++] =
			(struct place){ reminders[i].id, reminders[i].file, reminders[i].line };
	}
	return count;
}

/* The plans' come first, so that it is the client's file that is at fault. */
static size_t list_places(const struct client *client, struct place *places, size_t *ret_hers)
{
	size_t count = 0;

	for (const struct plan *plan = client->plan; plan; plan = client_plan_after(client, plan)) {
		count = add_reminders(places, count, plan->reminders, plan->reminder_count);
	}
	*ret_hers = count;
	count = add_reminders(places, count, client->reminders, client->reminder_count);
	for (size_t i = 0; i < client->meeting_count; i++) {
		places[count++] = (struct place){ client->meetings[i].id, client->file,
						  client->meetings[i].line };
	}
	for (size_t i = 0; i < client->appointment_count; i++) {
		places[count++] = (struct place){ client->appointments[i].id, client->file,
						  client->appointments[i].line };
	}
	return count;
}

void client_check_ids(const struct client *client, struct faults *faults)
{
	/* The most that the tables allow: 200 a plan, and 100 each of four lists. */
	struct place places[200 * PLANS_IN_TURN + 400];
	size_t hers, count = list_places(client, places, &hers);

	for (size_t i = hers; i < count; i++) {
		for (size_t j = 0; places[i].id && j < i; j++) {
			if (places[j].id && strcmp(places[i].id, places[j].id) == 0) {
				fault_add(faults, FAULT_ERROR, places[i].file, places[i].line,
					  "duplicate-id",
					  "the id \"%s\" is already at %s:%u; give one of them "
					  "another id",
					  places[i].id, places[j].file, places[j].line);
				break;
			}
		}
	}
}

/* --- looking at one ------------------------------------------------------------------- */

const struct meeting *client_meeting(const struct client *client, const char *id)
{
	for (size_t i = 0; i < client->meeting_count; i++) {
		if (strcmp(client->meetings[i].id, id) == 0) {
			return &client->meetings[i];
		}
	}
	return NULL;
}

const struct appointment *client_appointment(const struct client *client, const char *id)
{
	for (size_t i = 0; i < client->appointment_count; i++) {
		if (strcmp(client->appointments[i].id, id) == 0) {
			return &client->appointments[i];
		}
	}
	return NULL;
}

const struct reminder *client_reminder(const struct client *client, const char *id)
{
	const struct reminder *found = reminder_find(client->reminders, client->reminder_count, id);

	for (const struct plan *plan = client->plan; !found && plan;
	     plan = client_plan_after(client, plan)) {
		found = reminder_find(plan->reminders, plan->reminder_count, id);
	}
	return found;
}

const struct follow_up *client_follow_up(const struct client *client, const char *id)
{
	const struct meeting *meeting = client_meeting(client, id);
	const struct appointment *appointment = client_appointment(client, id);
	const struct reminder *reminder = client_reminder(client, id);
	const struct follow_up *ask = meeting       ? &meeting->ask
				      : appointment ? &appointment->ask
				      : reminder    ? &reminder->ask
						    : NULL;

	return ask && span_length(&ask->after) > 0 ? ask : NULL;
}

const char *client_event_answers(const struct client *client, const char *id)
{
	const struct meeting *meeting = client_meeting(client, id);
	const struct appointment *appointment = meeting ? NULL : client_appointment(client, id);

	return meeting ? meeting->answers : appointment ? appointment->answers : NULL;
}

/* A datetime's time of day must not matter: only days are compared. */
static bool covers(const struct pause *pause, int64_t day)
{
	return civil_to_days(&pause->from) <= day &&
	       (pause->until.year == 0 || day <= civil_to_days(&pause->until));
}

bool client_wants(const struct client *client, const struct reminder *reminder)
{
	return !(client->unwanted & 1u << reminder->kind);
}

int client_minute(const struct client *client, const struct reminder *reminder)
{
	for (size_t i = 0; i < client->time_count; i++) {
		if (strcmp(client->times[i].reminder, reminder->id) == 0) {
			return client->times[i].minute;
		}
	}
	return reminder->minute;
}

const struct plan *client_plan_after(const struct client *client, const struct plan *plan)
{
	return client->alumni ? plan->after : NULL;
}

const struct plan *client_plan_of(const struct client *client, const char *reminder)
{
	for (const struct plan *plan = client->plan; plan; plan = client_plan_after(client, plan)) {
		if (reminder_find(plan->reminders, plan->reminder_count, reminder)) {
			return plan;
		}
	}
	return client->plan;
}

size_t client_stays(const struct client *client)
{
	return client->stay_count > 0 ? client->stay_count : 1;
}

struct stay client_stay_at(const struct client *client, size_t i)
{
	return client->stay_count > 0 ? client->stays[i]
				      : (struct stay){ client->start, client->until };
}

struct stay client_stay(const struct client *client, int64_t day)
{
	size_t i = client_stays(client) - 1;

	while (i > 0 && civil_to_days(&client->stays[i].from) > day) {
		i--;
	}
	return client_stay_at(client, i);
}

bool client_is_inpatient(const struct client *client, int64_t day, struct civil *ret_until)
{
	for (size_t i = 1; i < client->stay_count; i++) {
		if (civil_to_days(&client->stays[i - 1].until) < day &&
		    day < civil_to_days(&client->stays[i].from)) {
			*ret_until = civil_add_days(&client->stays[i].from, -1);
			return true;
		}
	}
	return false;
}

int64_t client_counts_from(const struct client *client, const struct reminder *reminder,
			   int64_t day)
{
	struct stay stay = client_stay(client, day);
	bool discharge = reminder && reminder->counts_from == COUNTS_FROM_DISCHARGE;

	return civil_to_days(client->recovery_date.year && !discharge ? &client->recovery_date
								      : &stay.from);
}

bool client_paused(const struct client *client, const struct civil *day, struct civil *ret_until)
{
	int64_t today = civil_to_days(day), last = INT64_MIN;
	const struct pause *longest = NULL;

	for (size_t i = 0; i < client->pause_count; i++) {
		const struct pause *pause = &client->pauses[i];
		int64_t until = pause->until.year == 0 ? INT64_MAX : civil_to_days(&pause->until);

		if (covers(pause, today) && until > last) {
			longest = pause;
			last = until;
		}
	}
	if (!longest) {
		return false;
	}

	*ret_until = longest->until;
	return true;
}

bool client_is_early(const struct client *client, int64_t day)
{
	struct stay stay = client_stay(client, day);

	return day - civil_to_days(&stay.from) < CLIENT_EARLY_DAYS;
}
