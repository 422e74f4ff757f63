/*
 * A token bucket, told the time.
 */
#include "courier/bucket.h"

static void fill(struct bucket *bucket, hf_time now)
{
	if (now > bucket->filled) {
		bucket->tokens += bucket->rate * (double)(now - bucket->filled) / HF_SECOND;
		bucket->filled = now;
	}
	if (bucket->tokens > bucket->burst) {
		bucket->tokens = bucket->burst;
	}
}

void bucket_init(struct bucket *bucket, double rate, hf_time now)
{
	double burst = rate > 1 ? rate : 1;

	*bucket = (struct bucket){ rate, burst, burst, now };
}

/* A billionth of a token more, so that a timer that fires on the microsecond finds its token. */
static double whole(double tokens)
{
	return tokens > 0 ? (double)(int64_t)(tokens + 1e-9) : 0;
}

unsigned bucket_tokens(struct bucket *bucket, hf_time now)
{
	fill(bucket, now);
	return (unsigned)whole(bucket->tokens);
}

void bucket_take(struct bucket *bucket, int segments, hf_time now)
{
	fill(bucket, now);
	bucket->tokens -= segments;
}

hf_time bucket_next(struct bucket *bucket, hf_time now)
{
	double wanted;

	fill(bucket, now);
	wanted = whole(bucket->tokens) + 1;
	if (wanted > bucket->burst) {
		return HF_NEVER;
	}

	return (hf_time)((wanted - bucket->tokens) / bucket->rate * HF_SECOND) + 1;
}
