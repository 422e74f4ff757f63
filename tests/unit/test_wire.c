/* The wire over a real socket pair: order, splitting, full sockets, breaches, and deaths. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/wire.h"

enum { HERE, THERE };

/* Both ends, or one end and the bare socket of the other; and what was heard. */
struct rig {
	struct loop *loop;
	struct wire *wire[2];
	int bare;
	unsigned hellos, text_packets, outcome_packets, receipts, closed;
	int64_t next_id; /* the text or outcome that must come next */
	unsigned credit, credits;
	char why[64];
	bool free_it; /* the next handler frees its wire */
};

static void maybe_free(struct rig *rig)
{
	if (rig->free_it) {
		rig->wire[HERE] = wire_free(rig->wire[HERE]);
	}
}

static void on_hello(void *userdata, const struct wire_hello *hello)
{
	struct rig *rig = userdata;

	rig->hellos++;
	maybe_free(rig);
	/* What came is there until the handler returns, even if the wire is not. */
	assert_string_equal(hello->gateway, "primary");
}

static void on_texts(void *userdata, const struct wire_text *texts, size_t count)
{
	struct rig *rig = userdata;

	rig->text_packets++;
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(texts[i].id, rig->next_id++);
	}
	maybe_free(rig);
}

static void on_outcomes(void *userdata, const struct wire_outcome *outcomes, size_t count,
			unsigned credit)
{
	struct rig *rig = userdata;

	rig->outcome_packets++;
	rig->credit += credit;
	rig->credits += credit > 0;
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(outcomes[i].id, rig->next_id++);
	}
	/* Credit is the last thing that is said. */
	assert_true(rig->credits <= 1);
	maybe_free(rig);
}

static void on_closed(void *userdata, const char *why)
{
	struct rig *rig = userdata;

	rig->closed++;
	(void)snprintf(rig->why, sizeof(rig->why), "%s", why);
	maybe_free(rig);
}

static void on_inbound(void *userdata, const struct wire_inbound *inbound, size_t count)
{
	struct rig *rig = userdata;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(inbound[i].seq, rig->next_id++);
	}
}

static void on_receipts(void *userdata, const struct wire_receipt *receipts, size_t count)
{
	struct rig *rig = userdata;

	assert_int_equal(receipts[0].state, RECEIPT_DELIVERED);
	rig->receipts += (unsigned)count;
}

static void on_stored(void *userdata, const struct wire_stored *stored, size_t count)
{
	struct rig *rig = userdata;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(stored[i].seq, rig->next_id++);
		assert_int_equal(stored[i].stored, stored[i].seq % 2 == 0);
	}
}

