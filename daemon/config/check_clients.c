/*
 * Dates and numbers that were typed wrong, as far as another date or number
 * gives them away.
 *
 * Promises: a date that leads to no text is never taken in silence, and is no
 * error either: a client who left, or whose appointment is over, must not keep
 * everybody's schedule from being loaded.  Whether a date is past is asked of
 * the day on which somebody last wrote to its file.  So a file that nobody
 * touches says the same on every day, and an appointment that was kept is not
 * complained of until its file is edited again.
 * Dangerous: a number passes through here and must never reach a fault.
 */
#include "config/check_clients.h"

#include <stdio.h>
#include <string.h>

#include "lib/phone.h"
#include "lib/rrule.h"

#define AHEAD_MOST 400 /* days; who plans further ahead than a year has mistyped the year */
#define YEAR_DAYS  366
#define DAY_BEGINS 6 /* the hour before which nobody has an appointment */
#define NOT_KNOWN  INT64_MIN

struct client_check {
	const struct model *model;
	struct faults *faults;
	const struct client *client;
	int64_t start, until; /* days; until INT64_MAX: open */
	int64_t written;      /* the day on which the file was last written to; NOT_KNOWN */
};

/* --- what was meant by a date --------------------------------------------------------- */

/* Day and month exchanged, or this year or the next instead of the one that is written: whichever
 * lies in [from, until]. "" for none. */
static const char *guess_day(const struct client_check *check, const struct civil *date,
			     int64_t from, int64_t until, char buffer[48])
{
	struct civil now = civil_from_days(check->written);
	struct civil tries[] = { *date, *date, *date, *date };

	buffer[0] = '\0';
	if (check->written == NOT_KNOWN) {
		return buffer;
	}
	tries[0].month = date->day;
	tries[0].day = date->month;
	tries[1].year = now.year;
	tries[2].year = now.year + 1;
	tries[3].year = now.year - 1;
	for (size_t i = 0; i < COUNT(tries); i++) {
		int64_t day = civil_is_date(&tries[i]) ? civil_to_days(&tries[i]) : NOT_KNOWN;

		if (day >= from && day <= until) {
			(void)snprintf(buffer, 48, "; did you mean %04d-%02d-%02d?", tries[i].year,
				       tries[i].month, tries[i].day);
			return buffer;
		}
	}
	return buffer;
}

#define warn(check, line, code, ...)                                                               \
	fault_add((check)->faults, FAULT_WARNING, (check)->client->file, (line), (code),           \
		  __VA_ARGS__)

/* --- her own dates ---------------------------------------------------------------------- */

/* Positive where it is so far ahead that all else is, too. */
static int check_start(const struct client_check *check)
{
	const struct client *client = check->client;
	char guess[48];

	if (check->written == NOT_KNOWN || check->start <= check->written + YEAR_DAYS) {
		return 0;
	}
	(void)guess_day(check, &client->start, check->written - YEAR_DAYS, check->written + 60,
			guess);
	warn(check, client->start_line, "far-ahead",
	     "the start is more than a year ahead, and nothing is sent before%s",
	     *guess ? guess : "; correct it");
	return 1;
}

/* What has happened cannot be ahead. */
static void check_not_ahead(const struct client_check *check, const struct civil *date,
			    unsigned line, const char *what)
{
	int64_t day = date->year ? civil_to_days(date) : NOT_KNOWN;
	char guess[48];

	/* A day more: she may live where it is tomorrow. */
	if (check->written == NOT_KNOWN || day == NOT_KNOWN || day <= check->written + 1) {
		return;
	}
	(void)guess_day(check, date, check->written - 3L * YEAR_DAYS, check->written + 1, guess);
	warn(check, line, "not-yet", "%s is a day that has not come yet%s", what,
	     *guess ? guess : "; correct it");
}

static bool has_own(const struct client_check *check)
{
	const struct client *client = check->client;

	for (size_t i = 0; i < client->appointment_count; i++) {
		if (civil_to_days(&client->appointments[i].when) >= check->written) {
			return true;
		}
	}
	return client->meeting_count > 0 || client->reminder_count > 0;
}

