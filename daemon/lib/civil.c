/*
 * The Gregorian calendar as arithmetic, and the few notations in which people
 * and programs write its dates, times, spans and hours.
 *
 * Every parser reads along a cursor and must reach the end of the text with a
 * date that exists; nothing is guessed or rolled over, since a wrong reading
 * here is a text on the wrong day, and nothing is trimmed but the blanks between
 * the things of a list.  Digits are ASCII whatever the
 * locale says.  Day arithmetic counts years from March, so that the leap day
 * is the last of its year and months follow one formula.
 */
#include "lib/civil.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"

#define DAY_SECONDS      INT64_C(86400)
#define ERA_DAYS         INT64_C(146097) /* 400 years, after which the calendar repeats */
#define EPOCH_FROM_ERA_0 INT64_C(719468) /* 0000-03-01 to 1970-01-01 */
#define SPAN_DAYS_MAX    3650

static const char weekday_words[][3] = { "MO", "TU", "WE", "TH", "FR", "SA", "SU" };

/* In order of length, so that span_format finds the longest that divides. */
static const struct {
	char unit;
	int days;
	hf_time elapsed;
} span_units[] = {
	{ 'y', 365, 0 }, { 'w', 7, 0 }, { 'd', 1, 0 }, { 'h', 0, HF_HOUR }, { 'm', 0, HF_MINUTE },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* --- cursors: each reader moves past what it read, or returns false ------------ */

static bool read_char(const char **at, char c)
{
	if (**at != c) {
		return false;
	}

	(*at)++;
	return true;
}

static bool read_digits(const char **at, int count, int *ret_number)
{
	int number = 0;

	for (int i = 0; i < count; i++) {
		if (!is_digit((*at)[i])) {
			return false;
		}
		number = number * 10 + ((*at)[i] - '0');
	}

	*at += count;
	*ret_number = number;
	return true;
}

static bool read_date(const char **at, struct civil *date)
{
	return read_digits(at, 4, &date->year) && read_char(at, '-') &&
	       read_digits(at, 2, &date->month) && read_char(at, '-') &&
	       read_digits(at, 2, &date->day) && date->year >= 1 && civil_is_date(date);
}

static bool read_minute(const char **at, struct civil *civil)
{
	return read_digits(at, 2, &civil->hour) && read_char(at, ':') &&
	       read_digits(at, 2, &civil->minute) && civil->hour <= 23 && civil->minute <= 59;
}

static bool read_second(const char **at, struct civil *civil)
{
	return read_char(at, ':') && read_digits(at, 2, &civil->second) && civil->second <= 59;
}

static bool read_weekday(const char **at, enum weekday *ret_day)
{
	for (size_t i = 0; i < COUNT(weekday_words); i++) {
		if (strncmp(*at, weekday_words[i], 2) == 0) {
			*at += 2;
			*ret_day = (enum weekday)i;
			return true;
		}
	}
	return false;
}

/* With blanks before and after it, as people write lists: "TU, TH". */
static bool read_between(const char **at, char c)
{
	const char *next = *at + strspn(*at, " ");

	if (*next != c) {
		return false;
	}

	next++;
	*at = next + strspn(next, " ");
	return true;
}

/* "MO", or "SA-MO", which goes over the end of the week. */
static bool read_weekday_range(const char **at, unsigned *set)
{
	enum weekday first, last;

	if (!read_weekday(at, &first)) {
		return false;
	}

	last = first;
	if (read_between(at, '-') && !read_weekday(at, &last)) {
		return false;
	}

	*set |= 1u << first;
	while (first != last) {
		first = (enum weekday)((first + 1) % 7);
		*set |= 1u << first;
	}
	return true;
}

static bool read_weekdays(const char **at, unsigned *ret_set)
{
	unsigned set = 0;

	do {
		if (!read_weekday_range(at, &set)) {
			return false;
		}
	} while (read_between(at, ','));

	*ret_set = set;
	return true;
}

/* "08:00-18:00"; the day may end at 24:00, but nothing goes past midnight. */
static bool read_minute_range(const char **at, struct hours *hours)
{
	struct civil from = { 0 }, until = { 0 };

	if (!read_minute(at, &from) || !read_between(at, '-')) {
		return false;
	}
	if (strncmp(*at, "24:00", 5) == 0) {
		*at += 5;
		until.hour = 24;
	} else if (!read_minute(at, &until)) {
		return false;
	}

	hours->from = civil_minute(&from);
	hours->until = civil_minute(&until);
	return hours->from < hours->until;
}

/* --- parsers ------------------------------------------------------------------ */

int civil_parse_date(const char *text, struct civil *ret_date)
{
	struct civil date = { 0 };

	if (!read_date(&text, &date) || *text) {
		return -EINVAL;
	}

	*ret_date = date;
	return 0;
}

int civil_parse_datetime(const char *text, struct civil *ret_civil)
{
	struct civil civil = { 0 };

	if (!read_date(&text, &civil) || !(read_char(&text, ' ') || read_char(&text, 'T')) ||
	    !read_minute(&text, &civil) || (*text && !read_second(&text, &civil)) || *text) {
		return -EINVAL;
	}

	*ret_civil = civil;
	return 0;
}

int civil_parse_minute(const char *text, int *ret_minute)
{
	struct civil civil = { 0 };

	if (!read_minute(&text, &civil) || *text) {
		return -EINVAL;
	}

	*ret_minute = civil_minute(&civil);
	return 0;
}

static int span_of(int64_t number, char unit, struct span *ret_span)
{
	for (size_t i = 0; i < COUNT(span_units); i++) {
		int64_t days = number * span_units[i].days;
		hf_time elapsed = number * span_units[i].elapsed;

		if (span_units[i].unit != unit) {
			continue;
		}
		if (days > SPAN_DAYS_MAX || elapsed > SPAN_DAYS_MAX * HF_DAY) {
			return -EINVAL;
		}

		*ret_span = (struct span){ .days = (int)days, .elapsed = elapsed };
		return 0;
	}
	return -EINVAL;
}

int civil_parse_span(const char *text, struct span *ret_span)
{
	int64_t number = 0;

	/* Ten years are 5,256,000 minutes: seven digits are enough, and never overflow. */
	for (int digits = 0; is_digit(*text); digits++, text++) {
		if (digits == 7) {
			return -EINVAL;
		}
		number = number * 10 + (*text - '0');
	}

	if (number == 0 || !*text || text[1]) {
		return -EINVAL;
	}

	return span_of(number, *text, ret_span);
}

int civil_parse_weekdays(const char *text, unsigned *ret_set)
{
	unsigned set;

	if (!read_weekdays(&text, &set) || *text) {
		return -EINVAL;
	}

	*ret_set = set;
	return 0;
}

int civil_parse_hours(const char *text, struct hours *ret_hours)
{
	struct hours hours = { .weekdays = WEEKDAY_ALL, .from = 0, .until = 1440 };

	if (strcmp(text, "always") == 0) {
		*ret_hours = hours;
		return 0;
	}
	if ((!is_digit(*text) &&
	     (!read_weekdays(&text, &hours.weekdays) || !read_char(&text, ' '))) ||
	    !read_minute_range(&text, &hours) || *text) {
		return -EINVAL;
	}

	*ret_hours = hours;
	return 0;
}

/* --- the calendar ------------------------------------------------------------- */

int64_t civil_to_days(const struct civil *date)
{
	int64_t year = (int64_t)date->year - (date->month <= 2);
	int64_t era = floor_divide(year, 400);
	int64_t year_of_era = year - era * 400;
	int64_t month = (date->month + 9) % 12; /* March is 0 */
	int64_t day_of_year = (153 * month + 2) / 5 + date->day - 1;

	return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - EPOCH_FROM_ERA_0;
}

struct civil civil_from_days(int64_t days)
{
	int64_t era = floor_divide(days + EPOCH_FROM_ERA_0, ERA_DAYS);
	int64_t day = days + EPOCH_FROM_ERA_0 - era * ERA_DAYS;
	int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
	int64_t month = (5 * day_of_year + 2) / 153; /* March is 0 */

	return (struct civil){
		.year = (int)(year + era * 400 + (month >= 10)),
		.month = (int)(month < 10 ? month + 3 : month - 9),
		.day = (int)(day_of_year - (153 * month + 2) / 5 + 1),
	};
}

int64_t civil_to_seconds(const struct civil *civil)
{
	return civil_to_days(civil) * DAY_SECONDS + civil->hour * 3600L + civil->minute * 60L +
	       civil->second;
}

struct civil civil_from_seconds(int64_t seconds)
{
	int64_t days = floor_divide(seconds, DAY_SECONDS);
	int second = (int)(seconds - days * DAY_SECONDS);
	struct civil civil = civil_from_days(days);

	civil.hour = second / 3600;
	civil.minute = second / 60 % 60;
	civil.second = second % 60;
	return civil;
}

struct civil civil_add_days(const struct civil *civil, int64_t days)
{
	struct civil moved = civil_from_days(civil_to_days(civil) + days);

	moved.hour = civil->hour;
	moved.minute = civil->minute;
	moved.second = civil->second;
	return moved;
}

struct civil civil_add_months(const struct civil *civil, int months)
{
	struct civil moved = *civil;
	int last;

	moved.year += (int)floor_divide(civil->month - 1 + (int64_t)months, 12);
	moved.month = (int)floor_modulo(civil->month - 1 + (int64_t)months, 12) + 1;
	last = civil_days_in_month(moved.year, moved.month);
	moved.day = civil->day < last ? civil->day : last;
	return moved;
}

bool civil_is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int civil_days_in_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return days[month - 1] + (month == 2 && civil_is_leap(year));
}

