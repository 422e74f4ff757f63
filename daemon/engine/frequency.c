/*
 * Counting, day by day, what the series of one client come to.
 *
 * Promises: what may go out, and until when, is asked of engine/permit; pauses are left out, for
 * they end.
 */
#include "engine/frequency.h"

#include <errno.h>
#include <string.h>

#include "engine/enrolment.h"
#include "engine/permit.h"

#define WEEK 7

/* A text, or the second asking of one. */
struct text {
	const char *source;
	int64_t day; /* on which it goes, where she is */
	bool nudge, event;
};
typedef void (*on_text)(void *userdata, const struct text *text);

/* --- the texts of some days ------------------------------------------------------------- */

struct walk {
	const struct model *model;
	const struct client *client;
	int64_t first, end; /* days; end is the one after the last */
	on_text on_text;
	void *userdata;
};

static void tell(const struct walk *walk, struct text text, hf_time at, hf_time expires)
{
	const struct zone *zone = walk->client->zone;
	hf_time goes = permit_opening(&walk->model->texting, zone, at);

	if (goes >= expires) {
		return;
	}
	text.day = zone_day(zone, goes);
	if (text.day >= walk->first && text.day < walk->end) {
		walk->on_text(walk->userdata, &text);
	}
}

static void tell_nudge(const struct walk *walk, const struct member *member, hf_time asked)
{
	const struct reminder *reminder = client_reminder(walk->client, member->reminder);
	hf_time nudge, silent;

	if (!reminder || !reminder->answers) {
		return;
	}
	nudge = span_length(&reminder->nudge_after);
	silent = span_length(&reminder->silent_after);
	if (nudge > 0) {
		tell(walk, (struct text){ .source = "nudge", .nudge = true }, asked + nudge,
		     asked + (silent > 0 ? silent : nudge + PERMIT_NUDGE_LATE));
	}
}

static void tell_member(const struct walk *walk, const struct series *series,
			const struct member *member)
{
	hf_time occurrence = series->walk.at;
	struct text text = { 0 };
	hf_time expires =
		permit_closing(series->rule.zone, (enum kind)member->kind, occurrence, series->due);

	if (!series_has(series, member) ||
	    permit_closed(walk->model, walk->client, member->kind, member->reminder, occurrence)) {
		return;
	}
	text.source = member->reminder;
	text.event = member->kind == KIND_MEETING || member->kind == KIND_APPOINTMENT;
	tell(walk, text, series->due, expires);
	if (member->kind == KIND_CHECK_IN) {
		tell_nudge(walk, member, series->due);
	}
}

/* A day more on either side: what is held back over night goes on the next. */
static int walk_texts(const struct walk *walk)
{
	_cleanup_(series_set_freep) struct series_set *set = NULL;
	const struct client *client = walk->client;
	hf_time from = zone_midnight(client->zone, walk->first - 1) - 1;
	hf_time until = zone_midnight(client->zone, walk->end);
	const struct series *series;
	int r = series_set_new(&set);

	r = r ? r : enrolment_join(set, client, ENROLMENT_NO_SETBACK, from);
	r = r ? r : enrolment_welcome(set, client, enrolment_opening(walk->model, client));
	r = r ? r : series_set_seek(set, from);
	while (r == 0 && (series = series_set_top(set)) && series->due < until) {
		for (size_t i = 0; i < series->member_count; i++) {
			tell_member(walk, series, &series->members[i]);
		}
		r = series_set_advance(set);
	}
	return r;
}

/* --- the fullest week ---------------------------------------------------------------------- */

struct day {
	int texts, nudges;
	int events; /* of the texts: what she goes to, which her own limit of a week does not hold */
};

struct days {
	int64_t first;
	struct day *list;
};

