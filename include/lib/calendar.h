/*
 * The days that a rule names (RFC 5545 3.3.10), in no place in particular.
 */
#ifndef HF_LIB_CALENDAR_H
#define HF_LIB_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/rrule.h"

enum {
	CALENDAR_E_NONE = 1, /* no day in the next hundred years */
};

/* The first day from `from` on that the completed rule names when it starts on `start` (days since
 * 1970-01-01).  With `last_day`, a day that a month or year lacks is its last day. */
int calendar_next(const struct rrule *rule, int64_t start, bool last_day, int64_t from,
		  int64_t *ret_day);

#endif
