/*
 * What a scenario says of a client, a meeting or a reminder.  A word that is
 * spelt wrong must not vanish, so whatever is no keyword has to look like a time,
 * a date, days of the week or a rule; the configuration's own checks see the rest.
 */
#include "details.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"

/* --- text that grows ------------------------------------------------------ */

void words_add(char **text, const char *format, ...)
{
	_cleanup_free_ char *more = NULL;
	char *whole;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vasprintf(&more, format, arguments);
	va_end(arguments);
	if (length < 0 || asprintf(&whole, "%s%s", *text ? *text : "", more) < 0) {
		abort(); /* a test has no use for less memory */
	}

	free(*text);
	*text = whole;
}

void words_add_list(char **text, const char *key, const char *words, bool quoted)
{
	_cleanup_free_ char *copy = strdup(words);
	const char *quote = quoted ? "\"" : "", *comma = "";
	char *rest = copy, *word;

	words_add(text, "%s = [ ", key);
	while ((word = strsep(&rest, ","))) {
		words_add(text, "%s%s%s%s", comma, quote, word, quote);
		comma = ", ";
	}
	words_add(text, " ]; ");
}

/* --- details -------------------------------------------------------------- */

/* What a scenario calls it, and what the configuration does. */
static const struct {
	const char *word, *key;
	enum form form;
} keywords[] = {
	{ "start", "start", FORM_WORD },         { "until", "until", FORM_WORD },
	{ "name", "name", FORM_WORD },           { "plan", "plan", FORM_WORD },
	{ "sponsor", "sponsor", FORM_WORD },     { "counselor", "counselor", FORM_WORD },
	{ "trusted", "trusted", FORM_WORDS },    { "recovery", "recovery_date", FORM_WORD },
	{ "title", "title", FORM_WORD },         { "place", "place", FORM_WORD },
	{ "with", "with", FORM_WORD },           { "remind", "remind", FORM_WORDS },
	{ "message", "message", FORM_WORD },     { "messages", "messages", FORM_WORDS },
	{ "days", "days", FORM_NUMBERS },        { "every", "every", FORM_NUMBER },
	{ "needs", "needs", FORM_WORD },         { "weeks", "weeks", FORM_NUMBER },
	{ "answers", "answers", FORM_WORD },     { "nudge", "nudge_after", FORM_WORD },
	{ "silent", "silent_after", FORM_WORD },
};

void words_add_value(char **text, const char *key, enum form form, const char *value)
{
	switch (form) {
	case FORM_WORD:
		words_add(text, "%s = \"%s\"; ", key, value);
		return;
	case FORM_NUMBER:
		words_add(text, "%s = %s; ", key, value);
		return;
	case FORM_WORDS:
		words_add_list(text, key, value, true);
		return;
	case FORM_NUMBERS:
		words_add_list(text, key, value, false);
		return;
	}
}

static bool take_keyword(char **text, char *const *words)
{
	for (size_t i = 0; i < COUNT(keywords); i++) {
		if (words[1] && strcmp(words[0], keywords[i].word) == 0) {
			words_add_value(text, keywords[i].key, keywords[i].form, words[1]);
			return true;
		}
	}
	return false;
}

/* "phase 40 MO", "phase 40 MO every 2": how many words it took. */
static size_t take_phase(char **phases, char *const *words)
{
	bool every;

	if (strcmp(words[0], "phase") != 0 || !words[1] || !words[2]) {
		return 0;
	}

	every = words[3] && words[4] && strcmp(words[3], "every") == 0;
	words_add(phases, "%s{ weeks = %s; on = \"%s\"; ", *phases ? ", " : "", words[1], words[2]);
	if (every) {
		words_add(phases, "every = %s; ", words[4]);
	}
	words_add(phases, "}");
	return every ? 5 : 3;
}

/* 19:00, MO,TH, FREQ=MONTHLY;BYMONTHDAY=31, "2026-12-02 14:00". */
static bool take_when(char **text, const char *word)
{
	if (strncmp(word, "FREQ=", 5) == 0) {
		words_add(text, "rrule = \"%s\"; ", word);
	} else if (isdigit((unsigned char)word[0]) && strchr(word, '-')) {
		words_add(text, "when = \"%s\"; ", word);
	} else if (isdigit((unsigned char)word[0]) && strchr(word, ':')) {
		words_add(text, "at = \"%s\"; ", word);
	} else if (strspn(word, "MOTUWEHFRSA,-") == strlen(word)) {
		words_add(text, "on = \"%s\"; ", word);
	} else {
		return false;
	}
	return true;
}

static bool take_flag(char **text, const char *word)
{
	if (strcmp(word, "site") == 0) {
		words_add(text, "site = true; ");
		return true;
	}
	if (strcmp(word, "shared") == 0) {
		words_add(text, "shared_phone = true; ");
		return true;
	}
	if (strcmp(word, "skip") == 0) {
		words_add(text, "skip = true; ");
		return true;
	}
	return false;
}

int details_take(char **text, char *const *words, const char **ret_why)
{
	_cleanup_free_ char *phases = NULL;

	while (*words) {
		size_t taken = take_phase(&phases, words);

		if (taken == 0 && take_keyword(text, words)) {
			taken = 2;
		}
		if (taken == 0 && (take_flag(text, *words) || take_when(text, *words))) {
			taken = 1;
		}
		if (taken == 0) {
			*ret_why = "a word that is not understood";
			return -EINVAL;
		}
		words += taken;
	}
	if (phases) {
		words_add(text, "phases = ( %s ); ", phases);
	}
	return 0;
}
