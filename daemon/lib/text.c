/*
 * Texts: UTF-8, the alphabet of text messages, what a text costs, and how a
 * template is filled.
 *
 * UTF-8 is decoded strictly: what one program reads as a quotation mark and the
 * next as two other characters is how filters are got round.
 *
 * GSM-7 has no backtick, and of c with cedilla only the capital.  The escape
 * itself (0x1b) is no character: sent as one, it would change the next.
 *
 * One character that GSM-7 lacks turns the whole text into UCS-2 and 160
 * characters into 70, so both counts are taken in one pass and the alphabet is
 * chosen at the end.  A pair (an escape and its character, two surrogates)
 * that does not fit whole begins the next segment; this is why a cost is
 * counted and cannot be divided out.
 */
#include "lib/text.h"

#include <errno.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/buffer.h"

#define FILLED_MAX 4096

/* --- UTF-8 ------------------------------------------------------------------------ */

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

bool text_is_utf8(const char *bytes)
{
	uint32_t character;
	int length;

	do {
		while (*bytes && (unsigned char)*bytes < 0x80) {
			bytes++;
		}
		length = utf8_read(bytes, &character);
		bytes += length > 0 ? length : 0;
	} while (length > 0);
	return length == 0;
}

bool text_is_ascii(const char *bytes)
{
	while (*bytes && (unsigned char)*bytes < 0x80) {
		bytes++;
	}
	return *bytes == '\0';
}

size_t utf8_cut(const char *text, size_t most)
{
	size_t size = strnlen(text, most + 1);

	if (size <= most) {
		return size;
	}
	for (size = most; size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80; size--) {
		/* Back to where a character begins. */
	}
	return size;
}

/* --- GSM-7 ------------------------------------------------------------------------ */

/* What the alphabet has beyond ASCII; all take one septet but the euro. */
static const uint16_t beyond_ascii[] = {
	0x00a1, 0x00a3, 0x00a4, 0x00a5, 0x00a7, 0x00bf, 0x00c4, 0x00c5, 0x00c6, 0x00c7,
	0x00c9, 0x00d1, 0x00d6, 0x00d8, 0x00dc, 0x00df, 0x00e0, 0x00e4, 0x00e5, 0x00e6,
	0x00e8, 0x00e9, 0x00ec, 0x00f1, 0x00f2, 0x00f6, 0x00f8, 0x00f9, 0x00fc, 0x0393,
	0x0394, 0x0398, 0x039b, 0x039e, 0x03a0, 0x03a3, 0x03a6, 0x03a8, 0x03a9, 0x20ac,
};

static int ascii_septets(uint32_t character)
{
	switch (character) {
	case '\f':
	case '[':
	case '\\':
	case ']':
	case '^':
	case '{':
	case '|':
	case '}':
	case '~':
		return 2;
	case '\n':
	case '\r':
		return 1;
	case '`':
		return 0;
	default:
		return character >= ' ' && character <= 'z';
	}
}

int gsm7_septets(uint32_t character)
{
	if (character < 0x80) {
		return ascii_septets(character);
	}
	for (size_t i = 0; i < COUNT(beyond_ascii); i++) {
		if (beyond_ascii[i] == character) {
			return character == 0x20ac ? 2 : 1;
		}
	}
	return 0;
}

/* --- what it costs -------------------------------------------------------------- */

const char *text_encoding_word(enum text_encoding encoding)
{
	switch (encoding) {
	case TEXT_GSM7:
		return "GSM-7";
	case TEXT_UCS2:
		return "UCS-2";
	}
	return NULL;
}

/* Segments, as if there were several: `used` units stand in the last. */
struct tally {
	int units, segments, used;
};

static void tally_add(struct tally *tally, int units, int room)
{
	tally->units += units;
	if (tally->segments == 0 || tally->used + units > room) {
		tally->segments++;
		tally->used = 0;
	}
	tally->used += units;
}

static int tally_segments(const struct tally *tally, int room_alone)
{
	return tally->units > room_alone ? tally->segments : tally->units > 0;
}

int text_cost(const char *utf8, struct text_cost *ret_cost)
{
	struct text_cost cost = { .encoding = TEXT_GSM7 };
	struct tally septets = { 0 }, units = { 0 };
	uint32_t character;
	int length;

	while ((length = utf8_read(utf8, &character)) > 0) {
		int width = gsm7_septets(character);

		if (width == 0 && cost.encoding == TEXT_GSM7) {
			cost.encoding = TEXT_UCS2;
			(void)utf8_write(character, cost.culprit);
		}
		tally_add(&septets, width, 153);
		tally_add(&units, character > 0xffff ? 2 : 1, 67);
		utf8 += length;
	}
	if (length < 0) {
		return TEXT_E_UTF8;
	}

	cost.units = cost.encoding == TEXT_GSM7 ? septets.units : units.units;
	cost.segments = cost.encoding == TEXT_GSM7 ? tally_segments(&septets, 160)
						   : tally_segments(&units, 70);
	*ret_cost = cost;
	return 0;
}

