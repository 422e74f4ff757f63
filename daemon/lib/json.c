/*
 * JSON by jansson, and the limits that jansson leaves to its caller.
 *
 * Dangerous here: a stranger's bytes.  Nesting is counted before jansson sees
 * them, for its own limit of 2048 is a deep recursion; duplicate keys are
 * refused, for two readers of one text must not see different values; and
 * "\u0000" is refused by jansson, so every text here ends where strlen() says.
 */
#include "lib/json.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

/* Gateways' answers nest five deep; this leaves room and bounds the recursion. */
#define DEPTH_MAX 32

/* struct json is jansson's json_t under a name of ours. */
static json_t *inner(const struct json *json)
{
	return (json_t *)json;
}

static struct json *outer(json_t *json)
{
	return (struct json *)json;
}

static bool too_deep(const char *bytes, size_t size)
{
	unsigned depth = 0;
	bool in_text = false;

	for (size_t i = 0; i < size; i++) {
		char c = bytes[i];

		if (in_text) {
			if (c == '\\') {
				i++;
			} else if (c == '"') {
				in_text = false;
			}
		} else if (c == '"') {
			in_text = true;
		} else if (c == '[' || c == '{') {
			if (++depth > DEPTH_MAX) {
				return true;
			}
		} else if ((c == ']' || c == '}') && depth > 0) {
			depth--;
		}
	}

	return false;
}

