/*
 * Reminders that go along in the text of another: those that are ready when it
 * leaves, and those that would be within the same quarter of an hour.
 */
#ifndef HF_ENGINE_COMPANY_H
#define HF_ENGINE_COMPANY_H

#include "store/outbox.h"
#include "engine/compose.h"
#include "engine/context.h"

#define COMPANY_WITHIN (15 * HF_MINUTE)

/* Joins what may go along to the words of `row`, which is about to be claimed: each ends as
 * "in one text with", and the carrier expires when the first of them does.  Inside the caller's
 * transaction.  0 or -errno. */
int company_join(const struct engine_context *ctx, struct outbox_message *row,
		 const struct client *client, struct composed *composed);

#endif
