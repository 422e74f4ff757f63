/*
 * Serving HTTP, by libmicrohttpd on our loop: holdfastd's socket for staff, the
 * courier's webhooks, the sandbox.
 *
 * Limits: connections, bytes of a body, and a total time for a request, since
 * libmicrohttpd's own time-out starts anew with every byte.  Dangerous:
 * MHD_get_timeout() gives relative milliseconds; armed as an absolute time the
 * loop spins.
 */
#ifndef HF_LIB_HTTP_SERVER_H
#define HF_LIB_HTTP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/loop.h"

struct http_server;
struct exchange;

struct http_server_options {
	/* When one more comes, the one that has waited longest for the head of a request (idle ones
	 * too) is closed, else the one that has waited longest for a body; where all are owed an
	 * answer, the next ones wait to be let in. */
	unsigned most_connections;
	size_t most_body; /* beyond: 413, unread */
	/* How long a connection may take until a whole request is there, from its
	 * opening or from the end of the answer before (so also how long it may
	 * idle), and again for taking the answer; then it is closed.  The time that
	 * the answer is owed does not count. */
	hf_time deadline;
	/* The query is only read by exchange_raw_url(): it may hold a NUL, which exchange_query() would cut it
	 * at.  In the path it is a 400 in any case. */
	bool raw_query;
};

/* `exchange` may be answered now or later, exactly once.  on_gone (may be NULL)
 * says that the peer left before it was answered, or that the listener is being
 * freed: it must not be answered any more.  A peer that closes its sending half
 * counts as gone. */
typedef void (*http_server_on_request)(void *userdata, struct exchange *exchange);
typedef void (*http_server_on_gone)(void *userdata, struct exchange *exchange);

/* fd is a listening socket (TCP or Unix), which the listener owns from here on,
 * also on failure. */
int http_server_new(struct loop *loop, int fd, const struct http_server_options *options,
		    http_server_on_request on_request, http_server_on_gone on_gone, void *userdata,
		    struct http_server **ret_listener);
/* Not from inside one of its callbacks. */
struct http_server *http_server_free(struct http_server *listener);

/* --- one request, and the answer that is owed to it, exactly once --------------- */

/* What was asked.  Borrowed until the answer.  The path is percent-decoded and has no query. */
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
 * NULL-terminated.  On failure the connection is closed and nothing is owed any more; -EALREADY for
 * a second answer. */
int exchange_answer(struct exchange *exchange, int status, const char *type, const char *body,
		    size_t size, const char *const *headers);

/* For the sandbox's faults.  exchange_leak puts bytes on the wire as they are, past HTTP, while the
 * answer is still owed; exchange_break settles it by ending the connection after such bytes (size
 * may be 0), by RST where `reset`.  -EAGAIN where the socket's buffer did not take them all;
 * exchange_break ends the connection all the same. */
int exchange_leak(struct exchange *exchange, const char *bytes, size_t size);
int exchange_break(struct exchange *exchange, const char *bytes, size_t size, int reset);

#endif
