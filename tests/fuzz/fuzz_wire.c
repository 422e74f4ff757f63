/* Any packet: what is accepted and sent on is accepted again, and says the same. */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/cleanup.h"
#include "lib/wire.h"

/* What one end was told, it says to the other, which must write the same packet. */
struct echo {
	struct wire *to;
	bool said;
};

static void on_hello(void *userdata, const struct wire_hello *hello)
{
	struct echo *echo = userdata;

	assert(wire_send_hello(echo->to, hello) == 0);
	echo->said = true;
}

static void on_texts(void *userdata, const struct wire_text *texts, size_t count)
{
	struct echo *echo = userdata;

	assert(count > 0 && count <= WIRE_BATCH_MAX);
	assert(wire_send_texts(echo->to, texts, count) == 0);
	echo->said = true;
}

static void on_outcomes(void *userdata, const struct wire_outcome *outcomes, size_t count,
			unsigned credit)
{
	struct echo *echo = userdata;

	assert(count <= WIRE_BATCH_MAX);
	for (size_t i = 0; i < count; i++) {
		assert(outcome_words[outcomes[i].class]);
	}
	assert(wire_send_outcomes(echo->to, outcomes, count, credit) == 0);
	echo->said = true;
}

static void on_inbound(void *userdata, const struct wire_inbound *inbound, size_t count)
{
	struct echo *echo = userdata;

	assert(count > 0 && strlen(inbound->text) <= NEWS_TEXT_MAX);
	assert(wire_send_inbound(echo->to, inbound, count) == 0);
	echo->said = true;
}

static void on_receipts(void *userdata, const struct wire_receipt *receipts, size_t count)
{
	struct echo *echo = userdata;

	assert(count > 0 && receipt_words[receipts->state]);
	assert(wire_send_receipts(echo->to, receipts, count) == 0);
	echo->said = true;
}

static void on_webhooks(void *userdata, const struct wire_webhook *webhooks, size_t count)
{
	struct echo *echo = userdata;

	assert(count > 0 && count <= WIRE_BATCH_MAX);
	assert(wire_send_webhooks(echo->to, webhooks, count) == 0);
	echo->said = true;
}

static void on_stored(void *userdata, const struct wire_stored *stored, size_t count)
{
	struct echo *echo = userdata;

	assert(wire_send_stored(echo->to, stored, count) == 0);
	echo->said = true;
}

static void on_closed(void *userdata, const char *why)
{
	(void)userdata;
	(void)why;
}

static const struct wire_handlers handlers = {
	.on_hello = on_hello,
	.on_texts = on_texts,
	.on_outcomes = on_outcomes,
	.on_inbound = on_inbound,
	.on_receipts = on_receipts,
	.on_webhooks = on_webhooks,
	.on_stored = on_stored,
	.on_closed = on_closed,
};

/* Made once: a loop and a wire whose other end is read by hand. */
static struct loop *loop;
static struct echo echo;
static int bare = -1;

static void set_up(void)
{
	int ends[2];

	assert(loop_new(&loop) == 0);
	assert(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) == 0);
	assert(wire_new(loop, ends[0], &handlers, &echo, &echo.to) == 0);
	bare = ends[1];
}

static size_t read_bare(char *bytes)
{
	ssize_t size = recv(bare, bytes, WIRE_PACKET_MAX, 0);

	return size > 0 ? (size_t)size : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char first[WIRE_PACKET_MAX], second[WIRE_PACKET_MAX], more[WIRE_PACKET_MAX];
	size_t first_size, second_size;
	int r;

	if (bare < 0) {
		set_up();
	}

	echo.said = false;
	r = wire_take(echo.to, (const char *)data, size);
	assert(r == (echo.said ? 0 : -EBADMSG));
	if (r < 0) {
		return 0;
	}

	first_size = read_bare(first);
	assert(first_size > 0);
	if (read_bare(more) > 0) {
		/* Escapes made it longer than a packet, so it was split. */
		while (read_bare(more) > 0) {
		}
	}
	assert(wire_take(echo.to, first, first_size) == 0);
	second_size = read_bare(second);
	assert(second_size == first_size && memcmp(first, second, first_size) == 0);
	return 0;
}
