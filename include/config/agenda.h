/*
 * Where a client goes and whom she sees: meetings come again and again,
 * appointments once.
 */
#ifndef HF_CONFIG_AGENDA_H
#define HF_CONFIG_AGENDA_H

#include "lib/conf.h"

struct meeting {
	char *id, *title, *place, *rrule, *message;
	unsigned weekdays;
	int minute, every;
	bool skip;
	bool site; /* held at the site: does not take place on closed days */
	struct conf_spans leads;
	unsigned line, title_line, place_line;
};

struct appointment {
	char *id, *with, *place, *message;
	struct civil when;
	struct conf_spans leads;
	unsigned line, with_line, place_line;
};

extern const struct conf_entry meeting_keys[], appointment_keys[];

/* *target is a struct meeting, a struct appointment; the reader's userdata a struct references.
 * 0 or -ENOMEM. */
int meeting_read(struct conf_reader *reader, const struct conf_node *node, void *target);
int appointment_read(struct conf_reader *reader, const struct conf_node *node, void *target);

#endif
