/*
 * What a client writes on a phone, and what became of a text, go to the courier
 * as a gateway would bring them: a signed request, tried again with growing pauses until
 * somebody says 2xx.
 */
#ifndef HF_SANDBOX_WEBHOOK_H
#define HF_SANDBOX_WEBHOOK_H

#include "lib/loop.h"
#include "sandbox/phones.h"

#define WEBHOOK_TRIES   6 /* in all */
#define DELIVERIES_MOST 10000

struct webhook;

struct inbound {
	const char *id, *from, *to, *text, *at;
};

struct receipt {
	const char *id, *key, *state, *error, *at;
};

/* Of an inbound: says how it ended: BUBBLE_DELIVERED or BUBBLE_UNANSWERED. */
typedef void (*webhook_on_end)(void *userdata, const char *id, enum bubble_state state);

/* url and secret are borrowed. */
int webhook_new(struct loop *loop, const char *url, const char *secret, webhook_on_end on_end,
		void *userdata, struct webhook **ret_webhook);
struct webhook *webhook_free(struct webhook *webhook);

/* -ENOSPC where DELIVERIES_MOST are under way. */
int webhook_deliver(struct webhook *webhook, const struct inbound *inbound);
/* After a moment: a phone takes a while. */
int webhook_receipt(struct webhook *webhook, const struct receipt *receipt);

#endif
