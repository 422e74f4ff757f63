/*
 * A run of each plan, for somebody who has all that it may ask for.
 *
 * What is counted from a recovery date is left out: nobody chose its weekday.
 */
#include "engine/crowding.h"

#include <errno.h>
#include <string.h>

#include "engine/enrol.h"

#define WEEKS_LEAST 53
#define WEEKS_MOST  521 /* ten years */

/* Any; days of the week are the same from wherever they are counted. */
static const struct civil monday = { .year = 2026, .month = 1, .day = 5 };

/* A client who has all that a plan may need, and nothing of her own. */
struct run {
	struct plan
		plan; /* without what is counted from a recovery date: nobody chose the weekday */
	struct client client;
	int64_t first, days;
	const struct reminder **taken; /* of each day: whose text it has */
	bool *blamed;                  /* by reminder */
};

static void run_done(struct run *run)
{
	free(run->plan.reminders);
	free(run->taken);
	free(run->blamed);
}

/* A year, or as long as its phases go on. */
static int weeks_of(const struct plan *plan)
{
	int most = WEEKS_LEAST;

	for (size_t i = 0; i < plan->reminder_count; i++) {
		int weeks = 0;

		for (size_t j = 0; j < plan->reminders[i].phase_count; j++) {
			weeks += plan->reminders[i].phases[j].weeks;
		}
		most = weeks > most ? weeks : most;
	}
	return most < WEEKS_MOST ? most : WEEKS_MOST;
}

static int run_init(struct run *run, const struct model *model, const struct plan *plan)
{
	static char someone[] = "x", *list[] = { someone };

	*run = (struct run){ .client = { .id = someone,
					 .zone = model->site.zone,
					 .start = monday,
					 .sponsor = someone,
					 .counselor = someone,
					 .trusted = { list, 1 },
					 .plan = &run->plan } };
	run->plan.reminders = calloc(plan->reminder_count + 1, sizeof(*run->plan.reminders));
	run->blamed = calloc(plan->reminder_count + 1, sizeof(*run->blamed));
	if (!run->plan.reminders || !run->blamed) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < plan->reminder_count; i++) {
		if (plan->reminders[i].days.count == 0) {
			run->plan.reminders[run->plan.reminder_count++] = plan->reminders[i];
		}
	}

	run->first = civil_to_days(&monday);
	run->days = 7L * weeks_of(plan);
	run->taken = calloc((size_t)run->days, sizeof(struct reminder *));
	return run->taken ? 0 : -ENOMEM;
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
static void take_day(struct run *run, int64_t day, const struct reminder *reminder,
		     struct faults *faults)
{
	const struct reminder **taken = &run->taken[day - run->first], *later, *earlier;

	if (!*taken) {
		*taken = reminder;
		return;
	}

	later = reminder > *taken ? reminder : *taken;
	earlier = reminder > *taken ? *taken : reminder;
	if (!run->blamed[later - run->plan.reminders]) {
		fault_add(faults, FAULT_WARNING, later->file, later->line, "two-a-day",
			  "more than one text a day by plan: \"%s\" goes out on the same days; "
			  "choose "
			  "another day for one of them",
			  earlier->id);
	}
	run->blamed[later - run->plan.reminders] = true;
}

static int play(struct run *run, struct faults *faults)
{
	_cleanup_(series_set_freep) struct series_set *set = NULL;
	hf_time from = rule_midnight(run->client.zone, run->first) - 1;
	int r = series_set_new(&set);

	if (r == 0) {
		r = enrol(set, &run->client, ENROL_NO_SETBACK, from);
	}
	if (r == 0) {
		r = series_set_seek(set, from);
	}
	while (r == 0) {
		const struct series *series = series_set_top(set);
		int64_t day = series && series->due != HF_NEVER
				      ? rule_day(run->client.zone, series->due)
				      : INT64_MAX;

		if (day >= run->first + run->days) {
			break;
		}
		for (size_t i = 0; day >= run->first && i < series->member_count; i++) {
			if (series_has(series, &series->members[i])) {
				take_day(run, day, reminder_of(run, series->members[i].reminder),
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

	return r < 0 ? r : play(&run, faults);
}

int crowding_check(const struct model *model, struct faults *faults)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < model->plan_count; i++) {
		r = check_plan(model, &model->plans[i], faults);
	}
	return r;
}
