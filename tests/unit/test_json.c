/* JSON: what is refused, what comes back, and pointers. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "test.h"
#include "lib/json.h"

static json_t *read_text(const char *text)
{
	json_t *json = NULL;

	assert_int_equal(json_read(text, strlen(text), &json), 0);
	assert_non_null(json);
	return json;
}

static void assert_written(const json_t *json, const char *expected)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;

	text = json_write(json, &size);
	assert_string_equal(text, expected);
	assert_int_equal(size, strlen(expected));
}

TEST(test_refused)
{
	static const char *const bad[] = {
		"",
		" ",
		"{",
		"{}x",
		"{} {}",
		"{\"a\":1,\"a\":2}",
		"{'a':1}",
		"[1,]",
		"[01]",
		"nan",
		"[1e999]",
		"[9223372036854775808]",
		"[-9223372036854775809]",
		"\"\\u0000\"",
		"{\"a\\u0000b\":1}",
		"\"\\ud800\"",
		"\"\xff\"",
		"\"\xc0\xaf\"",
		"\"a\nb\"",
		"[\"abc",
		"]",
	};
	json_t *json = NULL;

	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(json_read(bad[i], strlen(bad[i]), &json), JSON_E_SYNTAX);
		assert_null(json);
	}
	assert_int_equal(json_read("1\0002", 3, &json), JSON_E_SYNTAX);
}

TEST(test_depth)
{
	char text[2 * 40 + 1] = "";
	json_t *json = NULL;

	for (size_t depth = 1; depth <= 40; depth++) {
		memset(text, '[', depth);
		memset(text + depth, ']', depth);
		assert_int_equal(json_read(text, 2 * depth, &json),
				 depth <= 32 ? 0 : JSON_E_SYNTAX);
		json = json_free(json);
	}

	/* Brackets within a text are not nesting, nor is a quote behind a backslash its end. */
	json = read_text("\"\\\\\\\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[\"");
	assert_non_null(json_string_value(json));
	json = json_free(json);
	json = read_text("[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],"
			 "[],[],[],[],[],[],[],[],[],[],[],[],[],[]]");
	assert_int_equal(json_array_size(json), 38);
	json = json_free(json);
}

TEST(test_built)
{
	_cleanup_(json_freep) json_t *json = json_object();
	json_t *list = json_array();

	assert_int_equal(json_put(json, "z", json_string("one \"two\"\n\xc3\xb1")), 0);
	assert_int_equal(json_put(json, "none", json_null()), 0);
	assert_int_equal(json_put(json, "i", json_integer(INT64_MIN)), 0);
	assert_int_equal(json_put(json, "yes", json_true()), 0);
	assert_int_equal(json_put(json, "no", json_false()), 0);
	assert_int_equal(json_add(list, json_object()), 0);
	assert_int_equal(json_put(json, "list", list), 0);
	assert_written(json, "{\"z\":\"one \\\"two\\\"\\n\xc3\xb1\",\"none\":null,"
			     "\"i\":-9223372036854775808,\"yes\":true,\"no\":false,"
			     "\"list\":[{}]}");

	/* The second time replaces, in place. */
	assert_int_equal(json_put(json, "z", json_integer(1)), 0);
	assert_int_equal(json_int(json, "z", 0), 1);
}

TEST(test_built_from_rows)
{
	_cleanup_(json_freep) json_t *json = JSON_OBJECT({
		{ "id", json_integer(7) },
		{ "text", json_or_null("hi") },
		{ "reason", json_or_null(NULL) },
	});

	assert_written(json, "{\"id\":7,\"text\":\"hi\",\"reason\":null}");
	assert_int_equal(
		json_merge(json, JSON_OBJECT({ { "id", json_true() }, { "z", json_array() } })), 0);
	assert_written(json, "{\"id\":true,\"text\":\"hi\",\"reason\":null,\"z\":[]}");

	/* Taken also on failure: ASan sees a leak or a second free. */
	assert_null(JSON_OBJECT({ { "a", json_array() }, { "b", NULL }, { "c", json_array() } }));
	assert_null(JSON_OBJECT({ { "a", json_or_null("\xff") }, { "b", json_array() } }));
	assert_int_equal(json_merge(json, NULL), -ENOMEM);
	assert_int_equal(json_merge(NULL, JSON_OBJECT({ { "a", json_array() } })), -ENOMEM);
}

