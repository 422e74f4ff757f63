/* Queries and forms: taken apart, decoded, sorted; any byte survives.  Values of a JSON body. */
#include <errno.h>
#include <string.h>

#include "test.h"
#include "lib/arena.h"
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

static const char *find(struct incoming *incoming, const char *pointer)
{
	const struct locator locator = { LOCATOR_JSON, pointer };

	return incoming_text(incoming, &locator);
}

/* Lists and values by the same pointers (RFC 6901): a slash and a tilde in a name, an index. */
TEST(test_pointers)
{
	static const char body[] =
		"{\"a/b\":{\"~\":[{\"t\":\"x\"},{\"t\":7},{\"t\":true},{\"t\":null}]},"
		"\"bad\":\"\\u0000\\ud800\xff\"}";
	static const char *const texts[] = { "x", "7", "true", NULL };
	_cleanup_(incoming_done) struct incoming incoming = { 0 };
	struct arena *arena = NULL;
	const json_t *list;

	assert_int_equal(arena_new(&arena), 0);
	assert_int_equal(incoming_open(&incoming, arena, NULL, body, sizeof(body) - 1), 0);
	list = incoming_list(&incoming, "/a~1b/~0");
	assert_int_equal(json_array_size(list), 4);
	assert_null(incoming_list(&incoming, "/a~1b"));
	assert_null(incoming_list(&incoming, "/a/b"));
	assert_string_equal(find(&incoming, "/a~1b/~0/0/t"), "x");
	assert_null(find(&incoming, "/a~1b/~0"));
	for (size_t i = 0; i < COUNT(texts); i++) {
		const char *found;

		incoming.item = json_array_get(list, i);
		found = find(&incoming, "/t");
		assert_true(found ? texts[i] && strcmp(found, texts[i]) == 0 : !texts[i]);
	}

	incoming.item = incoming.json;
	assert_string_equal(find(&incoming, "/bad"), "\xef\xbf\xbd\xef\xbf\xbd\xc3\xbf");
	assert_false(incoming.failed);
	(void)arena_free(arena);
}
