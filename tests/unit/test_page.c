/* Widths, breaks and what a terminal must not see. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
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
