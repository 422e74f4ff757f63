/*
 * Configuration files and the table of keys that says what may stand in them.
 * Every fault is collected with its file and line, none stops the reading, and
 * a key nobody knows is a fault.
 */
#ifndef HF_LIB_CONF_H
#define HF_LIB_CONF_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/conf_file.h"
#include "lib/arena.h"
#include "lib/civil.h"
#include "lib/fault.h"

enum conf_kind {
	CONF_TEXT,     /* char * */
	CONF_NUMBER,   /* int, least..most */
	CONF_REAL,     /* double, > 0 */
	CONF_TRUTH,    /* bool */
	CONF_DATE,     /* struct civil, "2026-11-23" */
	CONF_DATETIME, /* struct civil, "2026-11-23 14:00" */
	CONF_MINUTE,   /* int, "10:00" */
	CONF_SPAN,     /* struct span, "6h" */
	CONF_HOURS,    /* struct hours */
	CONF_WEEKDAYS, /* unsigned, "MO,TH" */
	CONF_PHONE,    /* char *, E.164 normalised */
	CONF_ZONE,     /* const struct zone * */
	CONF_WORD,     /* int: the index in `words` */
	CONF_TEXTS,    /* struct conf_texts: [ "a", "b" ] or a single "a" */
	CONF_NUMBERS,  /* struct conf_numbers */
	CONF_SPANS,    /* struct conf_spans */
	CONF_DATES,    /* struct conf_dates */
	CONF_PARSED,   /* a text that `read` takes apart; without a default */
	CONF_GROUP, /* read by `read`; with the fallback "{}" also where it is absent, from NULL */
	CONF_LIST,  /* each element read by `read`; a single group counts as one */
};

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

/* The bytes of a member of each kind: a row that does not fit its member is not compiled. */
enum {
	CONF_SIZE_TEXT = sizeof(char *),
	CONF_SIZE_NUMBER = sizeof(int),
	CONF_SIZE_REAL = sizeof(double),
	CONF_SIZE_TRUTH = sizeof(bool),
	CONF_SIZE_DATE = sizeof(struct civil),
	CONF_SIZE_DATETIME = sizeof(struct civil),
	CONF_SIZE_MINUTE = sizeof(int),
	CONF_SIZE_SPAN = sizeof(struct span),
	CONF_SIZE_HOURS = sizeof(struct hours),
	CONF_SIZE_WEEKDAYS = sizeof(unsigned),
	CONF_SIZE_PHONE = sizeof(char *),
	CONF_SIZE_ZONE = sizeof(const struct zone *),
	CONF_SIZE_WORD = sizeof(int),
	CONF_SIZE_TEXTS = sizeof(struct conf_texts),
	CONF_SIZE_NUMBERS = sizeof(struct conf_numbers),
	CONF_SIZE_SPANS = sizeof(struct conf_spans),
	CONF_SIZE_DATES = sizeof(struct conf_dates),
	CONF_SIZE_PARSED = 0, /* what `read` makes of it */
	CONF_SIZE_GROUP = 0,
	CONF_SIZE_LIST = 0,
};

struct conf_reader {
	struct arena *arena; /* what is read lives here */
	struct faults *faults;
	void *userdata;
};

/* Reads one node into *target.  0 or -ENOMEM; faults are faults.
 * Where an entry has a `size`, *target is the element of a list that was made for it. */
typedef int (*conf_read_node)(struct conf_reader *reader, const struct conf_node *node,
			      void *target);

/*
 * One key that may stand in a group.  A table is written with the macros below, one row for a key:
 * its name, its kind without CONF_, whether it must be there, the tag of the struct and the member
 * that it is read into, and the line for the man page and `holdfastctl check --keys`.  What only
 * some keys need follows by its name:
 *
 *	const struct conf_entry dog_keys[] = {
 *		CONF_KEY("name", TEXT, REQUIRED, dog, name, "what it listens to"),
 *		CONF_KEY("age", NUMBER, DEFAULT("1"), dog, age, "in years", .least = 0, .most = 30),
 *		CONF_KEY("size", WORD, OPTIONAL, dog, size, "of three", .words = size_words),
 *		CONF_KEY("owner", GROUP, OPTIONAL, dog, owner, "whose it is", .read = read_owner),
 *		CONF_LIST_KEY("puppies", OPTIONAL, dog, puppies, puppy_count, read_dog, "its own"),
 *		{ 0 },
 *	};
 */
