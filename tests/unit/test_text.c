/* What texts cost, how they are made plain, and how templates are filled. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/text.h"

static char *repeat(char *at, const char *text, int count)
{
	for (int i = 0; i < count; i++) {
		at = stpcpy(at, text);
	}
	return at;
}

TEST(test_segments)
{
	static const struct {
		const char *first;
		int count;
		const char *second;
		int more, segments, units;
		enum text_encoding encoding;
		const char *culprit;
	} rows[] = {
		{ "", 0, "", 0, 0, 0, TEXT_GSM7, "" },
		{ "a", 1, "", 0, 1, 1, TEXT_GSM7, "" },
		{ "a", 160, "", 0, 1, 160, TEXT_GSM7, "" },
		{ "a", 161, "", 0, 2, 161, TEXT_GSM7, "" },
		{ "a", 306, "", 0, 2, 306, TEXT_GSM7, "" },
		{ "a", 307, "", 0, 3, 307, TEXT_GSM7, "" },
		{ "€", 80, "", 0, 1, 160, TEXT_GSM7, "" },
		{ "€", 81, "", 0, 2, 162, TEXT_GSM7, "" },
		/* An escape pair is not split: 152 and half a euro would have been 153. */
		{ "a", 152, "€", 5, 2, 162, TEXT_GSM7, "" },
		{ "€", 152, "", 0, 2, 304, TEXT_GSM7, "" },
		{ "€", 153, "", 0, 3, 306, TEXT_GSM7, "" },
		{ "☃", 70, "", 0, 1, 70, TEXT_UCS2, "☃" },
		{ "☃", 71, "", 0, 2, 71, TEXT_UCS2, "☃" },
		{ "☃", 134, "", 0, 2, 134, TEXT_UCS2, "☃" },
		{ "☃", 135, "", 0, 3, 135, TEXT_UCS2, "☃" },
		{ "😀", 35, "", 0, 1, 70, TEXT_UCS2, "😀" },
		{ "😀", 36, "", 0, 2, 72, TEXT_UCS2, "😀" },
		/* 67 is odd: a surrogate pair leaves the last unit of a segment empty. */
		{ "😀", 66, "", 0, 2, 132, TEXT_UCS2, "😀" },
		{ "😀", 67, "", 0, 3, 134, TEXT_UCS2, "😀" },
		{ "a", 70, "ç", 1, 2, 71, TEXT_UCS2, "ç" },
		{ "a", 3, "á", 1, 1, 4, TEXT_UCS2, "á" },
		{ "[", 80, "", 0, 1, 160, TEXT_GSM7, "" },
		{ "`", 1, "é", 1, 1, 2, TEXT_UCS2, "`" },
	};
	char text[1024];

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct text_cost cost;

		text[0] = '\0';
		(void)repeat(repeat(text, rows[i].first, rows[i].count), rows[i].second,
			     rows[i].more);
		assert_int_equal(text_cost(text, &cost), 0);
		assert_int_equal(cost.segments, rows[i].segments);
		assert_int_equal(cost.units, rows[i].units);
		assert_int_equal(cost.encoding, rows[i].encoding);
		assert_string_equal(cost.culprit, rows[i].culprit);
	}
	assert_string_equal(text_encoding_word(TEXT_GSM7), "GSM-7");
	assert_string_equal(text_encoding_word(TEXT_UCS2), "UCS-2");
}

TEST(test_what_is_not_utf8)
{
	struct text_cost cost = { .units = -1 };
	char *plain = NULL;

	assert_int_equal(text_cost("caf\xe9", &cost), TEXT_E_UTF8);
	assert_int_equal(cost.units, -1);
	assert_int_equal(text_plain("caf\xe9", &plain), TEXT_E_UTF8);
	assert_null(plain);
	assert_false(text_is_utf8("caf\xe9"));
	assert_true(text_is_utf8("café 😀"));
	assert_true(text_is_utf8(""));
}

TEST(test_plain)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "It’s “fine” – really…", "It's \"fine\" - really..." },
		{ "¿Está bien, señor Núñez? ¡Sí!", "¿Esta bien, señor Nuñez? ¡Si!" },
		{ "àèéìòù ÄÖÑÜäöñü Çç", "àèéìòù ÄÖÑÜäöñü Çc" },
		{ "7\xc2\xa0pm\xe2\x80\x89sharp", "7 pm sharp" },
		{ "zero\xe2\x80\x8bwidth\xef\xbb\xbf", "zerowidth" },
		{ "Hi 😀 “you”", "Hi 😀 \"you\"" },
		{ "👨‍👩‍👧 ❤️", "👨‍👩‍👧 ❤️" },
		{ "a\xe2\x80\x8d"
		  "b\xef\xb8\x8f",
		  "ab" },
		/* Decomposed, as some phones send it. */
		{ "sen\xcc\x83or cafe\xcc\x81 o\xcc\x81 C\xcc\xa7 e\xcc\x82\xcc\x81",
		  "señor café o Ç e" },
		{ "Tiếng Việt", "Tieng Viet" },
		{ "Привет", "Привет" },
		{ "Łódź, Škoda, Győr", "Lodz, Skoda, Gyor" },
		{ "^{}[]~|€\\", "^{}[]~|€\\" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_free_ char *plain = NULL, *again = NULL;

		assert_int_equal(text_plain(rows[i][0], &plain), 0);
		assert_string_equal(plain, rows[i][1]);
		assert_int_equal(text_plain(plain, &again), 0);
		assert_string_equal(again, plain);
	}
}

