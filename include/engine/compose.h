/*
 * The words of a text: which message, in whose language, with which values.
 * Pure: the same row, client and snapshot give the same bytes.
 */
#ifndef HF_ENGINE_COMPOSE_H
#define HF_ENGINE_COMPOSE_H

#include "lib/text.h"
#include "config/model.h"
#include "store/outbox.h"

struct composed {
	char *text;
	struct text_cost cost;
	const char *
		message; /* the name that was chosen, in the snapshot; NULL for a text of its own */
};
void composed_done(struct composed *composed);

enum {
	COMPOSE_E_GONE = 1, /* the reminder, meeting or message is no longer in the configuration */
	COMPOSE_E_FIELD,    /* a field has no value and there is no alternative message */
	COMPOSE_E_LONG,     /* more segments than texting.max_segments */
};

/* The message of a meeting has forms for another day: where the language has NAME_ahead, that is
 * said before the day, and NAME_tonight on the evening before a night. */
#define MEETING_AHEAD   "_ahead"
#define MEETING_TONIGHT "_tonight"
/* May the meeting be announced in that form ("" is the message itself)? */
bool compose_may_say(const struct meeting *meeting, const char *form);

/* A row that carries a text is sent with that text, one that names a message with that message;
 * for all others the reminder, meeting or appointment says which. */
int compose(const struct model *model, const struct client *client,
	    const struct outbox_message *row, struct composed *ret_composed);
/* Makes a text plain as texting.plain_characters and the accents of the language say, in its place;
 * without accents, too, where it would not fit into texting.max_segments with them.
 * 0, -ENOMEM or COMPOSE_E_FIELD, and then it is as it was. */
int compose_plain(const struct model *model, const char *language, char **text);

#endif
