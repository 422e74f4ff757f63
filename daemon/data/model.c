/*
 * All files, read into one snapshot.
 *
 * Promises: every file is read and every fault found, whatever is wrong with
 * the others; with one error there is no snapshot.  A hundred thousand clients
 * cost a sort and no comparison of each with each.
 */
#include "data/model.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "data/crosscheck.h"
#include "data/discretion.h"
#include "data/intake.h"

/* --- all of them ----------------------------------------------------------------- */

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

static int settle(struct model *model, const struct intake *intake)
{
	void *languages, *plans, *clients, *word_lists;
	int r = pile_settle(&intake->languages, model->arena, &languages, &model->language_count);

	if (r == 0) {
		r = pile_settle(&intake->plans, model->arena, &plans, &model->plan_count);
	}
	if (r == 0) {
		r = pile_settle(&intake->clients, model->arena, &clients, &model->client_count);
	}
	if (r == 0) {
		r = pile_settle(&intake->words, model->arena, &word_lists, &model->word_list_count);
	}
	if (r < 0) {
		return r;
	}

	model->word_lists = word_lists;
	model->languages = languages;
	model->plans = plans;
	model->clients = clients;
	qsort(plans, model->plan_count, sizeof(*model->plans), compare_plans);
	qsort(clients, model->client_count, sizeof(*model->clients), compare_clients);
	return 0;
}

static void take(struct model *model, const struct intake *intake)
{
	model->site = intake->settings.site;
	model->texting = intake->settings.texting;
	model->keep = intake->settings.keep;
	model->gateways = intake->settings.gateways;
	model->closed = intake->settings.closed;
	model->staff = intake->roster.staff;
	model->staff_count = intake->roster.staff_count;
	model->on_call = intake->roster.on_call;
	model->on_call_count = intake->roster.on_call_count;
	model->acknowledge_within = intake->roster.acknowledge_within;
}

/* What a client does not say is the site's. */
static void complete_clients(struct model *model, struct faults *faults)
{
	for (size_t i = 0; i < model->client_count && !faults->overflow; i++) {
		struct client *client = &model->clients[i];

		client->plan = client->plan_id ? model_plan(model, client->plan_id) : NULL;
		client->zone = client->zone ? client->zone : model->site.zone;
		client->language = client->language ? client->language : model->site.language;
		client_check_ids(client, faults);
	}
}

static int check(const struct model *model, struct intake *intake)
{
	unsigned twice = once_check(&intake->references, intake->reader.faults);
	const struct crosscheck all = {
		.references = &intake->references,
		.languages = model->languages,
		.language_count = model->language_count,
		.plans = model->plans,
		.plan_count = model->plan_count,
		.staff = model->staff,
		.staff_count = model->staff_count,
		.language = model->site.language,
		/* Of two with one name, nobody knows which is meant. */
		.languages_broken = intake->languages_broken || twice & 1u << ONCE_LANGUAGE,
		.plans_broken = intake->plans_broken || twice & 1u << ONCE_PLAN,
		.staff_broken = intake->staff_broken,
	};

	return crosscheck(&all, intake->reader.faults);
}

static int check_discretion(const struct model *model, const struct intake *intake)
{
	const struct discretion all = {
		.lists = model->word_lists,
		.list_count = model->word_list_count,
		.languages = model->languages,
		.language_count = model->language_count,
		.site = &model->site,
		.clients = model->clients,
		.client_count = model->client_count,
	};

	return discretion_check(&all, intake->reader.faults);
}

static int load(struct model *model, struct faults *faults, const char *path)
{
	_cleanup_(intake_done) struct intake intake;
	int r;

	intake_init(&intake, model->arena, faults, model->dir);
	r = intake_read(&intake, path);
	if (r < 0) {
		return r;
	}

	take(model, &intake);
	r = settle(model, &intake);
	if (r < 0) {
		return r;
	}
	complete_clients(model, faults);
	r = check(model, &intake);
	return r < 0 ? r : check_discretion(model, &intake);
}

/* The folder and the file in it, from either of them. */
static int resolve(const char *file, struct arena *arena, char **ret_dir, char **ret_path)
{
	_cleanup_free_ char *dir = strdup(file), *path = strdup(file);
	struct stat status;
	char *slash;

	if (!dir || !path) {
		return -ENOMEM;
	}

	slash = strrchr(dir, '/');
	if (stat(file, &status) == 0 && S_ISDIR(status.st_mode)) {
		free(path);
		path = NULL;
		if (asprintf(&path, "%s/holdfast.conf", dir) < 0) {
			path = NULL;
			return -ENOMEM;
		}
	} else if (slash) {
		slash[slash == dir] = '\0';
	} else {
		strcpy(dir, *dir ? "." : "");
	}

	*ret_dir = arena_copy(arena, dir);
	*ret_path = arena_copy(arena, path);
	return *ret_dir && *ret_path ? 0 : -ENOMEM;
}

