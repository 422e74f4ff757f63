/* Which instants a rule names: month ends, weeks, ends, changes of the clock, and what is refused.
 */
#include <string.h>

#include "test.h"
#include "lib/civil.h"
#include "lib/cleanup.h"
#include "lib/recur.h"

static const struct zone *chicago(void)
{
	const struct zone *zone = NULL;

	assert_int_equal(zone_get("America/Chicago", &zone), 0);
	return zone;
}

static struct recur *recur_of(const char *rrule, const char *start, const struct zone *zone,
			      bool skip)
{
	struct recur *recur = NULL;
	const char *why = NULL;
	struct civil civil;

	assert_int_equal(civil_parse_datetime(start, &civil), 0);
	if (recur_new(rrule, &civil, zone, skip, &recur, &why) != 0) {
		fail_msg("%s: %s", rrule, why);
	}
	return recur;
}

/* The local dates of the first occurrences, as "01-31 02-28"; "." where the rule ends. */
static void first_days(struct recur *recur, const struct zone *zone, int count, char *text,
		       size_t size)
{
	hf_time at = 0;
	size_t used = 0;

	text[0] = '\0';
	for (int i = 0; i < count; i++) {
		struct civil civil;

		if (recur_next(recur, at, &at) != 0) {
			(void)snprintf(text + used, size - used, ".");
			return;
		}
		civil = zone_civil(zone, at);
		used += (size_t)snprintf(text + used, size - used, "%s%02d-%02d", i ? " " : "",
					 civil.month, civil.day);
	}
}

static void assert_days(const char *rrule, const char *start, bool skip, const char *expected)
{
	_cleanup_(recur_freep) struct recur *recur = recur_of(rrule, start, chicago(), skip);
	char text[256];
	int count = 1;

	for (const char *c = expected; *c; c++) {
		count += *c == ' ' || *c == '.';
	}
	first_days(recur, chicago(), count, text, sizeof(text));
	assert_string_equal(text, expected);
	first_days(recur, chicago(), count, text, sizeof(text));
	assert_string_equal(text, expected);
}

