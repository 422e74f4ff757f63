/*
 * Reading a secret, and forgetting it.
 */
#include "courier/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#include "lib/cleanup.h"

#define SECRET_MAX 4096

static const char *read_lines(int fd, char *lines)
{
	struct stat status;
	ssize_t size;

	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		return "is no file";
	}
	if (status.st_mode & S_IROTH) {
		return "can be read by everybody; chmod 600";
	}
	size = read(fd, lines, SECRET_MAX);
	if (size < 0 || size == SECRET_MAX) {
		return "cannot be read, or is too long";
	}

	size -= size > 0 && lines[size - 1] == '\n';
	lines[size] = '\0';
	return strlen(lines) != (size_t)size ? "holds a control character" : NULL;
}

static bool is_printable(const char *line)
{
	for (; *line; line++) {
		if ((unsigned char)*line < ' ' || *line == 0x7f) {
			return false;
		}
	}
	return true;
}

/* Cuts the lines in place. */
static const char *split(char *lines, const char **ret_before)
{
	char *end = strchr(lines, '\n');

	*ret_before = NULL;
	if (end) {
		*end = '\0';
		*ret_before = end + 1;
	}
	if (!*lines) {
		return "is empty";
	}
	return is_printable(lines) && (!end || is_printable(end + 1)) ? NULL
								      : "holds a control character";
}

static int open_file(const char *dir, const char *name)
{
	static const char *const forms[] = { "", "secret_" };
	int fd = -ENOENT;

	for (size_t i = 0; i < COUNT(forms) && fd == -ENOENT; i++) {
		_cleanup_free_ char *path = NULL;

		if (asprintf(&path, "%s/%s%s", dir, forms[i], name) < 0) {
			path = NULL;
			return -ENOMEM;
		}
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
		fd = fd < 0 ? -errno : fd;
	}
	return fd;
}

static int copy(const char *now, const char *before, struct secret *ret_secret)
{
	struct secret secret = { strdup(now), before && *before ? strdup(before) : NULL };

	if (!secret.now || (before && *before && !secret.before)) {
		secret_done(&secret);
		return -ENOMEM;
	}

	*ret_secret = secret;
	return 0;
}

int secret_read(const char *dir, const char *name, struct secret *ret_secret, const char **ret_what)
{
	_cleanup_close_ int fd = open_file(dir, name);
	char lines[SECRET_MAX + 1];
	const char *what, *before;
	int r;

	if (fd < 0) {
		*ret_what = fd == -ENOENT ? "is missing" : "cannot be opened";
		return -EINVAL;
	}

	what = read_lines(fd, lines);
	what = what ? what : split(lines, &before);
	r = what ? -EINVAL : copy(lines, before, ret_secret);
	explicit_bzero(lines, sizeof(lines));
	if (what) {
		*ret_what = what;
	}
	return r;
}

static char *wipe(char *text)
{
	if (text) {
		explicit_bzero(text, strlen(text));
	}
	free(text);
	return NULL;
}

void secret_done(struct secret *secret)
{
	secret->now = wipe(secret->now);
	secret->before = wipe(secret->before);
}
