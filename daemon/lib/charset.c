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
	{ "UTF-16", "UTF-16BE", "UTF-16LE", 2 }, { "UTF16", "UTF-16BE", "UTF-16LE", 2 },
	{ "UCS-2", "UTF-16BE", "UTF-16LE", 2 }, /* phones write emoji in it all the same */
	{ "UCS2", "UTF-16BE", "UTF-16LE", 2 },   { "ISO-10646-UCS-2", "UTF-16BE", "UTF-16LE", 2 },
	{ "UTF-32", "UTF-32BE", "UTF-32LE", 4 }, { "UTF32", "UTF-32BE", "UTF-32LE", 4 },
	{ "UCS-4", "UTF-32BE", "UTF-32LE", 4 },  { "UCS4", "UTF-32BE", "UTF-32LE", 4 },
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

/* What is not UTF-8 is taken as Latin-1. */
static void put_latin1(const char *bytes, size_t size, struct buffer *text)
{
	for (size_t at = 0; at < size;) {
		char character[UTF8_MAX];
		uint32_t code;
		int length = bytes[at] ? utf8_read(bytes + at, &code) : 0;

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
