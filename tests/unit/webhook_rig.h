/*
 * Webhooks on a port of this machine, with a pretend holdfastd at the other end of the
 * wire and requests written by hand.
 */
#ifndef HF_TESTS_WEBHOOK_RIG_H
#define HF_TESTS_WEBHOOK_RIG_H

#include "gateway_rig.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "lib/cleanup.h"
#include "lib/socket.h"
#include "courier/webhook.h"

struct rig {
	struct gateway_dir dir;
	struct loop *loop;
	struct gateway *gateway;
	struct clock clock;
	struct forward *forward;
	struct webhook *webhook;
	struct wire *courier, *home;
	int port;
	bool silent, refuses; /* what the pretend holdfastd does */
	unsigned heard;
	char text[64], id[64]; /* of the last that was heard; of a receipt no text */
	int64_t last;
};

static inline void rig_answer(struct rig *rig, int64_t seq)
{
	const struct wire_stored stored = { seq, !rig->refuses };

	rig->heard++;
	rig->last = seq;
	if (!rig->silent) {
		assert_int_equal(wire_send_stored(rig->home, &stored, 1), 0);
	}
}

static inline void rig_on_inbound(void *userdata, const struct wire_inbound *inbound, size_t count)
{
	struct rig *rig = userdata;

	for (size_t i = 0; i < count; i++) {
		(void)snprintf(rig->text, sizeof(rig->text), "%s", inbound[i].text);
		(void)snprintf(rig->id, sizeof(rig->id), "%s", inbound[i].gateway_id);
		rig_answer(rig, inbound[i].seq);
	}
}

static inline void rig_on_receipts(void *userdata, const struct wire_receipt *receipts,
				   size_t count)
{
	struct rig *rig = userdata;

	for (size_t i = 0; i < count; i++) {
		rig->text[0] = '\0';
		(void)snprintf(rig->id, sizeof(rig->id), "%s", receipts[i].gateway_id);
		rig_answer(rig, receipts[i].seq);
	}
}

static inline void rig_on_webhooks(void *userdata, const struct wire_webhook *webhooks,
				   size_t count)
{
	struct rig *rig = userdata;

	for (size_t i = 0; i < count; i++) {
		(void)snprintf(rig->text, sizeof(rig->text), "%s", webhooks[i].content);
		rig->id[0] = '\0';
		rig_answer(rig, webhooks[i].seq);
	}
}

static inline void rig_on_stored(void *userdata, const struct wire_stored *stored, size_t count)
{
	forward_stored(((struct rig *)userdata)->forward, stored, count);
}

static inline void rig_on_closed(void *userdata, const char *why)
{
	(void)userdata, (void)why;
}

static inline void connect_wire(struct rig *rig)
{
	static const struct wire_handlers home = { .on_inbound = rig_on_inbound,
						   .on_receipts = rig_on_receipts,
						   .on_webhooks = rig_on_webhooks,
						   .on_closed = rig_on_closed };
	static const struct wire_handlers courier = { .on_stored = rig_on_stored,
						      .on_closed = rig_on_closed };
	int pair[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(wire_new(rig->loop, pair[0], &home, rig, &rig->home), 0);
	assert_int_equal(wire_new(rig->loop, pair[1], &courier, rig, &rig->courier), 0);
	forward_up(rig->forward, rig->courier);
}

static inline void cut_wire(struct rig *rig)
{
	forward_down(rig->forward);
	rig->courier = wire_free(rig->courier);
	rig->home = wire_free(rig->home);
}

/* The gateway "one" of that text, of the preset "own". */
static inline void rig_open(struct rig *rig, const char *preset, const char *gateway)
{
	int fd;

	*rig = (struct rig){ 0 };
	gateway_dir_open(&rig->dir);
	write_file(&rig->dir, "presets/own.conf", preset, 0644);
	rig->gateway = load_gateway(&rig->dir, gateway);
	assert_int_equal(loop_new(&rig->loop), 0);
	clock_init_real(&rig->clock);
	assert_int_equal(forward_new(rig->loop, &rig->forward), 0);
	assert_int_equal(socket_listen_tcp("127.0.0.1:0", &fd, &rig->port), 0);
	assert_int_equal(
		webhook_new(rig->loop, fd, rig->gateway, &rig->clock, rig->forward, &rig->webhook),
		0);
	connect_wire(rig);
}

static inline void rig_close(struct rig *rig)
{
	assert_null(webhook_free(rig->webhook));
	cut_wire(rig);
	assert_null(forward_free(rig->forward));
	loop_free(rig->loop);
	gateway_free(rig->gateway);
	gateway_dir_close(&rig->dir);
}

/* `headers` are whole lines, each with its end. */
static inline int send_request(const struct rig *rig, const char *method, const char *path,
			       const char *headers, const char *body, size_t size)
{
	const struct sockaddr_in where = { .sin_family = AF_INET,
					   .sin_port = htons((uint16_t)rig->port),
					   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	_cleanup_free_ char *head = NULL;
	int n = asprintf(&head,
			 "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s"
			 "Content-Length: %zu\r\n\r\n",
			 method, path, headers, size);

	assert_true(n > 0);
	assert_int_equal(connect(fd, (const struct sockaddr *)&where, sizeof(where)), 0);
	assert_int_equal(send(fd, head, (size_t)n, MSG_NOSIGNAL), n);
	assert_int_equal(send(fd, body, size, MSG_NOSIGNAL), size);
	return fd;
}

/* The status; the whole answer in `answer`. */
static inline int receive(const struct rig *rig, int fd, char answer[512])
{
	hf_time until = clock_monotonic() + 20 * HF_SECOND;
	size_t size = 0;
	ssize_t n;

	while ((n = recv(fd, answer + size, 511 - size, MSG_DONTWAIT)) != 0) {
		assert_true(clock_monotonic() < until);
		size += n > 0 ? (size_t)n : 0;
		if (n < 0) {
			assert_true(loop_turn(rig->loop, HF_SECOND / 100) >= 0);
		}
	}
	answer[size] = '\0';
	(void)close(fd);
	assert_true(size > 12);
	return atoi(answer + strlen("HTTP/1.1 "));
}

#endif
