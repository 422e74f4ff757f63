/*
 * Texts made plain: what a text loses so that it stays short, and what it loses
 * so that it can be compared with words.
 *
 * Letters stand in strings that are indexed by the distance from the first
 * character of their block, a dot where a letter stays as it is: because GSM-7
 * has it, or because it has no base letter.  Everything else is a sorted table
 * of ranges.  No form needs more septets than the character needs UTF-16 units,
 * except for the forms of several characters, which whoever uses them must weigh.
 *
 * Dangerous: for comparing, capitals are made small and accents dropped in Latin
 * letters only; who compares words of another script must spell out both.
 */
#include "lib/plain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <utf8proc.h>

#include "lib/buffer.h"
#include "lib/cleanup.h"
#include "lib/text.h"

#define FIELD '|'

/* --- one character ---------------------------------------------------------------- */

static const struct {
	uint32_t first;
	const char *letters;
} blocks[] = {
	/* Latin-1's letters, and Latin Extended-A. */
	{ 0x00c0, "AAAA....E.EEIIIID.OOOO...UUU.Y...aaa...c..ee.iiid..ooo....uu.y.y"
		  "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi..JjKkkLlLlLlL"
		  "lLlNnNnNn.NnOoOoOo..RrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs" },
	/* Latin Extended-B. */
	{ 0x0180, "bBBb...Cc.DDd....FfG...IKkl..NnOOo..Pp.....tTtTUu.VYyZz........."
		  ".....D..L..N.AaIiOoUuUuUuUuUu.AaAa..GgGgKkOoOo..j.D.Gg..NnAa..Oo"
		  "AaAaEeEeIiIiOoOoRrRrUuUuSsTt..HhNd..ZzAaEeOoOoOoOoYylnt...ACcLTs"
		  "z..B..EeJj.qRrYy" },
	/* Latin Extended Additional, which Vietnamese is written in. */
	{ 0x1e00, "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm"
		  "MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv"
		  "WwWwWwWwWwXxXxYyZzZzZzhtwyas....AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe"
		  "EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy....Yy" },
};

static const struct {
	uint32_t first, last;
	const char *form;
} ranges[] = {
	{ 0x0009, 0x0009, " " },   { 0x0060, 0x0060, "'" },
	{ 0x0085, 0x0085, "\n" },  { 0x00a0, 0x00a0, " " },
	{ 0x00a9, 0x00a9, "(c)" }, { 0x00aa, 0x00aa, "a" },
	{ 0x00ab, 0x00ab, "\"" },  { 0x00ad, 0x00ad, "" }, /* soft hyphen */
	{ 0x00ae, 0x00ae, "(R)" }, { 0x00b2, 0x00b2, "2" },
	{ 0x00b3, 0x00b3, "3" },   { 0x00b4, 0x00b4, "'" },
	{ 0x00b7, 0x00b7, "." },   { 0x00b9, 0x00b9, "1" },
	{ 0x00ba, 0x00ba, "o" },   { 0x00bb, 0x00bb, "\"" },
	{ 0x00bc, 0x00bc, "1/4" }, { 0x00bd, 0x00bd, "1/2" },
	{ 0x00be, 0x00be, "3/4" }, { 0x00d7, 0x00d7, "x" },
	{ 0x00de, 0x00de, "Th" },  { 0x00fe, 0x00fe, "th" },
	{ 0x0132, 0x0132, "IJ" },  { 0x0133, 0x0133, "ij" },
	{ 0x0149, 0x0149, "'n" },  { 0x0152, 0x0152, "OE" },
	{ 0x0153, 0x0153, "oe" },  { 0x02b9, 0x02b9, "'" },
	{ 0x02bb, 0x02bd, "'" },   { 0x1680, 0x1680, " " },
	{ 0x2000, 0x200a, " " },   { 0x200b, 0x200b, "" },
	{ 0x2010, 0x2015, "-" },   { 0x2018, 0x201b, "'" },
	{ 0x201c, 0x201f, "\"" },  { 0x2022, 0x2022, "-" },
	{ 0x2024, 0x2024, "." },   { 0x2025, 0x2025, ".." },
	{ 0x2026, 0x2026, "..." }, { 0x2028, 0x2029, "\n" },
	{ 0x202f, 0x202f, " " },   { 0x2032, 0x2032, "'" },
	{ 0x2033, 0x2033, "\"" },  { 0x2035, 0x2035, "'" },
	{ 0x2036, 0x2036, "\"" },  { 0x2039, 0x203a, "'" },
	{ 0x2043, 0x2043, "-" },   { 0x2044, 0x2044, "/" },
	{ 0x205f, 0x205f, " " },   { 0x2060, 0x2060, "" }, /* word joiner */
	{ 0x2116, 0x2116, "No" },  { 0x2122, 0x2122, "TM" },
	{ 0x2190, 0x2190, "<-" },  { 0x2192, 0x2192, "->" },
	{ 0x2212, 0x2212, "-" },   { 0x2215, 0x2215, "/" },
	{ 0x3000, 0x3000, " " },   { 0xfb00, 0xfb00, "ff" },
	{ 0xfb01, 0xfb01, "fi" },  { 0xfb02, 0xfb02, "fl" },
	{ 0xfb03, 0xfb03, "ffi" }, { 0xfb04, 0xfb04, "ffl" },
	{ 0xfeff, 0xfeff, "" }, /* byte order mark */
};

