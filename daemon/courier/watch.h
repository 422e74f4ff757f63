/*
 * Keeping watch over holdfastd.
 *
 * While beats come that say that all is well, the address of the gateway's `heartbeat` is called
 * each heartbeat_every: whoever listens there calls somebody when that stops, also where this
 * whole machine has.  And where no such beat has come for a quarter of an hour, whoever is on call
 * is texted past holdfastd: once, and again every four hours, in the site's texting hours.  Number
 * and words were handed over while holdfastd was well; they are kept in memory only, so a courier
 * that has never heard of it knows nobody.
 */
#ifndef HF_COURIER_WATCH_H
#define HF_COURIER_WATCH_H

#include "lib/clock.h"
#include "lib/http_client.h"
#include "lib/wire.h"

struct gateway;
struct watch;

int watch_new(struct loop *loop, const struct gateway *gateway,
	      const struct http_client_options *options, const struct clock *clock,
	      struct watch **ret_watch);
struct watch *watch_free(struct watch *watch);
DEFINE_CLEANUP(struct watch *, watch_free);

void watch_beat(struct watch *watch, const struct wire_beat *beat);
/* More than 16 are cut. */
void watch_alarms(struct watch *watch, const struct wire_alarm *alarms, size_t count);
/* The gateway's file was read again. */
void watch_set_gateway(struct watch *watch, const struct gateway *gateway);

#endif
