/*
 * What people read on a terminal or on paper: aligned columns, a last column
 * that is wrapped, colour only where a person looks.
 */
#ifndef HF_CTL_PAGE_H
#define HF_CTL_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum ink {
	INK_PLAIN,
	INK_STRONG, /* headings */
	INK_FAINT,  /* what does not go out */
	INK_WARN,
};

struct page {
	FILE *file;
	int width; /* characters in a line */
	bool colour;
};

/* The terminal's width, or $COLUMNS, or 100; no colour where $NO_COLOR is set or nobody looks. */
void page_open(FILE *file, struct page *ret_page);

void page_ink(const struct page *page, enum ink ink);

/* Characters that a terminal shows for UTF-8; what it could not show counts 0. */
int page_width(const char *utf8);

/* How many bytes of text stand on the next line of `width` characters: up to a space where there
 * is one.  *ret_skip is what to leave out before the line after.  At least one character. */
size_t page_break(const char *utf8, int width, size_t *ret_skip);

/* text in a column `width` wide and two spaces; text that is wider pushes the rest to the right. */
void page_cell(const struct page *page, const char *text, int width);

/* text from column `indent` on to the end of the line, and on as many lines as it needs. */
void page_flow(const struct page *page, const char *text, int indent);

#endif
