/*
 * The values of fields.
 *
 * What is dangerous: a value is good until the next one is asked for, because
 * dates and numbers are written into one buffer.
 */
#include "engine/values.h"

#include <stdio.h>
#include <string.h>

#include "lib/text.h"
#include "engine/site_hours.h"

static const char *field_name(struct values *values)
{
	return values->client->name;
}

static const char *field_site(struct values *values)
{
	return values->model->site.name;
}

static const char *field_site_phone(struct values *values)
{
	return values->model->site.phone;
}

static const char *field_sponsor(struct values *values)
{
	return values->client->sponsor;
}

/* The next of them each time, so that it is not always the same person who is called. */
static const char *field_trusted(struct values *values)
{
	const struct conf_texts *trusted = &values->client->trusted;

	return trusted->count ? trusted->list[(size_t)values->row->ordinal % trusted->count] : NULL;
}

static const char *field_counselor(struct values *values)
{
	const char *id = values->client->counselor;
	const struct staff_member *member = id ? model_staff(values->model, id) : NULL;

	return member ? member->name : NULL;
}

static const char *field_title(struct values *values)
{
	return values->meeting ? values->meeting->title : NULL;
}

static const char *field_place(struct values *values)
{
	if (values->meeting) {
		return values->meeting->place;
	}

	return values->appointment ? values->appointment->place : NULL;
}

static const char *field_with(struct values *values)
{
	return values->appointment ? values->appointment->with : NULL;
}

static struct civil occurrence_of(const struct values *values)
{
	const struct outbox_message *row = values->row;

	return zone_civil(values->client->zone, row->occurrence ? row->occurrence : row->due);
}

static const char *field_day(struct values *values)
{
	struct civil when = occurrence_of(values);

	wording_day(values->language, &when, values->buffer);
	return values->buffer;
}

static const char *field_time(struct values *values)
{
	struct civil when = occurrence_of(values);

	wording_time(values->language, &when, values->buffer);
	return values->buffer;
}

int64_t values_days(const struct values *values)
{
	const struct client *client = values->client;
	struct civil when = occurrence_of(values);

	return civil_to_days(&when) -
	       civil_to_days(client->recovery_date.year ? &client->recovery_date : &client->start);
}

static const char *field_days(struct values *values)
{
	(void)snprintf(values->buffer, sizeof(values->buffer), "%lld",
		       (long long)values_days(values));
	return values->buffer;
}

/* When the site next opens, in its own time. */
static const char *field_next_open(struct values *values)
{
	hf_time at = site_hours_next(values->model, values->row->due);
	struct civil opening;

	if (at == HF_NEVER) {
		return NULL;
	}

	opening = zone_civil(values->model->site.zone, at);
	wording_when(values->language, &opening, values->buffer);
	return values->buffer;
}

static const char *field_client(struct values *values)
{
	return values->client->id;
}

/* Known, so that a message may name it; given a value where a case is spoken of. */
static const char *field_of_case(struct values *values)
{
	(void)values;
	return NULL;
}

static const struct {
	const char *name;
	const char *(*value)(struct values *values);
} table[] = {
	[FIELD_NAME] = { "name", field_name },
	[FIELD_SITE] = { "site", field_site },
	[FIELD_SITE_PHONE] = { "site_phone", field_site_phone },
	[FIELD_TRUSTED] = { "trusted", field_trusted },
	[FIELD_SPONSOR] = { "sponsor", field_sponsor },
	[FIELD_COUNSELOR] = { "counselor", field_counselor },
	[FIELD_TITLE] = { "title", field_title },
	[FIELD_PLACE] = { "place", field_place },
	[FIELD_WITH] = { "with", field_with },
	[FIELD_DAY] = { "day", field_day },
	[FIELD_TIME] = { "time", field_time },
	[FIELD_DAYS] = { "days", field_days },
	[FIELD_NEXT_OPEN] = { "next_open", field_next_open },
	[FIELD_CLIENT] = { "client", field_client },
	[FIELD_CASE] = { "case", field_of_case },
	[FIELD_REASON] = { "reason", field_of_case },
	[FIELD_CASES] = { "count", field_of_case },
};

const char *field_word(enum field field)
{
	return table[field].name;
}

enum field field_named(const char *name)
{
	size_t i = 0;

	while (i < COUNT(table) && strcmp(table[i].name, name) != 0) {
		i++;
	}
	return (enum field)i;
}

const char *values_get(struct values *values, enum field field)
{
	return table[field].value(values);
}

int values_look_up(void *userdata, const char *name, const char **ret_value)
{
	enum field field = field_named(name);
	const char *value;

	if (field == FIELD_COUNT) {
		return TEXT_E_FIELD;
	}

	value = values_get(userdata, field);
	*ret_value = value ? value : "";
	return 0;
}
