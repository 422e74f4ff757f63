/*
 * The fullest weeks and days of the clients there are.
 *
 * Promises: which text is left out on a day is said by a preview, which is the service itself; what
 * is counted here only says where it is worth looking.
 * Prompts that are left out now and then are what a limit is for; a meeting, an appointment, a
 * check-in or a milestone is a fault on any day.
 */
#include "engine/check_frequency.h"

#include <stdio.h>
#include <string.h>

#include "engine/ceiling.h"
#include "engine/frequency.h"
#include "engine/preview.h"
#include "engine/promise.h"

#define CLIENTS_MOST 5000 /* that are counted: a quarter of a second */
#define LOSERS_MOST  20   /* clients that are looked at day by day, which takes longest */
#define SHOWN_MOST   3    /* days of one client */
#define HABITS_MOST  4    /* days of a year, once a quarter */

static size_t most(const struct model *model)
{
	return model->client_count < CLIENTS_MOST ? model->client_count : CLIENTS_MOST;
}

/* --- texts a week --------------------------------------------------------------------------- */

struct week {
	const struct client *client; /* who gets most; NULL: nobody more than is said */
	struct frequency frequency;
	size_t others;
};

static bool reads(const struct model *model, const struct client *client,
		  const struct template *template)
{
	size_t base = template_open_base(template->name);
	char name[TEMPLATE_NAME_MAX + 1];

	(void)snprintf(name, sizeof(name), "%.*s", base > 0 ? (int)base : TEMPLATE_NAME_MAX,
		       template->name);
	return model_wording(model, client, name) == template ||
	       model_wording(model, client, template->name) == template;
}

static int find_week(const struct model *model, const struct template *template, int said,
		     struct week *week)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < most(model); i++) {
		const struct client *client = &model->clients[i];
		struct frequency frequency;

		if (!reads(model, client, template)) {
			continue;
		}
		r = frequency_count(model, client, &frequency);
		if (r < 0 || frequency.most <= said) {
			continue;
		}
		week->others += week->client != NULL;
		if (!week->client || frequency.most > week->frequency.most) {
			week->client = client;
			week->frequency = frequency;
		}
	}
	return r;
}

static void blame_week(const struct template *template, int said, const struct week *week,
		       struct faults *faults)
{
	struct civil from = civil_from_days(week->frequency.from);
	char sources[300] = "", others[48] = "";
	size_t used = 0;

	for (size_t i = 0; i < week->frequency.source_count && used < sizeof(sources) - 64; i++) {
		const struct frequency_source *source = &week->frequency.sources[i];

		used += (size_t)snprintf(sources + used, sizeof(sources) - used, "%s%d %.40s",
					 i > 0 ? ", " : "", source->texts, source->id);
	}
	if (week->others > 0) {
		(void)snprintf(others, sizeof(others), " and %zu more get too many", week->others);
	}
	fault_add(
		faults, FAULT_WARNING, template->file, template->line, "promise",
		"\"%.40s\" says %d a week, but the client at %.150s:%u gets up to %d in seven days "
		"from %04d-%02d-%02d on: %s%s; write {per_week}, each client's own number",
		template->name, said, week->client->file, week->client->line, week->frequency.most,
		from.year, from.month, from.day, sources, others);
}

static int check_weeks(const struct model *model, struct faults *faults)
{
	int r = 0;

	for (size_t i = 0; i < model->language_count; i++) {
		for (size_t j = 0; r == 0 && j < model->languages[i].count; j++) {
			const struct template *template = &model->languages[i].messages[j];
			struct week week = { 0 };
			int said = 0;

			r = promise_per_week(template->text, &said);
			if (r == 0 && said > 0) {
				r = find_week(model, template, said, &week);
			}
			if (r == 0 && week.client) {
				r = frequency_find_sources(model, week.client, &week.frequency);
			}
			if (r == 0 && week.client) {
				blame_week(template, said, &week, faults);
			}
		}
	}
	return r;
}

/* --- days that are too full -------------------------------------------------------------- */

struct losses {
	int days, habits;       /* texts of habits apart from the others */
	char shown[200];        /* the first ones */
	char habits_shown[200]; /* the same */
};

