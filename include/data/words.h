/*
 * words/LANG.conf: words that give the treatment away, words that put a person
 * down, and where they may stand all the same.
 */
#ifndef HF_DATA_WORDS_H
#define HF_DATA_WORDS_H

#include "base/conf.h"

enum word_use {
	WORD_GIVEAWAY,
	WORD_STIGMA,
	WORD_ALLOWED, /* hides the others that begin in it */
};

struct word {
	enum word_use use;
	char *written; /* as in the list */
	char *normal;  /* as texts are compared: "12 step" */
	char *say;     /* what to write instead; NULL for none */
};

struct word_list {
	char *language;     /* "en": the name of the file */
	const char *file;   /* as faults show it */
	struct word *words; /* sorted by normal */
	size_t count;
	size_t begin[257]; /* of the words that begin with each byte */
};

extern const struct conf_entry words_keys[], stigma_keys[], allow_keys[];

/* Reads one list: what the file says, and for the keys that it lacks the list of that name that
 * comes with Holdfast.  Without a root, only that.  0 or -ENOMEM. */
int words_read(struct conf_reader *reader, const struct conf_node *root, const char *file,
	       struct word_list *list);

/* A text as it is compared: small plain letters and digits, a space before and after each word.  In
 * a template, fields are no words but their alternatives are.  The caller frees.  0 or -ENOMEM;
 * what is not UTF-8 has no words. */
int words_normal(const char *text, bool template, char **ret_normal);

/* The first word of that use in a normal text, of several the longest; NULL for none.  A plural's s
 * or es may follow it. */
const struct word *words_find(const struct word_list *list, const char *normal, enum word_use use);

#endif
