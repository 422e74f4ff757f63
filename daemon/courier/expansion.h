/*
 * Values with placeholders, as presets write them: "Bearer {secret}", "{to|digits}".
 *
 *   {name}         the value
 *   {name?}        where the value is empty, what the expansion stands for is left out
 *   {name|filter}  digits       +13125550142 -> 13125550142
 *                  utf16be_hex  the text as UTF-16BE in hexadecimal digits
 *                  int          a JSON number instead of a text
 *                  nothing      not written: with ? a condition for what follows
 *   {{ and }}      braces
 *
 * A bar is a filter here; in the texts of messages/ it begins an alternative (lib/text.h).
 *
 * Names are compiled to indices, so that a typing error is a fault at its line
 * and never a text that reads "{txet}".
 */
#ifndef HF_COURIER_EXPANSION_H
#define HF_COURIER_EXPANSION_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf.h"
#include "lib/buffer.h"

enum expansion_filter {
	EXPANSION_AS_IS,
	EXPANSION_DIGITS,
	EXPANSION_UTF16BE_HEX,
	EXPANSION_INT,
	EXPANSION_NOTHING,
};

/* How a value is written where it stands; literals are written as they are, but in JSON. */
enum expansion_place {
	EXPANSION_PLAIN,
	EXPANSION_URL,  /* percent-encoded, so that a value cannot leave its place */
	EXPANSION_PAIR, /* the same, and literals too: a value of a form or a query */
	EXPANSION_JSON, /* quoted, or a number */
};

struct expansion_piece {
	const char *literal; /* NULL: a placeholder */
	size_t value;        /* the index of its name */
	enum expansion_filter filter;
	bool optional;
};

struct expansion {
	const struct expansion_piece *pieces;
	size_t count;
};

/* names are what may stand in braces, NULL-terminated.  Faults at the node's line.  0 or -ENOMEM;
 * with faults the expansion is empty. */
int expansion_compile(struct conf_reader *reader, const struct conf_node *node, const char *text,
		      const char *const *names, struct expansion *ret_expansion);

bool expansion_uses(const struct expansion *expansion, size_t value);
/* A `?` whose value is empty: leave it out. */
bool expansion_absent(const struct expansion *expansion, const char *const *values);
/* values are UTF-8, at the indices of their names, none NULL. */
void expansion_write(const struct expansion *expansion, const char *const *values,
		     enum expansion_place place, struct buffer *buffer);

/* A JSON string with its quotes (RFC 8259, 7). */
void expansion_write_json(const char *text, struct buffer *buffer);

#endif
