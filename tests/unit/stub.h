/*
 * A scripted TCP server for tests: a child process for each connection, which
 * does what the script says, and a log in shared memory of every request that
 * reached it.
 */
#ifndef HF_TESTS_STUB_H
#define HF_TESTS_STUB_H

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define STUB_REQUESTS 512

struct stub_request {
	unsigned connection;
	char head[1024], body[512];
};

struct stub {
	atomic_uint connections, requests, under_way, most_under_way;
	struct stub_request list[STUB_REQUESTS];
	int port;
	pid_t pid;
};

/* Runs in the connection's own process; the connection is closed when it returns. */
typedef void (*stub_script)(struct stub *stub, int fd, unsigned connection);

static inline void stub_write(int fd, const char *text)
{
	size_t size = strlen(text);

	while (size > 0) {
		ssize_t written = write(fd, text, size);

		if (written <= 0) {
			_exit(0);
		}
		text += written;
		size -= (size_t)written;
	}
}

static inline void stub_read_body(int fd, const char *head, char *body, size_t room)
{
	const char *length = strcasestr(head, "\r\nContent-Length:");
	size_t wanted = length ? strtoul(length + 17, NULL, 10) : 0, size = 0;

	while (size < wanted && size < room - 1) {
		ssize_t got = read(fd, body + size, wanted - size);

		if (got <= 0) {
			break;
		}
		size += (size_t)got;
	}
	body[size] = '\0';
}

/* The next request of this connection; NULL when the client has closed it. */
static inline struct stub_request *stub_read(struct stub *stub, int fd, unsigned connection)
{
	struct stub_request request = { .connection = connection };
	size_t size = 0;
	unsigned index;

	while (!strstr(request.head, "\r\n\r\n")) {
		if (size == sizeof(request.head) - 1 || read(fd, request.head + size, 1) != 1) {
			return NULL;
		}
		request.head[++size] = '\0';
	}
	stub_read_body(fd, request.head, request.body, sizeof(request.body));

	index = atomic_fetch_add(&stub->requests, 1);
	assert(index < STUB_REQUESTS);
	stub->list[index] = request;
	return &stub->list[index];
}

static inline void stub_serve(struct stub *stub, int listener, stub_script script)
{
	(void)signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		unsigned connection = atomic_fetch_add(&stub->connections, 1);

		if (fd < 0) {
			continue;
		}
		if (fork() == 0) {
			(void)close(listener);
			script(stub, fd, connection);
			(void)close(fd);
			_exit(0);
		}
		(void)close(fd);
	}
}

static inline struct stub *stub_start(stub_script script)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	const int flags = MAP_SHARED | MAP_ANONYMOUS;
	/* cppcheck-suppress invalidFunctionArg ; memory of no file has no file descriptor */
	struct stub *stub = mmap(NULL, sizeof(*stub), PROT_READ | PROT_WRITE, flags, -1, 0);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert(stub != MAP_FAILED && listener >= 0);
	assert(bind(listener, (struct sockaddr *)&address, size) == 0);
	assert(listen(listener, 64) == 0);
	assert(getsockname(listener, (struct sockaddr *)&address, &size) == 0);
	stub->port = ntohs(address.sin_port);

	/* A group of its own, so that the connections' processes end with it.  Only the parent
	 * writes its number: the memory is shared. */
	pid = fork();
	assert(pid >= 0);
	if (pid == 0) {
		(void)setpgid(0, 0);
		/* A test that is ended from without must not leave it behind, or whoever reads
		 * the test's output waits for ever. */
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		stub_serve(stub, listener, script);
	}
	(void)setpgid(pid, pid);
	stub->pid = pid;
	(void)close(listener);
	return stub;
}

static inline void stub_stop(struct stub *stub)
{
	assert(stub->pid > 1);
	(void)kill(-stub->pid, SIGKILL);
	(void)waitpid(stub->pid, NULL, 0);
	(void)munmap(stub, sizeof(*stub));
}

/* A port of loopback where nobody listens. */
static inline int stub_free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert(bind(fd, (struct sockaddr *)&address, size) == 0);
	assert(getsockname(fd, (struct sockaddr *)&address, &size) == 0);
	(void)close(fd);
	return ntohs(address.sin_port);
}

#endif
