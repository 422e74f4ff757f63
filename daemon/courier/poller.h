/*
 * Asks the gateway for texts that no webhook brought: at the start, when
 * holdfastd is there again, and every while (`hooks.poll` of the preset).  What came by a webhook,
 * too, holdfastd knows by its id.
 */
#ifndef HF_COURIER_POLLER_H
#define HF_COURIER_POLLER_H

#include "lib/clock.h"
#include "lib/http_client.h"
#include "courier/forward.h"
#include "courier/gateway.h"

#define POLL_ANSWER_MAX (1024L * 1024)
#define POLL_PAGES_MOST 50 /* in one round, a second apart; the rest is for the next one */

struct poller;

/* A preset that does not offer it gives a poller that never asks.  All stays the caller's. */
int poller_new(struct loop *loop, const struct gateway *gateway,
	       const struct http_client_options *options, const struct clock *clock,
	       struct forward *forward, struct poller **ret_poller);
/* Before the forward is freed. */
struct poller *poller_free(struct poller *poller);
DEFINE_CLEANUP(struct poller *, poller_free);

/* The wire is there: asks now. */
void poller_up(struct poller *poller);
/* The gateway's file was read again. */
void poller_set_gateway(struct poller *poller, const struct gateway *gateway);

#endif
