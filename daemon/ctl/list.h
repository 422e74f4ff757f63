/*
 * Lists of holdfastd: page after page, as one table, or as one array of JSON.
 */
#ifndef HF_CTL_LIST_H
#define HF_CTL_LIST_H

#include "ctl/call.h"
#include "ctl/page.h"

/* What stands in a cell, made of an element's member `key`; NULL is printed as "-". */
#define CELL_MAX 128
struct cell {
	char text[CELL_MAX];
	char *words; /* what may be longer; whoever has the cell frees it */
};
typedef const char *cell_of(const json_t *element, const char *key, struct cell *cell);

cell_of cell_text;
/* "2026-11-23T10:00:00-06:00" as "2026-11-23 10:00"; "-" where there is none. */
cell_of cell_time;
cell_of cell_number;
/* What anybody may have written, on one line and without what a terminal would obey. */
cell_of cell_words;

/* A list is a table of its columns.  Ends with a NULL heading. */
struct column {
	const char *heading;
	cell_of *cell;
	const char *key;
};

/* These give an exit code. */

/* All pages of a list; the next begins after a number where it is numbered, else after a text. */
int list_print(const struct ctl *ctl, const struct call_path *path, bool numbered,
	       const struct column *columns);
/* A list that comes as one. */
int list_show(const struct ctl *ctl, const struct call_path *path, const struct column *columns);
/* An array that is here. */
int list_print_array(const json_t *array, const struct column *columns);
/* One element, a column a line; not those without a value. */
void list_print_facts(const json_t *element, const struct column *columns);

#endif
