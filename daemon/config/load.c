/*
 * All files, read into one snapshot.
 *
 * Promises: every file is read and every fault found, whatever is wrong with
 * the others; with one error there is no snapshot.  A hundred thousand clients
 * cost a sort and no comparison of each with each.
 * Dangerous: of what a snapshot before was found sound by, nothing is judged
 * again; so whatever a judgement depends on must be asked for.
 */
#include "config/model.h"

#include <errno.h>
#include <string.h>

#include "config/check_answers.h"
#include "config/check_clients.h"
#include "config/check_names.h"
#include "config/discretion.h"
#include "config/source.h"

/* --- from the sources ------------------------------------------------------------------ */

/* What lacks an id is at fault; it must still have a place among the others. */
static int order(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_plans(const void *a, const void *b)
{
	return order(((const struct plan *)a)->id, ((const struct plan *)b)->id);
}

static int compare_clients(const void *a, const void *b)
{
	return order(((const struct client *)a)->id, ((const struct client *)b)->id);
}

static void copy_settings(struct model *model, const struct site_file *settings)
{
	model->site = settings->site;
	model->texting = settings->texting;
	model->keep = settings->keep;
	model->danger = settings->danger;
	model->gateways = settings->gateways;
	model->senders = settings->senders;
	model->on_network = settings->on_network;
	model->closed = settings->closed;
}

static void copy_staff(struct model *model, const struct staff_file *file)
{
	model->staff = file->staff;
	model->staff_count = file->staff_count;
	model->on_call = file->on_call;
	model->on_call_count = file->on_call_count;
	model->acknowledge_within = file->acknowledge_within;
	model->attempt_within = file->attempt_within;
	model->read_within = file->read_within;
	model->daily_digest = file->daily_digest;
}

/* One who goes on from plan to plan must not meet an id twice. */
static void check_after(const struct plan *plan, const struct plan *after, struct faults *faults)
{
	for (size_t i = 0; i < after->reminder_count; i++) {
		const struct reminder *again = &after->reminders[i];
		const struct reminder *first =
			reminder_find(plan->reminders, plan->reminder_count, again->id);

		if (first) {
			fault_add(
				faults, FAULT_ERROR, again->file, again->line, "duplicate-id",
				"the id \"%s\" is already at %s:%u, in the plan that goes on with "
				"this one; give one another name",
				again->id, first->file, first->line);
		}
	}
}

/* Each plan that goes on with another.  One that leads back to itself would have no end. */
static void complete_plans(struct model *model, struct faults *faults)
{
	for (size_t i = 0; i < model->plan_count; i++) {
		struct plan *plan = &model->plans[i];

		plan->after = plan->after_id ? model_plan(model, plan->after_id) : NULL;
	}
	for (size_t i = 0; i < model->plan_count; i++) {
		struct plan *plan = &model->plans[i];
		const struct plan *after = plan->after;

		for (size_t j = 0; after && after != plan && j + 1 < PLANS_IN_TURN; j++) {
			check_after(plan, after, faults);
			after = after->after;
		}
		if (after) {
			fault_add(faults, FAULT_ERROR, plan->file, plan->after_line, "plan-circle",
				  "this leads back to itself, or on to more than %d plans; remove "
				  "\"after\" from the last one",
				  PLANS_IN_TURN);
			plan->after = NULL;
		}
	}
}

static int fill_model(struct model *model, const struct sources *sources)
{
	void *languages, *plans, *clients;
	int r = sources_gather(sources, SOURCE_LANGUAGE, &languages, &model->language_count);

	if (r == 0) {
		r = sources_gather(sources, SOURCE_PLAN, &plans, &model->plan_count);
	}
	if (r == 0) {
		r = sources_gather(sources, SOURCE_CLIENTS, &clients, &model->client_count);
	}
	if (r != 0) {
		return r;
	}

	for (size_t i = 0; i < sources->count; i++) {
		if (sources->list[i]->kind == SOURCE_SETTINGS) {
			copy_settings(model, &sources->list[i]->settings);
		} else if (sources->list[i]->kind == SOURCE_STAFF) {
			copy_staff(model, &sources->list[i]->staff);
		}
	}
	model->word_lists = sources->words;
	model->word_list_count = sources->word_count;
	model->languages = languages;
	model->plans = plans;
	model->clients = clients;
	qsort(plans, model->plan_count, sizeof(*model->plans), compare_plans);
	complete_plans(model, sources->faults);
	return 0;
}

/* What a client does not say is the site's. */
static void complete_client(const struct model *model, struct client *client, struct faults *faults)
{
	client->plan = client->plan_id ? model_plan(model, client->plan_id) : NULL;
	client->zone = client->zone ? client->zone : model->site.zone;
	client->language = client->language ? client->language : model->site.language;
	if (client->daily_limit > model->texting.daily_limit) {
		fault_add(faults, FAULT_ERROR, client->file, client->line, "daily-limit",
			  "daily_limit is more than texting.daily_limit, %d, which holds for "
			  "everybody; write less, or remove it",
			  model->texting.daily_limit);
	}
}

/* While they still stand in the order of the files.  Whose file and plan are those of before has
 * the ids of before. */
static void complete_clients(struct model *model, const struct sources *sources)
{
	struct client *client = model->clients;

	for (size_t i = 0; i < sources->count && !faults_full(sources->faults); i++) {
		const struct source *source = sources->list[i];
		bool judged = source_is_shared(source) && !sources->changed[SOURCE_PLAN];

		for (size_t j = 0; source->kind == SOURCE_CLIENTS && j < source->count;
		     j++, client++) {
			complete_client(model, client, sources->faults);
			if (!judged) {
				client_check_ids(client, sources->faults);
			}
		}
	}
	qsort(model->clients, model->client_count, sizeof(*model->clients), compare_clients);
}

/* --- what the sources say about each other ------------------------------------------------ */

/* Who is found by name is the same as before, so what was found then still is. */
static bool names_stay(const struct sources *sources)
{
	return !sources->changed[SOURCE_STAFF] && !sources->changed[SOURCE_LANGUAGE] &&
	       !sources->changed[SOURCE_PLAN];
}

/* Kinds of names that nobody may be blamed for: of two with one name, nobody knows which is meant. */
static unsigned broken_names(const struct sources *sources, unsigned twice)
{
	unsigned broken = 0;

	if (sources->broken[SOURCE_LANGUAGE] || twice & 1u << UNIQUE_LANGUAGE) {
		broken |= 1u << REFERENCE_LANGUAGE | 1u << REFERENCE_MESSAGE;
	}
	if (sources->broken[SOURCE_PLAN] || twice & 1u << UNIQUE_PLAN) {
		broken |= 1u << REFERENCE_PLAN | 1u << REFERENCE_ANSWERS | 1u << REFERENCE_REMINDER;
	}
	if (sources->broken[SOURCE_STAFF]) {
		broken |= 1u << REFERENCE_STAFF;
	}
	return broken;
}

static int check_references(const struct model *model, const struct sources *sources,
			    unsigned twice)
{
	unsigned broken = broken_names(sources, twice);
	bool stay = names_stay(sources);
	int r = 0;

	for (size_t i = 0; r == 0 && i < sources->count; i++) {
		const struct source *source = sources->list[i];

		if (!stay || !source_is_shared(source)) {
			r = check_names(model, broken, &source->references, sources->faults);
		}
	}
	if (r == 0 && !(broken & 1u << REFERENCE_LANGUAGE)) {
		check_languages(model, sources->faults);
	}
	if (r == 0 && !(broken & (1u << REFERENCE_MESSAGE | 1u << REFERENCE_PLAN))) {
		r = check_answers(model, sources->faults);
	}
	return r;
}

/* The snapshot keeps all sources that it was made of. */
static void keep_sources(struct model *model, struct sources *sources)
{
	model->sources = take_ptr(sources->list);
	model->source_count = sources->count;
	model->parsed = sources->parsed;
	model->reused = sources->reused;
	sources->count = 0;
}

static int load(struct model *model, const struct model *previous, const char *path, hf_time now,
		struct faults *faults)
{
	_cleanup_(sources_done) struct sources sources = {
		.dir = model->dir,
		.now = now,
		.faults = faults,
		.arena = model->arena,
		.previous = previous ? previous->sources : NULL,
		.previous_count = previous ? previous->source_count : 0,
	};
	unsigned twice = 0;
	int r = sources_read(&sources, path);

	r = r < 0 ? r : fill_model(model, &sources);
	if (r < 0) {
		return r;
	}

	complete_clients(model, &sources);
	r = sources_check_unique(sources.list, sources.count, faults, &twice);
	r = r < 0 ? r : check_references(model, &sources, twice);
	r = r < 0 ? r : discretion_check(model, faults);
	if (r < 0) {
		return r;
	}
	check_clients(model, faults);

	keep_sources(model, &sources);
	return 0;
}

int model_reload(const struct model *previous, const char *file, hf_time now, struct faults *faults,
		 struct model **ret_model)
{
	_cleanup_(model_freep) struct model *model = calloc(1, sizeof(*model));
	size_t errors = faults->errors;
	char *path;
	int r;

	if (!model) {
		return -ENOMEM;
	}
	r = arena_new(&model->arena);
	if (r < 0) {
		return r;
	}
	r = source_resolve_folder(file, model->arena, &model->dir, &path);
	if (r < 0) {
		return r;
	}

	r = load(model, previous, path, now, faults);
	if (r < 0) {
		return r;
	}
	if (faults->errors > errors) {
		return CONF_E_FAULT;
	}

	*ret_model = take_ptr(model);
	return 0;
}

int model_load(const char *file, struct faults *faults, struct model **ret_model)
{
	return model_reload(NULL, file, 0, faults, ret_model);
}
