/*
 * What the fields of a text become: from the client, what the text is about,
 * and the day on which it happens.  Times and dates are written as people of a
 * language write them: "7:00 pm", "noon", "a la 1:00 pm", "Wednesday, December 2",
 * "miércoles 2 de diciembre".  A language that is not known here gets digits:
 * 7:00 pm or 19:00, and 2026-12-02.  Not by locale: a server's locales are what its administrator
 * installed, and the words in a client's text must not depend on that.
 *
 * Dangerous: a value is good until the next one is asked for, because dates and
 * numbers are written into one buffer.
 */
#include "engine/field.h"

#include <stdio.h>
#include <string.h>

#include "lib/phone.h"
#include "lib/text.h"
#include "engine/site_hours.h"

/* How a language writes the time of day; bare, and as what follows "group today". */
typedef void (*write_time)(const struct civil *when, enum clock_style clock,
			   char buffer[FIELD_VALUE_MAX]);
typedef void (*write_day)(const struct civil *when, char buffer[FIELD_VALUE_MAX]);

struct date_style {
	const char *language;
	write_time time, at_time, when;
	write_day day;
	write_day night; /* the night that begins on that day; NULL: days have none */
	/* The time, bare and with its preposition; NULL: as any other. */
	const char *midnight, *at_midnight;
	const char *units[3][2]; /* by enum counted_in: of one, and of any other number */
};

static void digits(const struct civil *when, enum clock_style clock, char buffer[FIELD_VALUE_MAX])
{
	int hour = when->hour % 12 ? when->hour % 12 : 12;

	if (clock == CLOCK_24H) {
		(void)snprintf(buffer, FIELD_VALUE_MAX, "%d:%02d", when->hour, when->minute);
	} else {
		(void)snprintf(buffer, FIELD_VALUE_MAX, "%d:%02d %s", hour, when->minute,
			       when->hour < 12 ? "am" : "pm");
	}
}

/* "12:00 pm" is read as either twelve o'clock.  So is "12:00 am", and midnight alone may be the one
 * before or after its day: where something begins then, the night is named, not the day. */
static bool is_noon(const struct civil *when, enum clock_style clock)
{
	return clock == CLOCK_12H && when->hour == 12 && when->minute == 0;
}

/* --- English ------------------------------------------------------------- */

static void english_day(const struct civil *when, char buffer[FIELD_VALUE_MAX])
{
	(void)snprintf(buffer, FIELD_VALUE_MAX, "%s, %s %d",
		       civil_weekday_name(civil_weekday(when)), civil_month_name(when->month),
		       when->day);
}

static void english_time(const struct civil *when, enum clock_style clock,
			 char buffer[FIELD_VALUE_MAX])
{
	if (is_noon(when, clock)) {
		(void)snprintf(buffer, FIELD_VALUE_MAX, "noon");
	} else {
		digits(when, clock, buffer);
	}
}

static void english_at_time(const struct civil *when, enum clock_style clock,
			    char buffer[FIELD_VALUE_MAX])
{
	char time[FIELD_VALUE_MAX];

	english_time(when, clock, time);
	(void)snprintf(buffer, FIELD_VALUE_MAX, "at %.20s", time);
}

static void english_when(const struct civil *when, enum clock_style clock,
			 char buffer[FIELD_VALUE_MAX])
{
	char time[FIELD_VALUE_MAX];

	english_at_time(when, clock, time);
	(void)snprintf(buffer, FIELD_VALUE_MAX, "%s %.23s", civil_weekday_name(civil_weekday(when)),
		       time);
}

static void english_night(const struct civil *when, char buffer[FIELD_VALUE_MAX])
{
	(void)snprintf(buffer, FIELD_VALUE_MAX, "%s night, %s %d",
		       civil_weekday_name(civil_weekday(when)), civil_month_name(when->month),
		       when->day);
}

/* --- Spanish ------------------------------------------------------------- */

static const char *const spanish_weekdays[] = {
	"lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo",
};
static const char *const spanish_months[] = {
	"enero", "febrero", "marzo",      "abril",   "mayo",      "junio",
	"julio", "agosto",  "septiembre", "octubre", "noviembre", "diciembre",
};

static void spanish_day(const struct civil *when, char buffer[FIELD_VALUE_MAX])
{
	(void)snprintf(buffer, FIELD_VALUE_MAX, "%s %d de %s",
		       spanish_weekdays[civil_weekday(when)], when->day,
		       spanish_months[when->month - 1]);
}

static void spanish_time(const struct civil *when, enum clock_style clock,
			 char buffer[FIELD_VALUE_MAX])
{
	if (is_noon(when, clock)) {
		(void)snprintf(buffer, FIELD_VALUE_MAX, "12 del día");
	} else {
		digits(when, clock, buffer);
	}
}

/* "a la 1:00", "a las 2:00". */
static void spanish_at_time(const struct civil *when, enum clock_style clock,
			    char buffer[FIELD_VALUE_MAX])
{
	bool one = when->hour == 1 || (clock == CLOCK_12H && when->hour == 13);
	char time[FIELD_VALUE_MAX];

	spanish_time(when, clock, time);
	(void)snprintf(buffer, FIELD_VALUE_MAX, "a la%s %.20s", one ? "" : "s", time);
}

