/*
 * Sockets that listen, and the one that connects.
 *
 * Addresses are numbers: a name would be looked up, and an administrator who
 * wrote one would learn at run time which interface it meant.  Dangerous: a
 * Unix socket is bound before its mode can be set, so it is made for its owner
 * alone first, and listens only once its mode is right.
 */
#include "lib/socket.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "lib/cleanup.h"

#define BACKLOG     1024
#define ADDRESS_MAX 64 /* of text; an IPv6 address with its port has 47 characters */

/* "[::1]:80" and "127.0.0.1:80" into host and port, in place. */
static bool split_address(char *text, const char **ret_host, const char **ret_port)
{
	char *colon = strrchr(text, ':');

	if (!colon || colon == text || colon[1] == '\0') {
		return false;
	}
	*colon = '\0';

	if (*text == '[') {
		if (colon[-1] != ']') {
			return false;
		}
		colon[-1] = '\0';
		text++;
	} else if (strchr(text, ':')) {
		return false;
	}

	*ret_host = text;
	*ret_port = colon + 1;
	return true;
}

static int resolve(const char *address, struct sockaddr_storage *ret_address, socklen_t *ret_size)
{
	static const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
		.ai_socktype = SOCK_STREAM,
	};
	char text[ADDRESS_MAX];
	const char *host, *port;
	struct addrinfo *found;

	if (strlen(address) >= sizeof(text)) {
		return -EINVAL;
	}
	strcpy(text, address);

	if (!split_address(text, &host, &port) || strspn(port, "0123456789") != strlen(port) ||
	    strlen(port) > 5 || strtol(port, NULL, 10) > 65535 ||
	    getaddrinfo(host, port, &hints, &found)) {
		return -EINVAL;
	}

	memcpy(ret_address, found->ai_addr, found->ai_addrlen);
	*ret_size = found->ai_addrlen;
	freeaddrinfo(found);
	return 0;
}

bool socket_is_loopback(const char *address)
{
	struct sockaddr_storage where;
	socklen_t size;

	if (resolve(address, &where, &size) < 0) {
		return false;
	}

	if (where.ss_family == AF_INET) {
		const struct sockaddr_in *four = (const struct sockaddr_in *)&where;

		return ntohl(four->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
	}

	return IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)&where)->sin6_addr);
}

static int port_of(int fd)
{
	struct sockaddr_storage where;
	socklen_t size = sizeof(where);

	if (getsockname(fd, (struct sockaddr *)&where, &size) < 0) {
		return -errno;
	}

	return ntohs(where.ss_family == AF_INET ? ((struct sockaddr_in *)&where)->sin_port
						: ((struct sockaddr_in6 *)&where)->sin6_port);
}

int socket_listen_tcp(const char *address, int *ret_fd, int *ret_port)
{
	static const int yes = 1;
	struct sockaddr_storage where;
	socklen_t size;
	_cleanup_close_ int fd = -1;
	int r, port;

	r = resolve(address, &where, &size);
	if (r < 0) {
		return r;
	}

	fd = socket(where.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return -errno;
	}

	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	if (where.ss_family == AF_INET6) {
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof(yes));
	}

	if (bind(fd, (struct sockaddr *)&where, size) < 0 || listen(fd, BACKLOG) < 0) {
		return -errno;
	}

	port = port_of(fd);
	if (port < 0) {
		return port;
	}

	if (ret_port) {
		*ret_port = port;
	}
	*ret_fd = take_fd(fd);
	return 0;
}

static int set_address(const char *path, struct sockaddr_un *ret_where)
{
	struct sockaddr_un where = { .sun_family = AF_UNIX };

	if (strlen(path) >= sizeof(where.sun_path)) {
		return -ENAMETOOLONG;
	}

	strcpy(where.sun_path, path);
	*ret_where = where;
	return 0;
}

/* Makes room for a socket at `where`: 0, or why there is none. */
static int remove_stale_socket(const struct sockaddr_un *where, int type)
{
	_cleanup_close_ int probe = -1;
	struct stat found;

	if (lstat(where->sun_path, &found) < 0) {
		return errno == ENOENT ? 0 : -errno;
	}
	if (!S_ISSOCK(found.st_mode)) {
		return -EEXIST;
	}

	probe = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (probe < 0) {
		return -errno;
	}
	/* A full queue (EAGAIN) and a socket of another type (EPROTOTYPE) are somebody, too. */
	if (connect(probe, (const struct sockaddr *)where, sizeof(*where)) == 0 ||
	    errno != ECONNREFUSED) {
		return -EADDRINUSE;
	}

	return unlink(where->sun_path) < 0 ? -errno : 0;
}

static int listen_unix(const char *path, int type, unsigned mode, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un where;
	mode_t before;
	int r;

	r = set_address(path, &where);
	r = r ? r : remove_stale_socket(&where, type);
	if (r < 0) {
		return r;
	}

	fd = socket(AF_UNIX, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		return -errno;
	}

	before = umask(0177);
	r = bind(fd, (struct sockaddr *)&where, sizeof(where)) < 0 ? -errno : 0;
	(void)umask(before);
	if (r < 0) {
		return r;
	}

	if (chmod(path, mode) < 0 || listen(fd, BACKLOG) < 0) {
		return -errno;
	}

	*ret_fd = take_fd(fd);
	return 0;
}

int socket_listen_unix(const char *path, unsigned mode, int *ret_fd)
{
	return listen_unix(path, SOCK_STREAM, mode, ret_fd);
}

int socket_listen_packets(const char *path, unsigned mode, int *ret_fd)
{
	return listen_unix(path, SOCK_SEQPACKET, mode, ret_fd);
}

int socket_connect_packets(const char *path, int *ret_fd)
{
	_cleanup_close_ int fd = -1;
	struct sockaddr_un where;
	int r;

	r = set_address(path, &where);
	if (r < 0) {
		return r;
	}

	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (const struct sockaddr *)&where, sizeof(where)) < 0) {
		return -errno;
	}

	*ret_fd = take_fd(fd);
	return 0;
}
