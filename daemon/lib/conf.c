/*
 * Groups of settings by their tables of keys; each kind of value is a row in `kinds`.
 *
 * Promises: every key of a group is looked at, whatever is wrong with the
 * others.  A fault shows the offending word only for kinds whose words are
 * nobody's name or number.  Dangerous: a table says where in memory a value
 * goes, and its struct must be the one that the target is.  That a kind has the
 * size of its member is checked by the compiler.
 */
#include "lib/conf.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/guess.h"
#include "lib/invisible.h"
#include "lib/phone.h"
#include "lib/zone.h"

#define KEYS_MAX     64   /* in one table */
#define ELEMENTS_MAX 1000 /* of a list, where the table names no limit */

/* Everything that reading one value needs. */
struct value {
	struct conf_reader *reader;
	const struct conf_entry *entry;
	const struct conf_node *node; /* NULL: a default */
	enum conf_kind kind;          /* the entry's, or that of the elements of its list */
};

struct kind {
	size_t size; /* of *target */
	int (*read)(struct value *value, void *target);
	int (*read_default)(struct value *value, void *target); /* from the entry's fallback */
	/* Of a kind that is written as text: reads it into *target, 0, -EINVAL where it is wrong,
	 * or -ENOMEM.  `what` and `like` are for people; without `what` the parser adds the fault
	 * itself. */
	int (*parse)(struct value *value, const char *text, void *target);
	const char *what, *like;
	enum conf_kind element;                                         /* of a list of values */
	const char *(*guess)(const char *text, char buffer[GUESS_MAX]); /* NULL: as it is like */
	bool exact; /* what nobody sees is not dropped: it may be part of a name */
};

static const struct kind kinds[CONF_LIST + 1];

static void wrong_type(struct value *value, const char *want)
{
	char shown[FAULT_WORD_MAX];

	conf_fault(value->reader, value->node, "type",
		   "the wrong kind of value for \"%s\"; write %s",
		   fault_word(value->entry->key, shown), want);
}

const char *conf_hint(const char *word, const char *const *words, char buffer[CONF_HINT_MAX])
{
	const char *nearest = fault_nearest_word(word, words);

	buffer[0] = '\0';
	if (nearest) {
		(void)snprintf(buffer, CONF_HINT_MAX, "; did you mean \"%s\"?", nearest);
	}
	return buffer;
}

/* --- written as text ---------------------------------------------------------- */

static int parse_plain(struct value *value, const char *text, void *target)
{
	char *copy = arena_copy(value->reader->arena, text);

	if (!copy) {
		return -ENOMEM;
	}
	*(char **)target = copy;
	return 0;
}

#define PARSE_CIVIL(name)                                                                          \
	static int parse_##name(struct value *value, const char *text, void *target)               \
	{                                                                                          \
		(void)value;                                                                       \
		return civil_parse_##name(text, target);                                           \
	}
PARSE_CIVIL(date)
PARSE_CIVIL(datetime)
PARSE_CIVIL(minute)
PARSE_CIVIL(span)
PARSE_CIVIL(hours)
PARSE_CIVIL(weekdays)

static int parse_phone(struct value *value, const char *text, void *target)
{
	char phone[PHONE_MAX];
	int answer = phone_parse(text, phone);

	if (answer == 0 && !phone_is_assigned(phone)) {
		conf_fault(value->reader, value->node, "phone",
			   "not a phone number; no area code and no exchange of North America "
			   "begins with 0 or 1 or ends in 11; look at each digit");
		return 0;
	}
	if (answer == 0) {
		return parse_plain(value, phone, target);
	}

	conf_fault(value->reader, value->node, "phone", "not a phone number; %s",
		   phone_reason(answer));
	if (guess_phone(text, phone)) {
		fault_hint(value->reader->faults, "; did you mean \"%s\"?", phone);
	}
	return 0;
}

/* Where Holdfast is likely to be used: only for "did you mean". */
static const char *const near_zones[] = {
	"America/New_York",    "America/Detroit",     "America/Chicago", "America/Denver",
	"America/Phoenix",     "America/Los_Angeles", "America/Boise",   "America/Anchorage",
	"Pacific/Honolulu",    "America/Puerto_Rico", "America/Toronto", "America/Vancouver",
	"America/Mexico_City", "Europe/London",       "Europe/Berlin",   NULL,
};

