/*
 * Requests against a scripted server: what is sent once, and what is not sent
 * at all.
 */
#include "test.h"
#include "http_rig.h"

TEST(test_a_connection_is_used_again)
{
	static const char *const headers[] = { "X-Key: k1", NULL };
	struct rig rig;
	struct seen seen;

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

TEST(test_a_post_that_dies_unanswered_is_not_repeated)
{
	struct rig rig;

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
TEST(test_resend_lets_it_be_repeated)
{
	struct rig rig;
	struct seen seen;

	rig_open(&rig, die_on_second, 5 * HF_SECOND);
	assert_int_equal(post(&rig, "one").fate, HTTP_ANSWERED);
	seen = ask(&rig, (struct http_request){ .method = "POST", .body = "two", .resend = true });
	assert_int_equal(seen.fate, HTTP_ANSWERED);
	assert_int_equal(copies(rig.stub, "two"), 2);
	rig_close(&rig);
}

TEST(test_a_get_that_dies_unanswered_is_not_repeated)
{
	struct rig rig;

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
TEST(test_a_dead_idle_connection_is_replaced)
{
	struct rig rig;

	rig_open(&rig, close_after_answer, 5 * HF_SECOND);
	assert_int_equal(post(&rig, "one").fate, HTTP_ANSWERED);
	(void)loop_turn(rig.loop, HF_SECOND / 5);
	assert_int_equal(post(&rig, "two").fate, HTTP_ANSWERED);
	assert_int_equal(copies(rig.stub, "two"), 1);
	assert_int_equal(rig.stub->connections, 2);
	rig_close(&rig);
}

TEST(test_nobody_listens)
{
	struct rig rig;
	struct seen seen;

	rig_open(&rig, answer_each, 5 * HF_SECOND);
	rig.stub->port = stub_free_port();
	seen = post(&rig, "one");
	assert_int_equal(seen.fate, HTTP_UNSENT);
	assert_int_equal(seen.first_byte_after, -1);
	assert_null(strstr(seen.detail, "127.0.0.1"));
	rig_close(&rig);
}

static void refuse_request(struct rig *rig, struct http_request request)
{
	assert_int_equal(http_client_start(rig->http, &request, on_answer, &rig->seen), -EINVAL);
}

TEST(test_what_is_refused_at_once)
{
	static const char *const split[] = { "X-Key: a\r\nX-Other: b", NULL };
	struct rig rig;

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
TEST(test_many_and_an_early_end)
{
	struct rig rig;
	char url[64];
	struct http_request request = { .method = "POST", .body = "x", .body_size = 1, .url = url };

	rig_open(&rig, answer_each, 5 * HF_SECOND);
	http_client_set_connections(rig.http, 3);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/", rig.stub->port);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(http_client_start(rig.http, &request, on_answer, &rig.seen), 0);
	}
	wait_for(&rig, 100);
	assert_true(rig.stub->connections <= 3);

	for (int i = 0; i < 10; i++) {
		assert_int_equal(http_client_start(rig.http, &request, on_answer, &rig.seen), 0);
	}
	wait_for(&rig, 101);
	rig_close(&rig);
}
