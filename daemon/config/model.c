/*
 * What a snapshot says, looked up.
 */
#include "config/model.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "config/source.h"

struct model *model_free(struct model *model)
{
	if (model) {
		for (size_t i = 0; i < model->source_count; i++) {
			(void)source_drop(model->sources[i]);
		}
		free(model->sources);
		(void)arena_free(model->arena);
		free(model);
	}
	return NULL;
}

int model_slice(const struct model *whole, size_t first, size_t count, struct model **ret_slice)
{
	struct model *slice = malloc(sizeof(*slice));

	if (!slice) {
		return -ENOMEM;
	}

	*slice = *whole;
	slice->arena = NULL;
	slice->sources = NULL;
	slice->source_count = 0;
	slice->clients = count > 0 ? &whole->clients[first] : NULL;
	slice->client_count = count;
	*ret_slice = slice;
	return 0;
}

/* What lacks an id is at fault; it must still have a place among the others. */
static int order(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

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
		if (model->staff[i].id && strcmp(model->staff[i].id, id) == 0) {
			return &model->staff[i];
		}
	}
	return NULL;
}

const struct language *model_language(const struct model *model, const char *code)
{
	for (size_t i = 0; code && i < model->language_count; i++) {
		const struct language *language = &model->languages[i];

		if (language->code && strcmp(language->code, code) == 0) {
			return language;
		}
	}
	return NULL;
}

static const struct template *message_in(const struct model *model, const char *code,
					 const char *name)
{
	const struct language *language = model_language(model, code);

	/* cppcheck-suppress CastIntegerToAddressAtReturn ; to it, template is C++ */
	return language ? language_template(language, name) : NULL;
}

const struct template *model_template(const struct model *model, const char *language,
				      const char *name)
{
	const struct template *template = message_in(model, language, name);

	template = template ? template : message_in(model, model->site.language, name);
	return template ? template : template_built_in(language, name);
}

const struct template *model_wording(const struct model *model, const struct client *client,
				     const char *name)
{
	const char *language = client->language ? client->language : model->site.language;
	const struct template *form = NULL;
	char other[TEMPLATE_NAME_MAX + sizeof("_masculine")];
	size_t base = template_open_base(name);

	if (client->wording != 0 && strlen(name) <= TEMPLATE_NAME_MAX) {
		(void)snprintf(other, sizeof(other), "%s" OPEN_SUFFIX, name);
		form = message_in(model, language, other);
	} else if (base > 0 && base <= TEMPLATE_NAME_MAX) {
		(void)snprintf(other, sizeof(other), "%.*s", (int)base, name);
		if (model_template(model, language, other)) {
			return NULL;
		}
	}
	if (!form && client->address != ADDRESS_NEUTRAL && strlen(name) <= TEMPLATE_NAME_MAX) {
		(void)snprintf(other, sizeof(other), "%s_%s", name, address_words[client->address]);
		form = message_in(model, language, other);
	}
	return form ? form : model_template(model, language, name);
}

int model_daily_limit(const struct model *model, const struct client *client)
{
	int limit = model->texting.daily_limit;

	return client->daily_limit > 0 && client->daily_limit < limit ? client->daily_limit : limit;
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
		{ "danger", danger_keys },
		{ "staff.conf", staff_file_keys },
		{ "staff", staff_keys },
		{ "on_call", on_call_keys },
		{ "messages", language_keys },
		{ "plan", plan_keys },
		{ "table", table_keys },
		{ "answer", answer_keys },
		{ "reminder", reminder_keys },
		{ "phase", phase_keys },
		{ "client", client_keys },
		{ "stay", stay_keys },
		{ "consent", consent_keys },
		{ "avoid", avoid_keys },
		{ "meeting", meeting_keys },
		{ "appointment", appointment_keys },
		{ "loved_one", loved_one_keys },
		{ "pause", pause_keys },
		{ "words", words_keys },
		{ "stigma", stigma_keys },
		{ "allow", allow_keys },
		{ "danger_words", danger_group_keys },
		{ "danger_signs", danger_sign_keys },
		{ "danger_weights", danger_weight_keys },
		{ "setback_weights", danger_weight_keys },
		{ "danger_pairs", danger_pair_keys },
	};

	for (size_t i = 0; i < COUNT(tables); i++) {
		for (const struct conf_entry *entry = tables[i].keys; entry->key; entry++) {
			on_key(userdata, tables[i].section, entry);
		}
	}
}
