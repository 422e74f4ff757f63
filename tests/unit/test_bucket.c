#include "test.h"
#include "courier/bucket.h"

#define START (100 * HF_SECOND)

TEST(test_one_a_second)
{
	struct bucket bucket;
	hf_time now = START;

	bucket_init(&bucket, 1, now);
	assert_int_equal(bucket_tokens(&bucket, now), 1);
	assert_int_equal(bucket_next(&bucket, now), HF_NEVER);
	bucket_take(&bucket, 1, now);
	assert_int_equal(bucket_tokens(&bucket, now), 0);

	/* Whoever sleeps as long as it says finds a token. */
	now += bucket_next(&bucket, now);
	assert_in_range(now, START + HF_SECOND, START + HF_SECOND + 1);
	assert_int_equal(bucket_tokens(&bucket, now), 1);
	assert_int_equal(bucket_tokens(&bucket, now + HF_HOUR), 1);
	/* A clock that goes back gives and takes nothing. */
	assert_int_equal(bucket_tokens(&bucket, START), 1);
}

TEST(test_a_long_text_is_a_debt)
{
	struct bucket bucket;
	hf_time now = START;

	bucket_init(&bucket, 2, now);
	bucket_take(&bucket, 5, now);
	assert_int_equal(bucket_tokens(&bucket, now), 0);
	assert_in_range(bucket_next(&bucket, now), 2 * HF_SECOND, 2 * HF_SECOND + 2);
	assert_int_equal(bucket_tokens(&bucket, now + HF_SECOND), 0);
	assert_int_equal(bucket_tokens(&bucket, now + 2 * HF_SECOND + 1), 1);
}

/* Over a long time the rate holds, whatever the steps are. */
TEST(test_the_rate_holds)
{
	static const double rates[] = { 0.1, 1, 3.7, 1000, 20000 };

	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		struct bucket bucket;
		double length = 1000 / rates[i] * HF_SECOND;
		hf_time now = START;
		unsigned taken = 0;

		bucket_init(&bucket, rates[i], now);
		while ((double)(now - START) < length) {
			hf_time next;

			while (bucket_tokens(&bucket, now) > 0) {
				bucket_take(&bucket, 1, now);
				taken++;
			}
			next = bucket_next(&bucket, now);
			now += next > 1000 ? next : 1000;
		}
		assert_in_range(taken, 999 + (unsigned)(rates[i] > 1 ? rates[i] : 1) - 40,
				1001 + (unsigned)(rates[i] > 1 ? rates[i] : 1));
	}
}
