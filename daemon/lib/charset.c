/*
 * Charsets, by iconv.
 *
 * Promises: nothing that came is lost.  What cannot be decoded stands in the text as it came, escaped, and
 * decoding goes on behind it.
 * Dangerous: a name of a charset may make the C library load a module, so it is looked at before it is
 * believed; and "UTF-16" and "UCS-2" without a mark mean the order of this machine to glibc, which is that of
 * no phone network.
 */
#include "lib/charset.h"

#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/buffer.h"
#include "lib/cleanup.h"
#include "lib/text.h"

#define CHARSET_NAME_MAX 40
#define REPLACEMENT      "\xef\xbf\xbd"
/* Every byte becomes eight at most ("\\\\xNN" is five, UTF-8 of a byte three). */
#define GROWTH 8

/* --- names ----------------------------------------------------------------------- */

/* Families whose members differ in their order only; `unit` bytes are one place. */
static const struct family {
	const char *prefix, *big, *little;
	size_t unit;
} families[] = {
	{ "UTF-16", "UTF-16BE", "UTF-16LE", 2 },  { "UTF16", "UTF-16BE", "UTF-16LE", 2 },
	{ "UCS-2", "UTF-16BE", "UTF-16LE", 2 }, /* phones write emoji in it all the same */
	{ "UCS2", "UTF-16BE", "UTF-16LE", 2 },    { "ISO-10646-UCS-2", "UTF-16BE", "UTF-16LE", 2 },
	{ "UTF-32", "UTF-32BE", "UTF-32LE", 4 },  { "UTF32", "UTF-32BE", "UTF-32LE", 4 },
	{ "UCS-4", "UTF-32BE", "UTF-32LE", 4 },   { "UCS4", "UTF-32BE", "UTF-32LE", 4 },
	{ "UNICODE", "UTF-16BE", "UTF-16LE", 2 },
};

static const struct {
	const char *said, *meant; /* NULL: as if none were named */
} names[] = {
	{ "UTF-8", NULL },
	{ "UTF8", NULL },
	{ "US-ASCII", NULL },
	{ "ASCII", NULL },
	{ "ISO-8859-1", "WINDOWS-1252" },
	{ "ISO8859-1", "WINDOWS-1252" },
	{ "ISO_8859-1", "WINDOWS-1252" },
	{ "LATIN1", "WINDOWS-1252" },
	{ "LATIN-1", "WINDOWS-1252" },
};

/* False: no charset that anybody has. */
static bool read_name(const char *charset, char name[CHARSET_NAME_MAX])
{
	size_t size;

	charset += strspn(charset, " \t\"'");
	size = strcspn(charset, " \t\"';");
	if (size >= CHARSET_NAME_MAX ||
	    strspn(charset,
		   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:+()") <
		    size) {
		return false;
	}
	(void)snprintf(name, CHARSET_NAME_MAX, "%.*s", (int)size, charset);
	return true;
}

static bool ends_with(const char *name, const char *end)
{
	size_t size = strlen(name), length = strlen(end);

	return size >= length && strcasecmp(name + size - length, end) == 0;
}

/* The charset of that name in iconv's words, and how many bytes are one place; NULL: none is named. */
static const char *charset_of(const char *name, const char *bytes, size_t size, size_t *ret_unit)
{
	*ret_unit = 1;
	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcasecmp(name, names[i].said) == 0) {
			return names[i].meant;
		}
	}
	for (size_t i = 0; i < COUNT(families); i++) {
		const struct family *family = &families[i];
		bool marked = size >= 2 && memcmp(bytes, "\xff\xfe", 2) == 0;

		if (strncasecmp(name, family->prefix, strlen(family->prefix)) == 0) {
			*ret_unit = family->unit;
			return marked || ends_with(name, "LE") ? family->little : family->big;
		}
	}
	return *name ? name : NULL;
}

/* --- UTF-8, and what is none --------------------------------------------------------- */

