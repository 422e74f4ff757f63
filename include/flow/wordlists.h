/* Looking for words in the lists of all languages. */
#ifndef HF_FLOW_WORDLISTS_H
#define HF_FLOW_WORDLISTS_H

#include "data/model.h"

/* As words_find() and words_whole(), in any of the lists. */
const struct word *wordlists_find(const struct model *model, const char *normal, enum word_use use);
bool wordlists_whole(const struct model *model, const char *normal, enum word_use use);
/* Is the single word at `at`, which points to the space before it, one of that use? */
bool wordlists_word(const struct model *model, const char *at, enum word_use use);

/* For each word of a normal text; `at` points to the space before it.  A name that is declared
 * cannot stand in parentheses.  NOLINTBEGIN(bugprone-macro-parentheses) */
#define WORDS_FOREACH(at, normal)                                                                  \
	for (const char *at = (normal); at[1]; at += strcspn(at + 1, " ") + 1)
/* NOLINTEND(bugprone-macro-parentheses) */

#endif
