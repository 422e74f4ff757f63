/*
 * Names and values of a query or of a form's body
 * (application/x-www-form-urlencoded), decoded.
 */
#ifndef HF_COURIER_PARAMS_H
#define HF_COURIER_PARAMS_H

#include <stddef.h>

#include "lib/cleanup.h"

#define PARAMS_MAX 256

/* Both NUL-terminated; the value may hold further NULs. */
struct param {
	char *name, *value;
	size_t size; /* of the value */
};

struct params {
	struct param list[PARAMS_MAX];
	size_t count;
};
void params_done(struct params *params);

/* Adds all of "a=1&b=%20+x", in its order; a percent sign without two digits stands for itself.  0,
 * -ENOMEM, or -E2BIG: more than PARAMS_MAX in all. */
int params_add(struct params *params, const char *encoded, size_t size);

/* By the bytes of their names, then of their values. */
void params_sort(struct params *params);

/* The first of that name; NULL for none. */
const struct param *params_find(const struct params *params, const char *name);

#endif
