/*
 * Which replies opt out.
 *
 * Nobody looks up the right word before she asks to be left in peace, and the
 * law accepts any words that a reasonable person would understand.  So there are
 * rules beside the lists: a word like "stop" with nothing but courtesy around it,
 * or first or last in a reply; or an ending followed by what we do: "no more of
 * your texts"; or a wrong number: "no longer her cell".  And where what follows
 * says that something else is to end, it is none: "no more bills".
 * In the lists {name} is whoever we write to: "who is kait" is a wrong number for Kait, and a
 * question for anybody else.  {someone} is a name that is written as one, at the end of a sentence:
 * "this isn't Kait."
 * Dangerous: a rule that is too wide silences somebody who needs us ("don't stop
 * texting me").  So a human reads every opt-out too.
 */
#include "engine/optout_words.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "lib/buffer.h"
#include "lib/cleanup.h"
#include "lib/plain.h"
#include "engine/wordmatch.h"

#define LETTERS_MIN 4 /* in a shorter word a typing error makes another word */

static const char stop_sign[] = "\xf0\x9f\x9b\x91";

/* How long the courtesy or filler is that begins there; 0 for none. */
static size_t courtesy_at(const struct model *model, const char *at)
{
	size_t courtesy = wordmatch_at(model, at, WORD_COURTESY);
	size_t filler = wordmatch_at(model, at, WORD_FILLER);

	return courtesy > filler ? courtesy : filler;
}

/* --- a word like "stop" alone ----------------------------------------------------------- */

/* "please stop, thanks" */
static bool is_polite(const struct model *model, const char *normal)
{
	bool stop = false;

	for (const char *at = normal; at[1];) {
		size_t hidden = wordmatch_at(model, at, WORD_HARMLESS);
		size_t word = wordmatch_at(model, at, WORD_STOP);
		size_t size = word > 0 ? word : courtesy_at(model, at);

		if (size == 0 || hidden >= size) {
			return false;
		}
		stop = stop || word > 0;
		at += size;
	}
	return stop;
}

/* "stoop", "pls cancell" */
static bool is_mistyped(const struct model *model, const char *normal)
{
	bool stop = false;

	WORDS_FOREACH(at, normal)
	{
		if (wordmatch_at(model, at, WORD_HARMLESS) > 0) {
			return false;
		}
		if (wordmatch_typo(model, at, WORD_STOP, LETTERS_MIN)) {
			stop = true;
		} else if (courtesy_at(model, at) == 0) {
			return false;
		}
	}
	return stop;
}

/* "s t o p", "un-subscribe" */
static bool is_spelled_out(const struct model *model, const char *normal)
{
	char together[32] = " ";
	size_t length = 1;

	for (const char *at = normal; *at; at++) {
		if (*at == ' ') {
			continue;
		}
		if (length == sizeof(together) - 2) {
			return false;
		}
		together[length++] = *at;
	}
	together[length] = ' ';
	together[length + 1] = '\0';
	return length > LETTERS_MIN && wordmatch_whole(model, together, WORD_STOP);
}

/* A picture of a stop sign, and no word but what it is to stop. */
static bool is_sign(const struct model *model, const char *text, const char *normal)
{
	if (!strstr(text, stop_sign)) {
		return false;
	}
	for (const char *at = normal; at[1];) {
		size_t texting = wordmatch_at(model, at, WORD_TEXTING);
		size_t size = texting > 0 ? texting : courtesy_at(model, at);

		if (size == 0) {
			return false;
		}
		at += size;
	}
	return true;
}

/* --- what is to end ------------------------------------------------------------------------- */

/* begin and end: of words that ask to end something.  Is it something else, "no more of your bills"?
 * Only where they end with a verb: "no more texts" has its object. */
static bool is_of_something_else(const struct model *model, const char *begin, const char *end)
{
	bool verb = false;
	size_t size;

	WORDS_FOREACH(at, begin)
	{
		if (at >= end) {
			break;
		}
		size = wordmatch_at(model, at, WORD_VERB);
		if (size > 0 && at + size >= end) {
			verb = true;
			end = at + size;
		}
	}
	while (verb && end[1] && wordmatch_at(model, end, WORD_OBJECT) == 0) {
		size = wordmatch_at(model, end, WORD_VERB);
		if (size == 0 && wordmatch_at(model, end, WORD_TEXTING) == 0) {
			size = courtesy_at(model, end);
		}
		verb = size > 0;
		end += size;
	}
	return verb && end[1];
}

