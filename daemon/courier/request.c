/*
 * How a kind of gateway wants a text, and the request for one.
 *
 * Dangerous: a secret may stand in any part of a request, so whatever held one is
 * wiped when it is freed.
 */
#include "courier/request.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "lib/buffer.h"
#include "lib/cleanup.h"

#define BASE "{base}"

/* --- fields: a tree, read from a preset, written as pairs or as JSON ----------------- */

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
	struct expansion value;
	const char *literal;
	struct fields inside;
};

static int read_group(struct conf_reader *reader, const struct conf_node *node, int depth,
		      struct fields *ret_fields);

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

static int read_field(struct conf_reader *reader, const struct conf_node *node, int depth,
		      struct field *field)
{
	if (conf_key(node)) {
		field->name = arena_copy(reader->arena, conf_key(node));
		if (!field->name) {
			return -ENOMEM;
		}
	}
	if (conf_text(node)) {
		field->kind = FIELD_VALUE;
		return expansion_compile(reader, node, conf_text(node), reader->userdata,
					 &field->value);
	}
	if (conf_is_group(node) || conf_is_list(node)) {
		field->kind = conf_is_group(node) ? FIELD_OBJECT : FIELD_ARRAY;
		return read_group(reader, node, depth + 1, &field->inside);
	}

	return read_literal(reader, node, field);
}

static int read_group(struct conf_reader *reader, const struct conf_node *node, int depth,
		      struct fields *ret_fields)
{
	size_t count = conf_count(node);
	struct field *list;
	int r;

	if (count > FIELDS_MAX || depth > DEPTH_MAX) {
		conf_fault(reader, node, "too-many", "too many fields, or too deep");
		return 0;
	}
	list = arena_alloc(reader->arena, count + 1, sizeof(*list));
	if (!list) {
		return -ENOMEM;
	}

	for (size_t i = 0; i < count; i++) {
		r = read_field(reader, conf_at(node, i), depth, &list[i]);
		if (r < 0) {
			return r;
		}
	}
	*ret_fields = (struct fields){ list, count };
	return 0;
}

/* flat: no groups and lists, as in forms and queries.  Faults are faults; 0 or -ENOMEM. */
static int fields_read(struct conf_reader *reader, const struct conf_node *node, bool flat,
		       struct fields *ret_fields)
{
	for (size_t i = 0; flat && i < conf_count(node); i++) {
		const struct conf_node *field = conf_at(node, i);

		if (conf_is_group(field) || conf_is_list(field)) {
			conf_fault(reader, field, "flat",
				   "only json has groups and lists; write a text");
		}
	}

