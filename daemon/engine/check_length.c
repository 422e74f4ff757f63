/*
 * The longest that each message can become.
 *
 * First a bound: the longest values of all clients of a language together, which
 * no client's text exceeds.  Only where that is too long are the texts of each
 * client tried.  So a hundred thousand clients cost a look at each of their
 * values and not at each of their texts.
 *
 * Promises: of several too long texts of one message the longest is named, once.
 * Faults show the one character that makes a text UCS-2 and no other of it.
 */
#include "engine/check_length.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/cleanup.h"
#include "lib/plain.h"
#include "lib/text.h"
#include "engine/compose.h"
#include "engine/field.h"

/* --- one message, filled with values that somebody chose ------------------ */

struct attempt {
	const struct model *model;
	const char *language; /* of whoever gets it */
	const struct template *template;
	const char *values[FIELD_COUNT]; /* NULL for none */
};

#define ALONE "\xe8\xaa\x9e" /* a character that GSM-7 lacks and that has no plain form */

static int look_up(void *userdata, const char *name, const char **ret_value)
{
	const struct attempt *attempt = userdata;
	size_t field = field_find(name);

	if (field == FIELD_COUNT) {
		return TEXT_E_FIELD;
	}
	*ret_value = attempt->values[field] ? attempt->values[field] : "";
	return 0;
}

/* wide: as if a character had made it UCS-2, which is one more.  0, TEXT_E_ where it cannot be sent
 * (TEXT_E_EMPTY: a field lacks its value), -errno. */
static int attempt_cost(const struct attempt *attempt, bool wide, struct text_cost *ret_cost)
{
	_cleanup_free_ char *text = NULL, *longer = NULL;
	int r = text_fill(attempt->template->text, look_up, (void *)(uintptr_t)attempt, &text, NULL,
			  NULL);

	if (r == -E2BIG) { /* longer than any text: text_fill gives up */
		*ret_cost = (struct text_cost){ .segments = 99, .units = 4096 };
		return 0;
	}
	if (r == 0) {
		r = compose_plain(attempt->model, attempt->language, &text);
	}
	if (r == 0 && wide && asprintf(&longer, "%s" ALONE, text) < 0) {
		longer = NULL;
		r = -ENOMEM;
	}
	return r == 0 ? text_cost(longer ? longer : text, ret_cost) : r;
}

/* What can be said of a message without filling it again. */
struct sketch {
	int times[FIELD_COUNT];       /* that it names each field */
	int narrow_units, wide_units; /* as the attempt is */
	bool wide;                    /* is UCS-2 as it is */
	bool choice;                  /* has an alternative for some field */
};

static int count(void *userdata, const char *name, const char **ret_value)
{
	size_t field = field_find(name);
	int *times = userdata;

	if (field == FIELD_COUNT) {
		return TEXT_E_FIELD;
	}
	times[field]++;
	*ret_value = "x";
	return 0;
}

/* As text_fill sees them, so that a brace that is written out is none. */
static int count_fields(const char *template, int times[FIELD_COUNT])
{
	_cleanup_free_ char *text = NULL;

	return text_fill(template, count, times, &text, NULL, NULL);
}

/* The answers of attempt_cost(), and its cost as it is. */
static int attempt_measure(const struct attempt *attempt, struct sketch *ret_sketch,
			   struct text_cost *ret_cost)
{
	struct sketch sketch = { .choice = strchr(attempt->template->text, '|') };
	struct text_cost narrow, wide;
	int r = count_fields(attempt->template->text, sketch.times);

	if (r == 0) {
		r = attempt_cost(attempt, false, &narrow);
	}
	if (r == 0) {
		r = attempt_cost(attempt, true, &wide);
	}
	if (r != 0) {
		return r;
	}

	sketch.narrow_units = narrow.units;
	sketch.wide_units = wide.units;
	sketch.wide = narrow.encoding == TEXT_UCS2;
	*ret_sketch = sketch;
	*ret_cost = narrow;
	return 0;
}

