/*
 * What will go out: the service itself on an empty store in memory, with a
 * courier that takes everything at once, stepped from event to event.  Only
 * errors are logged meanwhile: nothing of it has happened.
 */
#ifndef HF_ENGINE_PREVIEW_H
#define HF_ENGINE_PREVIEW_H

#include "lib/text.h"
#include "config/model.h"
#include "store/outbox.h"

struct preview_row {
	const struct client *client;
	const struct outbox_message *row; /* row->due as planned */
	hf_time goes; /* when it goes out, after waits; the due time where it does not */
	bool send;
	const char *text; /* NULL where it does not go */
	int segments;
	enum text_encoding encoding;
	const char *message; /* NULL where there is none any more */
	const char *reason;  /* why it does not go; NULL where it does */
};
typedef int (*preview_on_row)(void *userdata, const struct preview_row *row);

struct preview_of {
	const struct model *model;
	size_t first, count;   /* of its clients, by index */
	const bool *newcomers; /* by index from `first`: gets the first text yet; NULL: nobody */
	hf_time from, until;
};

/* Rows with from <= due < until, by the time they go, then client.  What one client gets does not
 * depend on who else is looked at.  Who was to be welcomed before `from` is taken to have been,
 * newcomers apart, who then are at once.  row->client points into the snapshot; the rest of what a
 * row points to is good until on_row returns.  0, -errno, or what on_row gave. */
int preview(const struct preview_of *of, preview_on_row on_row, void *userdata);

#endif