/* --- a word like "stop" among others -------------------------------------------------------- */

/* "STOP i mean it", but not "stop by". */
static bool begins_with(const struct model *model, const char *normal)
{
	size_t first = wordmatch_at(model, normal, WORD_STOP_FIRST);

	return wordmatch_at(model, normal, WORD_HARMLESS) == 0 && first > 0 &&
	       !is_of_something_else(model, normal, normal + first);
}

/* "I already said STOP please", but not "missed my stop". */
static bool ends_with(const struct model *model, const char *normal)
{
	bool stop = false;

	for (const char *at = normal; at[1];) {
		size_t hidden = wordmatch_at(model, at, WORD_HARMLESS);

		if (hidden == 0 && wordmatch_word(model, at, WORD_STOP_LAST)) {
			stop = true;
		} else if (hidden > 0 || courtesy_at(model, at) == 0) {
			stop = false;
		}
		at = hidden > 0 ? at + hidden : wordmatch_next(at);
	}
	return stop;
}

/* at: after a word of ending. */
static bool is_our_texting(const struct model *model, const char *at)
{
	size_t size;

	do {
		size_t texting = wordmatch_at(model, at, WORD_TEXTING);

		if (texting > 0) {
			return !is_of_something_else(model, at, at + texting);
		}
		size = at[1] ? courtesy_at(model, at) : 0;
		at += size;
	} while (size > 0);
	return false;
}

/* "please stop texting me", anywhere; but not "please stop the bus".  Of this and something harmless
 * the longer counts: "stop using" is, "stop using my number" is not. */
static bool has_phrase(const struct model *model, const char *normal)
{
	for (const char *at = normal; at[1];) {
		size_t hidden = wordmatch_at(model, at, WORD_HARMLESS);
		size_t found = wordmatch_at(model, at, WORD_STOP_PHRASE);

		if (found > hidden && !wordmatch_goes_on_harmless(model, at, at + found) &&
		    !is_of_something_else(model, at, at + found)) {
			return true;
		}
		at = hidden > 0 ? at + hidden : wordmatch_next(at);
	}
	return false;
}

/* "this isn't Jo's phone": two words may stand between. */
static bool has_wrong_number(const struct model *model, const char *normal)
{
	const char *at = wordmatch_exposed(model, normal);

	while (at[1]) {
		size_t wrong = wordmatch_at(model, at, WORD_WRONG);
		const char *next = at + wrong;

		for (int i = 0; wrong > 0 && i <= 2 && next[1]; i++) {
			if (wordmatch_at(model, next, WORD_PHONE) > 0) {
				return true;
			}
			if (wordmatch_at(model, next, WORD_HARMLESS) > 0) {
				break;
			}
			next = wordmatch_next(next);
		}
		at = wordmatch_exposed(model, wordmatch_next(at));
	}
	return false;
}

/* "I no longer want any of your texts" */
static bool has_ending(const struct model *model, const char *normal)
{
	const char *at = wordmatch_exposed(model, normal);

	while (at[1]) {
		size_t ending = wordmatch_at(model, at, WORD_ENDING);

		if (ending > 0 && is_our_texting(model, at + ending)) {
			return true;
		}
		at = wordmatch_exposed(model, wordmatch_next(at));
	}
	return false;
}

bool optout_words_match(const struct model *model, const char *text, const char *normal,
			bool crisis)
{
	if (wordmatch_whole(model, normal, WORD_STOP) || is_sign(model, text, normal) ||
	    begins_with(model, normal) || has_phrase(model, normal) || has_ending(model, normal) ||
	    has_wrong_number(model, normal)) {
		return true;
	}
	return !crisis && (is_polite(model, normal) || is_mistyped(model, normal) ||
			   is_spelled_out(model, normal) || ends_with(model, normal));
}

/* --- her name in it --------------------------------------------------------------------------- */

#define NICKNAME_MIN 4 /* letters: "kait" for Kaitlyn */

