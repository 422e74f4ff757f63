/*
 * Dates, times of day, spans and hours as people write them, and the one time
 * type.  Plain arithmetic on the Gregorian calendar: no zone, no clock.  What
 * a civil time means in a place is lib/zone's business.
 */
#ifndef HF_LIB_CIVIL_H
#define HF_LIB_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An instant: microseconds since 1970-01-01 00:00 UTC.  Also a length of time. */
typedef int64_t hf_time;

#define HF_SECOND INT64_C(1000000)
#define HF_MINUTE (60 * HF_SECOND)
#define HF_HOUR   (60 * HF_MINUTE)
#define HF_DAY    (24 * HF_HOUR)
#define HF_NEVER  INT64_MAX

/* Division and its rest towards the past: what is before 1970 is negative. */
static inline int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static inline int64_t floor_modulo(int64_t a, int64_t b)
{
	return a - floor_divide(a, b) * b;
}

/* Days of the week in RFC 5545's words, Monday first; a set is 1u << weekday. */
enum weekday {
	WEEKDAY_MO,
	WEEKDAY_TU,
	WEEKDAY_WE,
	WEEKDAY_TH,
	WEEKDAY_FR,
	WEEKDAY_SA,
	WEEKDAY_SU,
};
#define WEEKDAY_ALL 0x7fu

/* A date and a time of day in no place in particular. month 1-12, day 1-31. */
struct civil {
	int year, month, day;
	int hour, minute, second;
};

/* "2h" is elapsed time; "3d" is as many calendar days at the same time of day. */
struct span {
	int days;
	hf_time elapsed;
};

/* Opening hours: "MO-FR 08:00-18:00", "09:00-20:00" (every day), "always".
 * Minutes of the day, from <= minute < until; until may be 1440. */
struct hours {
	unsigned weekdays;
	int from, until;
};

/* Every parser below: 0, or -EINVAL with ret_ untouched; the whole text must match. */

/* "2026-11-23" */
int civil_parse_date(const char *text, struct civil *ret_date);
/* "2026-11-23 14:00", also with a T, and with seconds. */
int civil_parse_datetime(const char *text, struct civil *ret_civil);
/* "14:00" is 840; "24:00" is refused. */
int civil_parse_minute(const char *text, int *ret_minute);
/* "15m", "6h", "3d", "8w", "1y", which is 365 days; more than nothing and at most ten years. */
int civil_parse_span(const char *text, struct span *ret_span);
/* "MO,TH", "MO, TH", "MO-FR", "SA-MO" */
int civil_parse_weekdays(const char *text, unsigned *ret_set);
int civil_parse_hours(const char *text, struct hours *ret_hours);

/* Days since 1970-01-01 (may be negative) and back; the time of day is ignored or 0. */
int64_t civil_to_days(const struct civil *date);
struct civil civil_from_days(int64_t days);
enum weekday civil_weekday_of(int64_t days);
bool civil_is_leap(int year);
int civil_days_in_month(int year, int month);     /* month: 1 to 12 */
bool civil_is_date(const struct civil *date);     /* of the calendar, in whatever year */
const char *civil_month_name(int month);          /* "January" */
const char *civil_weekday_name(enum weekday day); /* "Monday" */

/* Seconds since 1970 as if the civil time were UTC, and back. */
int64_t civil_to_seconds(const struct civil *civil);
struct civil civil_from_seconds(int64_t seconds);

struct civil civil_add_days(const struct civil *civil, int64_t days);
/* So many months later on the same day of the month, or on the last one of a month that lacks it:
 * one month after January 31 is February 28 or 29.  A year is twelve. */
struct civil civil_add_months(const struct civil *civil, int months);
enum weekday civil_weekday(const struct civil *date);
int civil_minute(const struct civil *civil); /* minute of the day */
int civil_compare(const struct civil *a, const struct civil *b);
const char *weekday_word(enum weekday day); /* "MO" */

/* Is it open at this minute of such a day? */
bool hours_cover(const struct hours *hours, enum weekday day, int minute);

/* "2026-11-23T10:00:00-06:00"; microseconds are dropped. */
#define CIVIL_RFC3339_MAX 32
void civil_format_rfc3339(hf_time at, int offset_seconds, char buffer[CIVIL_RFC3339_MAX]);
/* "2026-11-23T16:00:00.000000Z" */
void civil_format_utc(hf_time at, char buffer[CIVIL_RFC3339_MAX]);
/* The reverse of both; also takes other fractions of a second. */
int civil_parse_rfc3339(const char *text, hf_time *ret_at);

/* A day of it is 24 hours, whatever the clocks of a place do. */
static inline hf_time span_length(const struct span *span)
{
	return span->days * HF_DAY + span->elapsed;
}

/* How many days before the day of a thing at that minute something comes that is `lead` before it. */
static inline int64_t span_days_before(const struct span *lead, int minute)
{
	hf_time early = lead->elapsed - minute * HF_MINUTE;

	return lead->days + (early > 0 ? (early + HF_DAY - 1) / HF_DAY : 0);
}

/* "2h", "3d", "1d": the shortest way to write a span. */
#define SPAN_TEXT_MAX 24
void span_format(const struct span *span, char buffer[SPAN_TEXT_MAX]);

#endif
