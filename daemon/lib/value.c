/*
 * The kinds of values that are written as text: each is a row in `forms`.
 *
 * Promises: a fault shows the offending word only for kinds whose words are
 * nobody's name or number.
 */
#include "lib/value.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/zone.h"
#include "lib/phone.h"

/* Everything that reading one value needs. */
struct value {
	struct conf_reader *reader;
	const struct conf_node *node; /* for faults; NULL: a default */
	const char *const *words;
};

#define complain(value, code, ...)                                                                 \
	fault_add((value)->reader->faults, FAULT_ERROR, conf_file((value)->node),                  \
		  conf_line((value)->node), (code), __VA_ARGS__)

const char *conf_hint(const char *word, const char *const *words, char buffer[CONF_HINT_MAX])
{
	const char *nearest = word_nearest(word, words);

	buffer[0] = '\0';
	if (nearest) {
		(void)snprintf(buffer, CONF_HINT_MAX, "; did you mean \"%s\"?", nearest);
	}
	return buffer;
}

/* Reads text into *target: 0, -EINVAL where it is wrong, -ENOMEM. */
typedef int (*read_text)(struct value *value, const char *text, void *target);

static int read_plain(struct value *value, const char *text, void *target)
{
	char *copy = arena_copy(value->reader->arena, text);

	if (!copy) {
		return -ENOMEM;
	}
	*(char **)target = copy;
	return 0;
}

static int read_date(struct value *value, const char *text, void *target)
{
	(void)value;
	return civil_parse_date(text, target);
}

static int read_datetime(struct value *value, const char *text, void *target)
{
	(void)value;
	return civil_parse_datetime(text, target);
}

static int read_minute(struct value *value, const char *text, void *target)
{
	(void)value;
	return civil_parse_minute(text, target);
}

static int read_span(struct value *value, const char *text, void *target)
{
	(void)value;
	return civil_parse_span(text, target);
}

static int read_hours(struct value *value, const char *text, void *target)
{
	(void)value;
	return civil_parse_hours(text, target);
}

static int read_weekdays(struct value *value, const char *text, void *target)
{
	(void)value;
	return civil_parse_weekdays(text, target);
}

static int read_phone(struct value *value, const char *text, void *target)
{
	char phone[PHONE_MAX];
	int answer = phone_parse(text, phone);

	if (answer == 0) {
		return read_plain(value, phone, target);
	}

	complain(value, "phone", "not a phone number; %s", phone_reason(answer));
	return 0;
}

/* Where Holdfast is likely to be used: only for "did you mean". */
static const char *const near_zones[] = {
	"America/New_York",    "America/Detroit",     "America/Chicago", "America/Denver",
	"America/Phoenix",     "America/Los_Angeles", "America/Boise",   "America/Anchorage",
	"Pacific/Honolulu",    "America/Puerto_Rico", "America/Toronto", "America/Vancouver",
	"America/Mexico_City", "Europe/London",       "Europe/Berlin",   NULL,
};

static int read_zone(struct value *value, const char *text, void *target)
{
	char hint[CONF_HINT_MAX], shown[FAULT_WORD_MAX];
	int r = zone_get(text, target);

	if (r <= 0) {
		return r;
	}

	(void)conf_hint(text, near_zones, hint);
	complain(value, "timezone", "\"%s\" is not a time zone%s", fault_word(text, shown),
		 *hint ? hint : "; write a place of the zone list, like \"America/Chicago\"");
	return 0;
}

static void list_words(const char *const *words, char *buffer, size_t size)
{
	size_t used = 0;

	buffer[0] = '\0';
	for (int i = 0; words[i] && used < size; i++) {
		used += (size_t)snprintf(buffer + used, size - used, "%s\"%s\"", i > 0 ? ", " : "",
					 words[i]);
	}
}

static int read_word(struct value *value, const char *text, void *target)
{
	char hint[CONF_HINT_MAX], shown[FAULT_WORD_MAX], list[160];

	for (int i = 0; value->words[i]; i++) {
		if (strcmp(value->words[i], text) == 0) {
			*(int *)target = i;
			return 0;
		}
	}

	list_words(value->words, list, sizeof(list));
	(void)conf_hint(text, value->words, hint);
	complain(value, "unknown-word", "\"%s\" has no meaning here%s%s", fault_word(text, shown),
		 *hint ? hint : "; write one of ", *hint ? "" : list);
	return 0;
}

/* The kinds that are written as text.  `what` and `like` are for people; without `what` the parser
 * complains itself. */
static const struct form {
	read_text read;
	size_t size;
	const char *what, *like;
} forms[] = {
	[CONF_TEXT] = { read_plain, sizeof(char *), NULL, "\"...\"" },
	[CONF_DATE] = { read_date, sizeof(struct civil), "a date", "\"2026-11-23\"" },
	[CONF_DATETIME] = { read_datetime, sizeof(struct civil), "a date and time",
			    "\"2026-11-23 14:00\"" },
	[CONF_MINUTE] = { read_minute, sizeof(int), "a time of day", "\"14:00\"" },
	[CONF_SPAN] = { read_span, sizeof(struct span), "a length of time",
			"\"15m\", \"6h\", \"3d\" or \"8w\"" },
	[CONF_HOURS] = { read_hours, sizeof(struct hours), "opening hours",
			 "\"MO-FR 08:00-18:00\", \"09:00-20:00\" or \"always\"" },
	[CONF_WEEKDAYS] = { read_weekdays, sizeof(unsigned), "a list of weekdays",
			    "\"MO,TH\" or \"MO-FR\"" },
	[CONF_PHONE] = { read_phone, sizeof(char *), NULL, "\"+13125550142\"" },
	[CONF_ZONE] = { read_zone, sizeof(struct zone *), NULL, "\"America/Chicago\"" },
	[CONF_WORD] = { read_word, sizeof(int), NULL, "\"...\"" },
};

int value_read(struct conf_reader *reader, const struct conf_node *node, enum conf_kind kind,
	       const char *const *words, const char *text, void *target)
{
	const struct form *form = &forms[kind];
	struct value value = { reader, node, words };
	char shown[FAULT_WORD_MAX];
	int r = form->read(&value, text, target);

	if (r != -EINVAL || !form->what) {
		return r;
	}

	assert(node && "a default in a table is always right");
	complain(&value, "value", "\"%s\" is not %s; write it like %s", fault_word(text, shown),
		 form->what, form->like);
	return 0;
}

size_t value_size(enum conf_kind kind)
{
	return forms[kind].size;
}

const char *value_like(enum conf_kind kind)
{
	return forms[kind].like;
}
