/*
 * Words of a reply in the word lists of a snapshot.  There is one list for each
 * language, and all of them are searched: people write in more languages than the
 * one they are written to.
 *
 * Dangerous: a typing error may be another word ("wine" is near to "fine"), so
 * errors are forgiven only where nothing else can be meant.
 */
#include "engine/wordmatch.h"

#define WORD_MAX   64 /* bytes, with the spaces around it: no list has a longer single word */
#define TYPING_MIN 4  /* letters: shorter words are other words */
#define OTHER_MIN  8  /* letters: in shorter words another letter makes another word */

/* --- words as they are typed --------------------------------------------------------- */

/* Without what is held down: "goooood" and "good" are both "god". */
static size_t squeeze(const char *word, size_t length, char to[WORD_MAX])
{
	size_t size = 0;

	for (size_t i = 0; i < length && size < WORD_MAX - 1; i++) {
		if (i == 0 || word[i] != word[i - 1]) {
			to[size++] = word[i];
		}
	}
	to[size] = '\0';
	return size;
}

bool wordmatch_stretched(const char *typed, size_t length, const char *word, size_t word_length)
{
	char a[WORD_MAX], b[WORD_MAX];

	(void)squeeze(typed, length, a);
	(void)squeeze(word, word_length, b);
	return length > word_length && strcmp(a, b) == 0;
}

bool wordmatch_misspelt(const char *typed, size_t length, const char *word, size_t word_length)
{
	size_t same = 0, end = 0;

	if (length < TYPING_MIN || word_length < TYPING_MIN || *typed != *word) {
		return false;
	}
	while (same < length && same < word_length && typed[same] == word[same]) {
		same++;
	}
	while (end < length - same && end < word_length - same &&
	       typed[length - 1 - end] == word[word_length - 1 - end]) {
		end++;
	}
	if (length == word_length && length - same - end == 1) {
		return length >= OTHER_MIN;
	}
	if (length == word_length) {
		return length - same - end == 2 && typed[same] == word[same + 1] &&
		       typed[same + 1] == word[same];
	}
	return same + end >= (length < word_length ? length : word_length) &&
	       (length + 1 == word_length || word_length + 1 == length);
}

/* --- in the lists ------------------------------------------------------------------- */

size_t wordmatch_at(const struct model *model, const char *at, enum word_use use)
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

bool wordmatch_goes_on_harmless(const struct model *model, const char *at, const char *end)
{
	while (at < end) {
		if (at + wordmatch_at(model, at, WORD_HARMLESS) > end) {
			return true;
		}
		at = wordmatch_next(at);
	}
	return false;
}

const char *wordmatch_exposed(const struct model *model, const char *at)
{
	size_t hidden;

	while (at[1] && (hidden = wordmatch_at(model, at, WORD_HARMLESS)) > 0) {
		at += hidden;
	}
	return at;
}

bool wordmatch_find(const struct model *model, const char *normal, enum word_use use)
{
	const char *at = wordmatch_exposed(model, normal);

	while (at[1]) {
		size_t found = wordmatch_at(model, at, use);

		if (found > 0 && !wordmatch_goes_on_harmless(model, at, at + found)) {
			return true;
		}
		at = wordmatch_exposed(model, wordmatch_next(at));
	}
	return false;
}

bool wordmatch_whole(const struct model *model, const char *normal, enum word_use use)
{
	for (size_t i = 0; i < model->word_list_count; i++) {
		if (words_whole(&model->word_lists[i], normal, use)) {
			return true;
		}
	}
	return false;
}

bool wordmatch_word(const struct model *model, const char *at, enum word_use use)
{
	size_t length = strcspn(at + 1, " ") + 2;
	char word[WORD_MAX];

	if (length >= sizeof(word)) {
		return false;
	}
	memcpy(word, at, length);
	word[length] = '\0';
	return wordmatch_whole(model, word, use);
}

static bool is_mistyped(const struct word_list *list, const char *typed, enum word_use use,
			size_t letters)
{
	/* The first letter is never the error. */
	const struct word *word = words_begin(list, use, (unsigned char)*typed);
	const struct word *end = words_begin(list, use, (unsigned char)*typed + 1);
	size_t length = strcspn(typed, " ");

	for (; word < end; word++) {
		size_t size = strlen(word->normal);

		if (size >= letters && !strchr(word->normal, ' ') &&
		    (wordmatch_stretched(typed, length, word->normal, size) ||
		     wordmatch_misspelt(typed, length, word->normal, size))) {
			return true;
		}
	}
	return false;
}

bool wordmatch_typo(const struct model *model, const char *at, enum word_use use, size_t letters)
{
	for (size_t i = 0; i < model->word_list_count; i++) {
		if (is_mistyped(&model->word_lists[i], at + 1, use, letters)) {
			return true;
		}
	}
	return false;
}
