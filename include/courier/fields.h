/*
 * The fields of a request: name and template, in the order of the file.  In
 * JSON they may be groups and lists, which become objects and arrays, and
 * numbers and truths, which are themselves.
 */
#ifndef HF_COURIER_FIELDS_H
#define HF_COURIER_FIELDS_H

#include "courier/template.h"

struct field;

/* In the reader's arena. */
struct fields {
	struct field *list;
	size_t count;
};

/* flat: no groups and lists, as in forms and queries.  Faults are faults; 0 or -ENOMEM. */
int fields_read(struct conf_reader *reader, const struct conf_node *node, bool flat,
		const char *const *names, struct fields *ret_fields);
/* `fields`, with those of `changed` in the places of their names or at the end. */
int fields_merge(struct conf_reader *reader, const struct fields *fields,
		 const struct fields *changed, struct fields *ret_merged);

bool fields_use(const struct fields *fields, size_t value);

/* "name=value&name=value", percent-encoded. */
void fields_write_pairs(const struct fields *fields, const char *const *values,
			struct buffer *buffer);
void fields_write_json(const struct fields *fields, const char *const *values,
		       struct buffer *buffer);

#endif
