/*
 * The database's file, without SQLite.
 *
 * Dangerous here: closing any descriptor of a database drops the locks that
 * SQLite in the same process holds on it (sqlite.org/howtocorrupt.html, 2.2).  So the
 * file beside it is locked first, and whoever has that lock has no SQLite yet.
 */
#include "lib/db_file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/cleanup.h"

/* sqlite.org/fileformat2.html, section 1.3 */
#define HEADER_SIZE   100
#define HEADER_APP_ID 68
static const char magic[16] = "SQLite format 3";

int db_file_lock(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	char name[PATH_MAX];
	int length;

	length = snprintf(name, sizeof(name), "%s.lock", path);
	if (length < 0 || (size_t)length >= sizeof(name)) {
		return -ENAMETOOLONG;
	}

	fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return -errno;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		return errno == EWOULDBLOCK ? DB_FILE_E_LOCKED : -errno;
	}

	*ret_fd = take_fd(fd);
	return 0;
}

static bool is_zero(const unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i]) {
			return false;
		}
	}
	return true;
}

static uint32_t read_id(const unsigned char *header)
{
	const unsigned char *id = header + HEADER_APP_ID;

	return (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
}

/* An empty file is new.  So may be one of zeros, which a power cut during creation leaves with a
 * journal beside it: SQLite can tell, and says corrupt where there is no journal. */
static int classify_header(const unsigned char *header, size_t size, uint32_t application_id)
{
	bool sqlite = memcmp(header, magic, sizeof(magic)) == 0;
	bool ours = read_id(header) == application_id;

	if (is_zero(header, size)) {
		return 0;
	}
	if (sqlite && size == HEADER_SIZE) {
		return ours ? 0 : DB_FILE_E_FOREIGN;
	}

	/* Cut off in the header, or our mark under a damaged beginning. */
	return sqlite || ours ? -EBADMSG : DB_FILE_E_FOREIGN;
}

int db_file_inspect(const char *path, uint32_t application_id)
{
	unsigned char header[HEADER_SIZE] = { 0 };
	_cleanup_close_ int fd = -1;
	ssize_t size;

	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		return -errno;
	}

	size = pread(fd, header, sizeof(header), 0);
	if (size < 0) {
		return -errno;
	}

	return classify_header(header, (size_t)size, application_id);
}

int db_file_make(const char *path)
{
	_cleanup_close_ int fd = -1;

	if (unlink(path) < 0 && errno != ENOENT) {
		return -errno;
	}

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	return fd < 0 ? -errno : 0;
}

static int sync_path(const char *path, int flags)
{
	_cleanup_close_ int fd = open(path, flags | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int db_file_publish(const char *temporary, const char *path)
{
	char folder[PATH_MAX];
	int length, r;

	length = snprintf(folder, sizeof(folder), "%s", path);
	if (length < 0 || (size_t)length >= sizeof(folder)) {
		return -ENAMETOOLONG;
	}

	r = sync_path(temporary, O_RDONLY);
	if (r < 0) {
		return r;
	}
	if (rename(temporary, path) < 0) {
		return -errno;
	}

	return sync_path(dirname(folder), O_RDONLY | O_DIRECTORY);
}
