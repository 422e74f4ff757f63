/*
 * GSM-7 has no backtick, and of c with cedilla only the capital.  The escape
 * itself (0x1b) is no character: sent as one, it would change the next.
 */
#include "lib/gsm7.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/cleanup.h"

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
