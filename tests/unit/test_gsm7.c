/* The alphabet as 3GPP TS 23.038 prints it, and nothing else in all of Unicode. */
#include "test.h"
#include "lib/cleanup.h"
#include "lib/utf8.h"
#include "lib/gsm7.h"

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
