/* Columns that are aligned and wrapped, tables, and what a terminal would obey. */
#include "test.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/page.h"

static int set_locale(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

GROUP_FIXTURE(set_locale, NULL);

TEST(test_width)
{
	assert_int_equal(page_width(""), 0);
	assert_int_equal(page_width("abc"), 3);
	assert_int_equal(page_width("¿qué?"), 5);
	assert_int_equal(page_width("日本"), 4);
	assert_int_equal(page_width("e\xcc\x81"), 1); /* e and a combining accent */
	assert_int_equal(page_width("\033[1m"), 4);
	assert_int_equal(page_width("\xff\xfe"), 2);
}

TEST(test_break)
{
	size_t skip = 9;

	assert_int_equal(page_break("one two three", 7, &skip), 7);
	assert_int_equal(skip, 1);
	assert_int_equal(page_break("one two three", 8, &skip), 7);
	assert_int_equal(page_break("one two", 7, &skip), 7);
	assert_int_equal(skip, 0);
	assert_int_equal(page_break("abcdefgh", 3, &skip), 3);
	assert_int_equal(skip, 0);
	assert_int_equal(page_break("¿qué?", 4, &skip), strlen("¿qué"));
	/* A character is never split, even where it alone is too wide. */
	assert_int_equal(page_break("日本", 1, &skip), strlen("日"));
	assert_int_equal(page_break("", 5, &skip), 0);
}

/* What the page printed; the caller frees. */
static char *print(void (*how)(const struct page *page), int width)
{
	char *text = NULL;
	size_t size = 0;
	FILE *file = open_memstream(&text, &size);
	struct page page = { .file = file, .width = width };

	assert_non_null(file);
	how(&page);
	(void)fclose(file);
	return text;
}

static void print_flow(const struct page *page)
{
	page_cell(page, "10:00", 5);
	page_flow(page, "one two three four five six seven eight nine", 7);
}

TEST(test_flow)
{
	char *text = print(print_flow, 40);

	assert_string_equal(text, "10:00  one two three four five six seven\n"
				  "       eight nine\n");
	free(text);
}

static void print_steering(const struct page *page)
{
	page_ink(page, INK_STRONG);
	page_flow(page, "a\033[2Jb\a\x7f\xc2\x9b\xff", 0);
	page_ink(page, INK_PLAIN);
}

TEST(test_nothing_steers)
{
	char *text = print(print_steering, 40);

	assert_string_equal(text, "a?[2Jb????\n");
	free(text);
}

TEST(test_no_colour_in_a_file)
{
	struct page page;
	FILE *file = tmpfile();

	assert_non_null(file);
	assert_int_equal(setenv("COLUMNS", "72", 1), 0);
	page_open(file, &page);
	assert_int_equal(page.width, 72);
	assert_false(page.colour);
	assert_int_equal(setenv("COLUMNS", "3", 1), 0);
	page_open(file, &page);
	assert_int_equal(page.width, 40);
	(void)fclose(file);
}

static const char *const headings[] = { "client", "state", "reason", NULL };

struct paper {
	struct page page;
	char *text;
	size_t size;
};

static void paper_open(struct paper *paper)
{
	*paper = (struct paper){ .page = { .width = 40 } };
	paper->page.file = open_memstream(&paper->text, &paper->size);
	assert_non_null(paper->page.file);
}

static void paper_close(struct paper *paper)
{
	(void)fclose(paper->page.file);
	free(paper->text);
}

TEST(test_aligned)
{
	const char *const one[] = { "r-1042-long", "due", "because one two three four five six" };
	const char *const two[] = { "¿r?", NULL, "" };
	struct paper paper;
	struct table *table = NULL;

	paper_open(&paper);
	assert_int_equal(table_new(&paper.page, headings, &table), 0);
	assert_int_equal(table_add(table, one), 0);
	assert_int_equal(table_add(table, two), 0);
	table = table_free(table);
	assert_null(table_free(table));
	(void)fflush(paper.page.file);
	assert_string_equal(paper.text, "client       state  reason\n"
					"r-1042-long  due    because one two\n"
					"                    three four five six\n"
					"¿r?          -      -\n");
	paper_close(&paper);
}

TEST(test_empty)
{
	struct paper paper;
	struct table *table = NULL;

	paper_open(&paper);
	assert_int_equal(table_new(&paper.page, headings, &table), 0);
	(void)table_free(table);
	(void)fflush(paper.page.file);
	assert_int_equal(paper.size, 0);
	paper_close(&paper);
}

TEST(test_more_than_it_keeps)
{
	const char *const row[] = { "r-1", "due", "x" };
	struct paper paper;
	struct table *table = NULL;
	size_t lines = 0;

	paper_open(&paper);
	assert_int_equal(table_new(&paper.page, headings, &table), 0);
	for (int i = 0; i < 2 * TABLE_ROWS_MAX + 3; i++) {
		assert_int_equal(table_add(table, row), 0);
	}
	(void)table_free(table);
	(void)fflush(paper.page.file);
	for (size_t i = 0; i < paper.size; i++) {
		lines += paper.text[i] == '\n';
	}
	assert_int_equal(lines, 2 * TABLE_ROWS_MAX + 3 + 1);
	paper_close(&paper);
}
