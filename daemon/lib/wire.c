/*
 * The wire: packets in, packets out, and a queue for what the socket does not
 * take at once.
 *
 * Dangerous here: a handler may free the wire that called it.  So whoever calls
 * a handler has entered the wire first, looks at its descriptor afterwards, and
 * the last one to leave frees it.
 */
#include "lib/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include "lib/socket.h"

/* A peer that reads nothing may cost this much memory. */
#define QUEUE_MAX (64L * 1024 * 1024)
/* The kernel gives what it allows (net.core.wmem_max); a packet fits by default already. */
#define SOCKET_BUFFER (4 * 1024 * 1024)
/* Packets read before others in the loop have their turn. */
#define READ_MOST 32

struct outgoing {
	STAILQ_ENTRY(outgoing) entry;
	size_t size;
	char *bytes;
};

struct wire {
	struct loop_io *io;
	struct wire_handlers handlers;
	void *userdata;
	int fd; /* -1: closed */
	unsigned entered;
	bool freed; /* by a handler: the last to leave frees */
	const char *why;
	STAILQ_HEAD(, outgoing) queue; /* owned */
	size_t queued;                 /* bytes of it */
	char packet[WIRE_PACKET_MAX];
};

static void drop_first(struct wire *wire)
{
	struct outgoing *first = STAILQ_FIRST(&wire->queue);

	STAILQ_REMOVE_HEAD(&wire->queue, entry);
	wire->queued -= first->size;
	free(first->bytes);
	free(first);
}

static void close_wire(struct wire *wire)
{
	wire->io = loop_io_free(wire->io);
	closep(&wire->fd);
	wire->fd = -1;
	while (!STAILQ_EMPTY(&wire->queue)) {
		drop_first(wire);
	}
}

static void leave(struct wire *wire)
{
	if (--wire->entered == 0 && wire->freed) {
		free(wire);
	}
}

struct wire *wire_free(struct wire *wire)
{
	if (wire) {
		close_wire(wire);
		wire->freed = true;
		if (wire->entered == 0) {
			free(wire);
		}
	}
	return NULL;
}

static void close_because(struct wire *wire, const char *why)
{
	if (wire->fd < 0) {
		return;
	}

	close_wire(wire);
	wire->handlers.on_closed(wire->userdata, why);
}

#define HAND_OVER(on_packet, ...)                                                                  \
	(wire->handlers.on_packet ? (wire->handlers.on_packet(wire->userdata, __VA_ARGS__), true)  \
				  : false)

/* Gives the packet to its handler; false where there is none. */
static bool hand_over(struct wire *wire, const struct packet *packet)
{
	switch (packet->type) {
	case PACKET_HELLO:
		return HAND_OVER(on_hello, &packet->hello);
	case PACKET_TEXTS:
		return HAND_OVER(on_texts, packet->texts, packet->count);
	case PACKET_OUTCOMES:
		return HAND_OVER(on_outcomes, packet->outcomes, packet->count, packet->credit);
	case PACKET_INBOUND:
		return HAND_OVER(on_inbound, packet->inbound, packet->count);
	case PACKET_RECEIPTS:
		return HAND_OVER(on_receipts, packet->receipts, packet->count);
	case PACKET_WEBHOOKS:
		return HAND_OVER(on_webhooks, packet->webhooks, packet->count);
	case PACKET_STORED:
		return HAND_OVER(on_stored, packet->stored, packet->count);
	case PACKET_BEAT:
		return HAND_OVER(on_beat, packet->beat);
	case PACKET_ALARMS:
		return HAND_OVER(on_alarms, packet->alarms, packet->count);
	}

	return false;
}

/* By one who has entered. */
static int handle_packet(struct wire *wire, const char *bytes, size_t size)
{
	struct packet packet;
	int r = packet_read(bytes, size, &packet, &wire->why);

	if (r < 0) {
		return r;
	}

	wire->why = "a packet of the other side's";
	r = hand_over(wire, &packet) ? 0 : -EBADMSG;
	packet_done(&packet);
	return r;
}

int wire_take(struct wire *wire, const char *bytes, size_t size)
{
	int r;

	wire->entered++;
	r = handle_packet(wire, bytes, size);
	leave(wire);
	return r;
}

/* One packet: false when there is no more, or no wire. */
static bool receive(struct wire *wire)
{
	/* MSG_TRUNC gives the packet's whole length, also of what is cut off. */
	ssize_t size = recv(wire->fd, wire->packet, sizeof(wire->packet), MSG_TRUNC);
	int r;

	if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
		return false;
	}
	if (size <= 0) {
		close_because(wire, size == 0 ? "closed by the peer" : strerror(errno));
		return false;
	}

	r = size <= WIRE_PACKET_MAX ? handle_packet(wire, wire->packet, (size_t)size) : -EMSGSIZE;
	if (r < 0) {
		close_because(wire, r == -EBADMSG    ? wire->why
				    : r == -EMSGSIZE ? "a packet that is too long"
						     : "out of memory");
	}
	return wire->fd >= 0;
}

/* 0 also when the socket is full: the rest stays queued. */
static int flush(struct wire *wire)
{
	struct outgoing *first;

	while ((first = STAILQ_FIRST(&wire->queue))) {
		ssize_t sent = send(wire->fd, first->bytes, first->size, MSG_NOSIGNAL);

		if (sent < 0) {
			return errno == EAGAIN || errno == EINTR ? 0 : -errno;
		}
		drop_first(wire);
	}

	return loop_io_events(wire->io, EPOLLIN);
}