int model_load(const char *file, struct faults *faults, struct model **ret_model)
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
	r = resolve(file, model->arena, &model->dir, &path);
	if (r < 0) {
		return r;
	}

	r = load(model, faults, path);
	if (r < 0) {
		return r;
	}
	if (faults->errors > errors) {
		return CONF_E_FAULT;
	}

	*ret_model = take_ptr(model);
	return 0;
}

struct model *model_free(struct model *model)
{
	if (model) {
		(void)arena_free(model->arena);
		free(model);
	}
	return NULL;
}

int model_part(const struct model *whole, size_t first, size_t count, struct model **ret_part)
{
	struct model *part = malloc(sizeof(*part));

	if (!part) {
		return -ENOMEM;
	}

	*part = *whole;
	part->arena = NULL;
	part->clients = count > 0 ? &whole->clients[first] : NULL;
	part->client_count = count;
	*ret_part = part;
	return 0;
}

/* --- looking at it ------------------------------------------------------------------ */

static int compare_client_id(const void *id, const void *client)
{
	return order(id, ((const struct client *)client)->id);
}

const struct client *model_client(const struct model *model, const char *id)
{
	return model->client_count > 0 ? bsearch(id, model->clients, model->client_count,
						 sizeof(*model->clients), compare_client_id)
				       : NULL;
}

size_t model_after(const struct model *model, const char *id)
{
	size_t low = 0, high = model->client_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(model->clients[middle].id, id) <= 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

static int compare_plan_id(const void *id, const void *plan)
{
	return order(id, ((const struct plan *)plan)->id);
}

const struct plan *model_plan(const struct model *model, const char *id)
{
	return model->plan_count > 0 ? bsearch(id, model->plans, model->plan_count,
					       sizeof(*model->plans), compare_plan_id)
				     : NULL;
}

const struct staff_member *model_staff(const struct model *model, const char *id)
{
	for (size_t i = 0; i < model->staff_count; i++) {
		if (strcmp(model->staff[i].id, id) == 0) {
			return &model->staff[i];
		}
	}
	return NULL;
}

static const struct message *message_in(const struct model *model, const char *language,
					const char *name)
{
	for (size_t i = 0; language && i < model->language_count; i++) {
		if (strcmp(model->languages[i].code, language) == 0) {
			return language_message(&model->languages[i], name);
		}
	}
	return NULL;
}

const struct message *model_message(const struct model *model, const char *language,
				    const char *name)
{
	const struct message *message = message_in(model, language, name);

	return message ? message : message_in(model, model->site.language, name);
}

static const struct reminder *reminder_in(const struct reminder *reminders, size_t count,
					  const char *id)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(reminders[i].id, id) == 0) {
			return &reminders[i];
		}
	}
	return NULL;
}

const struct reminder *model_reminder(const struct model *model, const struct client *client,
				      const char *id)
{
	const struct reminder *own = reminder_in(client->reminders, client->reminder_count, id);

	(void)model;
	return own || !client->plan
		       ? own
		       : reminder_in(client->plan->reminders, client->plan->reminder_count, id);
}

bool model_closed(const struct model *model, const struct civil *date)
{
	int64_t day = civil_to_days(date);

	for (size_t i = 0; i < model->closed.count; i++) {
		if (civil_to_days(&model->closed.list[i]) == day) {
			return true;
		}
	}
	return false;
}

void model_each_key(model_on_key on_key, void *userdata)
{
	static const struct {
		const char *section;
		const struct conf_entry *keys;
	} tables[] = {
		{ "holdfast.conf", site_file_keys },
		{ "site", site_keys },
		{ "texting", texting_keys },
		{ "keep", keep_keys },
		{ "staff.conf", roster_keys },
		{ "staff", staff_keys },
		{ "on_call", on_call_keys },
		{ "messages", language_keys },
		{ "plan", plan_keys },
		{ "answer", answer_keys },
		{ "reminder", reminder_keys },
		{ "phase", phase_keys },
		{ "client", client_keys },
		{ "consent", consent_keys },
		{ "meeting", meeting_keys },
		{ "appointment", appointment_keys },
		{ "pause", pause_keys },
		{ "words", words_keys },
		{ "stigma", stigma_keys },
		{ "allow", allow_keys },
	};

	for (size_t i = 0; i < COUNT(tables); i++) {
		for (const struct conf_entry *entry = tables[i].keys; entry->key; entry++) {
			on_key(userdata, tables[i].section, entry);
		}
	}
}
