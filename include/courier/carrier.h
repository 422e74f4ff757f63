/*
 * One text to the gateway, one outcome back.
 */
#ifndef HF_COURIER_CARRIER_H
#define HF_COURIER_CARRIER_H

#include "lib/http.h"
#include "courier/preset.h"

struct carrier;

/* Strings of the outcome are gone after the callback. */
typedef void (*carrier_on_outcome)(void *userdata, const struct wire_outcome *outcome);

int carrier_new(struct loop *loop, struct gateway *gateway, const struct http_options *options,
		carrier_on_outcome on_outcome, void *userdata, struct carrier **ret_carrier);
/* What is under way ends without its outcome. */
struct carrier *carrier_free(struct carrier *carrier);
DEFINE_CLEANUP(struct carrier *, carrier_free);

/* From here on this gateway's address, secret and rules, for answers that are still to come, too.
 */
void carrier_use(struct carrier *carrier, struct gateway *gateway);

/* The outcome comes later, never from inside.  Not 0: nothing was sent and none will come. */
int carrier_send(struct carrier *carrier, const struct wire_text *text);
unsigned carrier_under_way(const struct carrier *carrier);

#endif
