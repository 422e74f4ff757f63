/*
 * The rule at the end of a zone file, which holds for ever after its last
 * change: the TZ variable of POSIX, as RFC 9636 section 3.3.2 extends it
 * ("CST6CDT,M3.2.0,M11.1.0", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0").
 */
#ifndef HF_LIB_TZRULE_H
#define HF_LIB_TZRULE_H

#include <stdbool.h>
#include <stdint.h>

enum tzrule_kind {
	TZRULE_WEEKDAY, /* Mm.w.d: the w-th weekday d of the month, the last where w is 5 */
	TZRULE_JULIAN,  /* Jn: 1-365, February 29 is never counted */
	TZRULE_DAY,     /* n: 0-365, February 29 is counted */
};

/* When in a year the clock changes. */
struct tzrule_change {
	enum tzrule_kind kind;
	int month, week, weekday; /* 0 is Sunday */
	int day;
	int64_t seconds; /* after that day's midnight, may be negative or more than a day */
};

/* Offsets are seconds east of UTC. */
struct tzrule {
	int standard, daylight;
	bool changes; /* else it is always standard */
	struct tzrule_change begin, end;
};

/* 0, or -EINVAL with *ret_rule untouched; the whole text must match. */
int tzrule_parse(const char *text, struct tzrule *ret_rule);

int tzrule_offset(const struct tzrule *rule, int64_t seconds);

#endif