/* What to do about a text that takes too much, where `room` characters would fit: for UCS-2, which
 * character makes it so, and where that stands. */
#define ATTEMPT_ADVICE_MAX 200
static void attempt_advise(const struct attempt *attempt, const struct text_cost *cost, int room,
			   char buffer[ATTEMPT_ADVICE_MAX])
{
	const char *culprit = cost->culprit, *where = "the template";
	struct sketch sketch = { 0 };
	char form[PLAIN_MAX] = "", field[TEXT_NAME_MAX + 3], instead[80];
	uint32_t character = 0;

	if (cost->encoding == TEXT_GSM7) {
		(void)snprintf(buffer, ATTEMPT_ADVICE_MAX, "shorten it");
		return;
	}
	(void)count_fields(attempt->template->text, sketch.times);
	for (size_t i = 0; i < FIELD_COUNT && !strstr(attempt->template->text, culprit); i++) {
		if (attempt->values[i] && sketch.times[i] > 0 &&
		    strstr(attempt->values[i], culprit)) {
			(void)snprintf(field, sizeof(field), "{%s}", fields[i].name);
			where = field;
			break;
		}
	}
	(void)utf8_read(culprit, &character);
	if (plain_is_letter(character)) {
		(void)snprintf(
			instead, sizeof(instead),
			"shorten it, or say accents = \"plain\" in the file of its language");
	} else if (plain_form(character, form) && *form) {
		(void)snprintf(instead, sizeof(instead), "write '%s', or shorten it", form);
	} else {
		(void)snprintf(instead, sizeof(instead), "leave it out, or shorten it");
	}
	(void)snprintf(buffer, ATTEMPT_ADVICE_MAX,
		       "U+%04X '%s' in %s makes it UCS-2, where %d characters fit instead of %d; "
		       "%s",
		       (unsigned)character, culprit, where, room,
		       room < 100 ? 160 : room / 67 * 153, instead);
}

/* --- the longest values of those who read one language -------------------- */

/* The longest values of one field among the clients of one language. */
struct longest {
	const char *narrow, *any, *exotic;         /* in GSM-7; of all; of those that GSM-7 lacks */
	int narrow_units, any_units, exotic_units; /* septets; UTF-16 for the others */
	bool missing;                              /* somebody has none */
};

/* What becomes of its characters: see compose_plain(). */
struct writing {
	bool ornament, bare;
};

static struct writing writing_of(const struct model *model, const char *language)
{
	const struct language *file = model_language(model, language);
	bool bare = file && file->accents == ACCENTS_PLAIN;

	return (struct writing){ bare || model->texting.plain_characters, bare };
}

/* One language's readers. */
struct readers {
	const char *language;
	struct writing writing;
	char written
		[FIELD_COUNT]
		[FIELD_VALUE_MAX]; /* FIELD_OF_TIME: the most costly; what is no text of the model */
	struct longest longest[FIELD_COUNT]; /* the others that are not the same for all */
	bool any;                            /* is there anybody? */
};

struct width {
	int septets, units;
	bool exotic;
};

static struct width width_of(const char *value, struct writing writing)
{
	struct width width = { 0 };
	uint32_t character;
	int length;

	while ((length = utf8_read(value, &character)) > 0) {
		char form[PLAIN_MAX];
		int septets = gsm7_septets(character), units = character > 0xffff ? 2 : 1;

		/* Of what GSM-7 has in ASCII, nothing is written otherwise. */
		if (!(character < 0x80 && septets > 0) &&
		    (plain_is_letter(character) ? writing.bare : writing.ornament) &&
		    plain_form(character, form)) {
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

static void keep_longest(struct longest *longest, const char *value, struct writing writing)
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

	width = width_of(value, writing);
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

/* All values of a kind that are taken from the same. */
static void keep_longest_of(struct values *values, struct readers *readers, enum field_of of)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (fields[i].of == of) {
			keep_longest(&readers->longest[i], fields[i].value(values),
				     readers->writing);
		}
	}
}

/* After so many texts each of her several has been named with each of the others. */
static size_t turns_of(const struct client *client)
{
	return (client->trusted.count ? client->trusted.count : 1) *
	       (client->skills.count ? client->skills.count : 1);
}

/* What a reminder of hers or her plan's says in words of its own. */
static void add_said(struct values *values, struct readers *readers,
		     const struct reminder *reminders, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (reminders[i].say) {
			values->reminder = &reminders[i];
			keep_longest_of(values, readers, FIELD_OF_EVENT);
		}
	}
	values->reminder = NULL;
}

