/*
 * What the fields of a text become: from the client, what the text is about,
 * and the day on which it happens.
 */
#ifndef HF_ENGINE_FIELD_H
#define HF_ENGINE_FIELD_H

#include <stddef.h>

#include "lib/civil.h"
#include "config/model.h"
#include "store/outbox.h"

#define WORDING_MAX 80 /* bytes, for each */

void wording_time(const char *language, const struct civil *when, char buffer[WORDING_MAX]);
void wording_day(const char *language, const struct civil *when, char buffer[WORDING_MAX]);
/* When, as the end of a sentence: "Monday at 8:00 am", "el lunes a las 8:00". */
void wording_when(const char *language, const struct civil *when, char buffer[WORDING_MAX]);

enum field {
	FIELD_NAME,
	FIELD_SITE,
	FIELD_SITE_PHONE,
	FIELD_TRUSTED, /* the next of them for each ordinal of the row */
	FIELD_SPONSOR,
	FIELD_COUNSELOR,
	FIELD_TITLE,
	FIELD_PLACE,
	FIELD_WITH,
	FIELD_DAY,
	FIELD_TIME,
	FIELD_DAYS,
	FIELD_NEXT_OPEN,
	FIELD_CLIENT,
	FIELD_CASE,
	FIELD_REASON,
	FIELD_CASES, /* {count}: how many */
	FIELD_COUNT,
};
const char *field_word(enum field field);
enum field field_named(const char *name); /* FIELD_COUNT: there is none of that name */

/* What the values of one text are taken from. */
struct values {
	const struct model *model;
	const struct client *client;
	const struct outbox_message *row;
	const struct meeting *meeting;         /* NULL where it is about none */
	const struct appointment *appointment; /* the same */
	const char *language;
	char buffer[WORDING_MAX]; /* of the value that was asked for last */
};

/* NULL or "" for none; good until the next is asked for. */
const char *values_get(struct values *values, enum field field);
/* A text_field whose userdata is a struct values. */
int values_look_up(void *userdata, const char *name, const char **ret_value);
/* From the recovery date, else the start, to the day on which it happens. */
int64_t values_days(const struct values *values);

#endif
