/* Every character there and back, and what is not UTF-8. */
#include <errno.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/utf8.h"

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
