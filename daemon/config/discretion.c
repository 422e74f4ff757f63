/*
 * The lint of all wording.
 *
 * Promises: a text is held against the list of its language and the English
 * one; of several words in one text the first is named.  Faults show the word of
 * the list, never the text: a title may say whom somebody sees.
 * Names of people are not looked at: nobody chose them for what they say.
 */
#include "config/discretion.h"

#include <errno.h>
#include <string.h>

#include "lib/hash.h"
#include "lib/plain.h"

#define EVERYWHERE "en"

/* One text, and where it stands. */
struct wording {
	const char *text, *language; /* NULL: any client may get it, whatever she speaks */
	const char *file;
	unsigned line;
	bool template, open;
};

struct found {
	const struct word *word; /* NULL for none */
	const struct word_list *list;
};

static bool same(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

static bool applies(const struct word_list *list, const struct wording *wording)
{
	return !wording->language || same(list->language, wording->language) ||
	       same(list->language, EVERYWHERE);
}

static void find(const struct model *model, const struct wording *wording, const char *normal,
		 enum word_use use, struct found *found)
{
	for (size_t i = 0; !found->word && i < model->word_list_count; i++) {
		if (applies(&model->word_lists[i], wording)) {
			found->list = &model->word_lists[i];
			found->word = words_find(found->list, normal, use);
		}
	}
}

static void blame_giveaway(const struct wording *wording, const struct found *giveaway,
			   const char *say, struct faults *faults)
{
	char shown[FAULT_WORD_MAX], instead[FAULT_WORD_MAX];

	fault_add(faults, FAULT_ERROR, wording->file, wording->line, "discretion",
		  "\"%s\" gives the treatment away; write %s%s%s, or note the exception in %s",
		  fault_word(giveaway->word->written, shown), say ? "\"" : "",
		  say ? fault_word(say, instead) : "what does not", say ? "\"" : "",
		  giveaway->list->file);
}

static void blame_stigma(const struct wording *wording, const struct found *stigma,
			 struct faults *faults)
{
	char shown[FAULT_WORD_MAX], instead[FAULT_WORD_MAX];

	fault_add(faults, FAULT_WARNING, wording->file, wording->line, "stigma",
		  "\"%s\" puts people down; write \"%s\", or note the exception in %s",
		  fault_word(stigma->word->written, shown), fault_word(stigma->word->say, instead),
		  stigma->list->file);
}

static int check_wording(const struct model *model, const struct wording *wording,
			 struct faults *faults)
{
	_cleanup_free_ char *normal = NULL;
	struct found giveaway = { 0 }, stigma = { 0 };
	bool both = false;
	int r = wording->text ? normal_text(wording->text, wording->template, &normal) : 0;

	if (r < 0 || !normal) {
		return r;
	}

	find(model, wording, normal, WORD_STIGMA, &stigma);
	if (!wording->open) {
		find(model, wording, normal, WORD_GIVEAWAY, &giveaway);
	}

	if (giveaway.word) {
		both = stigma.word && same(stigma.word->normal, giveaway.word->normal);
		blame_giveaway(wording, &giveaway, both ? stigma.word->say : NULL, faults);
	}
	if (stigma.word && !both) {
		blame_stigma(wording, &stigma, faults);
	}
	return 0;
}

static int check_language(const struct model *model, const struct language *language,
			  struct faults *faults)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < language->count; i++) {
		const struct template *template = &language->messages[i];
		const struct wording wording = {
			.text = template->text,
			.language = language->code ? language->code : EVERYWHERE,
			.file = template->file,
			.line = template->line,
			.template = true,
		};

		r = check_wording(model, &wording, faults);
	}
	return r;
}

/* The values that were found clean lately: many clients go to the same group, and to look at its
 * title takes as long as to read all else of a client. */
#define CLEAN_KNOWN 8192 /* the groups, rooms and doctors of a large region */
struct clean {
	const char *text, *language; /* borrowed; NULL for an empty place */
	bool open;
};

static bool is_clean(const struct clean *clean, const struct wording *wording)
{
	return clean->text && clean->open == wording->open && same(clean->text, wording->text) &&
	       same(clean->language, wording->language);
}

static int check_known(const struct model *model, const struct wording *wording,
		       struct clean *known, struct faults *faults)
{
	struct clean *clean = &known[wording->text ? hash_text(wording->text) % CLEAN_KNOWN : 0];
	size_t errors = faults->errors, count = faults->count;
	int r;

	if (!wording->text || is_clean(clean, wording)) {
		return 0;
	}

	r = check_wording(model, wording, faults);
	if (r == 0 && faults->errors == errors && faults->count == count) {
		*clean = (struct clean){ wording->text, wording->language, wording->open };
	}
	return r;
}

static int check_value(const struct model *model, const struct client *client, const char *text,
		       unsigned line, struct clean *known, struct faults *faults)
{
	const struct wording wording = {
		.text = text,
		.language = client->language ? client->language : EVERYWHERE,
		.file = client->file,
		.line = line,
		.open = client->wording != 0,
	};

	return check_known(model, &wording, known, faults);
}

static int check_client(const struct model *model, const struct client *client, struct clean *known,
			struct faults *faults)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < client->meeting_count; i++) {
		const struct meeting *meeting = &client->meetings[i];

		r = check_value(model, client, meeting->title, meeting->title_line, known, faults);
		if (r == 0) {
			r = check_value(model, client, meeting->place, meeting->place_line, known,
					faults);
		}
	}
	for (size_t i = 0; r == 0 && i < client->appointment_count; i++) {
		const struct appointment *appointment = &client->appointments[i];

		r = check_value(model, client, appointment->with, appointment->with_line, known,
				faults);
		if (r == 0) {
			r = check_value(model, client, appointment->place, appointment->place_line,
					known, faults);
		}
	}
	return r;
}

int discretion_check(const struct model *model, struct faults *faults)
{
	const struct wording name = {
		.text = model->site.name,
		.file = model->site.file,
		.line = model->site.name_line,
	};
	_cleanup_free_ struct clean *known = calloc(CLEAN_KNOWN, sizeof(*known));
	int r = known ? check_wording(model, &name, faults) : -ENOMEM;

	for (size_t i = 0; r == 0 && i < model->language_count; i++) {
		r = check_language(model, &model->languages[i], faults);
	}
	for (size_t i = 0; r == 0 && i < model->client_count && !faults_full(faults); i++) {
		r = check_client(model, &model->clients[i], known, faults);
	}
	return r;
}

int discretion_text(const struct model *model, const struct client *client, const char *text,
		    const struct word **ret_word, const char **ret_file)
{
	const struct wording wording = { .text = text, .language = client->language };
	_cleanup_free_ char *normal = NULL;
	struct found found = { 0 };
	int r = normal_text(text, false, &normal);

	if (r < 0) {
		return r;
	}

	if (normal && client->wording == 0) {
		find(model, &wording, normal, WORD_GIVEAWAY, &found);
	}
	*ret_word = found.word;
	*ret_file = found.word ? found.list->file : NULL;
	return 0;
}
