/* Occurrences, and how they are counted: held against lib/recur and against each other. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "engine/rule.h"
#include "plan_rig.h"

#define MO 1u
#define TH 8u

static struct rule weekly(const char *anchor, unsigned weekdays, int every, int minute)
{
	return (struct rule){ .kind = RULE_WEEKLY,
			      .zone = zone("America/Chicago"),
			      .anchor = day(anchor),
			      .weekdays = weekdays,
			      .every = every,
			      .minute = minute };
}

static void expect_at(const struct rule_walk *walk, const char *when)
{
	assert_int_equal(walk->at, instant(when));
	assert_int_equal(walk->day, day(when));
}

TEST(test_once)
{
	struct rule rule = { .kind = RULE_ONCE,
			     .zone = zone("America/Chicago"),
			     .anchor = day("2026-12-02"),
			     .minute = 14 * 60 };
	struct rule_walk walk;

	assert_int_equal(rule_walk_init(&walk, &rule), 0);
	assert_int_equal(rule_walk_seek(&walk, instant("2026-12-02 14:00") - 1), 0);
	expect_at(&walk, "2026-12-02 14:00");
	assert_int_equal(rule_walk_step(&walk), 0);
	assert_int_equal(walk.at, HF_NEVER);
	assert_int_equal(rule_walk_step(&walk), 0);
	assert_int_equal(walk.at, HF_NEVER);
	assert_int_equal(rule_walk_seek(&walk, instant("2026-12-02 14:00")), 0);
	assert_int_equal(walk.at, HF_NEVER);
	assert_int_equal(rule_walk_seek(&walk, 0), 0);
	expect_at(&walk, "2026-12-02 14:00");
	rule_walk_done(&walk);
}

TEST(test_every_second_week)
{
	struct rule rule = weekly("2026-01-07", MO | TH, 2, 600); /* a Wednesday */
	struct rule_walk walk;
	static const char *const when[] = { "2026-01-08 10:00", "2026-01-12 10:00",
					    "2026-01-22 10:00", "2026-01-26 10:00",
					    "2026-02-05 10:00" };

	assert_int_equal(rule_walk_init(&walk, &rule), 0);
	assert_int_equal(rule_walk_seek(&walk, instant("2026-01-07 00:00")), 0);
	for (size_t i = 0; i < COUNT(when); i++) {
		expect_at(&walk, when[i]);
		assert_int_equal(rule_walk_step(&walk), 0);
	}
	rule_walk_done(&walk);
}

TEST(test_clocks_change)
{
	struct rule rule = weekly("2026-01-01", WEEKDAY_ALL, 1, 2 * 60 + 30);
	struct rule_walk walk;

	assert_int_equal(rule_walk_init(&walk, &rule), 0);
	/* The gap: by the old offset it is 03:30, and there is one. */
	assert_int_equal(rule_walk_seek(&walk, instant("2026-03-07 12:00")), 0);
	assert_int_equal(walk.at, instant("2026-03-08 03:30"));
	assert_int_equal(walk.day, day("2026-03-08"));
	assert_int_equal(rule_walk_step(&walk), 0);
	expect_at(&walk, "2026-03-09 02:30");

	/* The overlap: the first 01:30, and never the second. */
	rule.minute = 90;
	assert_int_equal(rule_walk_seek(&walk, instant("2026-10-31 12:00")), 0);
	assert_int_equal(walk.at, instant("2026-11-01 00:30") + HF_HOUR);
	assert_int_equal(rule_walk_step(&walk), 0);
	expect_at(&walk, "2026-11-02 01:30");
	rule_walk_done(&walk);
}

/* The words of RFC 5545 for a weekly rule. */
static void spell(const struct rule *rule, char *text, size_t size)
{
	struct civil anchor = civil_from_days(rule->anchor);
	size_t used =
		(size_t)snprintf(text, size, "FREQ=WEEKLY;INTERVAL=%d;WKST=%s;BYDAY=", rule->every,
				 weekday_word(civil_weekday(&anchor)));
	const char *comma = "";

	for (int weekday = 0; weekday < 7; weekday++) {
		if (rule->weekdays & 1u << weekday) {
			used += (size_t)snprintf(text + used, size - used, "%s%s", comma,
						 weekday_word((enum weekday)weekday));
			comma = ",";
		}
	}
}

static void compare_with_recur(struct rule rule)
{
	char words[128];
	struct rule same = rule;
	struct rule_walk ours, theirs;
	int64_t count = 0, start = rule.anchor;

	spell(&rule, words, sizeof(words));
	same.kind = RULE_RRULE;
	same.rrule = words;
	rule_normalise(&rule);
	assert_int_equal(rule_walk_init(&ours, &rule), 0);
	assert_int_equal(rule_walk_init(&theirs, &same), 0);
	assert_int_equal(rule_walk_seek(&ours, zone_midnight(rule.zone, start) - 1), 0);
	assert_int_equal(rule_walk_seek(&theirs, zone_midnight(rule.zone, start) - 1), 0);
	for (; ours.day < start + 800; count++) {
		assert_int_equal(ours.at, theirs.at);
		assert_int_equal(ours.day, theirs.day);
		assert_int_equal(theirs.index, count);
		assert_int_equal(rule_count(&rule, start, ours.day), count);
		assert_int_equal(rule_walk_step(&ours), 0);
		assert_int_equal(rule_walk_step(&theirs), 0);
	}
	rule_walk_done(&ours);
	rule_walk_done(&theirs);
}

