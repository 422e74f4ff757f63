/*
 * Serving HTTP, by libmicrohttpd on our loop: holdfastd's socket for staff, the
 * courier's webhooks, the sandbox.
 *
 * Limits: connections, bytes of a body, and a total time for a request, since
 * libmicrohttpd's own time-out starts anew with every byte.  Dangerous: MHD_get_timeout()
 * gives relative milliseconds; armed as an absolute time the loop spins.
 */
#ifndef HF_BASE_LISTENER_H
#define HF_BASE_LISTENER_H

#include <stddef.h>
#include <sys/types.h>

#include "base/loop.h"

struct listener;
struct exchange; /* one request and the answer that is owed to it */

struct listener_options {
	unsigned most_connections;
	size_t most_body; /* beyond: 413, unread */
	hf_time deadline; /* from a connection's first byte to the whole request: then it is closed
			   */
};

/* `exchange` may be answered now or later, exactly once.  on_gone (may be NULL) says that the peer
 * left before it was answered: it must not be answered any more. */
typedef void (*listener_on_request)(void *userdata, struct exchange *exchange);
typedef void (*listener_on_gone)(void *userdata, struct exchange *exchange);

/* fd is a listening socket (TCP or Unix), which the listener owns from here on, also on failure. */
int listener_new(struct loop *loop, int fd, const struct listener_options *options,
		 listener_on_request on_request, listener_on_gone on_gone, void *userdata,
		 struct listener **ret_listener);
struct listener *listener_free(struct listener *listener);

/* Listening sockets: "127.0.0.1:8025", "[::1]:0"; and a Unix path with its mode (an old socket
 * there is replaced). */
int listener_open_tcp(const char *address, int *ret_fd, int *ret_port);
int listener_open_unix(const char *path, unsigned mode, int *ret_fd);

/* What was asked.  Borrowed until the answer. */
const char *exchange_method(const struct exchange *exchange);
const char *exchange_path(const struct exchange *exchange);
const char *exchange_raw_url(const struct exchange *exchange);
const char *exchange_query(const struct exchange *exchange,
			   const char *name); /* NULL where not given */
const char *exchange_header(const struct exchange *exchange, const char *name);
const char *exchange_body(const struct exchange *exchange, size_t *ret_size); /* NUL-terminated */
/* SO_PEERCRED; -ENOTSUP on TCP. */
int exchange_peer(const struct exchange *exchange, uid_t *ret_uid, pid_t *ret_pid);

/* The answer: body is copied; type NULL is application/json; extra headers as "Name: value",
 * NULL-terminated. */
int exchange_answer(struct exchange *exchange, int status, const char *type, const char *body,
		    size_t size, const char *const *headers);
/* Ends the connection in the middle: for the sandbox's faults. `size` bytes of a promised longer
 * body go first; reset: by RST. */
int exchange_break(struct exchange *exchange, const char *bytes, size_t size, int reset);

#endif
