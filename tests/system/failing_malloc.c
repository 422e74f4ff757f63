/*
 * Memory that runs out at a word: loaded into a program before the C library.  In the file
 * $FAILING_MALLOC stands a number, 64 bits of the machine; each allocation counts it down, and the one at which it comes
 * to 0 fails, once.  Below 1 none fails.  For test_memory.py.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static atomic_long *left;
static void *(*real_malloc)(size_t), *(*real_calloc)(size_t, size_t),
	*(*real_realloc)(void *, size_t);
static char first[16384]; /* dlsym() itself wants some, before anything is known */
static size_t first_used;
static int looking;

static void *early(size_t size)
{
	size_t at = (first_used + 15) & ~(size_t)15;

	if (at + size > sizeof(first)) {
		return NULL;
	}
	first_used = at + size;
	return first + at;
}

static void look_up(void)
{
	looking = 1;
	real_malloc = (void *(*)(size_t))dlsym(RTLD_NEXT, "malloc");
	real_calloc = (void *(*)(size_t, size_t))dlsym(RTLD_NEXT, "calloc");
	real_realloc = (void *(*)(void *, size_t))dlsym(RTLD_NEXT, "realloc");
	looking = 0;
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("FAILING_MALLOC");
	int fd = path ? open(path, O_RDWR | O_CLOEXEC) : -1;
	void *shared =
		fd < 0 ? MAP_FAILED : mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd >= 0) {
		close(fd);
	}
	if (shared != MAP_FAILED) {
		left = shared;
	}
}

static int fails(void)
{
	if (!left || atomic_load(left) < 1 || atomic_fetch_sub(left, 1) != 1) {
		return 0;
	}
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	if (!real_malloc) {
		if (looking) {
			return early(size);
		}
		look_up();
	}
	return fails() ? NULL : real_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	if (!real_calloc) {
		if (looking) {
			return early(count * size);
		}
		look_up();
	}
	return fails() ? NULL : real_calloc(count, size);
}

void *realloc(void *old, size_t size)
{
	if (!real_realloc) {
		look_up();
	}
	return fails() ? NULL : real_realloc(old, size);
}

void free(void *old)
{
	static void (*real_free)(void *);

	if ((char *)old >= first && (char *)old < first + sizeof(first)) {
		return;
	}
	if (!real_free) {
		real_free = (void (*)(void *))dlsym(RTLD_NEXT, "free");
	}
	real_free(old);
}
