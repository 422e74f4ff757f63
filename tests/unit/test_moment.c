/* Moments that people write. */
#include <errno.h>
#include <stdlib.h>

#include "test.h"
#include "engine/moment.h"

static const struct zone *chicago(void)
{
	const struct zone *zone = NULL;

	assert_int_equal(zone_get("America/Chicago", &zone), 0);
	return zone;
}

TEST(test_reads)
{
	static const struct {
		const char *text, *is;
	} cases[] = {
		{ "2026-11-23", "2026-11-23T00:00:00-06:00" },
		{ "2026-11-23 08:00", "2026-11-23T08:00:00-06:00" },
		{ "2026-11-23T08:00", "2026-11-23T08:00:00-06:00" },
		{ "2026-07-01 08:00", "2026-07-01T08:00:00-05:00" },
		{ "2026-11-23T14:00:00Z", "2026-11-23T08:00:00-06:00" },
		{ "2026-11-23T08:00:00-07:00", "2026-11-23T09:00:00-06:00" },
		/* A time that the change to summer time skips. */
		{ "2026-03-08 02:30", "2026-03-08T03:30:00-05:00" },
	};
	char buffer[CIVIL_RFC3339_MAX];

	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		hf_time at = 0;

		assert_int_equal(moment_parse(cases[i / 2].text, chicago(), &at), 0);
		moment_format(at, chicago(), buffer);
		assert_string_equal(buffer, cases[i / 2].is);
	}
}

TEST(test_refuses)
{
	static const char *const texts[] = { "",           "tomorrow",    "2026-13-01",
					     "2026-02-29", "2026-11-23 ", "2026-11-23 24:00",
					     "23.11.2026" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		hf_time at = 7;

		assert_int_equal(moment_parse(texts[i], chicago(), &at), -EINVAL);
		assert_true(at == 7);
	}
}

static int close_zones(void **state)
{
	(void)state;
	zone_close();
	return 0;
}

GROUP_FIXTURE(NULL, close_zones);
