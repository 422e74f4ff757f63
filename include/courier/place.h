/*
 * A webhook as it came, and the places in it where values stand, as presets
 * name them: "header NAME", "query NAME", "field NAME", "path", "basic".
 */
#ifndef HF_COURIER_PLACE_H
#define HF_COURIER_PLACE_H

#include "lib/conf.h"
#include "courier/params.h"

/* A request from a gateway.  All borrowed, all NUL-terminated.  Whoever makes one has turned away
 * what holds a NUL of its own.
 */
struct hook {
	const char *method;
	const char *url;   /* as the gateway called it: our public address, the path, the query */
	const char *query; /* of that address, without "?"; "" for none */
	const char *path;  /* what stands behind /hooks/NAME, without "/"; "" for nothing */
	const char *body;
	size_t body_size;
	const char *(*header)(const void *userdata, const char *name); /* NULL: not given */
	const void *userdata;
};

enum place_kind {
	PLACE_NOWHERE,
	PLACE_HEADER,
	PLACE_QUERY,
	PLACE_FIELD,
	PLACE_PATH,
	PLACE_BASIC,
};

struct place {
	enum place_kind kind;
	char *name; /* in the arena */
};

/* NULL text: PLACE_NOWHERE.  A fault at the node's line where it is none of these; 0 or -ENOMEM. */
int place_read(struct conf_reader *reader, const struct conf_node *node, const char *text,
	       struct place *ret_place);

/* The query and the form of one webhook, taken apart. */
struct hook_params {
	struct params query, form;
};
void hook_params_done(struct hook_params *params);
/* The body is a form unless its Content-Type says otherwise.  0, -ENOMEM, -E2BIG. */
int hook_params_read(const struct hook *hook, struct hook_params *params);
bool hook_is_form(const struct hook *hook);

/* NULL where there is nothing.  Borrowed from the hook, from its parameters, or in `buffer` (the
 * password of Basic authentication). */
#define PLACE_BUFFER_MAX 256
const char *place_find(const struct place *place, const struct hook *hook,
		       const struct hook_params *params, char buffer[PLACE_BUFFER_MAX]);

#endif