struct conf_entry {
	const char *key;
	enum conf_kind kind;
	bool required;
	const char *fallback; /* the default as text, as one would write it; NULL for none */
	size_t offset;        /* of the member in the target */
	const char *doc;
	int least, most;          /* CONF_NUMBER, and the most elements of a list (0: 1000) */
	const char *const *words; /* CONF_WORD, NULL-terminated */
	conf_read_node read;      /* CONF_GROUP, CONF_LIST and CONF_PARSED */
	/* CONF_LIST: the bytes of an element and where their number (size_t) goes.  The member at
	 * `offset` then points to them.  With 0, `read` gets the member itself for each element. */
	size_t size, count_offset;
};

/* As an array of one, since clang-tidy takes the size of a pointer for a mistake. */
#define CONF_OFFSET(type, member, size)                                                            \
	(offsetof(type, member) +                                                                  \
	 0 * sizeof(struct {                                                                       \
		 _Static_assert((size) == 0 ||                                                     \
					(size) == sizeof(__typeof__(((type *)NULL)->member)[1]),   \
				"the kind of a key does not fit its member");                      \
		 int unused;                                                                       \
	 }))
/* The last arguments: the doc, and what only some keys need. */
#define CONF_KEY(name, of_kind, presence, tag, member, ...)                                        \
	{                                                                                          \
		.key = (name), .kind = CONF_##of_kind, CONF_##presence,                            \
		.offset = CONF_OFFSET(struct tag, member, CONF_SIZE_##of_kind), .doc = __VA_ARGS__ \
	}
/* A list of groups: `members` points to them, `number` counts them. */
#define CONF_LIST_KEY(name, presence, tag, members, number, read_one, ...)                         \
	{                                                                                          \
		.key = (name), .kind = CONF_LIST, CONF_##presence, .read = (read_one),             \
		.offset = offsetof(struct tag, members),                                           \
		.size = sizeof(*((struct tag *)NULL)->members),                                    \
		.count_offset = offsetof(struct tag, number), .doc = __VA_ARGS__                   \
	}
/* A group or list whose `read` gets the target of the whole table, not a member of it. */
#define CONF_WHOLE_KEY(name, of_kind, presence, read_whole, ...)                                   \
	{                                                                                          \
		.key = (name), .kind = CONF_##of_kind, CONF_##presence, .read = (read_whole),      \
		.doc = __VA_ARGS__                                                                 \
	}
#define CONF_REQUIRED      .required = true
#define CONF_OPTIONAL      .required = false
#define CONF_DEFAULT(text) .fallback = (text)

/* An error at the node's line; printf's format and its arguments follow. */
#define conf_fault(reader, node, code, ...)                                                        \
	fault_add((reader)->faults, FAULT_ERROR, conf_file(node), conf_line(node), (code),         \
		  __VA_ARGS__)

/* "; did you mean \"time\"?", or "" where no word is near: the end of a fault's message. */
#define CONF_HINT_MAX 96
const char *conf_hint(const char *word, const char *const *words, char buffer[CONF_HINT_MAX]);

/* Reads a group by its table, in the order of the table: defaults filled in, each wrong type, value,
 * missing or unknown key ("did you mean") a fault at its line.  The table ends with a NULL key.  What
 * is at fault stays as it was in *target.  NULL for a group is an empty one.  0 or -ENOMEM. */
int conf_read_group(struct conf_reader *reader, const struct conf_node *group,
		    const struct conf_entry *table, void *target);

#endif