static bool is_utf8(const char *bytes, size_t size)
{
	size_t at = 0;

	while (at < size) {
		uint32_t character;
		int length = bytes[at] ? utf8_read(bytes + at, &character) : 0;

		if (length <= 0 || at + (size_t)length > size) {
			return false;
		}
		at += (size_t)length;
	}
	return true;
}

/* A character beyond 16 bits as two surrogates, each in three bytes, as some databases write it (CESU-8): the
 * bytes read, 0 where it is none. */
static size_t read_surrogates(const char *bytes, size_t size, uint32_t *ret_character)
{
	const unsigned char *at = (const unsigned char *)bytes;

	if (size < 6 || at[0] != 0xed || (at[1] & 0xf0) != 0xa0 || (at[2] & 0xc0) != 0x80 ||
	    at[3] != 0xed || (at[4] & 0xf0) != 0xb0 || (at[5] & 0xc0) != 0x80) {
		return 0;
	}
	*ret_character = 0x10000u + ((at[1] & 0x0fu) << 16 | (at[2] & 0x3fu) << 10 |
				     (at[4] & 0x0fu) << 6 | (at[5] & 0x3fu));
	return 6;
}

/* What is not UTF-8 is taken as Latin-1. */
static void put_latin1(const char *bytes, size_t size, struct buffer *text)
{
	for (size_t at = 0; at < size;) {
		char character[UTF8_MAX];
		uint32_t code = 0;
		int length = bytes[at] ? utf8_read(bytes + at, &code) : 0;
		size_t pair = read_surrogates(bytes + at, size - at, &code);

		if (pair > 0) {
			length = utf8_write(code, character);
			buffer_put(text, character, (size_t)length);
			at += pair;
			continue;
		}
		if (length > 0 && at + (size_t)length <= size) {
			buffer_put(text, bytes + at, (size_t)length);
			at += (size_t)length;
			continue;
		}
		if (bytes[at]) {
			length = utf8_write((unsigned char)bytes[at], character);
			buffer_put(text, character, (size_t)length);
		} else {
			buffer_put_text(text, REPLACEMENT);
		}
		at++;
	}
}

static void put_escaped(const char *bytes, size_t size, const char *escape, struct buffer *text)
{
	for (size_t i = 0; i < size; i++) {
		char digits[4];

		(void)snprintf(digits, sizeof(digits), "x%02x", (unsigned char)bytes[i]);
		buffer_put_text(text, escape);
		buffer_put_text(text, digits);
	}
}

/* Of a charset that nobody knows, ASCII is what can be read. */
static void put_unknown(const char *bytes, size_t size, const char *escape, struct buffer *text)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)bytes[i];
		bool plain = (c >= ' ' && c < 0x7f) || c == '\n' || c == '\r' || c == '\t';

		if (plain) {
			buffer_put(text, bytes + i, 1);
		} else {
			put_escaped(bytes + i, 1, escape, text);
		}
	}
}

/* --- the alphabet of text messages ---------------------------------------------- */

/* 3GPP TS 23.038 6.2.1; a blank where the escape stands. */
static const uint16_t gsm7[] = {
	'@',   0xa3, '$',  0xa5,  0xe8, 0xe9,  0xf9,  0xec,  0xf2,  0xc7,  '\n',  0xd8,  0xf8,
	'\r',  0xc5, 0xe5, 0x394, '_',  0x3a6, 0x393, 0x39b, 0x3a9, 0x3a0, 0x3a8, 0x3a3, 0x398,
	0x39e, ' ',  0xc6, 0xe6,  0xdf, 0xc9,  ' ',   '!',   '"',   '#',   0xa4,  '%',   '&',
	'\'',  '(',  ')',  '*',   '+',  ',',   '-',   '.',   '/',   '0',   '1',   '2',   '3',
	'4',   '5',  '6',  '7',   '8',  '9',   ':',   ';',   '<',   '=',   '>',   '?',   0xa1,
	'A',   'B',  'C',  'D',   'E',  'F',   'G',   'H',   'I',   'J',   'K',   'L',   'M',
	'N',   'O',  'P',  'Q',   'R',  'S',   'T',   'U',   'V',   'W',   'X',   'Y',   'Z',
	0xc4,  0xd6, 0xd1, 0xdc,  0xa7, 0xbf,  'a',   'b',   'c',   'd',   'e',   'f',   'g',
	'h',   'i',  'j',  'k',   'l',  'm',   'n',   'o',   'p',   'q',   'r',   's',   't',
	'u',   'v',  'w',  'x',   'y',  'z',   0xe4,  0xf6,  0xf1,  0xfc,  0xe0,
};
_Static_assert(COUNT(gsm7) == 128, "an alphabet of seven bits");

