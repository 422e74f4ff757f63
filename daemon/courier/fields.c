/*
 * The fields of a request, as a tree: read from a preset, written as pairs or
 * as JSON.
 */
#include "courier/fields.h"

#include <errno.h>
#include <string.h>

#define FIELDS_MAX 64
#define DEPTH_MAX  8

enum field_kind {
	FIELD_VALUE,
	FIELD_LITERAL, /* a number or a truth of JSON */
	FIELD_OBJECT,
	FIELD_ARRAY,
};

struct field {
	const char *name; /* NULL: an element of an array */
	enum field_kind kind;
	struct template value;
	const char *literal;
	struct fields inside;
};

static void blame(struct conf_reader *reader, const struct conf_node *node, const char *code,
		  const char *what)
{
	fault_add(reader->faults, FAULT_ERROR, conf_file(node), conf_line(node), code, "%s", what);
}

static int read_group(struct conf_reader *reader, const struct conf_node *node,
		      const char *const *names, int depth, struct fields *ret_fields);

static int read_literal(struct conf_reader *reader, const struct conf_node *node,
			struct field *field)
{
	char text[32] = "";
	long long number;
	double real;
	bool truth;

	field->kind = FIELD_LITERAL;
	if (conf_bool(node, &truth)) {
		field->literal = truth ? "true" : "false";
		return 0;
	}
	if (conf_int(node, &number)) {
		(void)snprintf(text, sizeof(text), "%lld", number);
	} else if (conf_real(node, &real)) {
		(void)snprintf(text, sizeof(text), "%g", real);
	}

	field->literal = arena_copy(reader->arena, text);
	return field->literal ? 0 : -ENOMEM;
}

static int read_field(struct conf_reader *reader, const struct conf_node *node,
		      const char *const *names, int depth, struct field *field)
{
	if (conf_key(node)) {
		field->name = arena_copy(reader->arena, conf_key(node));
		if (!field->name) {
			return -ENOMEM;
		}
	}
	if (conf_text(node)) {
		field->kind = FIELD_VALUE;
		return template_compile(reader, node, conf_text(node), names, &field->value);
	}
	if (conf_is_group(node) || conf_is_list(node)) {
		field->kind = conf_is_group(node) ? FIELD_OBJECT : FIELD_ARRAY;
		return read_group(reader, node, names, depth + 1, &field->inside);
	}

	return read_literal(reader, node, field);
}

static int read_group(struct conf_reader *reader, const struct conf_node *node,
		      const char *const *names, int depth, struct fields *ret_fields)
{
	size_t count = conf_count(node);
	struct field *list;
	int r;

	if (count > FIELDS_MAX || depth > DEPTH_MAX) {
		blame(reader, node, "too-many", "too many fields, or too deep");
		return 0;
	}
	list = arena_alloc(reader->arena, count + 1, sizeof(*list));
	if (!list) {
		return -ENOMEM;
	}

	for (size_t i = 0; i < count; i++) {
		r = read_field(reader, conf_at(node, i), names, depth, &list[i]);
		if (r < 0) {
			return r;
		}
	}
	*ret_fields = (struct fields){ list, count };
	return 0;
}

int fields_read(struct conf_reader *reader, const struct conf_node *node, bool flat,
		const char *const *names, struct fields *ret_fields)
{
	for (size_t i = 0; flat && i < conf_count(node); i++) {
		const struct conf_node *field = conf_at(node, i);

		if (conf_is_group(field) || conf_is_list(field)) {
			blame(reader, field, "flat",
			      "only json has groups and lists; write a text");
		}
	}

	return read_group(reader, node, names, 0, ret_fields);
}

static struct field *field_named(struct fields *fields, const char *name)
{
	for (size_t i = 0; i < fields->count; i++) {
		if (strcmp(fields->list[i].name, name) == 0) {
			return &fields->list[i];
		}
	}
	return NULL;
}

int fields_merge(struct conf_reader *reader, const struct fields *fields,
		 const struct fields *changed, struct fields *ret_merged)
{
	struct fields merged = { .count = fields->count };

	merged.list = arena_alloc(reader->arena, fields->count + changed->count + 1,
				  sizeof(*merged.list));
	if (!merged.list) {
		return -ENOMEM;
	}
	if (fields->count > 0) {
		memcpy(merged.list, fields->list, fields->count * sizeof(*merged.list));
	}

	for (size_t i = 0; i < changed->count; i++) {
		struct field *field = field_named(&merged, changed->list[i].name);

		*(field ? field : &merged.list[merged.count++]) = changed->list[i];
	}
	*ret_merged = merged;
	return 0;
}

bool fields_use(const struct fields *fields, size_t value)
{
	for (size_t i = 0; i < fields->count; i++) {
		if (template_uses(&fields->list[i].value, value) ||
		    fields_use(&fields->list[i].inside, value)) {
			return true;
		}
	}
	return false;
}

void fields_write_pairs(const struct fields *fields, const char *const *values,
			struct buffer *buffer)
{
	const char *separator = "";

	for (size_t i = 0; i < fields->count; i++) {
		const struct field *field = &fields->list[i];

		if (template_absent(&field->value, values)) {
			continue;
		}
		buffer_put_text(buffer, separator);
		buffer_put_text(buffer, field->name);
		buffer_put(buffer, "=", 1);
		if (field->kind == FIELD_LITERAL) {
			buffer_put_text(buffer, field->literal);
		}
		template_write(&field->value, values, TEMPLATE_PAIR, buffer);
		separator = "&";
	}
}

static void put_group(const struct fields *fields, bool object, const char *const *values,
		      struct buffer *buffer)
{
	const char *separator = "";

	buffer_put(buffer, object ? "{" : "[", 1);
	for (size_t i = 0; i < fields->count; i++) {
		const struct field *field = &fields->list[i];

		if (template_absent(&field->value, values)) {
			continue;
		}
		buffer_put_text(buffer, separator);
		separator = ",";
		if (field->name) {
			template_write_json(field->name, buffer);
			buffer_put(buffer, ":", 1);
		}
		switch (field->kind) {
		case FIELD_VALUE:
			template_write(&field->value, values, TEMPLATE_JSON, buffer);
			break;
		case FIELD_LITERAL:
			buffer_put_text(buffer, field->literal);
			break;
		case FIELD_OBJECT:
		case FIELD_ARRAY:
			put_group(&field->inside, field->kind == FIELD_OBJECT, values, buffer);
			break;
		}
	}
	buffer_put(buffer, object ? "}" : "]", 1);
}

void fields_write_json(const struct fields *fields, const char *const *values,
		       struct buffer *buffer)
{
	put_group(fields, true, values, buffer);
}
