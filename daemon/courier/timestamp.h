/*
 * When something was, in the ways in which gateways write it:
 *
 *   2026-11-23T10:00:00.5-06:00  RFC 3339; also with +0000 for the offset
 *   2026-11-23 10:00:00          UTC, where no offset is given
 *   Mon, 23 Nov 2026 10:00:00 +0000   RFC 5322
 *   20261123100000               UTC
 *   1795428000, 1795428000123    seconds or milliseconds since 1970
 */
#ifndef HF_COURIER_TIMESTAMP_H
#define HF_COURIER_TIMESTAMP_H

#include "lib/civil.h"

/* 0, or -EINVAL for what is none of these. */
int timestamp_read(const char *text, hf_time *ret_at);

#endif
