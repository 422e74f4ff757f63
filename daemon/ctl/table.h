/* Rows kept until the widths of their columns are known, then printed. */
#ifndef HF_CTL_TABLE_H
#define HF_CTL_TABLE_H

#include "lib/cleanup.h"
#include "ctl/page.h"

#define TABLE_COLUMNS_MAX 10
#define TABLE_ROWS_MAX    1000 /* then the widths are settled, and printing goes on row by row */

struct table;

/* headings is NULL-terminated, outlives the table and says how many columns there are. */
int table_new(const struct page *page, const char *const *headings, struct table **ret_table);
/* One cell a column, copied; NULL is printed as "-"; the last column is wrapped. */
int table_add(struct table *table, const char *const *cells);
/* Prints what is still kept (nothing where no row was added) and frees. */
struct table *table_free(struct table *table);
DEFINE_CLEANUP(struct table *, table_free);

#endif
