/* Clocks: the machine's, and told ones that stand still, run and are moved. */
#include <time.h>

#include "test.h"
#include "lib/clock.h"

#define MONDAY (INT64_C(1795424400) * HF_SECOND)

TEST(test_real)
{
	hf_time before = (hf_time)time(NULL) * HF_SECOND;
	struct clock clock;

	clock_init_real(&clock);
	assert_true(clock_now(&clock) >= before - HF_SECOND);
	assert_true(clock_now(&clock) < before + HF_MINUTE);
	assert_int_equal(clock_until(&clock, before - HF_DAY), 0);
	assert_in_range(clock_until(&clock, clock_now(&clock) + HF_HOUR), HF_HOUR - HF_MINUTE,
			HF_HOUR);
	assert_int_equal(clock_until(&clock, HF_NEVER), HF_NEVER);

	/* A real clock is not moved. */
	clock_move(&clock, clock_now(&clock) + HF_DAY);
	assert_true(clock_now(&clock) < before + HF_HOUR);
}

TEST(test_standing)
{
	struct clock clock;

	clock_init_told(&clock, MONDAY, 0);
	assert_int_equal(clock_now(&clock), MONDAY);
	assert_int_equal(clock_until(&clock, MONDAY), 0);
	assert_int_equal(clock_until(&clock, MONDAY + 1), HF_NEVER);

	clock_move(&clock, MONDAY + HF_HOUR);
	assert_int_equal(clock_now(&clock), MONDAY + HF_HOUR);
	clock_move(&clock, MONDAY);
	assert_int_equal(clock_now(&clock), MONDAY + HF_HOUR);

	/* A clock that runs backwards is none. */
	clock_init_told(&clock, MONDAY, -1);
	assert_int_equal(clock_now(&clock), MONDAY);
}

TEST(test_running)
{
	struct clock clock;
	hf_time started = clock_monotonic(), shown, real;

	clock_init_told(&clock, MONDAY, 3600);
	while (clock_now(&clock) < MONDAY + HF_MINUTE) {
		/* A sixtieth of a second. */
	}
	shown = clock_now(&clock) - MONDAY;
	real = clock_monotonic() - started;
	assert_true(shown <= real * 3600);
	assert_true(real >= HF_MINUTE / 3600);

	assert_in_range(clock_until(&clock, MONDAY + HF_DAY), 1, 24 * HF_SECOND);
	clock_move(&clock, MONDAY + HF_DAY);
	assert_true(clock_now(&clock) >= MONDAY + HF_DAY);
	assert_int_equal(clock_until(&clock, MONDAY + HF_DAY), 0);
}

/* Whoever sleeps as long as he was told finds the instant passed. */
TEST(test_until_is_enough)
{
	static const double speeds[] = { 0.001, 0.3, 1, 7, 3600, 1e9 };

	for (size_t i = 0; i < sizeof(speeds) / sizeof(*speeds); i++) {
		struct clock clock;
		hf_time at = MONDAY + 12345, until;

		clock_init_told(&clock, MONDAY, speeds[i]);
		until = clock_until(&clock, at);
		clock.started -= until;
		assert_true(clock_now(&clock) >= at);
	}
}

TEST(test_far_ends)
{
	struct clock clock;

	clock_init_told(&clock, -HF_DAY, 0);
	assert_int_equal(clock_until(&clock, HF_NEVER - 1), HF_NEVER);
	clock_init_told(&clock, HF_NEVER - 1, 1e9);
	clock.started -= HF_HOUR;
	assert_int_equal(clock_now(&clock), HF_NEVER);
	assert_int_equal(clock_until(&clock, INT64_MIN), 0);

	/* Slow enough, and no sleep is long enough to be counted. */
	clock_init_told(&clock, 0, 1e-300);
	assert_true(clock_until(&clock, HF_DAY) > 200L * 365 * HF_DAY);
}

TEST(test_monotonic)
{
	hf_time first = clock_monotonic(), second = clock_monotonic();

	assert_true(first > 0);
	assert_true(second >= first);
}

static void note_read(void *userdata, const struct clock *clock, hf_time now)
{
	struct clock_reading reading;

	clock_read(clock, &reading);
	assert_true(reading.now >= now);
	*(hf_time *)userdata = now;
}

/* Whoever reads it, somebody sees what he got. */
TEST(test_watched)
{
	struct clock clock;
	hf_time seen = 0, now;

	(void)state;
	clock_init_told(&clock, 1000, 0);
	clock_watch(&clock, note_read, &seen);
	now = clock_now(&clock);
	assert_true(now == 1000 && seen == now);
	clock_move(&clock, 2000);
	assert_true(clock_now(&clock) == 2000 && seen == 2000);
	clock_watch(&clock, NULL, NULL);
	clock_move(&clock, 3000);
	assert_true(clock_now(&clock) == 3000 && seen == 2000);
}

TEST(test_reading)
{
	struct clock_reading one, other;
	struct clock clock;

	(void)state;
	clock_init_real(&clock);
	clock_read(&clock, &one);
	clock_read(&clock, &other);
	assert_true(one.ran > 0 && other.ran >= one.ran && other.now >= one.now);
	assert_true(one.boot > 0 && other.boot == one.boot);
	clock_init_told(&clock, 1000, 0);
	clock_read(&clock, &one);
	assert_true(one.now == 1000 && one.ran == 0 && one.boot == 0);
}
