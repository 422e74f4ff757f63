/*
 * A webhook as it came, and where in it, or in the answer to a poll, a value stands.  Presets write:
 *
 *   "header NAME", "query NAME", "field NAME" (of a form)
 *   "path"                what follows /hooks/NAME/
 *   "basic"               the password of Basic authentication
 *   "/payload/message"    a pointer into a body of JSON (RFC 6901)
 */
#ifndef HF_COURIER_LOCATOR_H
#define HF_COURIER_LOCATOR_H

#include <stddef.h>

#include "lib/cleanup.h"
#include "lib/conf.h"
#include "lib/json.h"

/* --- a request ------------------------------------------------------------------------ */

/* From a gateway.  All borrowed, all NUL-terminated; the body may hold further NULs. */
struct webhook_request {
	const char *method;
	const char *url;   /* as the gateway called it: our public address, the path, the query */
	const char *query; /* of that address, without "?"; "" for none */
	const char *path;  /* what stands behind /hooks/NAME, without "/"; "" for nothing */
	const char *body;
	size_t body_size;
	const char *(*header)(const void *userdata, const char *name); /* NULL: not given */
	const void *userdata;
};
/* The body is a form unless its Content-Type says otherwise, or it begins as JSON does. */
bool webhook_request_is_form(const struct webhook_request *request);

/* --- the parameters of a query or of a form, decoded -------------------------------------- */

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

struct request_params {
	struct params query, form;
};
/* 0, -ENOMEM, -E2BIG. */
int request_params_read(const struct webhook_request *request, struct request_params *params);
void request_params_done(struct request_params *params);

/* --- where a value stands ------------------------------------------------------------------ */

enum locator_kind {
	LOCATOR_NOWHERE,
	LOCATOR_HEADER,
	LOCATOR_QUERY,
	LOCATOR_FIELD,
	LOCATOR_PATH,
	LOCATOR_BASIC,
	LOCATOR_JSON,
};

struct locator {
	enum locator_kind kind;
	const char *name; /* or the pointer; in the arena */
};

/* The `read` of a text that is a locator.  What is none is a fault. */
int locator_read(struct conf_reader *reader, const struct conf_node *node, void *locator);
/* The same, but nothing of a JSON body. */
int locator_read_outside_json(struct conf_reader *reader, const struct conf_node *node,
			      void *locator);

/* Of a request, byte for byte: for signatures.  NULL where there is nothing.  Borrowed from the
 * request, from its parameters, or in `buffer` (the password of Basic authentication). */
#define LOCATOR_BUFFER_MAX 256
const char *locator_find(const struct locator *locator, const struct webhook_request *request,
			 const struct request_params *params, char buffer[LOCATOR_BUFFER_MAX]);

/* --- what a gateway says, for people to read ------------------------------------------------ */

/* A webhook or the answer to a poll, taken apart. */
struct incoming {
	struct arena *arena;                   /* the caller's: what is found lives there */
	const struct webhook_request *request; /* NULL for the answer to a poll */
	struct request_params params;
	const char *charset; /* of the body, where its Content-Type names one; or NULL */
	json_t *json;        /* of the body; NULL for none */
	const json_t *item;  /* what pointers begin at */
	bool get;            /* fields stand in the query of a GET */
	bool undecoded;      /* some of the JSON is escaped bytes */
	bool failed;         /* memory is out */
};

enum { INCOMING_E_MALFORMED = 1 };

/* request may be NULL; the body is JSON then.  0, -errno, -E2BIG: too many parameters;
 * INCOMING_E_MALFORMED: the JSON is none, and what stands elsewhere can be read. */
int incoming_open(struct incoming *incoming, struct arena *arena,
		  const struct webhook_request *request, const char *body, size_t size);
void incoming_done(struct incoming *incoming);

/* "/results": a list in the body; NULL where there is none. */
const json_t *incoming_list(const struct incoming *incoming, const char *pointer);

/* As UTF-8 (lib/charset.h); NULL where nothing is.  Whatever a person wrote survives.  The second is told the
 * charset of bytes outside JSON, which goes before that of the body (NULL: none is named), and whether all of it
 * could be decoded; it reads all values of a parameter that is there several times, a line each. */
const char *incoming_text(struct incoming *incoming, const struct locator *locator);
const char *incoming_text_in(struct incoming *incoming, const struct locator *locator,
			     const char *charset, bool *ret_whole);

#endif
