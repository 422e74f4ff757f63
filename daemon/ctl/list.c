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
#include <string.h>

#include "lib/text.h"

#define AFTER_MAX 128  /* an id is never cut, or the next page would be the wrong one */
#define PAGE_FULL 1000 /* elements; a page with fewer is the last */

const char *cell_time(const json_t *object, const char *key, char buffer[CELL_MAX])
{
	const char *time = json_text(object, key);

	if (!time || strlen(time) < 16) {
		return "-";
	}

	(void)snprintf(buffer, CELL_MAX, "%.10s %.5s", time, time + 11);
	return buffer;
}

const char *cell_number(const json_t *object, const char *key, char buffer[CELL_MAX])
{
	int64_t value = json_int(object, key, INT64_MIN);

	if (value == INT64_MIN) {
		return "-";
	}

	(void)snprintf(buffer, CELL_MAX, "%" PRId64, value);
	return buffer;
}

/* Control characters, and what turns the direction of writing around. */
static bool is_obeyed(uint32_t character)
{
	return character < ' ' || (character >= 0x7f && character < 0xa0) ||
	       (character >= 0x200e && character <= 0x200f) ||
	       (character >= 0x2028 && character <= 0x202e) ||
	       (character >= 0x2066 && character <= 0x2069);
}

char *cell_words(const char *text)
{
	char *words = text ? strdup(text) : NULL, *to = words;
	uint32_t character;
	int length;

	while (words && (length = utf8_read(text, &character)) > 0) {
		if (is_obeyed(character)) {
			*to++ = ' ';
		} else {
			to = mempcpy(to, text, (size_t)length);
		}
		text += length;
	}
	if (words) {
		*to = '\0';
	}
	return words;
}

/* --- pages ------------------------------------------------------------------------ */

static int print_element(struct list *list, const json_t *element)
{
	int r;

	if (!list->table) {
		return call_print_element(element, list->printed++);
	}
	r = list->add(list->table, element);
	return r < 0 ? command_failed(r) : CTL_DONE;
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

int list_print(struct list *list, const char *const *headings)
{
	_cleanup_(table_freep) struct table *table = NULL;
	char after[AFTER_MAX] = "";
	struct page page;
	int code;

	if (!list->ctl->json) {
		page_open(stdout, &page);
		if (table_new(&page, headings, &table) < 0) {
			return command_failed(-ENOMEM);
		}
		list->table = table;
	}
	do {
		code = print_page(list, after);
	} while (code == CTL_DONE && *after);

	return list->ctl->json && code == CTL_DONE ? call_print_end(list->printed) : code;
}

int list_print_array(const json_t *array, const char *const *headings,
		     int (*add)(struct table *table, const json_t *element))
{
	_cleanup_(table_freep) struct table *table = NULL;
	struct page page;
	int r;

	page_open(stdout, &page);
	r = table_new(&page, headings, &table);
	for (size_t i = 0; r == 0 && i < json_array_size(array); i++) {
		r = add(table, json_array_get(array, i));
	}
	return r < 0 ? command_failed(r) : CTL_DONE;
}
