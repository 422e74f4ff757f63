/* The longest values of two languages' readers. */
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "engine/longest.h"

#define IVAN "\xd0\x98\xd0\xb2\xd0\xb0\xd0\xbd" /* in Cyrillic: four letters, eight bytes */

static char *trusted[] = { (char *)"Bo", (char *)"Maria" };

static void find(struct client *clients, size_t count, bool plain, struct readers **ret_readers)
{
	static struct language languages[] = { { .code = (char *)"en" }, { .code = (char *)"es" } };
	const struct model model = { .languages = languages,
				     .language_count = 2,
				     .clients = clients,
				     .client_count = count,
				     .texting.plain_characters = plain };

	assert_int_equal(longest_find(&model, ret_readers), 0);
}

static struct client a_client(const char *language, const char *name)
{
	return (struct client){ .id = (char *)"r-1",
				.name = (char *)name,
				.language = (char *)language };
}

TEST(of_each_language_and_kind)
{
	struct client clients[] = { a_client("en", "Kim"),       a_client("es", "Alexandria"),
				    a_client("en", "Jordan"),    a_client("en", IVAN IVAN),
				    a_client("en", "[Al] [Bo]"), a_client("en", IVAN) };
	struct longest *name;
	struct readers *readers;

	clients[2].trusted = (struct conf_texts){ trusted, 2 };
	find(clients, 6, true, &readers);
	name = &readers[0].longest[FIELD_NAME];
	assert_string_equal(name->narrow, "[Al] [Bo]");
	assert_int_equal(name->narrow_units, 13);
	assert_string_equal(name->any, "[Al] [Bo]");
	assert_int_equal(name->any_units, 9);
	assert_string_equal(name->exotic, IVAN IVAN);
	assert_int_equal(name->exotic_units, 8);
	assert_false(name->missing);
	assert_string_equal(readers[0].longest[FIELD_TRUSTED].narrow, "Maria");
	assert_true(readers[0].longest[FIELD_TRUSTED].missing);
	assert_true(readers[0].longest[FIELD_SPONSOR].missing);
	assert_string_equal(readers[1].longest[FIELD_NAME].any, "Alexandria");
	assert_null(readers[1].longest[FIELD_NAME].exotic);
	free(readers);
}

TEST(plain_characters_are_no_others)
{
	struct client client = a_client("es", "\xc3\x81ngel");

	for (int plain = 0; plain <= 1; plain++) {
		struct readers *readers;

		find(&client, 1, plain, &readers);
		assert_int_equal(!readers[1].longest[FIELD_NAME].exotic, plain);
		assert_true(readers[1].any);
		assert_false(readers[0].any);
		free(readers);
	}
}

TEST(the_longest_days_and_times)
{
	struct readers *readers;

	find(NULL, 0, true, &readers);
	assert_int_equal(strlen(readers[0].day), strlen("Wednesday, September 27"));
	assert_int_equal(strlen(readers[0].time), strlen("12:00 pm"));
	assert_int_equal(strlen(readers[0].when), strlen("Wednesday at 12:00 pm"));
	assert_string_equal(readers[1].day, "mi\xc3\xa9rcoles 13 de septiembre");
	assert_int_equal(strlen(readers[1].time), strlen("20:00"));
	assert_non_null(strstr(readers[1].when, "mi\xc3\xa9rcoles a las "));
	free(readers);
}
