/*
 * What is wrong with what people wrote, collected: each fault names its file
 * and line, says what is wrong and what to do, and never shows a client's name
 * or number (file and line say where to look).
 */
#ifndef HF_LIB_FAULT_H
#define HF_LIB_FAULT_H

#include <stdbool.h>
#include <stddef.h>

enum fault_severity {
	FAULT_ERROR,
	FAULT_WARNING,
};

/* "clients/a.conf:12: what is wrong; what to do".  `code` is a stable word for programs:
 * "unknown-key". */
struct fault {
	char *file;
	unsigned line;
	enum fault_severity severity;
	const char *code; /* a literal */
	char *message;
	char *hint; /* the end of the message; see fault_hint(); NULL for none */
};

struct faults {
	struct fault *list;
	size_t count, room, errors;
	bool overflow; /* more than FAULTS_MAX: the rest was dropped, errors among it counted */
};
#define FAULTS_MAX 1000 /* nobody reads more, and a wrong file of 100,000 clients has more */

__attribute__((format(printf, 6, 7))) void fault_add(struct faults *faults,
						     enum fault_severity severity, const char *file,
						     unsigned line, const char *code,
						     const char *format, ...);
/* Adds to the fault that was added last what is for the eyes of whoever can read the file anyway: it
 * may hold a client's number.  holdfastctl check shows it on the terminal; it is never logged and
 * never given to anybody who asks holdfastd. */
__attribute__((format(printf, 2, 3))) void fault_hint(struct faults *faults, const char *format,
						      ...);
void faults_done(struct faults *faults);
/* Copies of all of them, as if they had been added one by one; what `more` had to drop counts. */
void faults_append(struct faults *faults, const struct faults *more);
/* So many errors that no further one would be shown: whoever looks at many things may stop. */
bool faults_full(const struct faults *faults);
/* By file, then line. */
void faults_sort(struct faults *faults);

/* A word of a file as a fault shows it: cut where it is long, "?" for control characters. */
#define FAULT_WORD_MAX 48
const char *fault_word(const char *word, char buffer[FAULT_WORD_MAX]);

/* The word of `words` (NULL-terminated) nearest to `word`, or NULL where none is near: at most two
 * letters wrong, missing, added or swapped, in words of up to four letters one. */
const char *fault_nearest_word(const char *word, const char *const *words);

#endif
