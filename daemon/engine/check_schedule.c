/*
 * Times of day against the texting hours, rules against the client's start, and
 * a run of each plan for somebody who has all that it may ask for.
 *
 * Promises: what may go out, and until when, is asked of engine/permit and not
 * decided here.  Times are judged on a week in UTC: texting hours are the
 * client's local time, so no zone makes a difference but on the days on which
 * its clock is changed.  A hundred thousand clients have some hundred times of
 * day among them, and each is judged once.  What is counted from a recovery date
 * is left out of the run of a plan: nobody chose its weekday.
 */
#include "engine/check_schedule.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "engine/enrolment.h"
#include "engine/frequency.h"
#include "engine/rule.h"
#include "engine/permit.h"

#define MINUTES   (24 * 60)
#define LEAD_MOST (7 * 24) /* hours; what is not possible a week before is not possible */

/* No clock is changed in its week.  Days of the week are the same from wherever they are counted. */
static const struct civil monday = { .year = 2026, .month = 1, .day = 5 };

static const struct span no_lead;

/* A text at a time of day, on some days of the week. */
struct slot {
	int kind, minute;
	unsigned weekdays;
	struct span lead;
};

#define KNOWN 512 /* a power of two */

struct schedule_check {
	const struct model *model;
	struct faults *faults;
	struct slot known[KNOWN]; /* that go out; weekdays of 0: none */
};

/* --- may it ever go out? ------------------------------------------------------ */

/* When it is due on that day of the week, and whether it goes out then or later. */
static bool is_sent_on(const struct schedule_check *check, const struct slot *slot, int weekday,
		       bool *ret_at_once)
{
	const struct zone *zone = zone_utc();
	struct civil when = civil_add_days(&monday, weekday);
	hf_time occurrence, due, opening;

	when.hour = slot->minute / 60;
	when.minute = slot->minute % 60;
	occurrence = due = zone_instant(zone, &when);
	if (slot->lead.days || slot->lead.elapsed) {
		due = zone_lead(zone, occurrence, &slot->lead);
	}
	opening = permit_opening(&check->model->texting, zone, due);
	*ret_at_once = opening == due;
	return opening < permit_closing(zone, (enum kind)slot->kind, occurrence, due);
}

/* On any of its days of the week; at_once: without having to wait for the texting hours. */
static bool is_sent(const struct schedule_check *check, const struct slot *slot, bool at_once)
{
	for (int weekday = 0; weekday < 7; weekday++) {
		bool now;

		if (slot->weekdays & 1u << weekday && is_sent_on(check, slot, weekday, &now) &&
		    (now || !at_once)) {
			return true;
		}
	}
	return false;
}

static bool find_known(struct schedule_check *check, const struct slot *slot,
		       struct slot **ret_place)
{
	uint64_t hash = (uint64_t)slot->lead.elapsed / HF_MINUTE * 7 +
			(uint64_t)(slot->lead.days * 31 + slot->minute * 13 + slot->kind * 5) +
			slot->weekdays * 3UL;
	struct slot *place = &check->known[hash % KNOWN];

	*ret_place = place;
	return place->weekdays == slot->weekdays && place->kind == slot->kind &&
	       place->minute == slot->minute && place->lead.days == slot->lead.days &&
	       place->lead.elapsed == slot->lead.elapsed;
}

/* The time of day nearest to the slot's at which it goes out at once; -1 for none. */
static int nearest_minute(const struct schedule_check *check, const struct slot *slot)
{
	for (int away = 1; away < MINUTES; away++) {
		for (int sign = 1; sign >= -1; sign -= 2) {
			struct slot other = *slot;

			other.minute += sign * away;
			if (other.minute >= 0 && other.minute < MINUTES &&
			    is_sent(check, &other, true)) {
				return other.minute;
			}
		}
	}
	return -1;
}

/* The shortest lead in whole hours, longer than the slot's, with which it goes out at once; 0 for
 * none. */
static int nearest_hours(const struct schedule_check *check, const struct slot *slot)
{
	struct slot other = *slot;

	for (int hours = (int)(slot->lead.elapsed / HF_HOUR) + 1; hours <= LEAD_MOST; hours++) {
		other.lead = (struct span){ .elapsed = hours * HF_HOUR };
		if (is_sent(check, &other, true)) {
			return hours;
		}
	}
	return 0;
}

