/*
 * A table of such characters, each with what it looks like.
 */
#include "lib/invisible.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/text.h"

static const struct {
	uint32_t first, last;
	const char *what, *instead;
} invisibles[] = {
	{ 0x00a0, 0x00a0, "a no-break space", " " },
	{ 0x00ad, 0x00ad, "a soft hyphen, which nobody sees", "" },
	{ 0x034f, 0x034f, "a character that nobody sees", "" },
	{ 0x061c, 0x061c, "a mark of the direction of writing, which nobody sees", "" },
	{ 0x180e, 0x180e, "a character that nobody sees", "" },
	{ 0x2000, 0x200a, "a space of another width", " " },
	{ 0x200b, 0x200d, "a character without width, which nobody sees", "" },
	{ 0x200e, 0x200f, "a mark of the direction of writing, which nobody sees", "" },
	{ 0x2010, 0x2015, "a dash that is not the keyboard's", "-" },
	{ 0x2028, 0x2029, "a break of the line", " " },
	{ 0x202a, 0x202e, "a mark of the direction of writing, which nobody sees", "" },
	{ 0x202f, 0x202f, "a narrow no-break space", " " },
	{ 0x205f, 0x205f, "a space of another width", " " },
	{ 0x2060, 0x2064, "a character without width, which nobody sees", "" },
	{ 0x2066, 0x2069, "a mark of the direction of writing, which nobody sees", "" },
	{ 0x2212, 0x2212, "a minus sign that is not the keyboard's", "-" },
	{ 0x3000, 0x3000, "a space of another width", " " },
	{ 0xfe00, 0xfe0f, "a character that nobody sees", "" },
	{ 0xfeff, 0xfeff, "a byte order mark, which nobody sees", "" },
};

static size_t invisible_row(uint32_t character)
{
	size_t i = 0;

	while (i < COUNT(invisibles) &&
	       (character < invisibles[i].first || character > invisibles[i].last)) {
		i++;
	}
	return i;
}

bool invisible_find(const char *text, struct invisible *ret_invisible)
{
	uint32_t character;
	int length;

	for (const char *at = text; (length = utf8_read(at, &character)) > 0; at += length) {
		size_t row = character < 0x80 ? COUNT(invisibles) : invisible_row(character);

		if (row < COUNT(invisibles)) {
			*ret_invisible = (struct invisible){ invisibles[row].what, character,
							     (int)(at - text), length };
			return true;
		}
	}
	return false;
}

char *invisible_drop(const char *text)
{
	/* No form is longer than the character. */
	char *plain = calloc(strlen(text) + 1, 1), *to = plain;
	uint32_t character;
	int length;

	if (!plain) {
		return NULL;
	}
	for (; (length = utf8_read(text, &character)) > 0; text += length) {
		size_t row = character < 0x80 ? COUNT(invisibles) : invisible_row(character);
		bool kept = row == COUNT(invisibles);
		const char *from = kept ? text : invisibles[row].instead;
		size_t size = kept ? (size_t)length : strlen(from);

		/* No blank at the beginning. */
		if (!(to == plain && size > 0 && *from == ' ')) {
			memcpy(to, from, size);
			to += size;
		}
	}
	while (to > plain && to[-1] == ' ') {
		*--to = '\0';
	}
	*to = '\0';
	return plain;
}
