/*
 * A recurrence rule (RFC 5545 3.3.10), in no place in particular: read closely
 * enough to refuse, in words for people, what a reminder cannot mean; and the
 * days that it names.
 */
#ifndef HF_LIB_RRULE_H
#define HF_LIB_RRULE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/civil.h"

#define RRULE_MAX      500 /* bytes; the longest sensible rule has some 200 */
#define RRULE_LIST_MAX 31  /* numbers in one list */

enum {
	RRULE_E_RULE = 1, /* see *ret_why */
	RRULE_E_NONE,     /* no day in the next hundred years */
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

/* Which BY parts a rule has. */
enum {
	RRULE_BYDAY = 1 << 0,
	RRULE_BYSETPOS = 1 << 1,
	RRULE_BYMONTH = 1 << 2,
	RRULE_BYMONTHDAY = 1 << 3,
	RRULE_BYYEARDAY = 1 << 4,
	RRULE_BYWEEKNO = 1 << 5,
};

/* Negative numbers count from the end. */
struct rrule_list {
	int count;
	int16_t at[RRULE_LIST_MAX];
};

/* The same for numbers to 63: 1 << number. */
struct rrule_set {
	uint64_t from_start, from_end;
};

struct rrule {
	enum rrule_frequency frequency;
	int interval;
	int count; /* 0 when it goes on */
	enum rrule_until until_kind;
	struct civil until; /* the last second that belongs to it */
	enum weekday week_start;

	unsigned by;                              /* RRULE_BY; what is not there is empty below */
	unsigned weekdays;                        /* BYDAY without numbers: 1u << weekday */
	struct rrule_set nth[7];                  /* BYDAY with numbers, for each weekday */
	unsigned months;                          /* 1u << month */
	uint32_t month_days, month_days_from_end; /* 1u << day */
	struct rrule_set weeks;
	struct rrule_list year_days, positions;
};

/* 0 or RRULE_E_RULE; *ret_why is a literal that says what to do. */
int rrule_parse(const char *text, struct rrule *ret_rule, const char **ret_why);

/* Writes into the rule what RFC 5545 leaves to the day on which it starts. */
void rrule_complete(struct rrule *rule, const struct civil *start);

bool rrule_list_has(const struct rrule_list *list, int number);

/* The first day from `from` on that the completed rule names when it starts on `start` (days since
 * 1970-01-01).  With `last_day`, a day that a month or year lacks is its last day. */
int rrule_next(const struct rrule *rule, int64_t start, bool last_day, int64_t from,
	       int64_t *ret_day);

#endif
