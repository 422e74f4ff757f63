/*
 * Whatever bytes a peer writes, in whatever pieces: every request that comes out of them is whole
 * and within its limits, and the next peer is served.
 *
 * The first byte says how long the pieces are; libmicrohttpd itself is not instrumented, so the
 * fuzzer sees only what our side of it does.
 */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "lib/cleanup.h"
#include "lib/http_server.h"

#define MOST_BODY 300
#define LATE_MOST 8

static struct loop *loop;
static struct sockaddr_un where = { .sun_family = AF_UNIX };
static struct exchange *late[LATE_MOST];

static void on_request(void *userdata, struct exchange *exchange)
{
	size_t size;
	const char *body = exchange_body(exchange, &size);
	uid_t uid;
	pid_t pid;

	(void)userdata;
	assert(size <= MOST_BODY && body[size] == '\0');
	assert(strlen(exchange_method(exchange)) > 0);
	assert(!strstr(exchange_raw_url(exchange), "%00"));
	assert(exchange_peer(exchange, &uid, &pid) == 0 && pid == getpid());
	(void)exchange_query(exchange, "q");
	(void)exchange_header(exchange, "X-Any");

	for (size_t i = 0; size % 2 && i < LATE_MOST; i++) {
		if (!late[i]) {
			late[i] = exchange;
			return;
		}
	}
	(void)exchange_answer(exchange, 200, NULL, body, size, NULL);
}

static void on_gone(void *userdata, struct exchange *exchange)
{
	(void)userdata;
	for (size_t i = 0; i < LATE_MOST; i++) {
		if (late[i] == exchange) {
			late[i] = NULL;
			return;
		}
	}
	assert(!"only what is owed can be gone");
}

static void settle(void)
{
	for (int i = 0; i < 6; i++) {
		(void)loop_turn(loop, 0);
	}
}

static int dial(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	assert(fd >= 0 && connect(fd, (struct sockaddr *)&where, sizeof(where)) == 0);
	return fd;
}

static void set_up(void)
{
	static const struct http_server_options options = {
		.most_connections = 16,
		.most_body = MOST_BODY,
		.deadline = HF_MINUTE,
	};
	struct http_server *listener;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	/* An abstract address leaves nothing behind (unix(7)). */
	(void)snprintf(where.sun_path + 1, sizeof(where.sun_path) - 1, "holdfast-fuzz-%d",
		       (int)getpid());
	assert(fd >= 0 && bind(fd, (struct sockaddr *)&where, sizeof(where)) == 0);
	assert(listen(fd, 16) == 0 && loop_new(&loop) == 0);
	assert(http_server_new(loop, fd, &options, on_request, on_gone, NULL, &listener) == 0);
}

static void is_still_served(void)
{
	static const char request[] = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	_cleanup_close_ int fd = dial();
	char answer[512];

	assert(send(fd, request, strlen(request), MSG_NOSIGNAL) > 0);
	settle();
	assert(recv(fd, answer, sizeof(answer), 0) > 12 && memcmp(answer, "HTTP/1.1 200", 12) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_close_ int fd = -1;
	size_t piece;

	if (!loop) {
		set_up();
	}
	if (size == 0) {
		return 0;
	}

	fd = dial();
	piece = data[0] ? data[0] : size;
	for (size_t i = 1; i < size; i += piece) {
		size_t left = size - i;

		if (send(fd, data + i, left < piece ? left : piece, MSG_NOSIGNAL) < 0) {
			break;
		}
		settle();
	}

	for (size_t i = 0; i < LATE_MOST; i++) {
		if (late[i] && i % 2 == 0) {
			(void)exchange_answer(take_ptr(late[i]), 202, NULL, "", 0, NULL);
		}
	}
	settle();
	closep(&fd);
	fd = -1;
	settle();
	for (size_t i = 0; i < LATE_MOST; i++) {
		assert(!late[i]);
	}

	is_still_served();
	return 0;
}
