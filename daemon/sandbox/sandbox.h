/*
 * The pretend gateway as a whole: its API, the phones' page, and what tests
 * tell it.
 */
#ifndef HF_SANDBOX_SANDBOX_H
#define HF_SANDBOX_SANDBOX_H

#include "lib/loop.h"

struct sandbox;

struct sandbox_options {
	const char *secret;  /* the couriers' token, and the key that webhooks are signed with */
	const char *log;     /* NULL: none */
	const char *webhook; /* NULL: none */
};

/* fd is a listening socket, taken also on failure; the options' texts are borrowed. */
int sandbox_new(struct loop *loop, int fd, const struct sandbox_options *options,
		struct sandbox **ret_sandbox);
struct sandbox *sandbox_free(struct sandbox *sandbox);

#endif
