/* What the tests of the listener have in common: one that answers by path, and raw sockets. */
#ifndef HF_TESTS_LISTENER_RIG_H
#define HF_TESTS_LISTENER_RIG_H

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/listener.h"
#include "lib/socket.h"

#define DEADLINE (200L * 1000) /* µs */

static struct rig {
	struct loop *loop;
	struct listener *listener;
	int port;
	char directory[32], path[64];
	struct exchange *late[4]; /* asked for /late */
	unsigned asked, late_count, gone;
	char seen[256]; /* of the last request: "METHOD PATH body" */
	char bytes[8192];
	size_t size; /* in bytes, after converse() */
} rig;

static void on_request(void *userdata, struct exchange *exchange)
{
	static const char *const headers[] = { "X-Test: yes", "Cache-Control: no-store", NULL };
	const char *what = exchange_query(exchange, "q");
	size_t size;
	const char *body = exchange_body(exchange, &size);

	(void)userdata;
	rig.asked++;
	assert_int_equal(strlen(body), size);
	(void)snprintf(rig.seen, sizeof(rig.seen), "%s %s %.100s", exchange_method(exchange),
		       exchange_path(exchange), body);

	if (strcmp(exchange_path(exchange), "/late") == 0) {
		assert_true(rig.late_count < COUNT(rig.late));
		rig.late[rig.late_count++] = exchange;
	} else if (strcmp(exchange_path(exchange), "/drop") == 0) {
		assert_int_equal(exchange_break(exchange, NULL, 0, 0), 0);
		assert_int_equal(exchange_break(exchange, NULL, 0, 0), -EALREADY);
	} else if (strcmp(exchange_path(exchange), "/truncate") == 0) {
		assert_int_equal(exchange_break(exchange, "HTTP/1.1 201", 12, 0), 0);
	} else if (strcmp(exchange_path(exchange), "/reset") == 0) {
		assert_int_equal(exchange_break(exchange, "HT", 2, 1), 0);
	} else if (strcmp(exchange_path(exchange), "/bad") == 0) {
		static const char *const split[] = { "X-Bad: a\r\nX-Worse: b", NULL };

		assert_int_equal(exchange_answer(exchange, 200, NULL, "", 0, split), -EINVAL);
		assert_int_equal(exchange_answer(exchange, 200, NULL, "", 0, NULL), -EALREADY);
	} else {
		char text[128];
		int n = snprintf(text, sizeof(text), "%s|%s|%zu", exchange_path(exchange),
				 what ? what : "-", size);

		assert_int_equal(
			exchange_answer(exchange, 200, "text/plain", text, (size_t)n, headers), 0);
		assert_int_equal(exchange_answer(exchange, 200, NULL, "", 0, NULL), -EALREADY);
	}
}

static void on_gone(void *userdata, struct exchange *exchange)
{
	(void)userdata;
	rig.gone++;
	assert_int_equal(exchange_answer(exchange, 200, NULL, "", 0, NULL), -EALREADY);
}

static void rig_listen(int fd, unsigned most_connections, hf_time deadline)
{
	const struct listener_options options = {
		.most_connections = most_connections,
		.most_body = 1000,
		.deadline = deadline,
	};

	assert_int_equal(
		listener_new(rig.loop, fd, &options, on_request, on_gone, NULL, &rig.listener), 0);
}

static int rig_up(void **state)
{
	int fd;

	(void)state;
	rig = (struct rig){ 0 };
	assert_int_equal(loop_new(&rig.loop), 0);
	assert_int_equal(socket_listen_tcp("127.0.0.1:0", &fd, &rig.port), 0);
	rig_listen(fd, 8, DEADLINE);
	return 0;
}

static int rig_down(void **state)
{
	(void)state;
	rig.listener = listener_free(rig.listener);
	rig.loop = loop_free(rig.loop);
	return 0;
}

static int dial(void)
{
	const struct sockaddr_in where = { .sin_family = AF_INET,
					   .sin_port = htons((uint16_t)rig.port),
					   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&where, sizeof(where)), 0);
	return fd;
}

static void put(int fd, const char *text)
{
	assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static void turn(void)
{
	assert_true(loop_turn(rig.loop, 10L * 1000) >= 0);
}

/* Turns until `wanted` stands in what came from fd (NULL: until its end), for 5 s at most.  Gives
 * what recv(2) said last: 0 the end, -errno broken. */
static int await(int fd, const char *wanted)
{
	hf_time until = clock_monotonic() + 5 * HF_SECOND;

	rig.size = 0;
	rig.bytes[0] = '\0';
	while (clock_monotonic() < until) {
		ssize_t n = recv(fd, rig.bytes + rig.size, sizeof(rig.bytes) - 1 - rig.size,
				 MSG_DONTWAIT);

		if (n == 0) {
			return 0;
		}
		if (n < 0 && errno != EAGAIN) {
			return -errno;
		}
		if (n > 0) {
			rig.size += (size_t)n;
			rig.bytes[rig.size] = '\0';
			if (wanted && strstr(rig.bytes, wanted)) {
				return 1;
			}
		}
		turn();
	}

	fail_msg("nothing within 5 s; so far: %s", rig.bytes);
	return -ETIMEDOUT;
}

static void turn_until(const unsigned *counter, unsigned wanted)
{
	hf_time until = clock_monotonic() + 5 * HF_SECOND;

	while (*counter < wanted && clock_monotonic() < until) {
		turn();
	}
	assert_int_equal(*counter, wanted);
}

#define HEAD "Host: x\r\n"

#endif
