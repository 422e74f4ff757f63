/*
 * What the running configuration is going to send, a few clients at a time:
 * what `holdfastctl diff` holds an edited one against.
 */
#ifndef HF_STAFF_FORECAST_H
#define HF_STAFF_FORECAST_H

#include "engine/preview.h"
#include "staff/route.h"

#define FORECAST_CLIENTS_MAX 200 /* of one answer, which may have fewer: then it says `next` */
#define FORECAST_DAYS_MAX    31
#define FORECAST_AHEAD_MAX   (366 * HF_DAY) /* the first day, from now: finding it takes time */

/* Route: 0 with the reply filled, or -errno.  It takes from (now), days (14, after that of
 * `from`), after (an id), limit; the answer holds the words of texts: from, until, reloaded, next
 * (null where there are no more) and clients, in the order of ids.
 *
 * A client has rows, and what they know nothing of: whether she is stopped, or paused by staff
 * (until `resumes`; null where that is open), and what has gone out today, in `gone`. */
route_answer get_preview;

/* A row as `preview --json` has it; NULL when memory is out. */
json_t *forecast_new_row(const struct preview_row *row);

#endif
