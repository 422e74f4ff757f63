/*
 * Timers of a minute and more are due in a thousandth of their time: loaded into a program before
 * libsystemd.  For test_silence.py, which has no quarter of an hour.
 */
#include <dlfcn.h>
#include <stdint.h>
#include <time.h>

#define MINUTE 60000000

int sd_event_source_set_time(void *source, uint64_t at);

int sd_event_source_set_time(void *source, uint64_t at)
{
	static int (*real)(void *, uint64_t);
	struct timespec clock;
	uint64_t now;

	if (!real) {
		*(void **)&real = dlsym(RTLD_NEXT, "sd_event_source_set_time");
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &clock);
	now = (uint64_t)clock.tv_sec * 1000000 + (uint64_t)clock.tv_nsec / 1000;
	return real(source, at > now + MINUTE / 2 ? now + (at - now) / 1000 : at);
}
