/*
 * Words without their looks.
 *
 * Dangerous: capitals are made small and accents dropped in Latin letters only;
 * who compares words of another script must spell out both.
 */
#include "lib/normal.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/text.h"
#include "lib/utf8.h"

#define FIELD '|'

/* U+00C0 to U+00FF, of which GSM-7 has some, so that text_plain leaves them. */
static const char latin[] = "aaaaaaaceeeeiiiidnooooo ouuuuyts"
			    "aaaaaaaceeeeiiiidnooooo ouuuuyty";

/* Signs and pictures; ASCII's are known by not being letters. */
static bool is_sign(uint32_t character)
{
	return (character >= 0x80 && character < 0xc0) ||
	       (character >= 0x2000 && character < 0x2c00) || character >= 0xfe00;
}

/* The letter or digit as it is compared; a space for what stands between words. */
static char small_letter(uint32_t character)
{
	if (character >= 'A' && character <= 'Z') {
		return (char)(character - 'A' + 'a');
	}
	if (character >= 0xc0 && character < 0x100) {
		return latin[character - 0xc0];
	}
	if ((character >= 'a' && character <= 'z') || (character >= '0' && character <= '9')) {
		return (char)character;
	}
	return ' ';
}

/* Past "{name" of "{name}" and "{name|alternative}"; 0 where no field begins. */
static size_t field_length(const char *at)
{
	return at[0] == '{' && at[1] != '{' ? strcspn(at, "|}") : 0;
}

struct normal {
	char *bytes;
	size_t length;
};

static void add_letter(struct normal *normal, char letter)
{
	if (letter != ' ' || normal->length == 0 || normal->bytes[normal->length - 1] != ' ') {
		normal->bytes[normal->length++] = letter;
	}
}

/* Bytes read; 0 at the end. */
static size_t add_character(struct normal *normal, const char *at)
{
	uint32_t character;
	int size = utf8_read(at, &character);

	if (size <= 0) {
		return 0;
	}
	if (character < 0x100 || is_sign(character)) {
		add_letter(normal, (char)(is_sign(character) ? ' ' : small_letter(character)));
	} else {
		memcpy(normal->bytes + normal->length, at, (size_t)size);
		normal->length += (size_t)size;
	}
	return (size_t)size;
}

/* Writes at most two bytes for each of the text, a space before and after, and NUL. */
static void add_text(struct normal *normal, const char *at, bool template)
{
	size_t size;

	add_letter(normal, ' ');
	do {
		size = template ? field_length(at) : 0;
		if (size > 0) {
			/* No phrase goes on over a field: nobody knows its value. */
			add_letter(normal, ' ');
			add_letter(normal, FIELD);
		} else if (at[0] == '{' && at[1] == '{') {
			size = 2;
			add_letter(normal, ' ');
		} else {
			size = add_character(normal, at);
		}
		at += size;
	} while (size > 0);
	add_letter(normal, ' ');
	normal->bytes[normal->length] = '\0';
}

int normal_text(const char *text, bool template, char **ret_normal)
{
	_cleanup_free_ char *plain = NULL, *bytes = NULL;
	struct normal normal = { 0 };
	int r = text_plain(text, &plain);
	const char *at = r == 0 ? plain : "";

	if (r < 0) {
		return r;
	}
	bytes = malloc(2 * strlen(at) + 3);
	if (!bytes) {
		return -ENOMEM;
	}

	normal.bytes = bytes;
	add_text(&normal, at, template);
	*ret_normal = take_ptr(bytes);
	return 0;
}