/* Every letter with a mark that GSM-7 has. */
static const struct {
	uint16_t letter, mark, composed;
} compositions[] = {
	{ 'A', 0x0308, 0x00c4 }, { 'A', 0x030a, 0x00c5 }, { 'C', 0x0327, 0x00c7 },
	{ 'E', 0x0301, 0x00c9 }, { 'N', 0x0303, 0x00d1 }, { 'O', 0x0308, 0x00d6 },
	{ 'U', 0x0308, 0x00dc }, { 'a', 0x0300, 0x00e0 }, { 'a', 0x0308, 0x00e4 },
	{ 'a', 0x030a, 0x00e5 }, { 'e', 0x0300, 0x00e8 }, { 'e', 0x0301, 0x00e9 },
	{ 'i', 0x0300, 0x00ec }, { 'n', 0x0303, 0x00f1 }, { 'o', 0x0300, 0x00f2 },
	{ 'o', 0x0308, 0x00f6 }, { 'u', 0x0300, 0x00f9 }, { 'u', 0x0308, 0x00fc },
};

static char base_letter(uint32_t character)
{
	if (character < blocks[0].first) {
		return '.';
	}
	for (size_t i = 0; i < COUNT(blocks); i++) {
		if (character >= blocks[i].first &&
		    character - blocks[i].first < strlen(blocks[i].letters)) {
			return blocks[i].letters[character - blocks[i].first];
		}
	}
	return '.';
}

/* How many bytes of ASCII that have no other plain form a text begins with. */
static size_t plain_span(const char *text)
{
	size_t length = 0;

	while (text[length] && (unsigned char)text[length] < 0x80 && text[length] != '\t' &&
	       text[length] != '`') {
		length++;
	}
	return length;
}

bool plain_is_letter(uint32_t character)
{
	static const uint16_t pairs[] = { 0x00de, 0x00fe, 0x0132, 0x0133, 0x0149, 0x0152, 0x0153 };

	for (size_t i = 0; character >= pairs[0] && i < COUNT(pairs); i++) {
		if (pairs[i] == character) {
			return true;
		}
	}
	return base_letter(character) != '.';
}

bool plain_form(uint32_t character, char ret_form[PLAIN_MAX])
{
	size_t low = 0, high = COUNT(ranges);
	char letter;

	if (character < 0x80 && character != '\t' && character != '`') {
		return false;
	}
	letter = base_letter(character);
	if (letter != '.') {
		ret_form[0] = letter;
		ret_form[1] = '\0';
		return true;
	}

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (character > ranges[middle].last) {
			low = middle + 1;
		} else if (character < ranges[middle].first) {
			high = middle;
		} else {
			(void)snprintf(ret_form, PLAIN_MAX, "%s", ranges[middle].form);
			return true;
		}
	}
	return false;
}

/* The letter of GSM-7 that a letter and a combining mark make; 0 when there is none. */
static uint32_t compose(uint32_t letter, uint32_t mark)
{
	for (size_t i = 0; i < COUNT(compositions); i++) {
		if (compositions[i].letter == letter && compositions[i].mark == mark) {
			return compositions[i].composed;
		}
	}
	return 0;
}

/* Stands on the letter before it. */
static bool is_mark(uint32_t character)
{
	return character >= 0x0300 && character <= 0x036f;
}

/* Shapes or directs a script or an emoji, and has no use among Latin letters. */
static bool is_joiner(uint32_t character)
{
	return (character >= 0x200c && character <= 0x200f) ||
	       (character >= 0x202a && character <= 0x202e) ||
	       (character >= 0x2066 && character <= 0x2069) ||
	       (character >= 0xfe00 && character <= 0xfe0f);
}

/* Latin letters, digits and ASCII's punctuation. */
static bool is_latin(uint32_t character)
{
	return character < 0x0250;
}

/* --- to stay short ------------------------------------------------------------------ */

