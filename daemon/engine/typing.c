/*
 * Words as they are typed.
 *
 * Dangerous: a typing error may be another word ("wine" is near to "fine"), so
 * errors are forgiven only where nothing else can be meant.
 */
#include "engine/typing.h"

#include <string.h>

#define WORD_MAX   64 /* bytes of a word that is compared with room for typing errors */
#define TYPING_MIN 4  /* letters: shorter words are other words */
#define OTHER_MIN  8  /* letters: in shorter words another letter makes another word */

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

bool typing_held_down(const char *typed, size_t length, const char *word, size_t word_length)
{
	char a[WORD_MAX], b[WORD_MAX];

	(void)squeeze(typed, length, a);
	(void)squeeze(word, word_length, b);
	return length > word_length && strcmp(a, b) == 0;
}

bool typing_mistyped(const char *typed, size_t length, const char *word, size_t word_length)
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
