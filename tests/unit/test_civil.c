/* The calendar, and every notation: what it takes, what it refuses, and that refusing changes
 * nothing. */
#include <errno.h>
#include <string.h>

#include "test.h"
#include "lib/civil.h"
#include "lib/cleanup.h"

static const struct civil untouched = { -1, -1, -1, -1, -1, -1 };

TEST(blanks_in_lists)
{
	struct hours hours;
	unsigned set = 0;

	assert_int_equal(civil_parse_weekdays("TU, TH", &set), 0);
	assert_int_equal(set, 1u << WEEKDAY_TU | 1u << WEEKDAY_TH);
	assert_int_equal(civil_parse_weekdays("MO - FR", &set), 0);
	assert_int_equal(set, 0x1f);
	assert_int_equal(civil_parse_hours("MO-FR 08:00 - 18:00", &hours), 0);
	assert_int_equal(hours.until, 18 * 60);
	assert_int_equal(civil_parse_weekdays("TU TH", &set), -EINVAL);
	assert_int_equal(civil_parse_weekdays("TU, ", &set), -EINVAL);
}

TEST(test_calendar_there_and_back)
{
	int64_t first = civil_to_days(&(struct civil){ .year = 1, .month = 1, .day = 1 });
	struct civil before = civil_from_days(first - 1);

	assert_int_equal(civil_to_days(&(struct civil){ .year = 1970, .month = 1, .day = 1 }), 0);
	assert_int_equal(civil_to_days(&(struct civil){ .year = 2000, .month = 3, .day = 1 }),
			 11017);
	assert_int_equal(first, -719162);
	for (int64_t day = first; day < 1000000; day++) {
		struct civil date = civil_from_days(day);

		assert_int_equal(civil_to_days(&date), day);
		assert_true(civil_compare(&before, &date) < 0);
		assert_true(date.month >= 1 && date.month <= 12 && date.day >= 1);
		assert_true(date.day == before.day + 1 || date.day == 1);
		before = date;
	}
}

TEST(test_seconds_there_and_back)
{
	static const struct civil eve = { 1969, 12, 31, 23, 59, 59 };
	struct civil before;
	static const int64_t seconds[] = { 0, -1, 86399, 86400, -86400, -86401, 253402300799, 1 };

	for (size_t i = 0; i < COUNT(seconds); i++) {
		struct civil civil = civil_from_seconds(seconds[i]);

		assert_int_equal(civil_to_seconds(&civil), seconds[i]);
	}
	before = civil_from_seconds(-1);
	assert_memory_equal(&before, &eve, sizeof(before));
}

TEST(test_weekdays)
{
	struct civil monday = { .year = 2026, .month = 11, .day = 23, .hour = 10, .minute = 5 };

	assert_int_equal(civil_weekday(&monday), WEEKDAY_MO);
	assert_int_equal(civil_minute(&monday), 605);
	for (int64_t day = -1000; day < 1000; day++) {
		struct civil date = civil_add_days(&monday, day);

		assert_int_equal(civil_weekday(&date), ((day % 7) + 7) % 7);
		assert_int_equal(civil_minute(&date), 605);
	}
	assert_string_equal(weekday_word(WEEKDAY_MO), "MO");
	assert_string_equal(weekday_word(WEEKDAY_SU), "SU");
}

TEST(test_dates)
{
	static const char *const refused[] = {
		"",
		"2026",
		"2026-11",
		"2026-11-",
		"2026-11-2",
		"2026-11-233",
		"2026-11-23 ",
		" 2026-11-23",
		"2026-13-01",
		"2026-00-01",
		"2026-01-00",
		"2026-01-32",
		"2026-02-29",
		"2026-02-30",
		"1900-02-29",
		"2026-04-31",
		"0000-01-01",
		"-026-01-01",
		"+026-01-01",
		"26-11-23",
		"2026/11/23",
		"2026-11- 3",
		"2026-11-23T",
		"20261-11-23",
		"\xd9\xa2\xd9\xa0",
	};
	struct civil date = untouched;

	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_int_equal(civil_parse_date(refused[i], &date), -EINVAL);
		assert_memory_equal(&date, &untouched, sizeof(date));
	}
	assert_int_equal(civil_parse_date("2028-02-29", &date), 0);
	assert_memory_equal(&date, (&(struct civil){ .year = 2028, .month = 2, .day = 29 }),
			    sizeof(date));
	assert_int_equal(civil_parse_date("2000-02-29", &date), 0);
	assert_int_equal(civil_parse_date("9999-12-31", &date), 0);
	assert_int_equal(date.year, 9999);
}