static const struct wire_handlers handlers = {
	.on_hello = on_hello,
	.on_texts = on_texts,
	.on_outcomes = on_outcomes,
	.on_closed = on_closed,
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	int ends[2];

	assert_non_null(rig);
	assert_int_equal(loop_new(&rig->loop), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(wire_new(rig->loop, ends[0], &handlers, rig, &rig->wire[HERE]), 0);
	rig->bare = ends[1];
	*state = rig;
	return 0;
}

static int set_up_both(void **state)
{
	struct rig *rig;

	(void)set_up(state);
	rig = *state;
	assert_int_equal(wire_new(rig->loop, take_fd(rig->bare), &handlers, rig, &rig->wire[THERE]),
			 0);
	return 0;
}

/* A courier here and holdfastd there: each hears only what the other may say. */
static int set_up_sides(void **state)
{
	static const struct wire_handlers courier = { .on_stored = on_stored,
						      .on_closed = on_closed };
	static const struct wire_handlers daemon = { .on_inbound = on_inbound,
						     .on_receipts = on_receipts,
						     .on_closed = on_closed };
	struct rig *rig = calloc(1, sizeof(*rig));
	int ends[2];

	assert_non_null(rig);
	rig->bare = -1;
	assert_int_equal(loop_new(&rig->loop), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(wire_new(rig->loop, ends[0], &courier, rig, &rig->wire[HERE]), 0);
	assert_int_equal(wire_new(rig->loop, ends[1], &daemon, rig, &rig->wire[THERE]), 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	rig->wire[HERE] = wire_free(rig->wire[HERE]);
	rig->wire[THERE] = wire_free(rig->wire[THERE]);
	closep(&rig->bare);
	rig->loop = loop_free(rig->loop);
	free(rig);
	return 0;
}

/* Turns until nothing more happens. */
static void settle(struct rig *rig)
{
	for (int i = 0; i < 2000; i++) {
		assert_true(loop_turn(rig->loop, 0) > 0);
	}
}

static struct wire_text *new_texts(size_t count, const char *body)
{
	struct wire_text *texts = calloc(count, sizeof(*texts));

	assert_non_null(texts);
	for (size_t i = 0; i < count; i++) {
		texts[i] = (struct wire_text){ .id = (int64_t)i, .body = body };
	}
	return texts;
}

FIXTURE(set_up, tear_down);

TEST(test_conversation, set_up_both, tear_down)
{
	const struct wire_hello hello = { .gateway = "primary", .rate = 1 };
	_cleanup_free_ struct wire_text *texts = new_texts(300, "a");
	struct wire_outcome outcomes[300] = { 0 };
	struct rig *rig = *state;

	for (int i = 0; i < 300; i++) {
		outcomes[i].id = i;
	}
	assert_int_equal(wire_send_hello(rig->wire[THERE], &hello), 0);
	settle(rig);
	assert_int_equal(rig->hellos, 1);

	assert_int_equal(wire_send_texts(rig->wire[HERE], texts, 300), 0);
	assert_int_equal(wire_send_texts(rig->wire[HERE], NULL, 0), 0);
	settle(rig);
	assert_int_equal(rig->text_packets, 3);
	assert_int_equal(rig->next_id, 300);

	rig->next_id = 0;
	assert_int_equal(wire_send_outcomes(rig->wire[THERE], outcomes, 300, 7), 0);
	settle(rig);
	assert_int_equal(rig->outcome_packets, 3);
	assert_int_equal(rig->next_id, 300);
	assert_int_equal(rig->credit, 7);

	rig->credits = 0;
	assert_int_equal(wire_send_outcomes(rig->wire[THERE], NULL, 0, 5), 0);
	settle(rig);
	assert_int_equal(rig->credit, 12);
	assert_int_equal(rig->closed, 0);
}

/* 128 texts of 4000 bytes are far over a packet: they go in several, none lost, in order. */
TEST(test_split_by_size, set_up_both, tear_down)
{
	char body[4001] = "";
	_cleanup_free_ struct wire_text *texts = NULL;
	_cleanup_free_ char *huge = calloc(1, WIRE_PACKET_MAX + 1);
	struct rig *rig = *state;

	memset(body, 'x', sizeof(body) - 1);
	texts = new_texts(128, body);
	assert_int_equal(wire_send_texts(rig->wire[THERE], texts, 128), 0);
	settle(rig);
	assert_int_equal(rig->next_id, 128);
	assert_in_range(rig->text_packets, 4, 8);

	assert_non_null(huge);
	memset(huge, 'x', WIRE_PACKET_MAX);
	texts[0].body = huge;
	assert_int_equal(wire_send_texts(rig->wire[THERE], texts, 1), -EMSGSIZE);
}

/* The socket is full long before all is said: the rest waits its turn. */
TEST(test_full_socket, set_up_both, tear_down)
{
	char body[201] = "";
	_cleanup_free_ struct wire_text *texts = NULL;
	const struct wire_hello hello = { .gateway = "primary" };
	struct rig *rig = *state;

	memset(body, 'x', sizeof(body) - 1);
	texts = new_texts(20000, body);
	assert_int_equal(wire_send_texts(rig->wire[THERE], texts, 20000), 0);
	assert_int_equal(wire_send_hello(rig->wire[THERE], &hello), 0);
	settle(rig);
	assert_int_equal(rig->next_id, 20000);
	assert_int_equal(rig->hellos, 1);
}

TEST(test_queue_limit)
{
	char body[1001] = "";
	_cleanup_free_ struct wire_text *texts = NULL;
	struct rig *rig = *state;
	int r = 0, batches = 0;

	memset(body, 'x', sizeof(body) - 1);
	texts = new_texts(100, body);
	for (; r == 0; batches++) {
		assert_in_range(batches, 0, 1000);
		r = wire_send_texts(rig->wire[HERE], texts, 100);
	}
	assert_int_equal(r, -ENOBUFS);
	assert_in_range(batches, 500, 1000);
	/* The wire itself is well. */
	settle(rig);
	assert_int_equal(rig->closed, 0);
}

static void send_bare(struct rig *rig, const char *bytes, size_t size)
{
	assert_int_equal(send(rig->bare, bytes, size, MSG_NOSIGNAL), size);
}

#define CREDIT "{\"type\":\"outcomes\",\"outcomes\":[],\"credit\":1}"
#define HELLO                                                                                      \
	"{\"type\":\"hello\",\"version\":1,\"gateway\":\"primary\",\"idempotent\":true,"           \
	"\"rate\":1}"

TEST(test_breach)
{
	const struct wire_hello hello = { .gateway = "primary" };
	struct rig *rig = *state;

	send_bare(rig, HELLO, strlen(HELLO));
	send_bare(rig, "{\"type\":\"mail\"}", 15);
	send_bare(rig, CREDIT, strlen(CREDIT));
	settle(rig);
	/* What was said before counts, nothing after it. */
	assert_int_equal(rig->hellos, 1);
	assert_int_equal(rig->closed, 1);
	assert_int_equal(rig->outcome_packets, 0);
	assert_string_equal(rig->why, "a packet of an unknown type");
	assert_int_equal(wire_send_hello(rig->wire[HERE], &hello), -EPIPE);
	assert_int_equal(wire_send_outcomes(rig->wire[HERE], NULL, 0, 1), -EPIPE);
}

TEST(test_too_long)
{
	_cleanup_free_ char *bytes = calloc(1, WIRE_PACKET_MAX + 1);
	struct rig *rig = *state;

	assert_non_null(bytes);
	memset(bytes, ' ', WIRE_PACKET_MAX + 1);
	memcpy(bytes, CREDIT, sizeof(CREDIT) - 1);
	send_bare(rig, bytes, WIRE_PACKET_MAX);
	settle(rig);
	assert_int_equal(rig->outcome_packets, 1);
	send_bare(rig, bytes, WIRE_PACKET_MAX + 1);
	settle(rig);
	assert_int_equal(rig->closed, 1);
	assert_string_equal(rig->why, "a packet that is too long");
}

TEST(test_peer_gone)
{
	const struct wire_hello hello = { .gateway = "primary" };
	struct rig *rig = *state;

	/* More packets than are read at one go, and all of them before the end is noticed, though
	 * sending has failed by then. */
	for (int i = 0; i < 100; i++) {
		send_bare(rig, HELLO, strlen(HELLO));
	}
	closep(&rig->bare);
	rig->bare = -1;
	assert_int_equal(wire_send_hello(rig->wire[HERE], &hello), -EPIPE);
	assert_int_equal(rig->closed, 0);
	settle(rig);
	assert_int_equal(rig->hellos, 100);
	assert_int_equal(rig->closed, 1);
	assert_string_equal(rig->why, "closed by the peer");
}

TEST(test_peer_gone_with_queue)
{
	char body[1001] = "";
	_cleanup_free_ struct wire_text *texts = NULL;
	struct rig *rig = *state;

	memset(body, 'x', sizeof(body) - 1);
	texts = new_texts(2000, body);
	assert_int_equal(wire_send_texts(rig->wire[HERE], texts, 2000), 0);
	settle(rig);
	assert_int_equal(rig->closed, 0);
	closep(&rig->bare);
	rig->bare = -1;
	settle(rig);
	assert_int_equal(rig->closed, 1);
}

/* Each handler frees the wire that calls it, from the loop and by hand. */
TEST(test_free_inside)
{
	static const char *const packets[] = { HELLO, CREDIT, "nonsense" };
	struct rig *rig = *state;

	for (size_t i = 0; i < COUNT(packets); i++) {
		struct rig *again;

		rig->free_it = true;
		send_bare(rig, packets[i], strlen(packets[i]));
		send_bare(rig, HELLO, strlen(HELLO));
		settle(rig);
		assert_null(rig->wire[HERE]);
		assert_int_equal(rig->hellos, i == 0);

		(void)tear_down(state);
		(void)set_up(state);
		again = *state;
		again->free_it = true;
		if (i < 2) {
			assert_int_equal(
				wire_take(again->wire[HERE], packets[i], strlen(packets[i])), 0);
			assert_null(again->wire[HERE]);
		}
		(void)tear_down(state);
		(void)set_up(state);
		rig = *state;
	}
}

TEST(test_take)
{
	static const struct wire_handlers deaf = { .on_closed = on_closed };
	struct rig *rig = *state;
	struct wire *wire = NULL;
	int fd = fcntl(rig->bare, F_DUPFD_CLOEXEC, 0);

	assert_int_equal(wire_take(rig->wire[HERE], HELLO, strlen(HELLO)), 0);
	assert_int_equal(wire_take(rig->wire[HERE], "{}", 2), -EBADMSG);
	assert_int_equal(rig->hellos, 1);

	/* What nobody handles, the other side must not say. */
	assert_int_equal(wire_new(rig->loop, fd, &deaf, rig, &wire), 0);
	assert_int_equal(wire_take(wire, HELLO, strlen(HELLO)), -EBADMSG);
	assert_int_equal(wire_take(wire, CREDIT, strlen(CREDIT)), -EBADMSG);
	wire = wire_free(wire);
	assert_null(wire_free(NULL));
}

TEST(test_bad_descriptor)
{
	struct rig *rig = *state;
	struct wire *wire = NULL;

	assert_int_equal(wire_new(rig->loop, -1, &handlers, rig, &wire), -EBADF);
	assert_null(wire);
}

TEST(test_listen)
{
	char folder[] = "/tmp/holdfast-XXXXXX", path[64], longer[200];
	_cleanup_close_ int fd = -1, second = -1, file = -1;
	struct rig *rig = *state;
	struct wire *client = NULL, *server = NULL;
	struct stat status;

	assert_non_null(mkdtemp(folder));
	(void)snprintf(path, sizeof(path), "%s/courier.sock", folder);
	assert_int_equal(wire_connect(rig->loop, path, &handlers, rig, &client), -ENOENT);
	assert_int_equal(wire_listen(path, &fd), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0660);

	/* Nobody takes it from a daemon that lives; what a dead one left is replaced. */
	assert_int_equal(wire_listen(path, &second), -EADDRINUSE);
	assert_int_equal(second, -1);
	assert_int_equal(close(take_fd(fd)), 0);
	assert_int_equal(wire_listen(path, &second), 0);
	assert_int_equal(wire_connect(rig->loop, path, &handlers, rig, &client), 0);
	file = accept4(second, NULL, NULL, SOCK_CLOEXEC);
	assert_true(file >= 0);
	assert_int_equal(wire_new(rig->loop, take_fd(file), &handlers, rig, &server), 0);
	assert_int_equal(wire_send_hello(client, &(struct wire_hello){ .gateway = "primary" }), 0);
	settle(rig);
	assert_int_equal(rig->hellos, 1);
	client = wire_free(client);
	settle(rig);
	assert_int_equal(rig->closed, 1);
	server = wire_free(server);

	closep(&second);
	second = -1;
	assert_int_equal(wire_connect(rig->loop, path, &handlers, rig, &client), -ECONNREFUSED);

	/* Anything else is not ours to replace. */
	assert_int_equal(unlink(path), 0);
	file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_true(file >= 0);
	assert_int_equal(wire_listen(path, &second), -EEXIST);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(folder), 0);
	assert_int_equal(wire_listen(path, &second), -ENOENT);

	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(wire_listen(longer, &second), -ENAMETOOLONG);
	assert_int_equal(wire_connect(rig->loop, longer, &handlers, rig, &client), -ENAMETOOLONG);
	assert_int_equal(second, -1);
}

/* --- what gateways bring by themselves, and the answer ----------------------- */

#define NEWS 300

TEST(test_both_ways, set_up_sides, tear_down)
{
	struct rig *rig = *state;
	struct wire_inbound inbound[NEWS];
	struct wire_stored stored[NEWS];

	for (int64_t i = 0; i < NEWS; i++) {
		inbound[i] = (struct wire_inbound){ .seq = i, .from = "+1", .text = "1" };
		stored[i] = (struct wire_stored){ .seq = i, .stored = i % 2 == 0 };
	}
	assert_int_equal(wire_send_inbound(rig->wire[HERE], inbound, NEWS), 0);
	settle(rig);
	assert_int_equal(rig->next_id, NEWS);

	rig->next_id = 0;
	assert_int_equal(wire_send_stored(rig->wire[THERE], stored, NEWS), 0);
	settle(rig);
	assert_int_equal(rig->next_id, NEWS);

	/* Of nothing no packet is made: an empty list would be a breach. */
	assert_int_equal(wire_send_inbound(rig->wire[HERE], NULL, 0), 0);
	assert_int_equal(wire_send_stored(rig->wire[THERE], NULL, 0), 0);
	settle(rig);
	assert_int_equal(rig->closed, 0);
}

TEST(test_receipts, set_up_sides, tear_down)
{
	const struct wire_receipt receipt = { .seq = 1, .state = RECEIPT_DELIVERED };
	struct rig *rig = *state;

	assert_int_equal(wire_send_receipts(rig->wire[HERE], &receipt, 1), 0);
	settle(rig);
	assert_int_equal(rig->receipts, 1);

	/* A courier has no use for them: whoever says so is not holdfastd. */
	assert_int_equal(wire_send_receipts(rig->wire[THERE], &receipt, 1), 0);
	settle(rig);
	assert_int_equal(rig->receipts, 1);
	assert_int_equal(rig->closed, 2);
}
