/* Times and dates in the words of each language. */
#include "test.h"
#include "lib/cleanup.h"
#include "engine/wording.h"

static const struct {
	const char *language;
	struct civil when;
	const char *time, *day, *sentence;
} table[] = {
	{ "en",
	  { 2026, 12, 2, 19, 0, 0 },
	  "7:00 pm",
	  "Wednesday, December 2",
	  "Wednesday at 7:00 pm" },
	{ "en", { 2026, 12, 7, 0, 5, 0 }, "12:05 am", "Monday, December 7", "Monday at 12:05 am" },
	{ "en-US", { 2026, 9, 6, 12, 0, 0 }, "noon", "Sunday, September 6", "Sunday at noon" },
	{ "en", { 2026, 9, 7, 12, 1, 0 }, "12:01 pm", "Monday, September 7", "Monday at 12:01 pm" },
	{ "en",
	  { 2026, 9, 8, 0, 0, 0 },
	  "12:00 am",
	  "Tuesday, September 8",
	  "Tuesday at 12:00 am" },
	{ "en",
	  { 2026, 9, 8, 15, 30, 0 },
	  "3:30 pm",
	  "Tuesday, September 8",
	  "Tuesday at 3:30 pm" },
	{ "es",
	  { 2026, 9, 8, 15, 30, 0 },
	  "15:30",
	  "martes 8 de septiembre",
	  "el martes a las 15:30" },
	{ "es",
	  { 2026, 9, 8, 12, 0, 0 },
	  "12:00",
	  "martes 8 de septiembre",
	  "el martes a las 12:00" },
	{ "es",
	  { 2026, 9, 8, 13, 0, 0 },
	  "13:00",
	  "martes 8 de septiembre",
	  "el martes a las 13:00" },
	{ "es", { 2026, 9, 8, 0, 5, 0 }, "0:05", "martes 8 de septiembre", "el martes a las 0:05" },
	{ "es",
	  { 2026, 12, 2, 19, 0, 0 },
	  "19:00",
	  "miércoles 2 de diciembre",
	  "el miércoles a las 19:00" },
	{ "es", { 2026, 1, 3, 1, 30, 0 }, "1:30", "sábado 3 de enero", "el sábado a la 1:30" },
	{ "eno", { 2026, 1, 3, 9, 30, 0 }, "9:30", "2026-01-03", "2026-01-03 9:30" },
	{ "pl", { 2026, 1, 3, 21, 30, 0 }, "21:30", "2026-01-03", "2026-01-03 21:30" },
	{ NULL, { 2026, 1, 3, 21, 30, 0 }, "21:30", "2026-01-03", "2026-01-03 21:30" },
};

TEST(test_wording)
{
	for (size_t i = 0; i < COUNT(table); i++) {
		char buffer[WORDING_MAX];

		wording_time(table[i].language, &table[i].when, buffer);
		assert_string_equal(buffer, table[i].time);
		wording_day(table[i].language, &table[i].when, buffer);
		assert_string_equal(buffer, table[i].day);
		wording_when(table[i].language, &table[i].when, buffer);
		assert_string_equal(buffer, table[i].sentence);
	}
}