/* Whether a character that only shapes what stands before it may go. */
static bool is_idle(uint32_t character, uint32_t before)
{
	return (is_mark(character) || is_joiner(character)) && is_latin(before);
}

/* A letter with the marks that follow it, as one letter where GSM-7 has that; a second mark makes a
 * letter that GSM-7 never has. */
static uint32_t take_marks(uint32_t letter, const char **at)
{
	uint32_t composed = 0, mark;
	int marks = 0, length;

	while (is_latin(letter) && (length = utf8_read(*at, &mark)) > 0 && is_mark(mark)) {
		composed = marks++ == 0 ? compose(letter, mark) : 0;
		*at += length;
	}
	return composed ? composed : letter;
}

/* How far a text is made plain. */
enum extent {
	ORNAMENT, /* no letter of it */
	LETTERS,  /* the letters that GSM-7 lacks, too */
	ACCENTS,  /* and the accents that it has */
};

/* What GSM-7 has with an accent (3GPP TS 23.038 6.2.1). */
static uint32_t without_accent(uint32_t character)
{
	static const struct {
		uint32_t accented;
		char bare;
	} letters[] = {
		{ 0x00c7, 'C' }, { 0x00c9, 'E' }, { 0x00e0, 'a' }, { 0x00e8, 'e' },
		{ 0x00e9, 'e' }, { 0x00ec, 'i' }, { 0x00f2, 'o' }, { 0x00f9, 'u' },
	};

	for (size_t i = 0; i < COUNT(letters); i++) {
		if (letters[i].accented == character) {
			return (unsigned char)letters[i].bare;
		}
	}
	return character;
}

/* Below U+0300 every character is composed already (Unicode Standard Annex 15, NFC_Quick_Check). */
static bool is_composed(const char *text)
{
	while (*text && (unsigned char)*text < 0xcc) {
		text++;
	}
	return !*text;
}

/* A letter and its marks as one character, where Unicode has it (NFC).  NULL for -ENOMEM. */
static char *compose_letters(const char *text)
{
	return is_composed(text) ? strdup(text)
				 : (char *)utf8proc_NFC((const utf8proc_uint8_t *)text);
}

/* Where its first letter stands, behind what Spanish and quotations put before it. */
static const char *first_letter(const char *text, uint32_t *ret_letter, int *ret_length)
{
	while ((*ret_length = utf8_read(text, ret_letter)) > 0 &&
	       (*ret_letter == 0xbf || *ret_letter == 0xa1 || strchr("\"'(", (int)*ret_letter))) {
		text += *ret_length;
	}
	return text;
}

char *text_capital(const char *utf8)
{
	uint32_t letter, capital;
	char bytes[UTF8_MAX], *text = NULL;
	int length;
	const char *at = first_letter(utf8, &letter, &length);

	if (length <= 0) {
		return strdup(utf8);
	}
	capital = (uint32_t)utf8proc_toupper((utf8proc_int32_t)letter);
	if (gsm7_septets(letter) > 0 && gsm7_septets(capital) == 0) {
		capital = letter;
	}
	bytes[utf8_write(capital, bytes)] = '\0';
	return asprintf(&text, "%.*s%s%s", (int)(at - utf8), utf8, bytes, at + length) < 0 ? NULL
											   : text;
}

/* Without `wider`, one character never becomes several.  NULL for -ENOMEM. */
static char *make_plain(const char *at, bool wider, enum extent extent)
{
	_cleanup_free_ char *plain = NULL;
	struct buffer buffer = { 0 };
	uint32_t character, before = 0;
	int length;

	for (;;) {
		size_t span = plain_span(at);
		char form[PLAIN_MAX], bytes[UTF8_MAX];

		/* The last of them may have a mark. */
		span -= span > 0 && at[span];
		if (span > 0) {
			buffer_put(&buffer, at, span);
			at += span;
			before = (unsigned char)at[-1];
		}
		length = utf8_read(at, &character);
		if (length <= 0) {
			break;
		}

		at += length;
		if (is_idle(character, before) && (extent != ORNAMENT || !is_mark(character))) {
			continue;
		}

		if (extent != ORNAMENT) {
			character = take_marks(character, &at);
		}
		if (extent == ACCENTS) {
			character = without_accent(character);
		}
		if ((extent == ORNAMENT && plain_is_letter(character)) ||
		    !plain_form(character, form) || (!wider && strlen(form) > 1)) {
			buffer_put(&buffer, bytes, (size_t)utf8_write(character, bytes));
			before = is_mark(character) ? before : character;
		} else if (form[0]) {
			buffer_put_text(&buffer, form);
			before = 'x'; /* all plain forms are Latin */
		}
	}
	plain = buffer_take(&buffer, NULL);
	/* What stood between a letter and its mark may be gone. */
	return !plain || is_composed(plain) ? take_ptr(plain) : compose_letters(plain);
}

