/*
 * Rows for answers.
 *
 * UNIQUE(client, reminder, lead, occurrence) of the outbox is what keeps an
 * answer from being written twice: the reminder is the answer's name and the
 * occurrence the number of what it answers.
 */
#include "engine/response.h"

#include <errno.h>
#include <stdio.h>

static const char *name_of(const struct response *response)
{
	return response->message ? response->message : kind_words[response->kind];
}

int respond(struct db *db, const struct response *response, hf_time now, int64_t *ret_id)
{
	const struct outbox_message row = {
		.client = response->handle,
		.kind = response->kind,
		.reminder = name_of(response),
		.lead = "re",
		.occurrence = response->about,
		.due = now,
		.expires = response->expires,
		.priority = response->kind == KIND_NUDGE ? OUTBOX_AUTOMATIC : OUTBOX_URGENT,
		.message = response->text ? NULL : response->message,
		.text = response->text,
		.state = OUTBOX_DUE,
		.next_try = now,
	};
	int64_t id = 0;
	int r = outbox_add(db, &row, now, &id);

	if (r < 0) {
		return r;
	}
	if (ret_id) {
		*ret_id = r == OUTBOX_E_DUPLICATE ? 0 : id;
	}
	return 0;
}
