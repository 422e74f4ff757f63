/*
 * When a text may go out at all, by its kind and by the texting hours.  Pure.
 */
#ifndef HF_ENGINE_WINDOW_H
#define HF_ENGINE_WINDOW_H

#include "lib/recur.h"
#include "config/reminder.h"
#include "config/site.h"

/* From when on a text of that kind is too late; HF_NEVER where it never is. */
hf_time window_closing(const struct zone *zone, enum kind kind, hf_time occurrence, hf_time due);

/* The first instant >= now inside the texting hours of the client's day. */
hf_time window_opening(const struct texting *texting, const struct zone *zone, hf_time now);

#endif
