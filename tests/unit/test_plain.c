/* The table of plain forms is sound: what it gives is GSM-7, and it takes nothing that GSM-7 has.
 */
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/utf8.h"
#include "lib/gsm7.h"
#include "lib/plain.h"

static void assert_form(const char *text, const char *expected)
{
	char form[PLAIN_MAX];
	uint32_t character;

	assert_true(utf8_read(text, &character) > 0);
	assert_true(plain_form(character, form));
	assert_string_equal(form, expected);
}

TEST(test_every_form_is_gsm7_of_one_septet)
{
	int forms = 0;

	for (uint32_t character = 1; character <= 0x10ffff; character++) {
		char form[PLAIN_MAX];

		if (!plain_form(character, form)) {
			continue;
		}
		forms++;
		assert_int_equal(gsm7_septets(character), 0);
		for (const char *c = form; *c; c++) {
			assert_int_equal(gsm7_septets((unsigned char)*c), 1);
		}
	}
	assert_true(forms > 600);
}

TEST(test_some_forms)
{
	static const char *const rows[][2] = {
		{ "‘", "'" },
		{ "’", "'" },
		{ "“", "\"" },
		{ "”", "\"" },
		{ "«", "\"" },
		{ "`", "'" },
		{ "–", "-" },
		{ "—", "-" },
		{ "−", "-" },
		{ "…", "..." },
		{ "á", "a" },
		{ "í", "i" },
		{ "ó", "o" },
		{ "ú", "u" },
		{ "Á", "A" },
		{ "Í", "I" },
		{ "Ó", "O" },
		{ "Ú", "U" },
		{ "ç", "c" },
		{ "ý", "y" },
		{ "â", "a" },
		{ "õ", "o" },
		{ "ł", "l" },
		{ "ő", "o" },
		{ "ș", "s" },
		{ "ț", "t" },
		{ "ž", "z" },
		{ "đ", "d" },
		{ "ệ", "e" },
		{ "ữ", "u" },
		{ "Ỹ", "Y" },
		{ "ả", "a" },
		{ "œ", "oe" },
		{ "™", "TM" },
		{ "½", "1/2" },
		{ "ÿ", "y" },
		{ "\xc2\xa0", " " },
		{ "\xe2\x80\x8b", "" },
		{ "\t", " " },
		{ "\xef\xbb\xbf", "" },
		{ "\xe2\x80\xaf", " " },
		{ "ﬃ", "ffi" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_form(rows[i][0], rows[i][1]);
	}
}

TEST(test_letters_with_marks)
{
	assert_int_equal(plain_compose('n', 0x0303), 0xf1);
	assert_int_equal(plain_compose('C', 0x0327), 0xc7);
	assert_int_equal(plain_compose('c', 0x0327), 0);
	assert_int_equal(plain_compose('a', 0x0301), 0);
	assert_true(plain_is_mark(0x0301) && !plain_is_mark('e'));
	assert_true(plain_is_joiner(0x200d) && plain_is_joiner(0xfe0f) && !plain_is_joiner(0x200b));
	assert_true(plain_is_latin('x') && plain_is_latin(0x017f) && !plain_is_latin(0x0416));
}
