/* An exchange with a carrier that only takes notes: every way to settle it, and only once. */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/exchange.h"

static struct notes {
	const char *length, *coding; /* headers */
	int prepare_answers;
	int status;
	const char *type;
	unsigned settled, gone;
	int pair[2];
	struct exchange *exchange;
} notes;

static const char *find_query(const struct exchange *exchange, const char *name)
{
	(void)exchange;
	return strcmp(name, "known") == 0 ? "value" : NULL;
}

static const char *find_header(const struct exchange *exchange, const char *name)
{
	(void)exchange;
	return strcasecmp(name, "content-length") == 0      ? notes.length
	       : strcasecmp(name, "transfer-encoding") == 0 ? notes.coding
							    : NULL;
}

static int prepare(struct exchange *exchange, int status, const char *type, const char *body,
		   size_t size, const char *const *headers)
{
	(void)exchange, (void)body, (void)size, (void)headers;
	notes.status = status;
	notes.type = type;
	return notes.prepare_answers;
}

static void on_settled(struct exchange *exchange)
{
	assert_true(exchange->state == EXCHANGE_ANSWERED || exchange->state == EXCHANGE_BROKEN);
	notes.settled++;
}

static void on_gone(struct exchange *exchange)
{
	assert_int_equal(exchange->state, EXCHANGE_BROKEN);
	notes.gone++;
}

static const struct exchange_carrier carrier = { find_query, find_header, prepare, on_settled,
						 on_gone };

static int up(void **state)
{
	(void)state;
	notes = (struct notes){ 0 };
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, notes.pair), 0);
	notes.exchange = exchange_new(&carrier, notes.pair[0], "/a?known=value");
	assert_non_null(notes.exchange);
	assert_int_equal(notes.exchange->state, EXCHANGE_NEW);
	notes.exchange->state = EXCHANGE_OWED;
	return 0;
}

static int down(void **state)
{
	(void)state;
	notes.exchange = exchange_free(notes.exchange);
	(void)close(notes.pair[0]);
	(void)close(notes.pair[1]);
	return 0;
}

FIXTURE(up, down);

TEST(test_getters)
{
	size_t size = 7;

	assert_string_equal(exchange_raw_url(notes.exchange), "/a?known=value");
	assert_string_equal(exchange_query(notes.exchange, "known"), "value");
	assert_null(exchange_query(notes.exchange, "other"));
	assert_string_equal(exchange_body(notes.exchange, &size), "");
	assert_int_equal(size, 0);
	assert_null(exchange_free(NULL));
}

TEST(test_body)
{
	size_t size;

	for (int i = 0; i < 10; i++) {
		assert_int_equal(exchange_take(notes.exchange, "0123456789", 10, 100), 0);
	}
	assert_int_equal(exchange_take(notes.exchange, "x", 1, 100), -E2BIG);
	assert_int_equal(strlen(exchange_body(notes.exchange, &size)), 100);
	assert_int_equal(size, 100);
	assert_non_null(exchange_body(notes.exchange, NULL));
}

static int check(const char *length, const char *coding)
{
	notes.length = length;
	notes.coding = coding;
	return exchange_check(notes.exchange, 100);
}

TEST(test_check)
{
	_cleanup_free_ char *url = notes.exchange->raw_url;
	char nul[] = "/a%00b";

	assert_int_equal(check(NULL, NULL), 0);
	assert_int_equal(check("100", NULL), 0);
	assert_int_equal(check("101", NULL), 413);
	assert_int_equal(check("99999999999999999999999999", NULL), 413);
	assert_int_equal(check(NULL, "Chunked"), 0);
	assert_int_equal(check(NULL, "gzip, chunked"), 400);
	assert_int_equal(check("1", "chunked"), 400);
	notes.exchange->raw_url = nul;
	assert_int_equal(check(NULL, NULL), 400);
	notes.exchange->raw_url = take_ptr(url);
}

TEST(test_answer_once)
{
	assert_int_equal(exchange_answer(notes.exchange, 201, NULL, "", 0, NULL), 0);
	assert_int_equal(notes.status, 201);
	assert_string_equal(notes.type, "application/json");
	assert_int_equal(notes.exchange->state, EXCHANGE_ANSWERED);
	assert_int_equal(exchange_answer(notes.exchange, 500, NULL, "", 0, NULL), -EALREADY);
	assert_int_equal(exchange_break(notes.exchange, NULL, 0, 0), -EALREADY);
	assert_int_equal(notes.status, 201);
	assert_int_equal(notes.settled, 1);
}

TEST(test_answer_that_cannot_be_made)
{
	notes.prepare_answers = -ENOMEM;
	assert_int_equal(exchange_answer(notes.exchange, 201, NULL, "", 0, NULL), -ENOMEM);
	assert_int_equal(notes.exchange->state, EXCHANGE_BROKEN);
	assert_int_equal(notes.settled, 1);
}

TEST(test_break)
{
	char bytes[8] = "";

	assert_int_equal(exchange_leak(notes.exchange, "ab", 2), 0);
	assert_int_equal(exchange_break(notes.exchange, "cd", 2, 1), 0);
	assert_int_equal(exchange_break(notes.exchange, "ef", 2, 1), -EALREADY);
	assert_int_equal(recv(notes.pair[1], bytes, sizeof(bytes), MSG_DONTWAIT), 4);
	assert_string_equal(bytes, "abcd");
	assert_int_equal(recv(notes.pair[1], bytes, sizeof(bytes), MSG_DONTWAIT), 0);
	assert_int_equal(notes.exchange->state, EXCHANGE_BROKEN);
	assert_int_equal(exchange_leak(notes.exchange, "gh", 2), -EPIPE);
}

TEST(test_break_where_nobody_reads)
{
	static char much[4 * 1024 * 1024];

	assert_int_equal(exchange_break(notes.exchange, much, sizeof(much), 0), -EAGAIN);
	assert_int_equal(notes.exchange->state, EXCHANGE_BROKEN);
	assert_int_equal(notes.settled, 1);
}

TEST(test_peer_leaves)
{
	struct loop *loop = NULL;

	assert_int_equal(loop_new(&loop), 0);
	assert_int_equal(exchange_wait(notes.exchange, loop), 0);
	assert_true(loop_turn(loop, 0) >= 0);
	assert_int_equal(notes.gone, 0);
	assert_int_equal(shutdown(notes.pair[1], SHUT_RDWR), 0);
	assert_true(loop_turn(loop, HF_SECOND) >= 0);
	assert_int_equal(notes.gone, 1);
	assert_int_equal(notes.settled, 1);
	assert_int_equal(exchange_answer(notes.exchange, 200, NULL, "", 0, NULL), -EALREADY);
	assert_true(loop_turn(loop, 0) >= 0);
	assert_int_equal(notes.gone, 1);
	(void)loop_free(loop);
}
