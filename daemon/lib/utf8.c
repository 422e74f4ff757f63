/*
 * UTF-8, decoded strictly: what one program reads as a quotation mark and the
 * next as two other characters is how filters are got round.
 */
#include "lib/utf8.h"

#include <errno.h>

static int decode(const unsigned char *bytes, int length, uint32_t first, uint32_t least,
		  uint32_t *ret_character)
{
	uint32_t character = first;

	for (int i = 1; i < length; i++) {
		if ((bytes[i] & 0xc0) != 0x80) {
			return -EILSEQ;
		}
		character = character << 6 | (bytes[i] & 0x3f);
	}
	if (character < least || character > 0x10ffff ||
	    (character >= 0xd800 && character <= 0xdfff)) {
		return -EILSEQ;
	}

	*ret_character = character;
	return length;
}

int utf8_read(const char *text, uint32_t *ret_character)
{
	const unsigned char *bytes = (const unsigned char *)text;

	if (bytes[0] == 0) {
		return 0;
	}
	if (bytes[0] < 0x80) {
		*ret_character = bytes[0];
		return 1;
	}
	if ((bytes[0] & 0xe0) == 0xc0) {
		return decode(bytes, 2, bytes[0] & 0x1f, 0x80, ret_character);
	}
	if ((bytes[0] & 0xf0) == 0xe0) {
		return decode(bytes, 3, bytes[0] & 0x0f, 0x800, ret_character);
	}
	if ((bytes[0] & 0xf8) == 0xf0) {
		return decode(bytes, 4, bytes[0] & 0x07, 0x10000, ret_character);
	}
	return -EILSEQ;
}

int utf8_write(uint32_t character, char buffer[UTF8_MAX])
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	int length = 1 + (character >= 0x80) + (character >= 0x800) + (character >= 0x10000);

	buffer[length] = '\0';
	for (int i = length - 1; i > 0; i--) {
		buffer[i] = (char)(0x80 | (character & 0x3f));
		character >>= 6;
	}
	buffer[0] = (char)(lead[length] | character);
	return length;
}
