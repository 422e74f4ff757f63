/*
 * Finding values in a webhook.
 *
 * Dangerous: a signature is made over decoded values, so what is decoded here
 * in another way than the gateway meant it never fits; and a value may hold
 * any byte, a NUL too.
 */
#include "courier/place.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "lib/crypto.h"

/* --- queries and forms (application/x-www-form-urlencoded) --------------------------- */

void params_done(struct params *params)
{
	for (size_t i = 0; i < params->count; i++) {
		free(params->list[i].name);
		free(params->list[i].value);
	}
	params->count = 0;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Allocated, with a NUL behind it; NULL when memory is out. */
static char *decode(const char *encoded, size_t size, size_t *ret_size)
{
	char *decoded = malloc(size + 1);
	size_t length = 0;

	if (!decoded) {
		return NULL;
	}

	for (size_t i = 0; i < size; i++) {
		char c = encoded[i];

		if (c == '%' && size - i > 2 && digit(encoded[i + 1]) >= 0 &&
		    digit(encoded[i + 2]) >= 0) {
			c = (char)(digit(encoded[i + 1]) << 4 | digit(encoded[i + 2]));
			i += 2;
		} else if (c == '+') {
			c = ' ';
		}
		decoded[length++] = c;
	}

	decoded[length] = '\0';
	*ret_size = length;
	return decoded;
}

static int add_one(struct params *params, const char *pair, size_t size)
{
	const char *equals = memchr(pair, '=', size);
	size_t name_size = equals ? (size_t)(equals - pair) : size, length;
	struct param param = { 0 };

	if (params->count == PARAMS_MAX) {
		return -E2BIG;
	}

	param.name = decode(pair, name_size, &length);
	param.value =
		decode(equals ? equals + 1 : "", equals ? size - name_size - 1 : 0, &param.size);
	if (!param.name || !param.value) {
		free(param.name);
		free(param.value);
		return -ENOMEM;
	}

	params->list[params->count++] = param;
	return 0;
}

int params_add(struct params *params, const char *encoded, size_t size)
{
	while (size > 0) {
		const char *end = memchr(encoded, '&', size);
		size_t length = end ? (size_t)(end - encoded) : size;
		int r = length > 0 ? add_one(params, encoded, length) : 0;

		if (r < 0) {
			return r;
		}

		length += end != NULL;
		encoded += length;
		size -= length;
	}
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct param *left = a, *right = b;
	size_t least = left->size < right->size ? left->size : right->size;
	int order = strcmp(left->name, right->name);

	order = order ? order : memcmp(left->value, right->value, least);
	return order ? order : (left->size > right->size) - (left->size < right->size);
}

void params_sort(struct params *params)
{
	qsort(params->list, params->count, sizeof(params->list[0]), compare);
}

const struct param *params_find(const struct params *params, const char *name)
{
	for (size_t i = 0; i < params->count; i++) {
		if (strcmp(params->list[i].name, name) == 0) {
			return &params->list[i];
		}
	}
	return NULL;
}

/* --- places --------------------------------------------------------------------- */

static const struct {
	const char *word;
	enum place_kind kind;
	bool named;
} kinds[] = {
	{ "header", PLACE_HEADER, true }, { "query", PLACE_QUERY, true },
	{ "field", PLACE_FIELD, true },   { "path", PLACE_PATH, false },
	{ "basic", PLACE_BASIC, false },
};

int place_read(struct conf_reader *reader, const struct conf_node *node, const char *text,
	       struct place *ret_place)
{
	struct place place = { 0 };
	size_t length = text ? strcspn(text, " ") : 0;
	const char *name = text ? text + length + (text[length] == ' ') : "";

	for (size_t i = 0; text && i < COUNT(kinds); i++) {
		if (strlen(kinds[i].word) == length && memcmp(kinds[i].word, text, length) == 0 &&
		    kinds[i].named == (*name != '\0')) {
			place.kind = kinds[i].kind;
		}
	}
	if (text && place.kind == PLACE_NOWHERE) {
		fault_add(reader->faults, FAULT_ERROR, conf_file(node), conf_line(node), "place",
			  "\"%s\" is no place; write \"header NAME\", \"query NAME\", \"field "
			  "NAME\", "
			  "\"path\" or \"basic\"",
			  text);
	}

	place.name = arena_copy(reader->arena, name);
	if (!place.name) {
		return -ENOMEM;
	}

	*ret_place = place;
	return 0;
}

void hook_params_done(struct hook_params *params)
{
	params_done(&params->query);
	params_done(&params->form);
}

bool hook_is_form(const struct hook *hook)
{
	static const char form[] = "application/x-www-form-urlencoded";
	const char *type = hook->header(hook->userdata, "Content-Type");

	return !type || strncasecmp(type, form, sizeof(form) - 1) == 0;
}

int hook_params_read(const struct hook *hook, struct hook_params *params)
{
	int r = params_add(&params->query, hook->query, strlen(hook->query));

	if (r == 0 && hook_is_form(hook)) {
		r = params_add(&params->form, hook->body, hook->body_size);
	}
	return r;
}

static const char *password(const char *authorization, char buffer[PLACE_BUFFER_MAX])
{
	size_t size;
	char *colon;

	if (!authorization || strncasecmp(authorization, "Basic ", 6) != 0 ||
	    crypto_from_base64(authorization + 6, strlen(authorization + 6), buffer,
			       PLACE_BUFFER_MAX - 1, &size) < 0) {
		return NULL;
	}

	buffer[size] = '\0';
	colon = strchr(buffer, ':');
	return colon ? colon + 1 : NULL;
}

static const char *value_of(const struct param *param)
{
	return param ? param->value : NULL;
}

const char *place_find(const struct place *place, const struct hook *hook,
		       const struct hook_params *params, char buffer[PLACE_BUFFER_MAX])
{
	switch (place->kind) {
	case PLACE_NOWHERE:
		return NULL;
	case PLACE_HEADER:
		return hook->header(hook->userdata, place->name);
	case PLACE_QUERY:
		return value_of(params_find(&params->query, place->name));
	case PLACE_FIELD:
		return value_of(params_find(&params->form, place->name));
	case PLACE_PATH:
		return *hook->path ? hook->path : NULL;
	case PLACE_BASIC:
		return password(hook->header(hook->userdata, "Authorization"), buffer);
	}

	return NULL;
}
