/* What people write for a value, and what they are asked whether they meant. */
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/guess.h"

typedef const char *(*guesser)(const char *text, char buffer[GUESS_MAX]);

static void check_rows(guesser guess, const char *const (*rows)[2], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char buffer[GUESS_MAX], want[GUESS_MAX] = "";

		if (rows[i][1][0] == ';' || !rows[i][1][0]) {
			(void)snprintf(want, sizeof(want), "%s", rows[i][1]);
		} else {
			(void)snprintf(want, sizeof(want), "; did you mean \"%s\"?", rows[i][1]);
		}
		if (strcmp(guess(rows[i][0], buffer), want) != 0) {
			fail_msg("%s: %s", rows[i][0], buffer);
		}
	}
}

TEST(dates)
{
	static const char *const rows[][2] = {
		{ "11/23/2026", "2026-11-23" },
		{ "23/11/2026", "2026-11-23" },
		{ "23.11.2026", "2026-11-23" },
		{ "2026/11/23", "2026-11-23" },
		{ "2026-23-11", "2026-11-23" },
		{ "2026-1-5", "2026-01-05" },
		{ "11/23/26", "2026-11-23" },
		{ "20261123", "2026-11-23" },
		{ "Nov 23, 2026", "2026-11-23" },
		{ "23 de noviembre de 2026", "2026-11-23" },
		{ "Monday, November 23rd 2026", "2026-11-23" },
		{ "2 mar 2027", "2027-03-02" },
		{ "2026-11-23 14:00", "2026-11-23" },
		{ "05/06/2026",
		  "; did you mean \"2026-05-06\" (May 6) or \"2026-06-05\" (June 5)?" },
		{ "2026-11-31", "; November 2026 has 30 days" },
		{ "2027-02-29", "; February 2027 has 28 days" },
		{ "tomorrow", "" },
		{ "next week", "" },
		{ "11/23", "" },
		{ "", "" },
		{ "99/99/2026", "" },
		{ "2026-00-10", "" },
	};

	check_rows(guess_date, rows, COUNT(rows));
}

TEST(dates_and_times)
{
	static const char *const rows[][2] = {
		{ "12/02/2026 2pm", "; did you mean \"2026-12-02 14:00\" (December 2) or "
				    "\"2026-02-12 14:00\" (February 12)?" },
		{ "2026-12-02 2:30 PM", "2026-12-02 14:30" },
		{ "2026-12-02, 14:00", "2026-12-02 14:00" },
		{ "Dec 2 2026 at noon", "2026-12-02 12:00" },
		{ "2026-12-02", "; add the time of day, like \"2026-12-02 14:00\"" },
		{ "2026-12-32 14:00", "; December 2026 has 31 days" },
		{ "soon", "" },
	};

	check_rows(guess_datetime, rows, COUNT(rows));
}

TEST(times)
{
	static const char *const rows[][2] = {
		{ "7pm", "19:00" },
		{ "7:00 PM", "19:00" },
		{ "7 p.m.", "19:00" },
		{ "7.30pm", "19:30" },
		{ "12am", "00:00" },
		{ "12 pm", "12:00" },
		{ "19h", "19:00" },
		{ "19h30", "19:30" },
		{ "19.00", "19:00" },
		{ "1900", "19:00" },
		{ "9:00", "09:00" },
		{ "7 de la tarde", "19:00" },
		{ "a las 19:30", "19:30" },
		{ "noon", "12:00" },
		{ "medianoche", "00:00" },
		{ "19:00:00", "19:00" },
		{ "7", "; did you mean \"07:00\" or \"19:00\"?" },
		{ "24:00", "; write \"00:00\" with the day that begins then" },
		{ "25:00", "" },
		{ "7:5", "" },
		{ "evening", "" },
		{ "pm", "" },
	};

	check_rows(guess_minute, rows, COUNT(rows));
}

TEST(spans)
{
	static const char *const rows[][2] = {
		{ "2 hours", "2h" },  { "2H", "2h" },       { "90 min", "90m" },
		{ "1 day", "1d" },    { "one week", "1w" }, { "an hour before", "1h" },
		{ "2 horas", "2h" },  { "1h30m", "90m" },   { "2 semanas", "2w" },
		{ "24 hours", "1d" }, { "2", "" },          { "soon", "" },
		{ "0 hours", "" },    { "99 years", "" },
	};

	check_rows(guess_span, rows, COUNT(rows));
}

TEST(weekdays)
{
	static const char *const rows[][2] = {
		{ "Tuesday", "TU" },
		{ "Tuesdays", "TU" },
		{ "tues", "TU" },
		{ "martes", "TU" },
		{ "miércoles", "WE" },
		{ "tu", "TU" },
		{ "Tue & Thu", "TU,TH" },
		{ "TU TH", "TU,TH" },
		{ "TU;TH", "TU,TH" },
		{ "Mon-Fri", "MO-FR" },
		{ "Monday through Thursday", "MO-TH" },
		{ "lunes a viernes", "MO-FR" },
		{ "Sat - Mon", "MO,SA,SU" },
		{ "every Tuesday and Thursday", "TU,TH" },
		{ "weekdays", "MO-FR" },
		{ "daily", "MO-SU" },
		{ "every day", "MO-SU" },
		{ "todos los días", "MO-SU" },
		{ "1SA", "" },
		{ "MO-", "" },
		{ "someday", "" },
		{ "", "" },
	};

	check_rows(guess_weekdays, rows, COUNT(rows));
}

TEST(hours)
{
	static const char *const rows[][2] = {
		{ "Mon-Fri 8am-6pm", "MO-FR 08:00-18:00" },
		{ "MO-FR 8:00-18:00", "MO-FR 08:00-18:00" },
		{ "9-5", "09:00-17:00" },
		{ "9am to 5pm", "09:00-17:00" },
		{ "24/7", "always" },
		{ "MO-FR", "" },
		{ "9", "" },
	};

	check_rows(guess_hours, rows, COUNT(rows));
}

TEST(zones)
{
	static const char *const rows[][2] = {
		{ "Central", "America/Chicago" },
		{ "US central time", "America/Chicago" },
		{ "CDT", "America/Chicago" },
		{ "New York", "America/New_York" },
		{ "Mars", "" },
	};

	check_rows(guess_zone, rows, COUNT(rows));
	assert_string_equal(guess_place("EST"), "America/New_York");
	assert_string_equal(guess_place("Etc/GMT+5"), "America/New_York");
	assert_non_null(guess_place("GMT-3"));
	assert_null(guess_place("America/Phoenix"));
	assert_null(guess_place("UTC"));
}

TEST(phones)
{
	static const char *const rows[][2] = {
		{ "(312) 555-0142", "+13125550142" },
		{ "312-555-0142", "+13125550142" },
		{ "312.555.0142", "+13125550142" },
		{ "1 312 555 0142", "+13125550142" },
		{ "13125550142", "+13125550142" },
		{ "011 52 55 1234 5678", "+525512345678" },
		{ "0052 55 1234 5678", "+525512345678" },
	};
	static const char *const none[] = { "555-0142",        "012-555-0142",
					    "312-155-0142",    "312-555-0142 / 312-555-0143",
					    "312-555-0142 x5", "",
					    "no phone" };
	char phone[PHONE_MAX];

	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_true(guess_phone(rows[i][0], phone));
		assert_string_equal(phone, rows[i][1]);
	}
	for (size_t i = 0; i < COUNT(none); i++) {
		assert_false(guess_phone(none[i], phone));
	}
}
