/* Finds words of a reply in the lists of all languages: what one of them calls harmless is so in
 * all. */
#ifndef HF_ENGINE_WORDMATCH_H
#define HF_ENGINE_WORDMATCH_H

#include <string.h>

#include "config/model.h"

/* Does a word of that use stand anywhere in a normal text, except in a harmless phrase? */
bool wordmatch_find(const struct model *model, const char *normal, enum word_use use);
/* Does something harmless begin in the words from `at` to `end`, and go on beyond: "please stop" of
 * "please stop by"? */
bool wordmatch_goes_on_harmless(const struct model *model, const char *at, const char *end);
/* Is a word of that use the whole of it? */
bool wordmatch_whole(const struct model *model, const char *normal, enum word_use use);

/* `at` points to the space before a word of a normal text.  Is that single word one of that use? */
bool wordmatch_word(const struct model *model, const char *at, enum word_use use);
/* The length of the word or phrase of that use that begins there, up to the space after it; 0:
 * there is none. */
size_t wordmatch_at(const struct model *model, const char *at, enum word_use use);
/* Is that word, but for a typing error, a single word of that use that has at least so many
 * letters? */
bool wordmatch_typo(const struct model *model, const char *at, enum word_use use, size_t letters);

/* Words as they are typed; both are pieces of normal texts (normal_text()). */

/* "goooood" for "good". */
bool wordmatch_stretched(const char *typed, size_t length, const char *word, size_t word_length);
/* One letter is missing or one is too many, or two have changed places; the first is right.  In
 * long words also one letter in place of another: in short ones that makes other words, "fire" of
 * "fine". */
bool wordmatch_misspelt(const char *typed, size_t length, const char *word, size_t word_length);

/* `at` points to the space before a word: the space after it, which is the one before the next word
 * or the end of the text (at[1] is '\0'). */
static inline const char *wordmatch_next(const char *at)
{
	return at + strcspn(at + 1, " ") + 1;
}
/* The first word from there on that no harmless phrase hides, as "stop by" hides "stop"; else the
 * end. */
const char *wordmatch_exposed(const struct model *model, const char *at);

/* For each word of a normal text; `at` points to the space before it.  A name that is declared
 * cannot stand in parentheses.  NOLINTBEGIN(bugprone-macro-parentheses) */
#define WORDS_FOREACH(at, normal) for (const char *at = (normal); at[1]; at = wordmatch_next(at))
/* NOLINTEND(bugprone-macro-parentheses) */

#endif
