/*
 * The machine's clock as a file tells it: loaded into a program before the C library, adds the
 * seconds that stand in $TOLD_CLOCK to CLOCK_REALTIME.  CLOCK_MONOTONIC is left alone, as where
 * the network sets a clock right.  For test_clock.py.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long offset(void)
{
	const char *path = getenv("TOLD_CLOCK");
	char text[32] = "";
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd >= 0) {
		if (read(fd, text, sizeof(text) - 1) < 0) {
			text[0] = '\0';
		}
		close(fd);
	}
	return strtol(text, NULL, 10);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*real)(clockid_t, struct timespec *);
	int r;

	if (!real) {
		real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
	}
	r = real(clock, now);
	if (r == 0 && clock == CLOCK_REALTIME) {
		now->tv_sec += offset();
	}
	return r;
}
