/*
 * Two previews beside each other: which texts come, which go, which move and which
 * say something else; compared client by client, shown in the order of time.
 */
#ifndef HF_CTL_CHANGES_H
#define HF_CTL_CHANGES_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/cleanup.h"
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
int changes_compare(const struct foreseen *before, size_t before_count,
		    const struct foreseen *after, size_t after_count, compare_on_change on_change,
		    void *userdata);

#define CHANGES_MAX 500000 /* some 400 bytes each; nobody reads more */

struct changes;

int changes_new(struct changes **ret_changes);
struct changes *changes_free(struct changes *changes);
DEFINE_CLEANUP(struct changes *, changes_free);

/* What keeps a text from going, whatever is foreseen. */
enum halt {
	HALT_NONE,
	HALT_STOPPED,
	HALT_PAUSED, /* by staff */
};

/* All is copied.  before or after may be NULL.  0, -ENOMEM, -E2BIG beyond CHANGES_MAX. */
int changes_add(struct changes *changes, const char *client, enum halt halt, enum change_kind kind,
		const struct foreseen *before, const struct foreseen *after);

/* Both sort and print on standard output; site is the zone whose days they stand under. */
void changes_print(struct changes *changes, const struct zone *site, int days);
int changes_print_json(struct changes *changes); /* an exit code */

#endif
