/* A zone file that is taken gives an offset that a place can have, at any instant; and a rule stays
 * the same rule when only its name is another. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/tzfile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t instants[] = {
	INT64_MIN / 1000000, -2208988800,        -1, 0, 1, 1767225600, 1772956800,
	7258118400,          INT64_MAX / 1000000
};

static void check(bool holds)
{
	if (!holds) {
		abort();
	}
}

static void check_rule(const uint8_t *data, size_t size)
{
	char text[200], renamed[210];
	struct tzrule rule, again;

	if (size >= sizeof(text)) {
		return;
	}
	memcpy(text, data, size);
	text[size] = '\0';
	if (tzrule_parse(text, &rule) != 0 || text[0] != '<') {
		return;
	}

	(void)snprintf(renamed, sizeof(renamed), "XYZ%s", strchr(text, '>') + 1);
	check(tzrule_parse(renamed, &again) == 0);
	for (size_t i = 0; i < COUNT(instants); i++) {
		check(tzrule_offset(&rule, instants[i]) == tzrule_offset(&again, instants[i]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tzfile file;

	if (tzfile_parse(data, size, &file) == 0) {
		for (size_t i = 0; i < COUNT(instants); i++) {
			int offset = tzfile_offset(&file, instants[i]);

			check(offset > -26 * 3600 && offset < 26 * 3600);
		}
	}
	check_rule(data, size);
	return 0;
}