static void count_text(void *userdata, const struct text *text)
{
	struct days *days = userdata;
	struct day *day = &days->list[text->day - days->first];

	if (text->nudge) {
		day->nudges++;
	} else {
		day->texts++;
		day->events += text->event;
	}
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

/* What goes of a day, and of that what she goes to. */
static struct day under_limit(const struct day *day, int limit)
{
	return (struct day){ .texts = least(day->texts + day->nudges, limit),
			     .events = least(day->events, limit) };
}

static void find_week(const struct model *model, const struct client *client,
		      const struct days *days, int64_t count, struct frequency *frequency)
{
	int limit = model_daily_limit(model, client), texts = 0, events = 0;

	for (int64_t i = 0; i < count; i++) {
		struct day day = under_limit(&days->list[i], limit), over = { 0 };
		int week;

		if (i >= WEEK) {
			over = under_limit(&days->list[i - WEEK], limit);
		}
		texts += day.texts - over.texts;
		events += day.events - over.events;
		week = texts;
		if (client->weekly_limit > 0 && week > client->weekly_limit) {
			week = events > client->weekly_limit ? events : client->weekly_limit;
		}
		if (week > frequency->most) {
			frequency->most = week;
			frequency->from = days->first + (i >= WEEK ? i - WEEK + 1 : 0);
		}
		frequency->full_days += days->list[i].texts > limit;
	}
}

static void add_source(void *userdata, const struct text *text)
{
	struct frequency *frequency = userdata;
	size_t i = 0;

	while (i < frequency->source_count && strcmp(frequency->sources[i].id, text->source) != 0) {
		i++;
	}
	if (i == FREQUENCY_SOURCES) {
		return;
	}
	if (i == frequency->source_count) {
		frequency->sources[frequency->source_count++] =
			(struct frequency_source){ .id = text->source };
	}
	frequency->sources[i].texts++;
	for (; i > 0 && frequency->sources[i - 1].texts < frequency->sources[i].texts; i--) {
		struct frequency_source more = frequency->sources[i];

		frequency->sources[i] = frequency->sources[i - 1];
		frequency->sources[i - 1] = more;
	}
}

int frequency_weeks(const struct plan *plan)
{
	int most = FREQUENCY_WEEKS_LEAST;

	if (plan && plan->weeks > most) {
		most = plan->weeks;
	}
	for (size_t i = 0; plan && i < plan->reminder_count; i++) {
		int weeks = reminder_weeks(&plan->reminders[i]);

		most = weeks > most ? weeks : most;
	}
	return most < FREQUENCY_WEEKS_MOST ? most : FREQUENCY_WEEKS_MOST;
}

/* Of her last stay: nobody is told anew of the ones before. */
static int64_t first_day(const struct client *client)
{
	struct stay stay = client_stay_at(client, client_stays(client) - 1);

	return civil_to_days(&stay.from);
}

static int64_t count_days(const struct client *client)
{
	int64_t start = first_day(client);
	int64_t days = WEEK * (int64_t)frequency_weeks(client->plan);

	for (size_t i = 0; i < client->appointment_count; i++) {
		int64_t until = civil_to_days(&client->appointments[i].when) - start + 1;

		days = until > days ? until : days;
	}
	return days < WEEK * (int64_t)FREQUENCY_WEEKS_MOST ? days
							   : WEEK * (int64_t)FREQUENCY_WEEKS_MOST;
}

int frequency_count(const struct model *model, const struct client *client,
		    struct frequency *ret_frequency)
{
	_cleanup_free_ struct day *list = NULL;
	struct days days = { .first = first_day(client) };
	struct frequency frequency = { .days = count_days(client) };
	const struct walk walk = {
		.model = model,
		.client = client,
		.first = days.first,
		.end = days.first + frequency.days,
		.on_text = count_text,
		.userdata = &days,
	};
	int r;

	days.list = list = calloc((size_t)frequency.days, sizeof(*list));
	if (!list) {
		return -ENOMEM;
	}
	r = walk_texts(&walk);
	if (r == 0) {
		find_week(model, client, &days, frequency.days, &frequency);
		*ret_frequency = frequency;
	}
	return r;
}

int frequency_find_sources(const struct model *model, const struct client *client,
			   struct frequency *frequency)
{
	const struct walk walk = {
		.model = model,
		.client = client,
		.first = frequency->from,
		.end = frequency->from + WEEK,
		.on_text = add_source,
		.userdata = frequency,
	};

	return walk_texts(&walk);
}

/* --- what comes after ------------------------------------------------------------------ */

int frequency_goes_on(const struct client *client, hf_time after, bool *ret_goes_on)
{
	_cleanup_(series_set_freep) struct series_set *set = NULL;
	int r = series_set_new(&set);

	r = r ? r : enrolment_join(set, client, ENROLMENT_NO_SETBACK, after);
	r = r ? r : series_set_seek(set, after);
	if (r == 0) {
		*ret_goes_on = series_set_top(set) != NULL;
	}
	return r;
}
