/*
 * Requests against a scripted server: what is sent once, what an answer's end
 * means, and what is never done.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/clock.h"
#include "base/http.h"
#include "stub.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

struct seen {
	unsigned answers;
	enum http_fate fate;
	int status;
	long retry_after;
	hf_time first_byte_after;
	size_t body_size;
	char body[64], detail[128];
};

struct rig {
	struct loop *loop;
	struct http *http;
	struct stub *stub;
	struct seen seen;
};

static void on_answer(void *userdata, const struct http_answer *answer)
{
	struct seen *seen = userdata;

	seen->answers++;
	seen->fate = answer->fate;
	seen->status = answer->status;
	seen->retry_after = answer->retry_after;
	seen->first_byte_after = answer->first_byte_after;
	seen->body_size = answer->body_size;
	assert_int_equal(strlen(answer->body), answer->body_size);
	(void)snprintf(seen->body, sizeof(seen->body), "%s", answer->body);
	(void)snprintf(seen->detail, sizeof(seen->detail), "%s", answer->detail);
}

static void rig_open(struct rig *rig, stub_script script, hf_time timeout)
{
	const struct http_options options = {
		.most_connections = 1,
		.connect_timeout = 2 * HF_SECOND,
		.timeout = timeout,
	};

	*rig = (struct rig){ .stub = stub_start(script) };
	assert_int_equal(loop_new(&rig->loop), 0);
	assert_int_equal(http_new(rig->loop, &options, &rig->http), 0);
}

static void rig_close(struct rig *rig)
{
	assert_null(http_free(rig->http));
	loop_free(rig->loop);
	stub_stop(rig->stub);
}

static void wait_for(struct rig *rig, unsigned answers)
{
	hf_time end = clock_monotonic() + 20 * HF_SECOND;

	while (rig->seen.answers < answers) {
		assert_true(clock_monotonic() < end);
		assert_true(loop_turn(rig->loop, HF_SECOND) >= 0);
	}
}

static struct seen ask(struct rig *rig, struct http_request request)
{
	char url[64];

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/messages", rig->stub->port);
	request.url = url;
	request.body_size = request.body ? strlen(request.body) : 0;
	rig->seen = (struct seen){ 0 };
	assert_int_equal(http_start(rig->http, &request, on_answer, &rig->seen), 0);
	assert_int_equal(rig->seen.answers, 0);
	wait_for(rig, 1);
	return rig->seen;
}

static struct seen post(struct rig *rig, const char *body)
{
	return ask(rig, (struct http_request){ .method = "POST", .body = body });
}

static void answer_each(struct stub *stub, int fd, unsigned connection)
{
	while (stub_read(stub, fd, connection)) {
		stub_write(fd, OK);
	}
}

static void test_a_connection_is_used_again(void **state)
{
	static const char *const headers[] = { "X-Key: k1", NULL };
	struct rig rig;
	struct seen seen;

	(void)state;
	rig_open(&rig, answer_each, 5 * HF_SECOND);
	seen = ask(&rig, (struct http_request){ .method = "POST",
						.body = "one",
						.headers = headers,
						.user = "u",
						.password = "p" });
	assert_int_equal(seen.fate, HTTP_ANSWERED);
	assert_int_equal(seen.status, 200);
	assert_string_equal(seen.body, "ok");
	assert_int_equal(seen.retry_after, -1);
	assert_true(seen.first_byte_after >= 0);
	assert_int_equal(post(&rig, "two").fate, HTTP_ANSWERED);
	assert_int_equal(ask(&rig, (struct http_request){ .method = "GET" }).fate, HTTP_ANSWERED);

	assert_int_equal(rig.stub->connections, 1);
	assert_int_equal(rig.stub->requests, 3);
	assert_non_null(strstr(rig.stub->list[0].head, "X-Key: k1\r\n"));
	assert_non_null(strstr(rig.stub->list[0].head, "Authorization: Basic dTpw\r\n"));
	assert_null(strcasestr(rig.stub->list[0].head, "Expect:"));
	assert_null(strcasestr(rig.stub->list[0].head, "Accept-Encoding:"));
	assert_string_equal(rig.stub->list[1].body, "two");
	assert_null(strstr(rig.stub->list[1].head, "X-Key"));
	assert_null(strstr(rig.stub->list[1].head, "Authorization"));
	assert_memory_equal(rig.stub->list[2].head, "GET /messages HTTP/1.1\r\n", 24);
	assert_string_equal(rig.stub->list[2].body, "");
	rig_close(&rig);
}

/* Answers the first request of a connection and closes it after the second, unanswered. */
static void die_on_second(struct stub *stub, int fd, unsigned connection)
{
	if (stub_read(stub, fd, connection)) {
		stub_write(fd, OK);
	}
	(void)stub_read(stub, fd, connection);
}

static unsigned copies(const struct stub *stub, const char *body)
{
	unsigned count = 0;

	for (unsigned i = 0; i < stub->requests; i++) {
		count += strcmp(stub->list[i].body, body) == 0;
	}
	return count;
}

static void test_a_post_that_dies_unanswered_is_not_repeated(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, die_on_second, 5 * HF_SECOND);
	assert_int_equal(post(&rig, "one").fate, HTTP_ANSWERED);
	assert_int_equal(post(&rig, "two").fate, HTTP_LOST);
	assert_int_equal(copies(rig.stub, "two"), 1);

	/* And the next one is as if nothing had been. */
	assert_int_equal(post(&rig, "three").fate, HTTP_ANSWERED);
	assert_int_equal(copies(rig.stub, "three"), 1);
	rig_close(&rig);
}