static void add_client(const struct model *model, struct readers *readers,
		       const struct client *client)
{
	struct values values = { .model = model, .client = client };

	readers->any = true;
	keep_longest_of(&values, readers, FIELD_OF_CLIENT);
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		readers->longest[i].missing |=
			fields[i].of == FIELD_OF_STAFF && !field_is_given(fields[i].name, client);
	}
	for (size_t i = 0; i == 0 || i < turns_of(client); i++) {
		values.turn = (int)i;
		keep_longest_of(&values, readers, FIELD_OF_SEVERAL);
	}
	for (size_t i = 0; i < client->meeting_count; i++) {
		values.meeting = &client->meetings[i];
		keep_longest_of(&values, readers, FIELD_OF_EVENT);
	}
	values.meeting = NULL;
	for (size_t i = 0; i < client->appointment_count; i++) {
		values.appointment = &client->appointments[i];
		keep_longest_of(&values, readers, FIELD_OF_EVENT);
	}
	values.appointment = NULL;
	add_said(&values, readers, client->reminders, client->reminder_count);
	for (const struct plan *plan = client->plan; plan; plan = client_plan_after(client, plan)) {
		add_said(&values, readers, plan->reminders, plan->reminder_count);
	}
}

/* "sábado" costs more than "miércoles", which is longer. */
static bool is_wider(const struct width *one, const struct width *other)
{
	return one->exotic != other->exotic ? one->exotic : one->units > other->units;
}

static void keep_widest(struct readers *readers, size_t field, const char *value,
			struct width *widest)
{
	struct width width = width_of(value, readers->writing);

	if (is_wider(&width, widest)) {
		*widest = width;
		(void)snprintf(readers->written[field], FIELD_VALUE_MAX, "%s", value);
	}
}

/* Does anything begin in the small hours?  The words for those are longer. */
static bool has_nights(const struct model *model)
{
	for (size_t i = 0; i < model->client_count; i++) {
		const struct client *client = &model->clients[i];

		for (size_t j = 0; j < client->meeting_count; j++) {
			if (client->meetings[j].minute < NIGHT_ENDS) {
				return true;
			}
		}
		for (size_t j = 0; j < client->appointment_count; j++) {
			if (civil_minute(&client->appointments[j].when) < NIGHT_ENDS) {
				return true;
			}
		}
	}
	return false;
}

/* Each day of a leap year, at another hour: every weekday meets every hour of the day, and the
 * first of the night where there are nights. */
static void find_times(const struct model *model, bool nights, struct readers *readers)
{
	struct civil when = { .year = 2028, .month = 1, .day = 1 };
	struct values values = { .model = model, .language = readers->language, .when = &when };
	struct width widest[FIELD_COUNT] = { { 0 } };

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (fields[i].of == FIELD_OF_SITE && fields[i].value(&values) == values.buffer) {
			(void)snprintf(readers->written[i], FIELD_VALUE_MAX, "%s", values.buffer);
		}
	}
	for (int turn = 0; turn < (nights ? 2 : 1) * 366; turn++) {
		when.hour = turn < 366 ? NIGHT_ENDS / 60 + turn % (24 - NIGHT_ENDS / 60) : 0;
		for (size_t i = 0; i < FIELD_COUNT; i++) {
			if (fields[i].of == FIELD_OF_TIME) {
				keep_widest(readers, i, fields[i].value(&values), &widest[i]);
			}
		}
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

/* For each of the model's languages, in its order; the caller frees the list. */
static int longest_find(const struct model *model, struct readers **ret_readers)
{
	struct readers *readers = calloc(model->language_count + 1, sizeof(*readers));
	bool nights = has_nights(model);

	if (!readers) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < model->language_count; i++) {
		readers[i].language = model->languages[i].code;
		readers[i].writing = writing_of(model, readers[i].language);
		find_times(model, nights, &readers[i]);
		/* Staff are few, so it does not matter whose clients read what. */
		for (size_t j = 0; j < FIELD_COUNT; j++) {
			for (size_t k = 0; fields[j].of == FIELD_OF_STAFF && k < model->staff_count;
			     k++) {
				keep_longest(&readers[i].longest[j], model->staff[k].name,
					     readers[i].writing);
			}
			/* A message may be about none. */
			readers[i].longest[j].missing |= fields[j].of == FIELD_OF_EVENT;
		}
	}
	for (size_t i = 0; i < model->client_count; i++) {
		const struct client *client = &model->clients[i];

		add_client(model, readers_of(model, readers, client->language), client);
	}

	*ret_readers = readers;
	return 0;
}

