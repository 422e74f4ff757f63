/*
 * A token bucket: how many segments one sender number may send now.
 *
 * A text may go while there is a whole token and takes one for each segment, so
 * a long one leaves a debt that the next waits for: over time the rate
 * holds to the segment.
 */
#ifndef HF_COURIER_BUCKET_H
#define HF_COURIER_BUCKET_H

#include "lib/civil.h"

struct bucket {
	double rate;   /* tokens a second */
	double burst;  /* most tokens: a second's worth, at least one */
	double tokens; /* at `filled`; below 0: a debt */
	hf_time filled;
};

/* Full.  `now` is monotonic here and below. */
void bucket_init(struct bucket *bucket, double rate, hf_time now);
/* Whole tokens, never below 0. */
unsigned bucket_tokens(struct bucket *bucket, hf_time now);
void bucket_take(struct bucket *bucket, int segments, hf_time now);
/* µs until there is one whole token more than now; HF_NEVER where it is full. */
hf_time bucket_next(struct bucket *bucket, hf_time now);

#endif
