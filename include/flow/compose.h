/*
 * The words of a text: which message, in whose language, with which values.
 * Pure: the same row, client and snapshot give the same bytes.
 */
#ifndef HF_FLOW_COMPOSE_H
#define HF_FLOW_COMPOSE_H

#include "core/text.h"
#include "data/model.h"
#include "data/outbox.h"

struct composed {
	char *text;
	struct text_cost cost;
	const char *message; /* the name that was chosen, in the snapshot */
};
void composed_done(struct composed *composed);

enum {
	COMPOSE_E_GONE = 1, /* the reminder, meeting or message is no longer in the configuration */
	COMPOSE_E_FIELD,    /* a field has no value and there is no alternative message */
	COMPOSE_E_LONG,     /* more segments than texting.max_segments */
};

int compose(const struct model *model, const struct client *client,
	    const struct outbox_message *row, struct composed *ret_composed);

/* Names of all fields a message may use, NULL-terminated, for the check at load. */
extern const char *const compose_fields[];

#endif
