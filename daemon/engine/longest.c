/*
 * One look at each value of each client.
 *
 * Promises: most values are shorter than the longest by any measure, and cost
 * their length in bytes and no more.
 */
#include "engine/longest.h"

#include <errno.h>
#include <string.h>

#include "lib/text.h"
#include "lib/plain.h"

struct width {
	int septets, units;
	bool exotic;
};

static struct width width_of(const char *value, bool plain)
{
	struct width width = { 0 };
	uint32_t character;
	int length;

	while ((length = utf8_read(value, &character)) > 0) {
		char form[PLAIN_MAX];
		int septets = gsm7_septets(character), units = character > 0xffff ? 2 : 1;

		if (plain && plain_form(character, form)) {
			septets = units = (int)strlen(form);
		} else {
			width.exotic |= septets == 0;
		}
		width.septets += septets;
		width.units += units;
		value += length;
	}
	return width;
}

static void consider(struct longest *longest, const char *value, bool plain)
{
	struct width width;
	int bytes;

	if (!value || !*value) {
		longest->missing = true;
		return;
	}
	/* Most are shorter than the longest by any measure: no character has fewer bytes than
	 * UTF-16 units, and none has more than two septets a byte. */
	bytes = (int)strlen(value);
	if (2 * bytes <= longest->narrow_units && bytes <= longest->any_units &&
	    bytes <= longest->exotic_units) {
		return;
	}

	width = width_of(value, plain);
	if (!width.exotic && width.septets > longest->narrow_units) {
		longest->narrow = value;
		longest->narrow_units = width.septets;
	}
	if (width.exotic && width.units > longest->exotic_units) {
		longest->exotic = value;
		longest->exotic_units = width.units;
	}
	if (width.units > longest->any_units) {
		longest->any = value;
		longest->any_units = width.units;
	}
}

static void add_client(const struct model *model, struct readers *readers,
		       const struct client *client)
{
	const bool plain = model->texting.plain_characters;
	struct longest *longest = readers->longest;

	readers->any = true;
	consider(&longest[FIELD_NAME], client->name, plain);
	consider(&longest[FIELD_CLIENT], client->id, plain);
	consider(&longest[FIELD_SPONSOR], client->sponsor, plain);
	longest[FIELD_COUNSELOR].missing |= !client->counselor;
	for (size_t i = 0; i < client->trusted.count; i++) {
		consider(&longest[FIELD_TRUSTED], client->trusted.list[i], plain);
	}
	longest[FIELD_TRUSTED].missing |= client->trusted.count == 0;
	for (size_t i = 0; i < client->meeting_count; i++) {
		consider(&longest[FIELD_TITLE], client->meetings[i].title, plain);
		consider(&longest[FIELD_PLACE], client->meetings[i].place, plain);
	}
	for (size_t i = 0; i < client->appointment_count; i++) {
		consider(&longest[FIELD_WITH], client->appointments[i].with, plain);
		consider(&longest[FIELD_PLACE], client->appointments[i].place, plain);
	}
}

static void keep_longer(char longest[WORDING_MAX], const char other[WORDING_MAX])
{
	if (width_of(other, false).units > width_of(longest, false).units) {
		memcpy(longest, other, WORDING_MAX);
	}
}

/* Each day of a leap year, at another hour: every weekday meets every hour. */
static void find_dates(struct readers *readers)
{
	struct civil when = { .year = 2028, .month = 1, .day = 1 };

	for (int day = 0; day < 366; day++) {
		char written[WORDING_MAX];

		when.hour = day % 24;
		wording_day(readers->language, &when, written);
		keep_longer(readers->day, written);
		wording_time(readers->language, &when, written);
		keep_longer(readers->time, written);
		wording_when(readers->language, &when, written);
		keep_longer(readers->when, written);
		when = civil_add_days(&when, 1);
	}
}

static struct readers *readers_of(const struct model *model, struct readers *readers,
				  const char *language)
{
	size_t i = 0;

	while (i + 1 < model->language_count && strcmp(readers[i].language, language) != 0) {
		i++;
	}
	return &readers[i];
}

int longest_find(const struct model *model, struct readers **ret_readers)
{
	struct readers *readers = calloc(model->language_count + 1, sizeof(*readers));

	if (!readers) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < model->language_count; i++) {
		readers[i].language = model->languages[i].code;
		find_dates(&readers[i]);
		/* A message may be about none. */
		readers[i].longest[FIELD_TITLE].missing = true;
		readers[i].longest[FIELD_PLACE].missing = true;
		readers[i].longest[FIELD_WITH].missing = true;
		/* Staff are few, so it does not matter whose clients read what. */
		for (size_t j = 0; j < model->staff_count; j++) {
			consider(&readers[i].longest[FIELD_COUNSELOR], model->staff[j].name,
				 model->texting.plain_characters);
		}
	}
	for (size_t i = 0; i < model->client_count; i++) {
		const struct client *client = &model->clients[i];

		add_client(model, readers_of(model, readers, client->language), client);
	}

	*ret_readers = readers;
	return 0;
}
