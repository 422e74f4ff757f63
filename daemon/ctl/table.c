/*
 * Tables for people.
 *
 * Promises: memory for a thousand rows and no more, however many there are.
 */
#include "ctl/table.h"

#include <errno.h>
#include <string.h>

struct table {
	const struct page *page;
	const char *const *headings;
	size_t columns, rows;
	int widths[TABLE_COLUMNS_MAX];
	bool begun; /* the widths are settled, the headings printed */
	char *cells[TABLE_ROWS_MAX][TABLE_COLUMNS_MAX];
};

int table_new(const struct page *page, const char *const *headings, struct table **ret_table)
{
	struct table *table = calloc(1, sizeof(*table));

	if (!table) {
		return -ENOMEM;
	}

	table->page = page;
	table->headings = headings;
	while (table->columns < TABLE_COLUMNS_MAX && headings[table->columns]) {
		table->widths[table->columns] = page_width(headings[table->columns]);
		table->columns++;
	}

	*ret_table = table;
	return 0;
}

static void print_row(const struct table *table, const char *const *cells)
{
	size_t last = table->columns - 1;
	int indent = 0;

	for (size_t i = 0; i < last; i++) {
		page_cell(table->page, cells[i], table->widths[i]);
		indent += table->widths[i] + 2;
	}
	page_flow(table->page, cells[last], indent);
}

static void print_all(struct table *table)
{
	if (!table->begun) {
		page_ink(table->page, INK_STRONG);
		print_row(table, table->headings);
		page_ink(table->page, INK_PLAIN);
		table->begun = true;
	}

	for (size_t i = 0; i < table->rows; i++) {
		print_row(table, (const char *const *)table->cells[i]);
		for (size_t k = 0; k < table->columns; k++) {
			free(table->cells[i][k]);
			table->cells[i][k] = NULL;
		}
	}
	table->rows = 0;
}

int table_add(struct table *table, const char *const *cells)
{
	if (table->rows == TABLE_ROWS_MAX) {
		print_all(table);
	}

	for (size_t i = 0; i < table->columns; i++) {
		const char *cell = cells[i] && *cells[i] ? cells[i] : "-";
		int width = page_width(cell);

		table->cells[table->rows][i] = strdup(cell);
		if (!table->cells[table->rows][i]) {
			return -ENOMEM;
		}
		if (!table->begun && width > table->widths[i]) {
			table->widths[i] = width;
		}
	}
	table->rows++;
	return 0;
}

struct table *table_free(struct table *table)
{
	if (table) {
		/* The row after the last is there only where memory ran out in it. */
		for (size_t i = 0; i < table->columns && table->rows < TABLE_ROWS_MAX; i++) {
			free(table->cells[table->rows][i]);
		}
		if (table->rows > 0) {
			print_all(table);
		}
		free(table);
	}
	return NULL;
}
