/*
 * What people read on a terminal or on paper: aligned columns, a last column
 * that is wrapped, colour only where a person looks; tables, and headings of days.
 */
#ifndef HF_CTL_PAGE_H
#define HF_CTL_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "lib/cleanup.h"
#include "lib/zone.h"

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

/* Tables: rows are kept until the widths of their columns are known, then printed. */

#define TABLE_COLUMNS_MAX 10
#define TABLE_ROWS_MAX    1000 /* then the widths are settled, and printing goes on row by row */

struct table;

/* headings is NULL-terminated and says how many columns there are; its texts outlive the table. */
int table_new(const struct page *page, const char *const *headings, struct table **ret_table);
/* One cell a column, copied; NULL is printed as "-"; the last column is wrapped. */
int table_add(struct table *table, const char *const *cells);
/* Prints what is still kept (nothing where no row was added) and frees. */
struct table *table_free(struct table *table);
DEFINE_CLEANUP(struct table *, table_free);

/* Texts under headings of days, as a person looks for them in a calendar: when, to whom, what. */

#define DAYS_TIME_MAX 64

struct days {
	struct page page;
	const struct zone *zone; /* the site's, whose days they are */
	struct civil day;        /* of the last heading; year 0 before the first */
	int time_width, client_width;
};

void days_open(FILE *file, const struct zone *site, struct days *ret_days);
/* The columns become wide enough for a text to this client. */
void days_fit(struct days *days, const char *client, const struct zone *zone);

/* A heading where the moment is not of the day of the last. */
void days_head(struct days *days, hf_time at);
/* "10:00"; "10:00 Phoenix" where the client's zone is not the site's, with the weekday where it
 * makes another day of it; then the client and the kind of the text.  Gives how many columns they
 * took. */
int days_cells(const struct days *days, const struct zone *zone, hf_time at, const char *client,
	       const char *kind);

/* "10:00", with its date where `beside` is on another day. */
void days_moment(const struct zone *zone, hf_time at, const struct civil *beside,
		 char buffer[DAYS_TIME_MAX]);

#endif
