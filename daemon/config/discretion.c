/*
 * The lint of all wording.
 *
 * Promises: a text is held against the list of its language and the English
 * one, a name (of a meeting, a place, a person) against all lists, for names stay
 * what they are in any text; of several words in one text the first is named.
 * Faults show the word of the list, never the text: a title may say whom
 * somebody sees.
 * Dangerous: nobody chose the names of people for what they say.  In them an
 * abbreviation counts in capitals alone, and no word is one that puts down.
 */
#include "config/discretion.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hash.h"
#include "lib/plain.h"
#include "lib/text.h"

#define EVERYWHERE "en"

/* One text, and where it stands. */
struct wording {
	const char *text, *language; /* NULL: any client may get it, whatever she speaks */
	const char *file;
	unsigned line;
	bool template, open;
	bool person; /* the name of one */
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
			found->word = words_find(found->list, normal, wording->text, use);
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

/* --- web escapes ------------------------------------------------------------------- */

static const struct {
	const char *name;
	uint32_t character;
} escapes[] = {
	{ "amp", '&' },       { "lt", '<' },      { "gt", '>' },      { "quot", '"' },
	{ "apos", '\'' },     { "nbsp", ' ' },    { "lsquo", '\'' },  { "rsquo", '\'' },
	{ "ldquo", '"' },     { "rdquo", '"' },   { "ndash", '-' },   { "mdash", '-' },
	{ "aacute", 0xe1 },   { "eacute", 0xe9 }, { "iacute", 0xed }, { "oacute", 0xf3 },
	{ "uacute", 0xfa },   { "ntilde", 0xf1 }, { "uuml", 0xfc },   { "Aacute", 0xc1 },
	{ "Eacute", 0xc9 },   { "Iacute", 0xcd }, { "Oacute", 0xd3 }, { "Uacute", 0xda },
	{ "Ntilde", 0xd1 },   { "iexcl", 0xa1 },  { "iquest", 0xbf }, { "copy", 0xa9 },
	{ "hellip", 0x2026 }, { "bull", 0x2022 }, { "reg", 0xae },    { "deg", 0xb0 },
};

/* The character that "&rsquo;" or "&#8217;" is, with the length of that; 0 for none. */
static uint32_t unescape(const char *at, size_t *ret_length)
{
	size_t length = strcspn(at + 1, "; &");
	uint32_t character = 0;
	char name[12] = "";

	if (at[1 + length] != ';' || length == 0 || length >= sizeof(name)) {
		return 0;
	}
	memcpy(name, at + 1, length);
	*ret_length = length + 2;
	if (name[0] == '#') {
		bool hex = name[1] == 'x' || name[1] == 'X';
		char *end;

		character = (uint32_t)strtoul(name + 1 + hex, &end, hex ? 16 : 10);
		return *end || character > 0x10ffff ? 0 : character;
	}
	for (size_t i = 0; i < COUNT(escapes); i++) {
		if (strcmp(escapes[i].name, name) == 0) {
			character = escapes[i].character;
		}
	}
	return character;
}

/* It would be sent as it stands. */
static void check_escapes(const struct wording *wording, struct faults *faults)
{
	const char *at = strchr(wording->text, '&');
	char shown[16], form[PLAIN_MAX], bytes[UTF8_MAX] = "";
	uint32_t character = 0;
	size_t length = 0;

	while (at && (character = unescape(at, &length)) == 0) {
		at = strchr(at + 1, '&');
	}
	if (!at) {
		return;
	}
	(void)snprintf(shown, sizeof(shown), "%.*s", (int)length, at);
	if (character >= 0x80 && plain_form(character, form) && character > 0xff) {
		(void)snprintf(bytes, sizeof(bytes), "%s", form);
	} else if (character >= 0x20) {
		bytes[utf8_write(character, bytes)] = '\0';
	}
	fault_add(faults, FAULT_WARNING, wording->file, wording->line, "web-escape",
		  "\"%s\" is how a web page writes a character, and would be sent as it stands; "
		  "write %s%s%s",
		  shown, *bytes ? "\"" : "the character", bytes, *bytes ? "\"" : "");
}

/* --- one text ---------------------------------------------------------------------- */

/* "12 & 12" is "12 and 12".  NULL where no "&" stands in it. */
static int spell_and(const char *text, bool template, char **ret_normal)
{
	_cleanup_free_ char *spelt = NULL;
	const char *ampersand = strchr(text, '&');

	*ret_normal = NULL;
	if (!ampersand) {
		return 0;
	}
	if (asprintf(&spelt, "%.*s and %s", (int)(ampersand - text), text, ampersand + 1) < 0) {
		spelt = NULL;
		return -ENOMEM;
	}
	return normal_text(spelt, template, ret_normal);
}

#define ABBREVIATION_MAX 3 /* letters: people are called Na, and Ann A. */

static void find_giveaway(const struct model *model, const struct wording *wording,
			  const char *normal, const char *spelt, struct found *giveaway)
{
	find(model, wording, normal, WORD_GIVEAWAY, giveaway);
	if (!giveaway->word && spelt) {
		find(model, wording, spelt, WORD_GIVEAWAY, giveaway);
	}
	if (giveaway->word && wording->person &&
	    strlen(giveaway->word->normal) <= ABBREVIATION_MAX &&
	    !words_in_capitals(wording->text, giveaway->word->written)) {
		giveaway->word = NULL;
	}
}

static int check_wording(const struct model *model, const struct wording *wording,
			 struct faults *faults)
{
	_cleanup_free_ char *normal = NULL, *spelt = NULL;
	struct found giveaway = { 0 }, stigma = { 0 };
	bool both = false;
	int r = wording->text ? normal_text(wording->text, wording->template, &normal) : 0;