/* --- who may get which message, and about what ---------------------------- */

static bool reminds(const struct reminder *reminders, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		if (reminder_offers(&reminders[i], name) ||
		    follow_up_offers(&reminders[i].ask, name)) {
			return true;
		}
	}
	return false;
}

static bool answers(const struct answer_table *table, const char *name)
{
	if ((table->nudge && strcmp(table->nudge, name) == 0) ||
	    (table->clarify && strcmp(table->clarify, name) == 0)) {
		return true;
	}
	for (size_t i = 0; i < table->count; i++) {
		if (answer_says(&table->answers[i], name)) {
			return true;
		}
	}
	return false;
}

static bool plan_has(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->table_count; i++) {
		if (answers(&plan->tables[i], name)) {
			return true;
		}
	}
	return reminds(plan->reminders, plan->reminder_count, name);
}

/* Does her plan, a reminder of her own or Holdfast itself send her that message? */
static bool audience_has(const struct client *client, const char *name)
{
	for (size_t i = 0; templates_always[i]; i++) {
		if (strcmp(templates_always[i], name) == 0) {
			return true;
		}
	}
	for (const struct plan *plan = client->plan; plan; plan = client_plan_after(client, plan)) {
		if (plan_has(plan, name)) {
			return true;
		}
	}
	return reminds(client->reminders, client->reminder_count, name);
}

/* Is that the message of the meeting, in a form in which it may be said? */
static bool audience_of_meeting(const struct meeting *meeting, const char *name)
{
	static const char *const forms[] = { "", MEETING_AHEAD, MEETING_TONIGHT };
	size_t length = strlen(meeting->message);

	for (size_t i = 0; strncmp(meeting->message, name, length) == 0 && i < COUNT(forms); i++) {
		if (strcmp(name + length, forms[i]) == 0) {
			return compose_may_say(meeting, forms[i]) || !*forms[i];
		}
	}
	return follow_up_offers(&meeting->ask, name);
}

static bool audience_of_appointment(const struct appointment *appointment, const char *name)
{
	return strcmp(appointment->message, name) == 0 || follow_up_offers(&appointment->ask, name);
}

/* --- the check of one message --------------------------------------------------------- */

struct length_check {
	const struct model *model;
	struct faults *faults;
	const struct readers *readers; /* by language */
};

/* Of one message: a text that is too long, and whose. */
struct found {
	struct sketch sketch;
	struct attempt attempt;
	struct text_cost cost;
	const struct client *client; /* NULL: anybody's */
	unsigned line;
	size_t others;
	bool event;     /* what is tried is about something she goes to */
	bool open;      /* only for who asked for open wording */
	bool addressed; /* only for those of that address */
	size_t address;
	char name[TEMPLATE_NAME_MAX + 1]; /* without _open, _feminine or _masculine */
};

/* May it be another for each client? */
static bool is_personal(size_t field)
{
	enum field_of of = fields[field].of;

	return of == FIELD_OF_CLIENT || of == FIELD_OF_STAFF || of == FIELD_OF_SEVERAL ||
	       of == FIELD_OF_EVENT;
}

