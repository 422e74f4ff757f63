/* What systemd is told and what it hands over, with the test in systemd's place. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/loop.h"

/* An abstract socket, so that nothing is left behind. */
static int listen_for_notes(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int length = snprintf(address.sun_path, sizeof(address.sun_path), "@holdfast-test-%d",
			      (int)getpid());

	assert_true(fd >= 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", address.sun_path, 1), 0);
	address.sun_path[0] = '\0';
	assert_int_equal(
		bind(fd, (const struct sockaddr *)&address,
		     (socklen_t)offsetof(struct sockaddr_un, sun_path) + (socklen_t)length),
		0);
	return fd;
}

static void assert_note(int fd, const char *expected)
{
	char note[256] = "";

	assert_true(recv(fd, note, sizeof(note) - 1, 0) >= 0);
	assert_string_equal(note, expected);
}

TEST(test_notify)
{
	_cleanup_close_ int fd = listen_for_notes();

	loop_notify("STATUS=%d clients, next at %s", 2, "10:00");
	loop_notify("READY=1");
	assert_note(fd, "STATUS=2 clients, next at 10:00");
	assert_note(fd, "READY=1");

	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
	loop_notify("READY=1");
	assert_int_equal(recv(fd, &(char){ 0 }, 1, 0), -1);
}

/* With WatchdogSec= the loop pings: at once, and again while it turns. */
TEST(test_watchdog)
{
	_cleanup_close_ int fd = listen_for_notes();
	struct loop *loop = NULL;
	char note[64] = "";

	assert_int_equal(setenv("WATCHDOG_USEC", "100000", 1), 0);
	assert_int_equal(loop_new(&loop), 0);
	assert_note(fd, "WATCHDOG=1");
	for (int i = 0; i < 20 && recv(fd, note, sizeof(note) - 1, 0) < 0; i++) {
		assert_true(loop_turn(loop, 50000) >= 0);
	}
	assert_string_equal(note, "WATCHDOG=1");

	loop = loop_free(loop);
	assert_int_equal(unsetenv("WATCHDOG_USEC"), 0);
	assert_int_equal(unsetenv("NOTIFY_SOCKET"), 0);
}

/* In a child, for systemd's descriptors are 3 and 4 whatever they were before. */
static int passed_to_child(void)
{
	char pid[16];
	int ends[2];

	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	if (loop_passed_socket("api") != -ENOENT || pipe(ends) < 0 || dup2(ends[0], 3) != 3 ||
	    dup2(ends[1], 4) != 4 || setenv("LISTEN_PID", pid, 1) < 0 ||
	    setenv("LISTEN_FDS", "2", 1) < 0 || setenv("LISTEN_FDNAMES", "api:webhook", 1) < 0) {
		return 1;
	}
	/* Each may be asked for, and again. */
	if (loop_passed_socket("webhook") != 4 || loop_passed_socket("api") != 3 ||
	    loop_passed_socket("api") != 3 || !(fcntl(3, F_GETFD) & FD_CLOEXEC)) {
		return 2;
	}

	return loop_passed_socket("ap") == -ENOENT && loop_passed_socket("") == -ENOENT ? 0 : 3;
}

TEST(test_passed_socket)
{
	int status = -1;
	pid_t child = fork();

	assert_true(child >= 0);
	if (child == 0) {
		_exit(passed_to_child());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}
