/*
 * Configuration files and the table of keys that says what may stand in them.
 * Every fault is collected with its file and line, none stops the reading, and
 * a key nobody knows is a fault.
 */
#ifndef HF_LIB_CONF_H
#define HF_LIB_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conftree.h"
#include "lib/value.h"
#include "lib/arena.h"
#include "lib/civil.h"
#include "lib/fault.h"

struct conf_texts {
	char **list;
	size_t count;
};
struct conf_numbers {
	int *list;
	size_t count;
};
struct conf_spans {
	struct span *list;
	size_t count;
};
struct conf_dates {
	struct civil *list;
	size_t count;
};

/* Reads one node into *target (for CONF_GROUP and CONF_LIST).  0 or -ENOMEM; faults are faults.
 * Where an entry has a `size`, *target is the element of a list that was made for it. */
typedef int (*conf_read_node)(struct conf_reader *reader, const struct conf_node *node,
			      void *target);

struct conf_entry {
	const char *key;
	enum conf_kind kind;
	bool required;
	const char *fallback;     /* the default as text, as one would write it; NULL for none */
	size_t offset;            /* of the member in the target */
	const char *doc;          /* one line for the man page and `holdfastctl check --keys` */
	int least, most;          /* CONF_NUMBER, and the most elements of a list (0: 1000) */
	const char *const *words; /* CONF_WORD, NULL-terminated */
	conf_read_node read;
	/* CONF_LIST: the bytes of an element and where their number (size_t) goes.  The member at
	 * `offset` then points to them.  With 0, `read` gets the member itself for each element. */
	size_t size, count_offset;
};

/* The `read` of a group or list that is read when all its neighbours are known: *target is a const
 * struct conf_node *. */
int conf_keep_node(struct conf_reader *reader, const struct conf_node *node, void *target);
/* An error at the node's line. */
void conf_blame(struct conf_reader *reader, const struct conf_node *node, const char *code,
		const char *what);

/* Reads a group by its table: defaults filled in, each wrong type, value, missing or unknown key
 * ("did you mean") a fault at its line.  The table ends with a NULL key.  What is at fault stays as
 * it was in *target.  NULL for a group is an empty one.  0 or -ENOMEM. */
int conf_read_group(struct conf_reader *reader, const struct conf_node *group,
		    const struct conf_entry *table, void *target);

#endif