/* With what is the same for all who read that language. */
static struct attempt attempt_of(const struct length_check *check, const struct readers *readers,
				 const struct template *template)
{
	struct values values = { .model = check->model };
	struct attempt attempt = {
		.model = check->model,
		.language = readers->language,
		.template = template,
	};

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		attempt.values[i] = fields[i].of == FIELD_OF_SITE && !*readers->written[i]
					    ? fields[i].value(&values)
				    : fields[i].of == FIELD_OF_SITE || fields[i].of == FIELD_OF_TIME
					    ? readers->written[i]
					    : fields[i].longest;
	}
	return attempt;
}

static bool is_long(const struct length_check *check, const struct text_cost *cost)
{
	return cost->segments > check->model->texting.max_segments;
}

/* --- the bound --------------------------------------------------------------------- */

/* Of the longest value and none at all, whichever makes the text longer. */
static int choose_longer(struct attempt *bound, size_t field, const struct longest *longest,
			 bool wide)
{
	const char *value = wide ? longest->any : longest->narrow;
	struct attempt attempt = *bound;
	struct text_cost with, without;
	int r;

	bound->values[field] = value;
	if (!longest->missing && value) {
		return 0;
	}

	attempt.values[field] = NULL;
	r = attempt_cost(&attempt, wide, &without);
	if (r != 0 || !value) {
		bound->values[field] = r > 0 ? value : NULL;
		return r < 0 ? r : 0;
	}
	attempt.values[field] = value;
	r = attempt_cost(&attempt, wide, &with);
	if (r == 0 && without.units > with.units) {
		bound->values[field] = NULL;
	}
	return r < 0 ? r : 0;
}

/* What fits into the segments there may be. */
static int room_of(const struct length_check *check, enum text_encoding encoding)
{
	int most = check->model->texting.max_segments;

	if (most == 1) {
		return encoding == TEXT_GSM7 ? 160 : 70;
	}
	return most * (encoding == TEXT_GSM7 ? 153 : 67);
}

/* Positive: nobody's is too long, even where each segment loses a unit because an escape may not be
 * split.  0: somebody's might be. */
static int try_bound(const struct length_check *check, const struct readers *readers,
		     const struct sketch *sketch, const struct attempt *blank, bool wide)
{
	struct attempt bound = *blank;
	struct text_cost cost;
	int r = 0;

	for (size_t i = 0; r == 0 && i < FIELD_COUNT; i++) {
		if (is_personal(i) && sketch->times[i] > 0) {
			r = choose_longer(&bound, i, &readers->longest[i], wide);
		}
	}
	if (r == 0) {
		r = attempt_cost(&bound, wide, &cost);
	}
	if (r != 0) {
		return r;
	}
	return cost.units + check->model->texting.max_segments <= room_of(check, cost.encoding);
}

/* Might any be UCS-2? */
static bool is_wide(const struct readers *readers, const struct sketch *sketch)
{
	bool wide = sketch->wide || sketch->choice;

	for (size_t i = 0; !wide && i < FIELD_COUNT; i++) {
		wide = readers->longest[i].exotic && sketch->times[i] > 0;
	}
	return wide;
}

/* --- each client's --------------------------------------------------------------------- */

/* Is it, without being filled?  No character has fewer bytes than UTF-16 units, and none more than
 * two septets a byte. */
static bool is_short(const struct length_check *check, const struct sketch *sketch,
		     const struct attempt *attempt)
{
	int bytes = check->model->texting.max_segments;
	bool wide = sketch->wide;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		const char *value = attempt->values[i];
		int times = is_personal(i) ? sketch->times[i] : 0;

		if (times > 0 && (!value || !*value)) {
			return !sketch->choice;
		}
		for (; times > 0 && *value; value++) {
			bytes += times;
			wide |= (unsigned char)*value >= 0x80;
		}
	}
	return wide ? sketch->wide_units + bytes <= room_of(check, TEXT_UCS2)
		    : sketch->narrow_units + 2 * bytes <= room_of(check, TEXT_GSM7);
}

