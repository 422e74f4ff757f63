/*
 * Instants as the pretend gateway and its phones write them.
 */
#ifndef HF_SANDBOX_INSTANT_H
#define HF_SANDBOX_INSTANT_H

#include "lib/civil.h"

#define INSTANT_MAX 40

/* RFC 3339 in UTC, with microseconds. */
void instant_format(hf_time at, char ret_text[INSTANT_MAX]);

/* The seconds east of UTC that an RFC 3339 text ends in; 0 for "Z" and for what is none. */
int instant_offset(const char *text);

#endif
