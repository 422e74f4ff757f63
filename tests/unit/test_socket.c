/* Listening sockets: addresses that are taken and refused, and what may stand at a path. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/socket.h"

TEST(test_tcp)
{
	_cleanup_close_ int fd = -1, second = -1;
	int port = -1;
	char address[32];

	assert_int_equal(socket_listen_tcp("127.0.0.1:0", &fd, &port), 0);
	assert_in_range(port, 1, 65535);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);

	(void)snprintf(address, sizeof(address), "127.0.0.1:%d", port);
	assert_int_equal(socket_listen_tcp(address, &second, &port), -EADDRINUSE);
	assert_int_equal(second, -1);
	assert_int_equal(socket_listen_tcp("127.0.0.1:0", &second, NULL), 0);
}

TEST(test_tcp_on_six)
{
	_cleanup_close_ int fd = -1;
	int port = -1;
	int r = socket_listen_tcp("[::1]:0", &fd, &port);

	/* A machine may have no IPv6. */
	assert_true(r == 0 ? port > 0 : r == -EAFNOSUPPORT || r == -EADDRNOTAVAIL);
}

TEST(test_addresses)
{
	static const char *const bad[] = {
		"",
		"127.0.0.1",
		":80",
		"127.0.0.1:",
		"127.0.0.1:x",
		"127.0.0.1:65536",
		"localhost:80",
		"::1:80",
		"[::1:80",
		"[::1]",
		"127.0.0.1:-1",
		"127.0.0.1: 1",
		"[]:80",
		"127.0.0.1:000080",
		"1:2:3",
		("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "aa:1"),
	};
	int fd = -1;

	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(socket_listen_tcp(bad[i], &fd, NULL), -EINVAL);
		assert_false(socket_is_loopback(bad[i]));
	}
	assert_int_equal(fd, -1);
}

TEST(test_loopback)
{
	assert_true(socket_is_loopback("127.0.0.1:80"));
	assert_true(socket_is_loopback("127.9.9.9:0"));
	assert_true(socket_is_loopback("[::1]:80"));
	assert_false(socket_is_loopback("0.0.0.0:80"));
	assert_false(socket_is_loopback("128.0.0.1:80"));
	assert_false(socket_is_loopback("[::]:80"));
	assert_false(socket_is_loopback("[::ffff:127.0.0.1]:80"));
}

TEST(test_unix)
{
	char directory[] = "/tmp/holdfast-XXXXXX", path[64], file[64], longer[200];
	_cleanup_close_ int fd = -1, second = -1, plain = -1;
	struct stat found;

	assert_non_null(mkdtemp(directory));
	(void)snprintf(path, sizeof(path), "%s/s", directory);
	(void)snprintf(file, sizeof(file), "%s/f", directory);
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';

	assert_int_equal(socket_listen_unix(path, 0660, &fd), 0);
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_mode & 07777, 0660);
	assert_int_equal(socket_listen_unix(path, 0660, &second), -EADDRINUSE);

	/* Its server is gone and the name has stayed. */
	assert_int_equal(close(take_fd(fd)), 0);
	assert_int_equal(socket_listen_unix(path, 0600, &second), 0);
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_mode & 07777, 0600);

	/* A socket of the other type is somebody's as well. */
	assert_int_equal(socket_listen_packets(path, 0660, &fd), -EADDRINUSE);
	assert_int_equal(close(take_fd(second)), 0);
	assert_int_equal(socket_listen_packets(path, 0660, &second), 0);
	assert_int_equal(socket_listen_packets(path, 0660, &fd), -EADDRINUSE);
	assert_int_equal(socket_listen_unix(path, 0660, &fd), -EADDRINUSE);

	plain = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	assert_true(plain >= 0);
	assert_int_equal(socket_listen_unix(file, 0660, &fd), -EEXIST);
	assert_int_equal(socket_listen_unix(longer, 0660, &fd), -ENAMETOOLONG);
	assert_int_equal(socket_listen_unix("/nonexistent/s", 0660, &fd), -ENOENT);
	assert_int_equal(fd, -1);

	assert_int_equal(unlink(path), 0);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(rmdir(directory), 0);
}
