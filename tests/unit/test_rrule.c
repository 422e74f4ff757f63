/*
 * Rules that are refused, each with words that say what to do, and what is read from the others;
 * and the days that they name: the examples of RFC 5545 3.8.5.3, and cases that libraries get wrong.
 */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/rrule.h"

static struct rrule rule_of(const char *text)
{
	struct rrule rule = { 0 };
	const char *why = NULL;

	if (rrule_parse(text, &rule, &why) != 0) {
		fail_msg("%s: %s", text, why);
	}
	assert_null(why);
	return rule;
}

TEST(test_taken)
{
	struct rrule rule = rule_of("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=SU;COUNT=10000");

	assert_true(rule.frequency == RRULE_WEEKLY && rule.count == 10000);
	assert_int_equal(rule.by, RRULE_BYDAY);
	assert_int_equal(rule.week_start, WEEKDAY_SU);
	assert_true(rule.interval == 2 && rule.weekdays == (1u << WEEKDAY_MO | 1u << WEEKDAY_TH));
	assert_int_equal(rule.until_kind, RRULE_UNTIL_NONE);

	rule = rule_of("BYMONTHDAY=1,-1,31;FREQ=MONTHLY");
	assert_true(rule.frequency == RRULE_MONTHLY && rule.interval == 1);
	assert_true(rule.month_days == (1u << 1 | 1u << 31) && rule.month_days_from_end == 1u << 1);
	assert_int_equal(rule.by, RRULE_BYMONTHDAY);
	assert_int_equal(rule.week_start, WEEKDAY_MO);

	rule = rule_of("FREQ=YEARLY;BYYEARDAY=+366,-366");
	assert_true(rrule_list_has(&rule.year_days, 366) && rrule_list_has(&rule.year_days, -366));
	assert_false(rrule_list_has(&rule.year_days, 365));
	rule = rule_of("FREQ=MONTHLY;BYDAY=1SA,-1FR,+2SA");
	assert_true(rule.nth[WEEKDAY_SA].from_start == (1u << 1 | 1u << 2) && rule.weekdays == 0);
	assert_true(rule.nth[WEEKDAY_FR].from_end == 1u << 1 && !rule.nth[WEEKDAY_FR].from_start);
	assert_int_equal(rule_of("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO").by,
			 RRULE_BYWEEKNO | RRULE_BYDAY);
	assert_int_equal(rule_of("FREQ=MONTHLY;BYDAY=1SA,-1FR,+2MO").by, RRULE_BYDAY);
	assert_int_equal(rule_of("FREQ=YEARLY;BYMONTH=1;BYSETPOS=1").by,
			 RRULE_BYMONTH | RRULE_BYSETPOS);
	assert_int_equal(rule_of("FREQ=DAILY;INTERVAL=3650").frequency, RRULE_DAILY);
}

/* What a rule leaves to its start: a Thursday, the 29th of February. */
TEST(test_completed)
{
	const struct civil start = { 2024, 2, 29, 9, 0, 0 };
	struct rrule rule = rule_of("FREQ=WEEKLY");

	rrule_complete(&rule, &start);
	assert_true(rule.by == RRULE_BYDAY && rule.weekdays == 1u << WEEKDAY_TH);
	rule = rule_of("FREQ=MONTHLY");
	rrule_complete(&rule, &start);
	assert_true(rule.by == RRULE_BYMONTHDAY && rule.month_days == 1u << 29);
	rule = rule_of("FREQ=YEARLY");
	rrule_complete(&rule, &start);
	assert_int_equal(rule.by, RRULE_BYMONTHDAY | RRULE_BYMONTH);
	assert_true(rule.months == 1u << 2 && rule.month_days == 1u << 29);
	rule = rule_of("FREQ=YEARLY;BYMONTH=6");
	rrule_complete(&rule, &start);
	assert_true(rule.months == 1u << 6 && rule.month_days == 1u << 29);
	rule = rule_of("FREQ=YEARLY;BYWEEKNO=20");
	rrule_complete(&rule, &start);
	assert_int_equal(rule.by, RRULE_BYWEEKNO | RRULE_BYDAY);
	rule = rule_of("FREQ=YEARLY;BYMONTHDAY=15");
	rrule_complete(&rule, &start);
	assert_int_equal(rule.by, RRULE_BYMONTHDAY);
	rule = rule_of("FREQ=DAILY");
	rrule_complete(&rule, &start);
	assert_int_equal(rule.by, 0);
}

