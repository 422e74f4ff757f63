/*
 * The courier's work: takes texts from the wire, sends each once at the rate
 * the gateway allows, tells holdfastd what became of it.
 *
 * Credit is what could leave at once: free connections and tokens in the
 * buckets.  So what dies with a courier is what was on the network and no more.
 */
#ifndef HF_COURIER_SENDER_H
#define HF_COURIER_SENDER_H

#include "lib/http_client.h"
#include "courier/link.h"
#include "courier/gateway.h"

/*
 * A token bucket: how many segments one sender number may send now.
 *
 * A text may go while there is a whole token and takes one for each segment, so
 * a long one leaves a debt that the next waits for: over time the rate
 * holds to the segment.
 */
struct bucket {
	double rate;   /* tokens a second */
	double burst;  /* most tokens: a second's worth, at least one */
	double tokens; /* at `filled`; below 0: a debt */
	hf_time filled;
};

/* Full.  `now` is monotonic here and below. */
void bucket_init(struct bucket *bucket, double rate, hf_time now);
/* Whole tokens, never below 0. */
unsigned bucket_tokens(struct bucket *bucket, hf_time now);
void bucket_take(struct bucket *bucket, int segments, hf_time now);
/* µs until there is one whole token more than now; HF_NEVER where it is full. */
hf_time bucket_next(struct bucket *bucket, hf_time now);

struct sender;

/* gateway, link and the options' strings stay the caller's. */
int sender_new(struct loop *loop, struct gateway *gateway, struct link *link,
	       const struct http_client_options *options, struct sender **ret_sender);
struct sender *sender_free(struct sender *sender);
DEFINE_CLEANUP(struct sender *, sender_free);

/* The link is up, says something, is down.  systemd is told READY=1 the first time. */
void sender_up(struct sender *sender);
void sender_texts(struct sender *sender, const struct wire_text *texts, size_t count);
void sender_down(struct sender *sender);

/* The gateway's file was read again: another rate, secret or number.  The old one is not used any
 * more when this returns. */
void sender_set_gateway(struct sender *sender, struct gateway *gateway);

/* Take nothing more, finish what is under way, then on_done (at once where nothing is). */
void sender_drain(struct sender *sender, void (*on_done)(void *userdata), void *userdata);

#endif
