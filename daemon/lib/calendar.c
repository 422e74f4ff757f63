/*
 * Every BY part is a question that a single day answers: is this my month, my
 * weekday, my week?  So a rule is looked up by asking the days of one period
 * (a day, week, month or year) after the other, and no part has to be expanded.
 * Only BYSETPOS needs all the answers of its period.
 *
 * Intervals count from the period that the start is in, whether or not the
 * rule names the start itself; libraries differ there (libical 3.0.16 puts a
 * rule for every second Sunday into the other week), which is why this is ours.
 */
#include "lib/calendar.h"

#include <stddef.h>

#include "lib/civil.h"

#define SEARCH_DAYS INT64_C(36525)
#define PERIOD_DAYS 366

struct period {
	int64_t first, last;
};

/* A day, and what its month, year and week know of it. */
struct facts {
	struct civil date;
	enum weekday weekday;
	int month_length;
	int year_day, year_length; /* the day counts from 1 */
};

static int64_t first_of_month(int64_t month_index)
{
	int64_t year = floor_divide(month_index, 12);

	return civil_to_days(&(struct civil){
		.year = (int)year, .month = (int)(month_index - year * 12) + 1, .day = 1 });
}

/* Asked of every day that is looked at, which may be all of many years. */
static struct facts facts_of(int64_t day)
{
	/* Days of a common year before each month, and of all of it. */
	static const int16_t before[] = {
		0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365
	};
	struct facts facts = { .date = civil_from_days(day) };
	int month = facts.date.month, leap = civil_is_leap(facts.date.year);

	facts.weekday = civil_weekday_of(day);
	facts.month_length = before[month] - before[month - 1] + (month == 2 ? leap : 0);
	facts.year_day = before[month - 1] + (month > 2 ? leap : 0) + facts.date.day;
	facts.year_length = 365 + leap;
	return facts;
}

/* --- one day -------------------------------------------------------------------- */

/* Whether the at-th of `length`, counted from either end, is in a list or set. */
static bool is_listed(const struct rrule_list *list, int at, int length)
{
	return rrule_list_has(list, at) || rrule_list_has(list, at - length - 1);
}

static bool is_set(const struct rrule_set *set, int at, int length)
{
	return set->from_start >> at & 1 || set->from_end >> (length + 1 - at) & 1;
}

static bool is_month_day(const struct rrule *rule, const struct facts *facts, bool last_day)
{
	int day = facts->date.day, length = facts->month_length;
	uint32_t beyond = rule->month_days & ~((UINT32_C(2) << length) - 1);

	return rule->month_days & UINT32_C(1) << day ||
	       rule->month_days_from_end & UINT32_C(1) << (length + 1 - day) ||
	       (last_day && day == length && beyond);
}

static bool is_year_day(const struct rrule *rule, const struct facts *facts, bool last_day)
{
	return is_listed(&rule->year_days, facts->year_day, facts->year_length) ||
	       (last_day && facts->year_day == 365 && facts->year_length == 365 &&
		rrule_list_has(&rule->year_days, 366));
}

/* A week belongs to the year that has four days of it or more, so to that of its fourth day. */
static bool is_in_week(const struct rrule *rule, int64_t day, const struct facts *facts)
{
	int into_week = (int)(facts->weekday + 7 - rule->week_start) % 7;
	struct facts fourth = facts_of(day - into_week + 3);
	int before = (fourth.year_day - 1) / 7;
	int behind = (fourth.year_length - fourth.year_day) / 7;

	return is_set(&rule->weeks, before + 1, before + behind + 1);
}

/* A number counts in the month; in the year where a yearly rule names no months. */
static bool is_weekday(const struct rrule *rule, const struct facts *facts)
{
	bool in_year = rule->frequency == RRULE_YEARLY && !(rule->by & RRULE_BYMONTH);
	int at = in_year ? facts->year_day : facts->date.day;
	int length = in_year ? facts->year_length : facts->month_length;
	int before = (at - 1) / 7, behind = (length - at) / 7;

	return rule->weekdays & 1u << facts->weekday ||
	       is_set(&rule->nth[facts->weekday], before + 1, before + behind + 1);
}

static bool names(const struct rrule *rule, bool last_day, int64_t day)
{
	struct facts facts = facts_of(day);

	return (!(rule->by & RRULE_BYMONTH) || rule->months & 1u << facts.date.month) &&
	       (!(rule->by & RRULE_BYDAY) || is_weekday(rule, &facts)) &&
	       (!(rule->by & RRULE_BYMONTHDAY) || is_month_day(rule, &facts, last_day)) &&
	       (!(rule->by & RRULE_BYYEARDAY) || is_year_day(rule, &facts, last_day)) &&
	       (!(rule->by & RRULE_BYWEEKNO) || is_in_week(rule, day, &facts));
}

/* --- periods ----------------------------------------------------------------------- */

static int64_t period_index(const struct rrule *rule, int64_t day)
{
	struct civil date = civil_from_days(day);

	switch (rule->frequency) {
	case RRULE_DAILY:
		return day;
	case RRULE_WEEKLY:
		/* 1970-01-01 was a Thursday. */
		return floor_divide(day + WEEKDAY_TH - (int)rule->week_start, 7);
	case RRULE_MONTHLY:
		return (int64_t)date.year * 12 + date.month - 1;
	case RRULE_YEARLY:
		return date.year;
	}
	return 0;
}

static struct period period_at(const struct rrule *rule, int64_t index)
{
	int64_t week = index * 7 - WEEKDAY_TH + (int)rule->week_start;

	switch (rule->frequency) {
	case RRULE_DAILY:
		break;
	case RRULE_WEEKLY:
		return (struct period){ week, week + 6 };
	case RRULE_MONTHLY:
		return (struct period){ first_of_month(index), first_of_month(index + 1) - 1 };
	case RRULE_YEARLY:
		return (struct period){ first_of_month(index * 12),
					first_of_month((index + 1) * 12) - 1 };
	}
	return (struct period){ index, index };
}

static int find_first(const struct rrule *rule, bool last_day, struct period period, int64_t from,
		      int64_t *ret_day)
{
	int64_t day = period.first > from ? period.first : from;

	for (; day <= period.last; day++) {
		if (names(rule, last_day, day)) {
			*ret_day = day;
			return 0;
		}
	}
	return CALENDAR_E_NONE;
}

static int find_by_position(const struct rrule *rule, bool last_day, struct period period,
			    int64_t from, int64_t *ret_day)
{
	int64_t days[PERIOD_DAYS];
	int count = 0;

	for (int64_t day = period.first; day <= period.last; day++) {
		if (names(rule, last_day, day)) {
			days[count++] = day;
		}
	}
	for (int i = 0; i < count; i++) {
		if (days[i] >= from && is_listed(&rule->positions, i + 1, count)) {
			*ret_day = days[i];
			return 0;
		}
	}
	return CALENDAR_E_NONE;
}

int calendar_next(const struct rrule *rule, int64_t start, bool last_day, int64_t from,
		  int64_t *ret_day)
{
	int64_t begin = from > start ? from : start;
	int64_t first = period_index(rule, start), index = period_index(rule, begin);

	index += (rule->interval - (index - first) % rule->interval) % rule->interval;
	for (;; index += rule->interval) {
		struct period period = period_at(rule, index);
		int r;

		if (period.first > begin + SEARCH_DAYS) {
			return CALENDAR_E_NONE;
		}
		r = rule->by & RRULE_BYSETPOS
			    ? find_by_position(rule, last_day, period, begin, ret_day)
			    : find_first(rule, last_day, period, begin, ret_day);
		if (r == 0) {
			return 0;
		}
	}
}
