/* News over the wire: many pieces in several packets, in order, and only to whoever listens. */
#include <sys/socket.h>

#include "test.h"
#include "lib/cleanup.h"
#include "lib/wire.h"

#define NEWS 300

enum { COURIER, DAEMON };

struct rig {
	struct loop *loop;
	struct wire *wire[2];
	int64_t heard; /* pieces of news, by either side */
	int receipts, closed;
};

static void on_inbound(void *userdata, const struct wire_inbound *inbound, size_t count)
{
	struct rig *rig = userdata;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(inbound[i].seq, rig->heard++);
	}
}

static void on_receipts(void *userdata, const struct wire_receipt *receipts, size_t count)
{
	struct rig *rig = userdata;

	assert_int_equal(receipts[0].state, RECEIPT_DELIVERED);
	rig->receipts += (int)count;
}

static void on_stored(void *userdata, const struct wire_stored *stored, size_t count)
{
	struct rig *rig = userdata;

	for (size_t i = 0; i < count; i++) {
		assert_int_equal(stored[i].seq, rig->heard++);
		assert_int_equal(stored[i].stored, stored[i].seq % 2 == 0);
	}
}

static void on_closed(void *userdata, const char *why)
{
	struct rig *rig = userdata;

	assert_non_null(why);
	rig->closed++;
}

static int set_up(void **state)
{
	static const struct wire_handlers courier = { .on_stored = on_stored,
						      .on_closed = on_closed };
	static const struct wire_handlers daemon = { .on_inbound = on_inbound,
						     .on_receipts = on_receipts,
						     .on_closed = on_closed };
	struct rig *rig = calloc(1, sizeof(*rig));
	int ends[2];

	assert_non_null(rig);
	assert_int_equal(loop_new(&rig->loop), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(wire_new(rig->loop, ends[0], &courier, rig, &rig->wire[COURIER]), 0);
	assert_int_equal(wire_new(rig->loop, ends[1], &daemon, rig, &rig->wire[DAEMON]), 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	rig->wire[COURIER] = wire_free(rig->wire[COURIER]);
	rig->wire[DAEMON] = wire_free(rig->wire[DAEMON]);
	rig->loop = loop_free(rig->loop);
	free(rig);
	return 0;
}

/* Turns until nothing more happens. */
static void settle(struct rig *rig)
{
	for (int i = 0; i < 100; i++) {
		assert_true(loop_turn(rig->loop, 0) > 0);
	}
}

FIXTURE(set_up, tear_down);

TEST(test_both_ways)
{
	struct rig *rig = *state;
	struct wire_inbound inbound[NEWS];
	struct wire_stored stored[NEWS];

	for (int64_t i = 0; i < NEWS; i++) {
		inbound[i] = (struct wire_inbound){ .seq = i, .from = "+1", .text = "1" };
		stored[i] = (struct wire_stored){ .seq = i, .stored = i % 2 == 0 };
	}
	assert_int_equal(wire_send_inbound(rig->wire[COURIER], inbound, NEWS), 0);
	settle(rig);
	assert_int_equal(rig->heard, NEWS);

	rig->heard = 0;
	assert_int_equal(wire_send_stored(rig->wire[DAEMON], stored, NEWS), 0);
	settle(rig);
	assert_int_equal(rig->heard, NEWS);
	assert_int_equal(rig->closed, 0);
}

TEST(test_receipts)
{
	const struct wire_receipt receipt = { .seq = 1, .state = RECEIPT_DELIVERED };
	struct rig *rig = *state;

	assert_int_equal(wire_send_receipts(rig->wire[COURIER], &receipt, 1), 0);
	settle(rig);
	assert_int_equal(rig->receipts, 1);

	/* A courier has no use for them: whoever says so is not holdfastd. */
	assert_int_equal(wire_send_receipts(rig->wire[DAEMON], &receipt, 1), 0);
	settle(rig);
	assert_int_equal(rig->receipts, 1);
	assert_int_equal(rig->closed, 2);
}
