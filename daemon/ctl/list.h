/*
 * Lists of holdfastd: page after page, as one table, or as one array of JSON.
 */
#ifndef HF_CTL_LIST_H
#define HF_CTL_LIST_H

#include "ctl/call.h"
#include "ctl/page.h"

#define CELL_MAX 64

/* "2026-11-23T10:00:00-06:00" as "2026-11-23 10:00"; "-" where there is none. */
const char *cell_time(const json_t *object, const char *key, char buffer[CELL_MAX]);
const char *cell_number(const json_t *object, const char *key, char buffer[CELL_MAX]);

/* What anybody may have written, on one line and without what a terminal would obey.  Allocated;
 * NULL for NULL and when memory is out. */
char *cell_words(const char *text);

/* One list: where it is, what its next page begins after, and how an element is printed. */
struct list {
	const struct ctl *ctl;
	const struct call_path *path;
	bool numbered; /* the next page begins after a number, else after a text */
	int (*add)(struct table *table, const json_t *element);
	struct table *table; /* the list's own; NULL for JSON */
	size_t printed;
};

/* An exit code. */
int list_print(struct list *list, const char *const *headings);

/* The same for an array that is here. */
int list_print_array(const json_t *array, const char *const *headings,
		     int (*add)(struct table *table, const json_t *element));

#endif
