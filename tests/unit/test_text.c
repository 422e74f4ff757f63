/* What texts cost, and how templates are filled. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/text.h"

/* --- UTF-8: every character there and back, and what is not UTF-8 --- */

TEST(test_every_character)
{
	for (uint32_t character = 1; character <= 0x10ffff; character++) {
		char bytes[UTF8_MAX];
		uint32_t again = 0;
		int length;

		length = utf8_write(character, bytes);
		assert_int_equal(strlen(bytes), length);
		if (character >= 0xd800 && character <= 0xdfff) {
			assert_int_equal(utf8_read(bytes, &again), -EILSEQ);
		} else {
			assert_int_equal(utf8_read(bytes, &again), length);
			assert_int_equal(again, character);
		}
	}
}

TEST(test_not_utf8)
{
	static const char *const texts[] = {
		"\x80",
		"\xbf",
		"\xc3",
		"\xc3(",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x80\xaf",
		"\xe0\x9f\xbf",
		"\xe2\x82",
		"\xe2(\x82",
		"\xed\xa0\x80",
		"\xed\xbf\xbf",
		"\xf0\x80\x80\x80",
		"\xf0\x8f\xbf\xbf",
		"\xf0\x9f\x98",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xf8\x88\x80\x80\x80",
		"\xfe",
		"\xff",
	};
	uint32_t character = 42;

	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_int_equal(utf8_read(texts[i], &character), -EILSEQ);
		assert_int_equal(character, 42);
	}
	assert_int_equal(utf8_read("", &character), 0);
}

TEST(test_ascii)
{
	assert_true(text_is_ascii(""));
	assert_true(text_is_ascii("a~\x7f"));
	assert_false(text_is_ascii("\x80"));
	assert_false(text_is_ascii("cafe, caf\xc3\xa9"));
}

TEST(test_cut_between_characters)
{
	assert_int_equal(utf8_cut("", 0), 0);
	assert_int_equal(utf8_cut("abc", 3), 3);
	assert_int_equal(utf8_cut("abc", 2), 2);
	assert_int_equal(utf8_cut("é", 2), 2);
	assert_int_equal(utf8_cut("é", 1), 0);
	assert_int_equal(utf8_cut("a😀b", 4), 1);
	assert_int_equal(utf8_cut("a😀b", 5), 5);
	assert_int_equal(utf8_cut("a😀b", 100), 6);
}

/* --- GSM-7: the alphabet as 3GPP TS 23.038 prints it, and nothing else in all of Unicode --- */

static const char basic[] = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
			    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
static const char extension[] = "\f^{}\\[~]|€";

static int expect_all(const char *text, int septets)
{
	uint32_t character;
	int length, count = 0;

	while ((length = utf8_read(text, &character)) > 0) {
		assert_int_equal(gsm7_septets(character), septets);
		text += length;
		count++;
	}
	return count;
}

TEST(test_both_tables)
{
	int all = 0;

	assert_int_equal(expect_all(basic, 1),
			 127); /* 128 with the escape, which is no character */
	assert_int_equal(expect_all(extension, 2), 10);
	for (uint32_t character = 0; character <= 0x10ffff; character++) {
		all += gsm7_septets(character) != 0;
	}
	assert_int_equal(all, 137);
}

TEST(test_near_misses)
{
	assert_int_equal(expect_all("`çáíóúêÂÀÈ’“–…\xc2\xa0\t\x1b\x7f", 0), 18);
}

/* --- costs --- */

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

	assert_int_equal(text_cost("caf\xe9", &cost), TEXT_E_UTF8);
	assert_int_equal(cost.units, -1);
	assert_false(text_is_utf8("caf\xe9"));
	assert_true(text_is_utf8("café 😀"));
	assert_true(text_is_utf8(""));
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
