/* Who shares a series, and what is due next. */
#include <string.h>

#include "test.h"
#include "engine/series.h"
#include "plan_rig.h"

static const struct span none, two_hours = { 0, 2 * HF_HOUR }, one_day = { 1, 0 };

static struct rule weekly(unsigned weekdays, int every, const char *anchor)
{
	return (struct rule){ .kind = RULE_WEEKLY,
			      .zone = zone("America/Chicago"),
			      .weekdays = weekdays,
			      .every = every,
			      .anchor = day(anchor),
			      .minute = 600 };
}

static struct member member_of(const struct client *client, const char *first, const char *last)
{
	return (struct member){ .client = client,
				.reminder = "checkin",
				.kind = KIND_CHECK_IN,
				.first_day = (int32_t)day(first),
				.last_day = last ? (int32_t)day(last) : MEMBER_DAY_OPEN };
}

static int set_up(void **state)
{
	return series_set_new((struct series_set **)state);
}

static int tear_down(void **state)
{
	(void)series_set_free(*state);
	(void)series_set_free(NULL);
	zone_close();
	return 0;
}

FIXTURE(set_up, tear_down);

TEST(test_sharing)
{
	struct client a = a_client("2026-01-05"), b = a_client("2026-01-07");
	struct member first = member_of(&a, "2026-01-05", NULL);
	struct member second = member_of(&b, "2026-01-07", NULL);
	struct rule every_week = weekly(1, 1, "2026-01-05"),
		    other_start = weekly(1, 1, "2026-01-07");
	struct rule every_other = weekly(1, 2, "2026-01-05"), same = weekly(1, 2, "2026-02-02");
	struct rule apart = weekly(1, 2, "2026-01-12");

	assert_int_equal(series_set_join(*state, &every_week, &none, &first), 0);
	assert_int_equal(series_set_join(*state, &other_start, &none, &second), 0);
	assert_int_equal(series_set_count(*state), 1);
	assert_int_equal(series_set_join(*state, &every_week, &two_hours, &first), 0);
	assert_int_equal(series_set_count(*state), 2);
	assert_int_equal(series_set_join(*state, &every_other, &none, &first), 0);
	assert_int_equal(series_set_join(*state, &same, &none, &second), 0);
	assert_int_equal(series_set_count(*state), 3);
	assert_int_equal(series_set_join(*state, &apart, &none, &first), 0);
	assert_int_equal(series_set_count(*state), 4);
	every_week.zone = zone("America/Phoenix");
	assert_int_equal(series_set_join(*state, &every_week, &none, &first), 0);
	assert_int_equal(series_set_count(*state), 5);
}

TEST(test_windows_and_ordinals)
{
	struct client a = a_client("2026-01-05"), b = a_client("2026-01-19");
	struct member first = member_of(&a, "2026-01-05", "2026-01-25");
	struct member second = member_of(&b, "2026-01-19", NULL);
	struct rule rule = weekly(1, 1, "2026-01-05");
	const struct series *top;

	second.base = 7;
	assert_int_equal(series_set_join(*state, &rule, &none, &first), 0);
	assert_int_equal(series_set_join(*state, &rule, &none, &second), 0);
	assert_int_equal(series_set_seek(*state, instant("2026-01-13")), 0);
	top = series_set_top(*state);
	assert_int_equal(top->due, instant("2026-01-19 10:00"));
	assert_int_equal(top->member_count, 2);
	assert_true(series_has(top, &top->members[0]));
	assert_int_equal(series_ordinal(top, &top->members[0]), 2);
	assert_true(series_has(top, &top->members[1]));
	assert_int_equal(series_ordinal(top, &top->members[1]), 7);
	assert_int_equal(series_set_advance(*state), 0);
	assert_false(series_has(top, &top->members[0]));
	assert_int_equal(series_ordinal(top, &top->members[1]), 8);
	/* Back to before either began: the first moment that anyone has part in. */
	assert_int_equal(series_set_seek(*state, 0), 0);
	assert_int_equal(top->due, instant("2026-01-05 10:00"));
	assert_false(series_has(top, &top->members[1]));
}

