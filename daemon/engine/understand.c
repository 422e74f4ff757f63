/*
 * Understanding replies.
 *
 * Looked for first is what must never be missed: a stop, words of danger, a
 * call for somebody.
 * Dangerous: a phone's "Liked ..." repeats our own words, the STOP in them too.
 */
#include "engine/understand.h"

#include <errno.h>
#include <string.h>

#include "lib/normal.h"
#include "engine/match.h"
#include "engine/stopping.h"
#include "engine/wordlists.h"

/* --- danger ------------------------------------------------------------------------------- */

#define LETTERS_MIN 7 /* of a word of danger in which a typing error is forgiven */

static bool is_crisis(const struct model *model, const char *normal)
{
	const char *at = normal;

	while (at[1]) {
		size_t hidden = wordlists_at(model, at, WORD_HARMLESS);

		if (hidden == 0 && wordlists_mistyped(model, at, WORD_CRISIS, LETTERS_MIN)) {
			return true;
		}
		at += hidden > 0 ? hidden : strcspn(at + 1, " ") + 1;
	}
	return wordlists_find(model, normal, WORD_CRISIS);
}

/* --- reactions and acknowledgements ----------------------------------------------------- */

/* What phones that cannot show a reaction write instead: Liked “...”. */
static bool is_reaction(const char *text)
{
	static const char *const verbs[] = {
		"Liked ",      "Loved ",   "Disliked ",  "Laughed at ",      "Emphasized ",
		"Questioned ", "Reacted ", "Removed a ", "Le gust\xc3\xb3 ", "Le encant\xc3\xb3 ",
	};
	static const char *const quotes[] = { "\"", "\xe2\x80\x9c", "\xc2\xab" };

	for (size_t i = 0; i < COUNT(verbs); i++) {
		size_t length = strlen(verbs[i]);

		for (size_t j = 0; strncmp(text, verbs[i], length) == 0 && j < COUNT(quotes); j++) {
			if (strstr(text + length, quotes[j])) {
				return true;
			}
		}
	}
	return false;
}

/* -1: it is none. */
static int64_t read_acknowledgement(const char *normal)
{
	static const char word[] = " ack";
	const char *number = normal + strlen(word);
	size_t length;

	if (strncmp(normal, word, strlen(word)) != 0) {
		return -1;
	}
	number += *number == ' ';
	if (!*number) {
		return 0;
	}
	length = strspn(number, "0123456789");
	return length > 0 && length < 16 && number[length] == ' ' ? strtoll(number, NULL, 10) : -1;
}

/* --- all of it ---------------------------------------------------------------------------- */

int understand(const struct model *model, const struct answer_table *table, const char *text,
	       struct understood *ret_understood)
{
	struct understood understood = { .acknowledges = -1, .reaction = is_reaction(text) };
	_cleanup_free_ char *normal = NULL;
	int r = normal_text(text, false, &normal);

	if (r < 0) {
		return r;
	}
	if (understood.reaction) {
		*ret_understood = understood;
		return 0;
	}

	understood.crisis = is_crisis(model, normal);
	understood.stop = stopping_meant(model, text, normal, understood.crisis);
	understood.start = wordlists_whole(model, normal, WORD_START);
	understood.help = wordlists_whole(model, normal, WORD_HELP);
	understood.yes = wordlists_whole(model, normal, WORD_YES);
	understood.setback = wordlists_find(model, normal, WORD_SETBACK);
	understood.person = wordlists_find(model, normal, WORD_PERSON);
	understood.acknowledges = read_acknowledgement(normal);
	if (table && !understood.stop && !understood.start && !understood.help) {
		r = match_answer(model, table, text, normal, &understood.answer);
	}
	if (r < 0) {
		return r;
	}

	understood.blank = !normal[1] && !understood.answer;
	*ret_understood = understood;
	return 0;
}
