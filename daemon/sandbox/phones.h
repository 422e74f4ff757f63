/*
 * What the phones show: the newest texts of each number, in memory; and the
 * pages that wait for something new (long polling).
 *
 * Every change of a bubble gives it the next sequence number, so that a page
 * asks for "what is after N" and sees each once.
 */
#ifndef HF_SANDBOX_PHONES_H
#define HF_SANDBOX_PHONES_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/civil.h"
#include "lib/http_server.h"
#include "lib/loop.h"

#define PHONES_MOST  2000 /* later numbers get their texts, and nobody sees them */
#define BUBBLES_MOST 200  /* of a phone; older ones go */
#define EVENTS_MOST  1000 /* in one answer */

#define BUBBLE_ID_MAX 24
#define BUBBLE_AT_MAX 40 /* an RFC 3339 text, also one that a courier wrote */

struct phones;

enum bubble_state {
	BUBBLE_RECEIVED, /* on the phone */
	BUBBLE_SENDING,  /* written by the client, under way to the webhook */
	BUBBLE_DELIVERED,
	BUBBLE_UNANSWERED, /* nobody took it */
	BUBBLE_NO_WEBHOOK, /* there is nobody to take it */
};

int phones_new(struct loop *loop, struct phones **ret_phones);
/* To be freed after the listener, whose exchanges it holds. */
struct phones *phones_free(struct phones *phones);
void phones_clear(struct phones *phones);

struct bubble_source {
	const char *id, *phone, *other; /* the client's number, and the other end's */
	const char *text;
	int segments;
};

/* A text arrives.  said_at is the client's wall clock, RFC 3339, or NULL. */
int phones_receive(struct phones *phones, const struct bubble_source *source, const char *said_at,
		   hf_time now);

/* The client writes.  Her phone's clock goes on from the last text that it got, so that
 * what is written back in a rehearsal has a time of the rehearsal. */
int phones_write(struct phones *phones, const struct bubble_source *source, hf_time now,
		 char ret_at[BUBBLE_AT_MAX]);
/* Nothing where the bubble is gone. */
void phones_settle(struct phones *phones, const char *id, enum bubble_state state);

/* Answers a page with what is new since the run and number in its query, now or as soon as there is
 * something: {"run", "next", "more", "unseen", "bubbles"}, at most EVENTS_MOST changes.  A run that is
 * not the present one begins anew. */
void phones_watch(struct phones *phones, struct exchange *exchange);
/* The peer has left; nothing happens for an exchange that does not wait here. */
void phones_gone(struct phones *phones, struct exchange *exchange);

#endif
