/*
 * What a text costs, how it is made plain, and how a template is filled.
 *
 * One character that GSM-7 lacks turns the whole text into UCS-2 and 160
 * characters into 70, so both counts are taken in one pass and the alphabet is
 * chosen at the end.  A pair (an escape and its character, two surrogates)
 * that does not fit whole begins the next segment; this is why a cost is
 * counted and cannot be divided out.
 */
#include "lib/text.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/buffer.h"
#include "lib/utf8.h"
#include "lib/gsm7.h"
#include "lib/plain.h"

#define FILLED_MAX 4096

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

bool text_is_utf8(const char *bytes)
{
	uint32_t character;
	int length;

	do {
		length = utf8_read(bytes, &character);
		bytes += length > 0 ? length : 0;
	} while (length > 0);
	return length == 0;
}

/* --- what it costs -------------------------------------------------------------- */

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

/* --- made plain ------------------------------------------------------------------ */

/* Whether a character that only shapes what stands before it may go. */
static bool is_idle(uint32_t character, uint32_t before)
{
	return (plain_is_mark(character) || plain_is_joiner(character)) && plain_is_latin(before);
}

/* A letter with the marks that follow it, as one letter where GSM-7 has that; a second mark makes a
 * letter that GSM-7 never has. */
static uint32_t take_marks(uint32_t letter, const char **at)
{
	uint32_t composed = 0, mark;
	int marks = 0, length;

	while (plain_is_latin(letter) && (length = utf8_read(*at, &mark)) > 0 &&
	       plain_is_mark(mark)) {
		composed = marks++ == 0 ? plain_compose(letter, mark) : 0;
		*at += length;
	}
	return composed ? composed : letter;
}

/* Without `wider`, one character never becomes several. */
static char *make_plain(const char *at, bool wider)
{
	struct buffer buffer = { 0 };
	uint32_t character, before = 0;
	int length;

	while ((length = utf8_read(at, &character)) > 0) {
		char form[PLAIN_MAX], bytes[UTF8_MAX];

		at += length;
		if (is_idle(character, before)) {
			continue;
		}

		character = take_marks(character, &at);
		if (!plain_form(character, form) || (!wider && strlen(form) > 1)) {
			buffer_put(&buffer, bytes, (size_t)utf8_write(character, bytes));
			before = character;
		} else if (form[0]) {
			buffer_put_text(&buffer, form);
			before = 'x'; /* all plain forms are Latin */
		}
	}
	return buffer_take(&buffer, NULL);
}

int text_plain(const char *utf8, char **ret_plain)
{
	_cleanup_free_ char *plain = NULL;
	struct text_cost before, after;

	if (text_cost(utf8, &before) != 0) {
		return TEXT_E_UTF8;
	}

	plain = make_plain(utf8, true);
	if (!plain) {
		return -ENOMEM;
	}

	/* Three dots for an ellipsis must not cost the client another segment. */
	(void)text_cost(plain, &after);
	if (after.segments > before.segments) {
		free(plain);
		plain = make_plain(utf8, false);
	}
	if (!plain) {
		return -ENOMEM;
	}

	*ret_plain = take_ptr(plain);
	return 0;
}

/* --- templates ------------------------------------------------------------------- */

/* Where a fault is, for whoever shows it to a person. */
struct spot {
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
		name_length = sizeof(slot->name) - 1;
		while (((unsigned char)inside[name_length] & 0xc0) == 0x80) {
			name_length--;
		}
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
		struct spot *spot)
{
	const char *at = template;

	while (*at) {
		size_t plain = strcspn(at, "{}");
		int r = 0;

		buffer_put(buffer, at, plain);
		at += plain;
		spot->where = (size_t)(at - template);
		if (!*at) {
			break;
		}
		if (at[1] == at[0]) {
			buffer_put(buffer, at, 1);
			at += 2;
			continue;
		}

		r = *at == '{' ? fill_field(buffer, &at, field, userdata, spot->name)
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
	struct spot spot = { .where = utf8_end(template) };
	char *text;
	int r = TEXT_E_UTF8;

	if (!template[spot.where]) {
		r = fill(&buffer, template, field, userdata, &spot);
	}
	if (r != 0) {
		if (r > 0 && ret_where) {
			*ret_where = spot.where;
		}
		if ((r == TEXT_E_FIELD || r == TEXT_E_EMPTY) && ret_name) {
			memcpy(ret_name, spot.name, TEXT_NAME_MAX);
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
