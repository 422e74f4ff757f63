/*
 * Bytes that grow as they are put together, up to a limit.  A buffer that could
 * not grow stays as it was and remembers it, so that a writer checks once, at
 * the end.
 */
#ifndef HF_LIB_BUFFER_H
#define HF_LIB_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
	char *bytes; /* NUL-terminated once something was put in; NULL before */
	size_t size, room;
	size_t most; /* bytes it may hold; 0: BUFFER_MOST */
	bool failed; /* something did not fit, or memory is out */
};
#define BUFFER_MOST (1024L * 1024)

void buffer_put(struct buffer *buffer, const char *bytes, size_t size);
void buffer_put_text(struct buffer *buffer, const char *text);
/* size more bytes to be written by the caller; NULL when they do not fit. */
char *buffer_extend(struct buffer *buffer, size_t size);
/* Empty, with its room kept. */
void buffer_clear(struct buffer *buffer);
/* The bytes, now the caller's ("" for an empty buffer); NULL when it failed.  Empty afterwards. */
char *buffer_take(struct buffer *buffer, size_t *ret_size);
/* What it held is wiped: it may have been a secret. */
void buffer_done(struct buffer *buffer);
/* Wipes and frees a text, as one that buffer_take() gave.  NULL is nothing. */
void buffer_wipe(char *text);

#endif
