/*
 * One text to the gateway, one outcome back.
 *
 * Here an HTTP call's fate becomes a class: unsent may be tried again, lost
 * may not, and what an answer means is the preset's business.
 */
#include "courier/carrier.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A text under way; kept for the next one. */
struct carried {
	struct carrier *carrier;
	struct carried *next_made, *next_idle;
	int64_t id;
	int attempt;
	char key[WIRE_KEY_MAX + 1];
};

struct carrier {
	struct gateway *gateway;
	struct http *http;
	carrier_on_outcome on_outcome;
	void *userdata;
	struct carried *made, *idle;
	unsigned under_way;
};

void carrier_use(struct carrier *carrier, struct gateway *gateway)
{
	carrier->gateway = gateway;
	http_set_connections(carrier->http, gateway_most_inflight(gateway));
	http_set_ca(carrier->http, gateway_ca(gateway));
}

int carrier_new(struct loop *loop, struct gateway *gateway, const struct http_options *options,
		carrier_on_outcome on_outcome, void *userdata, struct carrier **ret_carrier)
{
	_cleanup_(carrier_freep) struct carrier *carrier = calloc(1, sizeof(*carrier));
	int r;

	if (!carrier) {
		return -ENOMEM;
	}
	carrier->on_outcome = on_outcome;
	carrier->userdata = userdata;
	r = http_new(loop, options, &carrier->http);
	if (r < 0) {
		return r;
	}
	carrier_use(carrier, gateway);

	*ret_carrier = take_ptr(carrier);
	return 0;
}

struct carrier *carrier_free(struct carrier *carrier)
{
	if (!carrier) {
		return NULL;
	}

	http_free(carrier->http);
	while (carrier->made) {
		struct carried *carried = carrier->made;

		carrier->made = carried->next_made;
		free(carried);
	}
	free(carrier);
	return NULL;
}

unsigned carrier_under_way(const struct carrier *carrier)
{
	return carrier->under_way;
}

static void give_back(struct carried *carried)
{
	carried->next_idle = carried->carrier->idle;
	carried->carrier->idle = carried;
}

static int take_one(struct carrier *carrier, struct carried **ret_carried)
{
	struct carried *carried = carrier->idle;

	if (carried) {
		carrier->idle = carried->next_idle;
		*ret_carried = carried;
		return 0;
	}

	carried = calloc(1, sizeof(*carried));
	if (!carried) {
		return -ENOMEM;
	}
	carried->carrier = carrier;
	carried->next_made = carrier->made;
	carrier->made = carried;
	*ret_carried = carried;
	return 0;
}

static void on_answer(void *userdata, const struct http_answer *answer)
{
	struct carried *carried = userdata;
	struct carrier *carrier = carried->carrier;
	/* Whoever hears the outcome may send the next text in its place. */
	const struct carried done = *carried;
	const struct preset_answer said = {
		.status = answer->status,
		.body = answer->body,
		.body_size = answer->body_size,
		.retry_after = answer->retry_after,
	};
	struct wire_outcome outcome = {
		.class = OUTCOME_UNKNOWN,
		.gateway_id = "",
		.reason = answer->detail,
	};

	switch (answer->fate) {
	case HTTP_ANSWERED:
		gateway_classify(carrier->gateway, &said, &outcome);
		break;
	case HTTP_UNSENT:
		outcome.class = OUTCOME_UNSENT;
		break;
	case HTTP_LOST:
		outcome.class = OUTCOME_UNKNOWN;
		break;
	}
	outcome.id = done.id;
	outcome.attempt = done.attempt;
	outcome.key = done.key;

	carrier->under_way--;
	give_back(carried);
	carrier->on_outcome(carrier->userdata, &outcome);
}

static int start(struct carrier *carrier, const struct preset_request *composed,
		 struct carried *carried)
{
	const struct http_request request = {
		.method = composed->method,
		.url = composed->url,
		.headers = (const char *const *)composed->headers,
		.body = composed->body,
		.body_size = composed->body_size,
		.user = composed->user,
		.password = composed->password,
		.resend = composed->resend,
	};

	return http_start(carrier->http, &request, on_answer, carried);
}

int carrier_send(struct carrier *carrier, const struct wire_text *text)
{
	_cleanup_(preset_request_done) struct preset_request composed = { 0 };
	struct carried *carried;
	int r;

	if (strlen(text->key) > WIRE_KEY_MAX) {
		return -EINVAL;
	}
	r = gateway_compose(carrier->gateway, text, &composed);
	if (r < 0) {
		return r;
	}
	r = take_one(carrier, &carried);
	if (r < 0) {
		return r;
	}

	carried->id = text->id;
	carried->attempt = text->attempt;
	strcpy(carried->key, text->key);
	r = start(carrier, &composed, carried);
	if (r < 0) {
		give_back(carried);
		return r;
	}

	carrier->under_way++;
	return 0;
}
