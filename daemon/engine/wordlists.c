/*
 * The lists of a snapshot, one for each language: people write in more than
 * the one they are written to.
 */
#include "engine/wordlists.h"

#include <string.h>

#include "engine/typing.h"

#define WORD_MAX 64 /* bytes, with the spaces around it: no list has a longer single word */

size_t wordlists_at(const struct model *model, const char *at, enum word_use use)
{
	size_t most = 0;

	for (size_t i = 0; i < model->word_list_count; i++) {
		size_t size = words_at(&model->word_lists[i], at + 1, use);

		if (size >= most && size > 0) {
			most = size + 1;
		}
	}
	return most;
}

/* Does something harmless begin in the words from `at` to `end`, and go on beyond: "please stop" of
 * "please stop by"? */
static bool goes_on(const struct model *model, const char *at, const char *end)
{
	while (at < end) {
		if (at + wordlists_at(model, at, WORD_HARMLESS) > end) {
			return true;
		}
		at += strcspn(at + 1, " ") + 1;
	}
	return false;
}

bool wordlists_find(const struct model *model, const char *normal, enum word_use use)
{
	const char *at = normal;

	while (at[1]) {
		size_t hidden = wordlists_at(model, at, WORD_HARMLESS);

		size_t found = hidden > 0 ? 0 : wordlists_at(model, at, use);

		if (found > 0 && !goes_on(model, at, at + found)) {
			return true;
		}
		at += hidden > 0 ? hidden : strcspn(at + 1, " ") + 1;
	}
	return false;
}

bool wordlists_whole(const struct model *model, const char *normal, enum word_use use)
{
	for (size_t i = 0; i < model->word_list_count; i++) {
		if (words_whole(&model->word_lists[i], normal, use)) {
			return true;
		}
	}
	return false;
}

bool wordlists_word(const struct model *model, const char *at, enum word_use use)
{
	size_t length = strcspn(at + 1, " ") + 2;
	char word[WORD_MAX];

	if (length >= sizeof(word)) {
		return false;
	}
	memcpy(word, at, length);
	word[length] = '\0';
	return wordlists_whole(model, word, use);
}

static bool is_mistyped(const struct word_list *list, const char *typed, enum word_use use,
			size_t letters)
{
	size_t length = strcspn(typed, " ");
	unsigned char first = (unsigned char)*typed;

	/* The first letter is never the error. */
	for (size_t i = list->begin[first]; i < list->begin[first + 1]; i++) {
		const struct word *word = &list->words[i];
		size_t size = strlen(word->normal);

		if (word->use == use && size >= letters && !strchr(word->normal, ' ') &&
		    (typing_held_down(typed, length, word->normal, size) ||
		     typing_mistyped(typed, length, word->normal, size))) {
			return true;
		}
	}
	return false;
}

bool wordlists_mistyped(const struct model *model, const char *at, enum word_use use,
			size_t letters)
{
	for (size_t i = 0; i < model->word_list_count; i++) {
		if (is_mistyped(&model->word_lists[i], at + 1, use, letters)) {
			return true;
		}
	}
	return false;
}
