/* Tables: aligned, wrapped, and no larger in memory than their first thousand rows. */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "ctl/table.h"

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

static int set_locale(void **state)
{
	(void)state;
	return setlocale(LC_CTYPE, "C.UTF-8") ? 0 : -1;
}

GROUP_FIXTURE(set_locale, NULL);

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
