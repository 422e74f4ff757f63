/* Whatever rule is taken, its occurrences rise, are never before its start, and are the same when
 * asked for again; a zone's local times lead back to their instants. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/recur.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds) {
		abort();
	}
}

static const struct zone *zone_of(uint8_t byte)
{
	static const char *const names[] = { "UTC", "America/Chicago", "Australia/Lord_Howe",
					     "Pacific/Apia", "Africa/Casablanca" };
	const struct zone *zone;

	check(zone_get(names[byte % COUNT(names)], &zone) == 0);
	return zone;
}

static void check_zone_name(const char *text)
{
	const struct zone *zone = NULL;

	if (zone_get(text, &zone) == 0) {
		check(strcmp(zone_name(zone), text) == 0 && !strstr(text, ".."));
	} else {
		check(zone == NULL);
	}
}

static void check_occurrences(struct recur *recur, const struct zone *zone,
			      const struct civil *start)
{
	hf_time at = INT64_MIN, again;

	for (int i = 0; i < 20; i++) {
		hf_time before = at;
		struct civil civil;

		if (recur_next(recur, before, &at) != 0) {
			check(i > 0);
			return;
		}
		civil = zone_civil(zone, at);
		check(at > before && civil_compare(&civil, start) >= 0);
		check(recur_next(recur, at - 1, &again) == 0 && again == at);
		check(recur_next(recur, before, &again) == 0 && again == at);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_(recur_freep) struct recur *recur = NULL;
	_cleanup_free_ char *text = NULL;
	const struct zone *zone;
	const char *why = NULL;
	struct civil start;
	int r;

	if (size < 4) {
		return 0;
	}

	text = strndup((const char *)data + 4, size - 4);
	if (!text) {
		abort();
	}
	check_zone_name(text);
	zone = zone_of(data[0]);
	start = civil_from_days(15000 + data[1] * 37 + data[2]);
	start.hour = data[3] % 24;
	start.minute = data[3] % 60;
	r = recur_new(text, &start, zone, data[0] & 0x80, &recur, &why);
	if (r == 0) {
		check_occurrences(recur, zone, &start);
	} else {
		check(r == RECUR_E_RULE && recur == NULL && why != NULL);
	}
	return 0;
}