static void spanish_when(const struct civil *when, enum clock_style clock,
			 char buffer[FIELD_VALUE_MAX])
{
	char time[FIELD_VALUE_MAX];

	spanish_at_time(when, clock, time);
	(void)snprintf(buffer, FIELD_VALUE_MAX, "el %s %.27s",
		       spanish_weekdays[civil_weekday(when)], time);
}

static void spanish_night(const struct civil *when, char buffer[FIELD_VALUE_MAX])
{
	(void)snprintf(buffer, FIELD_VALUE_MAX, "%s %d de %s en la noche",
		       spanish_weekdays[civil_weekday(when)], when->day,
		       spanish_months[when->month - 1]);
}

/* --- any other ------------------------------------------------------------ */

static void plain_day(const struct civil *when, char buffer[FIELD_VALUE_MAX])
{
	(void)snprintf(buffer, FIELD_VALUE_MAX, "%04d-%02d-%02d", when->year, when->month,
		       when->day);
}

static void plain_when(const struct civil *when, enum clock_style clock,
		       char buffer[FIELD_VALUE_MAX])
{
	char time[FIELD_VALUE_MAX];

	digits(when, clock, time);
	(void)snprintf(buffer, FIELD_VALUE_MAX, "%04d-%02d-%02d %.20s", when->year, when->month,
		       when->day, time);
}

static const struct date_style date_styles[] = {
	{ "en",
	  english_time,
	  english_at_time,
	  english_when,
	  english_day,
	  english_night,
	  "midnight",
	  "at midnight",
	  { { "day", "days" }, { "month", "months" }, { "year", "years" } } },
	{ "es",
	  spanish_time,
	  spanish_at_time,
	  spanish_when,
	  spanish_day,
	  spanish_night,
	  "12 de la noche",
	  "a las 12 de la noche",
	  { { "día", "días" }, { "mes", "meses" }, { "año", "años" } } },
	{ "",
	  digits,
	  digits,
	  plain_when,
	  plain_day,
	  NULL,
	  NULL,
	  NULL,
	  { { "d", "d" }, { "mo", "mo" }, { "y", "y" } } },
};

/* "es-MX" speaks es; the last one speaks for all others. */
static const struct date_style *date_style_of(const char *language)
{
	const struct date_style *style = date_styles;

	for (; *style->language; style++) {
		size_t length = strlen(style->language);

		if (language && strncmp(language, style->language, length) == 0 &&
		    (language[length] == '\0' || language[length] == '-')) {
			break;
		}
	}
	return style;
}

/* As its file says; 12 hours where there is none. */
static enum clock_style clock_of(const struct values *values)
{
	const struct language *language =
		values->model ? model_language(values->model, values->language) : NULL;

	return language ? language->clock : CLOCK_12H;
}

static const char *field_name(struct values *values)
{
	return values->client->name;
}

static const char *field_site(struct values *values)
{
	return values->model->site.name;
}

/* As people there write it. */
static const char *field_site_phone(struct values *values)
{
	if (!values->model->site.phone) {
		return NULL;
	}
	phone_write(values->model->site.phone, values->buffer, sizeof(values->buffer));
	return values->buffer;
}

static const char *field_sponsor(struct values *values)
{
	return values->client->sponsor;
}

/* The next of them each time, so that it is not always the same person who is called. */
static const char *next_of(const struct conf_texts *texts, const struct values *values)
{
	return texts->count ? texts->list[(size_t)values->turn % texts->count] : NULL;
}

static const char *field_trusted(struct values *values)
{
	return next_of(&values->client->trusted, values);
}

static const char *field_skill(struct values *values)
{
	return next_of(&values->client->skills, values);
}

