/*
 * Reminders that go out as one text, so that the phone lights up once: those that are ready when
 * the first of them leaves, and those that would follow within a quarter of an hour.
 */
#ifndef HF_ENGINE_COMBINE_H
#define HF_ENGINE_COMBINE_H

#include "store/outbox.h"
#include "engine/compose.h"
#include "engine/context.h"

#define COMBINE_WITHIN (15 * HF_MINUTE)

/* May this text be in one with others?  Meetings, appointments and coping skills, before
 * their first attempt: a question stands alone, so that its answer is to it. */
bool combine_may(const struct outbox_message *row);

/* The answers of this module, beside 0 and -errno. */
enum {
	COMBINE_E_LONG = 1, /* combine_words: more segments than a text may have */
};

/* The words of both, each on a line, and the site's name once; the caller's. */
int combine_words(const struct model *model, const struct composed *first,
		  const struct composed *second, struct composed *ret_both);

/* Joins the words of other reminders to those of `row`, which is about to be claimed: each of them
 * ends as "in one text with", and `row` expires with the first of them.  Inside the caller's
 * transaction.  0 or -errno. */
int combine_reminders(const struct engine_context *ctx, struct outbox_message *row,
		      const struct client *client, struct composed *composed);

#endif