/* The same server and no guard: libcurl sends it again.  Without this the test above shows
 * nothing. */
static void test_resend_lets_it_be_repeated(void **state)
{
	struct rig rig;
	struct seen seen;

	(void)state;
	rig_open(&rig, die_on_second, 5 * HF_SECOND);
	assert_int_equal(post(&rig, "one").fate, HTTP_ANSWERED);
	seen = ask(&rig, (struct http_request){ .method = "POST", .body = "two", .resend = true });
	assert_int_equal(seen.fate, HTTP_ANSWERED);
	assert_int_equal(copies(rig.stub, "two"), 2);
	rig_close(&rig);
}

static void test_a_get_that_dies_unanswered_is_not_repeated(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, die_on_second, 5 * HF_SECOND);
	assert_int_equal(post(&rig, "one").fate, HTTP_ANSWERED);
	assert_int_equal(ask(&rig, (struct http_request){ .method = "GET" }).fate, HTTP_LOST);
	assert_int_equal(rig.stub->requests, 2);
	rig_close(&rig);
}

static void close_after_answer(struct stub *stub, int fd, unsigned connection)
{
	if (stub_read(stub, fd, connection)) {
		stub_write(fd, OK);
	}
}

/* A connection that was closed while it idled is replaced before anything is written. */
static void test_a_dead_idle_connection_is_replaced(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig, close_after_answer, 5 * HF_SECOND);
	assert_int_equal(post(&rig, "one").fate, HTTP_ANSWERED);
	(void)loop_turn(rig.loop, HF_SECOND / 5);
	assert_int_equal(post(&rig, "two").fate, HTTP_ANSWERED);
	assert_int_equal(copies(rig.stub, "two"), 1);
	assert_int_equal(rig.stub->connections, 2);
	rig_close(&rig);
}

static void test_nobody_listens(void **state)
{
	struct rig rig;
	struct seen seen;

	(void)state;
	rig_open(&rig, answer_each, 5 * HF_SECOND);
	rig.stub->port = stub_free_port();
	seen = post(&rig, "one");
	assert_int_equal(seen.fate, HTTP_UNSENT);
	assert_int_equal(seen.first_byte_after, -1);
	assert_null(strstr(seen.detail, "127.0.0.1"));
	rig_close(&rig);
}

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

static void test_what_may_have_arrived_is_lost(void **state)
{
	static const stub_script scripts[] = { silent,           drip,
					       too_large,        endless_headers,
					       endless_continue, reset_in_answer,
					       cut_short,        no_http };

	(void)state;
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

static void test_the_largest_answer(void **state)
{
	struct rig rig;
	struct seen seen;

	(void)state;
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

static void test_a_redirect_is_an_answer(void **state)
{
	struct rig rig;
	struct seen seen;

	(void)state;
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

static void test_retry_after(void **state)
{
	struct rig rig;

	(void)state;
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

static void refuse_request(struct rig *rig, struct http_request request)
{
	assert_int_equal(http_start(rig->http, &request, on_answer, &rig->seen), -EINVAL);
}

static void test_what_is_refused_at_once(void **state)
{
	static const char *const split[] = { "X-Key: a\r\nX-Other: b", NULL };
	struct rig rig;

	(void)state;
	rig_open(&rig, answer_each, 5 * HF_SECOND);
	refuse_request(&rig,
		       (struct http_request){ .method = "GET", .url = "http://example.org/" });
	refuse_request(&rig, (struct http_request){ .method = "GET", .url = "file:///etc/passwd" });
	refuse_request(&rig, (struct http_request){ .method = "PUT", .url = "http://127.0.0.1/" });
	refuse_request(&rig, (struct http_request){
				     .method = "GET", .url = "http://127.0.0.1/", .body = "" });
	refuse_request(&rig, (struct http_request){ .method = "POST",
						    .url = "http://127.0.0.1/",
						    .headers = split });
	assert_int_equal(post(&rig, "still fine").fate, HTTP_ANSWERED);
	rig_close(&rig);
}

/* More calls than connections wait their turn; those of a closed client end silently. */
static void test_many_and_an_early_end(void **state)
{
	struct rig rig;
	char url[64];
	struct http_request request = { .method = "POST", .body = "x", .body_size = 1, .url = url };

	(void)state;
	rig_open(&rig, answer_each, 5 * HF_SECOND);
	http_set_connections(rig.http, 3);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/", rig.stub->port);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(http_start(rig.http, &request, on_answer, &rig.seen), 0);
	}
	wait_for(&rig, 100);
	assert_true(rig.stub->connections <= 3);

	for (int i = 0; i < 10; i++) {
		assert_int_equal(http_start(rig.http, &request, on_answer, &rig.seen), 0);
	}
	wait_for(&rig, 101);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_connection_is_used_again),
		cmocka_unit_test(test_a_post_that_dies_unanswered_is_not_repeated),
		cmocka_unit_test(test_resend_lets_it_be_repeated),
		cmocka_unit_test(test_a_get_that_dies_unanswered_is_not_repeated),
		cmocka_unit_test(test_a_dead_idle_connection_is_replaced),
		cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_what_may_have_arrived_is_lost),
		cmocka_unit_test(test_the_largest_answer),
		cmocka_unit_test(test_a_redirect_is_an_answer),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_what_is_refused_at_once),
		cmocka_unit_test(test_many_and_an_early_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
