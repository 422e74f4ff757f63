/*
 * A scenario as it is written: lines of words.  "..." makes one word of many,
 * and ";" at the beginning of a line or after a space begins a comment.
 */
#ifndef HF_SCENARIO_SCRIPT_H
#define HF_SCENARIO_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/cleanup.h"

#define LINE_WORDS_MAX 40

struct line {
	unsigned number;
	size_t count;
	char *words[LINE_WORDS_MAX + 1]; /* the last is NULL */
};

struct script {
	const char *path;
	char *name;         /* the first comment, without its full stop; else the path */
	char *text;         /* the words point into it */
	struct line *lines; /* those that say something */
	size_t count;
};

/* 0, -EINVAL with *ret_line where a line cannot be read, -errno. */
int script_read(const char *path, struct script *ret_script, unsigned *ret_line);
/* The same of a text that is there already, which becomes the script's, also on failure. */
int script_take(const char *path, char *text, struct script *ret_script, unsigned *ret_line);
void script_done(struct script *script);

/* Is there a line with this word? */
bool script_has(const struct script *script, const char *word);

/* "*" stands for anything. */
bool glob_matches(const char *glob, const char *text);

#endif
