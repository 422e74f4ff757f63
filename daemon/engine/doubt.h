/*
 * A text of which nobody knows whether it has gone out: the gateway's answer was lost.
 *
 * It may be on her phone, and it may be nowhere.  So a question counts as asked; what a
 * copy cannot harm is sent again, a few times; and all else is a case until the gateway,
 * a receipt or somebody of the staff says what became of it.
 */
#ifndef HF_ENGINE_DOUBT_H
#define HF_ENGINE_DOUBT_H

#include "store/outbox.h"
#include "engine/context.h"

/* How often what a copy cannot harm is sent again: four copies are enough. */
#define DOUBT_AGAIN_MOST 3

/* Can a second copy of it harm nobody?  The number to call in danger, an alert to staff, where to
 * call; and what a counselor writes, where the site has chosen so.  It may go out by any gateway. */
bool doubt_is_harmless(const struct engine_context *ctx, const struct outbox_message *row);

/* May it be sent again although it may have gone out?  That, or what the site has chosen to send
 * again; never the confirmation of a STOP, for one is allowed (47 CFR 64.1200(a)(12)); and not more
 * than DOUBT_AGAIN_MOST times.  The row is UNKNOWN.  0 or -errno. */
int doubt_may_repeat(const struct engine_context *ctx, const struct outbox_message *row,
		     bool *ret_may);

/* All of these inside the caller's transaction; 0 or -errno. */

/* Its answer was lost: where it asks her something, she was asked when it was claimed. */
int doubt_begin(const struct engine_context *ctx, const struct outbox_message *row);
/* The same of all that are unknown, of one gateway or (NULL) of all. */
int doubt_begin_all(const struct engine_context *ctx, const char *gateway);

/* It is not sent again: a case, once for each text; urgent where it asks her something, or is about
 * danger.  Of an alert whoever is next on the roster is told at once. */
int doubt_raise(const struct engine_context *ctx, const struct outbox_message *row);

/* She has answered the question of that text: so it has gone out. */
int doubt_answered(const struct engine_context *ctx, int64_t message);

/* What became of it is known, and `how`: the case is put right. */
int doubt_end(const struct engine_context *ctx, const struct outbox_message *row, const char *how);

#endif
