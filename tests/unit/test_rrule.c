/* Rules that are refused, each with words that say what to do, and what is read from the others. */
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
	{ "", "capitals" },
	{ ";", "capitals" },
	{ "FREQ", "capitals" },
	{ "FREQ=", "DAILY" },
	{ "FREQ=WEEKLY;", "capitals" },
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
	{ "FREQ=DAILY;X-FOO=1", "capitals" },
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