/* Is there anything left that would be sent? */
static void check_over(const struct client_check *check)
{
	const struct client *client = check->client;
	const struct plan *plan = client->plan;
	int64_t end = plan && plan->weeks > 0 ? check->start + 7L * plan->weeks - 1 : INT64_MAX;
	struct civil last;

	if (check->written == NOT_KNOWN) {
		return;
	}
	if (check->until < check->written) {
		char guess[48];

		(void)guess_day(check, &client->until, check->written,
				check->written + 3L * YEAR_DAYS, guess);
		warn(check, client->until_line, "over",
		     "the last day of her texts is past, so nothing more is sent%s",
		     *guess ? guess : "; correct it, or remove the client");
	} else if (end < check->written && !has_own(check) && !client_plan_after(client, plan)) {
		last = civil_from_days(end);
		warn(check, client->line, "over",
		     "her plan ended on %04d-%02d-%02d and she has nothing of her own, so nothing "
		     "more is sent; correct \"start\", or remove the client",
		     last.year, last.month, last.day);
	}
}

static void check_pauses(const struct client_check *check)
{
	for (size_t i = 0; i < check->client->pause_count; i++) {
		const struct pause *pause = &check->client->pauses[i];

		if (pause->until.year &&
		    civil_to_days(&pause->until) - civil_to_days(&pause->from) > YEAR_DAYS) {
			warn(check, pause->line, "far-ahead",
			     "more than a year without texts; correct \"until\", or leave it out "
			     "for a pause without an end");
		}
	}
}

/* --- what she goes to ------------------------------------------------------------------------ */

/* Why it leads to no text; NULL where it does. */
static const char *why_never(const struct client_check *check, const struct appointment *event,
			     int64_t day)
{
	const struct client *client = check->client;
	hf_time when = zone_instant(client->zone, &event->when);
	struct stay first = client_stay_at(client, 0);
	struct civil until;

	if (day < civil_to_days(&first.from)) {
		return "before the client's start";
	}
	if (!client->inpatient_texts && client_is_inpatient(client, day, &until)) {
		return "between two of her stays, while she is in treatment";
	}
	if (day > check->until) {
		return "after the last day of her texts (\"until\")";
	}
	if (client->consent.how && day < civil_to_days(&client->consent.at) &&
	    civil_to_days(&client->consent.at) <= check->written) {
		return "before she agreed to texts (\"consent\")";
	}
	return check->written != NOT_KNOWN && when < client->written ? "past" : NULL;
}

static void check_appointment(const struct client_check *check, const struct appointment *event)
{
	int64_t day = civil_to_days(&event->when);
	int64_t from = check->start > check->written ? check->start : check->written;
	const char *why = why_never(check, event, day);
	char guess[48];

	if (why) {
		(void)guess_day(check, &event->when, from,
				check->until < from + AHEAD_MOST ? check->until : from + AHEAD_MOST,
				guess);
		warn(check, event->when_line, "never",
		     "this is %s, so she is never reminded of it%s", why,
		     *guess ? guess : "; correct the date, or remove it");
	} else if (check->written != NOT_KNOWN && day > check->written + AHEAD_MOST) {
		(void)guess_day(check, &event->when, from, from + AHEAD_MOST, guess);
		warn(check, event->when_line, "far-ahead", "this is more than a year ahead%s",
		     *guess ? guess : "; correct the date");
	} else if (event->when.hour < DAY_BEGINS) {
		warn(check, event->when_line, "at-night",
		     "nobody is seen at %02d:%02d; write the time of day in 24 hours; did you mean "
		     "%02d:%02d?",
		     event->when.hour, event->when.minute, event->when.hour + 12,
		     event->when.minute);
	} else if (model_closed(check->model, &event->when)) {
		warn(check, event->when_line, "closed-day",
		     "this is a day on which the site is closed (\"closed\" in holdfast.conf), so "
		     "she is not reminded of it; choose another day");
	}
}

/* Was the rule over when the file was written?  One that was over before she began is looked at by
 * engine/check_schedule. */
static bool is_over(const struct client_check *check, const char *rule)
{
	int64_t last;
	struct rrule parts;
	const char *why;

	if (!rule || !strstr(rule, "UNTIL=") || rrule_parse(rule, &parts, &why) != 0 ||
	    parts.until_kind == RRULE_UNTIL_NONE) {
		return false;
	}
	last = civil_to_days(&parts.until);
	return last >= check->start && last < check->written;
}

