/*
 * Zone files, watched by inotify(7).
 *
 * A package manager writes a file beside the old one and renames it, and does
 * so for two thousand of them: directories are watched, not files, and the
 * news is told once, a second after the first of it.  A zone may be a link into
 * another directory, and both may change.
 */
#include "lib/zonewatch.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "lib/zone.h"

#define SETTLE HF_SECOND
#define EVENTS                                                                                     \
	(IN_MOVED_TO | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR |   \
	 IN_EXCL_UNLINK)

struct zonewatch {
	loop_on_task on_change;
	void *userdata;
	int fd;
	struct loop_io *io;
	struct loop_timer *timer;
	bool settling; /* the timer is set; what else happens is part of the same news */
};

static void on_settled(void *userdata)
{
	struct zonewatch *watch = userdata;

	watch->settling = false;
	watch->on_change(watch->userdata);
}

/* Which file it was does not matter. */
static void on_event(void *userdata, int fd, uint32_t revents)
{
	struct zonewatch *watch = userdata;
	char events[4096] __attribute__((aligned(8)));

	(void)revents;
	while (read(fd, events, sizeof(events)) > 0) {
	}
	if (!watch->settling) {
		watch->settling = loop_timer_set(watch->timer, SETTLE) >= 0;
	}
}

int zonewatch_new(struct loop *loop, loop_on_task on_change, void *userdata,
		  struct zonewatch **ret_watch)
{
	_cleanup_(zonewatch_freep) struct zonewatch *watch = calloc(1, sizeof(*watch));
	int r;

	if (!watch) {
		return -ENOMEM;
	}

	watch->on_change = on_change;
	watch->userdata = userdata;
	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->fd < 0) {
		return -errno;
	}

	r = loop_add_timer(loop, on_settled, watch, &watch->timer);
	r = r < 0 ? r : loop_add_io(loop, watch->fd, EPOLLIN, on_event, watch, &watch->io);
	if (r < 0) {
		return r;
	}

	*ret_watch = take_ptr(watch);
	return 0;
}

struct zonewatch *zonewatch_free(struct zonewatch *watch)
{
	if (watch) {
		watch->io = loop_io_free(watch->io);
		watch->timer = loop_timer_free(watch->timer);
		closep(&watch->fd);
		free(watch);
	}
	return NULL;
}

/* Watching a directory twice is one watch.  One that is gone is noticed by its file being gone. */
static void follow_directory(const struct zonewatch *watch, const char *path)
{
	char directory[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (slash && slash > path) {
		memcpy(directory, path, (size_t)(slash - path));
		directory[slash - path] = '\0';
		(void)inotify_add_watch(watch->fd, directory, EVENTS);
	}
}

static void on_file(void *userdata, const char *path)
{
	_cleanup_free_ char *real = realpath(path, NULL);

	follow_directory(userdata, path);
	if (real) {
		follow_directory(userdata, real);
	}
}

void zonewatch_follow(struct zonewatch *watch)
{
	zone_each_file(on_file, watch);
}
