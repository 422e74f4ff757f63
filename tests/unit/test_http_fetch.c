/*
 * One request over a Unix socket, against a child that answers as told.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"
#include "lib/http_client.h"

static char dir[] = "/tmp/holdfast-XXXXXX";
static char path[64];

static int listen_here(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, path, strlen(path));
	(void)unlink(path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

/* A child that reads one request, answers with its first line and then `size` dots. */
static pid_t serve_one(int listener, size_t size)
{
	pid_t pid = fork();

	if (pid == 0) {
		char request[1024] = "", head[128];
		int fd = accept(listener, NULL, NULL);
		ssize_t got = read(fd, request, sizeof(request) - 1);
		size_t line = strcspn(request, "\r");

		(void)got;
		(void)snprintf(head, sizeof(head),
			       "HTTP/1.1 202 Accepted\r\nContent-Length: %zu\r\n\r\n", line + size);
		(void)!write(fd, head, strlen(head));
		(void)!write(fd, request, line);
		for (size_t i = 0; i < size; i++) {
			(void)!write(fd, ".", 1);
		}
		_exit(0);
	}
	return pid;
}

TEST(test_an_answer)
{
	int listener = listen_here(), status = 0;
	char *body = NULL;
	pid_t pid;

	pid = serve_one(listener, 0);
	assert_int_equal(http_fetch_unix(path, "GET", "/v1/status?x=1", NULL, &status, &body), 0);
	assert_int_equal(status, 202);
	assert_string_equal(body, "GET /v1/status?x=1 HTTP/1.1");
	free(body);
	(void)waitpid(pid, NULL, 0);

	/* More than a gateway may say. */
	pid = serve_one(listener, 100000);
	assert_int_equal(http_fetch_unix(path, "POST", "/v1/send", "{}", &status, &body), 0);
	assert_memory_equal(body, "POST /v1/send HTTP/1.1...", 25);
	assert_int_equal(strlen(body), 22 + 100000);
	free(body);
	(void)waitpid(pid, NULL, 0);
	(void)close(listener);
}

TEST(test_nobody_there)
{
	int status = 7, listener = listen_here();
	char *body = NULL;
	pid_t pid = fork();

	if (pid == 0) {
		char first;
		int fd = accept(listener, NULL, NULL);

		/* Only once the request has come, so that it may have done something. */
		(void)!read(fd, &first, 1);
		_exit(0);
	}
	assert_int_equal(http_fetch_unix(path, "GET", "/", NULL, &status, &body), -ETIMEDOUT);
	(void)waitpid(pid, NULL, 0);

	(void)close(listener);
	assert_int_equal(http_fetch_unix(path, "GET", "/", NULL, &status, &body), -ECONNREFUSED);
	(void)unlink(path);
	assert_int_equal(http_fetch_unix(path, "GET", "/", NULL, &status, &body), -ENOENT);
	assert_int_equal(status, 7);
	assert_null(body);
}

static int set_up(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/api.sock", dir);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	(void)unlink(path);
	return rmdir(dir);
}

GROUP_FIXTURE(set_up, tear_down);
