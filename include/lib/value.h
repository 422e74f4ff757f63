/*
 * One value of a configuration file, from the text that people write: what it
 * may be, and what to say where it is not.
 */
#ifndef HF_LIB_VALUE_H
#define HF_LIB_VALUE_H

#include "lib/conftree.h"
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
	CONF_GROUP, /* read by `read`; with the fallback "{}" also where it is absent, from NULL */
	CONF_LIST,  /* each element read by `read`; a single group counts as one */
};

struct conf_reader {
	struct arena *arena; /* what is read lives here */
	struct faults *faults;
	void *userdata;
};

/* Reads a text of a kind that is written as text (CONF_TEXT .. CONF_WORD; `words` is for the last)
 * into *target, or adds a fault at `node`.  Without a node it is a default, which is always right.
 * 0 or -ENOMEM. */
int value_read(struct conf_reader *reader, const struct conf_node *node, enum conf_kind kind,
	       const char *const *words, const char *text, void *target);
size_t value_size(enum conf_kind kind);      /* of *target */
const char *value_like(enum conf_kind kind); /* an example, in its quotes */

/* "; did you mean \"time\"?", or "" where no word is near: the end of a fault's message. */
#define CONF_HINT_MAX 96
const char *conf_hint(const char *word, const char *const *words, char buffer[CONF_HINT_MAX]);

#endif