	return read_group(reader, node, 0, ret_fields);
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

/* `fields`, with those of `changed` in the places of their names or at the end. */
static int fields_merge(struct conf_reader *reader, const struct fields *fields,
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

static bool fields_use(const struct fields *fields, size_t value)
{
	for (size_t i = 0; i < fields->count; i++) {
		if (expansion_uses(&fields->list[i].value, value) ||
		    fields_use(&fields->list[i].inside, value)) {
			return true;
		}
	}
	return false;
}

/* "name=value&name=value", percent-encoded. */
static void fields_write_pairs(const struct fields *fields, const char *const *values,
			       struct buffer *buffer)
{
	const char *separator = "";

	for (size_t i = 0; i < fields->count; i++) {
		const struct field *field = &fields->list[i];

		if (expansion_absent(&field->value, values)) {
			continue;
		}
		buffer_put_text(buffer, separator);
		buffer_put_text(buffer, field->name);
		buffer_put(buffer, "=", 1);
		if (field->kind == FIELD_LITERAL) {
			buffer_put_text(buffer, field->literal);
		}
		expansion_write(&field->value, values, EXPANSION_PAIR, buffer);
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

		if (expansion_absent(&field->value, values)) {
			continue;
		}
		buffer_put_text(buffer, separator);
		separator = ",";
		if (field->name) {
			expansion_write_json(field->name, buffer);
			buffer_put(buffer, ":", 1);
		}
		switch (field->kind) {
		case FIELD_VALUE:
			expansion_write(&field->value, values, EXPANSION_JSON, buffer);
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

static void fields_write_json(const struct fields *fields, const char *const *values,
			      struct buffer *buffer)
{
	put_group(fields, true, values, buffer);
}

/* --- reading ---------------------------------------------------------------- */

static int read_expansion(struct conf_reader *reader, const struct conf_node *node, void *expansion)
{
	return expansion_compile(reader, node, conf_text(node), reader->userdata, expansion);
}

static int read_url(struct conf_reader *reader, const struct conf_node *node, void *path)
{
	if (strncmp(conf_text(node), BASE "/", strlen(BASE "/")) != 0) {
		conf_fault(reader, node, "base", "begin the url with \"{base}/\"");
		return 0;
	}
	return expansion_compile(reader, node, conf_text(node) + strlen(BASE), reader->userdata,
				 path);
}

static const struct conf_entry auth_keys[] = {
	CONF_KEY("user", PARSED, REQUIRED, request_shape, user, "the user", .read = read_expansion),
	CONF_KEY("password", PARSED, REQUIRED, request_shape, password,
		 "the password: \"{secret}\"", .read = read_expansion),
	{ 0 },
};

static int read_auth(struct conf_reader *reader, const struct conf_node *node, void *shape)
{
	return conf_read_group(reader, node, auth_keys, shape);
}

static int read_form(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct request_shape *shape = target;

	shape->body = REQUEST_FORM;
	return fields_read(reader, node, true, &shape->fields);
}

static int read_json(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct request_shape *shape = target;

	shape->body = REQUEST_JSON;
	return fields_read(reader, node, false, &shape->fields);
}

static int read_query(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct request_shape *shape = target;

	shape->body = REQUEST_QUERY;
	return fields_read(reader, node, true, &shape->fields);
}

/* The body was read before. */
static int read_ucs2(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	struct request_shape *shape = target;
	struct fields changed = { 0 };
	int r = fields_read(reader, node, shape->body != REQUEST_JSON, &changed);

	return r < 0 ? r : fields_merge(reader, &shape->fields, &changed, &shape->fields_ucs2);
}

static const struct conf_entry send_keys[] = {
	CONF_KEY("url", PARSED, REQUIRED, request_shape, path,
		 "where texts are sent; begins with {base}/", .read = read_url),
	CONF_WHOLE_KEY("auth", GROUP, OPTIONAL, read_auth,
		       "user and password for Basic authentication"),
	CONF_KEY("headers", TEXTS, OPTIONAL, request_shape, headers,
		 "further headers, \"Name: value\"", .most = REQUEST_HEADERS_MAX),
	CONF_WHOLE_KEY("form", GROUP, OPTIONAL, read_form, "fields of an urlencoded body"),
	CONF_WHOLE_KEY("json", GROUP, OPTIONAL, read_json, "members of a JSON body"),
	CONF_WHOLE_KEY("query", GROUP, OPTIONAL, read_query, "fields of the address of a GET"),
	CONF_WHOLE_KEY("ucs2", GROUP, OPTIONAL, read_ucs2,
		       "fields that are different where the text is not GSM-7"),
	{ 0 },
};

static int compile_headers(struct conf_reader *reader, const struct conf_node *node,
			   struct request_shape *shape)
{
	shape->header_expansions = arena_alloc(reader->arena, shape->headers.count + 1,
					       sizeof(*shape->header_expansions));
	if (!shape->header_expansions) {
		return -ENOMEM;
	}

	for (size_t i = 0; i < shape->headers.count; i++) {
		const char *header = shape->headers.list[i], *colon = strchr(header, ':');
		int r;

		if (!colon || colon == header || strpbrk(header, "\r\n")) {
			conf_fault(reader, node, "header", "a header is \"Name: value\"");
			continue;
		}
		r = expansion_compile(reader, node, header, reader->userdata,
				      &shape->header_expansions[i]);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

int request_read(struct conf_reader *reader, const struct conf_node *send, void *target)
{
	struct request_shape *shape = target;
	int bodies =
		!!conf_get(send, "form") + !!conf_get(send, "json") + !!conf_get(send, "query");
	int r = conf_read_group(reader, send, send_keys, shape);

	if (r < 0) {
		return r;
	}
	if (bodies != 1) {
		conf_fault(reader, send, "body", "write exactly one of form, json and query");
	}
	if (!conf_get(send, "ucs2")) {
		shape->fields_ucs2 = shape->fields;
	}
	return compile_headers(reader, conf_get(send, "headers"), shape);
}

bool request_uses(const struct request_shape *shape, size_t value)
{
	bool uses = expansion_uses(&shape->path, value) || expansion_uses(&shape->user, value) ||
		    expansion_uses(&shape->password, value);

	for (size_t i = 0; i < shape->headers.count; i++) {
		uses |= expansion_uses(&shape->header_expansions[i], value);
	}
	return uses || fields_use(&shape->fields, value) || fields_use(&shape->fields_ucs2, value);
}

/* --- composing -------------------------------------------------------------- */

static char *write_one(const struct expansion *expansion, const char *const *values)
{
	struct buffer buffer = { 0 };

	expansion_write(expansion, values, EXPANSION_PLAIN, &buffer);
	return buffer_take(&buffer, NULL);
}

static int compose_headers(const struct request_shape *shape, const char *const *values,
			   struct request *request)
{
	size_t json = shape->body == REQUEST_JSON;

	request->headers = calloc(shape->headers.count + json + 1, sizeof(char *));
	if (!request->headers) {
		return -ENOMEM;
	}

	for (size_t i = 0; i < shape->headers.count; i++) {
		request->headers[i] = write_one(&shape->header_expansions[i], values);
		if (!request->headers[i]) {
			return -ENOMEM;
		}
		if (strpbrk(request->headers[i], "\r\n")) {
			return -EINVAL;
		}
	}
	if (json) {
		char *type = strdup("Content-Type: application/json");

		if (!type) {
			return -ENOMEM;
		}
		kept(type);
		request->headers[shape->headers.count] = type;
	}
	return 0;
}

static int compose_body(const struct request_shape *shape, const char *base,
			const char *const *values, bool ucs2, struct request *request)
{
	const struct fields *fields = ucs2 ? &shape->fields_ucs2 : &shape->fields;
	struct buffer url = { 0 }, body = { 0 };

	buffer_put_text(&url, base);
	expansion_write(&shape->path, values, EXPANSION_URL, &url);
	switch (shape->body) {
	case REQUEST_FORM:
		fields_write_pairs(fields, values, &body);
		break;
	case REQUEST_JSON:
		fields_write_json(fields, values, &body);
		break;
	case REQUEST_QUERY:
		if (fields->count > 0) {
			buffer_put(&url, url.bytes && strchr(url.bytes, '?') ? "&" : "?", 1);
		}
		fields_write_pairs(fields, values, &url);
		break;
	}

	request->method = shape->body == REQUEST_QUERY ? "GET" : "POST";
	request->url = buffer_take(&url, NULL);
	request->body =
		shape->body == REQUEST_QUERY ? NULL : buffer_take(&body, &request->body_size);
	return request->url && (request->body || shape->body == REQUEST_QUERY) ? 0 : -ENOMEM;
}

int request_compose(const struct request_shape *shape, const char *base, const char *const *values,
		    bool ucs2, struct request *ret_request)
{
	_cleanup_(request_done) struct request request = { 0 };
	int r;

	r = compose_headers(shape, values, &request);
	if (r < 0) {
		return r;
	}
	r = compose_body(shape, base, values, ucs2, &request);
	if (r < 0) {
		return r;
	}
	if (shape->user.count > 0) {
		request.user = write_one(&shape->user, values);
		request.password = write_one(&shape->password, values);
		if (!request.user || !request.password) {
			return -ENOMEM;
		}
	}

	*ret_request = request;
	request = (struct request){ 0 };
	return 0;
}

int request_start(const struct request *request, struct http_client *http, http_on_answer on_answer,
		  void *userdata)
{
	const struct http_request ready = {
		.method = request->method,
		.url = request->url,
		.headers = (const char *const *)request->headers,
		.body = request->body,
		.body_size = request->body_size,
		.user = request->user,
		.password = request->password,
		.resend = request->resend,
	};

	return http_client_start(http, &ready, on_answer, userdata);
}

void request_done(struct request *request)
{
	for (char **header = request->headers; header && *header; header++) {
		buffer_wipe(*header);
	}
	free(request->headers);
	buffer_wipe(request->url);
	buffer_wipe(request->body);
	buffer_wipe(request->user);
	buffer_wipe(request->password);
	*request = (struct request){ 0 };
}
