/*
 * Automatic texts in the outbox.
 *
 * UNIQUE(client, reminder, lead, occurrence) keeps one from being written twice:
 * the reminder is the message's name, and the occurrence the number of what it
 * answers.
 */
#include "engine/auto_text.h"

#include "store/outbox.h"

int auto_text_queue(const struct engine_context *ctx, const struct auto_text *text)
{
	const struct outbox_message row = {
		.client = text->handle,
		.kind = text->kind,
		.reminder = text->message,
		.lead = "re",
		.occurrence = text->about,
		.due = ctx->now,
		.expires = text->expires,
		.priority = text->kind == KIND_NUDGE ? OUTBOX_AUTOMATIC : OUTBOX_URGENT,
		.message = text->text ? NULL : text->message,
		.text = text->text,
		.state = OUTBOX_DUE,
		.next_try = ctx->now,
	};
	int64_t id;
	int r = outbox_add(ctx->db, &row, ctx->now, &id);

	return r == OUTBOX_E_DUPLICATE ? 0 : r;
}
