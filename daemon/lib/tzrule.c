/*
 * Reading a POSIX rule of summer time, and asking it for an offset.
 *
 * Promises: daylight time may be behind standard time (Dublin writes its
 * winter so), may begin in autumn, and may be there all year.
 */
#include "lib/tzrule.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "lib/civil.h"

#define HOUR_SECONDS 3600
#define DAY_SECONDS  INT64_C(86400)

/* --- reading ------------------------------------------------------------------ */

static bool take(const char **at, char expected)
{
	if (**at != expected) {
		return false;
	}
	(*at)++;
	return true;
}

static bool take_number(const char **at, int least, int most, int *ret_number)
{
	int number = 0, digits = 0;

	for (; isdigit((unsigned char)**at) && digits < 4; digits++) {
		number = number * 10 + *(*at)++ - '0';
	}
	if (digits == 0 || number < least || number > most) {
		return false;
	}

	*ret_number = number;
	return true;
}

/* Three letters or more, or anything plain in < >.  The name itself is of no use here. */
static bool take_name(const char **at)
{
	bool quoted = take(at, '<');
	size_t length = 0;

	for (; isalnum((unsigned char)**at) || **at == '+' || **at == '-'; (*at)++, length++) {
		if (!quoted && !isalpha((unsigned char)**at)) {
			break;
		}
	}
	return length >= 3 && (!quoted || take(at, '>'));
}

/* [+-]hh[:mm[:ss]] */
static bool take_seconds(const char **at, int hours_most, int *ret_seconds)
{
	int sign = take(at, '-') ? -1 : 1, hours, minutes = 0, seconds = 0;

	if (sign > 0) {
		(void)take(at, '+');
	}
	if (!take_number(at, 0, hours_most, &hours)) {
		return false;
	}
	if (take(at, ':') && !take_number(at, 0, 59, &minutes)) {
		return false;
	}
	if (take(at, ':') && !take_number(at, 0, 59, &seconds)) {
		return false;
	}

	*ret_seconds = sign * (hours * HOUR_SECONDS + minutes * 60 + seconds);
	return true;
}

static bool take_day(const char **at, struct tzrule_change *change)
{
	if (take(at, 'M')) {
		change->kind = TZRULE_WEEKDAY;
		return take_number(at, 1, 12, &change->month) && take(at, '.') &&
		       take_number(at, 1, 5, &change->week) && take(at, '.') &&
		       take_number(at, 0, 6, &change->weekday);
	}
	if (take(at, 'J')) {
		change->kind = TZRULE_JULIAN;
		return take_number(at, 1, 365, &change->day);
	}

	change->kind = TZRULE_DAY;
	return take_number(at, 0, 365, &change->day);
}

static bool take_change(const char **at, struct tzrule_change *change)
{
	int seconds = 2 * HOUR_SECONDS;

	if (!take(at, ',') || !take_day(at, change)) {
		return false;
	}
	if (take(at, '/') && !take_seconds(at, 167, &seconds)) {
		return false;
	}

	change->seconds = seconds;
	return true;
}

/* POSIX counts west of Greenwich. */
int tzrule_parse(const char *text, struct tzrule *ret_rule)
{
	struct tzrule rule = { 0 };
	int west;

	if (!take_name(&text) || !take_seconds(&text, 24, &west)) {
		return -EINVAL;
	}

	rule.standard = -west;
	rule.changes = *text != '\0';
	if (rule.changes) {
		rule.daylight = rule.standard + HOUR_SECONDS;
		if (!take_name(&text)) {
			return -EINVAL;
		}
		if (*text != ',') {
			if (!take_seconds(&text, 24, &west)) {
				return -EINVAL;
			}
			rule.daylight = -west;
		}
		if (!take_change(&text, &rule.begin) || !take_change(&text, &rule.end) || *text) {
			return -EINVAL;
		}
	}

	*ret_rule = rule;
	return 0;
}

/* --- asking --------------------------------------------------------------------- */

static int64_t first_of(int year, int month)
{
	struct civil date = { .year = year, .month = month, .day = 1 };

	return civil_to_days(&date);
}

static int64_t weekday_in(const struct tzrule_change *change, int year)
{
	int64_t first = first_of(year, change->month);
	int64_t next =
		change->month < 12 ? first_of(year, change->month + 1) : first_of(year + 1, 1);
	int sunday_based = ((int)civil_weekday_of(first) + 1) % 7;
	int64_t day = first + (change->weekday - sunday_based + 7) % 7 + 7L * (change->week - 1);

	return day < next ? day : day - 7;
}

static int64_t day_of(const struct tzrule_change *change, int year)
{
	int64_t january = first_of(year, 1);

	switch (change->kind) {
	case TZRULE_WEEKDAY:
		return weekday_in(change, year);
	case TZRULE_JULIAN:
		/* From March on, a leap year has had its extra day. */
		return january + change->day - 1 +
		       (change->day > 59 && first_of(year, 3) - january == 60);
	case TZRULE_DAY:
		return january + change->day;
	}
	return january;
}

/* A time of change is told by the clock that it ends. */
static int64_t change_at(const struct tzrule_change *change, int year, int offset_before)
{
	return day_of(change, year) * DAY_SECONDS + change->seconds - offset_before;
}

int tzrule_offset(const struct tzrule *rule, int64_t seconds)
{
	int64_t latest = INT64_MIN;
	int offset = rule->standard, year;

	if (!rule->changes) {
		return offset;
	}

	/* Daylight time that ends as the next year's begins never ends: the later one counts. */
	year = civil_from_seconds(seconds).year;
	for (int y = year - 1; y <= year + 1; y++) {
		int64_t begin = change_at(&rule->begin, y, rule->standard);
		int64_t end = change_at(&rule->end, y, rule->daylight);

		if (begin <= seconds && begin >= latest) {
			latest = begin;
			offset = rule->daylight;
		}
		if (end <= seconds && end >= latest) {
			latest = end;
			offset = rule->standard;
		}
	}
	return offset;
}
