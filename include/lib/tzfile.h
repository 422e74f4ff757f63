/*
 * A zone file, as zic(8) writes it: RFC 9636, version 2 and later.
 */
#ifndef HF_LIB_TZFILE_H
#define HF_LIB_TZFILE_H

#include <stddef.h>

#include "lib/tzrule.h"

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
