/* This program's sd_event_source_set_time() stands before the library's. */
#include "fast_timers.h"

#include <dlfcn.h>
#include <stdlib.h>

#include <systemd/sd-event.h>

#include "lib/clock.h"

#define LEAST (HF_SECOND / 100)

struct fast_timers fast_timers;

int sd_event_source_set_time(sd_event_source *source, uint64_t at)
{
	static int (*real)(sd_event_source *, uint64_t);
	hf_time now = clock_monotonic(), wait = (hf_time)at - now;

	if (!real) {
		*(void **)&real = dlsym(RTLD_NEXT, "sd_event_source_set_time");
	}

	if (fast_timers.on && wait >= LEAST) {
		if (fast_timers.count < FAST_TIMERS_KEPT) {
			fast_timers.waits[fast_timers.count++] = wait;
		}
		at = (uint64_t)(now + wait / (fast_timers.part ? fast_timers.part : 100));
	}
	return real(source, at);
}
