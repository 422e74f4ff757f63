/*
 * The courier's HTTP server: webhooks of the gateway NAME come to /hooks/NAME
 * and what is below it.
 *
 * First it is made sure that a webhook is the gateway's, then it is read, then
 * forwarded; 2xx with the acknowledgement that the gateway wants means
 * committed.  Otherwise: 403 for whoever is not the gateway, 400 for what cannot be read, 404,
 * 405, 413, and 503 (come again) while holdfastd is away or cannot commit.
 */
#ifndef HF_COURIER_WEBHOOK_H
#define HF_COURIER_WEBHOOK_H

#include "lib/clock.h"
#include "courier/forward.h"
#include "courier/gateway.h"

#define WEBHOOK_BODY_MAX    (64L * 1024)
#define WEBHOOK_CONNECTIONS 64
#define WEBHOOK_DEADLINE    (10 * HF_SECOND)

struct webhook;

/* fd is a listening socket, taken also on failure; all else stays the caller's. */
int webhook_new(struct loop *loop, int fd, const struct gateway *gateway, const struct clock *clock,
		struct forward *forward, struct webhook **ret_webhook);
/* Before the forward is freed. */
struct webhook *webhook_free(struct webhook *webhook);
DEFINE_CLEANUP(struct webhook *, webhook_free);

/* The gateway's file was read again. */
void webhook_set_gateway(struct webhook *webhook, const struct gateway *gateway);

#endif
