/*
 * Answers of a scripted server: what the end of one means for the text.
 */
#include "test.h"
#include "http_rig.h"

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