/* Behind the escape; what is not there is read without it. */
static uint16_t gsm7_escaped(char byte)
{
	static const char from[] = "\x14()/<=>@";
	static const char to[] = "^{}\\[~]|";
	const char *found = byte ? strchr(from, byte) : NULL;

	return byte == 'e' ? 0x20ac : found ? (uint16_t)to[found - from] : gsm7[byte & 0x7f];
}

/* Most who name this alphabet have decoded the text.  Bytes that are no character elsewhere show that it is
 * still in it. */
static bool is_gsm7(const char *bytes, size_t size)
{
	bool shown = false;

	for (size_t i = 0; i < size; i++) {
		if (bytes[i] & 0x80) {
			return false;
		}
		shown = shown || (bytes[i] < ' ' && !strchr("\t\n\r", bytes[i])) || !bytes[i];
	}
	return shown;
}

static void put_gsm7(const char *bytes, size_t size, struct buffer *text)
{
	for (size_t i = 0; i < size; i++) {
		bool escaped = bytes[i] == 0x1b && i + 1 < size;
		char character[UTF8_MAX];
		int length;

		i += escaped;
		length =
			utf8_write(escaped ? gsm7_escaped(bytes[i]) : gsm7[(unsigned char)bytes[i]],
				   character);
		buffer_put(text, character, (size_t)length);
	}
}

/* --- iconv ------------------------------------------------------------------------- */

/* Puts all of it; false where something had to be escaped.  Stateful charsets begin anew behind it. */
static bool put_converted(iconv_t converter, const char *bytes, size_t size, size_t unit,
			  const char *escape, struct buffer *text)
{
	char *from = (char *)bytes, room[256];
	bool whole = true;

	while (size > 0) {
		char *to = room;
		size_t left = sizeof(room), bad;
		bool failed = iconv(converter, &from, &size, &to, &left) == (size_t)-1;
		bool full = failed && errno == E2BIG;

		for (const char *c = room; c < to; c++) {
			if (*c) {
				buffer_put(text, c, 1);
			} else {
				buffer_put_text(text, REPLACEMENT);
			}
		}
		if (!failed || full) {
			continue;
		}
		bad = unit < size ? unit : size;
		/* A gateway that trims blanks has taken half of the last one. */
		if (bad < unit && !from[0] && !from[bad - 1]) {
			break;
		}
		put_escaped(from, bad, escape, text);
		from += bad;
		size -= bad;
		whole = false;
		(void)iconv(converter, NULL, NULL, NULL, NULL);
	}
	return whole;
}

/* The order of UTF-16 in which most of the units have a NUL, and none has it elsewhere; NULL: it is none. */
static const char *guess_utf16(const char *bytes, size_t size)
{
	size_t nuls[2] = { 0 };

	for (size_t i = 0; i < size; i++) {
		nuls[i % 2] += !bytes[i];
	}
	if (size % 2 != 0 || (nuls[0] > 0) == (nuls[1] > 0) || 4 * (nuls[0] + nuls[1]) <= size) {
		return NULL;
	}
	return nuls[0] > 0 ? "UTF-16BE" : "UTF-16LE";
}

