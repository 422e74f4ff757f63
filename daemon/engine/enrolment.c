/*
 * Weeks of a plan are counted from the client's start, not by the calendar:
 * day 1 is the start, days 1-7 are week 1, each phase begins where the one
 * before it ends; after a setback they all begin anew.
 *
 * An ordinal says which of her occurrences one is, over all phases, and rests on
 * nothing but the plan and her dates: it chooses the words, and a restart must
 * not change them.
 */
#include "engine/enrolment.h"

#include "engine/field.h"
#include "engine/permit.h"

/* A member that is being put together. */
struct enrolment {
	struct series_set *set;
	const struct client *client;
	int64_t start, today; /* days; the first of the plan, and of the cursor */
	int64_t restart;      /* the day on which phases begin a second time; else before start */
	int64_t last;
	bool early;              /* she leaves before the plan's end: nothing closes it */
	const struct plan *next; /* what goes on after the plan; NULL: none */
	bool returns;            /* another stay follows */
};

static const struct span no_lead;

int32_t enrolment_last_day(const struct client *client)
{
	return client->until.year ? (int32_t)civil_to_days(&client->until) : MEMBER_DAY_OPEN;
}

hf_time enrolment_opening(const struct model *model, const struct client *client)
{
	hf_time midnight = zone_midnight(client->zone, civil_to_days(&client->start));

	return permit_opening(&model->texting, client->zone, midnight);
}

/* How many days after its occurrence a text may still be due: what is asked afterwards. */
#define DAYS_AFTER (FOLLOW_UP_MOST / HF_DAY + 1)

/* Asked after it, where it is: a lead that is less than none. */
static int join_follow_up(const struct enrolment *enrolment, const struct rule *rule,
			  const struct follow_up *ask, struct member member)
{
	const struct span lead = { .days = -ask->after.days, .elapsed = -ask->after.elapsed };

	member.kind = KIND_FOLLOW_UP;
	return span_length(&ask->after) > 0 ? series_set_join(enrolment->set, rule, &lead, &member)
					    : 0;
}

/* One series for each lead; without any, the text goes out at the time itself.  leads NULL: there are
 * none; ask NULL: nothing is asked afterwards. */
static int join(const struct enrolment *enrolment, const struct rule *rule,
		const struct conf_spans *leads, const struct follow_up *ask, struct member member)
{
	int r = 0;

	if (member.last_day > enrolment->last) {
		member.last_day = (int32_t)enrolment->last;
	}
	if (member.last_day < enrolment->today - (ask ? DAYS_AFTER : 0) ||
	    member.last_day < member.first_day) {
		return 0;
	}
	r = ask ? join_follow_up(enrolment, rule, ask, member) : 0;
	if (r != 0) {
		return r;
	}
	/* What she goes to, and is not reminded of: the time itself is too late. */
	if (leads && leads->count == 0 &&
	    (member.kind == KIND_MEETING || member.kind == KIND_APPOINTMENT)) {
		return 0;
	}
	if (!leads || leads->count == 0) {
		return series_set_join(enrolment->set, rule, &no_lead, &member);
	}

	for (size_t i = 0; r == 0 && i < leads->count; i++) {
		r = series_set_join(enrolment->set, rule, &leads->list[i], &member);
	}
	return r;
}

/* The day from which weeks and intervals count: what exists without her has one of its own. */
static int64_t anchor_of(const struct enrolment *enrolment, const struct civil *from)
{
	return from->year ? civil_to_days(from) : enrolment->start;
}

static struct member member_of(const struct enrolment *enrolment, const char *reminder, int kind)
{
	return (struct member){
		.client = enrolment->client,
		.reminder = reminder,
		.kind = kind,
		.first_day = (int32_t)enrolment->start,
		.last_day = MEMBER_DAY_OPEN,
	};
}

/* --- reminders ----------------------------------------------------------- */

/* All phases from `first` on, as far as they begin before `until`; *base goes on. */
static int join_phases(const struct enrolment *enrolment, const struct reminder *reminder,
		       struct rule rule, int64_t first, int64_t until, int32_t *base)
{
	struct member member = member_of(enrolment, reminder->id, reminder->kind);

	rule.kind = RULE_WEEKLY;
	for (size_t i = 0; i < reminder->phase_count && first < until; i++) {
		const struct phase *phase = &reminder->phases[i];
		int64_t end = first + 7 * (int64_t)phase->weeks;
		int r;

		end = end < until ? end : until;
		rule.anchor = first;
		rule.weekdays = phase->weekdays;
		rule.every = phase->every;
		member.first_day = (int32_t)first;
		member.last_day = (int32_t)(end - 1);
		member.base = *base;
		r = join(enrolment, &rule, &reminder->leads, &reminder->ask, member);
		if (r < 0) {
			return r;
		}

		*base += (int32_t)rule_count(&rule, first, end);
		first = end;
	}
	return 0;
}