/* The composed form of what some phones send in parts (Unicode's NFC), made plain. */
static int plain_to(const char *utf8, enum extent extent, char **ret_plain)
{
	_cleanup_free_ char *composed = NULL, *plain = NULL;
	struct text_cost before, after;

	/* Most are plain as they are. */
	if (!utf8[plain_span(utf8)]) {
		*ret_plain = strdup(utf8);
		return *ret_plain ? 0 : -ENOMEM;
	}
	if (text_cost(utf8, &before) != 0) {
		return TEXT_E_UTF8;
	}
	composed = compose_letters(utf8);
	plain = composed ? make_plain(composed, true, extent) : NULL;
	if (!plain) {
		return -ENOMEM;
	}

	/* Three dots for an ellipsis must not cost the client another segment. */
	(void)text_cost(plain, &after);
	if (after.segments > before.segments) {
		free(plain);
		plain = make_plain(composed, false, extent);
	}
	if (!plain) {
		return -ENOMEM;
	}

	*ret_plain = take_ptr(plain);
	return 0;
}

int text_plain(const char *utf8, enum plain_letters letters, char **ret_plain)
{
	_cleanup_free_ char *kept = NULL, *bare = NULL;
	struct text_cost cost = { 0 };
	int r = plain_to(utf8, ORNAMENT, &kept);

	if (r == 0 && letters == PLAIN_LETTERS_BARE) {
		(void)text_cost(kept, &cost);
	}
	if (r == 0 && cost.encoding == TEXT_UCS2) {
		r = plain_to(utf8, ACCENTS, &bare);
	}
	if (r != 0) {
		return r;
	}

	if (bare) {
		(void)text_cost(bare, &cost);
	}
	*ret_plain = bare && cost.encoding == TEXT_GSM7 ? take_ptr(bare) : take_ptr(kept);
	return 0;
}

/* --- to be compared -------------------------------------------------------------- */

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

/* Letters and digits in circles and boxes that Unicode does not trace back to plain ones. */
static const struct {
	uint32_t first, last;
	char plain;
} enclosed[] = {
	{ 0x2776, 0x277e, '1' },   { 0x2780, 0x2788, '1' },   { 0x278a, 0x2792, '1' },
	{ 0x24f5, 0x24fd, '1' },   { 0x24ff, 0x24ff, '0' },   { 0x1f10b, 0x1f10c, '0' },
	{ 0x1f150, 0x1f169, 'a' }, { 0x1f170, 0x1f189, 'a' },
};

#define FORMS_MOST 8 /* letters that one character stands for: "(20)" */

/* The Latin letters and digits that a character is another form of (Unicode's NFKC): full width,
 * mathematical, in a circle.  How many; 0 for none. */
static int plain_letters(uint32_t character, utf8proc_int32_t letters[FORMS_MOST])
{
	int boundary = UTF8PROC_BOUNDCLASS_START;
	utf8proc_ssize_t count;

	for (size_t i = 0; i < COUNT(enclosed); i++) {
		if (character >= enclosed[i].first && character <= enclosed[i].last) {
			letters[0] = enclosed[i].plain + (char)(character - enclosed[i].first);
			return 1;
		}
	}
	count = utf8proc_decompose_char((utf8proc_int32_t)character, letters, FORMS_MOST,
					UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE, &boundary);
	for (int i = 0; i < count && count <= FORMS_MOST; i++) {
		if (!is_latin((uint32_t)letters[i]) && !is_mark((uint32_t)letters[i])) {
			return 0;
		}
	}
	return count > 0 && count <= FORMS_MOST ? (int)count : 0;
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
	utf8proc_int32_t letters[FORMS_MOST];
	uint32_t character;
	int size = utf8_read(at, &character), count;

	if (size <= 0) {
		return 0;
	}
	count = character < 0x100 ? 0 : plain_letters(character, letters);
	if (count > 0 && count <= 2 * size) {
		for (int i = 0; i < count; i++) {
			if (!is_mark((uint32_t)letters[i])) {
				add_letter(normal, small_letter((uint32_t)letters[i]));
			}
		}
	} else if (character < 0x100 || is_sign(character)) {
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
		for (; *at && (unsigned char)*at < 0x80 && (!template || *at != '{'); at++) {
			add_letter(normal, small_letter((unsigned char)*at));
		}
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
	const char *at = text;

	/* Of ASCII, only what stands between words has another plain form. */
	if (!text_is_ascii(text)) {
		int r = plain_to(text, LETTERS, &plain);

		if (r < 0) {
			return r;
		}
		at = r == 0 ? plain : "";
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