TEST(test_agrees_with_recur)
{
	static const char *const zones[] = { "America/Chicago", "Australia/Lord_Howe",
					     "Europe/Dublin", "America/Phoenix" };

	for (size_t i = 0; i < COUNT(zones); i++) {
		for (int every = 1; every <= 3; every++) {
			for (int start = 1; start <= 7; start++) {
				struct rule rule = weekly("2026-01-01", 0, every, 150);

				rule.zone = zone(zones[i]);
				rule.anchor += start;
				rule.weekdays = 1u << start % 7 | (unsigned)(37 * start) % 127;
				rule.weekdays &= WEEKDAY_ALL;
				compare_with_recur(rule);
			}
		}
	}
}

TEST(test_count)
{
	struct rule rule = weekly("2026-01-05", MO | TH, 1, 600);

	assert_int_equal(rule_count(&rule, day("2026-01-05"), day("2026-01-05")), 0);
	assert_int_equal(rule_count(&rule, day("2026-01-05"), day("2026-01-04")), 0);
	assert_int_equal(rule_count(&rule, day("2026-01-05"), day("2026-01-06")), 1);
	assert_int_equal(rule_count(&rule, day("2026-01-05"), day("2026-03-02")), 16);
	rule.every = 2;
	assert_int_equal(rule_count(&rule, day("2026-01-05"), day("2026-03-02")), 8);
}

TEST(test_rrule_counts_from_its_anchor)
{
	struct rule rule = { .kind = RULE_RRULE,
			     .zone = zone("America/Chicago"),
			     .anchor = day("2026-01-05"),
			     .minute = 600,
			     .rrule = "FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=4" };
	struct rule_walk walk;

	assert_int_equal(rule_walk_init(&walk, &rule), 0);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(rule_walk_seek(&walk, instant("2026-02-10")), 0);
		expect_at(&walk, "2026-02-15 10:00");
		assert_int_equal(walk.index, 2);
	}
	assert_int_equal(rule_walk_step(&walk), 0);
	assert_int_equal(walk.index, 3);
	assert_int_equal(rule_walk_step(&walk), 0);
	assert_int_equal(walk.at, HF_NEVER);
	assert_int_equal(rule_walk_seek(&walk, instant("2027-01-01")), 0);
	assert_int_equal(walk.at, HF_NEVER);
	rule_walk_done(&walk);

	rule.rrule = "FREQ=SOMETIMES";
	assert_int_equal(rule_walk_init(&walk, &rule), -EINVAL);
	rule_walk_done(&walk);
}

/* Sound as rules, but the first ends before this client's start and the other is never in her
 * months: hers alone is empty. */
TEST(test_rrule_without_days)
{
	static const char *const rules[] = { "FREQ=DAILY;UNTIL=20260601",
					     "FREQ=MONTHLY;INTERVAL=2;BYMONTH=1" };

	for (size_t i = 0; i < COUNT(rules); i++) {
		struct rule rule = { .kind = RULE_RRULE,
				     .zone = zone("America/Chicago"),
				     .anchor = day("2026-10-24"),
				     .minute = 600,
				     .rrule = rules[i] };
		struct rule_walk walk;

		assert_int_equal(rule_walk_init(&walk, &rule), 0);
		assert_int_equal(rule_walk_seek(&walk, 0), 0);
		assert_int_equal(walk.at, HF_NEVER);
		assert_int_equal(rule_walk_seek(&walk, instant("2026-12-01")), 0);
		assert_int_equal(walk.at, HF_NEVER);
		assert_int_equal(rule_walk_step(&walk), 0);
		assert_int_equal(walk.at, HF_NEVER);
		rule_walk_done(&walk);
	}
}

TEST(test_normal)
{
	struct rule a = weekly("2026-01-05", MO, 1, 600), b = weekly("2026-01-07", MO, 0, 600);
	struct rule c = weekly("2026-01-05", MO, 2, 600), d = weekly("2026-01-19", MO, 2, 600);
	struct rule e = weekly("2026-01-12", MO, 2, 600);

	rule_normalise(&a);
	rule_normalise(&b);
	rule_normalise(&c);
	rule_normalise(&d);
	rule_normalise(&e);
	assert_true(rule_equal(&a, &b));
	assert_int_equal(rule_hash(&a), rule_hash(&b));
	assert_true(rule_equal(&c, &d));
	assert_int_equal(rule_hash(&c), rule_hash(&d));
	assert_false(rule_equal(&c, &e));
	assert_false(rule_equal(&a, &c));
	b.minute++;
	assert_false(rule_equal(&a, &b));
}

static int tear_down(void **state)
{
	(void)state;
	zone_close();
	return 0;
}

GROUP_FIXTURE(NULL, tear_down);
