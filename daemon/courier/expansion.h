/*
 * Values with placeholders, as presets write them: "Bearer {secret}", "{to|digits}".
 *
 *   {name}         the value
 *   {name?}        where the value is empty, what the template stands for is left out
 *   {name|filter}  digits       +13125550142 -> 13125550142
 *                  utf16be_hex  the text as UTF-16BE in hexadecimal digits
 *                  int          a JSON number instead of a text
 *                  nothing      not written: with ? a condition for what follows
 *   {{ and }}      braces
 *
 * Names are compiled to indices, so that a typing error is a fault at its line
 * and never a text that reads "{txet}".
 */
#ifndef HF_COURIER_TEMPLATE_H
#define HF_COURIER_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf.h"
#include "lib/buffer.h"

enum template_filter {
	TEMPLATE_AS_IS,
	TEMPLATE_DIGITS,
	TEMPLATE_UTF16BE_HEX,
	TEMPLATE_INT,
	TEMPLATE_NOTHING,
};

/* How a value is written where it stands; literals are written as they are, but in JSON. */
enum template_place {
	TEMPLATE_PLAIN,
	TEMPLATE_URL,  /* percent-encoded, so that a value cannot leave its place */
	TEMPLATE_PAIR, /* the same, and literals too: a value of a form or a query */
	TEMPLATE_JSON, /* quoted, or a number */
};

struct template_piece {
	const char *literal; /* NULL: a placeholder */
	size_t value;        /* the index of its name */
	enum template_filter filter;
	bool optional;
};

struct template
{
	const struct template_piece *pieces;
	size_t count;
};

/* names are what may stand in braces, NULL-terminated.  Faults at the node's line.  0 or -ENOMEM; with faults the template is empty. */
int template_compile(struct conf_reader *reader, const struct conf_node *node, const char *text,
		     const char *const *names, struct template *ret_template);

bool template_uses(const struct template *template, size_t value);
/* A `?` whose value is empty: leave it out. */
bool template_absent(const struct template *template, const char *const *values);
/* values are UTF-8, at the indices of their names, none NULL. */
void template_write(const struct template *template, const char *const *values,
		    enum template_place place, struct buffer *buffer);

/* A JSON string with its quotes (RFC 8259, 7). */
void template_write_json(const char *text, struct buffer *buffer);

#endif