static void blame(const struct schedule_check *check, const struct slot *slot, bool is_event,
		  const char *file, unsigned line)
{
	const struct hours *hours = &check->model->texting.hours;
	char lead[SPAN_TEXT_MAX + 8] = "", advice[48] = "change texting.hours";
	bool after = slot->kind == KIND_FOLLOW_UP;
	struct span length = slot->lead;
	int nearest = after      ? -1
		      : is_event ? nearest_hours(check, slot)
				 : nearest_minute(check, slot);

	if (after) {
		length = (struct span){ .days = -length.days, .elapsed = -length.elapsed };
	}
	if (slot->lead.days || slot->lead.elapsed) {
		span_format(&length, lead);
		strcat(lead, after ? " after " : " before ");
	}
	if (is_event && nearest > 0) {
		(void)snprintf(advice, sizeof(advice), "write remind = \"%dh\"", nearest);
	} else if (!is_event && nearest >= 0) {
		(void)snprintf(advice, sizeof(advice), "write at = \"%02d:%02d\"", nearest / 60,
			       nearest % 60);
	}
	fault_add(check->faults, FAULT_ERROR, file, line, "never-sent",
		  "%s%02d:%02d is outside texting hours, %02d:%02d-%02d:%02d, and too late when "
		  "they begin, so this is never sent; %s",
		  lead, slot->minute / 60, slot->minute % 60, hours->from / 60, hours->from % 60,
		  hours->until / 60, hours->until % 60, advice);
}

static void check_slot(struct schedule_check *check, const struct slot *slot, bool is_event,
		       const char *file, unsigned line)
{
	struct slot *place;

	if (find_known(check, slot, &place)) {
		return;
	}
	if (is_sent(check, slot, false)) {
		*place = *slot;
	} else {
		blame(check, slot, is_event, file, line);
	}
}

/* What is asked afterwards. */
static void check_follow_up(struct schedule_check *check, const struct slot *of,
			    const struct follow_up *ask, const char *file, unsigned line)
{
	struct slot slot = *of;

	slot.kind = KIND_FOLLOW_UP;
	slot.lead = (struct span){ .days = -ask->after.days, .elapsed = -ask->after.elapsed };
	if (span_length(&ask->after) > 0) {
		check_slot(check, &slot, true, file, line);
	}
}

static void check_reminder(struct schedule_check *check, const struct reminder *reminder)
{
	struct slot slot = { .kind = reminder->kind, .minute = reminder->minute };

	/* The days of phases, of rules and of counted days may be any. */
	slot.weekdays = reminder->weekdays ? reminder->weekdays : WEEKDAY_ALL;
	for (size_t i = 0; i == 0 || i < reminder->leads.count; i++) {
		slot.lead = reminder->leads.count > 0 ? reminder->leads.list[i] : no_lead;
		check_slot(check, &slot, false, reminder->file, reminder->line);
	}
	check_follow_up(check, &slot, &reminder->ask, reminder->file, reminder->line);
}

/* The hours of her own for reminders of her plans. */
static void check_own_times(struct schedule_check *check, const struct client *client)
{
	for (size_t i = 0; i < client->time_count; i++) {
		const struct own_time *own = &client->times[i];
		const struct reminder *reminder = client_reminder(client, own->reminder);
		struct slot slot = { .minute = own->minute };

		if (reminder) {
			slot.kind = reminder->kind;
			slot.weekdays = reminder->weekdays ? reminder->weekdays : WEEKDAY_ALL;
			check_slot(check, &slot, false, client->file, own->line);
		}
	}
}

/* Where what she goes to fills her week, nothing else ever goes out: no check-in either. */
static void check_week(struct schedule_check *check, const struct client *client)
{
	size_t texts = 0;

	for (size_t i = 0; i < client->meeting_count; i++) {
		const struct meeting *meeting = &client->meetings[i];

		if (meeting->every <= 1) {
			texts += (size_t)__builtin_popcount(meeting->weekdays) *
				 meeting->leads.count;
		}
	}
	if (client->weekly_limit > 0 && texts >= (size_t)client->weekly_limit) {
		fault_add(check->faults, FAULT_WARNING, client->file, client->line, "weekly-limit",
			  "her meetings have %zu texts a week, and weekly_limit is %d: no check-in "
			  "and nothing else is ever sent; write %zu or more, or fewer of remind",
			  texts, client->weekly_limit, texts + 1);
	}
}

