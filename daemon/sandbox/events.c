/*
 * What couriers are told: deliveries under way, and what is kept for those who
 * ask.
 *
 * Each try is signed anew: X-Sandbox-Signature is the HMAC-SHA256 of the body
 * with the seconds of X-Sandbox-Timestamp behind it, as hex, so that an old
 * request cannot be played again.
 */
#include "sandbox/events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/http_client.h"
#include "lib/json.h"

#define FIRST_PAUSE (HF_SECOND / 2) /* then twice as long each time */
#define MOMENT      (HF_SECOND / 20)

struct delivery {
	LIST_ENTRY(delivery) entry;
	struct events *events;
	struct loop_timer *timer;
	int tries;
	char id[BUBBLE_ID_MAX]; /* of an inbound; "" for a receipt */
	char *body;
	size_t size;
};

/* What a client wrote, as GET /inbound shows it. */
struct kept {
	hf_time at; /* of this machine; the phones may have another time */
	json_t *json;
};

struct events {
	struct loop *loop;
	struct http_client *http;
	const char *url, *secret; /* url NULL: nobody is told */
	events_on_end on_end;
	void *userdata;
	size_t count;
	LIST_HEAD(, delivery) deliveries;
	struct kept kept[EVENTS_KEPT]; /* a ring */
	size_t first, kept_count;
};

DEFINE_CLEANUP(struct events *, events_free);

static struct delivery *delivery_free(struct delivery *delivery)
{
	if (delivery) {
		delivery->timer = loop_timer_free(delivery->timer);
		free(delivery->body);
		free(delivery);
	}
	return NULL;
}
DEFINE_CLEANUP(struct delivery *, delivery_free);

static void delivery_end(struct delivery *delivery, enum bubble_state state)
{
	struct events *events = delivery->events;

	LIST_REMOVE(delivery, entry);
	events->count--;
	if (*delivery->id) {
		events->on_end(events->userdata, delivery->id, state);
	}
	(void)delivery_free(delivery);
}

static void delivery_failed(struct delivery *delivery)
{
	hf_time pause = FIRST_PAUSE << (delivery->tries - 1);

	if (delivery->tries >= DELIVERY_TRIES || loop_timer_set(delivery->timer, pause) < 0) {
		delivery_end(delivery, BUBBLE_UNANSWERED);
	}
}

static void on_answer(void *userdata, const struct http_answer *answer)
{
	struct delivery *delivery = userdata;

	if (answer->fate == HTTP_ANSWERED && answer->status / 100 == 2) {
		delivery_end(delivery, BUBBLE_DELIVERED);
	} else {
		delivery_failed(delivery);
	}
}

static int sign(const struct delivery *delivery, const char *timestamp,
		char ret_hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)])
{
	const char *secret = delivery->events->secret;
	_cleanup_free_ char *both = NULL;
	struct crypto_digest digest;
	int r;

	if (asprintf(&both, "%s%s", delivery->body, timestamp) < 0) {
		both = NULL;
		return -ENOMEM;
	}

	r = crypto_hmac(CRYPTO_SHA256, secret, strlen(secret), both, strlen(both), &digest);
	if (r < 0) {
		return r;
	}

	crypto_hex(digest.bytes, digest.size, ret_hex);
	return 0;
}

static int try(struct delivery *delivery, hf_time now)
{
	char hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)], seconds[24];
	char timestamp[64], signature[sizeof(hex) + 32];
	const char *const headers[] = { "Content-Type: application/json", timestamp, signature,
					NULL };
	const struct http_request request = {
		.method = "POST",
		.url = delivery->events->url,
		.headers = headers,
		.body = delivery->body,
		.body_size = delivery->size,
		.resend = true,
	};
	int r;

	(void)snprintf(seconds, sizeof(seconds), "%lld", (long long)(now / HF_SECOND));
	r = sign(delivery, seconds, hex);
	if (r < 0) {
		return r;
	}

	(void)snprintf(timestamp, sizeof(timestamp), "X-Sandbox-Timestamp: %s", seconds);
	(void)snprintf(signature, sizeof(signature), "X-Sandbox-Signature: %s", hex);
	return http_client_start(delivery->events->http, &request, on_answer, delivery);
}

static void on_timer(void *userdata)
{
	struct delivery *delivery = userdata;
	struct clock clock;

	clock_init_real(&clock);
	delivery->tries++;
	if (try(delivery, clock_now(&clock)) < 0) {
		delivery_failed(delivery);
	}
}