/* Without a model there is nobody to ask for the name, and the id stands for it. */
static const char *field_counselor(struct values *values)
{
	const char *id = values->client->counselor;
	const struct staff_member *member;

	if (!id || !values->model) {
		return id;
	}
	member = model_staff(values->model, id);
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

static const char *field_say(struct values *values)
{
	return values->reminder ? values->reminder->say : NULL;
}

static struct civil occurrence_of(const struct values *values)
{
	const struct outbox_message *row = values->row;

	if (values->when) {
		return *values->when;
	}
	return zone_civil(values->client->zone, row->occurrence ? row->occurrence : row->due);
}

static const char *field_day(struct values *values)
{
	const struct date_style *style = date_style_of(values->language);
	struct civil when = occurrence_of(values);

	if (style->night && civil_minute(&when) < NIGHT_ENDS) {
		when = civil_add_days(&when, -1);
		style->night(&when, values->buffer);
	} else {
		style->day(&when, values->buffer);
	}
	return values->buffer;
}

static const char *field_time(struct values *values)
{
	const struct date_style *style = date_style_of(values->language);
	struct civil when = occurrence_of(values);

	if (style->midnight && civil_minute(&when) == 0) {
		return style->midnight;
	}
	style->time(&when, clock_of(values), values->buffer);
	return values->buffer;
}

static const char *field_at_time(struct values *values)
{
	const struct date_style *style = date_style_of(values->language);
	struct civil when = occurrence_of(values);

	if (style->midnight && civil_minute(&when) == 0) {
		return style->at_midnight;
	}
	style->at_time(&when, clock_of(values), values->buffer);
	return values->buffer;
}

/* To the day on which it happens, from what its reminder counts from. */
static int64_t days_of(const struct values *values)
{
	struct civil when = occurrence_of(values);
	int64_t day = civil_to_days(&when);

	return day - client_counts_from(values->client, values->reminder, day);
}

bool values_counted(const struct values *values, struct counted *ret_counted)
{
	struct civil when = occurrence_of(values);
	int64_t day = civil_to_days(&when);
	int64_t base = client_counts_from(values->client, values->reminder, day);

	for (size_t i = reminder_counted(values->reminder); i > 0; i--) {
		struct counted counted = reminder_counted_at(values->reminder, i - 1);

		if (counted_day(&counted, base) == day) {
			*ret_counted = counted;
			return true;
		}
	}
	return false;
}

/* What counts nothing says whole years, else whole months, else days. */
static struct counted since_of(const struct values *values)
{
	struct counted counted = { COUNTED_IN_DAYS, (int)days_of(values) };
	struct civil when = occurrence_of(values), from;
	int months;

	if (values->reminder && values_counted(values, &counted)) {
		return counted;
	}
	from = civil_add_days(&when, -counted.number);
	months = 12 * (when.year - from.year) + when.month - from.month;
	if (months > 0 && counted_day(&(struct counted){ COUNTED_IN_MONTHS, months },
				      civil_to_days(&from)) == civil_to_days(&when)) {
		counted = (struct counted){ months % 12 ? COUNTED_IN_MONTHS : COUNTED_IN_YEARS,
					    months % 12 ? months : months / 12 };
	}
	return counted;
}

static const char *field_since(struct values *values)
{
	static const struct counted longest = { COUNTED_IN_DAYS, 36500 };
	const struct date_style *style = date_style_of(values->language);
	struct counted counted = values->when ? longest : since_of(values);

	(void)snprintf(values->buffer, sizeof(values->buffer), "%d %s", counted.number,
		       style->units[counted.unit][counted.number != 1]);
	return values->buffer;
}

static const char *field_days(struct values *values)
{
	(void)snprintf(values->buffer, sizeof(values->buffer), "%lld", (long long)days_of(values));
	return values->buffer;
}

static const char *field_per_week(struct values *values)
{
	if (values->per_week <= 0) {
		return NULL;
	}
	(void)snprintf(values->buffer, sizeof(values->buffer), "%d", values->per_week);
	return values->buffer;
}

/* When the site next opens, in its own time. */
static const char *field_next_open(struct values *values)
{
	struct civil opening;

	if (values->when) {
		opening = *values->when;
	} else {
		hf_time at = site_hours_next(values->model, values->row->due);

		if (at == HF_NEVER) {
			return NULL;
		}
		opening = zone_civil(values->model->site.zone, at);
	}

	date_style_of(values->language)->when(&opening, clock_of(values), values->buffer);
	return values->buffer;
}

static const char *field_client(struct values *values)
{
	return values->client->id;
}

/* Known, so that a message may name it; given a value where a case is spoken of. */
static const char *field_case(struct values *values)
{
	(void)values;
	return NULL;
}

static const char *field_reason(struct values *values)
{
	return field_case(values);
}

static const char *field_count(struct values *values)
{
	return field_case(values);
}

static const char *field_gateway(struct values *values)
{
	return field_case(values);
}

static const char *field_phone(struct values *values)
{
	return field_case(values);
}

#define FIELD_ROW(name, of, longest) { #name, FIELD_OF_##of, longest, field_##name },
const struct field fields[FIELD_COUNT] = { TEMPLATE_FIELDS(FIELD_ROW) };

size_t field_find(const char *name)
{
	size_t i = 0;

	while (i < FIELD_COUNT && strcmp(fields[i].name, name) != 0) {
		i++;
	}
	return i;
}

bool field_is_given(const char *name, const struct client *client)
{
	const struct outbox_message row = { 0 };
	struct values values = { .client = client, .row = &row };
	size_t field = field_find(name);
	const char *value;

	if (field == FIELD_COUNT ||
	    (fields[field].of != FIELD_OF_CLIENT && fields[field].of != FIELD_OF_STAFF &&
	     fields[field].of != FIELD_OF_SEVERAL)) {
		return true;
	}
	value = fields[field].value(&values);
	return value && *value;
}

int values_look_up(void *userdata, const char *name, const char **ret_value)
{
	size_t field = field_find(name);
	const char *value;

	if (field == FIELD_COUNT) {
		return TEXT_E_FIELD;
	}

	value = fields[field].value(userdata);
	*ret_value = value ? value : "";
	return 0;
}