static void check_events(struct schedule_check *check, const struct client *client)
{
	for (size_t i = 0; i < client->meeting_count; i++) {
		const struct meeting *meeting = &client->meetings[i];
		struct slot slot = { .kind = KIND_MEETING, .minute = meeting->minute };

		slot.weekdays = meeting->weekdays ? meeting->weekdays : WEEKDAY_ALL;
		for (size_t j = 0; j < meeting->leads.count; j++) {
			slot.lead = meeting->leads.list[j];
			check_slot(check, &slot, true, client->file, meeting->line);
		}
		check_follow_up(check, &slot, &meeting->ask, client->file, meeting->line);
	}
	for (size_t i = 0; i < client->appointment_count; i++) {
		const struct appointment *appointment = &client->appointments[i];
		struct slot slot = {
			.kind = KIND_APPOINTMENT,
			.minute = civil_minute(&appointment->when),
			.weekdays = 1u << civil_weekday(&appointment->when),
		};

		for (size_t j = 0; j < appointment->leads.count; j++) {
			slot.lead = appointment->leads.list[j];
			check_slot(check, &slot, true, client->file, appointment->line);
		}
		check_follow_up(check, &slot, &appointment->ask, client->file, appointment->line);
	}
}

/* --- a rule that is over ---------------------------------------------------------- */

/* Only an end can come before the start, and only an interval can step over every day that is
 * named; one of weeks never does.  All other rules were found good for everybody. */
static bool may_be_empty(const char *rrule)
{
	return strstr(rrule, "UNTIL=") ||
	       (strstr(rrule, "INTERVAL=") && !strstr(rrule, "FREQ=WEEKLY"));
}

static int check_rule(const struct schedule_check *check, const struct client *client,
		      const char *rrule, const struct civil *from, int minute, bool skip,
		      unsigned line)
{
	int64_t start = civil_to_days(&client->start);
	const struct rule rule = {
		.kind = RULE_RRULE,
		.zone = client->zone,
		.anchor = from->year ? civil_to_days(from) : start,
		.minute = minute,
		.rrule = rrule,
		.skip = skip,
	};
	struct rule_walk walk;
	int r;

	if (!rrule || !may_be_empty(rrule)) {
		return 0;
	}

	r = rule_walk_init(&walk, &rule);
	if (r == 0) {
		r = rule_walk_seek(&walk, zone_midnight(rule.zone, start) - 1);
	}
	if (r == 0 && walk.at == HF_NEVER) {
		fault_add(
			check->faults, FAULT_WARNING, client->file, line, "empty-rule",
			"the rule names no day from the client's start on, so this is never sent; "
			"correct the rule, or remove it");
	}
	rule_walk_done(&walk);
	return r;
}

static int check_rules(const struct schedule_check *check, const struct client *client)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < client->meeting_count; i++) {
		const struct meeting *meeting = &client->meetings[i];

		r = check_rule(check, client, meeting->rrule, &meeting->from, meeting->minute,
			       meeting->skip, meeting->line);
	}
	for (size_t i = 0; r == 0 && i < client->reminder_count; i++) {
		const struct reminder *reminder = &client->reminders[i];

		r = check_rule(check, client, reminder->rrule, &reminder->from, reminder->minute,
			       reminder->skip, reminder->line);
	}
	return r;
}

/* --- more than one text a day --------------------------------------------- */

/* A plan, and a client who follows it and has nothing of her own. */
struct run {
	/* Without what is counted from a recovery date, for nobody chose the weekday; and without
	 * what reminders need, for she has all of it. */
	struct plan plan;
	struct client client;
	int64_t first, days;
	const struct reminder **texts; /* of each day: whose text it has */
	bool *blamed;                  /* by reminder */
};

static void run_done(struct run *run)
{
	free(run->plan.reminders);
	free(run->texts);
	free(run->blamed);
}

