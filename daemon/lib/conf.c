/*
 * Groups of settings by their tables.
 *
 * Promises: every key of a group is looked at, whatever is wrong with the
 * others.  Dangerous: a table says where in memory a value goes; its offsets
 * and kinds must fit the target.
 */
#include "lib/conf.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define KEYS_MAX     64   /* in one table */
#define ELEMENTS_MAX 1000 /* of a list, where the table names no limit */

/* Everything that reading one value needs. */
struct value {
	struct conf_reader *reader;
	const struct conf_entry *entry;
	const struct conf_node *node; /* NULL: a default */
};

#define complain(value, code, ...)                                                                 \
	fault_add((value)->reader->faults, FAULT_ERROR, conf_file((value)->node),                  \
		  conf_line((value)->node), (code), __VA_ARGS__)

static void wrong_type(struct value *value, const char *want)
{
	char shown[FAULT_WORD_MAX];

	complain(value, "type", "the wrong kind of value for \"%s\"; write %s",
		 fault_word(value->entry->key, shown), want);
}

static int read_form(struct value *value, enum conf_kind kind, void *target)
{
	const char *text = conf_text(value->node);
	char want[96];

	if (text) {
		return value_read(value->reader, value->node, kind, value->entry->words, text,
				  target);
	}

	(void)snprintf(want, sizeof(want), "it in quotes, like %s", value_like(kind));
	wrong_type(value, want);
	return 0;
}

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
		complain(value, "range", "%lld is out of range for \"%s\"; write %s", number,
			 entry->key, want);
		return 0;
	}

	*(int *)target = (int)number;
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
		complain(value, "range", "\"%s\" must be more than 0; write a number like 1.5",
			 value->entry->key);
		return 0;
	}

	*(double *)target = number;
	return 0;
}

static int read_truth(struct value *value, void *target)
{
	if (!conf_bool(value->node, target)) {
		wrong_type(value, "true or false, without quotes");
	}
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
	complain(value, "too-many", "%zu in \"%s\"; at most %zu are allowed", count,
		 value->entry->key, most_of(value->entry));
	return true;
}

/* conf_texts, conf_numbers, conf_spans and conf_dates are the same in memory: a pointer to the
 * elements and their number. */
struct elements {
	void *list;
	size_t count;
};

static int read_element(struct value *value, enum conf_kind kind, void *target)
{
	return kind == CONF_NUMBER ? read_number(value, target) : read_form(value, kind, target);
}

static int read_elements(struct value *value, enum conf_kind kind, void *target)
{
	size_t size = kind == CONF_NUMBER ? sizeof(int) : value_size(kind);
	bool single = !conf_is_list(value->node);
	struct elements elements = { .count = single ? 1 : conf_count(value->node) };

	if (too_many(value, elements.count)) {
		return 0;
	}
	elements.list = arena_alloc(value->reader->arena, elements.count + 1, size);
	if (!elements.list) {
		return -ENOMEM;
	}

	for (size_t i = 0; i < elements.count; i++) {
		struct value element = *value;
		int r;

		element.node = single ? value->node : conf_at(value->node, i);
		r = read_element(&element, kind, (char *)elements.list + i * size);
		if (r < 0) {
			return r;
		}
	}

	memcpy(target, &elements, sizeof(elements));
	return 0;
}

/* The default of a list is always a single text. */
static int default_elements(struct value *value, enum conf_kind kind, void *target)
{
	struct elements elements = { .count = 1 };
	int r;

	elements.list = arena_alloc(value->reader->arena, 1, value_size(kind));
	if (!elements.list) {
		return -ENOMEM;
	}
	r = value_read(value->reader, NULL, kind, NULL, value->entry->fallback, elements.list);
	if (r < 0) {
		return r;
	}

	memcpy(target, &elements, sizeof(elements));
	return 0;
}

