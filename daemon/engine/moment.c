/*
 * Moments that people write.
 *
 * Promises: the same text in the same zone is always the same instant; a text
 * that is nearly a moment is refused and never guessed at.
 */
#include "engine/moment.h"

#include <errno.h>

int moment_parse(const char *text, const struct zone *zone, hf_time *ret_at)
{
	struct civil civil = { 0 };

	if (civil_parse_rfc3339(text, ret_at) == 0) {
		return 0;
	}
	if (civil_parse_date(text, &civil) != 0 && civil_parse_datetime(text, &civil) != 0) {
		return -EINVAL;
	}

	*ret_at = zone_instant(zone, &civil);
	return 0;
}

void moment_format(hf_time at, const struct zone *zone, char buffer[CIVIL_RFC3339_MAX])
{
	civil_format_rfc3339(at, zone_offset(zone, at), buffer);
}