/* Three dots are three septets: 70 ellipses are one segment of UCS-2, but two of GSM-7. */
TEST(test_plain_never_costs_more)
{
	_cleanup_free_ char *plain = NULL;
	struct text_cost cost;
	char text[1024];

	(void)repeat(text, "…", 70);
	assert_int_equal(text_plain(text, &plain), 0);
	assert_string_equal(plain, text);
	assert_int_equal(text_cost(plain, &cost), 0);
	assert_int_equal(cost.segments, 1);
	free(take_ptr(plain));

	(void)stpcpy(repeat(text, "’", 66), "…😀");
	assert_int_equal(text_plain(text, &plain), 0);
	assert_int_equal(text_cost(plain, &cost), 0);
	assert_int_equal(cost.units, 69);
}

/* --- templates --- */

static int field(void *userdata, const char *name, const char **ret_value)
{
	static const char *const values[][2] = {
		{ "name", "Jordan" },
		{ "trusted", "" },
		{ "brace", "{name}" },
		{ "bad", "\xff" },
	};

	(*(int *)userdata)++;
	for (size_t i = 0; i < COUNT(values); i++) {
		if (strcmp(values[i][0], name) == 0) {
			*ret_value = values[i][1];
			return 0;
		}
	}
	return strcmp(name, "broken") == 0 ? -EIO : TEXT_E_FIELD;
}

TEST(test_filled)
{
	static const char *const rows[][2] = {
		{ "", "" },
		{ "no fields", "no fields" },
		{ "Hi {name}.", "Hi Jordan." },
		{ "{name}{name}", "JordanJordan" },
		{ "Call {trusted|someone you trust}.", "Call someone you trust." },
		{ "Hi {name|you}.", "Hi Jordan." },
		{ "{trusted|}", "" },
		{ "{trusted|a|b}", "a|b" },
		{ "{{{name}}}", "{Jordan}" },
		{ "{{}}", "{}" },
		{ "{brace}", "{name}" },
		{ "ñ{trusted|é😀}", "ñé😀" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		_cleanup_free_ char *text = NULL;
		int calls = 0;

		assert_int_equal(text_fill(rows[i][0], field, &calls, &text, NULL, NULL), 0);
		assert_string_equal(text, rows[i][1]);
	}
}

TEST(test_faults_of_templates)
{
	static const struct {
		const char *template;
		int answer;
		size_t where;
		const char *name;
	} rows[] = {
		{ "Hi {nmae}.", TEXT_E_FIELD, 3, "nmae" },
		{ "Hi {name} {}", TEXT_E_FIELD, 10, "" },
		{ "{ name}", TEXT_E_FIELD, 0, " name" },
		{ "{a_name_that_is_longer_than_any_field_can_be}", TEXT_E_FIELD, 0,
		  "a_name_that_is_longer_than_any_" },
		{ "{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaéé}", TEXT_E_FIELD, 0,
		  "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
		{ "Call {trusted}", TEXT_E_EMPTY, 5, "trusted" },
		{ "Hi {name", TEXT_E_BRACE, 3, "-" },
		{ "Hi {", TEXT_E_BRACE, 3, "-" },
		{ "Hi {name {name}}", TEXT_E_BRACE, 3, "-" },
		{ "Hi }", TEXT_E_BRACE, 3, "-" },
		{ "{name}}", TEXT_E_BRACE, 6, "-" },
		{ "abc\xff{name}", TEXT_E_UTF8, 3, "-" },
		{ "ab{bad}", TEXT_E_UTF8, 2, "-" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char *text = NULL, name[TEXT_NAME_MAX] = "-";
		size_t where = 999;
		int calls = 0;

		assert_int_equal(text_fill(rows[i].template, field, &calls, &text, &where, name),
				 rows[i].answer);
		assert_null(text);
		assert_int_equal(where, rows[i].where);
		assert_string_equal(name, rows[i].name);
		assert_int_equal(text_fill(rows[i].template, field, &calls, &text, NULL, NULL),
				 rows[i].answer);
	}
}

TEST(test_limits_of_templates)
{
	_cleanup_free_ char *text = NULL;
	char template[5000];
	int calls = 0;

	assert_int_equal(text_fill("{broken}", field, &calls, &text, NULL, NULL), -EIO);
	(void)repeat(template, "x", 4096);
	assert_int_equal(text_fill(template, field, &calls, &text, NULL, NULL), 0);
	assert_int_equal(strlen(text), 4096);
	free(take_ptr(text));
	(void)repeat(template, "x", 4097);
	assert_int_equal(text_fill(template, field, &calls, &text, NULL, NULL), -E2BIG);
	(void)repeat(template, "{name}", 683);
	assert_int_equal(text_fill(template, field, &calls, &text, NULL, NULL), -E2BIG);
	assert_null(text);
}
