/*
 * Two previews of one client beside each other: which texts come, which go,
 * which move and which say something else.
 */
#ifndef HF_CTL_COMPARE_H
#define HF_CTL_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/zone.h"

/* A text as one of the two foresees it.  Everything is borrowed; times are of whole seconds. */
struct foreseen {
	const char *kind, *reminder, *lead;
	const char *message, *text; /* text NULL where it does not go */
	const char *reason;         /* NULL where it goes */
	const struct zone *zone;    /* the client's */
	hf_time occurrence, planned, goes;
	int segments;
	bool send;
	bool gone; /* of what runs: it went out earlier today, and is no preview's */
};

enum change_kind {
	CHANGE_ADDED,    /* goes, and did not */
	CHANGE_REMOVED,  /* went, and does not */
	CHANGE_MOVED,    /* at another time, perhaps in other words too */
	CHANGE_REWORDED, /* at the same time */
	CHANGE_HELD,     /* is new, and will not go */
};
#define CHANGE_KINDS 5
extern const char *const change_words[CHANGE_KINDS];

/* Either may be NULL: there is no such text in that preview. */
typedef int (*compare_on_change)(void *userdata, enum change_kind kind,
				 const struct foreseen *before, const struct foreseen *after);

/* Both in the order of time.  0, -ENOMEM, or what on_change gave. */
int compare(const struct foreseen *before, size_t before_count, const struct foreseen *after,
	    size_t after_count, compare_on_change on_change, void *userdata);

#endif