static int run_init(struct run *run, const struct model *model, const struct plan *plan)
{
	static char someone[] = "x";

	*run = (struct run){ .client = { .id = someone,
					 .zone = model->site.zone,
					 .start = monday,
					 .plan = &run->plan } };
	run->plan.reminders = calloc(plan->reminder_count + 1, sizeof(*run->plan.reminders));
	run->blamed = calloc(plan->reminder_count + 1, sizeof(*run->blamed));
	if (!run->plan.reminders || !run->blamed) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < plan->reminder_count; i++) {
		if (reminder_counted(&plan->reminders[i]) == 0) {
			run->plan.reminders[run->plan.reminder_count] = plan->reminders[i];
			run->plan.reminders[run->plan.reminder_count++].needs = NULL;
		}
	}

	run->first = civil_to_days(&monday);
	run->days = 7L * frequency_weeks(&run->plan);
	run->texts = calloc((size_t)run->days, sizeof(struct reminder *));
	return run->texts ? 0 : -ENOMEM;
}

static const struct reminder *reminder_of(const struct run *run, const char *id)
{
	const struct reminder *reminder = run->plan.reminders;

	while (strcmp(reminder->id, id) != 0) {
		reminder++;
	}
	return reminder;
}

/* The one that stands later in the file is to give way. */
static void note_text(struct run *run, int64_t day, const struct reminder *reminder,
		      struct faults *faults)
{
	const struct reminder **text = &run->texts[day - run->first], *later, *earlier;

	if (!*text) {
		*text = reminder;
		return;
	}

	later = reminder > *text ? reminder : *text;
	earlier = reminder > *text ? *text : reminder;
	if (!run->blamed[later - run->plan.reminders]) {
		fault_add(faults, FAULT_WARNING, later->file, later->line, "two-a-day",
			  "more than one text a day by plan: \"%s\" goes out on the same days; "
			  "choose "
			  "another day for one of them",
			  earlier->id);
	}
	run->blamed[later - run->plan.reminders] = true;
}

static int run_plan(struct run *run, struct faults *faults)
{
	_cleanup_(series_set_freep) struct series_set *set = NULL;
	hf_time from = zone_midnight(run->client.zone, run->first) - 1;
	int r = series_set_new(&set);

	if (r == 0) {
		r = enrolment_join(set, &run->client, ENROLMENT_NO_SETBACK, from);
	}
	if (r == 0) {
		r = series_set_seek(set, from);
	}
	while (r == 0) {
		const struct series *series = series_set_top(set);
		int64_t day = series && series->due != HF_NEVER
				      ? zone_day(run->client.zone, series->due)
				      : INT64_MAX;

		if (day >= run->first + run->days) {
			break;
		}
		for (size_t i = 0; day >= run->first && i < series->member_count; i++) {
			/* What is asked afterwards belongs to its reminder. */
			if (series_has(series, &series->members[i]) &&
			    series->members[i].kind != KIND_FOLLOW_UP) {
				note_text(run, day, reminder_of(run, series->members[i].reminder),
					  faults);
			}
		}
		r = series_set_advance(set);
	}
	return r;
}

static int check_plan(const struct model *model, const struct plan *plan, struct faults *faults)
{
	_cleanup_(run_done) struct run run;
	int r = run_init(&run, model, plan);

	return r < 0 ? r : run_plan(&run, faults);
}

/* --- days, months and years that never come ---------------------------------- */

static const char *const counted_words[][2] = {
	[COUNTED_IN_DAYS] = { "day", "days" },
	[COUNTED_IN_MONTHS] = { "month", "months" },
	[COUNTED_IN_YEARS] = { "year", "years" },
};

/* What becomes of one of what a plan's reminder counts. */
struct tally {
	bool comes; /* for anybody */
	bool after; /* for anybody only after the plan's end */
	size_t before;
	const struct client *first_before; /* one of those whose day was before her first */
};

/* The first day of that plan for her, in her last stay; false where she does not follow it. */
static bool plan_begins(const struct client *client, const struct plan *plan, int64_t *ret_day)
{
	struct stay stay = client_stay_at(client, client_stays(client) - 1);
	const struct plan *other = client->plan;
	int64_t day = civil_to_days(&stay.from);

	for (; other && other != plan; other = client_plan_after(client, other)) {
		day += 7 * (int64_t)other->weeks;
	}
	*ret_day = day;
	return other;
}

static int64_t end_of(const struct plan *plan, int64_t first)
{
	return plan->weeks > 0 ? first + 7 * (int64_t)plan->weeks - 1 : INT64_MAX;
}

static void count_one(struct tally *tally, const struct client *client, int64_t day, int64_t first,
		      int64_t last)
{
	if (day < first) {
		tally->first_before = tally->before++ ? tally->first_before : client;
	} else if (day > last) {
		tally->after = true;
	} else {
		tally->comes = true;
	}
}

