/* What is written to standard error meanwhile; no assertion may fail in between. */
#ifndef HF_TESTS_CAPTURED_H
#define HF_TESTS_CAPTURED_H

#include <stdio.h>
#include <unistd.h>

struct captured {
	FILE *file;
	int saved;
};

static inline void captured_begin(struct captured *captured)
{
	captured->file = tmpfile();
	captured->saved = dup(STDERR_FILENO);
	assert_non_null(captured->file);
	assert_true(captured->saved >= 0);
	(void)fflush(stderr);
	assert_true(dup2(fileno(captured->file), STDERR_FILENO) >= 0);
}

static inline void captured_end(struct captured *captured, char *text, size_t size)
{
	(void)fflush(stderr);
	assert_true(dup2(captured->saved, STDERR_FILENO) >= 0);
	(void)close(captured->saved);
	rewind(captured->file);
	text[fread(text, 1, size - 1, captured->file)] = '\0';
	(void)fclose(captured->file);
}

#endif
