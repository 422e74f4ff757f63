/*
 * A zone file, as zic(8) writes it: RFC 9636, version 2 and later.
 */
#ifndef HF_LIB_TZFILE_H
#define HF_LIB_TZFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The rule at the end of a file, which holds for ever after its last change:
 * the TZ variable of POSIX, as RFC 9636 section 3.3.2 extends it
 * ("CST6CDT,M3.2.0,M11.1.0", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0").
 */
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

/* Points into the file's bytes, which the caller keeps. */
struct tzfile {
	const unsigned char *times, *which, *types;
	size_t time_count, type_count;
	bool has_rule;
	struct tzrule rule; /* from the last of the times on */
};

/* 0, or -EINVAL: no zone file, one of version 1 or with leap seconds, or damaged. */
int tzfile_parse(const unsigned char *bytes, size_t size, struct tzfile *ret_file);

/* Seconds east of UTC at an instant, given in seconds since 1970. */
int tzfile_offset(const struct tzfile *file, int64_t seconds);

#endif
