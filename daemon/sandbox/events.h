/*
 * What couriers are told: what a client writes on a phone, and what became of a
 * text.  It goes to them as a gateway would bring it: a signed request, tried
 * again with growing pauses until somebody says 2xx.  What clients write is also
 * kept for a courier that asks: GET /inbound.
 */
#ifndef HF_SANDBOX_EVENTS_H
#define HF_SANDBOX_EVENTS_H

#include "lib/json.h"
#include "lib/loop.h"
#include "sandbox/phones.h"

#define DELIVERY_TRIES  6 /* in all */
#define DELIVERIES_MOST 10000
#define EVENTS_KEPT     500
#define EVENTS_PAGE     50

struct events;

struct inbound {
	const char *id, *from, *to, *text, *at;
};

struct receipt {
	const char *id, *key, *state, *error, *at;
};

/* Of an inbound: says how it ended: BUBBLE_DELIVERED or BUBBLE_UNANSWERED. */
typedef void (*events_on_end)(void *userdata, const char *id, enum bubble_state state);

/* url and secret are borrowed; url NULL: there is no webhook. */
int events_new(struct loop *loop, const char *url, const char *secret, events_on_end on_end,
	       void *userdata, struct events **ret_events);
struct events *events_free(struct events *events);

/* For a courier that asks; the oldest makes room.  0 or -ENOMEM. */
int events_keep(struct events *events, const struct inbound *inbound, hf_time now);
/* BUBBLE_SENDING, BUBBLE_NO_WEBHOOK, or BUBBLE_UNANSWERED where DELIVERIES_MOST are under way. */
enum bubble_state events_deliver(struct events *events, const struct inbound *inbound);
/* After a moment: a phone takes a while.  Nobody hears of it where there is no webhook, or too many
 * are under way. */
void events_receipt(struct events *events, const struct receipt *receipt);

/* {"inbound": [...], "next": "/inbound?since=...&page=1" or ""}: what came at `since` or later.
 * NULL when memory is out. */
json_t *events_page(const struct events *events, const char *since, unsigned page);

#endif