/* Tries one text, and keeps it where it is the longest too long one. */
static int try_one(const struct length_check *check, const struct attempt *attempt,
		   const struct client *client, unsigned line, struct found *found)
{
	struct text_cost cost;
	int r;

	if (is_short(check, &found->sketch, attempt)) {
		return 0;
	}
	r = attempt_cost(attempt, false, &cost);
	if (r != 0 || !is_long(check, &cost)) {
		return r < 0 ? r : 0;
	}
	/* Asked last, for it takes the longest. */
	if (!found->event && !audience_has(client, found->name)) {
		return 0;
	}

	found->others += found->client && found->client != client;
	if (!found->client || cost.segments > found->cost.segments) {
		found->attempt = *attempt;
		found->cost = cost;
		found->client = client;
		found->line = line;
	}
	return 0;
}

/* What is tried of one client. */
struct trial {
	struct values values;
	struct attempt attempt;
};

/* All fields of a kind, from what the values are taken from now. */
static void set_values(struct trial *trial, enum field_of of)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (fields[i].of == of) {
			trial->attempt.values[i] = fields[i].value(&trial->values);
		}
	}
}

static bool names_any(const struct sketch *sketch, enum field_of of)
{
	bool named = false;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		named |= fields[i].of == of && sketch->times[i] > 0;
	}
	return named;
}

/* With each of the people she trusts, and each of her skills. */
static int try_several(const struct length_check *check, struct trial *trial, unsigned line,
		       struct found *found)
{
	const struct client *client = trial->values.client;
	size_t count = names_any(&found->sketch, FIELD_OF_SEVERAL) ? turns_of(client) : 0;
	int r = 0;

	for (size_t i = 0; r == 0 && (i == 0 || i < count); i++) {
		trial->values.turn = (int)i;
		set_values(trial, FIELD_OF_SEVERAL);
		r = try_one(check, &trial->attempt, client, line, found);
	}
	return r;
}

/* Each reminder that has words of its own. */
static int try_said(const struct length_check *check, struct trial *trial,
		    const struct reminder *reminders, size_t count, struct found *found)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		if (reminders[i].say && (reminder_offers(&reminders[i], found->name) ||
					 follow_up_offers(&reminders[i].ask, found->name))) {
			trial->values.reminder = &reminders[i];
			set_values(trial, FIELD_OF_EVENT);
			r = try_several(check, trial, trial->values.client->line, found);
		}
	}
	trial->values.reminder = NULL;
	return r;
}

/* About each thing she goes to. */
static int try_events(const struct length_check *check, struct trial *trial, struct found *found)
{
	const struct client *client = trial->values.client;
	int r = 0;

	for (size_t i = 0; r == 0 && i < client->meeting_count; i++) {
		trial->values.meeting = &client->meetings[i];
		if (audience_of_meeting(trial->values.meeting, found->name)) {
			set_values(trial, FIELD_OF_EVENT);
			r = try_several(check, trial, client->meetings[i].line, found);
		}
	}
	trial->values.meeting = NULL;
	for (size_t i = 0; r == 0 && i < client->appointment_count; i++) {
		trial->values.appointment = &client->appointments[i];
		if (audience_of_appointment(trial->values.appointment, found->name)) {
			set_values(trial, FIELD_OF_EVENT);
			r = try_several(check, trial, client->appointments[i].line, found);
		}
	}
	trial->values.appointment = NULL;
	r = r ? r : try_said(check, trial, client->reminders, client->reminder_count, found);
	for (const struct plan *plan = client->plan; r == 0 && plan;
	     plan = client_plan_after(client, plan)) {
		r = try_said(check, trial, plan->reminders, plan->reminder_count, found);
	}
	return r;
}

static int try_client(const struct length_check *check, const struct readers *readers,
		      const struct template *template, const struct client *client,
		      struct found *found)
{
	struct trial trial = {
		.values = { .model = check->model, .client = client },
		.attempt = attempt_of(check, readers, template),
	};
	int r;

