/*
 * One HTTP request and its answer, without the library that reads the one and
 * writes the other.
 *
 * A state moves NEW, READING, OWED, then ANSWERED or BROKEN, then DONE, and
 * nowhere else; exchange_settle() is the way out of OWED, so that whoever
 * answers late, twice or after the peer has left does no harm.
 */
#include "lib/exchange.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "lib/cleanup.h"

DEFINE_CLEANUP(struct exchange *, exchange_free);

struct exchange *exchange_new(const struct exchange_carrier *carrier, int fd, const char *raw_url)
{
	_cleanup_(exchange_freep) struct exchange *exchange = calloc(1, sizeof(*exchange));

	if (!exchange) {
		return NULL;
	}

	exchange->carrier = carrier;
	exchange->fd = fd;
	exchange->raw_url = strdup(raw_url);
	if (!exchange->raw_url) {
		return NULL;
	}

	return take_ptr(exchange);
}

struct exchange *exchange_free(struct exchange *exchange)
{
	if (!exchange) {
		return NULL;
	}

	exchange->watch = loop_io_free(exchange->watch);
	free(exchange->raw_url);
	free(exchange->body);
	free(exchange);
	return NULL;
}

/* Two framings at once, or one that we do not know, are how a request is smuggled past a proxy (RFC
 * 9112, 6.1); a NUL in a URL would hide what follows it from every comparison. */
int exchange_check(const struct exchange *exchange, size_t most)
{
	const char *length = exchange_header(exchange, "Content-Length");
	const char *coding = exchange_header(exchange, "Transfer-Encoding");

	if (strstr(exchange->raw_url, "%00") || (length && coding) ||
	    (coding && strcasecmp(coding, "chunked") != 0)) {
		return 400;
	}

	return length && strtoull(length, NULL, 10) > most ? 413 : 0;
}

int exchange_take(struct exchange *exchange, const char *bytes, size_t size, size_t most)
{
	size_t needed;

	if (size > most - exchange->body_size) {
		return -E2BIG;
	}

	needed = exchange->body_size + size + 1;
	if (needed > exchange->body_room) {
		size_t room = needed > 2 * exchange->body_room ? needed : 2 * exchange->body_room;
		char *body = realloc(exchange->body, room);

		if (!body) {
			return -ENOMEM;
		}
		exchange->body = body;
		exchange->body_room = room;
	}

	memcpy(exchange->body + exchange->body_size, bytes, size);
	exchange->body_size += size;
	exchange->body[exchange->body_size] = '\0';
	return 0;
}

static void exchange_settle(struct exchange *exchange, enum exchange_state state)
{
	exchange->state = state;
	exchange->watch = loop_io_free(exchange->watch);
	exchange->carrier->on_settled(exchange);
}

void exchange_gone(struct exchange *exchange)
{
	exchange_settle(exchange, EXCHANGE_BROKEN);
	exchange->carrier->on_gone(exchange);
}

static void on_peer_left(void *userdata, int fd, uint32_t revents)
{
	(void)fd, (void)revents;
	exchange_gone(userdata);
}

int exchange_wait(struct exchange *exchange, struct loop *loop)
{
	return loop_add_io(loop, exchange->fd, EPOLLRDHUP, on_peer_left, exchange,
			   &exchange->watch);
}

const char *exchange_method(const struct exchange *exchange)
{
	return exchange->method;
}

const char *exchange_path(const struct exchange *exchange)
{
	return exchange->path;
}

const char *exchange_raw_url(const struct exchange *exchange)
{
	return exchange->raw_url;
}

const char *exchange_query(const struct exchange *exchange, const char *name)
{
	return exchange->carrier->find_query(exchange, name);
}

const char *exchange_header(const struct exchange *exchange, const char *name)
{
	return exchange->carrier->find_header(exchange, name);
}

const char *exchange_body(const struct exchange *exchange, size_t *ret_size)
{
	if (ret_size) {
		*ret_size = exchange->body_size;
	}

	return exchange->body ? exchange->body : "";
}

int exchange_peer(const struct exchange *exchange, uid_t *ret_uid, pid_t *ret_pid)
{
	struct ucred who;
	socklen_t size = sizeof(who);
	int domain = 0;
	socklen_t domain_size = sizeof(domain);

	/* TCP would answer with uid -1. */
	if (getsockopt(exchange->fd, SOL_SOCKET, SO_DOMAIN, &domain, &domain_size) < 0) {
		return -errno;
	}
	if (domain != AF_UNIX) {
		return -ENOTSUP;
	}

	if (getsockopt(exchange->fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0) {
		return -errno;
	}

	*ret_uid = who.uid;
	*ret_pid = who.pid;
	return 0;
}

int exchange_answer(struct exchange *exchange, int status, const char *type, const char *body,
		    size_t size, const char *const *headers)
{
	int r;

	if (exchange->state != EXCHANGE_OWED) {
		return -EALREADY;
	}

	r = exchange->carrier->prepare(exchange, status, type ? type : "application/json", body,
				       size, headers);
	exchange_settle(exchange, r < 0 ? EXCHANGE_BROKEN : EXCHANGE_ANSWERED);
	return r;
}

int exchange_leak(struct exchange *exchange, const char *bytes, size_t size)
{
	static const int no = 0, yes = 1;
	ssize_t sent;

	/* The library may have corked a TCP socket; a Unix socket has no such
	 * options. */
	(void)setsockopt(exchange->fd, IPPROTO_TCP, TCP_CORK, &no, sizeof(no));
	(void)setsockopt(exchange->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));

	sent = send(exchange->fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0) {
		return -errno;
	}

	return (size_t)sent == size ? 0 : -EAGAIN;
}

int exchange_break(struct exchange *exchange, const char *bytes, size_t size, int reset)
{
	/* connect(2) to AF_UNSPEC dissolves a TCP connection, and the kernel tells
	 * the peer by RST. SO_LINGER would be too late: the library sends FIN before
	 * it closes. */
	static const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
	int r = 0;

	if (exchange->state != EXCHANGE_OWED) {
		return -EALREADY;
	}

	if (size > 0) {
		r = exchange_leak(exchange, bytes, size);
	}
	if (!reset || connect(exchange->fd, &nowhere, sizeof(nowhere)) < 0) {
		(void)shutdown(exchange->fd, SHUT_RDWR);
	}

	exchange_settle(exchange, EXCHANGE_BROKEN);
	return r;
}
