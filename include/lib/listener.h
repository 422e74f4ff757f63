/*
 * Serving HTTP, by libmicrohttpd on our loop: holdfastd's socket for staff, the
 * courier's webhooks, the sandbox.
 *
 * Limits: connections, bytes of a body, and a total time for a request, since
 * libmicrohttpd's own time-out starts anew with every byte.  Dangerous:
 * MHD_get_timeout() gives relative milliseconds; armed as an absolute time the
 * loop spins.
 */
#ifndef HF_LIB_LISTENER_H
#define HF_LIB_LISTENER_H

#include <stddef.h>

#include "lib/exchange.h"
#include "lib/loop.h"

struct listener;

struct listener_options {
	unsigned most_connections;
	size_t most_body; /* beyond: 413, unread */
	/* How long a connection may take until a whole request is there, from its
	 * opening or from the end of the answer before (so also how long it may
	 * idle), and again for taking the answer; then it is closed.  The time that
	 * the answer is owed does not count. */
	hf_time deadline;
};

/* `exchange` may be answered now or later, exactly once.  on_gone (may be NULL)
 * says that the peer left before it was answered, or that the listener is being
 * freed: it must not be answered any more.  A peer that closes its sending half
 * counts as gone. */
typedef void (*listener_on_request)(void *userdata, struct exchange *exchange);
typedef void (*listener_on_gone)(void *userdata, struct exchange *exchange);

/* fd is a listening socket (TCP or Unix), which the listener owns from here on,
 * also on failure. */
int listener_new(struct loop *loop, int fd, const struct listener_options *options,
		 listener_on_request on_request, listener_on_gone on_gone, void *userdata,
		 struct listener **ret_listener);
/* Not from inside one of its callbacks. */
struct listener *listener_free(struct listener *listener);

#endif
