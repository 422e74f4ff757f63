/*
 * The judgement over what was noted while the files were read.
 *
 * Promises: a file with a fault of its own gives no second fault elsewhere for
 * each name that it would have had.
 */
#include "config/check_names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/array.h"
#include "lib/invisible.h"

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* --- looking up ----------------------------------------------------------- */

/* In any language: one that lacks it is at fault for that. */
static const struct template *find_message(const struct model *model, const char *name)
{
	for (size_t i = 0; i < model->language_count; i++) {
		const struct template *template = language_template(&model->languages[i], name);

		if (template) {
			return template;
		}
	}
	return NULL;
}

static bool has_table(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->table_count; i++) {
		if (same(plan->tables[i].name, name)) {
			return true;
		}
	}
	return false;
}

/* Also in a plan that comes after it. */
static bool has_reminder(const struct plan *plan, const char *id)
{
	for (; plan; plan = plan->after) {
		if (reminder_find(plan->reminders, plan->reminder_count, id)) {
			return true;
		}
	}
	return false;
}

static bool is_found(const struct model *model, const struct reference *reference)
{
	const struct plan *plan;

	switch (reference->kind) {
	case REFERENCE_PLAN:
		return model_plan(model, reference->word);
	case REFERENCE_STAFF:
		return model_staff(model, reference->word);
	case REFERENCE_LANGUAGE:
		return model_language(model, reference->word);
	case REFERENCE_MESSAGE:
		return find_message(model, reference->word) ||
		       template_built_in(NULL, reference->word);
	case REFERENCE_ANSWERS:
		plan = reference->scope ? model_plan(model, reference->scope) : NULL;
		/* An unknown plan is a fault of its own; no plan has no tables. */
		return (reference->scope && !plan) || (plan && has_table(plan, reference->word));
	case REFERENCE_REMINDER:
		plan = reference->scope ? model_plan(model, reference->scope) : NULL;
		return (reference->scope && !plan) || has_reminder(plan, reference->word);
	}
	return true;
}

/* --- "did you mean" --------------------------------------------------------- */

/* Every name of a kind, NULL-terminated, borrowed; the caller frees the list. */
struct names {
	const char **list;
	size_t count, room;
};

static int add_name(struct names *names, const char *name)
{
	if (array_reserve(names->list, names->count, names->room, 2) < 0) {
		return -ENOMEM;
	}

	/* What has no name cannot be meant. */
	if (name) {
		names->list[names->count++] = name;
	}
	names->list[names->count] = NULL;
	return 0;
}

static int list_names(const struct model *model, const struct reference *reference,
		      struct names *names)
{
	const struct plan *plan = NULL;
	int r = add_name(names, NULL);

	switch (reference->kind) {
	case REFERENCE_PLAN:
		for (size_t i = 0; r == 0 && i < model->plan_count; i++) {
			r = add_name(names, model->plans[i].id);
		}
		break;
	case REFERENCE_STAFF:
		for (size_t i = 0; r == 0 && i < model->staff_count; i++) {
			r = add_name(names, model->staff[i].id);
		}
		break;
	case REFERENCE_LANGUAGE:
		for (size_t i = 0; r == 0 && i < model->language_count; i++) {
			r = add_name(names, model->languages[i].code);
		}
		break;
	case REFERENCE_MESSAGE:
		for (size_t i = 0; i < model->language_count; i++) {
			for (size_t j = 0; r == 0 && j < model->languages[i].count; j++) {
				r = add_name(names, model->languages[i].messages[j].name);
			}
		}
		break;
	case REFERENCE_ANSWERS:
		plan = reference->scope ? model_plan(model, reference->scope) : NULL;
		for (size_t i = 0; r == 0 && plan && i < plan->table_count; i++) {
			r = add_name(names, plan->tables[i].name);
		}
		break;
	case REFERENCE_REMINDER:
		plan = reference->scope ? model_plan(model, reference->scope) : NULL;
		for (; plan; plan = plan->after) {
			for (size_t i = 0; r == 0 && i < plan->reminder_count; i++) {
				r = add_name(names, plan->reminders[i].id);
			}
		}
		break;
	}
	return r;
}

static const struct {
	const char *code, *what, *advice;
} kinds[] = {
	[REFERENCE_PLAN] = { "unknown-plan", "plan", "; write it in plans/" },
	[REFERENCE_STAFF] = { "unknown-staff", "member of staff", "; add it to staff.conf" },
	[REFERENCE_LANGUAGE] = { "unknown-language", "language", "; write its texts in messages/" },
	[REFERENCE_MESSAGE] = { "unknown-message", "message", "; write it in messages/" },
	[REFERENCE_ANSWERS] = { "unknown-answers", "table of answers in the plan",
				"; write it in the plan's \"answers\"" },
	[REFERENCE_REMINDER] = { "unknown-reminder", "reminder of the client's plan",
				 "; write the id of one, or change a reminder of her own at its "
				 "place" },
};

/* A member of staff is meant by the id, and people know the name. */
static void hint_by_name(const struct model *model, const char *word, char hint[CONF_HINT_MAX])
{
	for (size_t i = 0; i < model->staff_count; i++) {
		const struct staff_member *member = &model->staff[i];
		const char *const names[] = { member->name, NULL };

		if (member->id && member->name && fault_nearest_word(word, names)) {
			(void)snprintf(hint, CONF_HINT_MAX, "; did you mean \"%.40s\", the id?",
				       member->id);
			return;
		}
	}
}

