/*
 * The machine's clock, and clocks that are told.
 *
 * A told clock is arithmetic over CLOCK_MONOTONIC, so setting the machine's
 * clock during a rehearsal changes nothing.  Rounding is always towards later:
 * whoever sleeps for clock_until() finds the clock at or past what he waits for,
 * and never has to go back to sleep for a last microsecond.
 */
#include "lib/clock.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>

#include "lib/cleanup.h"

/* Doubles count microseconds exactly up to here, 285 years; a told clock stops there. */
#define EXACT_MAX (INT64_C(1) << 53)

static hf_time read_clock(clockid_t id)
{
	struct timespec now;

	/* These clocks always exist, and the address is ours: it cannot fail. */
	(void)clock_gettime(id, &now);
	return (hf_time)now.tv_sec * HF_SECOND + now.tv_nsec / 1000;
}

static hf_time add(hf_time a, hf_time b)
{
	hf_time sum;

	return __builtin_add_overflow(a, b, &sum) ? HF_NEVER : sum;
}

/* Real microseconds as this clock's, or the reverse with 1 / speed. */
static hf_time scale(hf_time length, double factor)
{
	double scaled = (double)length * factor;

	return scaled < (double)EXACT_MAX ? (hf_time)scaled : EXACT_MAX;
}

void clock_init_real(struct clock *clock)
{
	*clock = (struct clock){ 0 };
}

void clock_init_told(struct clock *clock, hf_time from, double speed)
{
	*clock = (struct clock){
		.told = true,
		.from = from,
		.speed = speed > 0 ? speed : 0,
		.started = clock_monotonic(),
	};
}

static hf_time show(const struct clock *clock)
{
	if (!clock->told) {
		return read_clock(CLOCK_REALTIME);
	}

	return add(clock->from, scale(clock_monotonic() - clock->started, clock->speed));
}

hf_time clock_now(const struct clock *clock)
{
	hf_time now = show(clock);

	if (clock->on_read) {
		clock->on_read(clock->userdata, clock, now);
	}
	return now;
}

void clock_watch(struct clock *clock, clock_on_read on_read, void *userdata)
{
	clock->on_read = on_read;
	clock->userdata = userdata;
}

/* Sixty bits of a random number of 122: enough to tell two starts of one machine apart. */
static int64_t number_of(const char *id)
{
	int64_t number = 0;

	for (int digits = 0; *id && digits < 15; id++) {
		if (isxdigit((unsigned char)*id)) {
			int digit =
				isdigit((unsigned char)*id) ? *id - '0' : (*id | ' ') - 'a' + 10;

			number = number * 16 + digit;
			digits++;
		}
	}
	return number;
}

static int64_t read_boot(void)
{
	_cleanup_close_ int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	const char *passed = getenv("HOLDFAST_BOOT_ID");
	char id[64] = "";

	if (fd >= 0 && read(fd, id, sizeof(id) - 1) > 0) {
		return number_of(id);
	}
	return passed ? number_of(passed) : 0;
}

void clock_read(const struct clock *clock, struct clock_reading *ret_reading)
{
	static int64_t boot = -1;

	if (clock->told) {
		*ret_reading = (struct clock_reading){ show(clock), clock->ran, clock->boot };
		return;
	}

	if (boot < 0) {
		boot = read_boot();
	}
	*ret_reading = (struct clock_reading){ show(clock), read_clock(CLOCK_BOOTTIME), boot };
}

void clock_move(struct clock *clock, hf_time to)
{
	if (clock->told && to > show(clock)) {
		clock->from = to;
		clock->started = clock_monotonic();
	}
}

hf_time clock_until(const struct clock *clock, hf_time at)
{
	hf_time left;

	if (at == HF_NEVER) {
		return HF_NEVER;
	}
	if (__builtin_sub_overflow(at, show(clock), &left)) {
		return at > 0 ? HF_NEVER : 0;
	}
	if (left <= 0) {
		return 0;
	}
	if (!clock->told) {
		return left;
	}

	return clock->speed > 0 ? scale(left, 1 / clock->speed) + 1 : HF_NEVER;
}

hf_time clock_monotonic(void)
{
	return read_clock(CLOCK_MONOTONIC);
}