TEST(test_leads)
{
	struct client a = a_client("2026-01-05");
	struct member member = member_of(&a, "2026-01-05", NULL);
	struct rule rule = weekly(1, 1, "2026-01-05");
	const struct series *top;

	assert_int_equal(series_set_join(*state, &rule, &one_day, &member), 0);
	assert_int_equal(series_set_seek(*state, 0), 0);
	top = series_set_top(*state);
	/* A day before her first day: it comes, and she has no part in it. */
	assert_int_equal(top->due, instant("2026-01-04 10:00"));
	assert_false(series_has(top, &top->members[0]));
	assert_int_equal(series_set_advance(*state), 0);
	assert_int_equal(top->due, instant("2026-01-11 10:00"));
	assert_true(series_has(top, &top->members[0]));
	assert_int_equal(series_ordinal(top, &top->members[0]), 1);
	/* Exactly at the due time it is over. */
	assert_int_equal(series_set_seek(*state, instant("2026-01-11 10:00")), 0);
	assert_int_equal(top->due, instant("2026-01-18 10:00"));
}

TEST(test_end)
{
	struct client a = a_client("2026-01-05");
	struct member member = member_of(&a, "2026-01-05", "2026-01-12");
	struct rule rule = weekly(1, 1, "2026-01-05");

	assert_null(series_set_top(*state));
	assert_int_equal(series_set_advance(*state), 0);
	assert_int_equal(series_set_seek(*state, 0), 0);
	assert_int_equal(series_set_join(*state, &rule, &none, &member), 0);
	assert_int_equal(series_set_seek(*state, 0), 0);
	assert_int_equal(series_set_advance(*state), 0);
	assert_non_null(series_set_top(*state));
	assert_int_equal(series_set_advance(*state), 0);
	assert_null(series_set_top(*state));
	assert_int_equal(series_set_advance(*state), 0);
	assert_null(series_set_top(*state));
}

/* A thousand series, each with its own minute: what comes out is sorted. */
TEST(test_heap)
{
	struct client a = a_client("2026-01-05");
	struct member member = member_of(&a, "2026-01-05", "2026-01-18");
	hf_time last = 0;
	int moments = 0;

	for (int i = 0; i < 1000; i++) {
		struct rule rule = weekly(1u << (i * 5) % 7, 1, "2026-01-05");

		rule.minute = (i * 617) % 1000;
		assert_int_equal(series_set_join(*state, &rule, &none, &member), 0);
	}
	assert_int_equal(series_set_count(*state), 1000);
	assert_int_equal(series_set_seek(*state, 0), 0);
	for (const struct series *top; (top = series_set_top(*state)); moments++) {
		assert_true(top->due >= last);
		last = top->due;
		assert_int_equal(series_set_advance(*state), 0);
	}
	assert_int_equal(moments, 2000);
}

/* Due at one instant: the sooner occurrence first, in whatever order they were added. */
TEST(test_ties)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
					 { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	struct client a = a_client("2026-01-05");
	struct member member = member_of(&a, "2026-01-05", "2026-01-18");
	const struct rule rules[] = { weekly(1u << 1, 1, "2026-01-05"),
				      weekly(1u << 2, 1, "2026-01-05"),
				      weekly(1u << 3, 1, "2026-01-05") };

	for (size_t i = 0; i < COUNT(orders); i++) {
		_cleanup_(series_set_freep) struct series_set *set = NULL;

		assert_int_equal(series_set_new(&set), 0);
		for (int j = 0; j < 3; j++) {
			const struct span lead = { .days = orders[i][j] };

			assert_int_equal(series_set_join(set, &rules[orders[i][j]], &lead, &member),
					 0);
		}
		assert_int_equal(series_set_seek(set, 0), 0);
		for (int j = 0; j < 6; j++) {
			assert_int_equal(series_set_top(set)->lead.days, j % 3);
			assert_int_equal(series_set_advance(set), 0);
		}
	}
}

TEST(test_bad_rule)
{
	struct client a = a_client("2026-01-05");
	struct member member = member_of(&a, "2026-01-05", NULL);
	struct rule rule = { .kind = RULE_RRULE,
			     .zone = zone("America/Chicago"),
			     .anchor = day("2026-01-05"),
			     .rrule = "FREQ=NEVER" };

	assert_true(series_set_join(*state, &rule, &none, &member) < 0);
	assert_int_equal(series_set_count(*state), 0);
	assert_int_equal(series_set_seek(*state, 0), 0);
}