/* That a milestone lies behind her is no surprise; of all others the plan's writer thought that
 * they would come. */
static void blame_counted(const struct reminder *reminder, const struct counted *counted,
			  const struct tally *tally, struct faults *faults)
{
	const char *unit = counted_words[counted->unit][counted->number != 1];
	const struct client *client = tally->first_before;
	char more[40] = "";

	if (client && reminder->kind != KIND_MILESTONE) {
		if (tally->before > 1) {
			(void)snprintf(more, sizeof(more), " and %zu more", tally->before - 1);
		}
		fault_add(faults, FAULT_WARNING, reminder->file, reminder->line, "before-start",
			  "%d %s after the recovery date is before the first day of the client at "
			  "%s:%u%s, so this is never sent; write counts_from = \"discharge\", or "
			  "remove it",
			  counted->number, unit, client->file, client->line, more);
	} else if (tally->after && !tally->comes) {
		fault_add(
			faults, FAULT_WARNING, reminder->file, reminder->line, "after-end",
			"%d %s is after the end for everybody, so this is never sent; let it last "
			"longer, or write it in the plan that comes after",
			counted->number, unit);
	}
}

static bool is_after_another(const struct model *model, const struct plan *plan)
{
	for (size_t i = 0; i < model->plan_count; i++) {
		if (model->plans[i].after == plan) {
			return true;
		}
	}
	return false;
}

static void check_counted(const struct model *model, const struct plan *plan,
			  const struct reminder *reminder, struct faults *faults)
{
	const struct client anybody = { .start = monday };
	int64_t first = civil_to_days(&monday);

	for (size_t i = 0; i < reminder_counted(reminder); i++) {
		struct counted counted = reminder_counted_at(reminder, i);
		struct tally tally = { 0 };

		if (!is_after_another(model, plan)) {
			count_one(&tally, &anybody, counted_day(&counted, first), first,
				  end_of(plan, first));
		}
		for (size_t j = 0; j < model->client_count; j++) {
			const struct client *client = &model->clients[j];
			int64_t begins;

			if (client_wants(client, reminder) && plan_begins(client, plan, &begins)) {
				int64_t base = client_counts_from(client, reminder, begins);

				count_one(&tally, client, counted_day(&counted, base), begins,
					  end_of(plan, begins));
			}
		}
		blame_counted(reminder, &counted, &tally, faults);
	}
}

/* Her own, in her last stay. */
static void check_own_counted(const struct client *client, const struct reminder *reminder,
			      struct faults *faults)
{
	struct stay stay = client_stay_at(client, client_stays(client) - 1);
	int64_t first = civil_to_days(&stay.from), last = INT64_MAX;

	if (stay.until.year != 0) {
		last = civil_to_days(&stay.until);
	}
	for (size_t i = 0; i < reminder_counted(reminder); i++) {
		struct counted counted = reminder_counted_at(reminder, i);
		struct tally tally = { 0 };
		int64_t base = client_counts_from(client, reminder, first);

		count_one(&tally, client, counted_day(&counted, base), first, last);
		blame_counted(reminder, &counted, &tally, faults);
	}
}

/* --- all of it ----------------------------------------------------------------------- */

int check_schedule(const struct model *model, struct faults *faults)
{
	struct schedule_check check = { .model = model, .faults = faults };
	int r = 0;

	for (size_t i = 0; i < model->plan_count; i++) {
		const struct plan *plan = &model->plans[i];

		for (size_t j = 0; j < plan->reminder_count; j++) {
			check_reminder(&check, &plan->reminders[j]);
			check_counted(model, plan, &plan->reminders[j], faults);
		}
	}
	for (size_t i = 0; r == 0 && i < model->client_count && !faults_full(faults); i++) {
		const struct client *client = &model->clients[i];

		for (size_t j = 0; j < client->reminder_count; j++) {
			check_reminder(&check, &client->reminders[j]);
			check_own_counted(client, &client->reminders[j], faults);
		}
		check_own_times(&check, client);
		check_week(&check, client);
		check_events(&check, client);
		r = check_rules(&check, client);
	}
	for (size_t i = 0; r == 0 && i < model->plan_count; i++) {
		r = check_plan(model, &model->plans[i], faults);
	}
	return r;
}
