/*
 * What stands after a subcommand: options by name, then words.  A name that
 * nobody knows is answered with the nearest one that exists.
 */
#ifndef HF_CTL_ARGUMENTS_H
#define HF_CTL_ARGUMENTS_H

#include <stdbool.h>
#include <stdio.h>

/* An option takes a value or is a flag.  A table ends with a NULL name. */
struct argument {
	const char *name;   /* "client", for --client ID and --client=ID */
	const char **value; /* NULL for a flag */
	bool *flag;
};

struct words {
	const char **list; /* into argv */
	int count;
};

/* Sorts argv[0..argc) out by the table; what is no option is gathered at the head of argv, which
 * ret_words points into.  After "--" everything is a word.  0, or -EINVAL after one line on
 * `complaints`. */
int arguments_read(int argc, const char **argv, const struct argument *table, FILE *complaints,
		   struct words *ret_words);

#endif