static int join_both_phases(const struct enrolment *enrolment, const struct reminder *reminder,
			    const struct rule *rule)
{
	int64_t start = enrolment->start, restart = enrolment->restart;
	int32_t base = 0;
	int r;

	if (restart <= start) {
		return join_phases(enrolment, reminder, *rule, start, INT64_MAX, &base);
	}

	r = join_phases(enrolment, reminder, *rule, start, restart, &base);
	return r ? r : join_phases(enrolment, reminder, *rule, restart, INT64_MAX, &base);
}

/* Does an earlier one of what it counts fall on the same day? */
static bool is_counted_before(const struct reminder *reminder, size_t which, int64_t base,
			      int64_t day)
{
	for (size_t i = 0; i < which; i++) {
		struct counted counted = reminder_counted_at(reminder, i);

		if (counted_day(&counted, base) == day) {
			return true;
		}
	}
	return false;
}

static int join_counted(const struct enrolment *enrolment, const struct reminder *reminder,
			struct rule rule)
{
	struct member member = member_of(enrolment, reminder->id, reminder->kind);
	int64_t base = client_counts_from(enrolment->client, reminder, enrolment->start);

	rule.kind = RULE_ONCE;
	for (size_t i = 0; i < reminder_counted(reminder); i++) {
		struct counted counted = reminder_counted_at(reminder, i);
		int r;

		rule.anchor = counted_day(&counted, base);
		if (rule.anchor < enrolment->start || rule.anchor > enrolment->last ||
		    is_counted_before(reminder, i, base, rule.anchor)) {
			continue;
		}

		member.base = (int32_t)i;
		member.last_day = (int32_t)rule.anchor;
		r = join(enrolment, &rule, &reminder->leads, &reminder->ask, member);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* Nothing is closed where another plan goes on, or she comes back. */
static int join_closing(const struct enrolment *enrolment, const struct reminder *reminder,
			struct rule rule)
{
	struct member member = member_of(enrolment, reminder->id, reminder->kind);

	if (enrolment->last == MEMBER_DAY_OPEN || enrolment->early || enrolment->next ||
	    enrolment->returns) {
		return 0;
	}

	rule.kind = RULE_ONCE;
	rule.anchor = enrolment->last;
	return join(enrolment, &rule, NULL, NULL, member);
}

static int join_reminder(const struct enrolment *enrolment, const struct reminder *reminder)
{
	struct member member = member_of(enrolment, reminder->id, reminder->kind);
	struct rule rule = {
		.kind = reminder->rrule ? RULE_RRULE : RULE_WEEKLY,
		.zone = enrolment->client->zone,
		.anchor = anchor_of(enrolment, &reminder->from),
		.minute = client_minute(enrolment->client, reminder),
		.weekdays = reminder->weekdays,
		.every = reminder->every,
		.rrule = reminder->rrule,
		.skip = reminder->skip,
	};

	if (!client_wants(enrolment->client, reminder) ||
	    (reminder->needs && !field_is_given(reminder->needs, enrolment->client))) {
		return 0;
	}
	if (reminder->kind == KIND_CLOSING) {
		return join_closing(enrolment, reminder, rule);
	}
	if (reminder->phase_count) {
		return join_both_phases(enrolment, reminder, &rule);
	}
	if (reminder_counted(reminder) > 0) {
		return join_counted(enrolment, reminder, rule);
	}
	if (rule.anchor > member.first_day) {
		member.first_day = (int32_t)rule.anchor;
	}
	return join(enrolment, &rule, &reminder->leads, &reminder->ask, member);
}

/* --- the rest ------------------------------------------------------------ */

static struct rule rule_of_meeting(const struct client *client, const struct meeting *meeting,
				   int64_t start)
{
	return (struct rule){
		.kind = meeting->rrule ? RULE_RRULE : RULE_WEEKLY,
		.zone = client->zone,
		.anchor = meeting->from.year ? civil_to_days(&meeting->from) : start,
		.minute = meeting->minute,
		.weekdays = meeting->weekdays,
		.every = meeting->every,
		.rrule = meeting->rrule,
		.skip = meeting->skip,
	};
}

static int join_meeting(const struct enrolment *enrolment, const struct meeting *meeting)
{
	struct member member = member_of(enrolment, meeting->id, KIND_MEETING);
	struct rule rule = rule_of_meeting(enrolment->client, meeting, enrolment->start);

	if (rule.anchor > member.first_day) {
		member.first_day = (int32_t)rule.anchor;
	}
	return join(enrolment, &rule, &meeting->leads, &meeting->ask, member);
}

int enrolment_next_meeting(const struct client *client, const struct meeting *meeting,
			   hf_time after, hf_time *ret_at)
{
	struct stay stay = client_stay(client, zone_day(client->zone, after));
	struct rule rule = rule_of_meeting(client, meeting, civil_to_days(&stay.from));
	hf_time opens = zone_midnight(client->zone, rule.anchor) - 1;
	struct rule_walk walk;
	int r;

	rule_normalise(&rule);
	r = rule_walk_init(&walk, &rule);
	r = r ? r : rule_walk_seek(&walk, after > opens ? after : opens);
	if (r == 0) {
		*ret_at = walk.at != HF_NEVER && walk.day > enrolment_last_day(client) ? HF_NEVER
										       : walk.at;
	}
	rule_walk_done(&walk);
	return r;
}

static int join_appointment(const struct enrolment *enrolment,
			    const struct appointment *appointment)
{
	struct member member = member_of(enrolment, appointment->id, KIND_APPOINTMENT);
	struct rule rule = {
		.kind = RULE_ONCE,
		.zone = enrolment->client->zone,
		.anchor = civil_to_days(&appointment->when),
		.minute = civil_minute(&appointment->when),
	};

	member.last_day = (int32_t)rule.anchor;
	return join(enrolment, &rule, &appointment->leads, &appointment->ask, member);
}

/* What a plan reminds of ends with the plan; what is the client's own does not. */
static int join_plan(const struct enrolment *enrolment, const struct plan *plan)
{
	struct enrolment planned = *enrolment;
	int64_t end = enrolment->start + 7 * (int64_t)plan->weeks - 1;
	int r = 0;

	planned.next = client_plan_after(enrolment->client, plan);
	if (plan->weeks > 0) {
		planned.early = planned.last < end;
		planned.last = planned.early ? planned.last : end;
	}
	for (size_t i = 0; r == 0 && i < plan->reminder_count; i++) {
		r = join_reminder(&planned, &plan->reminders[i]);
	}
	return r;
}

static int join_plans(struct enrolment enrolment)
{
	const struct plan *plan = enrolment.client->plan;
	int r = 0;

	for (; r == 0 && plan && enrolment.start <= enrolment.last;
	     plan = client_plan_after(enrolment.client, plan)) {
		r = join_plan(&enrolment, plan);
		enrolment.start += 7 * (int64_t)plan->weeks;
	}
	return r;
}

/* Her own reminders, and where she goes. */
static int join_own(const struct enrolment *enrolment)
{
	const struct client *client = enrolment->client;
	int r = 0;

	for (size_t i = 0; r == 0 && i < client->reminder_count; i++) {
		r = join_reminder(enrolment, &client->reminders[i]);
	}
	for (size_t i = 0; r == 0 && i < client->meeting_count; i++) {
		r = join_meeting(enrolment, &client->meetings[i]);
	}
	for (size_t i = 0; r == 0 && i < client->appointment_count; i++) {
		r = join_appointment(enrolment, &client->appointments[i]);
	}
	return r;
}

/* All her stays together. */
static struct enrolment enrolment_of(struct series_set *set, const struct client *client,
				     int32_t setback, hf_time cursor)
{
	return (struct enrolment){
		.set = set,
		.client = client,
		.start = civil_to_days(&client->start),
		.restart = setback,
		.today = zone_day(client->zone, cursor),
		.last = enrolment_last_day(client),
	};
}

int enrolment_join(struct series_set *set, const struct client *client, int32_t setback,
		   hf_time cursor)
{
	struct enrolment whole = enrolment_of(set, client, setback, cursor);
	size_t count = client_stays(client);
	int r = client->inpatient_texts ? join_own(&whole) : 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		struct stay stay = client_stay_at(client, i);
		struct enrolment enrolment = whole;

		enrolment.start = civil_to_days(&stay.from);
		enrolment.last = stay.until.year ? civil_to_days(&stay.until) : MEMBER_DAY_OPEN;
		enrolment.returns = i + 1 < count;
		r = join_plans(enrolment);
		r = r || client->inpatient_texts ? r : join_own(&enrolment);
	}
	return r;
}

int enrolment_welcome(struct series_set *set, const struct client *client, hf_time opening)
{
	struct enrolment enrolment = enrolment_of(set, client, ENROLMENT_NO_SETBACK, opening);
	struct civil when = zone_civil(client->zone, opening);
	struct member member = member_of(&enrolment, ENROLMENT_WELCOME, KIND_WELCOME);
	struct rule rule = {
		.kind = RULE_ONCE,
		.zone = client->zone,
		.anchor = civil_to_days(&when),
		.minute = civil_minute(&when),
	};

	member.last_day = (int32_t)rule.anchor;
	return join(&enrolment, &rule, NULL, NULL, member);
}
