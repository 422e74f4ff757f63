/* Charsets: whatever a gateway names, or does not name, is UTF-8 afterwards, and nothing of it is lost. */
#include "test.h"

#include <stdlib.h>
#include <string.h>

#include "lib/charset.h"
#include "lib/cleanup.h"
#include "lib/text.h"

#define BYTES(literal) literal, sizeof(literal) - 1

TEST(test_charsets)
{
	static const struct {
		const char *charset, *bytes;
		size_t size;
		const char *expected;
		bool whole;
	} cases[] = {
		/* As phones and gateways write. */
		{ "UTF-16BE", BYTES("\0S\0T\0O\0P\0 \xd8\x3d\xde\x20"), "STOP \xf0\x9f\x98\xa0",
		  true },
		{ "utf-16be", BYTES("\0a\0y\0\xfa"), "ay\xc3\xba", true },
		{ "UTF-16LE", BYTES("S\0T\0"), "ST", true },
		{ "UTF-16", BYTES("\0S\0T"), "ST", true },
		{ "UTF-16", BYTES("\xff\xfeS\0T\0"), "ST", true },
		{ "UTF-16", BYTES("\xfe\xff\0S\0T"), "ST", true },
		{ "UCS-2", BYTES("\0S\xd8\x3d\xde\x20"), "S\xf0\x9f\x98\xa0", true },
		{ "ucs2", BYTES("\x04\x1f"), "\xd0\x9f", true },
		{ "ISO-10646-UCS-2", BYTES("\0S"), "S", true },
		{ "UTF-32", BYTES("\0\0\0S\0\1\xf6\x20"), "S\xf0\x9f\x98\xa0", true },
		{ "ISO-8859-1", BYTES("a\xf1os \x92"), "a\xc3\xb1os \xe2\x80\x99", true },
		{ "latin1", BYTES("\xfa"), "\xc3\xba", true },
		{ "windows-1252", BYTES("\x80"), "\xe2\x82\xac", true },
		{ "CP1252", BYTES("\x93x\x94"), "\xe2\x80\x9cx\xe2\x80\x9d", true },
		{ "ISO-8859-15", BYTES("\xa4"), "\xe2\x82\xac", true },
		{ "KOI8-R", BYTES("\xf0"), "\xd0\x9f", true },
		{ "GB18030", BYTES("\xc4\xe3"), "\xe4\xbd\xa0", true },
		{ "UTF-8", BYTES("\xf0\x9f\x98\xa0"), "\xf0\x9f\x98\xa0", true },
		{ "UTF-8", BYTES("\xef\xbb\xbfSTOP"), "STOP", true },
		{ " \"utf-8\"; x=y", BYTES("caf\xc3\xa9"), "caf\xc3\xa9", true },
		/* Nobody names it, or wrongly. */
		{ NULL, BYTES("caf\xc3\xa9"), "caf\xc3\xa9", true },
		{ "", BYTES("caf\xe9"), "caf\xc3\xa9", true },
		{ NULL, BYTES("\0S\0T\0O\0P\0 \xd8\x3d\xde\x20"), "STOP \xf0\x9f\x98\xa0", true },
		{ NULL, BYTES("S\0T\0O\0P\0"), "STOP", true },
		{ NULL, BYTES("\xfe\xff\xd8\x3d\xde\x20"), "\xf0\x9f\x98\xa0", true },
		{ NULL, BYTES("a\0b"), "a\xef\xbf\xbd\x62", true },
		{ "UTF-16BE", BYTES("STOP!"), "STOP!", true },
		{ "UTF-16BE", BYTES("\0S\0T\0"), "ST", true },
		{ "UTF-16BE", BYTES(""), "", true },
		{ "8-BIT", BYTES("STOP"), "STOP", true },
		{ "8-BIT", BYTES("caf\xc3\xa9"), "caf\xc3\xa9", true },
		{ "US-ASCII", BYTES("caf\xe9"), "caf\xc3\xa9", true },
		{ "UTF-16", BYTES("S\0T\0O\0P\0"), "STOP", true },
		{ "UTF-16BE", BYTES("S\0T\0O\0P\0"), "STOP", true },
		{ "UTF-16LE", BYTES("\0S\0T\0O\0P"), "STOP", true },
		{ "UNICODE", BYTES("S\0T\0O\0P\0"), "STOP", true },
		{ "UTF-16BE", BYTES("STOP"), "STOP", true },
		{ "UTF-16BE", BYTES("\x4e\x2d\x65\x87"), "\xe4\xb8\xad\xe6\x96\x87", true },
		{ "ISO-8859-1",
		  BYTES("ay\xc3\xba"
			"dame"),
		  "ay\xc3\xba"
		  "dame",
		  true },
		{ "windows-1252", BYTES("STOP \xf0\x9f\x98\xa0"), "STOP \xf0\x9f\x98\xa0", true },
		{ "UTF-8", BYTES("STOP \xed\xa0\xbd\xed\xb8\xa0"), "STOP \xf0\x9f\x98\xa0", true },
		{ "16", BYTES("\0S\0T\0O\0P"), "STOP", true },
		/* The alphabet of text messages, and what is only said to be in it. */
		{ "GSM", BYTES("ya no quiero\nqu\x05 hago, ma}ana \x1b\x65 1 \0"),
		  "ya no quiero\nqu\xc3\xa9 hago, ma\xc3\xb1"
		  "ana \xe2\x82\xac 1 @",
		  true },
		{ "gsm-03.38", BYTES("\x1b<x\x1b>\x1b"), "[x] ", true },
		{ "GSM7", BYTES("a@b_c $5\n"), "a@b_c $5\n", true },
		{ "GSM7", BYTES("caf\xc3\xa9"), "caf\xc3\xa9", true },
		{ "GSM7", BYTES("\x05\xe9"), "\\x05\\xe9", false },
		/* It cannot be decoded. */
		{ "UTF-16BE", BYTES("\0S\xd8\x3d\0T"), "S\\xd8\\x3dT", false },
		{ "UTF-16BE", BYTES("\0S\0T\xd8"), "ST\\xd8", false },
		{ "8-BIT", BYTES("STOP\xe9\1"), "STOP\\xe9\\x01", false },
		{ "windows-1252", BYTES("a\x81z"), "a\\x81z", false },
		{ "no such/../charset", BYTES("\xe9"), "\\xe9", false },
		{ "//TRANSLIT", BYTES("\xe9"), "\\xe9", false },
		{ "a-name-that-is-longer-than-that-of-any-charset", BYTES("\xe9"), "\\xe9", false },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		_cleanup_free_ char *text = NULL;
		bool whole;

		assert_int_equal(charset_read(cases[i].charset, cases[i].bytes, cases[i].size, "\\",
					      &text, &whole),
				 0);
		if (strcmp(text, cases[i].expected) != 0 || whole != cases[i].whole) {
			fail_msg("case %zu: \"%s\" %d", i, text, whole);
		}
	}
}

/* Every byte of every charset comes out as text, and a long one is cut nowhere. */
TEST(test_any_bytes)
{
	static const char *const charsets[] = { NULL,     "UTF-16BE",     "UTF-16",    "UTF-32",
						"LATIN1", "windows-1252", "GB18030",   "SHIFT_JIS",
						"UTF-7",  "ISO-2022-JP",  "EBCDIC-US", "nonsense" };
	static char bytes[4096 + 3];
	unsigned seed = 1;

	for (size_t i = 0; i < COUNT(charsets) * 8; i++) {
		_cleanup_free_ char *text = NULL;
		size_t size = sizeof(bytes) - i % 4;
		bool whole;

		for (size_t j = 0; j < size; j++) {
			bytes[j] = (char)rand_r(&seed);
		}
		assert_int_equal(charset_read(charsets[i / 8], bytes, size, "\\\\", &text, &whole),
				 0);
		assert_true(text_is_utf8(text));
		assert_true(strlen(text) > size / 4);
	}
}
