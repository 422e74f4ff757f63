/*
 * A webhook as it came, and the places in it where values stand, as presets
 * name them: "header NAME", "query NAME", "field NAME", "path", "basic".
 */
#ifndef HF_COURIER_PLACE_H
#define HF_COURIER_PLACE_H

#include <stddef.h>

#include "lib/cleanup.h"
#include "lib/conf.h"
#include "lib/json.h"

/* --- names and values of a query or of a form's body, decoded --------------------- */

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

/* --- the request -------------------------------------------------------------- */

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

/* --- spots ------------------------------------------------------------------------- */

/*
 * Where a preset finds a value in what a gateway says: a place of a webhook ("field From", "query
 * from") or, beginning with a slash, a pointer into its JSON body ("/payload/message").
 *
 * Whatever a person wrote survives: what is not UTF-8 is taken as Latin-1, a NUL and half a
 * surrogate pair become U+FFFD.
 */
struct spot {
	char *pointer; /* NULL: a place */
	struct place place;
};

/* NULL text: nowhere.  A fault at the node's line; 0 or -ENOMEM. */
int spot_read(struct conf_reader *reader, const struct conf_node *node, const char *text,
	      struct spot *ret_spot);

/* One message of a gateway, taken apart. */
struct view {
	struct arena *arena;     /* the caller's: what is found lives there */
	const struct hook *hook; /* NULL for the answer to a poll */
	struct hook_params params;
	json_t *json;       /* of the body; NULL for none */
	const json_t *item; /* what pointers begin at */
	char *room;         /* as long as any text of the body */
	size_t room_size;
	bool failed; /* memory is out */
};

enum { VIEW_E_MALFORMED = 1 };

/* hook may be NULL; the body is JSON then.  0, VIEW_E_MALFORMED, -errno. */
int view_open(struct view *view, struct arena *arena, const struct hook *hook, const char *body,
	      size_t size);
void view_done(struct view *view);

/* "/results": a list in the body; NULL where there is none. */
const json_t *view_list(const struct view *view, const char *pointer);

/* NULL where nothing is. */
const char *spot_find(const struct spot *spot, struct view *view);

#endif
