/* Cells: what a stranger wrote moves no cursor. */
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "ctl/list.h"

static void expect_words(const char *text, const char *expected)
{
	_cleanup_(json_freep) json_t *element = JSON_OBJECT({ { "text", json_or_null(text) } });
	struct cell cell = { 0 };
	const char *words = cell_words(element, "text", &cell);

	assert_int_equal(words == NULL, expected == NULL);
	if (expected) {
		assert_string_equal(words, expected);
	}
	free(cell.words);
}

TEST(test_words)
{
	expect_words(NULL, NULL);
	expect_words("", "");
	expect_words("Estoy bien, \xf0\x9f\x99\x82 gracias",
		     "Estoy bien, \xf0\x9f\x99\x82 gracias");
	expect_words("one\ntwo\r\tthree", "one two  three");
	expect_words("\033[2J\033]0;x\a", " [2J ]0;x ");
	expect_words("a\x7f\xc2\x9b"
		     "b",
		     "a  b");
	expect_words("a\xe2\x80\xae"
		     "b",
		     "a b");
}

TEST(test_times)
{
	_cleanup_(json_freep) json_t *object = JSON_OBJECT({
		{ "at", json_string("2026-11-23T10:00:00-06:00") },
		{ "none", json_null() },
		{ "n", json_integer(12) },
	});
	struct cell cell;

	assert_string_equal(cell_time(object, "at", &cell), "2026-11-23 10:00");
	assert_string_equal(cell_time(object, "none", &cell), "-");
	assert_string_equal(cell_number(object, "n", &cell), "12");
	assert_string_equal(cell_number(object, "at", &cell), "-");
}