static bool is_spaced(const char *rule, int every)
{
	struct rrule parts;
	const char *why;

	return every > 1 || (rule && strstr(rule, "INTERVAL=") &&
			     rrule_parse(rule, &parts, &why) == 0 && parts.interval > 1);
}

/* The first day on which it takes place as its weeks are counted now. */
static struct civil first_day(const struct client_check *check, const struct meeting *meeting)
{
	struct civil start = civil_from_days(check->start);
	int64_t day = check->start;
	struct rrule parts;
	const char *why;

	if (!meeting->rrule) {
		while (meeting->weekdays && !(meeting->weekdays & 1u << civil_weekday_of(day))) {
			day++;
		}
	} else if (rrule_parse(meeting->rrule, &parts, &why) == 0) {
		rrule_complete(&parts, &start);
		if (rrule_next(&parts, check->start, !meeting->skip, check->start, &day) != 0) {
			day = check->start;
		}
	}
	return civil_from_days(day);
}

static void check_meeting(const struct client_check *check, const struct meeting *meeting)
{
	if (is_over(check, meeting->rrule)) {
		warn(check, meeting->rule_line, "over",
		     "the rule's UNTIL is past, so she is never reminded of it; correct it, or "
		     "remove the meeting");
	}
	if (meeting->from.year == 0 && is_spaced(meeting->rrule, meeting->every)) {
		struct civil first = first_day(check, meeting);

		warn(check, meeting->rule_line, "no-from",
		     "a group does not meet by her start, and by that its weeks are counted; add a "
		     "day on which it meets, like from = \"%04d-%02d-%02d\"",
		     first.year, first.month, first.day);
	}
	if (meeting->from.year && check->written != NOT_KNOWN &&
	    civil_to_days(&meeting->from) > check->written + AHEAD_MOST) {
		warn(check, meeting->rule_line, "far-ahead",
		     "\"from\" is more than a year ahead, and she is not reminded before; correct "
		     "it");
	}
}

/* --- her reminders ------------------------------------------------------------------------------ */

static void check_reminders(const struct client_check *check)
{
	const struct client *client = check->client;

	for (size_t i = 0; i < client->reminder_count; i++) {
		const struct reminder *reminder = &client->reminders[i];

		if (is_over(check, reminder->rrule)) {
			warn(check, reminder->line, "over",
			     "the rule's UNTIL is past, so this is never sent; correct it, or "
			     "remove the reminder");
		}
	}
}

/* --- numbers ------------------------------------------------------------------------------------- */

/* Texts to it would come back as if they were hers. */
static bool is_sender(const struct model *model, const char *phone)
{
	for (size_t i = 0; i < model->senders.count; i++) {
		if (strcmp(model->senders.list[i], phone) == 0) {
			return true;
		}
	}
	return false;
}

static const struct staff_member *staff_with(const struct model *model, const char *phone)
{
	for (size_t i = 0; i < model->staff_count; i++) {
		if (model->staff[i].phone && strcmp(model->staff[i].phone, phone) == 0) {
			return &model->staff[i];
		}
	}
	return NULL;
}

#define EXAMPLE                                                                                    \
	"is kept for examples, and nobody has it; write the real number, or remove the example"

static void check_phone(const struct client_check *check)
{
	const struct model *model = check->model;
	const struct client *client = check->client;
	const struct staff_member *member = client->phone ? staff_with(model, client->phone) : NULL;

	if (!client->phone) {
		return;
	}
	if (is_sender(model, client->phone)) {
		fault_add(check->faults, FAULT_ERROR, client->file, client->phone_line,
			  "own-number",
			  "this is the number that our texts come from; write the client's own");
	} else if (model->site.phone && strcmp(model->site.phone, client->phone) == 0) {
		warn(check, client->phone_line, "own-number",
		     "this is the site's own number (\"phone\" in holdfast.conf); write the "
		     "client's");
	} else if (member) {
		warn(check, client->phone_line, "own-number",
		     "this is the number of \"%.40s\" in staff.conf; write the client's own",
		     member->id ? member->id : "?");
	} else if (model->on_network && phone_is_fictional(client->phone)) {
		warn(check, client->phone_line, "example-number", "this number " EXAMPLE);
	}
}