	set_values(&trial, FIELD_OF_CLIENT);
	set_values(&trial, FIELD_OF_STAFF);
	found->event = true;
	r = try_events(check, &trial, found);
	if (r < 0) {
		return r;
	}

	found->event = false;
	set_values(&trial, FIELD_OF_EVENT);
	return try_several(check, &trial, client->line, found);
}

/* --- faults ------------------------------------------------------------------------------ */

static void blame(const struct length_check *check, const struct found *found)
{
	const struct template *template = found->attempt.template;
	int room = room_of(check, found->cost.encoding);
	int over = found->cost.units - room;
	char advice[ATTEMPT_ADVICE_MAX], whose[200] = "", others[40] = "";

	attempt_advise(&found->attempt, &found->cost, room, advice);
	if (found->others > 0) {
		(void)snprintf(others, sizeof(others), " and %zu more", found->others);
	}
	if (found->client) {
		(void)snprintf(whose, sizeof(whose), " for the client at %.120s:%u%s",
			       found->client->file, found->line, others);
	}
	fault_add(check->faults, FAULT_ERROR, template->file, template->line, "too-long",
		  "%d segments%s, and texting.max_segments is %d: %d character%s too many; %s",
		  found->cost.segments, whose, check->model->texting.max_segments,
		  over > 0 ? over : 1, over > 1 ? "s" : "", advice);
}

/* Is it the message that is too long, whatever short values she had? */
static int is_anybodys(const struct length_check *check, const struct found *found,
		       bool *ret_anybodys)
{
	struct attempt attempt = found->attempt;
	struct text_cost cost;
	int r;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (is_personal(i) && attempt.values[i]) {
			attempt.values[i] = "x";
		}
	}
	r = attempt_cost(&attempt, false, &cost);
	*ret_anybodys = r == 0 && is_long(check, &cost);
	return r < 0 ? r : 0;
}

/* --- what accents cost ------------------------------------------------------------------ */

/* Of a text of that template whose values are short, with its letters kept or bare. */
static int count_segments(const struct attempt *attempt, enum plain_letters letters,
			  int *ret_segments)
{
	_cleanup_free_ char *text = NULL, *plain = NULL;
	struct text_cost cost = { 0 };
	int r = text_fill(attempt->template->text, look_up, (void *)(uintptr_t)attempt, &text, NULL,
			  NULL);

	if (r == 0) {
		r = text_plain(text, letters, &plain);
	}
	if (r == 0) {
		r = text_cost(plain, &cost);
	}
	*ret_segments = cost.segments;
	return r;
}

/* Which messages of a language that keeps its accents take more segments for letters of their own. */
#define COSTLY_NAMED 3
static int check_accents(const struct length_check *check, const struct readers *readers,
			 const struct language *language)
{
	char named[200] = "";
	size_t used = 0, count = 0;
	int r = 0;

	for (size_t i = 0; r >= 0 && i < language->count; i++) {
		struct attempt attempt = { .model = check->model,
					   .language = readers->language,
					   .template = &language->messages[i] };
		int kept, bare;

		if (text_is_ascii(attempt.template->text)) {
			continue;
		}
		for (size_t j = 0; j < FIELD_COUNT; j++) {
			attempt.values[j] = "Riverside";
		}
		r = count_segments(&attempt, PLAIN_LETTERS_KEEP, &kept);
		if (r == 0) {
			r = count_segments(&attempt, PLAIN_LETTERS_BARE, &bare);
		}
		if (r != 0 || kept <= bare) {
			continue;
		}
		if (count++ < COSTLY_NAMED) {
			used += (size_t)snprintf(named + used, sizeof(named) - used,
						 "%s%.40s %d instead of %d", used > 0 ? ", " : "",
						 language->messages[i].name, kept, bare);
		}
	}
	if (count > 0) {
		fault_add(check->faults, FAULT_WARNING, language->file, language->line, "accents",
			  "letters with accents make %zu message%s longer, in segments: %s%s; find "
			  "words "
			  "without them, or say accents = \"plain\"",
			  count, count > 1 ? "s" : "", named, count > COSTLY_NAMED ? ", ..." : "");
	}
	return r < 0 ? r : 0;
}

