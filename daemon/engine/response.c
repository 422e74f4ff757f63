/*
 * Automatic texts in the outbox.
 *
 * UNIQUE(client, reminder, lead, occurrence) keeps one from being written twice:
 * the reminder is the message's name, and the occurrence the number of what it
 * answers.
 */
#include "engine/response.h"

#include "store/outbox.h"

int response_queue(const struct engine_context *ctx, const struct response *response)
{
	const struct outbox_message row = {
		.client = response->handle,
		.kind = response->kind,
		.reminder = response->message,
		.lead = "re",
		.occurrence = response->about,
		.due = ctx->now,
		.expires = response->expires,
		.priority = response->kind == KIND_NUDGE ? OUTBOX_AUTOMATIC : OUTBOX_URGENT,
		.message = response->text ? NULL : response->message,
		.text = response->text,
		.state = OUTBOX_DUE,
		.next_try = ctx->now,
	};
	int64_t id;
	int r = outbox_add(ctx->db, &row, ctx->now, &id);

	return r == OUTBOX_E_DUPLICATE ? 0 : r;
}