TEST(test_datetimes)
{
	static const char *const refused[] = {
		"",
		"2026-11-23",
		"2026-11-23 ",
		"2026-11-23 14",
		"2026-11-23 14:",
		"2026-11-23 14:0",
		"2026-11-23 14:60",
		"2026-11-23 24:00",
		"2026-11-23  14:00",
		"2026-11-23_14:00",
		"2026-11-23 14:00:",
		"2026-11-23 14:00:60",
		"2026-11-23 14:00Z",
		"2026-11-23 14:00:00 ",
		"2026-02-30 14:00",
	};
	struct civil civil = untouched;

	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_int_equal(civil_parse_datetime(refused[i], &civil), -EINVAL);
		assert_memory_equal(&civil, &untouched, sizeof(civil));
	}
	assert_int_equal(civil_parse_datetime("2026-11-23 14:05", &civil), 0);
	assert_memory_equal(&civil, (&(struct civil){ 2026, 11, 23, 14, 5, 0 }), sizeof(civil));
	assert_int_equal(civil_parse_datetime("2026-11-23T00:00:59", &civil), 0);
	assert_memory_equal(&civil, (&(struct civil){ 2026, 11, 23, 0, 0, 59 }), sizeof(civil));
}

TEST(test_minutes)
{
	static const char *const refused[] = { "",     "9:00",   "24:00", "23:60", "14.00",
					       "14:0", "14:000", " 4:00", "2pm" };
	int minute = -1;

	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_int_equal(civil_parse_minute(refused[i], &minute), -EINVAL);
		assert_int_equal(minute, -1);
	}
	assert_int_equal(civil_parse_minute("14:00", &minute), 0);
	assert_int_equal(minute, 840);
	assert_int_equal(civil_parse_minute("00:00", &minute), 0);
	assert_int_equal(minute, 0);
	assert_int_equal(civil_parse_minute("23:59", &minute), 0);
	assert_int_equal(minute, 1439);
}

TEST(test_spans)
{
	static const char *const refused[] = {
		"",     "0d",     "00h",      "d",         "3",
		"3D",   "3s",     "-3d",      "+3d",       "3 d",
		"3dd",  "1d2h",   "3h ",      "11y",       "3651d",
		"522w", "87601h", "5256001m", "99999999m", "99999999999999999999d",
		"1.5h"
	};
	static const struct {
		const char *text, *again;
		int days;
		hf_time elapsed;
	} taken[] = {
		{ "15m", "15m", 0, 15 * HF_MINUTE },
		{ "6h", "6h", 0, 6 * HF_HOUR },
		{ "24h", "24h", 0, HF_DAY },
		{ "90m", "90m", 0, 90 * HF_MINUTE },
		{ "120m", "2h", 0, 2 * HF_HOUR },
		{ "3d", "3d", 3, 0 },
		{ "1d", "1d", 1, 0 },
		{ "8w", "8w", 56, 0 },
		{ "14d", "2w", 14, 0 },
		{ "1y", "1y", 365, 0 },
		{ "10y", "10y", 3650, 0 },
		{ "5256000m", "87600h", 0, 3650 * HF_DAY },
		{ "007d", "1w", 7, 0 },
		{ "0000001m", "1m", 0, HF_MINUTE },
	};
	struct span span = { -1, -1 };
	char buffer[SPAN_TEXT_MAX];

	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_int_equal(civil_parse_span(refused[i], &span), -EINVAL);
		assert_int_equal(span.days, -1);
		assert_int_equal(span.elapsed, -1);
	}
	for (size_t i = 0; i < COUNT(taken); i++) {
		assert_int_equal(civil_parse_span(taken[i].text, &span), 0);
		assert_int_equal(span.days, taken[i].days);
		assert_int_equal(span.elapsed, taken[i].elapsed);
		span_format(&span, buffer);
		assert_string_equal(buffer, taken[i].again);
	}
	span_format(&(struct span){ 0, 0 }, buffer);
	assert_string_equal(buffer, "0h");
}

