/* The listener, spoken to by raw sockets: whatever bytes come, in whatever pieces. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/http_server.h"
#include "lib/socket.h"

#define DEADLINE (200L * 1000) /* µs */

static struct rig {
	struct loop *loop;
	struct http_server *listener;
	int port;
	struct exchange *late[9]; /* asked for /late */
	unsigned asked, late_count, gone;
	char seen[256]; /* of the last request: "METHOD PATH body" */
	char bytes[8192];
	size_t size; /* of what stands in bytes */
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
	const struct http_server_options options = {
		.most_connections = most_connections,
		.most_body = 1000,
		.deadline = deadline,
	};

	assert_int_equal(
		http_server_new(rig.loop, fd, &options, on_request, on_gone, NULL, &rig.listener),
		0);
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
	rig.listener = http_server_free(rig.listener);
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

FIXTURE(rig_up, rig_down);

TEST(test_get)
{
	_cleanup_close_ int fd = dial();

	put(fd, "GET /a%20b?q=%2B1+2&r HTTP/1.1\r\n" HEAD "\r\n");
	assert_int_equal(await(fd, "/a b|+1 2|0"), 1);
	assert_non_null(strstr(rig.bytes, "HTTP/1.1 200 OK\r\n"));
	assert_non_null(strstr(rig.bytes, "Content-Type: text/plain\r\n"));
	assert_non_null(strstr(rig.bytes, "X-Test: yes\r\n"));
	assert_non_null(strstr(rig.bytes, "Cache-Control: no-store\r\n"));

	put(fd, "GET /again HTTP/1.1\r\n" HEAD "\r\n");
	assert_int_equal(await(fd, "/again|-|0"), 1);
}

TEST(test_pipelined)
{
	_cleanup_close_ int fd = dial();

	put(fd, "GET /1 HTTP/1.1\r\n" HEAD "\r\nPOST /2 HTTP/1.1\r\n" HEAD
		"Content-Length: 2\r\n\r\nhiGET /3 HTTP/1.1\r\n" HEAD "\r\n");
	assert_int_equal(await(fd, "/3|-|0"), 1);
	assert_non_null(strstr(rig.bytes, "/1|-|0"));
	assert_non_null(strstr(rig.bytes, "/2|-|2"));
	assert_int_equal(rig.asked, 3);
}

TEST(test_body_in_pieces)
{
	_cleanup_close_ int fd = dial();
	static const char request[] = "POST /body HTTP/1.1\r\n" HEAD "Content-Length: 11\r\n\r\n"
				      "hello world";

	for (const char *c = request; *c; c++) {
		assert_int_equal(send(fd, c, 1, MSG_NOSIGNAL), 1);
		assert_true(loop_turn(rig.loop, 0) >= 0);
	}
	assert_int_equal(await(fd, "/body|-|11"), 1);
	assert_string_equal(rig.seen, "POST /body hello world");
}

TEST(test_chunked)
{
	_cleanup_close_ int fd = dial();

	put(fd, "POST /c HTTP/1.1\r\n" HEAD "Transfer-Encoding: chunked\r\n\r\n"
		"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n");
	assert_int_equal(await(fd, "/c|-|7"), 1);
	assert_string_equal(rig.seen, "POST /c abcdefg");

	put(fd,
	    "POST /d HTTP/1.1\r\n" HEAD "Transfer-Encoding: Chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n");
	assert_int_equal(await(fd, "/d|-|1"), 1);
}

TEST(test_expect_continue)
{
	_cleanup_close_ int fd = dial();

	put(fd, "POST /e HTTP/1.1\r\n" HEAD "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
	assert_int_equal(await(fd, "100 Continue"), 1);
	put(fd, "ok");
	assert_int_equal(await(fd, "/e|-|2"), 1);
}

static void refused(const char *request, const char *status)
{
	_cleanup_close_ int fd = dial();
	unsigned asked = rig.asked;

	put(fd, request);
	(void)await(fd, NULL);
	assert_non_null(strstr(rig.bytes, status));
	assert_int_equal(rig.asked, asked);
}

TEST(test_refusals)
{
	refused("POST / HTTP/1.1\r\n" HEAD "Content-Length: 1001\r\n\r\n", " 413 ");
	refused("POST / HTTP/1.1\r\n" HEAD "Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n",
		"HTTP/1.1 413 ");
	refused("POST / HTTP/1.1\r\n" HEAD "Content-Length: 99999999999999999999999\r\n\r\n",
		"HTTP/1.1 4");
	refused("POST / HTTP/1.1\r\n" HEAD "Content-Length: -1\r\n\r\n", " 400 ");
	refused("POST / HTTP/1.1\r\n" HEAD
		"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		" 400 ");
	refused("POST / HTTP/1.1\r\n" HEAD "Transfer-Encoding: gzip\r\n\r\n", " 400 ");
	refused("POST / HTTP/1.1\r\n" HEAD "Transfer-Encoding: gzip, chunked\r\n\r\n", " 400 ");
	refused("GET /a%00b HTTP/1.1\r\n" HEAD "\r\n", " 400 ");
	refused("GET / HTTP/1.1\r\n\r\n", " 400 ");
}

TEST(test_chunked_body_too_large)
{
	_cleanup_close_ int fd = dial();
	char chunk[601];

	memset(chunk, 'x', 600);
	chunk[600] = '\0';
	put(fd, "POST / HTTP/1.1\r\n" HEAD "Transfer-Encoding: chunked\r\n\r\n");
	for (int i = 0; i < 2; i++) {
		put(fd, "258\r\n");
		put(fd, chunk);
		put(fd, "\r\n");
	}
	(void)await(fd, NULL);
	assert_non_null(strstr(rig.bytes, "HTTP/1.1 413 "));
	assert_int_equal(rig.asked, 0);
}

TEST(test_body_of_just_the_limit)
{
	_cleanup_close_ int fd = dial();
	char body[1001];

	memset(body, 'x', 1000);
	body[1000] = '\0';
	put(fd, "POST / HTTP/1.1\r\n" HEAD "Content-Length: 1000\r\n\r\n");
	put(fd, body);
	assert_int_equal(await(fd, "/|-|1000"), 1);
}

TEST(test_late_answers)
{
	_cleanup_close_ int one = dial(), two = dial();

	/* A request that is pipelined behind a late one waits its turn. */
	put(one, "GET /late HTTP/1.1\r\n" HEAD "\r\nGET /next HTTP/1.1\r\n" HEAD "\r\n");
	turn_until(&rig.late_count, 1);
	put(two, "GET /late HTTP/1.1\r\n" HEAD "\r\n");
	turn_until(&rig.late_count, 2);

	assert_int_equal(exchange_answer(rig.late[1], 200, NULL, "second", 6, NULL), 0);
	assert_int_equal(await(two, "second"), 1);
	assert_int_equal(exchange_answer(rig.late[0], 503, NULL, "first", 5, NULL), 0);
	assert_int_equal(await(one, "/next|-|0"), 1);
	assert_non_null(strstr(rig.bytes, "503 "));
	assert_non_null(strstr(rig.bytes, "application/json"));

	put(two, "GET /late HTTP/1.1\r\n" HEAD "\r\n");
	turn_until(&rig.late_count, 3);
	assert_int_equal(exchange_answer(rig.late[2], 200, NULL, "third", 5, NULL), 0);
	assert_int_equal(await(two, "third"), 1);
	assert_int_equal(rig.gone, 0);
}

TEST(test_peer_leaves_before_the_answer)
{
	int one = dial();
	_cleanup_close_ int two = dial();

	put(one, "GET /late HTTP/1.1\r\n" HEAD "\r\n");
	turn_until(&rig.late_count, 1);
	(void)close(one);
	turn_until(&rig.gone, 1);

	put(two, "GET /alive HTTP/1.1\r\n" HEAD "\r\n");
	assert_int_equal(await(two, "/alive"), 1);
}

TEST(test_freed_while_answers_are_owed)
{
	_cleanup_close_ int one = dial(), two = dial();

	put(one, "GET /late HTTP/1.1\r\n" HEAD "\r\n");
	put(two, "GET /late HTTP/1.1\r\n" HEAD "\r\n");
	turn_until(&rig.late_count, 2);
	rig.listener = http_server_free(rig.listener);
	assert_int_equal(rig.gone, 2);
	assert_null(http_server_free(NULL));
}

TEST(test_breaks)
{
	_cleanup_close_ int drop = dial(), truncated = dial(), reset = dial(), late = dial();

	put(drop, "GET /drop HTTP/1.1\r\n" HEAD "\r\n");
	assert_int_equal(await(drop, NULL), 0);
	assert_int_equal(rig.size, 0);

	put(truncated, "GET /truncate HTTP/1.1\r\n" HEAD "\r\n");
	assert_int_equal(await(truncated, NULL), 0);
	assert_string_equal(rig.bytes, "HTTP/1.1 201");

	put(reset, "GET /reset HTTP/1.1\r\n" HEAD "\r\n");
	assert_int_equal(await(reset, NULL), -ECONNRESET);
	assert_string_equal(rig.bytes, "HT");

	put(late, "GET /late HTTP/1.1\r\n" HEAD "\r\n");
	turn_until(&rig.late_count, 1);
	assert_int_equal(exchange_leak(rig.late[0], "HTTP/", 5), 0);
	assert_int_equal(await(late, "HTTP/"), 1);
	assert_int_equal(exchange_break(rig.late[0], NULL, 0, 1), 0);
	assert_true(exchange_leak(rig.late[0], "1.1", 3) < 0);
	assert_int_equal(await(late, NULL), -ECONNRESET);
	assert_int_equal(rig.gone, 0);
}

TEST(test_break_where_nobody_reads)
{
	static char much[16 * 1024 * 1024];
	_cleanup_close_ int fd = dial();

	put(fd, "GET /late HTTP/1.1\r\n" HEAD "\r\n");
	turn_until(&rig.late_count, 1);
	assert_int_equal(exchange_break(rig.late[0], much, sizeof(much), 0), -EAGAIN);
	assert_int_equal(exchange_answer(rig.late[0], 200, NULL, "", 0, NULL), -EALREADY);
}

TEST(test_bad_header_breaks)
{
	_cleanup_close_ int fd = dial();

	put(fd, "GET /bad HTTP/1.1\r\n" HEAD "\r\n");
	assert_int_equal(await(fd, NULL), 0);
	assert_int_equal(rig.size, 0);
}

/* Every byte keeps libmicrohttpd's own time-out from coming; ours comes all the same. */
TEST(test_deadline_of_a_slow_head)
{
	_cleanup_close_ int fd = dial();
	hf_time start = clock_monotonic();
	char byte;

	put(fd, "GET /slow HTTP/1.1\r\n" HEAD "X: ");
	while (clock_monotonic() - start < 5 * HF_SECOND) {
		if (recv(fd, &byte, 1, MSG_DONTWAIT) == 0 || errno != EAGAIN) {
			break;
		}
		(void)send(fd, "x", 1, MSG_NOSIGNAL);
		turn();
	}

	assert_in_range(clock_monotonic() - start, DEADLINE, 10 * DEADLINE);
	assert_int_equal(rig.asked, 0);
}

TEST(test_deadline_spares_what_is_owed)
{
	_cleanup_close_ int fd = dial(), idle = dial();

	put(fd, "GET /late HTTP/1.1\r\n" HEAD "\r\n");
	turn_until(&rig.late_count, 1);
	/* The idle one is closed meanwhile, and with it more than the deadline has passed. */
	assert_int_equal(await(idle, NULL), 0);
	assert_int_equal(exchange_answer(rig.late[0], 200, NULL, "spared", 6, NULL), 0);
	assert_int_equal(await(fd, "spared"), 1);
	/* Kept alive, and closed after its own while. */
	assert_int_equal(await(fd, NULL), 0);
}

/* A connection that goes on asking lives longer than its deadline. */
TEST(test_deadline_of_one_that_goes_on)
{
	_cleanup_close_ int fd = dial();
	hf_time start = clock_monotonic();

	while (clock_monotonic() - start < 2 * DEADLINE) {
		put(fd, "GET /more HTTP/1.1\r\n" HEAD "\r\n");
		assert_int_equal(await(fd, "/more|-|0"), 1);
		(void)usleep(DEADLINE / 8);
	}
}

/* One peer stalls amid a body: the loop must sleep until the deadline. */
TEST(test_a_stalled_peer_costs_nothing)
{
	_cleanup_close_ int fd = -1;
	struct rusage before, after;
	hf_time until, spent;
	unsigned turns = 0;
	int listening;

	rig.listener = http_server_free(rig.listener);
	assert_int_equal(socket_listen_tcp("127.0.0.1:0", &listening, &rig.port), 0);
	rig_listen(listening, 8, 10 * HF_SECOND);
	fd = dial();
	put(fd, "POST /late HTTP/1.1\r\n" HEAD "Content-Length: 10\r\n\r\nhal");

	until = clock_monotonic() + 2 * HF_SECOND;
	(void)getrusage(RUSAGE_SELF, &before);
	while (clock_monotonic() < until) {
		assert_true(loop_turn(rig.loop, until - clock_monotonic()) >= 0);
		turns++;
	}
	(void)getrusage(RUSAGE_SELF, &after);

	spent = (after.ru_utime.tv_sec - before.ru_utime.tv_sec) * HF_SECOND +
		after.ru_utime.tv_usec - before.ru_utime.tv_usec;
	assert_true(turns < 20);
	assert_true(spent < HF_SECOND / 4);
	put(fd, "f a life");
	turn_until(&rig.late_count, 1);
}

/* How many of them were closed. */
static unsigned count_closed(const int *fds, size_t count)
{
	unsigned closed = 0;
	char byte;

	for (size_t i = 0; i < count; i++) {
		closed += recv(fds[i], &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0;
	}
	return closed;
}

TEST(test_the_silent_make_room)
{
	static const char *const said[] = { "", "GET /half HTTP/1.1\r\n" HEAD,
					    "POST /body HTTP/1.1\r\n" HEAD
					    "Content-Length: 11\r\n\r\nhello" };
	int fds[8], asked = 0;
	unsigned gone = 0;

	for (size_t i = 0; i < COUNT(fds); i++) {
		fds[i] = dial();
		put(fds[i], said[(i + 2) % COUNT(said)]);
		turn();
	}
	assert_int_equal(count_closed(fds, COUNT(fds)), 0);

	/* Each is answered at once, and is idle then: it goes when those before it have gone. */
	for (; asked < 20; asked++) {
		_cleanup_close_ int fd = dial();

		put(fd, "GET /heard HTTP/1.1\r\n" HEAD "\r\n");
		assert_int_equal(await(fd, "/heard|-|0"), 1);
		gone = count_closed(fds, COUNT(fds));
		assert_true(gone <= (unsigned)asked + 1);
	}
	/* The three that wait for a body gave way to nobody while others waited for a head. */
	assert_true(gone <= 5);
	for (size_t i = 0; i < COUNT(fds); i += 3) {
		put(fds[i], " world");
		assert_int_equal(await(fds[i], "/body|-|11"), 1);
	}
	for (size_t i = 0; i < COUNT(fds); i++) {
		(void)close(fds[i]);
	}
}

TEST(test_connection_limit)
{
	int fds[9];
	_cleanup_close_ int tenth = -1;
	unsigned turns = 0;
	hf_time until;

	for (size_t i = 0; i < COUNT(fds); i++) {
		fds[i] = dial();
		put(fds[i], "GET /late HTTP/1.1\r\n" HEAD "\r\n");
		turn_until(&rig.late_count, (unsigned)i + 1);
	}
	tenth = dial();
	put(tenth, "GET /tenth HTTP/1.1\r\n" HEAD "\r\n");

	until = clock_monotonic() + DEADLINE / 4;
	while (clock_monotonic() < until) {
		assert_true(loop_turn(rig.loop, until - clock_monotonic()) >= 0);
		turns++;
	}
	assert_true(turns < 50);
	assert_int_equal(rig.asked, 9);

	(void)close(fds[0]);
	assert_int_equal(await(tenth, "/tenth|-|0"), 1);
	for (size_t i = 1; i < COUNT(fds); i++) {
		(void)close(fds[i]);
	}
}

TEST(test_no_credentials_on_tcp)
{
	_cleanup_close_ int fd = dial();
	uid_t uid = 7;
	pid_t pid = 7;

	put(fd, "GET /late HTTP/1.1\r\n" HEAD "\r\n");
	turn_until(&rig.late_count, 1);
	assert_int_equal(exchange_peer(rig.late[0], &uid, &pid), -ENOTSUP);
	assert_int_equal(uid, 7);
}

TEST(test_unix_socket)
{
	struct sockaddr_un where = { .sun_family = AF_UNIX };
	char directory[] = "/tmp/holdfast-XXXXXX";
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int listening;
	uid_t uid = 0;
	pid_t pid = 0;

	rig.listener = http_server_free(rig.listener);
	assert_non_null(mkdtemp(directory));
	(void)snprintf(where.sun_path, sizeof(where.sun_path), "%s/api.sock", directory);
	assert_int_equal(socket_listen_unix(where.sun_path, 0660, &listening), 0);
	rig_listen(listening, 8, DEADLINE);

	assert_int_equal(connect(fd, (const struct sockaddr *)&where, sizeof(where)), 0);
	put(fd, "GET /late HTTP/1.1\r\n" HEAD "\r\n");
	turn_until(&rig.late_count, 1);
	assert_int_equal(exchange_peer(rig.late[0], &uid, &pid), 0);
	assert_int_equal(uid, getuid());
	assert_int_equal(pid, getpid());

	assert_int_equal(exchange_answer(rig.late[0], 200, NULL, "whole", 5, NULL), 0);
	assert_int_equal(await(fd, "whole"), 1);
	put(fd, "GET /reset HTTP/1.1\r\n" HEAD "\r\n");
	assert_true(await(fd, NULL) <= 0);
	assert_int_equal(unlink(where.sun_path), 0);
	assert_int_equal(rmdir(directory), 0);
}