int events_new(struct loop *loop, const char *url, const char *secret, events_on_end on_end,
	       void *userdata, struct events **ret_events)
{
	static const struct http_client_options options = {
		.most_connections = 4,
		.connect_timeout = 5 * HF_SECOND,
		.timeout = 15 * HF_SECOND,
	};
	_cleanup_(events_freep) struct events *events = calloc(1, sizeof(*events));
	int r;

	if (!events) {
		return -ENOMEM;
	}
	LIST_INIT(&events->deliveries);
	events->loop = loop;
	events->url = url;
	events->secret = secret;
	events->on_end = on_end;
	events->userdata = userdata;

	r = http_client_new(loop, &options, &events->http);
	if (r < 0) {
		return r;
	}

	*ret_events = take_ptr(events);
	return 0;
}

struct events *events_free(struct events *events)
{
	struct delivery *delivery;

	if (!events) {
		return NULL;
	}

	events->http = http_client_free(events->http);
	while ((delivery = LIST_FIRST(&events->deliveries))) {
		LIST_REMOVE(delivery, entry);
		(void)delivery_free(delivery);
	}
	for (size_t i = 0; i < EVENTS_KEPT; i++) {
		(void)json_free(events->kept[i].json);
	}
	free(events);
	return NULL;
}

static int deliver(struct events *events, const char *id, const json_t *json, hf_time after)
{
	_cleanup_(delivery_freep) struct delivery *delivery = calloc(1, sizeof(*delivery));
	int r;

	if (!delivery || !json) {
		return -ENOMEM;
	}
	delivery->body = json_write(json, &delivery->size);
	if (!delivery->body) {
		return -ENOMEM;
	}
	delivery->events = events;
	(void)stpncpy(delivery->id, id, sizeof(delivery->id) - 1);
	if (events->count == DELIVERIES_MOST) {
		return -ENOSPC;
	}

	r = loop_add_timer(events->loop, on_timer, delivery, &delivery->timer);
	if (r < 0) {
		return r;
	}
	r = loop_timer_set(delivery->timer, after);
	if (r < 0) {
		return r;
	}

	LIST_INSERT_HEAD(&events->deliveries, delivery, entry);
	events->count++;
	(void)take_ptr(delivery);
	return 0;
}

enum bubble_state events_deliver(struct events *events, const struct inbound *inbound)
{
	_cleanup_(json_freep) json_t *json = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s}", "type", "inbound", "id", inbound->id, "from",
		inbound->from, "to", inbound->to, "text", inbound->text, "at", inbound->at);

	if (!events->url) {
		return BUBBLE_NO_WEBHOOK;
	}
	return deliver(events, inbound->id, json, 0) < 0 ? BUBBLE_UNANSWERED : BUBBLE_SENDING;
}

void events_receipt(struct events *events, const struct receipt *receipt)
{
	_cleanup_(json_freep) json_t *json = json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s}", "type", "receipt", "id", receipt->id, "key",
		receipt->key, "state", receipt->state, "error", receipt->error, "at", receipt->at);

	if (events->url) {
		(void)deliver(events, "", json, MOMENT);
	}
}

/* --- for a courier that asks ------------------------------------------------------- */

int events_keep(struct events *events, const struct inbound *inbound, hf_time now)
{
	struct kept *kept = &events->kept[(events->first + events->kept_count) % EVENTS_KEPT];
	json_t *json =
		json_pack("{s:s, s:s, s:s, s:s, s:s}", "id", inbound->id, "from", inbound->from,
			  "to", inbound->to, "text", inbound->text, "at", inbound->at);

	if (!json) {
		return -ENOMEM;
	}

	(void)json_free(kept->json);
	*kept = (struct kept){ now, json };
	if (events->kept_count < EVENTS_KEPT) {
		events->kept_count++;
	} else {
		events->first = (events->first + 1) % EVENTS_KEPT;
	}
	return 0;
}

json_t *events_page(const struct events *events, const char *since, unsigned page)
{
	_cleanup_(json_freep) json_t *list = json_array();
	size_t number = 0, first = (size_t)page * EVENTS_PAGE;
	char next[128] = "";
	hf_time from = 0;

	(void)civil_parse_rfc3339(since, &from);
	for (size_t i = 0; i < events->kept_count; i++) {
		const struct kept *kept = &events->kept[(events->first + i) % EVENTS_KEPT];

		if (kept->at < from || number++ < first) {
			continue;
		}
		if (number > first + EVENTS_PAGE) {
			(void)snprintf(next, sizeof(next), "/inbound?since=%.40s&page=%u", since,
				       page + 1);
			break;
		}
		if (json_array_append(list, kept->json) < 0) {
			return NULL;
		}
	}
	return json_pack("{s:O, s:s}", "inbound", list, "next", next);
}
