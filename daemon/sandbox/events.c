/*
 * Deliveries under way.
 *
 * Each try is signed anew: X-Sandbox-Signature is the HMAC-SHA256 of the body
 * with the seconds of X-Sandbox-Timestamp behind it, as hex, so that an old
 * request cannot be played again.
 */
#include "sandbox/webhook.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "lib/cleanup.h"
#include "lib/clock.h"
#include "lib/crypto.h"
#include "lib/http.h"
#include "lib/json.h"

#define FIRST_PAUSE (HF_SECOND / 2) /* then twice as long each time */
#define MOMENT      (HF_SECOND / 20)

struct delivery {
	LIST_ENTRY(delivery) entry;
	struct webhook *webhook;
	struct loop_timer *timer;
	int tries;
	char id[BUBBLE_ID_MAX]; /* of an inbound; "" for a receipt */
	char *body;
	size_t size;
};

struct webhook {
	struct loop *loop;
	struct http *http;
	const char *url, *secret;
	webhook_on_end on_end;
	void *userdata;
	size_t count;
	LIST_HEAD(, delivery) deliveries;
};

DEFINE_CLEANUP(struct webhook *, webhook_free);

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
	struct webhook *webhook = delivery->webhook;

	LIST_REMOVE(delivery, entry);
	webhook->count--;
	if (*delivery->id) {
		webhook->on_end(webhook->userdata, delivery->id, state);
	}
	(void)delivery_free(delivery);
}

static void delivery_failed(struct delivery *delivery)
{
	hf_time pause = FIRST_PAUSE << (delivery->tries - 1);

	if (delivery->tries >= WEBHOOK_TRIES || loop_timer_set(delivery->timer, pause) < 0) {
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
	const char *secret = delivery->webhook->secret;
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
		.url = delivery->webhook->url,
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
	return http_start(delivery->webhook->http, &request, on_answer, delivery);
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

int webhook_new(struct loop *loop, const char *url, const char *secret, webhook_on_end on_end,
		void *userdata, struct webhook **ret_webhook)
{
	static const struct http_options options = {
		.most_connections = 4,
		.connect_timeout = 5 * HF_SECOND,
		.timeout = 15 * HF_SECOND,
	};
	_cleanup_(webhook_freep) struct webhook *webhook = calloc(1, sizeof(*webhook));
	int r;

	if (!webhook) {
		return -ENOMEM;
	}
	LIST_INIT(&webhook->deliveries);
	webhook->loop = loop;
	webhook->url = url;
	webhook->secret = secret;
	webhook->on_end = on_end;
	webhook->userdata = userdata;

	r = http_new(loop, &options, &webhook->http);
	if (r < 0) {
		return r;
	}

	*ret_webhook = take_ptr(webhook);
	return 0;
}

struct webhook *webhook_free(struct webhook *webhook)
{
	struct delivery *delivery;

	if (!webhook) {
		return NULL;
	}

	webhook->http = http_free(webhook->http);
	while ((delivery = LIST_FIRST(&webhook->deliveries))) {
		LIST_REMOVE(delivery, entry);
		(void)delivery_free(delivery);
	}
	free(webhook);
	return NULL;
}

static char *inbound_body(const struct inbound *inbound, size_t *ret_size)
{
	_cleanup_(json_freep) json_t *body = json_new_object();

	if (!body || json_put_text(body, "type", "inbound") < 0 ||
	    json_put_text(body, "id", inbound->id) < 0 ||
	    json_put_text(body, "from", inbound->from) < 0 ||
	    json_put_text(body, "to", inbound->to) < 0 ||
	    json_put_text(body, "text", inbound->text) < 0 ||
	    json_put_text(body, "at", inbound->at) < 0) {
		return NULL;
	}

	return json_write(body, ret_size);
}

static char *receipt_body(const struct receipt *receipt, size_t *ret_size)
{
	_cleanup_(json_freep) json_t *body = json_new_object();

	if (!body || json_put_text(body, "type", "receipt") < 0 ||
	    json_put_text(body, "id", receipt->id) < 0 ||
	    json_put_text(body, "key", receipt->key) < 0 ||
	    json_put_text(body, "state", receipt->state) < 0 ||
	    json_put_text(body, "error", receipt->error) < 0 ||
	    json_put_text(body, "at", receipt->at) < 0) {
		return NULL;
	}

	return json_write(body, ret_size);
}

/* Takes the body; NULL is -ENOMEM. */
static int deliver(struct webhook *webhook, const char *id, char *body, size_t size, hf_time after)
{
	_cleanup_(delivery_freep) struct delivery *delivery = calloc(1, sizeof(*delivery));
	int r;

	if (!delivery || !body) {
		free(body);
		return -ENOMEM;
	}
	delivery->webhook = webhook;
	delivery->body = body;
	delivery->size = size;
	(void)stpncpy(delivery->id, id, sizeof(delivery->id) - 1);
	if (webhook->count == DELIVERIES_MOST) {
		return -ENOSPC;
	}

	r = loop_add_timer(webhook->loop, on_timer, delivery, &delivery->timer);
	if (r < 0) {
		return r;
	}
	r = loop_timer_set(delivery->timer, after);
	if (r < 0) {
		return r;
	}

	LIST_INSERT_HEAD(&webhook->deliveries, delivery, entry);
	webhook->count++;
	(void)take_ptr(delivery);
	return 0;
}

int webhook_deliver(struct webhook *webhook, const struct inbound *inbound)
{
	size_t size = 0;
	char *body = inbound_body(inbound, &size);

	return deliver(webhook, inbound->id, body, size, 0);
}

int webhook_receipt(struct webhook *webhook, const struct receipt *receipt)
{
	size_t size = 0;
	char *body = receipt_body(receipt, &size);

	return deliver(webhook, "", body, size, MOMENT);
}
