/* Cells: what a stranger wrote moves no cursor. */
#include <string.h>

#include "test.h"
#include "ctl/list.h"

static void expect_words(const char *text, const char *expected)
{
	_cleanup_free_ char *words = cell_words(text);

	assert_non_null(words);
	assert_string_equal(words, expected);
}

TEST(test_words)
{
	assert_null(cell_words(NULL));
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
	_cleanup_(json_freep) json_t *object = json_object();
	char cell[CELL_MAX];

	assert_int_equal(json_put(object, "at", json_string("2026-11-23T10:00:00-06:00")), 0);
	assert_int_equal(json_put(object, "none", json_null()), 0);
	assert_int_equal(json_put(object, "n", json_integer(12)), 0);
	assert_string_equal(cell_time(object, "at", cell), "2026-11-23 10:00");
	assert_string_equal(cell_time(object, "none", cell), "-");
	assert_string_equal(cell_number(object, "n", cell), "12");
	assert_string_equal(cell_number(object, "at", cell), "-");
}
