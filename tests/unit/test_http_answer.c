/*
 * Answers of a scripted server: what the end of one means for the text.
 */
#include "test.h"
#include "http_rig.h"

#include "lib/cleanup.h"

static void silent(struct stub *stub, int fd, unsigned connection)
{
	(void)stub_read(stub, fd, connection);
	(void)pause();
	(void)fd;
}

static void drip(struct stub *stub, int fd, unsigned connection)
{
	(void)stub_read(stub, fd, connection);
	stub_write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
	for (;;) {
		stub_write(fd, ".");
		(void)usleep(20000);
	}
}

static void too_large(struct stub *stub, int fd, unsigned connection)
{
	(void)stub_read(stub, fd, connection);
	stub_write(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	for (int i = 0; i < HTTP_ANSWER_MAX / 64 + 1; i++) {
		stub_write(fd, "................................................................");
	}
}

static void endless_headers(struct stub *stub, int fd, unsigned connection)
{
	(void)stub_read(stub, fd, connection);
	stub_write(fd, "HTTP/1.1 200 OK\r\n");
	for (;;) {
		stub_write(fd, "X-More: and more\r\n");
	}
}

static void endless_continue(struct stub *stub, int fd, unsigned connection)
{
	(void)stub_read(stub, fd, connection);
	for (;;) {
		stub_write(fd, "HTTP/1.1 100 Continue\r\n\r\n");
	}
}

static void reset_in_answer(struct stub *stub, int fd, unsigned connection)
{
	const struct linger now = { 1, 0 };

	(void)stub_read(stub, fd, connection);
	stub_write(fd, "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"id\":");
	(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

static void cut_short(struct stub *stub, int fd, unsigned connection)
{
	(void)stub_read(stub, fd, connection);
	stub_write(fd, "HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{\"id\":");
}

static void no_http(struct stub *stub, int fd, unsigned connection)
{
	(void)stub_read(stub, fd, connection);
	stub_write(fd, "220 mail.example.org ESMTP\r\n");
}

TEST(test_what_may_have_arrived_is_lost)
{
	static const stub_script scripts[] = { silent,           drip,
					       too_large,        endless_headers,
					       endless_continue, reset_in_answer,
					       cut_short,        no_http };

	for (size_t i = 0; i < sizeof(scripts) / sizeof(*scripts); i++) {
		struct rig rig;
		struct seen seen;

		rig_open(&rig, scripts[i], HF_SECOND / 2);
		seen = post(&rig, "one");
		assert_int_equal(seen.fate, HTTP_LOST);
		assert_int_equal(seen.status, 0);
		assert_int_equal(copies(rig.stub, "one"), 1);
		rig_close(&rig);
	}
}

static void largest(struct stub *stub, int fd, unsigned connection)
{
	(void)stub_read(stub, fd, connection);
	stub_write(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
	for (int i = 0; i < HTTP_ANSWER_MAX / 64; i++) {
		stub_write(fd, "................................................................");
	}
}

TEST(test_the_largest_answer)
{
	struct rig rig;
	struct seen seen;

	rig_open(&rig, largest, 5 * HF_SECOND);
	seen = post(&rig, "one");
	assert_int_equal(seen.fate, HTTP_ANSWERED);
	assert_int_equal(seen.body_size, HTTP_ANSWER_MAX);
	/* The buffer is used again, and empty. */
	assert_int_equal(post(&rig, "two").body_size, HTTP_ANSWER_MAX);
	rig_close(&rig);
}

/* Sends the encoding and the body of that number; then it begins anew. */
static void encoded(struct stub *stub, int fd, unsigned connection)
{
	static const struct {
		const char *encoding, *bytes;
		int size;
	} answers[] = {
		{ "gzip",
		  "\037\213\010\0\0\0\0\0\002\003\253V\312L\121\262R\252P\252\005\0\274~"
		  "S\211\012\0\0\0",
		  30 },
		{ "deflate", "\170\234\253V\312L\121\262R\252P\252\005\0\020\255\003\0", 18 },
		{ "deflate", "\253V\312L\121\262R\252P\252\005\0", 12 },
		{ "gzip", "{\"id\":\"x\"}", 10 },
		{ "utf-8", "{\"id\":\"x\"}", 10 },
		{ "identity", "{\"id\":\"x\"}", 10 },
	};

	for (size_t i = 0; stub_read(stub, fd, connection); i++) {
		char head[128];

		(void)snprintf(head, sizeof(head),
			       "HTTP/1.1 201 Created\r\nContent-Encoding: %s\r\n"
			       "Content-Length: %d\r\n\r\n",
			       answers[i % COUNT(answers)].encoding,
			       answers[i % COUNT(answers)].size);
		stub_write(fd, head);
		(void)send(fd, answers[i % COUNT(answers)].bytes,
			   (size_t)answers[i % COUNT(answers)].size, MSG_NOSIGNAL);
	}
}

/* A proxy may compress what nobody asked it to. */
TEST(test_compressed)
{
	struct rig rig;
	struct seen seen;

	rig_open(&rig, encoded, 5 * HF_SECOND);
	for (int i = 0; i < 6; i++) {
		seen = post(&rig, "one");
		assert_int_equal(seen.fate, HTTP_ANSWERED);
		assert_string_equal(seen.body, "{\"id\":\"x\"}");
	}
	rig_close(&rig);
}

/* A hundred bytes that become seventy thousand: the limit is that of what comes out. */
static void bomb(struct stub *stub, int fd, unsigned connection)
{
	static const char bytes[] =
		"\037\213\010\000\000\000\000\000\002\003\355\301\061\001\000\000\000\302\240\112"
		"\353\237\316\022\236\100\001\000\000\000\000\000\000\000\000\000\000\000\000\000"
		"\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
		"\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
		"\000\000\000\000\000\000\000\000\000\000\000\000\000\000\157\003\076\236\263\103"
		"\160\021\001\000";

	(void)stub_read(stub, fd, connection);
	stub_write(fd, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n");
	(void)send(fd, bytes, sizeof(bytes) - 1, MSG_NOSIGNAL);
}

TEST(test_a_bomb)
{
	struct rig rig;

	rig_open(&rig, bomb, 5 * HF_SECOND);
	assert_int_equal(post(&rig, "one").fate, HTTP_LOST);
	rig_close(&rig);
}

static void redirect(struct stub *stub, int fd, unsigned connection)
{
	while (stub_read(stub, fd, connection)) {
		stub_write(fd, "HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\n"
			       "Content-Length: 0\r\n\r\n");
	}
}

TEST(test_a_redirect_is_an_answer)
{
	struct rig rig;
	struct seen seen;

	rig_open(&rig, redirect, 5 * HF_SECOND);
	seen = post(&rig, "one");
	assert_int_equal(seen.fate, HTTP_ANSWERED);
	assert_int_equal(seen.status, 302);
	assert_int_equal(rig.stub->requests, 1);
	rig_close(&rig);
}

/* Answers with the header that the request's body is. */
static void echo_header(struct stub *stub, int fd, unsigned connection)
{
	struct stub_request *request;

	while ((request = stub_read(stub, fd, connection))) {
		stub_write(fd, "HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n");
		stub_write(fd, request->body);
		stub_write(fd, "\r\n");
	}
}

TEST(test_retry_after)
{
	struct rig rig;

	rig_open(&rig, echo_header, 5 * HF_SECOND);
	assert_int_equal(post(&rig, "X-None: 5\r\n").retry_after, -1);
	assert_int_equal(post(&rig, "Retry-After: 7\r\n").retry_after, 7);
	assert_int_equal(post(&rig, "retry-after: 0\r\n").retry_after, 0);
	assert_int_equal(post(&rig, "Retry-After: 99999\r\n").retry_after, 3600);
	assert_int_equal(post(&rig, "Retry-After: -3\r\n").retry_after, 0);
	assert_int_equal(post(&rig, "Retry-After: soon\r\n").retry_after, 0);
	assert_int_equal(post(&rig, "Retry-After: Wed, 21 Oct 2015 07:28:00 GMT\r\n").retry_after,
			 0);
	assert_int_equal(post(&rig, "Retry-After: Wed, 21 Oct 2099 07:28:00 GMT\r\n").retry_after,
			 3600);
	assert_int_equal(post(&rig, "X-None: 5\r\n").retry_after, -1);
	rig_close(&rig);
}