bool civil_is_date(const struct civil *date)
{
	return date->month >= 1 && date->month <= 12 && date->day >= 1 &&
	       date->day <= civil_days_in_month(date->year, date->month);
}

const char *civil_month_name(int month)
{
	static const char *const names[] = { "January",   "February", "March",    "April",
					     "May",       "June",     "July",     "August",
					     "September", "October",  "November", "December" };

	return names[month - 1];
}

const char *civil_weekday_name(enum weekday day)
{
	static const char *const names[] = { "Monday", "Tuesday",  "Wednesday", "Thursday",
					     "Friday", "Saturday", "Sunday" };

	return names[day];
}

/* 1970-01-01 was a Thursday. */
enum weekday civil_weekday_of(int64_t days)
{
	return (enum weekday)floor_modulo(days + WEEKDAY_TH, 7);
}

enum weekday civil_weekday(const struct civil *date)
{
	return civil_weekday_of(civil_to_days(date));
}

int civil_minute(const struct civil *civil)
{
	return civil->hour * 60 + civil->minute;
}

int civil_compare(const struct civil *a, const struct civil *b)
{
	int64_t left = civil_to_seconds(a), right = civil_to_seconds(b);

	return (left > right) - (left < right);
}

const char *weekday_word(enum weekday day)
{
	return weekday_words[day];
}