/* --- all of it ------------------------------------------------------------------------- */

/* With the shortest values, then the longest.  Positive where somebody's may be too long. */
static int check_template(const struct length_check *check, const struct readers *readers,
			  const struct template *template, struct found *found)
{
	struct attempt blank = attempt_of(check, readers, template);
	struct text_cost cost;
	int r;

	for (size_t i = 0; i < FIELD_COUNT; i++) {
		if (is_personal(i)) {
			blank.values[i] = "x";
		}
	}
	r = attempt_measure(&blank, &found->sketch, &cost);
	if (r != 0) {
		return r < 0 ? r : 0;
	}
	if (is_long(check, &cost)) {
		found->attempt = blank;
		found->cost = cost;
		return 0;
	}
	if (!readers->any) {
		return 0;
	}

	r = try_bound(check, readers, &found->sketch, &blank, false);
	if (r > 0 && is_wide(readers, &found->sketch)) {
		r = try_bound(check, readers, &found->sketch, &blank, true);
	}
	return r < 0 ? r : r == 0;
}

/* By which name the message is asked for. */
static void name_base(const struct model *model, const char *language,
		      const struct template *template, struct found *found)
{
	size_t open = template_open_base(template->name);
	size_t addressed = template_variant(template->name, &found->address);

	(void)snprintf(found->name, sizeof(found->name), "%.*s", (int)(open > 0 ? open : addressed),
		       template->name);
	found->open = open > 0 && model_template(model, language, found->name);
	found->addressed = open == 0 && addressed > 0;
	if (!found->open && !found->addressed) {
		(void)snprintf(found->name, sizeof(found->name), "%s", template->name);
	}
}

static bool is_for(const struct found *found, const struct client *client)
{
	return (!found->open || client->wording != 0) &&
	       (!found->addressed || client->address == found->address);
}

/* Positive where it is too long. */
static int check_message(const struct length_check *check, const struct readers *readers,
			 const struct template *template)
{
	const struct model *model = check->model;
	struct found found = { 0 };
	bool anybodys = false;
	int r = check_template(check, readers, template, &found);
	bool each = r > 0;

	name_base(model, readers->language, template, &found);
	r = each ? 0 : r;
	for (size_t i = 0; each && r == 0 && i < model->client_count; i++) {
		if (strcmp(model->clients[i].language, readers->language) == 0 &&
		    is_for(&found, &model->clients[i])) {
			r = try_client(check, readers, template, &model->clients[i], &found);
		}
	}
	if (r == 0 && found.client) {
		r = is_anybodys(check, &found, &anybodys);
	}
	if (r < 0 || !found.attempt.template) {
		return r;
	}

	found.client = anybodys ? NULL : found.client;
	blame(check, &found);
	return 1;
}

/* Those who speak the language, and those whose own has no such message. */
static int check_language(const struct length_check *check, size_t which,
			  const struct template *template)
{
	const struct model *model = check->model;
	bool last = strcmp(model->languages[which].code, model->site.language) == 0;
	int r = check_message(check, &check->readers[which], template);

	for (size_t i = 0; r == 0 && last && i < model->language_count; i++) {
		if (i != which && !language_template(&model->languages[i], template->name)) {
			r = check_message(check, &check->readers[i], template);
		}
	}
	return r < 0 ? r : 0;
}

int check_length(const struct model *model, struct faults *faults)
{
	_cleanup_free_ struct readers *readers = NULL;
	struct length_check check = { .model = model, .faults = faults };
	int r = longest_find(model, &readers);

	check.readers = readers;
	for (size_t i = 0; r == 0 && i < model->language_count; i++) {
		const struct language *language = &model->languages[i];

		for (size_t j = 0; r == 0 && j < language->count; j++) {
			r = check_language(&check, i, &language->messages[j]);
		}
		if (r == 0 && language->accents == ACCENTS_KEEP) {
			r = check_accents(&check, &readers[i], language);
		}
	}
	return r;
}