TEST(test_months_later)
{
	static const struct {
		const char *from;
		int months;
		const char *to;
	} rows[] = {
		{ "2026-01-31", 1, "2026-02-28" },  { "2028-01-31", 1, "2028-02-29" },
		{ "2026-01-31", 2, "2026-03-31" },  { "2026-01-31", 3, "2026-04-30" },
		{ "2026-12-31", 2, "2027-02-28" },  { "2028-02-29", 12, "2029-02-28" },
		{ "2028-02-29", 48, "2032-02-29" }, { "2026-11-30", 3, "2027-02-28" },
		{ "2026-12-01", 9, "2027-09-01" },  { "2026-12-15", 0, "2026-12-15" },
		{ "2026-03-31", -1, "2026-02-28" }, { "2026-01-01", -1, "2025-12-01" },
		{ "2099-02-28", 12, "2100-02-28" }, { "2096-02-29", 48, "2100-02-28" },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct civil from, to, moved;

		assert_int_equal(civil_parse_date(rows[i].from, &from), 0);
		assert_int_equal(civil_parse_date(rows[i].to, &to), 0);
		moved = civil_add_months(&from, rows[i].months);
		assert_int_equal(civil_compare(&moved, &to), 0);
	}
}

TEST(test_weekday_sets)
{
	static const char *const refused[] = { "",      "M",   "mo",     "MO,",      ",MO", "MO-",
					       "MO TU", "MOT", "MO,,TU", "MO-TU-WE", "1MO", "XX" };
	static const struct {
		const char *text;
		unsigned set;
	} taken[] = {
		{ "MO", 0x01 },    { "MO,TH", 0x09 }, { "MO-FR", 0x1f },       { "SA-MO", 0x61 },
		{ "SU-SU", 0x40 }, { "MO-SU", 0x7f }, { "MO,MO-TU,SA", 0x23 }, { "TU-MO", 0x7f },
	};
	unsigned set = 0xffff;

	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_int_equal(civil_parse_weekdays(refused[i], &set), -EINVAL);
		assert_int_equal(set, 0xffff);
	}
	for (size_t i = 0; i < COUNT(taken); i++) {
		assert_int_equal(civil_parse_weekdays(taken[i].text, &set), 0);
		assert_int_equal(set, taken[i].set);
	}
}

TEST(test_hours)
{
	static const char *const refused[] = {
		"",
		"Always",
		"always ",
		"MO-FR",
		"08:00",
		"08:00-",
		"08:00-08:00",
		"22:00-06:00",
		"08:00-24:01",
		"24:00-24:00",
		"MO-FR08:00-18:00",
		"MO-FR  08:00-18:00",
		"MO-FR always",
		"08:00-18:00 ",
		"8-18",
	};
	struct hours hours = { 0xffff, -1, -1 };

	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_int_equal(civil_parse_hours(refused[i], &hours), -EINVAL);
		assert_int_equal(hours.weekdays, 0xffff);
	}
	assert_int_equal(civil_parse_hours("always", &hours), 0);
	assert_true(hours.weekdays == WEEKDAY_ALL && hours.from == 0 && hours.until == 1440);
	assert_true(hours_cover(&hours, WEEKDAY_SU, 0) && hours_cover(&hours, WEEKDAY_SU, 1439));
	assert_int_equal(civil_parse_hours("09:00-20:00", &hours), 0);
	assert_true(hours.weekdays == WEEKDAY_ALL && hours.from == 540 && hours.until == 1200);
	assert_int_equal(civil_parse_hours("SA,SU 00:00-24:00", &hours), 0);
	assert_true(hours.weekdays == 0x60 && hours.from == 0 && hours.until == 1440);
	assert_int_equal(civil_parse_hours("MO-FR 08:00-18:00", &hours), 0);
	assert_true(hours_cover(&hours, WEEKDAY_MO, 480) && hours_cover(&hours, WEEKDAY_FR, 1079));
	assert_false(hours_cover(&hours, WEEKDAY_MO, 479));
	assert_false(hours_cover(&hours, WEEKDAY_FR, 1080));
	assert_false(hours_cover(&hours, WEEKDAY_SA, 600));
}

