/*
 * Reminders of one client that come within a quarter of an hour go out as one
 * text: the phone lights up once.
 */
#ifndef HF_ENGINE_TOGETHER_H
#define HF_ENGINE_TOGETHER_H

#include "engine/compose.h"

/* May this text carry others, or go with one?  Meetings, appointments and coping skills, before
 * their first attempt: a question stands alone, so that its answer is to it. */
bool together_may(const struct outbox_message *row);

/* The words of both, each on a line, and the site's name once. */
enum { TOGETHER_E_LONG = 1 }; /* more segments than a text may have */
int together_join(const struct model *model, const struct composed *first,
		  const struct composed *second, struct composed *ret_both);

#endif
