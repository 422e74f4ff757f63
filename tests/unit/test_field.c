/* Fields by their names; what each becomes is in the texts of test_compose. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "lib/file.h"
#include "lib/text.h"
#include "engine/field.h"
#include "lib/cleanup.h"
#include "plan_rig.h"

/* What templates may name is what can be filled. */
TEST(the_same_names_everywhere)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		assert_string_equal(template_fields[i], fields[i].name);
		assert_int_equal(field_find(fields[i].name), i);
	}
	assert_null(template_fields[FIELD_COUNT]);
	assert_int_equal(field_find("nam"), FIELD_COUNT);
	assert_int_equal(field_find(""), FIELD_COUNT);
}

TEST(the_man_page_says_what_each_becomes)
{
	_cleanup_free_ char *page = NULL;

	assert_int_equal(file_read("contrib/man/holdfast.conf.5.in", 100000, &page, NULL, NULL), 0);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		char named[64];

		(void)snprintf(named, sizeof(named), "{%s}", fields[i].name);
		if (!strstr(page, named)) {
			fail_msg("%s", named);
		}
	}
}

TEST(known_unknown_and_without_a_value)
{
	const struct client client = { .name = (char *)"Kim" };
	const struct outbox_message row = { 0 };
	struct values values = { .client = &client, .row = &row };
	const char *value = NULL;

	assert_int_equal(values_look_up(&values, "name", &value), 0);
	assert_string_equal(value, "Kim");
	assert_int_equal(values_look_up(&values, "sponsor", &value), 0);
	assert_string_equal(value, "");
	assert_int_equal(values_look_up(&values, "sponsors", &value), TEXT_E_FIELD);
	assert_string_equal(value, "");
}

TEST(what_a_client_has)
{
	char *trusted[] = { (char *)"Maria" };
	struct client client = { .name = (char *)"Kim" };

	assert_true(field_is_given("name", &client));
	assert_true(field_is_given("site", &client));
	assert_true(field_is_given("title", &client));
	assert_true(field_is_given("nothing", &client));
	assert_false(field_is_given("sponsor", &client));
	assert_false(field_is_given("counselor", &client));
	assert_false(field_is_given("trusted", &client));

	client.sponsor = (char *)"";
	assert_false(field_is_given("sponsor", &client));
	client.sponsor = client.counselor = (char *)"sam";
	client.trusted = (struct conf_texts){ trusted, 1 };
	assert_true(field_is_given("sponsor", &client));
	assert_true(field_is_given("counselor", &client));
	assert_true(field_is_given("trusted", &client));
}

/* --- Times and dates in the words of each language. --- */

struct wording {
	const char *language, *when, *time, *day, *sentence;
};

static const struct wording table[] = {
	{ "en", "2026-12-02 19:00", "7:00 pm", "Wednesday, December 2", "Wednesday at 7:00 pm" },
	{ "en", "2026-12-07 00:05", "12:05 am", "Sunday night, December 6", "Monday at 12:05 am" },
	{ "en-US", "2026-09-06 12:00", "noon", "Sunday, September 6", "Sunday at noon" },
	{ "en", "2026-09-07 12:01", "12:01 pm", "Monday, September 7", "Monday at 12:01 pm" },
	{ "en", "2026-09-08 00:00", "midnight", "Monday night, September 7",
	  "Tuesday at 12:00 am" },
	{ "en", "2026-09-08 15:30", "3:30 pm", "Tuesday, September 8", "Tuesday at 3:30 pm" },
	{ "es", "2026-09-08 15:30", "3:30 pm", "martes 8 de septiembre",
	  "el martes a las 3:30 pm" },
	{ "es", "2026-09-08 12:00", "12 del día", "martes 8 de septiembre",
	  "el martes a las 12 del día" },
	{ "es", "2026-09-08 13:00", "1:00 pm", "martes 8 de septiembre", "el martes a la 1:00 pm" },
	{ "es", "2026-09-08 00:05", "12:05 am", "lunes 7 de septiembre en la noche",
	  "el martes a las 12:05 am" },
	{ "es", "2026-09-01 00:00", "12 de la noche", "lunes 31 de agosto en la noche",
	  "el martes a las 12:00 am" },
	{ "en", "2026-09-08 04:00", "4:00 am", "Tuesday, September 8", "Tuesday at 4:00 am" },
	{ "pl", "2026-01-03 00:00", "12:00 am", "2026-01-03", "2026-01-03 12:00 am" },
	{ "es", "2026-12-02 19:00", "7:00 pm", "miércoles 2 de diciembre",
	  "el miércoles a las 7:00 pm" },
	{ "es", "2026-01-03 01:30", "1:30 am", "viernes 2 de enero en la noche",
	  "el sábado a la 1:30 am" },
	{ "eno", "2026-01-03 09:30", "9:30 am", "2026-01-03", "2026-01-03 9:30 am" },
	{ NULL, "2026-01-03 21:30", "9:30 pm", "2026-01-03", "2026-01-03 9:30 pm" },
};

/* As clock = "24h" has them. */
static const struct wording table_24h[] = {
	{ "en", "2026-09-08 12:00", "12:00", "Tuesday, September 8", "Tuesday at 12:00" },
	{ "es", "2026-09-08 13:00", "13:00", "martes 8 de septiembre", "el martes a las 13:00" },
	{ "es", "2026-09-08 01:00", "1:00", "lunes 7 de septiembre en la noche",
	  "el martes a la 1:00" },
	{ "pl", "2026-01-03 21:30", "21:30", "2026-01-03", "2026-01-03 21:30" },
};

static void assert_wording(const struct model *model, const struct wording *row)
{
	const struct civil when = on(row->when);
	struct values values = { .model = model, .language = row->language, .when = &when };
	const char *value = NULL, *at = strstr(row->sentence, "at ");

	at = at ? at : strstr(row->sentence, "a la");
	assert_int_equal(values_look_up(&values, "time", &value), 0);
	assert_string_equal(value, row->time);
	assert_int_equal(values_look_up(&values, "day", &value), 0);
	assert_string_equal(value, row->day);
	assert_int_equal(values_look_up(&values, "next_open", &value), 0);
	assert_string_equal(value, row->sentence);
	assert_int_equal(values_look_up(&values, "at_time", &value), 0);
	assert_non_null(strstr(value, row->time));
	assert_true(!at || civil_minute(&when) == 0 || strcmp(value, at) == 0);
}

TEST(test_wording)
{
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_wording(NULL, &table[i]);
	}
	for (size_t i = 0; i < COUNT(table_24h); i++) {
		struct language file = { .code = (char *)(uintptr_t)table_24h[i].language,
					 .clock = CLOCK_24H };
		const struct model model = { .languages = &file, .language_count = 1 };

		assert_wording(&model, &table_24h[i]);
	}
}