TEST(test_rfc3339_written)
{
	static const struct {
		hf_time at;
		int offset;
		const char *text;
	} rows[] = {
		{ 1795449600 * HF_SECOND, -6 * 3600, "2026-11-23T10:00:00-06:00" },
		{ 1795449600 * HF_SECOND + 999999, 0, "2026-11-23T16:00:00+00:00" },
		{ 1795449600 * HF_SECOND, 20700, "2026-11-23T21:45:00+05:45" },
		{ -1, 0, "1969-12-31T23:59:59+00:00" },
		{ 0, -1800, "1969-12-31T23:30:00-00:30" },
		{ 0, -17762, "1969-12-31T19:04:00-04:56" },
	};
	char buffer[CIVIL_RFC3339_MAX];

	for (size_t i = 0; i < COUNT(rows); i++) {
		civil_format_rfc3339(rows[i].at, rows[i].offset, buffer);
		assert_string_equal(buffer, rows[i].text);
	}
	civil_format_rfc3339(INT64_MIN, -86399, buffer);
	assert_true(memchr(buffer, '\0', sizeof(buffer)) != NULL);
	civil_format_rfc3339(HF_NEVER, 86399, buffer);
	assert_true(memchr(buffer, '\0', sizeof(buffer)) != NULL);
}

TEST(test_utc_written_to_the_microsecond)
{
	static const hf_time instants[] = { 1795449600 * HF_SECOND + 42, -1, 0, 1 };
	char buffer[CIVIL_RFC3339_MAX];
	hf_time at;

	for (size_t i = 0; i < COUNT(instants); i++) {
		civil_format_utc(instants[i], buffer);
		assert_int_equal(civil_parse_rfc3339(buffer, &at), 0);
		assert_true(at == instants[i]);
	}
	civil_format_utc(instants[0], buffer);
	assert_string_equal(buffer, "2026-11-23T16:00:00.000042Z");
	civil_format_utc(HF_NEVER, buffer);
	assert_true(memchr(buffer, '\0', sizeof(buffer)) != NULL);
}

TEST(test_rfc3339_read)
{
	static const char *const refused[] = {
		"",
		"2026-11-23T10:00:00",
		"2026-11-23T10:00Z",
		"2026-11-23T10:00:00.Z",
		"2026-11-23T10:00:005Z",
		"2026-11-23T10:00:00ZZ",
		"2026-11-23T10:00:00+6:00",
		"2026-11-23T10:00:00+0600",
		"2026-11-23T10:00:00+24:00",
		"2026-11-23T10:00:60Z",
		"2026-02-29T10:00:00Z",
		"2026-11-23 10:00:00 Z",
	};
	static const struct {
		const char *text;
		hf_time at;
	} taken[] = {
		{ "2026-11-23T10:00:00-06:00", 1795449600 * HF_SECOND },
		{ "2026-11-23t16:00:00z", 1795449600 * HF_SECOND },
		{ "2026-11-23 16:00:00Z", 1795449600 * HF_SECOND },
		{ "2026-11-23T16:00:00.5Z", 1795449600 * HF_SECOND + 500000 },
		{ "2026-11-23T16:00:00.123456789Z", 1795449600 * HF_SECOND + 123456 },
		{ "2026-11-23T16:00:00.000000-00:00", 1795449600 * HF_SECOND },
		{ "2026-11-23T21:45:00+05:45", 1795449600 * HF_SECOND },
		{ "1969-12-31T23:59:59.25Z", -HF_SECOND + 250000 },
	};
	hf_time at = 42;

	for (size_t i = 0; i < COUNT(refused); i++) {
		assert_int_equal(civil_parse_rfc3339(refused[i], &at), -EINVAL);
		assert_int_equal(at, 42);
	}
	for (size_t i = 0; i < COUNT(taken); i++) {
		assert_int_equal(civil_parse_rfc3339(taken[i].text, &at), 0);
		assert_int_equal(at, taken[i].at);
	}
}