TEST(test_until)
{
	struct rrule rule = rule_of("FREQ=DAILY;UNTIL=20261231");

	assert_int_equal(rule.until_kind, RRULE_UNTIL_LOCAL);
	assert_memory_equal(&rule.until, (&(struct civil){ 2026, 12, 31, 23, 59, 59 }),
			    sizeof(rule.until));
	rule = rule_of("FREQ=DAILY;UNTIL=20261231T080500");
	assert_int_equal(rule.until_kind, RRULE_UNTIL_LOCAL);
	assert_memory_equal(&rule.until, (&(struct civil){ 2026, 12, 31, 8, 5, 0 }),
			    sizeof(rule.until));
	assert_int_equal(rule_of("FREQ=DAILY;UNTIL=20261231T080500Z").until_kind, RRULE_UNTIL_UTC);
}

/* And a word that must be in the reason. */
static const char *const refused[][2] = {
	{ "", "semicolons" },
	{ ";", "semicolons" },
	{ "FREQ", "with = and a value" },
	{ "FREQ=", "DAILY" },
	{ "FREQ=WEEKLY;", "semicolons" },
	{ "freq=weekly", "capitals" },
	{ "FREQ=weekly", "WEEKLY" },
	{ "RRULE:FREQ=WEEKLY", "RRULE:" },
	{ "INTERVAL=2", "begin with FREQ" },
	{ "FREQ=WEEKLY;FREQ=DAILY", "once" },
	{ "FREQ=WEEKLY;BYDAY=MO;BYDAY=TU", "once" },
	{ "FREQ=HOURLY", "daily" },
	{ "FREQ=MINUTELY", "daily" },
	{ "FREQ=SECONDLY", "daily" },
	{ "FREQ=DAILY;BYHOUR=9", "`at`" },
	{ "FREQ=DAILY;BYMINUTE=9", "`at`" },
	{ "FREQ=DAILY;BYSECOND=9", "`at`" },
	{ "RSCALE=HEBREW;FREQ=YEARLY", "Gregorian" },
	{ "FREQ=MONTHLY;SKIP=FORWARD", "`skip`" },
	{ "FREQ=DAILY;DTSTART=20260101", "start" },
	{ "FREQ=DAILY;X-FOO=1", "its parts are" },
	{ "FREQ=DAILY;INTERVAL=0", "INTERVAL" },
	{ "FREQ=DAILY;INTERVAL=-1", "INTERVAL" },
	{ "FREQ=DAILY;INTERVAL=1,2", "INTERVAL" },
	{ "FREQ=DAILY;INTERVAL=3651", "INTERVAL" },
	{ "FREQ=DAILY;INTERVAL=99999999999999999999", "INTERVAL" },
	{ "FREQ=DAILY;INTERVAL=", "INTERVAL" },
	{ "FREQ=DAILY;INTERVAL=2x", "INTERVAL" },
	{ "FREQ=DAILY;COUNT=0", "COUNT" },
	{ "FREQ=DAILY;COUNT=10001", "COUNT" },
	{ "FREQ=DAILY;COUNT=5;UNTIL=20261231", "not both" },
	{ "FREQ=DAILY;UNTIL=20260230", "UNTIL" },
	{ "FREQ=DAILY;UNTIL=2026-12-31", "UNTIL" },
	{ "FREQ=DAILY;UNTIL=20261231T", "UNTIL" },
	{ "FREQ=DAILY;UNTIL=20261231T250000", "UNTIL" },
	{ "FREQ=DAILY;UNTIL=20261231 200000", "UNTIL" },
	{ "FREQ=DAILY;UNTIL=20261231T200000z", "UNTIL" },
	{ "FREQ=WEEKLY;BYDAY=", "BYDAY" },
	{ "FREQ=WEEKLY;BYDAY=MO,", "BYDAY" },
	{ "FREQ=WEEKLY;BYDAY=MON", "BYDAY" },
	{ "FREQ=WEEKLY;BYDAY=MO-FR", "BYDAY" },
	{ "FREQ=MONTHLY;BYDAY=0MO", "BYDAY" },
	{ "FREQ=MONTHLY;BYDAY=-MO", "BYDAY" },
	{ "FREQ=MONTHLY;BYDAY=54MO", "BYDAY" },
	{ "FREQ=WEEKLY;BYDAY=1MO", "numbered" },
	{ "FREQ=DAILY;BYDAY=1MO", "numbered" },
	{ "FREQ=YEARLY;BYWEEKNO=2;BYDAY=1MO", "numbered" },
	{ "FREQ=WEEKLY;WKST=XX", "WKST" },
	{ "FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY" },
	{ "FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY" },
	{ "FREQ=MONTHLY;BYMONTHDAY=-32", "BYMONTHDAY" },
	{ "FREQ=MONTHLY;BYMONTHDAY=1,,2", "BYMONTHDAY" },
	{ "FREQ=WEEKLY;BYMONTHDAY=1", "FREQ=MONTHLY" },
	{ "FREQ=YEARLY;BYMONTH=13", "BYMONTH" },
	{ "FREQ=YEARLY;BYMONTH=-1", "BYMONTH" },
	{ "FREQ=YEARLY;BYMONTH=1,1,1,1,1,1,1,1,1,1,1,1,1", "BYMONTH" },
	{ "FREQ=YEARLY;BYYEARDAY=367", "BYYEARDAY" },
	{ "FREQ=MONTHLY;BYYEARDAY=1", "FREQ=YEARLY" },
	{ "FREQ=YEARLY;BYWEEKNO=54", "BYWEEKNO" },
	{ "FREQ=MONTHLY;BYWEEKNO=1", "FREQ=YEARLY" },
	{ "FREQ=MONTHLY;BYSETPOS=1", "name them" },
	{ "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "BYSETPOS" },
	{ "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=367", "BYSETPOS" },
};

TEST(test_refused)
{
	for (size_t i = 0; i < COUNT(refused); i++) {
		struct rrule rule = { .count = -1 };
		const char *why = NULL;

		assert_int_equal(rrule_parse(refused[i][0], &rule, &why), RRULE_E_RULE);
		assert_int_equal(rule.count, -1);
		assert_non_null(why);
		if (!strstr(why, refused[i][1])) {
			fail_msg("%s: %s", refused[i][0], why);
		}
	}
}

TEST(test_too_long)
{
	char text[RRULE_MAX + 2] = "FREQ=WEEKLY;BYDAY=";
	const char *why = NULL;
	struct rrule rule;

	memset(text + strlen(text), 'M', sizeof(text) - 1 - strlen(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(rrule_parse(text, &rule, &why), RRULE_E_RULE);
	assert_non_null(strstr(why, "500"));
}

/* --- the days that a rule names ------------------------------------------------- */

static struct rrule completed(const char *text, const struct civil *start)
{
	struct rrule rule = rule_of(text);

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
	rule = completed(text, &date);
	first = civil_to_days(&date);
	day = INT64_C(-100000);
	for (const char *word = expected; word; word = strchr(word + 1, ' ')) {
		assert_int_equal(rrule_next(&rule, first, last_day, day + 1, &day), 0);
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
		struct rrule rule = completed(rules[i], &start);

		assert_int_equal(rrule_next(&rule, 20454, false, 20454, &day), RRULE_E_NONE);
		assert_int_equal(day, 42);
	}
}
