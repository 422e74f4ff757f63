/*
 * Faults, and the guess at what was meant.
 *
 * Promises: a fault is never lost silently.  Where the list is full, or memory
 * is out, an error still counts, so that what is broken is never taken for
 * sound.
 */
#include "lib/fault.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/array.h"
#include "lib/cleanup.h"
#include "lib/text.h"

/* In a full list an error takes the place of a warning: a site without consents must not hide what
 * keeps its schedule from being loaded. */
static int replace_warning(struct faults *faults, const struct fault *fault)
{
	if (fault->severity == FAULT_WARNING || faults->errors > FAULTS_MAX) {
		return -1;
	}

	for (size_t i = faults->count; i-- > 0;) {
		if (faults->list[i].severity == FAULT_WARNING) {
			free(faults->list[i].file);
			free(faults->list[i].message);
			free(faults->list[i].hint);
			faults->list[i] = *fault;
			faults->overflow = true;
			return 0;
		}
	}
	return -1;
}

static int append(struct faults *faults, const struct fault *fault)
{
	if (faults->count == FAULTS_MAX) {
		return replace_warning(faults, fault);
	}
	if (array_reserve(faults->list, faults->count, faults->room, 1) < 0) {
		return -1;
	}

	faults->list[faults->count++] = *fault;
	return 0;
}

void fault_add(struct faults *faults, enum fault_severity severity, const char *file, unsigned line,
	       const char *code, const char *format, ...)
{
	_cleanup_free_ char *message = NULL, *copy = NULL;
	va_list arguments;
	int length;

	faults->errors += severity == FAULT_ERROR;
	va_start(arguments, format);
	length = vasprintf(&message, format, arguments);
	va_end(arguments);
	if (length < 0) {
		message = NULL;
		faults->overflow = true;
		return;
	}

	copy = strdup(file);
	if (!copy ||
	    append(faults, &(struct fault){ copy, line, severity, code, message, NULL }) < 0) {
		faults->overflow = true;
		return;
	}

	(void)take_ptr(copy);
	(void)take_ptr(message);
}

void fault_hint(struct faults *faults, const char *format, ...)
{
	struct fault *last = faults->count > 0 ? &faults->list[faults->count - 1] : NULL;
	va_list arguments;

	/* Of a full list nobody knows whether the last is the one that is meant. */
	if (!last || last->hint || faults->count == FAULTS_MAX) {
		return;
	}
	va_start(arguments, format);
	if (vasprintf(&last->hint, format, arguments) < 0) {
		last->hint = NULL;
	}
	va_end(arguments);
}

void faults_append(struct faults *faults, const struct faults *more)
{
	size_t dropped = more->errors;

	for (size_t i = 0; i < more->count; i++) {
		const struct fault *fault = &more->list[i];

		fault_add(faults, fault->severity, fault->file, fault->line, fault->code, "%s",
			  fault->message);
		if (fault->hint) {
			fault_hint(faults, "%s", fault->hint);
		}
		dropped -= fault->severity == FAULT_ERROR;
	}
	faults->errors += dropped;
	faults->overflow |= more->overflow;
}

void faults_done(struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++) {
		free(faults->list[i].file);
		free(faults->list[i].message);
		free(faults->list[i].hint);
	}
	free(faults->list);
	*faults = (struct faults){ 0 };
}

/* Not `overflow`: a thousand warnings must not hide the first error. */
bool faults_full(const struct faults *faults)
{
	return faults->errors > FAULTS_MAX;
}

static int compare(const void *left, const void *right)
{
	const struct fault *a = left, *b = right;
	int order = strcmp(a->file, b->file);

	if (order != 0) {
		return order;
	}
	if (a->line != b->line) {
		return a->line < b->line ? -1 : 1;
	}
	return strcmp(a->message, b->message);
}

void faults_sort(struct faults *faults)
{
	if (faults->count > 1) {
		qsort(faults->list, faults->count, sizeof(*faults->list), compare);
	}
}

const char *fault_word(const char *word, char buffer[FAULT_WORD_MAX])
{
	bool cut = strlen(word) >= FAULT_WORD_MAX;
	size_t size = utf8_cut(word, cut ? FAULT_WORD_MAX - 4 : FAULT_WORD_MAX);

	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)word[i];

		buffer[i] = (char)(c < 0x20 || c == 0x7f ? '?' : c);
	}
	memcpy(buffer + size, cut ? "..." : "", cut ? 4 : 1);
	return buffer;
}

/* --- what was meant ------------------------------------------------------ */

/* Longer words are never guessed at: the table below would grow with them. */
#define WORD_MAX 40

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* How many letters must change for a to be b, a swap of neighbours being one change (Damerau and
 * Levenshtein, optimal string alignment). */
static unsigned edits(const char *a, size_t a_length, const char *b, size_t b_length)
{
	unsigned table[WORD_MAX + 1][WORD_MAX + 1];

	for (size_t i = 0; i <= a_length; i++) {
		table[i][0] = (unsigned)i;
	}
	for (size_t j = 0; j <= b_length; j++) {
		table[0][j] = (unsigned)j;
	}
	for (size_t i = 1; i <= a_length; i++) {
		for (size_t j = 1; j <= b_length; j++) {
			unsigned change = table[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			table[i][j] = least(change, least(table[i - 1][j], table[i][j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
				table[i][j] = least(table[i][j], table[i - 2][j - 2] + 1);
			}
		}
	}
	return table[a_length][b_length];
}

const char *fault_nearest_word(const char *word, const char *const *words)
{
	size_t length = strnlen(word, WORD_MAX + 1);
	unsigned nearest = length > 4 ? 3 : 2; /* one more than is allowed */
	const char *found = NULL;

	if (length == 0 || length > WORD_MAX) {
		return NULL;
	}

	for (; *words; words++) {
		size_t other = strnlen(*words, WORD_MAX + 1);
		unsigned distance;

		if (other == 0 || other > WORD_MAX) {
			continue;
		}
		distance = edits(word, length, *words, other);
		if (distance < nearest && distance < other) {
			nearest = distance;
			found = *words;
		}
	}
	return found;
}
