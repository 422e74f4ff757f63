/*
 * The pretend gateway's API, as couriers see it: POST /messages with a bearer
 * token; {"key", "from", "to", "text", "at"}.
 */
#ifndef HF_SANDBOX_GATEWAY_H
#define HF_SANDBOX_GATEWAY_H

#include "lib/http_server.h"
#include "lib/loop.h"
#include "sandbox/events.h"
#include "sandbox/request_log.h"
#include "sandbox/failure.h"
#include "sandbox/phones.h"

struct gateway;

struct gateway_parts {
	const char *secret; /* all are borrowed */
	struct request_log *log;
	struct failures *failures;
	struct phones *phones;
	struct events *events; /* for receipts */
};

int gateway_new(struct loop *loop, const struct gateway_parts *parts, struct gateway **ret_gateway);
/* To be freed after the listener, whose exchanges it may hold. */
struct gateway *gateway_free(struct gateway *gateway);

/* Takes a text. */
void gateway_message(struct gateway *gateway, struct exchange *exchange, hf_time now);
/* Forgets every key; the numbers of the log and the ids go on. */
void gateway_clear(struct gateway *gateway);
/* Does the request carry the couriers' token? */
bool gateway_knows(const struct gateway *gateway, const struct exchange *exchange);
void gateway_gone(struct gateway *gateway, struct exchange *exchange);

#endif