static int read_list(struct value *value, char *base)
{
	const struct conf_entry *entry = value->entry;
	bool single = conf_is_group(value->node);
	size_t count = single ? 1 : conf_count(value->node);
	char *list = base + entry->offset;

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
		memcpy(base + entry->offset, &list, sizeof(list));
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

static int read_nested(struct value *value, char *base)
{
	if (!conf_is_group(value->node)) {
		wrong_type(value, "a group: { ... }");
		return 0;
	}
	return value->entry->read(value->reader, value->node, base + value->entry->offset);
}

/* --- a group -------------------------------------------------------------- */

static int read_entry(struct value *value, char *base)
{
	char *target = base + value->entry->offset;

	switch (value->entry->kind) {
	case CONF_TEXT:
	case CONF_DATE:
	case CONF_DATETIME:
	case CONF_MINUTE:
	case CONF_SPAN:
	case CONF_HOURS:
	case CONF_WEEKDAYS:
	case CONF_PHONE:
	case CONF_ZONE:
	case CONF_WORD:
		return read_form(value, value->entry->kind, target);
	case CONF_NUMBER:
		return read_number(value, target);
	case CONF_REAL:
		return read_real(value, target);
	case CONF_TRUTH:
		return read_truth(value, target);
	case CONF_TEXTS:
		return read_elements(value, CONF_TEXT, target);
	case CONF_NUMBERS:
		return read_elements(value, CONF_NUMBER, target);
	case CONF_SPANS:
		return read_elements(value, CONF_SPAN, target);
	case CONF_DATES:
		return read_elements(value, CONF_DATE, target);
	case CONF_GROUP:
		return read_nested(value, base);
	case CONF_LIST:
		return read_list(value, base);
	}
	return -EINVAL;
}

static int read_default(struct value *value, char *base)
{
	const struct conf_entry *entry = value->entry;
	void *target = base + entry->offset;

	switch (entry->kind) {
	case CONF_TEXT:
	case CONF_DATE:
	case CONF_DATETIME:
	case CONF_MINUTE:
	case CONF_SPAN:
	case CONF_HOURS:
	case CONF_WEEKDAYS:
	case CONF_PHONE:
	case CONF_ZONE:
	case CONF_WORD:
		return value_read(value->reader, NULL, entry->kind, entry->words, entry->fallback,
				  target);
	case CONF_NUMBER:
		*(int *)target = (int)strtol(entry->fallback, NULL, 10);
		return 0;
	case CONF_REAL:
		*(double *)target = strtod(entry->fallback, NULL);
		return 0;
	case CONF_TRUTH:
		*(bool *)target = strcmp(entry->fallback, "true") == 0;
		return 0;
	case CONF_TEXTS:
		return default_elements(value, CONF_TEXT, target);
	case CONF_SPANS:
		return default_elements(value, CONF_SPAN, target);
	case CONF_DATES:
		return default_elements(value, CONF_DATE, target);
	case CONF_GROUP:
		return entry->read(value->reader, NULL, target);
	case CONF_NUMBERS:
	case CONF_LIST:
		break;
	}
	return -EINVAL;
}

static void unknown_key(struct conf_reader *reader, const struct conf_node *node,
			const struct conf_entry *table)
{
	const char *keys[KEYS_MAX + 1] = { NULL };
	char hint[CONF_HINT_MAX], shown[FAULT_WORD_MAX];

	for (size_t i = 0; table[i].key; i++) {
		keys[i] = table[i].key;
	}
	(void)conf_hint(conf_key(node), keys, hint);
	fault_add(reader->faults, FAULT_ERROR, conf_file(node), conf_line(node), "unknown-key",
		  "unknown key \"%s\"%s", fault_word(conf_key(node), shown),
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
		fault_add(reader->faults, FAULT_ERROR, conf_file(group), conf_line(group), "type",
			  "not a group; write { key = value; ... }");
		return 0;
	}
	if (group) {
		match_keys(reader, group, table, nodes);
	}

	for (size_t i = 0; table[i].key; i++) {
		struct value value = { reader, &table[i], nodes[i] };
		int r = 0;

		assert(i < KEYS_MAX);
		if (nodes[i]) {
			r = read_entry(&value, target);
		} else if (table[i].fallback) {
			r = read_default(&value, target);
		} else if (table[i].required && group) {
			fault_add(reader->faults, FAULT_ERROR, conf_file(group), conf_line(group),
				  "missing-key", "no \"%s\" here; add it: %s", table[i].key,
				  table[i].doc);
		}
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

int conf_keep_node(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	(void)reader;
	*(const struct conf_node **)target = node;
	return 0;
}

void conf_blame(struct conf_reader *reader, const struct conf_node *node, const char *code,
		const char *what)
{
	fault_add(reader->faults, FAULT_ERROR, conf_file(node), conf_line(node), code, "%s", what);
}