static int parse_zone(struct value *value, const char *text, void *target)
{
	char hint[CONF_HINT_MAX], guess[GUESS_MAX], shown[FAULT_WORD_MAX];
	const char *place = guess_place(text);
	int r = zone_get(text, target);

	if (r == 0 && place && value->node) {
		fault_add(value->reader->faults, FAULT_WARNING, conf_file(value->node),
			  conf_line(value->node), "timezone-fixed",
			  "\"%s\" is no place, and its clock may not change in summer as the one "
			  "on the wall does, so texts may be an hour off; write %s",
			  fault_word(text, shown), place);
	}
	if (r <= 0) {
		return r;
	}

	(void)conf_hint(text, near_zones, hint);
	(void)guess_zone(text, guess);
	conf_fault(value->reader, value->node, "timezone", "\"%s\" is not a time zone%s",
		   fault_word(text, shown),
		   *hint    ? hint
		   : *guess ? guess
			    : "; write a place of the zone list, like \"America/Chicago\"");
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

static int parse_word(struct value *value, const char *text, void *target)
{
	char hint[CONF_HINT_MAX], shown[FAULT_WORD_MAX], list[160];

	for (int i = 0; value->entry->words[i]; i++) {
		if (strcmp(value->entry->words[i], text) == 0) {
			*(int *)target = i;
			return 0;
		}
	}

	list_words(value->entry->words, list, sizeof(list));
	(void)conf_hint(text, value->entry->words, hint);
	conf_fault(value->reader, value->node, "unknown-word", "\"%s\" has no meaning here%s%s",
		   fault_word(text, shown), *hint ? hint : "; write one of ", *hint ? "" : list);
	return 0;
}

static void blame_text(struct value *value, const char *text)
{
	const struct kind *kind = &kinds[value->kind];
	char shown[FAULT_WORD_MAX], guess[GUESS_MAX] = "";

	if (kind->guess) {
		(void)kind->guess(text, guess);
	}
	conf_fault(value->reader, value->node, "value", "\"%s\" is not %s%s%s",
		   fault_word(text, shown), kind->what, *guess ? guess : "; write it like ",
		   *guess ? "" : kind->like);
}

static int parse_text(struct value *value, const char *text, void *target)
{
	const struct kind *kind = &kinds[value->kind];
	_cleanup_free_ char *visible = kind->exact ? NULL : invisible_drop(text);
	int r;

	if (!kind->exact && !visible) {
		return -ENOMEM;
	}

	text = visible ? visible : text;
	r = kind->parse(value, text, target);
	if (r != -EINVAL || !kind->what) {
		return r;
	}

	assert(value->node && "a default in a table is always right");
	blame_text(value, text);
	return 0;
}

static int read_text(struct value *value, void *target)
{
	const char *text = conf_text(value->node);
	char want[96];

	if (text) {
		return parse_text(value, text, target);
	}

	(void)snprintf(want, sizeof(want), "it in quotes, like %s", kinds[value->kind].like);
	wrong_type(value, want);
	return 0;
}

static int read_parsed(struct value *value, void *target)
{
	if (!conf_text(value->node)) {
		wrong_type(value, "it in quotes, like \"...\"");
		return 0;
	}
	return value->entry->read(value->reader, value->node, target);
}

static int default_text(struct value *value, void *target)
{
	return parse_text(value, value->entry->fallback, target);
}

/* --- written without quotes ----------------------------------------------------- */

static int read_number(struct value *value, void *target)
{
	const struct conf_entry *entry = value->entry;
	long long number;
	char want[96];

	(void)snprintf(want, sizeof(want), "a whole number from %d to %d, without quotes",
		       entry->least, entry->most);
	if (!conf_int(value->node, &number)) {
		wrong_type(value, want);
		return 0;
	}
	if (number < entry->least || number > entry->most) {
		conf_fault(value->reader, value->node, "range",
			   "%lld is out of range for \"%s\"; write %s", number, entry->key, want);
		return 0;
	}

	*(int *)target = (int)number;
	return 0;
}

static int default_number(struct value *value, void *target)
{
	*(int *)target = (int)strtol(value->entry->fallback, NULL, 10);
	return 0;
}

static int read_real(struct value *value, void *target)
{
	double number;

	if (!conf_real(value->node, &number)) {
		wrong_type(value, "a number, like 1.5, without quotes");
		return 0;
	}
	/* Also false for what is no number at all. */
	if (!(number > 0 && number <= 1e9)) {
		conf_fault(value->reader, value->node, "range",
			   "\"%s\" must be more than 0; write a number like 1.5",
			   value->entry->key);
		return 0;
	}

	*(double *)target = number;
	return 0;
}

static int default_real(struct value *value, void *target)
{
	*(double *)target = strtod(value->entry->fallback, NULL);
	return 0;
}

static int read_truth(struct value *value, void *target)
{
	if (!conf_bool(value->node, target)) {
		wrong_type(value, "true or false, without quotes");
	}
	return 0;
}

static int default_truth(struct value *value, void *target)
{
	*(bool *)target = strcmp(value->entry->fallback, "true") == 0;
	return 0;
}

/* --- lists ---------------------------------------------------------------- */

static size_t most_of(const struct conf_entry *entry)
{
	return entry->kind != CONF_NUMBERS && entry->most > 0 ? (size_t)entry->most : ELEMENTS_MAX;
}

static bool too_many(struct value *value, size_t count)
{
	if (count <= most_of(value->entry)) {
		return false;
	}
	conf_fault(value->reader, value->node, "too-many", "%zu in \"%s\"; at most %zu are allowed",
		   count, value->entry->key, most_of(value->entry));
	return true;
}

/* conf_texts, conf_numbers, conf_spans and conf_dates are the same in memory: a pointer to the
 * elements and their number. */
struct elements {
	void *list;
	size_t count;
};

static int read_elements(struct value *value, void *target)
{
	struct value element = *value;
	bool single = !conf_is_list(value->node);
	struct elements elements = { .count = single ? 1 : conf_count(value->node) };
	size_t size;

	element.kind = kinds[value->kind].element;
	size = kinds[element.kind].size;
	if (too_many(value, elements.count)) {
		return 0;
	}
	elements.list = arena_alloc(value->reader->arena, elements.count + 1, size);
	if (!elements.list) {
		return -ENOMEM;
	}

	for (size_t i = 0; i < elements.count; i++) {
		int r;

		element.node = single ? value->node : conf_at(value->node, i);
		r = kinds[element.kind].read(&element, (char *)elements.list + i * size);
		if (r < 0) {
			return r;
		}
	}

	memcpy(target, &elements, sizeof(elements));
	return 0;
}

/* The default of a list is always a single element. */
static int default_elements(struct value *value, void *target)
{
	struct value element = *value;
	struct elements elements = { .count = 1 };
	int r;

	element.kind = kinds[value->kind].element;
	elements.list = arena_alloc(value->reader->arena, 1, kinds[element.kind].size);
	if (!elements.list) {
		return -ENOMEM;
	}
	r = kinds[element.kind].read_default(&element, elements.list);
	if (r < 0) {
		return r;
	}

	memcpy(target, &elements, sizeof(elements));
	return 0;
}

static int read_list(struct value *value, void *target)
{
	const struct conf_entry *entry = value->entry;
	bool single = conf_is_group(value->node);
	size_t count = single ? 1 : conf_count(value->node);
	char *base = (char *)target - entry->offset, *list = target;

	if (!single && !conf_is_list(value->node)) {
		wrong_type(value, "a list of groups: ( { ... }, { ... } )");
		return 0;
	}
	if (too_many(value, count)) {
		return 0;
	}
	if (entry->size > 0) {
		list = arena_alloc(value->reader->arena, count + 1, entry->size);
		if (!list) {
			return -ENOMEM;
		}
		memcpy(target, &list, sizeof(list));
		memcpy(base + entry->count_offset, &count, sizeof(count));
	}

	for (size_t i = 0; i < count; i++) {
		int r = entry->read(value->reader, single ? value->node : conf_at(value->node, i),
				    list + i * entry->size);

		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static int read_nested(struct value *value, void *target)
{
	if (!conf_is_group(value->node)) {
		wrong_type(value, "a group: { ... }");
		return 0;
	}
	return value->entry->read(value->reader, value->node, target);
}

static int default_nested(struct value *value, void *target)
{
	return value->entry->read(value->reader, NULL, target);
}

/* --- the kinds ------------------------------------------------------------------- */

#define TEXT(kind, parse, what, like, ...)                                                         \
	{                                                                                          \
		CONF_SIZE_##kind, read_text, default_text, parse, what, like, 0, __VA_ARGS__       \
	}

static const struct kind kinds[CONF_LIST + 1] = {
	[CONF_TEXT] = TEXT(TEXT, parse_plain, NULL, "\"...\"", .exact = true),
	[CONF_NUMBER] = { CONF_SIZE_NUMBER, read_number, default_number },
	[CONF_REAL] = { CONF_SIZE_REAL, read_real, default_real },
	[CONF_TRUTH] = { CONF_SIZE_TRUTH, read_truth, default_truth },
	[CONF_DATE] = TEXT(DATE, parse_date, "a date", "\"2026-11-23\"", guess_date),
	[CONF_DATETIME] = TEXT(DATETIME, parse_datetime, "a date and time", "\"2026-11-23 14:00\"",
			       guess_datetime),
	[CONF_MINUTE] = TEXT(MINUTE, parse_minute, "a time of day", "\"14:00\"", guess_minute),
	[CONF_SPAN] = TEXT(SPAN, parse_span, "a length of time",
			   "\"15m\", \"6h\", \"3d\" or \"8w\"", guess_span),
	[CONF_HOURS] = TEXT(HOURS, parse_hours, "opening hours",
			    "\"MO-FR 08:00-18:00\", \"09:00-20:00\" or \"always\"", guess_hours),
	[CONF_WEEKDAYS] = TEXT(WEEKDAYS, parse_weekdays, "a list of weekdays",
			       "\"MO,TH\" or \"MO-FR\"", guess_weekdays),
	[CONF_PHONE] = TEXT(PHONE, parse_phone, NULL, "\"+13125550142\""),
	[CONF_ZONE] = TEXT(ZONE, parse_zone, NULL, "\"America/Chicago\""),
	[CONF_WORD] = TEXT(WORD, parse_word, NULL, "\"...\""),
	[CONF_TEXTS] = { CONF_SIZE_TEXTS, read_elements, default_elements, .element = CONF_TEXT },
	[CONF_NUMBERS] = { CONF_SIZE_NUMBERS, read_elements, .element = CONF_NUMBER },
	[CONF_SPANS] = { CONF_SIZE_SPANS, read_elements, default_elements, .element = CONF_SPAN },
	[CONF_DATES] = { CONF_SIZE_DATES, read_elements, default_elements, .element = CONF_DATE },
	[CONF_PARSED] = { CONF_SIZE_PARSED, read_parsed },
	[CONF_GROUP] = { 0, read_nested, default_nested },
	[CONF_LIST] = { 0, read_list },
};

/* --- a group -------------------------------------------------------------- */

static void unknown_key(struct conf_reader *reader, const struct conf_node *node,
			const struct conf_entry *table)
{
	const char *keys[KEYS_MAX + 1] = { NULL };
	char hint[CONF_HINT_MAX], shown[FAULT_WORD_MAX];

	for (size_t i = 0; table[i].key; i++) {
		keys[i] = table[i].key;
	}
	(void)conf_hint(conf_key(node), keys, hint);
	conf_fault(reader, node, "unknown-key", "unknown key \"%s\"%s",
		   fault_word(conf_key(node), shown),
		   *hint ? hint : "; it has no meaning here, remove it");
}

/* Which child belongs to which entry of the table, in one pass: ret_nodes runs along with it. */
static void match_keys(struct conf_reader *reader, const struct conf_node *group,
		       const struct conf_entry *table, const struct conf_node **ret_nodes)
{
	for (size_t i = 0; i < conf_count(group); i++) {
		const struct conf_node *node = conf_at(group, i);
		size_t at = 0;

		while (table[at].key && strcmp(table[at].key, conf_key(node)) != 0) {
			at++;
		}
		if (table[at].key) {
			ret_nodes[at] = node;
		} else {
			unknown_key(reader, node, table);
		}
	}
}

int conf_read_group(struct conf_reader *reader, const struct conf_node *group,
		    const struct conf_entry *table, void *target)
{
	const struct conf_node *nodes[KEYS_MAX] = { NULL };

	if (group && !conf_is_group(group)) {
		conf_fault(reader, group, "type", "not a group; write { key = value; ... }");
		return 0;
	}
	if (group) {
		match_keys(reader, group, table, nodes);
	}

	for (size_t i = 0; table[i].key; i++) {
		struct value value = { reader, &table[i], nodes[i], table[i].kind };
		const struct kind *kind = &kinds[value.kind];
		char *member = (char *)target + table[i].offset;
		int r = 0;

		assert(i < KEYS_MAX);
		if (nodes[i]) {
			r = kind->read(&value, member);
		} else if (table[i].fallback) {
			r = kind->read_default(&value, member);
		} else if (table[i].required && group) {
			conf_fault(reader, group, "missing-key", "no \"%s\" here; add it: %s",
				   table[i].key, table[i].doc);
		}
		if (r < 0) {
			return r;
		}
	}
	return 0;
}
