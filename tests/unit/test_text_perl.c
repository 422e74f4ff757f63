/* What texts cost, beside Perl's Encode::GSM0338 and segments that are cut out of encoded bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/text.h"

#define PERL     "perl tests/unit/text.pl 1 5000"
#define BMP_MOST 0xf7ff /* without the surrogates and what ends a string */
#define TEXT_MAX 4096

static void from_hex(const char *hex, char *text)
{
	unsigned byte;

	while (sscanf(hex, "%2x", &byte) == 1) {
		*text++ = (char)byte;
		hex += 2;
	}
	*text = '\0';
}

static void expect_cost(const char *line)
{
	char encoding[16], hex[2 * TEXT_MAX + 1], text[TEXT_MAX + 1];
	struct text_cost cost;
	int units, segments;

	assert_int_equal(sscanf(line, "%15s %d %d %8192s", encoding, &units, &segments, hex), 4);
	from_hex(hex, text);
	assert_int_equal(text_cost(text, &cost), 0);
	if (strcmp(text_encoding_word(cost.encoding), encoding) != 0 || cost.units != units ||
	    cost.segments != segments) {
		fail_msg("%s %d %d, and Perl says %s", text_encoding_word(cost.encoding),
			 cost.units, cost.segments, line);
	}
}

TEST(test_costs)
{
	_cleanup_free_ char *line = NULL;
	FILE *perl = popen(PERL, "r");
	size_t room = 0;
	int lines = 0;

	assert_non_null(perl);
	for (; getline(&line, &room, perl) > 0; lines++) {
		expect_cost(line);
	}
	assert_int_equal(pclose(perl), 0);
	assert_int_equal(lines, BMP_MOST + 5000);
}
