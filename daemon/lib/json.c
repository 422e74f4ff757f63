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

/* Gateways' answers nest five deep; this leaves room and bounds the recursion. */
#define DEPTH_MAX 32

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

int json_read(const char *bytes, size_t size, json_t **ret_json)
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

	*ret_json = root;
	return 0;
}

char *json_write(const json_t *json, size_t *ret_size)
{
	char *text = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);

	if (text && ret_size) {
		*ret_size = strlen(text);
	}
	return text;
}

json_t *json_free(json_t *json)
{
	json_decref(json);
	return NULL;
}

json_t *json_object_of(const struct json_member *members, size_t count)
{
	json_t *object = json_object();
	bool whole = object;

	/* All are taken, even where one is missing. */
	for (size_t i = 0; i < count; i++) {
		whole = json_object_set_new(object, members[i].key, members[i].value) == 0 && whole;
	}
	return whole ? object : json_free(object);
}

int json_merge(json_t *object, json_t *other)
{
	return json_object_update_new(object, other) == 0 ? 0 : -ENOMEM;
}

json_t *json_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

/* jansson says -1 both for memory and for text that is not UTF-8; malloc says ENOMEM. */
static int error_of(int result)
{
	return result == 0 ? 0 : errno == ENOMEM ? -ENOMEM : -EINVAL;
}

int json_put(json_t *object, const char *key, json_t *value)
{
	if (!value) {
		return -ENOMEM;
	}

	errno = 0;
	return error_of(json_object_set_new(object, key, value));
}

int json_add(json_t *array, json_t *value)
{
	if (!value) {
		return -ENOMEM;
	}

	errno = 0;
	return error_of(json_array_append_new(array, value));
}

const char *json_text(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

int64_t json_int(const json_t *object, const char *key, int64_t fallback)
{
	const json_t *value = json_object_get(object, key);

	return json_is_integer(value) ? json_integer_value(value) : fallback;
}

double json_double(const json_t *object, const char *key, double fallback)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : fallback;
}

bool json_truth(const json_t *object, const char *key, bool fallback)
{
	const json_t *value = json_object_get(object, key);

	return json_is_boolean(value) ? json_is_true(value) : fallback;
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

const json_t *json_follow(const json_t *value, const char *pointer)
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

bool json_point(const json_t *json, const char *pointer, char *buffer, size_t size)
{
	const json_t *value = json_follow(json, pointer);
	int length = value ? print_scalar(value, buffer, size) : -1;

	return length >= 0 && (size_t)length < size;
}
