/* Queries and forms: taken apart, decoded, sorted; any byte survives. */
#include <errno.h>
#include <string.h>

#include "test.h"
#include "courier/locator.h"

TEST(test_decoded)
{
	static const char encoded[] =
		"Body=H%C3%A9llo+%26+more%3D1&From=%2B1&&Empty=&Alone&x=%zz%4";
	_cleanup_(params_done) struct params params = { 0 };

	assert_int_equal(params_add(&params, encoded, strlen(encoded)), 0);
	assert_int_equal(params.count, 5);
	assert_string_equal(params_find(&params, "Body")->value, "H\xc3\xa9llo & more=1");
	assert_string_equal(params_find(&params, "From")->value, "+1");
	assert_string_equal(params_find(&params, "Empty")->value, "");
	assert_string_equal(params_find(&params, "Alone")->value, "");
	assert_string_equal(params_find(&params, "x")->value, "%zz%4");
	assert_null(params_find(&params, "body"));
}

TEST(test_any_byte)
{
	_cleanup_(params_done) struct params params = { 0 };

	assert_int_equal(params_add(&params, "a=%00b%FF", 9), 0);
	assert_int_equal(params.list[0].size, 3);
	assert_memory_equal(params.list[0].value, "\0b\xff", 4);
}

TEST(test_sorted)
{
	static const char *const expected[] = { "1", "2", "", "1" };
	static const char encoded[] = "b=2&c=1&b=1&b2=";
	_cleanup_(params_done) struct params params = { 0 };

	assert_int_equal(params_add(&params, encoded, strlen(encoded)), 0);
	params_sort(&params);
	for (size_t i = 0; i < params.count; i++) {
		assert_string_equal(params.list[i].value, expected[i]);
	}
	assert_string_equal(params.list[2].name, "b2");
}

TEST(test_limit)
{
	_cleanup_(params_done) struct params params = { 0 };

	for (int i = 0; i < PARAMS_MAX; i++) {
		assert_int_equal(params_add(&params, "a=1", 3), 0);
	}
	assert_int_equal(params_add(&params, "a=1", 3), -E2BIG);
	assert_int_equal(params_add(&params, "", 0), 0);
	assert_int_equal(params.count, PARAMS_MAX);
}