int json_read(const char *bytes, size_t size, struct json **ret_json)
{
	json_error_t error = { 0 };
	json_t *root;

	if (size == 0 || too_deep(bytes, size)) {
		return JSON_E_SYNTAX;
	}

	root = json_loadb(bytes, size, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
	if (!root) {
		return json_error_code(&error) == json_error_out_of_memory ? -ENOMEM
									   : JSON_E_SYNTAX;
	}

	*ret_json = outer(root);
	return 0;
}

char *json_write(const struct json *json, size_t *ret_size)
{
	char *text = json_dumps(inner(json), JSON_COMPACT | JSON_ENCODE_ANY);

	if (text && ret_size) {
		*ret_size = strlen(text);
	}
	return text;
}

char *json_write_pretty(const struct json *json)
{
	return json_dumps(inner(json), JSON_INDENT(2) | JSON_ENCODE_ANY);
}

struct json *json_free(struct json *json)
{
	json_decref(inner(json));
	return NULL;
}

struct json *json_new_object(void)
{
	return outer(json_object());
}

struct json *json_new_array(void)
{
	return outer(json_array());
}

/* jansson says NULL both for memory and for text that is not UTF-8; malloc says ENOMEM. */
static int new_text(const char *text, json_t **ret_value)
{
	json_t *value;

	errno = 0;
	value = text ? json_string(text) : json_null();
	if (!value) {
		return errno == ENOMEM ? -ENOMEM : -EINVAL;
	}

	*ret_value = value;
	return 0;
}

/* Takes the value, as jansson does. */
static int put(struct json *object, const char *key, json_t *value)
{
	if (!value) {
		return -ENOMEM;
	}

	errno = 0;
	if (json_object_set_new(inner(object), key, value) < 0) {
		return errno == ENOMEM ? -ENOMEM : -EINVAL;
	}
	return 0;
}

int json_put_text(struct json *object, const char *key, const char *text)
{
	json_t *value;
	int r;

	r = new_text(text, &value);
	if (r < 0) {
		return r;
	}

	return put(object, key, value);
}

int json_put_int(struct json *object, const char *key, int64_t number)
{
	return put(object, key, json_integer(number));
}

int json_put_real(struct json *object, const char *key, double number)
{
	/* jansson refuses what JSON cannot say: NaN and the infinities. */
	if (!__builtin_isfinite(number)) {
		return -EINVAL;
	}

	return put(object, key, json_real(number));
}

int json_put_bool(struct json *object, const char *key, bool truth)
{
	return put(object, key, json_boolean(truth));
}

int json_put(struct json *object, const char *key, struct json *value)
{
	return put(object, key, inner(value));
}

int json_add(struct json *array, struct json *value)
{
	if (!value) {
		return -ENOMEM;
	}

	errno = 0;
	if (json_array_append_new(inner(array), inner(value)) < 0) {
		return errno == ENOMEM ? -ENOMEM : -EINVAL;
	}
	return 0;
}

int json_add_text(struct json *array, const char *text)
{
	json_t *value;
	int r;

	r = new_text(text, &value);
	if (r < 0) {
		return r;
	}

	return json_add(array, outer(value));
}

const char *json_text(const struct json *object, const char *key)
{
	return json_string_value(json_object_get(inner(object), key));
}

int64_t json_int(const struct json *object, const char *key, int64_t fallback)
{
	return json_self_int(json_get(object, key), fallback);
}

double json_double(const struct json *object, const char *key, double fallback)
{
	const json_t *value = json_object_get(inner(object), key);

	return json_is_number(value) ? json_number_value(value) : fallback;
}

bool json_truth(const struct json *object, const char *key, bool fallback)
{
	const json_t *value = json_object_get(inner(object), key);

	return json_is_boolean(value) ? json_is_true(value) : fallback;
}

const struct json *json_get(const struct json *object, const char *key)
{
	return outer(json_object_get(inner(object), key));
}

bool json_is_list(const struct json *json)
{
	return json_is_array(inner(json));
}

size_t json_count(const struct json *array)
{
	return json_array_size(inner(array));
}

const struct json *json_at(const struct json *array, size_t index)
{
	return outer(json_array_get(inner(array), index));
}

/* One reference token of a pointer, unescaped: ~1 is a slash and ~0 a tilde.  Gives where the
 * next begins, or NULL where the token is malformed or longer than any key that is asked for. */
static const char *read_token(const char *pointer, char *token, size_t size)
{
	size_t length = 0;

	for (; *pointer && *pointer != '/'; pointer++) {
		char c = *pointer;

		if (c == '~') {
			pointer++;
			if (*pointer != '0' && *pointer != '1') {
				return NULL;
			}
			c = *pointer == '0' ? '~' : '/';
		}
		if (length + 1 >= size) {
			return NULL;
		}
		token[length++] = c;
	}

	token[length] = '\0';
	return pointer;
}

static const json_t *at_index(const json_t *array, const char *token)
{
	size_t index = 0;

	/* RFC 6901 section 4: no leading zero; nine digits are more than any array here. */
	if (!*token || strlen(token) > 9 || (token[0] == '0' && token[1])) {
		return NULL;
	}
	for (; *token; token++) {
		if (*token < '0' || *token > '9') {
			return NULL;
		}
		index = index * 10 + (size_t)(*token - '0');
	}

	return json_array_get(array, index);
}

static const json_t *follow(const json_t *value, const char *pointer)
{
	char token[256];

	while (value && *pointer == '/') {
		pointer = read_token(pointer + 1, token, sizeof(token));
		if (!pointer) {
			return NULL;
		}
		value = json_is_array(value) ? at_index(value, token)
					     : json_object_get(value, token);
	}

	return pointer[0] == '\0' ? value : NULL;
}

/* The shortest of two that reads back as the same number: 0.1 and not 0.10000000000000001. */
static int print_real(double number, char *buffer, size_t size)
{
	int length = snprintf(buffer, size, "%.15g", number);

	if (length < 0 || (size_t)length >= size || strtod(buffer, NULL) == number) {
		return length;
	}
	return snprintf(buffer, size, "%.17g", number);
}

static int print_scalar(const json_t *value, char *buffer, size_t size)
{
	switch (json_typeof(value)) {
	case JSON_STRING:
		return snprintf(buffer, size, "%s", json_string_value(value));
	case JSON_INTEGER:
		return snprintf(buffer, size, "%" PRId64, (int64_t)json_integer_value(value));
	case JSON_REAL:
		return print_real(json_real_value(value), buffer, size);
	case JSON_TRUE:
		return snprintf(buffer, size, "true");
	case JSON_FALSE:
		return snprintf(buffer, size, "false");
	case JSON_NULL:
	case JSON_OBJECT:
	case JSON_ARRAY:
		break;
	}

	return -1;
}

bool json_point(const struct json *json, const char *pointer, char *buffer, size_t size)
{
	const json_t *value = follow(inner(json), pointer);
	int length = value ? print_scalar(value, buffer, size) : -1;

	return length >= 0 && (size_t)length < size;
}

void *json_first(const struct json *object)
{
	return json_object_iter(inner(object));
}

void *json_next(const struct json *object, void *member)
{
	return json_object_iter_next(inner(object), member);
}

const char *json_member_key(void *member)
{
	return json_object_iter_key(member);
}

const struct json *json_member_value(void *member)
{
	return outer(json_object_iter_value(member));
}

const char *json_self_text(const struct json *json)
{
	return json_string_value(inner(json));
}

int64_t json_self_int(const struct json *json, int64_t fallback)
{
	return json_is_integer(inner(json)) ? json_integer_value(inner(json)) : fallback;
}
