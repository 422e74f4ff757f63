/*
 * A moment as a person writes it on a command line: a date, a date with a time
 * of day in some zone, or RFC 3339.
 */
#ifndef HF_ENGINE_MOMENT_H
#define HF_ENGINE_MOMENT_H

#include "lib/recur.h"

/* "2026-11-23" (midnight), "2026-11-23 08:00", "2026-11-23T08:00:00-06:00".  0, or -EINVAL with
 * ret_at untouched. */
int moment_parse(const char *text, const struct zone *zone, hf_time *ret_at);

/* RFC 3339 with the zone's offset at that moment. */
void moment_format(hf_time at, const struct zone *zone, char buffer[CIVIL_RFC3339_MAX]);

#endif