static bool is_habit(int kind)
{
	return kind == KIND_COPING || kind == KIND_SPONSOR || kind == KIND_NOTE ||
	       kind == KIND_FOLLOW_UP;
}

static int on_row(void *userdata, const struct preview_row *row)
{
	struct losses *losses = userdata;
	bool habit = is_habit(row->row->kind);
	int *count = habit ? &losses->habits : &losses->days;
	char *shown = habit ? losses->habits_shown : losses->shown;
	struct civil day;
	size_t used = strlen(shown);

	if (row->send || !row->reason ||
	    strncmp(row->reason, TEXTS_LEFT_OUT, strlen(TEXTS_LEFT_OUT)) != 0) {
		return 0;
	}
	if ((*count)++ < SHOWN_MOST) {
		day = zone_civil(row->client->zone, row->row->due);
		(void)snprintf(shown + used, sizeof(losses->shown) - used,
			       "%s\"%.24s\" on %04d-%02d-%02d", used > 0 ? ", " : "",
			       row->row->reminder, day.year, day.month, day.day);
	}
	return 0;
}

static void blame_losses(const struct model *model, const struct client *client,
			 const struct losses *losses, struct faults *faults)
{
	bool habits = losses->days == 0;
	int count = habits ? losses->habits : losses->days;
	char more[32] = "";

	if (habits && losses->habits <= HABITS_MOST) {
		return;
	}
	if (count > SHOWN_MOST) {
		(void)snprintf(more, sizeof(more), " and %d more", count - SHOWN_MOST);
	}
	fault_add(faults, FAULT_WARNING, client->file, client->line, "left-out",
		  "the daily limit of %d leaves out %s%s; choose another day or hour, or raise "
		  "texting.daily_limit",
		  model->texting.daily_limit, habits ? losses->habits_shown : losses->shown, more);
}

static int check_days_of(const struct model *model, const struct client *client, int64_t days,
			 struct faults *faults)
{
	struct losses losses = { 0 };
	struct stay stay = client_stay_at(client, client_stays(client) - 1);
	int64_t start = civil_to_days(&stay.from);
	const struct preview_of of = {
		.model = model,
		.first = (size_t)(client - model->clients),
		.count = 1,
		.newcomers = (const bool[]){ true },
		.from = zone_midnight(client->zone, start),
		.until = zone_midnight(client->zone, start + days),
	};
	int r = preview(&of, on_row, &losses);

	if (r == 0) {
		blame_losses(model, client, &losses, faults);
	}
	return r;
}

static int check_days(const struct model *model, struct faults *faults)
{
	size_t looked = 0;
	int r = 0;

	for (size_t i = 0; r == 0 && i < most(model) && looked < LOSERS_MOST; i++) {
		const struct client *client = &model->clients[i];
		struct frequency frequency;

		r = frequency_count(model, client, &frequency);
		if (r == 0 && frequency.full_days > 0) {
			looked++;
			r = check_days_of(model, client, frequency.days, faults);
		}
	}
	return r;
}

/* A ceiling that an ordinary day reaches holds texts back that somebody waits for. */
static void check_ceiling(const struct model *model, enum ceiling_per per, size_t ordinary,
			  const char *what, unsigned line, struct faults *faults)
{
	unsigned most = ceiling_most(model, per);

	if (most >= ordinary) {
		return;
	}
	fault_add(
		faults, FAULT_WARNING, model->site.file, line, "ceiling",
		"most_per_%s is %u, and %zu clients may be sent %zu texts %s: the rest would wait; "
		"raise it, or write 0",
		ceiling_per_words[per], most, model->client_count, ordinary, what);
}

int check_frequency(const struct model *model, struct faults *faults)
{
	const struct texting *texting = &model->texting;
	int r = check_weeks(model, faults);

	check_ceiling(model, CEILING_HOUR, model->client_count, "at one time of day",
		      texting->hour_line, faults);
	check_ceiling(model, CEILING_DAY, model->client_count * (size_t)texting->daily_limit,
		      "a day by texting.daily_limit", texting->day_line, faults);

	return r ? r : check_days(model, faults);
}