/* Whoever names sixteen bits may have decoded them before, or have the order wrong. */
static const char *correct_utf16(const char *meant, const char *bytes, size_t size)
{
	const char *order = guess_utf16(bytes, size);
	bool printable = size > 0;

	for (size_t i = 0; i < size && printable; i++) {
		printable = bytes[i] >= ' ' && bytes[i] < 0x7f;
	}
	return printable ? NULL : order ? order : meant;
}

static const char *without_mark(const char *bytes, size_t *size, size_t unit)
{
	static const struct {
		const char *bytes;
		size_t size, unit;
	} marks[] = { { "\xef\xbb\xbf", 3, 1 },
		      { "\xfe\xff", 2, 2 },
		      { "\xff\xfe", 2, 2 },
		      { "\0\0\xfe\xff", 4, 4 },
		      { "\xff\xfe\0", 4, 4 } };

	for (size_t i = 0; i < COUNT(marks); i++) {
		if (marks[i].unit == unit && *size >= marks[i].size &&
		    memcmp(bytes, marks[i].bytes, marks[i].size) == 0) {
			*size -= marks[i].size;
			return bytes + marks[i].size;
		}
	}
	return bytes;
}

static int put_text(const char *charset, const char *bytes, size_t size, const char *escape,
		    struct buffer *text, bool *ret_whole)
{
	size_t unit = 1;
	char name[CHARSET_NAME_MAX] = "";
	bool known = !charset || read_name(charset, name);
	const char *meant = charset_of(name, bytes, size, &unit);
	iconv_t converter;

	*ret_whole = true;
	if (known && !meant && size > 1 &&
	    (memcmp(bytes, "\xfe\xff", 2) == 0 || memcmp(bytes, "\xff\xfe", 2) == 0)) {
		meant = *bytes == '\xfe' ? "UTF-16BE" : "UTF-16LE";
		unit = 2;
	} else if (known && !meant) {
		meant = guess_utf16(bytes, size);
		unit = meant ? 2 : 1;
	}
	bytes = without_mark(bytes, &size, unit);
	if (known && strncasecmp(name, "GSM", 3) == 0 && is_gsm7(bytes, size)) {
		put_gsm7(bytes, size, text);
		return 0;
	}
	if (meant && unit == 2) {
		meant = correct_utf16(meant, bytes, size);
		unit = meant ? 2 : 1;
	} else if (meant &&
		   (strcasecmp(meant, "WINDOWS-1252") == 0 || strcasecmp(meant, "CP1252") == 0) &&
		   is_utf8(bytes, size)) {
		meant = NULL; /* two letters of Latin-1 that are one of UTF-8 are written by nobody */
	}
	if (known && !meant) {
		put_latin1(bytes, size, text);
		return 0;
	}
	/* Sixteen bits in an odd number of bytes: whoever names the charset is wrong. */
	if ((!known || size % unit != 0) && is_utf8(bytes, size)) {
		buffer_put(text, bytes, size);
		return 0;
	}

	converter = known ? iconv_open("UTF-8", meant) : (iconv_t)-1;
	if (converter == (iconv_t)-1 && guess_utf16(bytes, size)) {
		unit = 2;
		converter = iconv_open("UTF-8", guess_utf16(bytes, size));
	}
	if (converter != (iconv_t)-1) {
		*ret_whole = put_converted(converter, bytes, size, unit, escape, text);
		(void)iconv_close(converter);
		return 0;
	}
	if (known && errno == ENOMEM) {
		return -ENOMEM;
	}
	if (is_utf8(bytes, size)) {
		buffer_put(text, bytes, size);
	} else {
		put_unknown(bytes, size, escape, text);
		*ret_whole = false;
	}
	return 0;
}

int charset_read(const char *charset, const char *bytes, size_t size, const char *escape,
		 char **ret_text, bool *ret_whole)
{
	struct buffer text = { .most = GROWTH * size + 1 };
	char *taken;
	int r = put_text(charset, bytes, size, escape, &text, ret_whole);

	taken = r == 0 ? buffer_take(&text, NULL) : NULL;
	buffer_done(&text);
	if (!taken) {
		return -ENOMEM;
	}
	*ret_text = taken;
	return 0;
}
