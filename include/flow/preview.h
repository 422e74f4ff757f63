/*
 * What will go out: the service itself on an empty store in memory, with a
 * courier that takes everything at once, stepped from event to event.  It logs
 * what the service logs: whoever asks opens the log for errors only.
 */
#ifndef HF_FLOW_PREVIEW_H
#define HF_FLOW_PREVIEW_H

#include "core/text.h"
#include "data/model.h"
#include "data/outbox.h"

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

/* Rows with from <= due < until, by the time they go, then client.  client NULL: all.  Who was to
 * be welcomed before `from` is taken to have been.  The snapshot becomes preview's, also on
 * failure, and what a row points to is good until on_row returns.  0, -ENOENT for an unknown
 * client, -errno, or what on_row gave. */
int preview(struct model *model, const char *client, hf_time from, hf_time until,
	    preview_on_row on_row, void *userdata);

#endif
