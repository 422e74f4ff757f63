/*
 * Which of a day's texts go, where a client would get more of them than texting.daily_limit.
 *
 * The more important go first: appointment, meeting, check-in and its nudge, milestone, then the
 * habits.  A text is compared with what waits and with what will be due later on the same day where
 * the client is, so that a prompt of the morning takes no place from an appointment of the
 * afternoon.
 */
#ifndef HF_ENGINE_DAILY_LIMIT_H
#define HF_ENGINE_DAILY_LIMIT_H

#include "engine/context.h"
#include "engine/permit.h"

/* Of a text that permit_check() lets go: PERMIT_SEND, or where the day, or her week, has no place
 * for it PERMIT_WAIT until the next day's texting hours, and PERMIT_EXPIRE where that is too late.  A nudge
 * also waits for a minute that is not another text's.  Bounded: one client's texts of one day.
 * Inside the caller's transaction.  0 or -errno. */
int daily_limit_check(const struct engine_context *ctx, const struct client *client,
		      const struct outbox_message *row, struct permit *ret_permit);

/* A habit's prompt is not said twice on a day: PERMIT_EXPIRE where another text of the client's local
 * day began with these words, `ret_permit` untouched otherwise.  0 or -errno. */
int daily_limit_check_words(const struct engine_context *ctx, const struct client *client,
			    const struct outbox_message *row, const char *text,
			    struct permit *ret_permit);

#endif