	if (r == 0 && wording->text) {
		r = spell_and(wording->text, wording->template, &spelt);
	}
	if (r < 0 || !normal) {
		return r;
	}

	check_escapes(wording, faults);
	if (!wording->person) {
		find(model, wording, normal, WORD_STIGMA, &stigma);
	}
	if (!wording->open) {
		find_giveaway(model, wording, normal, spelt, &giveaway);
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
			.open = language_is_open(language, template->name),
		};

		r = check_wording(model, &wording, faults);
	}
	return r;
}

/* The values that were found clean lately: many clients go to the same group, and to look at its
 * title takes as long as to read all else of a client. */
#define CLEAN_KNOWN 8192 /* the groups, rooms and doctors of a large region */
struct clean {
	const char *text; /* borrowed; NULL for an empty place */
	bool open, person;
};

static bool is_clean(const struct clean *clean, const struct wording *wording)
{
	return clean->text && clean->open == wording->open && clean->person == wording->person &&
	       same(clean->text, wording->text);
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
		*clean = (struct clean){ wording->text, wording->open, wording->person };
	}
	return r;
}

/* One name of a client's: what becomes {title}, {trusted} and the like. */
struct name {
	const char *text;
	unsigned line;
	bool person;
};

static int check_name(const struct model *model, const struct client *client,
		      const struct name *name, struct clean *known, struct faults *faults)
{
	const struct wording wording = {
		.text = name->text,
		.file = client->file,
		.line = name->line,
		.open = client->wording != 0,
		.person = name->person,
	};

	return check_known(model, &wording, known, faults);
}

static int check_people(const struct model *model, const struct client *client, struct clean *known,
			struct faults *faults)
{
	const struct name own[] = { { client->name, client->name_line, true },
				    { client->sponsor, client->sponsor_line, true } };
	int r = 0;

	for (size_t i = 0; r == 0 && i < COUNT(own); i++) {
		r = check_name(model, client, &own[i], known, faults);
	}
	for (size_t i = 0; r == 0 && i < client->trusted.count; i++) {
		const struct name name = { client->trusted.list[i], client->trusted_line, true };

		r = check_name(model, client, &name, known, faults);
	}
	return r;
}

static int check_client(const struct model *model, const struct client *client, struct clean *known,
			struct faults *faults)
{
	int r = check_people(model, client, known, faults);

	for (size_t i = 0; r == 0 && i < client->meeting_count; i++) {
		const struct meeting *meeting = &client->meetings[i];
		const struct name title = { meeting->title, meeting->title_line, false };
		const struct name place = { meeting->place, meeting->place_line, false };

		r = check_name(model, client, &title, known, faults);
		r = r == 0 ? check_name(model, client, &place, known, faults) : r;
	}
	for (size_t i = 0; r == 0 && i < client->appointment_count; i++) {
		const struct appointment *appointment = &client->appointments[i];
		const struct name with = { appointment->with, appointment->with_line, false };
		const struct name place = { appointment->place, appointment->place_line, false };

		r = check_name(model, client, &with, known, faults);
		r = r == 0 ? check_name(model, client, &place, known, faults) : r;
	}
	for (size_t i = 0; r == 0 && i < client->skills.count; i++) {
		const struct name skill = { client->skills.list[i], client->skills_line, false };

		r = check_name(model, client, &skill, known, faults);
	}
	for (size_t i = 0; r == 0 && i < client->reminder_count; i++) {
		const struct name say = { client->reminders[i].say, client->reminders[i].line,
					  false };

		r = check_name(model, client, &say, known, faults);
	}
	return r;
}

/* What a plan's reminders say goes to everybody who follows it. */
static int check_plan(const struct model *model, const struct plan *plan, struct faults *faults)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < plan->reminder_count; i++) {
		const struct wording say = {
			.text = plan->reminders[i].say,
			.file = plan->reminders[i].file,
			.line = plan->reminders[i].line,
		};

		r = check_wording(model, &say, faults);
	}
	return r;
}

static int check_staff(const struct model *model, struct faults *faults)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < model->staff_count; i++) {
		const struct wording name = {
			.text = model->staff[i].name,
			.file = "staff.conf",
			.line = model->staff[i].name_line,
			.person = true,
		};

		r = check_wording(model, &name, faults);
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

	if (r == 0) {
		r = check_staff(model, faults);
	}
	for (size_t i = 0; r == 0 && i < model->language_count; i++) {
		r = check_language(model, &model->languages[i], faults);
	}
	for (size_t i = 0; r == 0 && i < model->plan_count; i++) {
		r = check_plan(model, &model->plans[i], faults);
	}
	for (size_t i = 0; r == 0 && i < model->client_count && !faults_full(faults); i++) {
		r = check_client(model, &model->clients[i], known, faults);
	}
	return r;
}

int discretion_text(const struct model *model, const struct client *client, const char *text,
		    const struct word **ret_word, const char **ret_file)
{
	const struct wording wording = { .text = text };
	_cleanup_free_ char *normal = NULL, *spelt = NULL;
	struct found found = { 0 };
	int r = normal_text(text, false, &normal);

	if (r == 0) {
		r = spell_and(text, false, &spelt);
	}
	if (r < 0) {
		return r;
	}

	if (normal && client->wording == 0) {
		find_giveaway(model, &wording, normal, spelt, &found);
	}
	*ret_word = found.word;
	*ret_file = found.word ? found.list->file : NULL;
	return 0;
}