TEST(test_month_ends)
{
	static const struct {
		const char *rrule, *start, *days, *skipped;
	} rows[] = {
		{ "FREQ=MONTHLY", "2026-01-31 09:00", "01-31 02-28 03-31 04-30 05-31",
		  "01-31 03-31 05-31 07-31 08-31" },
		{ "FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-01 09:00", "01-31 02-28 03-31 04-30 05-31",
		  "01-31 03-31 05-31 07-31 08-31" },
		{ "FREQ=MONTHLY;BYMONTHDAY=29,30,31", "2028-02-01 09:00",
		  "02-29 03-29 03-30 03-31 04-29 04-30 05-29",
		  "02-29 03-29 03-30 03-31 04-29 04-30 05-29" },
		{ "FREQ=MONTHLY;BYMONTHDAY=1,15", "2026-01-31 09:00", "02-01 02-15 03-01 03-15",
		  "02-01 02-15 03-01 03-15" },
		{ "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31 09:00", "01-31 02-28 03-31",
		  "01-31 02-28 03-31" },
		{ "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=30", "2026-02-01 09:00",
		  "02-28 04-30 06-30 08-30", "04-30 06-30 08-30" },
		{ "FREQ=YEARLY", "2024-02-29 09:00", "02-29 02-28 02-28 02-28 02-29",
		  "02-29 02-29 02-29" },
		{ "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01 09:00",
		  "02-28 02-28 02-29 02-28", "02-29 02-29" },
		{ "FREQ=YEARLY;BYYEARDAY=366", "2026-01-01 09:00", "12-31 12-31", "12-31 12-31" },
		{ "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01 09:00", "02-28 02-28 02-29",
		  NULL },
		/* BYDAY and BYSETPOS choose: a fifth Sunday is never the 28th. */
		{ "FREQ=MONTHLY;BYDAY=SU;BYMONTHDAY=29,30,31", "2026-01-01 09:00",
		  "03-29 05-31 08-30 11-29", "03-29 05-31 08-30 11-29" },
		{ "FREQ=MONTHLY;BYMONTHDAY=28,31;BYSETPOS=-1", "2026-01-01 09:00",
		  "01-31 02-28 03-31 04-28", "01-31 02-28 03-31 04-28" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_days(rows[i].rrule, rows[i].start, false, rows[i].days);
		if (rows[i].skipped) {
			assert_days(rows[i].rrule, rows[i].start, true, rows[i].skipped);
		}
	}
}

TEST(test_weeks_months_and_ends)
{
	static const struct {
		const char *rrule, *start, *days;
	} rows[] = {
		{ "FREQ=WEEKLY;BYDAY=MO,TH", "2026-11-24 10:00", "11-26 11-30 12-03 12-07" },
		{ "FREQ=WEEKLY", "2026-11-24 10:00", "11-24 12-01" },
		{ "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "2027-06-01 10:00", "06-06 06-20 07-04" },
		/* RFC 5545's own example: where the week begins decides which Sunday it is. */
		{ "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "1997-08-05 09:00",
		  "08-05 08-10 08-19 08-24." },
		{ "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "1997-08-05 09:00",
		  "08-05 08-17 08-19 08-31." },
		{ "FREQ=MONTHLY;BYDAY=1SA", "2026-11-23 09:30", "12-05 01-02 02-06" },
		{ "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-01 09:00",
		  "01-30 02-27 03-31" },
		{ "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2026-01-01 09:00", "02-13 03-13 11-13" },
		{ "FREQ=DAILY;INTERVAL=3", "2026-12-30 09:00", "12-30 01-02 01-05" },
		{ "FREQ=DAILY;COUNT=3", "2026-12-30 09:00", "12-30 12-31 01-01." },
		{ "FREQ=DAILY;COUNT=1", "2026-12-30 09:00", "12-30." },
		{ "FREQ=DAILY;UNTIL=20270101", "2026-12-31 23:00", "12-31 01-01." },
		{ "FREQ=DAILY;UNTIL=20270101T230000", "2026-12-31 23:00", "12-31 01-01." },
		{ "FREQ=DAILY;UNTIL=20270101T225959", "2026-12-31 23:00", "12-31." },
		/* 05:00 UTC is 23:00 the evening before in Chicago. */
		{ "FREQ=DAILY;UNTIL=20270102T050000Z", "2026-12-31 23:00", "12-31 01-01." },
		{ "FREQ=DAILY;UNTIL=20270102T045959Z", "2026-12-31 23:00", "12-31." },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_days(rows[i].rrule, rows[i].start, false, rows[i].days);
	}
}

TEST(test_long_counts_end_where_they_should)
{
	_cleanup_(recur_freep) struct recur *recur =
		recur_of("FREQ=DAILY;COUNT=1000", "2026-01-01 09:00", chicago(), false);
	struct civil last;
	hf_time at = 0;

	for (int i = 0; i < 1000; i++) {
		assert_int_equal(recur_next(recur, at, &at), 0);
	}
	last = zone_civil(chicago(), at);
	assert_int_equal(civil_to_days(&last),
			 civil_to_days(&(struct civil){ .year = 2026, .month = 1, .day = 1 }) +
				 999);
	assert_int_equal(recur_next(recur, at, &at), RECUR_E_END);
	assert_int_equal(recur_next(recur, at, &at), RECUR_E_END);
	assert_int_equal(recur_next(recur, at - 1, &at), 0);
}

/* The wall clock stays when the offset changes, and a gap and an overlap each give one instant. */
TEST(test_over_changes_of_the_clock)
{
	_cleanup_(recur_freep) struct recur *evening =
		recur_of("FREQ=WEEKLY", "2026-02-24 19:00", chicago(), false);
	_cleanup_(recur_freep) struct recur *night =
		recur_of("FREQ=DAILY", "2026-01-01 02:30", chicago(), false);
	hf_time at = 0;

	for (int i = 0; i < 60; i++) {
		assert_int_equal(recur_next(evening, at, &at), 0);
		assert_int_equal(zone_civil(chicago(), at).hour, 19);
	}
	at = 0;
	for (int i = 0; i < 365; i++) {
		struct civil civil;

		assert_int_equal(recur_next(night, at, &at), 0);
		civil = zone_civil(chicago(), at);
		assert_int_equal(civil_to_days(&civil), 20454 + i);
		assert_int_equal(civil.hour, civil.month == 3 && civil.day == 8 ? 3 : 2);
	}
}

TEST(test_a_day_left_out_is_given_once)
{
	_cleanup_(recur_freep) struct recur *recur = NULL;
	const struct zone *apia = NULL;
	char text[64];

	assert_int_equal(zone_get("Pacific/Apia", &apia), 0);
	recur = recur_of("FREQ=DAILY", "2011-12-28 09:00", apia, false);
	first_days(recur, apia, 4, text, sizeof(text));
	assert_string_equal(text, "12-28 12-29 12-31 01-01");
}

/* Asked in any order, it answers as when asked in turn. */
TEST(test_any_order)
{
	static const char *const rules[] = { "FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SU",
					     "FREQ=MONTHLY;BYMONTHDAY=31", "FREQ=DAILY;COUNT=90" };

	for (size_t i = 0; i < COUNT(rules); i++) {
		_cleanup_(recur_freep) struct recur *recur =
			recur_of(rules[i], "2026-01-31 09:00", chicago(), false);
		hf_time all[90] = { 0 }, before = INT64_MIN;

		for (size_t j = 0; j < COUNT(all); j++) {
			assert_int_equal(recur_next(recur, before, &all[j]), 0);
			assert_true(all[j] > before);
			before = all[j];
		}
		for (size_t j = 1; j < 3 * COUNT(all); j++) {
			size_t at = j * 37 % (COUNT(all) - 1);
			hf_time next = 0;

			assert_int_equal(recur_next(recur, all[at], &next), 0);
			assert_int_equal(next, all[at + 1]);
			assert_int_equal(recur_next(recur, all[at] - 1, &next), 0);
			assert_int_equal(next, all[at]);
		}
	}
}

TEST(test_the_end_of_time)
{
	_cleanup_(recur_freep) struct recur *recur =
		recur_of("FREQ=DAILY", "2026-01-31 09:00", chicago(), false);
	hf_time at = 42;

	assert_int_equal(recur_next(recur, HF_NEVER, &at), RECUR_E_END);
	assert_int_equal(recur_next(recur, HF_NEVER - 1, &at), RECUR_E_END);
	assert_int_equal(at, 42);
	assert_int_equal(recur_next(recur, INT64_MIN, &at), 0);
}

/* What is not found from its own eve is not found from afar either. */
TEST(test_beyond_the_end_of_time)
{
	_cleanup_(recur_freep) struct recur *recur =
		recur_of("FREQ=YEARLY;INTERVAL=66", "2012-01-31 09:00", chicago(), false);
	hf_time at = INT64_MIN;

	for (int i = 0; i < 3; i++) {
		assert_int_equal(recur_next(recur, at, &at), 0);
	}
	assert_int_equal(zone_civil(chicago(), at).year, 2144);
	assert_int_equal(recur_next(recur, at, &at), RECUR_E_END);
}

TEST(test_rules_that_make_no_sense)
{
	static const char *const rules[] = {
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=DAILY;BYMONTHDAY=31;BYMONTH=4,6",
		"FREQ=MONTHLY;BYDAY=6MO",
		"FREQ=YEARLY;BYDAY=1MO;BYMONTH=1;BYMONTHDAY=20",
		"FREQ=MONTHLY;BYMONTHDAY=-31",
		"FREQ=YEARLY;BYYEARDAY=-366",
		"FREQ=DAILY;UNTIL=20251231",
		"FREQ=WEEKLY;BYDAY=MO;UNTIL=20260101",
		"FREQ=HOURLY",
		"",
	};
	struct civil start = { 2026, 1, 1, 9, 0, 0 };
	struct recur *recur = NULL;

	for (size_t i = 0; i < COUNT(rules); i++) {
		const char *why = NULL;

		assert_int_equal(recur_new(rules[i], &start, chicago(), false, &recur, &why),
				 RECUR_E_RULE);
		assert_null(recur);
		assert_non_null(why);
	}
	/* With `skip` there is no 30th of February, without it there is. */
	assert_int_equal(recur_new("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", &start, chicago(), true,
				   &recur, &(const char *){ NULL }),
			 RECUR_E_RULE);
	assert_null(recur_free(NULL));
}

static int close_zones(void **state)
{
	(void)state;
	zone_close();
	return 0;
}

GROUP_FIXTURE(NULL, close_zones);