TEST(test_not_built)
{
	_cleanup_(json_freep) json_t *object = json_object();
	_cleanup_(json_freep) json_t *list = json_array();

	assert_int_equal(json_put(object, "\xff", json_true()), -EINVAL);
	assert_int_equal(json_put(object, "a", NULL), -ENOMEM);
	assert_int_equal(json_add(list, NULL), -ENOMEM);
	/* Taken also on failure: ASan sees a leak or a second free. */
	assert_int_equal(json_put(list, "a", json_object()), -EINVAL);
	assert_int_equal(json_add(object, json_array()), -EINVAL);
	assert_written(object, "{}");
	assert_written(list, "[]");
	assert_null(json_free(NULL));
}

TEST(test_getters)
{
	_cleanup_(json_freep) json_t *json = read_text(
		"{\"t\":\"x\",\"i\":7,\"r\":1.5,\"b\":false,\"n\":null,\"l\":[1,\"y\"],\"o\":{}}");
	const json_t *list = json_object_get(json, "l");

	assert_string_equal(json_text(json, "t"), "x");
	assert_null(json_text(json, "i"));
	assert_null(json_text(json, "missing"));
	assert_null(json_text(list, "t"));
	assert_null(json_text(NULL, "t"));
	assert_int_equal(json_int(json, "i", -1), 7);
	assert_int_equal(json_int(json, "r", -1), -1);
	assert_int_equal(json_int(json, "t", -1), -1);
	assert_true(json_double(json, "r", 0) == 1.5);
	assert_true(json_double(json, "i", 0) == 7);
	assert_true(json_double(json, "b", 2) == 2);
	assert_false(json_truth(json, "b", true));
	assert_true(json_truth(json, "i", true));
	assert_false(json_truth(json, "missing", false));
	assert_int_equal(json_array_size(list), 2);
	assert_int_equal(json_array_size(json), 0);
	assert_null(json_array_get(list, 2));
	assert_null(json_object_get(json, "missing"));
}

static void assert_point(const json_t *json, const char *pointer, const char *expected)
{
	char buffer[64];

	if (expected) {
		assert_true(json_point(json, pointer, buffer, sizeof(buffer)));
		assert_string_equal(buffer, expected);
	} else {
		assert_false(json_point(json, pointer, buffer, sizeof(buffer)));
	}
}

TEST(test_point)
{
	_cleanup_(json_freep) json_t *json =
		read_text("{\"messages\":[{\"status\":\"sent\",\"price\":0.1,\"parts\":12,"
			  "\"ok\":true,\"bad\":false,\"error\":null}],\"a/b\":1,\"m~n\":2,\"\":3,"
			  "\"~1\":4,\"third\":0.333333333333333331,\"big\":1e300}");
	_cleanup_(json_freep) json_t *scalar = read_text("\"alone\"");
	char small[4];

	assert_point(json, "/messages/0/status", "sent");
	assert_point(json, "/messages/0/price", "0.1");
	assert_point(json, "/messages/0/parts", "12");
	assert_point(json, "/messages/0/ok", "true");
	assert_point(json, "/messages/0/bad", "false");
	assert_point(json, "/messages/0/error", NULL);
	assert_point(json, "/messages/0", NULL);
	assert_point(json, "/messages", NULL);
	assert_point(json, "/messages/1/status", NULL);
	assert_point(json, "/messages/00/status", NULL);
	assert_point(json, "/messages/-/status", NULL);
	assert_point(json, "/messages//status", NULL);
	assert_point(json, "/messages/9999999999/status", NULL);
	assert_point(json, "/messages/0/status/x", NULL);
	assert_point(json, "messages/0/status", NULL);
	assert_point(json, "/a~1b", "1");
	assert_point(json, "/m~0n", "2");
	assert_point(json, "/", "3");
	assert_point(json, "/~01", "4");
	assert_point(json, "/m~", NULL);
	assert_point(json, "/m~2", NULL);
	assert_point(json, "/third", "0.33333333333333331");
	assert_point(json, "/big", "1e+300");
	assert_point(json, "", NULL);
	assert_point(scalar, "", "alone");
	assert_point(NULL, "", NULL);

	assert_false(json_point(json, "/messages/0/status", small, sizeof(small)));
	assert_true(json_point(json, "/messages/0/parts", small, sizeof(small)));
	assert_string_equal(small, "12");
}

TEST(test_long_token)
{
	_cleanup_(json_freep) json_t *json = json_object();
	char pointer[300] = "/";

	memset(pointer + 1, 'k', 255);
	assert_int_equal(json_put(json, pointer + 1, json_integer(1)), 0);
	assert_point(json, pointer, "1");
	pointer[256] = 'k';
	assert_int_equal(json_put(json, pointer + 1, json_integer(1)), 0);
	assert_point(json, pointer, NULL);
}
