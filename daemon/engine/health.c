#include "engine/health.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "store/outbox.h"
#include "store/store.h"
#include "store/webhooks.h"

#define GATEWAYS_MAX 64

const char *const health_severity_words[] = {
	[HEALTH_WARNING] = "warning",
	[HEALTH_CRITICAL] = "critical",
};

__attribute__((format(printf, 3, 4))) static void add(struct health *health,
						      enum health_severity severity,
						      const char *format, ...)
{
	struct health_fault fault = { .severity = severity };
	size_t at = severity == HEALTH_CRITICAL ? health->critical : health->count;
	va_list arguments;

	if (health->count == HEALTH_FAULTS_MAX) {
		return;
	}
	va_start(arguments, format);
	(void)vsnprintf(fault.what, sizeof(fault.what), format, arguments);
	va_end(arguments);
	memmove(&health->faults[at + 1], &health->faults[at],
		(health->count - at) * sizeof(health->faults[0]));
	health->faults[at] = fault;
	health->count++;
	health->critical += severity == HEALTH_CRITICAL;
}

static void look_at_gateways(struct engine *engine, hf_time now, struct health *health)
{
	struct dispatch_gateway gateways[GATEWAYS_MAX];
	size_t count = dispatch_gateways(engine_dispatch(engine), gateways, COUNT(gateways));
	enum health_severity severity = HEALTH_CRITICAL;

	for (size_t i = 0; i < count; i++) {
		if (gateways[i].connected && !*gateways[i].held_why) {
			severity = HEALTH_WARNING; /* texts go by this one */
		}
	}
	if (count == 0) {
		add(health, HEALTH_CRITICAL, "holdfast.conf names no gateway");
	}
	for (size_t i = 0; i < count; i++) {
		const struct dispatch_gateway *gateway = &gateways[i];

		if (!gateway->connected) {
			add(health, severity,
			    "gateway %s has no courier; see systemctl status holdfast-courier@%s",
			    gateway->name, gateway->name);
		} else if (*gateway->held_said || gateway->held_until > now) {
			add(health, severity, "gateway %s is held: %s%s%s", gateway->name,
			    gateway->held_why, *gateway->held_said ? ": " : "", gateway->held_said);
		}
	}
}

static int look_at_clock(struct engine *engine, hf_time stale_after, hf_time now,
			 struct health *health)
{
	const struct clock_hold *hold = engine_hold(engine);
	char when[CIVIL_RFC3339_MAX];
	hf_time last = now;
	int r;

	if (hold) {
		add(health, HEALTH_CRITICAL, "nothing is sent: %s, %s", clock_guard_word(hold->why),
		    clock_guard_end(hold->why));
		return 0;
	}
	r = stale_after == HF_NEVER ? 0 : store_cursor(engine_db(engine), now, &last);
	if (r == 0 && now - last > stale_after) {
		zone_format(engine_model(engine)->site.zone, last, when);
		add(health, HEALTH_CRITICAL,
		    "nothing has been planned or written since %s; see journalctl -u holdfastd",
		    when);
	}
	return r;
}

/* Of the last day: what lies longer back somebody has seen. */
static int look_at_outage(struct engine *engine, hf_time now, struct health *health)
{
	const struct zone *zone = engine_model(engine)->site.zone;
	char since[CIVIL_RFC3339_MAX], end[CIVIL_RFC3339_MAX];
	hf_time from = 0, until = 0;
	int64_t missed = 0;
	int r = store_outage(engine_db(engine), &from, &until);

	if (r != 0 || until == 0 || now - until > HF_DAY) {
		return r;
	}
	r = outbox_count_missed(engine_db(engine), from, until, &missed);
	if (r == 0 && missed > 0) {
		zone_format(zone, from, since);
		zone_format(zone, until, end);
		add(health, HEALTH_WARNING,
		    "%" PRId64 " text(s) were not sent: holdfastd was away from %s to %s", missed,
		    since, end);
	}
	return r;
}

static int look_at_texts(struct engine *engine, hf_time now, struct health *health)
{
	struct outbox_totals totals = { 0 };
	struct webhooks_totals webhooks = { 0 };
	int r = outbox_totals(engine_db(engine), now, &totals);

	r = r ? r : webhooks_totals(engine_db(engine), &webhooks);
	if (r == 0 && totals.unknown > 0) {
		add(health, HEALTH_WARNING,
		    "of %" PRId64 " text(s) nobody knows whether they arrived; see holdfastctl "
		    "messages --state unknown",
		    totals.unknown);
	}
	if (r == 0 && webhooks.count > 0) {
		add(health, HEALTH_WARNING,
		    "%" PRId64 " webhook(s) fit no rule of their preset; see holdfastctl inbox "
		    "--webhooks",
		    webhooks.count);
	}
	return r;
}

int health_look(struct engine *engine, hf_time stale_after, hf_time now, struct health *ret_health)
{
	int r;

	*ret_health = (struct health){ 0 };
	look_at_gateways(engine, now, ret_health);
	r = look_at_clock(engine, stale_after, now, ret_health);
	r = r ? r : look_at_outage(engine, now, ret_health);
	return r ? r : look_at_texts(engine, now, ret_health);
}
