/*
 * Lists of holdfastd, page after page.
 *
 * Promises: --json prints what holdfastd said, all pages as one array; without
 * it comes a table.
 */
#include "ctl/list.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"

#define AFTER_MAX 128  /* an id is never cut, or the next page would be the wrong one */
#define PAGE_FULL 1000 /* elements; a page with fewer is the last */

struct list {
	const struct ctl *ctl;
	const struct call_path *path;
	bool numbered;
	const struct column *columns;
	struct table *table; /* NULL for JSON */
	size_t printed;
};

const char *cell_text(const json_t *element, const char *key, struct cell *cell)
{
	(void)cell;
	return json_text(element, key);
}

const char *cell_time(const json_t *element, const char *key, struct cell *cell)
{
	const char *time = json_text(element, key);

	if (!time || strlen(time) < 16) {
		return "-";
	}

	(void)snprintf(cell->text, CELL_MAX, "%.10s %.5s", time, time + 11);
	return cell->text;
}

const char *cell_number(const json_t *element, const char *key, struct cell *cell)
{
	int64_t value = json_int(element, key, INT64_MIN);

	if (value == INT64_MIN) {
		return "-";
	}

	(void)snprintf(cell->text, CELL_MAX, "%" PRId64, value);
	return cell->text;
}

/* Control characters, and what turns the direction of writing around. */
static bool is_obeyed(uint32_t character)
{
	return character < ' ' || (character >= 0x7f && character < 0xa0) ||
	       (character >= 0x200e && character <= 0x200f) ||
	       (character >= 0x2028 && character <= 0x202e) ||
	       (character >= 0x2066 && character <= 0x2069);
}

const char *cell_words(const json_t *element, const char *key, struct cell *cell)
{
	const char *text = json_text(element, key);
	char *to = cell->words = text ? strdup(text) : NULL;
	uint32_t character;
	int length;

	while (to && (length = utf8_read(text, &character)) > 0) {
		if (is_obeyed(character)) {
			*to++ = ' ';
		} else {
			to = mempcpy(to, text, (size_t)length);
		}
		text += length;
	}
	if (to) {
		*to = '\0';
	}
	return cell->words;
}

/* --- tables ----------------------------------------------------------------------- */

/* For stdout, which `page` stands for. */
static int new_table(const struct column *columns, struct page *page, struct table **ret_table)
{
	const char *headings[TABLE_COLUMNS_MAX + 1] = { NULL };

	for (size_t i = 0; i < TABLE_COLUMNS_MAX && columns[i].heading; i++) {
		headings[i] = columns[i].heading;
	}
	page_open(stdout, page);
	return table_new(page, headings, ret_table);
}

static int add_row(struct table *table, const struct column *columns, const json_t *element)
{
	struct cell cells[TABLE_COLUMNS_MAX] = { 0 };
	const char *texts[TABLE_COLUMNS_MAX] = { NULL };
	int r;

	for (size_t i = 0; i < TABLE_COLUMNS_MAX && columns[i].heading; i++) {
		texts[i] = columns[i].cell(element, columns[i].key, &cells[i]);
	}
	r = table_add(table, texts);
	for (size_t i = 0; i < TABLE_COLUMNS_MAX; i++) {
		free(cells[i].words);
	}
	return r < 0 ? command_failed(r) : CTL_DONE;
}

int list_print_array(const json_t *array, const struct column *columns)
{
	_cleanup_(table_freep) struct table *table = NULL;
	struct page page;
	int r = new_table(columns, &page, &table);
	int code = r < 0 ? command_failed(r) : CTL_DONE;

	for (size_t i = 0; code == CTL_DONE && i < json_array_size(array); i++) {
		code = add_row(table, columns, json_array_get(array, i));
	}
	return code;
}

int list_show(const struct ctl *ctl, const struct call_path *path, const struct column *columns)
{
	_cleanup_(json_freep) json_t *array = NULL;
	int code = call_get(ctl, path, &array);

	if (code != CTL_DONE) {
		return code;
	}
	return ctl->json ? call_print_json(array) : list_print_array(array, columns);
}

void list_print_facts(const json_t *element, const struct column *columns)
{
	for (; columns->heading; columns++) {
		struct cell cell = { 0 };
		const char *value = columns->cell(element, columns->key, &cell);

		if (value && *value) {
			(void)printf("%-10s %s\n", columns->heading, value);
		}
		free(cell.words);
	}
}

/* --- pages ------------------------------------------------------------------------ */

static int print_element(struct list *list, const json_t *element)
{
	return list->table ? add_row(list->table, list->columns, element)
			   : call_print_element(element, list->printed++);
}

/* *ret_after is "" after the last page. */
static int print_page(struct list *list, char after[AFTER_MAX])
{
	_cleanup_(json_freep) json_t *page = NULL;
	struct call_path path = *list->path;
	const json_t *last;
	size_t count;
	int code;

	call_path_query(&path, "after", *after ? after : NULL);
	code = call_get(list->ctl, &path, &page);
	count = code == CTL_DONE ? json_array_size(page) : 0;
	for (size_t i = 0; i < count && code == CTL_DONE; i++) {
		code = print_element(list, json_array_get(page, i));
	}

	*after = '\0';
	last = count >= PAGE_FULL ? json_array_get(page, count - 1) : NULL;
	if (last && list->numbered) {
		(void)snprintf(after, AFTER_MAX, "%" PRId64, json_int(last, "id", 0));
	} else if (last && json_text(last, "id")) {
		(void)snprintf(after, AFTER_MAX, "%s", json_text(last, "id"));
	}
	return code;
}

int list_print(const struct ctl *ctl, const struct call_path *path, bool numbered,
	       const struct column *columns)
{
	_cleanup_(table_freep) struct table *table = NULL;
	struct list list = { .ctl = ctl, .path = path, .numbered = numbered, .columns = columns };
	char after[AFTER_MAX] = "";
	struct page page;
	int code;

	if (!ctl->json) {
		if (new_table(columns, &page, &table) < 0) {
			return command_failed(-ENOMEM);
		}
		list.table = table;
	}
	do {
		code = print_page(&list, after);
	} while (code == CTL_DONE && *after);

	return ctl->json && code == CTL_DONE ? call_print_end(list.printed) : code;
}
