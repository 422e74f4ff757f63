/*
 * Taking queries and forms apart.
 *
 * Dangerous: a signature is made over decoded values, so what is decoded here
 * in another way than the gateway meant it never fits; and a value may hold
 * any byte, a NUL too.
 */
#include "courier/params.h"

#include <errno.h>
#include <string.h>

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
