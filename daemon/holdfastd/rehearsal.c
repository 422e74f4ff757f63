/*
 * Rehearsals: which stretch, whether it may be played at all, and when the
 * told clock may go on.
 *
 * Promises: the clock is never moved while a courier owes an answer or a text
 * that may go now waits for its courier, so that every text is sent at the
 * minute it would have been sent at.
 */
#include "holdfastd/rehearsal.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "lib/zone.h"
#include "courier/gateway.h"

#define MOMENT_MAX   64
#define GATEWAYS_MAX 64

int rehearsal_parse(const char *stretch, double speed, const struct zone *zone,
		    struct rehearsal *ret_rehearsal, const char **ret_why)
{
	struct rehearsal rehearsal = { .until = HF_NEVER, .speed = speed };
	const char *slash = strchrnul(stretch, '/');
	char from[MOMENT_MAX] = "";

	*ret_why = "write FROM or FROM/UNTIL, each like 2026-11-23 or \"2026-11-23 08:00\"";
	if ((size_t)(slash - stretch) >= sizeof(from)) {
		return -EINVAL;
	}
	(void)stpncpy(from, stretch, (size_t)(slash - stretch));
	if (zone_parse(zone, from, &rehearsal.from) != 0 ||
	    (*slash && zone_parse(zone, slash + 1, &rehearsal.until) != 0)) {
		return -EINVAL;
	}

	if (rehearsal.until <= rehearsal.from) {
		*ret_why = "UNTIL must be after FROM";
		return -EINVAL;
	}
	if (speed == 0 && rehearsal.until == HF_NEVER) {
		*ret_why = "from event to event (--speed 0) it would never end; give FROM/UNTIL";
		return -EINVAL;
	}

	*ret_rehearsal = rehearsal;
	return 0;
}

int rehearsal_refuse(const struct model *model, const char **ret_gateway)
{
	for (size_t i = 0; i < model->gateways.count; i++) {
		_cleanup_(gateway_freep) struct gateway *gateway = NULL;
		struct faults faults = { 0 };
		int r;

		r = gateway_load(model->dir, model->gateways.list[i], &faults, &gateway);
		faults_done(&faults);
		if (r == -ENOMEM) {
			return r;
		}
		if (r != 0 || !gateway_on_loopback(gateway)) {
			*ret_gateway = model->gateways.list[i];
			return REHEARSAL_E_REMOTE;
		}
	}

	return 0;
}

hf_time rehearsal_now(const struct rehearsal *rehearsal, const struct clock *clock)
{
	hf_time now = clock_now(clock);

	return now < rehearsal->until ? now : rehearsal->until - 1;
}

/* What the gateways are about.  One that is held will say when it goes on; one that is not will
 * want a text as soon as it has credit, so a text that is ready waits for it in real time. */
struct gateway_load {
	unsigned in_flight;
	hf_time takes; /* from when on one is not held, connected or still to come */
};

static struct gateway_load read_load(struct engine *engine)
{
	struct dispatch_gateway gateways[GATEWAYS_MAX];
	size_t count = dispatch_gateways(engine_dispatch(engine), gateways, COUNT(gateways));
	struct gateway_load load = { .takes = HF_NEVER };

	for (size_t i = 0; i < count; i++) {
		load.in_flight += gateways[i].in_flight;
		if (gateways[i].held_until < load.takes) {
			load.takes = gateways[i].held_until;
		}
	}

	return load;
}

/* Straight to the next event, or to the end.  The service does not wake for a text while no courier
 * has credit, but here the clock must not pass the moment at which it may go. */
static int move_clock(const struct rehearsal *rehearsal, struct engine *engine, struct clock *clock,
		      hf_time sendable, enum rehearsal_step *ret_step)
{
	hf_time next = HF_NEVER;
	int r;

	r = engine_next(engine, rehearsal_now(rehearsal, clock), &next);
	if (r < 0) {
		return r;
	}

	next = sendable < next ? sendable : next;
	if (next < rehearsal->until) {
		clock_move(clock, next);
		*ret_step = REHEARSAL_MOVED;
		return 0;
	}

	clock_move(clock, rehearsal->until);
	*ret_step = REHEARSAL_OVER;
	return 0;
}

int rehearsal_next(const struct rehearsal *rehearsal, struct engine *engine, struct clock *clock,
		   enum rehearsal_step *ret_step)
{
	hf_time now = rehearsal_now(rehearsal, clock);
	struct gateway_load load = read_load(engine);
	struct dispatch_ceiling ceiling;
	hf_time sendable = HF_NEVER;
	int r;

	r = outbox_next(engine_db(engine), &sendable);
	if (r < 0) {
		return r;
	}

	sendable = sendable > load.takes ? sendable : load.takes;
	if (dispatch_at_ceiling(engine_dispatch(engine), engine_model(engine), now, &ceiling) &&
	    sendable < ceiling.until) {
		sendable = ceiling.until;
	}
	if (load.in_flight > 0 || sendable <= now) {
		*ret_step = REHEARSAL_WAIT;
		return 0;
	}
	if (clock_now(clock) >= rehearsal->until) {
		*ret_step = REHEARSAL_OVER;
		return 0;
	}
	if (rehearsal->speed == 0) {
		return move_clock(rehearsal, engine, clock, sendable, ret_step);
	}

	*ret_step = REHEARSAL_WAIT;
	return 0;
}

static int count_states(struct db *db, hf_time since, int64_t counts[OUTBOX_CANCELLED + 1])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r;

	r = outbox_list(db, NULL, -1, since, INT_MAX, &rows);
	if (r < 0) {
		return r;
	}

	while (db_next(&rows)) {
		outbox_read(&rows, &row);
		counts[row.state]++;
	}
	return rows.error;
}

int rehearsal_summary(const struct rehearsal *rehearsal, struct engine *engine,
		      char buffer[REHEARSAL_SUMMARY_MAX])
{
	int64_t counts[OUTBOX_CANCELLED + 1] = { 0 };
	size_t used = 0;
	int r;

	r = count_states(engine_db(engine), rehearsal->from, counts);
	if (r < 0) {
		return r;
	}

	buffer[0] = '\0';
	for (size_t i = 0; i < COUNT(counts); i++) {
		if (counts[i] > 0 && used < REHEARSAL_SUMMARY_MAX) {
			used += (size_t)snprintf(buffer + used, REHEARSAL_SUMMARY_MAX - used,
						 "%s%s=%" PRId64, used > 0 ? " " : "",
						 outbox_state_words[i], counts[i]);
		}
	}
	return 0;
}
