/* A client in Chicago, and instants as one reads them. */
#ifndef HF_TESTS_PLAN_RIG_H
#define HF_TESTS_PLAN_RIG_H

#include "config/model.h"

static inline struct civil on(const char *text)
{
	struct civil civil = { 0 };

	if (civil_parse_datetime(text, &civil) != 0) {
		assert_int_equal(civil_parse_date(text, &civil), 0);
	}
	return civil;
}

static inline int64_t day(const char *text)
{
	struct civil date = on(text);

	return civil_to_days(&date);
}

static inline const struct zone *zone(const char *name)
{
	const struct zone *found;

	assert_int_equal(zone_get(name, &found), 0);
	return found;
}

static inline hf_time instant(const char *text)
{
	struct civil civil = on(text);

	return zone_instant(zone("America/Chicago"), &civil);
}

static inline struct client a_client(const char *start)
{
	return (struct client){ .id = (char *)"r-1",
				.name = (char *)"Jordan",
				.phone = (char *)"+13125550142",
				.zone = zone("America/Chicago"),
				.start = on(start) };
}

#endif