static int blame_reference(const struct model *model, const struct reference *reference,
			   struct faults *faults)
{
	_cleanup_free_ const char **list = NULL;
	struct names names = { 0 };
	struct invisible invisible;
	char hint[CONF_HINT_MAX], shown[FAULT_WORD_MAX];
	int r = list_names(model, reference, &names);

	list = names.list;
	if (r < 0) {
		return r;
	}

	(void)conf_hint(reference->word, list, hint);
	if (reference->kind == REFERENCE_STAFF && !*hint) {
		hint_by_name(model, reference->word, hint);
	}
	if (invisible_find(reference->word, &invisible)) {
		(void)snprintf(hint, sizeof(hint), "; it holds %s (U+%04X): type it anew",
			       invisible.what, invisible.character);
	}
	fault_add(faults, FAULT_ERROR, reference->file, reference->line,
		  kinds[reference->kind].code, "no %s \"%s\"%s", kinds[reference->kind].what,
		  fault_word(reference->word, shown), *hint ? hint : kinds[reference->kind].advice);
	return 0;
}

/* --- languages ---------------------------------------------------------------- */

/* Is this the first language that has the message?  So that each is missed once. */
static bool is_first(const struct model *model, size_t which, const char *name)
{
	for (size_t i = 0; i < which; i++) {
		if (language_template(&model->languages[i], name)) {
			return false;
		}
	}
	return true;
}

/* What another language lacks is sent in the site's; what that one lacks cannot be sent. */
static bool is_last_resort(const struct model *model, const struct language *language)
{
	return same(language->code, model->site.language);
}

static void blame_language(const struct model *model, const struct language *language,
			   const struct template *template, struct faults *faults)
{
	if (is_last_resort(model, language)) {
		fault_add(faults, FAULT_ERROR, language->file, language->line, "missing-message",
			  "no message \"%.40s\", which %s:%u has; add it", template->name,
			  template->file, template->line);
	} else {
		fault_add(faults, FAULT_WARNING, language->file, language->line, "missing-message",
			  "no message \"%.40s\", which is sent in \"%.40s\" instead; add it, as in "
			  "%s:%u",
			  template->name, model->site.language, template->file, template->line);
	}
}

static void check_language(const struct model *model, const struct language *language,
			   struct faults *faults)
{
	for (size_t i = 0; i < model->language_count; i++) {
		for (size_t j = 0; j < model->languages[i].count; j++) {
			const struct template *template = &model->languages[i].messages[j];
			size_t address;

			/* Another language may need no NAME_feminine. */
			if (!language_template(language, template->name) &&
			    !language_is_open(&model->languages[i], template->name) &&
			    template_variant(template->name, &address) == 0 &&
			    is_first(model, i, template->name)) {
				blame_language(model, language, template, faults);
			}
		}
	}
}

/* NAME_feminine without NAME, which all others get. */
static void check_variants(const struct language *language, struct faults *faults)
{
	for (size_t i = 0; i < language->count; i++) {
		const struct template *template = &language->messages[i];
		size_t address, length = template_variant(template->name, &address);
		char name[TEMPLATE_NAME_MAX + 1];

		(void)snprintf(name, sizeof(name), "%.*s", (int)length, template->name);
		if (length > 0 && !language_template(language, name) &&
		    !template_built_in(NULL, name)) {
			fault_add(faults, FAULT_ERROR, template->file, template->line,
				  "missing-message",
				  "no message \"%.40s\" for those who are addressed otherwise; add "
				  "it",
				  name);
		}
	}
}

/* What no language has, and no file asks for. */
static void check_always(const struct model *model, const struct language *language,
			 struct faults *faults)
{
	for (size_t i = 0; templates_always[i]; i++) {
		if (!find_message(model, templates_always[i]) &&
		    !template_built_in(NULL, templates_always[i])) {
			fault_add(faults, FAULT_ERROR, language->file, language->line,
				  "missing-message",
				  "no message \"%s\", which Holdfast sends by itself; add it",
				  templates_always[i]);
		}
	}
}

void check_languages(const struct model *model, struct faults *faults)
{
	for (size_t i = 0; i < model->language_count; i++) {
		const struct language *language = &model->languages[i];

		check_language(model, language, faults);
		check_variants(language, faults);
		if (is_last_resort(model, language)) {
			check_always(model, language, faults);
		}
	}
}

/* Who names the open wording would send it to everybody. */
static void check_open(const struct model *model, const struct reference *reference,
		       struct faults *faults)
{
	char shown[FAULT_WORD_MAX];
	size_t base = template_open_base(reference->word);

	for (size_t i = 0; reference->kind == REFERENCE_MESSAGE && i < model->language_count; i++) {
		if (language_is_open(&model->languages[i], reference->word)) {
			fault_add(
				faults, FAULT_ERROR, reference->file, reference->line,
				"open-wording",
				"\"%s\" is the open wording of \"%.*s\", for clients who asked for "
				"it; name \"%.*s\", and they get theirs",
				fault_word(reference->word, shown), (int)base, reference->word,
				(int)base, reference->word);
			return;
		}
	}
}

int check_names(const struct model *model, unsigned broken, const struct references *references,
		struct faults *faults)
{
	for (size_t i = 0; i < references->count && !faults_full(faults); i++) {
		const struct reference *reference = &references->list[i];
		bool found = broken & 1u << reference->kind || is_found(model, reference);
		int r = found ? 0 : blame_reference(model, reference, faults);

		check_open(model, reference, faults);

		if (r < 0) {
			return r;
		}
	}
	return 0;
}
