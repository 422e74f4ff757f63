/*
 * Reading files that other people write to.
 *
 * Promises: what is given out was in the file at one moment, or is refused.
 * Dangerous: a pipe or a device with the right name must not stop the daemon,
 * so it is opened without waiting and never read.
 */
#include "lib/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cleanup.h"

#define FIRST_ROOM 4096
#define NS         INT64_C(1000000000)

static struct file_stamp stamp_of(const struct stat *status)
{
	return (struct file_stamp){
		.device = status->st_dev,
		.inode = status->st_ino,
		.size = status->st_size,
		.modified_ns = status->st_mtim.tv_sec * NS + status->st_mtim.tv_nsec,
		.changed_ns = status->st_ctim.tv_sec * NS + status->st_ctim.tv_nsec,
		.mode = status->st_mode,
	};
}

int file_stamp(const char *path, struct file_stamp *ret_stamp)
{
	struct stat status;

	if (stat(path, &status) < 0) {
		return -errno;
	}
	*ret_stamp = stamp_of(&status);
	return 0;
}

bool file_stamp_same(const struct file_stamp *a, const struct file_stamp *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size &&
	       a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

bool file_stamp_settled(const struct file_stamp *stamp, hf_time now)
{
	int64_t last =
		stamp->modified_ns > stamp->changed_ns ? stamp->modified_ns : stamp->changed_ns;

	return last / 1000 < now - FILE_SETTLED_AFTER;
}

/* One byte more than is allowed is asked for, so that too much is seen. */
static int read_all(int fd, size_t most, size_t room, char **ret_bytes, size_t *ret_size)
{
	_cleanup_free_ char *bytes = malloc(room + 1);
	size_t size = 0;

	while (bytes) {
		ssize_t got = read(fd, bytes + size, room - size);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return -errno;
		}
		if (got == 0) {
			bytes[size] = '\0';
			*ret_size = size;
			*ret_bytes = take_ptr(bytes);
			return 0;
		}
		size += (size_t)got;
		if (size > most) {
			return -EFBIG;
		}
		if (size == room) {
			char *larger = realloc(bytes, 2 * room + 1);

			if (!larger) {
				return -ENOMEM;
			}
			bytes = larger;
			room *= 2;
		}
	}
	return -ENOMEM;
}

static int open_plain(const char *path, int *ret_fd, struct stat *ret_status)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, ret_status) < 0) {
		return -errno;
	}
	if (!S_ISREG(ret_status->st_mode)) {
		return S_ISDIR(ret_status->st_mode) ? -EISDIR : -EINVAL;
	}

	*ret_fd = take_fd(fd);
	return 0;
}

int file_read(const char *path, size_t most, char **ret_bytes, size_t *ret_size,
	      struct file_stamp *ret_stamp)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *bytes = NULL;
	struct file_stamp before, after;
	struct stat status;
	size_t size, room;
	int r = open_plain(path, &fd, &status);

	if (r < 0) {
		return r;
	}
	before = stamp_of(&status);
	room = (size_t)status.st_size < most ? (size_t)status.st_size + 1 : most + 1;
	r = read_all(fd, most, room > FIRST_ROOM ? room : FIRST_ROOM, &bytes, &size);
	if (r < 0) {
		return r;
	}

	if (fstat(fd, &status) < 0) {
		return -errno;
	}
	after = stamp_of(&status);
	if (!file_stamp_same(&before, &after) || (size_t)status.st_size != size) {
		return FILE_E_CHANGED;
	}

	*ret_bytes = take_ptr(bytes);
	if (ret_size) {
		*ret_size = size;
	}
	if (ret_stamp) {
		*ret_stamp = after;
	}
	return 0;
}

char *file_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	struct stat status;

	if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
		return strdup(path);
	}
	if (!slash) {
		return strdup(".");
	}
	return slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
}
