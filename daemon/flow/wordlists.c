/*
 * The lists of a snapshot, one for each language: people write in more than
 * the one they are written to.
 */
#include "flow/wordlists.h"

#include <string.h>

#define WORD_MAX 64 /* bytes, with the spaces around it: no list has a longer single word */

const struct word *wordlists_find(const struct model *model, const char *normal, enum word_use use)
{
	for (size_t i = 0; i < model->word_list_count; i++) {
		const struct word *word = words_find(&model->word_lists[i], normal, use);

		if (word) {
			return word;
		}
	}
	return NULL;
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