bool hours_cover(const struct hours *hours, enum weekday day, int minute)
{
	return (hours->weekdays & 1u << day) && hours->from <= minute && minute < hours->until;
}

/* --- as text ------------------------------------------- */

void civil_format_rfc3339(hf_time at, int offset_seconds, char buffer[CIVIL_RFC3339_MAX])
{
	/* Offsets of before 1900 have seconds, which RFC 3339 cannot write; without them the text
	 * still names the same instant. */
	int offset_minutes = offset_seconds / 60;
	int distance = offset_minutes < 0 ? -offset_minutes : offset_minutes;
	struct civil civil = civil_from_seconds(floor_divide(at, HF_SECOND) + offset_minutes * 60L);

	(void)snprintf(buffer, CIVIL_RFC3339_MAX, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d",
		       civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second,
		       offset_minutes < 0 ? '-' : '+', distance / 60 % 100, distance % 60);
}

void civil_format_utc(hf_time at, char buffer[CIVIL_RFC3339_MAX])
{
	struct civil civil = civil_from_seconds(floor_divide(at, HF_SECOND));

	(void)snprintf(buffer, CIVIL_RFC3339_MAX, "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ", civil.year,
		       civil.month, civil.day, civil.hour, civil.minute, civil.second,
		       (int)floor_modulo(at, HF_SECOND));
}

/* A point and digits; what a microsecond cannot hold is dropped. */
static bool read_fraction(const char **at, hf_time *ret_fraction)
{
	hf_time fraction = 0, place = HF_SECOND;

	if (!read_char(at, '.')) {
		*ret_fraction = 0;
		return true;
	}
	if (!is_digit(**at)) {
		return false;
	}

	for (; is_digit(**at); (*at)++) {
		place /= 10;
		fraction += (**at - '0') * place;
	}

	*ret_fraction = fraction;
	return true;
}

static bool read_offset(const char **at, int *ret_seconds)
{
	struct civil offset = { 0 };
	bool east;

	if (read_char(at, 'Z') || read_char(at, 'z')) {
		*ret_seconds = 0;
		return true;
	}

	east = **at == '+';
	if (!(read_char(at, '+') || read_char(at, '-')) || !read_minute(at, &offset)) {
		return false;
	}

	*ret_seconds = civil_minute(&offset) * (east ? 60 : -60);
	return true;
}

int civil_parse_rfc3339(const char *text, hf_time *ret_at)
{
	struct civil civil = { 0 };
	hf_time fraction;
	int offset_seconds;

	if (!read_date(&text, &civil) ||
	    !(read_char(&text, 'T') || read_char(&text, 't') || read_char(&text, ' ')) ||
	    !read_minute(&text, &civil) || !read_second(&text, &civil) ||
	    !read_fraction(&text, &fraction) || !read_offset(&text, &offset_seconds) || *text) {
		return -EINVAL;
	}

	*ret_at = (civil_to_seconds(&civil) - offset_seconds) * HF_SECOND + fraction;
	return 0;
}

void span_format(const struct span *span, char buffer[SPAN_TEXT_MAX])
{
	for (size_t i = 0; i < COUNT(span_units); i++) {
		int64_t unit = span->days ? span_units[i].days : span_units[i].elapsed;
		int64_t length = span->days ? span->days : span->elapsed;

		if (unit > 0 && (length % unit == 0 || i + 1 == COUNT(span_units))) {
			(void)snprintf(buffer, SPAN_TEXT_MAX, "%" PRId64 "%c", length / unit,
				       span_units[i].unit);
			return;
		}
	}
}
