/*
 * Not by locale: a server's locales are what its administrator installed, and
 * the words in a client's text must not depend on that.
 */
#include "engine/wording.h"

#include <stdio.h>
#include <string.h>

typedef void (*wording_write)(const struct civil *when, char buffer[WORDING_MAX]);

struct tongue {
	const char *language;
	wording_write time, day, when;
};

static void clock_24(const struct civil *when, char buffer[WORDING_MAX])
{
	(void)snprintf(buffer, WORDING_MAX, "%d:%02d", when->hour, when->minute);
}

/* "12:00 pm" is read as either twelve o'clock.  Midnight has no such word: that of a day may be the
 * one before or after it, and "12:00 am" is what phones show. */
static void clock_12(const struct civil *when, char buffer[WORDING_MAX])
{
	int hour = when->hour % 12 ? when->hour % 12 : 12;

	if (when->hour == 12 && when->minute == 0) {
		(void)snprintf(buffer, WORDING_MAX, "noon");
		return;
	}

	(void)snprintf(buffer, WORDING_MAX, "%d:%02d %s", hour, when->minute,
		       when->hour < 12 ? "am" : "pm");
}

/* --- English ------------------------------------------------------------- */

static const char *const english_weekdays[] = {
	"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
};
static const char *const english_months[] = {
	"January", "February", "March",     "April",   "May",      "June",
	"July",    "August",   "September", "October", "November", "December",
};

static void english_day(const struct civil *when, char buffer[WORDING_MAX])
{
	(void)snprintf(buffer, WORDING_MAX, "%s, %s %d", english_weekdays[civil_weekday(when)],
		       english_months[when->month - 1], when->day);
}

static void english_when(const struct civil *when, char buffer[WORDING_MAX])
{
	char time[WORDING_MAX];

	clock_12(when, time);
	(void)snprintf(buffer, WORDING_MAX, "%s at %.20s", english_weekdays[civil_weekday(when)],
		       time);
}

/* --- Spanish ------------------------------------------------------------- */

static const char *const spanish_weekdays[] = {
	"lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo",
};
static const char *const spanish_months[] = {
	"enero", "febrero", "marzo",      "abril",   "mayo",      "junio",
	"julio", "agosto",  "septiembre", "octubre", "noviembre", "diciembre",
};

static void spanish_day(const struct civil *when, char buffer[WORDING_MAX])
{
	(void)snprintf(buffer, WORDING_MAX, "%s %d de %s", spanish_weekdays[civil_weekday(when)],
		       when->day, spanish_months[when->month - 1]);
}

static void spanish_when(const struct civil *when, char buffer[WORDING_MAX])
{
	char time[WORDING_MAX];

	clock_24(when, time);
	(void)snprintf(buffer, WORDING_MAX, "el %s a la%s %.20s",
		       spanish_weekdays[civil_weekday(when)], when->hour == 1 ? "" : "s", time);
}

/* --- any other ------------------------------------------------------------ */

static void plain_day(const struct civil *when, char buffer[WORDING_MAX])
{
	(void)snprintf(buffer, WORDING_MAX, "%04d-%02d-%02d", when->year, when->month, when->day);
}

static void plain_when(const struct civil *when, char buffer[WORDING_MAX])
{
	(void)snprintf(buffer, WORDING_MAX, "%04d-%02d-%02d %d:%02d", when->year, when->month,
		       when->day, when->hour, when->minute);
}

static const struct tongue tongues[] = {
	{ "en", clock_12, english_day, english_when },
	{ "es", clock_24, spanish_day, spanish_when },
	{ "", clock_24, plain_day, plain_when },
};

/* "es-MX" speaks es; the last one speaks for all others. */
static const struct tongue *tongue_of(const char *language)
{
	const struct tongue *tongue = tongues;

	for (; *tongue->language; tongue++) {
		size_t length = strlen(tongue->language);

		if (language && strncmp(language, tongue->language, length) == 0 &&
		    (language[length] == '\0' || language[length] == '-')) {
			break;
		}
	}
	return tongue;
}

void wording_time(const char *language, const struct civil *when, char buffer[WORDING_MAX])
{
	tongue_of(language)->time(when, buffer);
}

void wording_day(const char *language, const struct civil *when, char buffer[WORDING_MAX])
{
	tongue_of(language)->day(when, buffer);
}

void wording_when(const char *language, const struct civil *when, char buffer[WORDING_MAX])
{
	tongue_of(language)->when(when, buffer);
}
