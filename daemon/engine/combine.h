/*
 * Reminders that go out as one text, so that the phone lights up once: those that are ready when
 * the first of them leaves, and those that would follow within a quarter of an hour.
 */
#ifndef HF_ENGINE_COMBINE_H
#define HF_ENGINE_COMBINE_H

#include "store/outbox.h"
#include "engine/compose.h"
#include "engine/context.h"

/* Joins the words of other reminders to those of `row`, which is about to be claimed: each of them
 * ends as "in one text with", and `row` expires with the first of them.  Inside the caller's
 * transaction.  0 or -errno. */
int combine_reminders(const struct engine_context *ctx, struct outbox_message *row,
		      const struct client *client, struct composed *composed);

#endif