/* Is it in any list, but for the weights, which have all words?  Then it may be no name: "there is no hope" of a client who is called Hope. */
static bool is_ordinary(const struct model *model, const char *word, size_t length)
{
	for (size_t i = 0; i < model->word_list_count; i++) {
		const struct word_list *list = &model->word_lists[i];

		for (size_t j = 0; j < list->count; j++) {
			const char *normal = list->words[j].normal;

			if (list->words[j].use != WORD_WEIGHT &&
			    list->words[j].use != WORD_SETBACK_WEIGHT &&
			    strncmp(normal, word, length) == 0 && normal[length] == '\0') {
				return true;
			}
		}
	}
	return false;
}

/* How much of the first word is one of the names, with `length` letters; 0: none. */
static size_t name_length(const char *normal_names, const char *word, size_t length)
{
	WORDS_FOREACH(at, normal_names)
	{
		size_t whole = strcspn(at + 1, " ");

		if (whole < 2) {
			continue;
		}
		if (length == whole && memcmp(at + 1, word, whole) == 0) {
			return whole;
		}
		if (length == whole + 1 && memcmp(at + 1, word, whole) == 0 && word[whole] == 's') {
			return whole;
		}
		if (length >= NICKNAME_MIN && length < whole && memcmp(at + 1, word, length) == 0) {
			return length;
		}
	}
	return 0;
}

/* Is a word that was typed a name, "Kait" after small letters, with nothing after it?  `next` is what
 * follows it.  *ret_small: a name may follow this word. */
static bool is_name(const struct model *model, const char *typed, size_t size, const char *normal,
		    bool *small)
{
	bool after_small = *small, ends;
	size_t letters = 1;

	*small = islower((unsigned char)*typed) || strncmp(typed, "I'm", 3) == 0 ||
		 strncmp(typed, "Im ", 3) == 0;
	if (!after_small || size < 3 || !isupper((unsigned char)*typed)) {
		return false;
	}
	while (letters < size && !strchr(".,!?;", typed[letters])) {
		if (!islower((unsigned char)typed[letters]) &&
		    (unsigned char)typed[letters] < 0x80) {
			return false;
		}
		letters++;
	}
	ends = letters < size || !typed[size] || typed[size] == '\n' ||
	       strncmp(typed + size, " anymore", 8) == 0;
	return ends && letters >= 3 && !is_ordinary(model, normal + 1, strlen(normal) - 2);
}

/* One word of the text as it was typed, with her name as WORD_NAME or WORD_NAMES. */
static int put_named(const struct model *model, const char *typed, size_t size,
		     const char *normal_names, bool *small, struct buffer *text)
{
	_cleanup_free_ char *copy = strndup(typed, size), *normal = NULL;
	int r = copy ? normal_text(copy, false, &normal) : -ENOMEM;
	size_t letters, name;
	bool someone;

	if (r != 0 || !normal[1]) {
		return r;
	}
	letters = strcspn(normal + 1, " ");
	someone = is_name(model, typed, size, normal, small);
	name = name_length(normal_names, normal + 1, letters);
	if (name > 0 &&
	    !isupper((unsigned char)copy[strcspn(copy, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")]) &&
	    is_ordinary(model, normal + 1, name)) {
		name = 0;
	}
	if (name > 0) {
		bool owns = letters > name || strncmp(normal + 1 + letters, " s ", 3) == 0;

		buffer_put_text(text, owns ? WORD_NAMES : WORD_NAME);
		buffer_put_text(text, normal + 1 + letters + (owns && letters == name ? 2 : 0));
	} else {
		buffer_put_text(text, someone ? WORD_SOMEONE " " : normal + 1);
	}
	return 0;
}

int optout_words_name(const struct model *model, const char *text, const char *names,
		      bool *ret_stop)
{
	_cleanup_free_ char *normal_names = NULL, *named = NULL;
	_cleanup_(buffer_done) struct buffer buffer = { 0 };
	bool small = false;
	int r = normal_text(names, false, &normal_names);

	buffer_put_text(&buffer, " ");
	while (r == 0 && *(text += strspn(text, " \t\r\n"))) {
		size_t size = strcspn(text, " \t\r\n");

		r = put_named(model, text, size, normal_names, &small, &buffer);
		text += size;
	}
	named = r == 0 ? buffer_take(&buffer, NULL) : NULL;
	if (!named) {
		return r ? r : -ENOMEM;
	}
	*ret_stop = wordmatch_whole(model, named, WORD_STOP) || has_phrase(model, named) ||
		    has_wrong_number(model, named);
	return 0;
}
