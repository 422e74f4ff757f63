/*
 * What one of the staff writes from her phone: that she takes a case on, that she has tried to reach
 * the client, or whose case it is.
 */
#ifndef HF_ENGINE_STAFF_WORD_H
#define HF_ENGINE_STAFF_WORD_H

#include "engine/context.h"
#include "engine/understand.h"

/* ACK 12, CALLED 12 or WHO 12 from a staff phone; number 0: the only case this person was alerted of.
 * WHO is answered with a first name and a number where staff.conf lets her ask, the case is not closed,
 * and she was told of it or took it on less than twelve hours ago; and recorded.  Queues the
 * answer to the number in staff.conf, wherever the text came from; about is the text that is
 * answered.  Inside the caller's transaction. */
int staff_word_answer(const struct engine_context *ctx, const struct staff_member *member,
		      const struct staff_word *word, int64_t about);

#endif