/* What comes from one of our numbers, the site's phone or from one of the staff's is not from who may ask for help. */
static const char *whose_number(const struct model *model, const char *phone)
{
	return is_sender(model, phone) ? "the one that our texts come from"
	       : model->site.phone && strcmp(model->site.phone, phone) == 0 ? "the site's"
	       : staff_with(model, phone) ? "that of somebody of the staff"
					  : NULL;
}

/* Who texts from a number that nobody has is never heard.  Where it is a client's, config/reference
 * says so. */
static void check_loved_one(const struct client_check *check, const struct loved_one *person)
{
	const char *whose = person->phone ? whose_number(check->model, person->phone) : NULL;

	if (whose) {
		fault_add(check->faults, FAULT_ERROR, check->client->file, person->phone_line,
			  "loved-one-phone",
			  "the number is %s; correct it, or take it out of \"may_ask_for_help\"",
			  whose);
	}
	if (person->phone && check->model->on_network && phone_is_fictional(person->phone)) {
		warn(check, person->phone_line, "example-number", "this number " EXAMPLE);
	}
}

static void check_others(const struct model *model, struct faults *faults)
{
	for (size_t i = 0; i < model->staff_count; i++) {
		const struct staff_member *member = &model->staff[i];

		if (member->phone && is_sender(model, member->phone)) {
			fault_add(faults, FAULT_ERROR, "staff.conf", member->phone_line,
				  "own-number",
				  "this is the number that our texts come from, so an alert would "
				  "reach nobody; write the member's own");
		} else if (member->phone && model->on_network &&
			   phone_is_fictional(member->phone)) {
			fault_add(faults, FAULT_WARNING, "staff.conf", member->phone_line,
				  "example-number", "this number " EXAMPLE);
		}
	}
	if (model->site.phone && model->on_network && phone_is_fictional(model->site.phone)) {
		fault_add(faults, FAULT_WARNING, model->site.file, model->site.phone_line,
			  "example-number", "this number " EXAMPLE);
	}
}

/* --- plans -------------------------------------------------------------------------------------------- */

static void check_plan(const struct plan *plan, struct faults *faults)
{
	for (size_t i = 0; plan->weeks > 0 && i < plan->reminder_count; i++) {
		const struct reminder *reminder = &plan->reminders[i];
		int weeks = reminder_weeks(reminder);

		if (weeks > plan->weeks) {
			fault_add(faults, FAULT_WARNING, reminder->file, reminder->line,
				  "after-the-plan",
				  "its phases go on for %d weeks and the plan for %d, so the last "
				  "are never sent; write fewer weeks here, or more in the plan",
				  weeks, plan->weeks);
		}
	}
}

/* --- all of it ------------------------------------------------------------------------------------------ */

static void check_client(struct client_check *check, const struct client *client)
{
	struct stay stay = client_stay_at(client, client_stays(client) - 1);

	check->client = client;
	check->start = civil_to_days(&stay.from);
	check->until = client->until.year ? civil_to_days(&client->until) : INT64_MAX;
	check->written = client->written && client->zone ? zone_day(client->zone, client->written)
							 : NOT_KNOWN;

	check_phone(check);
	for (size_t i = 0; i < client->loved_one_count; i++) {
		check_loved_one(check, &client->loved_ones[i]);
	}
	if (client->start.year == 0 || !client->zone) {
		return; /* a fault of its own */
	}
	if (check_start(check) > 0) {
		return;
	}
	check_not_ahead(check, &client->consent.at, client->consent_line, "\"consent\"");
	check_not_ahead(check, &client->recovery_date, client->recovery_line, "\"recovery_date\"");
	if (check->until < check->start) {
		check->until = INT64_MAX; /* a fault of its own */
	}
	check_over(check);
	check_pauses(check);
	for (size_t i = 0; i < client->appointment_count; i++) {
		if (client->appointments[i].when.year) {
			check_appointment(check, &client->appointments[i]);
		}
	}
	for (size_t i = 0; i < client->meeting_count; i++) {
		check_meeting(check, &client->meetings[i]);
	}
	check_reminders(check);
}

void check_clients(const struct model *model, struct faults *faults)
{
	struct client_check check = { .model = model, .faults = faults };

	check_others(model, faults);
	for (size_t i = 0; i < model->plan_count; i++) {
		check_plan(&model->plans[i], faults);
	}
	for (size_t i = 0; i < model->client_count && !faults_full(faults); i++) {
		check_client(&check, &model->clients[i]);
	}
}
