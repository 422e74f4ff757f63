/*
 * What one file says about another, and every name that may stand only once:
 * noted while the files are read, judged when all of them are.
 */
#ifndef HF_CONFIG_REFERENCE_H
#define HF_CONFIG_REFERENCE_H

#include <stdint.h>

#include "lib/conf.h"

/* A name that must be found elsewhere: `word` in `scope`. */
enum reference_kind {
	REFERENCE_PLAN,
	REFERENCE_STAFF,
	REFERENCE_LANGUAGE,
	REFERENCE_MESSAGE,
	REFERENCE_ANSWERS,  /* scope: the plan that has the table */
	REFERENCE_REMINDER, /* scope: the plan that has it, or one that comes after */
};

struct reference {
	enum reference_kind kind;
	const char *word, *scope, *file;
	unsigned line;
};

/* A name that stands only once among its kind. */
enum unique_kind {
	UNIQUE_CLIENT,
	UNIQUE_PHONE,
	UNIQUE_LOVED_ONE, /* a number, too: may stand again, but nowhere as UNIQUE_PHONE */
	UNIQUE_PLAN,
	UNIQUE_STAFF,
	UNIQUE_LANGUAGE,
};

struct unique {
	enum unique_kind kind;
	const char *word, *file;
	unsigned line;
	uint32_t hash; /* of the word */
	bool shared;   /* may stand again where all who have it say so */
};

struct word_list;

/* The rules that were found good lately: many clients go to the same group, and a rule takes as
 * long as the rest of a client. */
#define RULES_KNOWN 64
struct rules {
	const char *list[RULES_KNOWN]; /* borrowed, from the arenas of files that were read */
	size_t next;
};

/* What one file says about others; the userdata of every reader on this floor. */
struct references {
	struct reference *list;
	size_t count, room;
	struct unique *unique;
	size_t unique_count, unique_room;
	const char *file;    /* being read, in the arena */
	hf_time written;     /* when somebody last wrote to it; 0: not known */
	const char *scope;   /* being read: the plan, or the client's plan; NULL for none */
	struct rules *rules; /* borrowed; good while files are read, as are the words: */
	const struct word_list *words; /* which are read before all else */
	size_t word_count;
};
void references_done(struct references *references);

/* Notes the text of `group`'s `key`, where there is one.  0 or -ENOMEM. */
int reference_add(struct conf_reader *reader, const struct conf_node *group, const char *key,
		  enum reference_kind kind);
/* The key of the node. */
int reference_add_key(struct conf_reader *reader, const struct conf_node *node,
		      enum reference_kind kind);
/* That word, at the node. */
int reference_add_word(struct conf_reader *reader, const struct conf_node *node,
		       enum reference_kind kind, const char *word);
/* Both messages of "a|b", at the node. */
int reference_add_message(struct conf_reader *reader, const struct conf_node *node,
			  const char *choice);
int unique_add(struct conf_reader *reader, const struct conf_node *node, enum unique_kind kind,
	       const char *word, bool shared);

/* Adds a fault for each name that stands twice in one list, naming both places; never shows a
 * number.  Sorts the list.  The set of kinds (1u << kind) that have one. */
unsigned unique_check(struct unique *unique, size_t count, struct faults *faults);

/* An id, as logs and programs show it: letters, digits, "-", "_" and ".", at most 40.  A fault
 * otherwise. */
#define ID_MAX 40
void reference_check_id(struct conf_reader *reader, const struct conf_node *group, const char *key);

/* The line of a key, or of its group where it is absent. */
unsigned reference_line(const struct conf_node *group, const char *key);

#endif
