/*
 * A recurrence rule (RFC 5545 3.3.10) as text: read closely enough to refuse,
 * in words for people, what a reminder cannot mean.  Which days it names is
 * base/recur's business.
 */
#ifndef HF_CORE_RRULE_H
#define HF_CORE_RRULE_H

#include <stdbool.h>

#include "core/civil.h"

#define RRULE_MAX 500 /* bytes; the longest sensible rule has some 200 */

enum {
	RRULE_E_RULE = 1, /* see *ret_why */
};

enum rrule_frequency {
	RRULE_DAILY,
	RRULE_WEEKLY,
	RRULE_MONTHLY,
	RRULE_YEARLY,
};

enum rrule_until {
	RRULE_UNTIL_NONE,
	RRULE_UNTIL_LOCAL, /* the wall clock; a date alone is until the end of that day */
	RRULE_UNTIL_UTC,   /* written with a Z */
};

struct rrule {
	enum rrule_frequency frequency;
	int count; /* 0 when it goes on */
	enum rrule_until until_kind;
	struct civil until; /* the last second that belongs to it */
	bool picks;         /* BYDAY or BYSETPOS choose among the days */
	bool names_days; /* BYMONTHDAY, BYYEARDAY or BYWEEKNO name days, so that the start does not
			  */
	bool long_day;   /* a day that some months or years lack: 29 to 31, or 366 */
	bool long_day_back; /* the same, counted from the end */
};

/* 0 or RRULE_E_RULE; *ret_why is a literal that says what to do. */
int rrule_parse(const char *text, struct rrule *ret_rule, const char **ret_why);

#endif
