/*
 * Plain forms.  Letters stand in strings that are indexed by the distance from
 * the first character of their block, a dot where a letter stays as it is:
 * because GSM-7 has it, or because it has no base letter.  Everything else is
 * a sorted table of ranges.
 *
 * No form needs more septets than the character needs UTF-16 units, except for
 * the forms of several characters, which whoever uses them must weigh.
 */
#include "lib/plain.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"

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
	for (size_t i = 0; i < COUNT(blocks); i++) {
		if (character >= blocks[i].first &&
		    character - blocks[i].first < strlen(blocks[i].letters)) {
			return blocks[i].letters[character - blocks[i].first];
		}
	}
	return '.';
}

bool plain_form(uint32_t character, char ret_form[PLAIN_MAX])
{
	size_t low = 0, high = COUNT(ranges);
	char letter = base_letter(character);

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

uint32_t plain_compose(uint32_t letter, uint32_t mark)
{
	for (size_t i = 0; i < COUNT(compositions); i++) {
		if (compositions[i].letter == letter && compositions[i].mark == mark) {
			return compositions[i].composed;
		}
	}
	return 0;
}

bool plain_is_mark(uint32_t character)
{
	return character >= 0x0300 && character <= 0x036f;
}

bool plain_is_joiner(uint32_t character)
{
	return (character >= 0x200c && character <= 0x200f) ||
	       (character >= 0x202a && character <= 0x202e) ||
	       (character >= 0x2066 && character <= 0x2069) ||
	       (character >= 0xfe00 && character <= 0xfe0f);
}

bool plain_is_latin(uint32_t character)
{
	return character < 0x0250;
}