static void on_ready(void *userdata, int fd, uint32_t revents)
{
	struct wire *wire = userdata;
	int r = 0;

	(void)fd;
	wire->entered++;
	if (revents & EPOLLOUT) {
		r = flush(wire);
	}
	/* What the peer said before it went is read before its end is noticed. */
	for (int i = 0; i < READ_MOST && receive(wire); i++) {
	}
	if (r < 0 && r != -EPIPE && r != -ECONNRESET) {
		close_because(wire, "cannot send");
	}
	leave(wire);
}

/* Takes the bytes. */
static int enqueue(struct wire *wire, char *bytes, size_t size)
{
	_cleanup_free_ char *owned = bytes;
	struct outgoing *outgoing;

	if (wire->queued + size > QUEUE_MAX) {
		return -ENOBUFS;
	}

	outgoing = malloc(sizeof(*outgoing));
	if (!outgoing) {
		return -ENOMEM;
	}

	*outgoing = (struct outgoing){ .size = size, .bytes = take_ptr(owned) };
	kept(outgoing);
	STAILQ_INSERT_TAIL(&wire->queue, outgoing, entry);
	wire->queued += size;
	return loop_io_events(wire->io, EPOLLIN | EPOLLOUT);
}

/* Takes the bytes. */
static int send_or_queue(struct wire *wire, char *bytes, size_t size)
{
	_cleanup_free_ char *owned = bytes;

	if (wire->fd < 0) {
		return -EPIPE;
	}

	if (STAILQ_EMPTY(&wire->queue) && send(wire->fd, bytes, size, MSG_NOSIGNAL) >= 0) {
		return 0;
	}
	if (STAILQ_EMPTY(&wire->queue) && errno != EAGAIN && errno != EINTR) {
		return errno == ECONNRESET ? -EPIPE : -errno;
	}

	return enqueue(wire, take_ptr(owned), size);
}

/* Things of `size` bytes each, in as few packets as hold them: half as many while they are too long
 * together.  The credit goes with the last of them, for it says that they are settled. */
static int send_all(struct wire *wire, enum packet_type type, const void *things, size_t size,
		    size_t count, unsigned credit)
{
	size_t part = count, length;
	const char *next = things;
	char *bytes;
	int r;

	if (count == 0 && type != PACKET_OUTCOMES) {
		return 0; /* only credit goes without a thing */
	}

	do {
		part = part < WIRE_BATCH_MAX ? part : WIRE_BATCH_MAX;
		r = packet_write(type, next, part, part == count ? credit : 0, &bytes, &length);
		if (r == -EMSGSIZE && part > 1) {
			part = (part + 1) / 2;
			continue;
		}
		r = r ? r : send_or_queue(wire, bytes, length);
		if (r < 0) {
			return r;
		}

		next = next ? next + part * size : NULL; /* credit alone has no thing */
		count -= part;
		part = count;
	} while (count > 0);

	return 0;
}

int wire_send_hello(struct wire *wire, const struct wire_hello *hello)
{
	return send_all(wire, PACKET_HELLO, hello, sizeof(*hello), 1, 0);
}

int wire_send_texts(struct wire *wire, const struct wire_text *texts, size_t count)
{
	return send_all(wire, PACKET_TEXTS, texts, sizeof(*texts), count, 0);
}

int wire_send_outcomes(struct wire *wire, const struct wire_outcome *outcomes, size_t count,
		       unsigned credit)
{
	return send_all(wire, PACKET_OUTCOMES, outcomes, sizeof(*outcomes), count, credit);
}

int wire_send_inbound(struct wire *wire, const struct wire_inbound *inbound, size_t count)
{
	return send_all(wire, PACKET_INBOUND, inbound, sizeof(*inbound), count, 0);
}

int wire_send_receipts(struct wire *wire, const struct wire_receipt *receipts, size_t count)
{
	return send_all(wire, PACKET_RECEIPTS, receipts, sizeof(*receipts), count, 0);
}

int wire_send_webhooks(struct wire *wire, const struct wire_webhook *webhooks, size_t count)
{
	return send_all(wire, PACKET_WEBHOOKS, webhooks, sizeof(*webhooks), count, 0);
}

int wire_send_stored(struct wire *wire, const struct wire_stored *stored, size_t count)
{
	return send_all(wire, PACKET_STORED, stored, sizeof(*stored), count, 0);
}

int wire_send_beat(struct wire *wire, const struct wire_beat *beat)
{
	return send_all(wire, PACKET_BEAT, beat, sizeof(*beat), 1, 0);
}

int wire_send_alarms(struct wire *wire, const struct wire_alarm *alarms, size_t count)
{
	return send_all(wire, PACKET_ALARMS, alarms, sizeof(*alarms), count, 0);
}

int wire_new(struct loop *loop, int fd, const struct wire_handlers *handlers, void *userdata,
	     struct wire **ret_wire)
{
	_cleanup_(wire_freep) struct wire *wire = NULL;
	_cleanup_close_ int owned = fd;
	int r, size = SOCKET_BUFFER, flags = fcntl(fd, F_GETFL);

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0) {
		return -errno;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));

	wire = calloc(1, sizeof(*wire));
	if (!wire) {
		return -ENOMEM;
	}

	wire->fd = take_fd(owned);
	STAILQ_INIT(&wire->queue);
	wire->handlers = *handlers;
	wire->userdata = userdata;
	r = loop_add_io(loop, fd, EPOLLIN, on_ready, wire, &wire->io);
	if (r < 0) {
		return r;
	}

	*ret_wire = take_ptr(wire);
	return 0;
}

int wire_connect(struct loop *loop, const char *path, const struct wire_handlers *handlers,
		 void *userdata, struct wire **ret_wire)
{
	int fd, r;

	r = socket_connect_packets(path, &fd);
	return r < 0 ? r : wire_new(loop, fd, handlers, userdata, ret_wire);
}

int wire_listen(const char *path, int *ret_fd)
{
	return socket_listen_packets(path, 0660, ret_fd);
}