/* --- templates ------------------------------------------------------------------- */

/* Where a fault is, for whoever shows it to a person. */
struct fault_place {
	size_t where;
	char name[TEXT_NAME_MAX];
};

/* "name" or "name|alternative", between braces. */
struct slot {
	char name[TEXT_NAME_MAX];
	const char *alternative; /* NULL when there is none */
	size_t alternative_length;
};

/* A name that is too long is cut; it cannot be the name of a field then. */
static bool slot_read(const char *inside, size_t length, struct slot *slot)
{
	const char *bar = memchr(inside, '|', length);
	size_t name_length = bar ? (size_t)(bar - inside) : length;
	bool whole = name_length < sizeof(slot->name);

	if (!whole) {
		name_length = utf8_cut(inside, sizeof(slot->name) - 1);
	}

	memcpy(slot->name, inside, name_length);
	slot->name[name_length] = '\0';
	slot->alternative = bar ? bar + 1 : NULL;
	slot->alternative_length = bar ? length - (size_t)(bar + 1 - inside) : 0;
	return whole;
}

static int put_slot(struct buffer *buffer, const struct slot *slot, text_field field,
		    void *userdata)
{
	const char *value = "";
	int r = field(userdata, slot->name, &value);

	if (r != 0) {
		return r;
	}
	if (!text_is_utf8(value)) {
		return TEXT_E_UTF8;
	}
	if (*value) {
		buffer_put_text(buffer, value);
	} else if (slot->alternative) {
		buffer_put(buffer, slot->alternative, slot->alternative_length);
	} else {
		return TEXT_E_EMPTY;
	}
	return 0;
}

/* Fills the field whose opening brace is at *at, and moves past its closing one. */
static int fill_field(struct buffer *buffer, const char **at, text_field field, void *userdata,
		      char name[TEXT_NAME_MAX])
{
	const char *inside = *at + 1;
	size_t length = strcspn(inside, "{}");
	struct slot slot = { 0 };
	bool whole;
	int r;

	if (inside[length] != '}') {
		return TEXT_E_BRACE;
	}

	whole = slot_read(inside, length, &slot);
	memcpy(name, slot.name, TEXT_NAME_MAX);
	r = whole ? put_slot(buffer, &slot, field, userdata) : TEXT_E_FIELD;
	if (r != 0) {
		return r;
	}

	*at = inside + length + 1;
	return 0;
}

static int fill(struct buffer *buffer, const char *template, text_field field, void *userdata,
		struct fault_place *place)
{
	const char *at = template;

	while (*at) {
		size_t plain = strcspn(at, "{}");
		int r = 0;

		buffer_put(buffer, at, plain);
		at += plain;
		place->where = (size_t)(at - template);
		if (!*at) {
			break;
		}
		if (at[1] == at[0]) {
			buffer_put(buffer, at, 1);
			at += 2;
			continue;
		}

		r = *at == '{' ? fill_field(buffer, &at, field, userdata, place->name)
			       : TEXT_E_BRACE;
		if (r != 0) {
			return r;
		}
	}
	return 0;
}

static size_t utf8_end(const char *text)
{
	const char *at = text;
	uint32_t character;
	int length;

	while ((length = utf8_read(at, &character)) > 0) {
		at += length;
	}
	return (size_t)(at - text);
}

int text_fill(const char *template, text_field field, void *userdata, char **ret_text,
	      size_t *ret_where, char ret_name[TEXT_NAME_MAX])
{
	struct buffer buffer = { .most = FILLED_MAX };
	struct fault_place place = { .where = utf8_end(template) };
	char *text;
	int r = TEXT_E_UTF8;

	if (!template[place.where]) {
		r = fill(&buffer, template, field, userdata, &place);
	}
	if (r != 0) {
		if (r > 0 && ret_where) {
			*ret_where = place.where;
		}
		if ((r == TEXT_E_FIELD || r == TEXT_E_EMPTY) && ret_name) {
			memcpy(ret_name, place.name, TEXT_NAME_MAX);
		}
		buffer_done(&buffer);
		return r;
	}

	text = buffer_take(&buffer, NULL);
	if (!text) {
		return -E2BIG;
	}

	*ret_text = text;
	return 0;
}
