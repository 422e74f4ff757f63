/* The days of rules: the examples of RFC 5545 3.8.5.3, and cases that libraries get wrong. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/calendar.h"

static struct rrule rule_of(const char *text, const struct civil *start)
{
	const char *why = NULL;
	struct rrule rule;

	if (rrule_parse(text, &rule, &why) != 0) {
		fail_msg("%s: %s", text, why);
	}
	rrule_complete(&rule, start);
	return rule;
}

static void assert_days(const char *text, const char *start, bool last_day, const char *expected)
{
	struct civil date;
	struct rrule rule;
	char found[256] = "", *at = found;
	int64_t first, day;

	assert_int_equal(civil_parse_date(start, &date), 0);
	rule = rule_of(text, &date);
	first = civil_to_days(&date);
	day = INT64_C(-100000);
	for (const char *word = expected; word; word = strchr(word + 1, ' ')) {
		assert_int_equal(calendar_next(&rule, first, last_day, day + 1, &day), 0);
		date = civil_from_days(day);
		at += snprintf(at, sizeof(found) - (size_t)(at - found), "%s%04d-%02d-%02d",
			       at == found ? "" : " ", date.year, date.month, date.day);
	}
	if (strcmp(found, expected) != 0) {
		fail_msg("%s from %s:\n%s, not\n%s", text, start, found, expected);
	}
}

TEST(test_examples_of_the_standard)
{
	static const char *const rows[][2] = {
		{ "FREQ=DAILY;INTERVAL=10", "1997-09-02 1997-09-12 1997-09-22" },
		{ "FREQ=WEEKLY", "1997-09-02 1997-09-09 1997-09-16" },
		{ "FREQ=WEEKLY;INTERVAL=2;WKST=SU", "1997-09-02 1997-09-16 1997-09-30" },
		{ "FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR",
		  "1997-09-03 1997-09-05 1997-09-15 1997-09-17 1997-09-19 1997-09-29" },
		{ "FREQ=MONTHLY;BYDAY=1FR", "1997-09-05 1997-10-03 1997-11-07" },
		{ "FREQ=MONTHLY;INTERVAL=2;BYDAY=1SU,-1SU",
		  "1997-09-07 1997-09-28 1997-11-02 1997-11-30 1998-01-04" },
		{ "FREQ=MONTHLY;BYDAY=-2MO", "1997-09-22 1997-10-20 1997-11-17" },
		{ "FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28 1997-10-29 1997-11-28 1997-12-29" },
		{ "FREQ=MONTHLY;BYMONTHDAY=2,15", "1997-09-02 1997-09-15 1997-10-02" },
		{ "FREQ=MONTHLY;BYMONTHDAY=1,-1", "1997-09-30 1997-10-01 1997-10-31" },
		{ "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", "1997-09-02 1997-09-09 1997-09-16 1997-09-23 "
						      "1997-09-30 1997-11-04" },
		{ "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1998-02-13 1998-03-13 1998-11-13" },
		{ "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
		  "1997-09-13 1997-10-11 1997-11-08" },
		{ "FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04 1997-10-07 1997-11-06" },
		{ "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
		  "1997-09-29 1997-10-30 1997-11-27" },
		{ "FREQ=YEARLY;BYMONTH=6,7", "1998-06-02 1998-07-02 1999-06-02" },
		{ "FREQ=YEARLY;INTERVAL=3;BYYEARDAY=1,100,200",
		  "2000-01-01 2000-04-09 2000-07-18 2003-01-01" },
		{ "FREQ=YEARLY;BYDAY=20MO", "1998-05-18 1999-05-17 2000-05-15" },
		{ "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1998-05-11 1999-05-17 2000-05-15" },
		{ "FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1998-03-05 1998-03-12 1998-03-19 1998-03-26" },
		{ "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
		  "1997-11-04 2001-11-06" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_days(rows[i][0], "1997-09-02", false, rows[i][1]);
	}
}

/* The week, month or year of the start is the first, whether or not the rule names the start. */
TEST(test_intervals_count_from_the_start)
{
	assert_days("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", "2027-06-01", false,
		    "2027-06-06 2027-06-20 2027-07-04");
	assert_days("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU", "2027-06-01", false,
		    "2027-06-13 2027-06-27");
	assert_days("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU", "2027-06-01", false,
		    "2027-06-06 2027-06-14 2027-06-20");
	assert_days("FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1", "2026-11-23", false,
		    "2027-02-01 2027-05-01");
	assert_days("FREQ=YEARLY;INTERVAL=2;BYMONTH=1;BYMONTHDAY=1", "2026-11-23", false,
		    "2028-01-01 2030-01-01");
	assert_days("FREQ=DAILY;INTERVAL=2;BYDAY=MO", "2026-11-24", false, "2026-11-30 2026-12-14");
}

TEST(test_what_libraries_differ_in)
{
	assert_days("FREQ=YEARLY;BYMONTHDAY=15", "2026-02-05", false,
		    "2026-02-15 2026-03-15 2026-04-15");
	assert_days("FREQ=WEEKLY;BYDAY=MO,TH;BYSETPOS=1", "2026-02-05", false,
		    "2026-02-09 2026-02-16");
	assert_days("FREQ=MONTHLY;BYDAY=SA,1SU", "2026-02-05", false,
		    "2026-02-07 2026-02-14 2026-02-21 2026-02-28 2026-03-01 2026-03-07");
	assert_days("FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU;WKST=TU", "2024-01-28", false,
		    "2028-01-02 2033-01-02");
	assert_days("FREQ=YEARLY;BYWEEKNO=-1;BYDAY=FR", "2026-01-10", false,
		    "2027-01-01 2027-12-31");
}

TEST(test_last_days)
{
	assert_days("FREQ=MONTHLY;BYMONTHDAY=30", "2027-12-31", true,
		    "2028-01-30 2028-02-29 2028-03-30");
	assert_days("FREQ=MONTHLY;BYMONTHDAY=30", "2027-12-31", false, "2028-01-30 2028-03-30");
	assert_days("FREQ=YEARLY;BYYEARDAY=366", "2026-01-01", true, "2026-12-31 2027-12-31");
	assert_days("FREQ=YEARLY;BYYEARDAY=366", "2026-01-01", false, "2028-12-31 2032-12-31");
	assert_days("FREQ=YEARLY", "2024-02-29", true, "2024-02-29 2025-02-28 2026-02-28");
}

TEST(test_nothing_in_a_hundred_years)
{
	static const char *const rules[] = {
		"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "FREQ=MONTHLY;BYDAY=6MO",
		"FREQ=YEARLY;BYDAY=53MO;BYMONTH=1",   "FREQ=YEARLY;BYWEEKNO=30;BYMONTH=1",
		"FREQ=DAILY;BYDAY=MO;BYSETPOS=2",
	};
	struct civil start = { .year = 2026, .month = 1, .day = 1 };
	int64_t day = 42;

	for (size_t i = 0; i < COUNT(rules); i++) {
		struct rrule rule = rule_of(rules[i], &start);

		assert_int_equal(calendar_next(&rule, 20454, false, 20454, &day), CALENDAR_E_NONE);
		assert_int_equal(day, 42);
	}
}
