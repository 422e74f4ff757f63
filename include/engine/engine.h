/*
 * Holdfast at work, told what time it is: planner, permits, dispatch over one
 * database and one snapshot.  holdfastd drives it with the clock and real
 * couriers; preview and the scenario tests drive it with neither.
 */
#ifndef HF_ENGINE_ENGINE_H
#define HF_ENGINE_ENGINE_H

#include "engine/context.h"
#include "engine/dispatch.h"
#include "engine/clock_guard.h"
#include "engine/planner.h"

struct engine;

/* The answers of this module, beside 0 and -errno. */
enum {
	ENGINE_E_NOT_HELD = 1, /* engine_confirm: there is nothing to confirm */
};

/* The snapshot becomes the service's, also on failure; the database stays the caller's. */
int engine_new(struct db *db, struct model *model, dispatch_hand_over hand_over, void *userdata,
	       hf_time now, struct engine **ret_engine);
struct engine *engine_free(struct engine *engine);
DEFINE_CLEANUP(struct engine *, engine_free);

/* From now on only what is planned: nobody is waited for, nudged or alerted of.  For a preview. */
void engine_only_plan(struct engine *engine);

/* The clock runs faster than the couriers: how long one has been away says nothing. */
void engine_rehearse(struct engine *engine);

/* All that is to be done at now: what was waited for, plan, then dispatch. */
int engine_run(struct engine *engine, hf_time now);
/* When engine_run() should be called next. */
int engine_next(struct engine *engine, hf_time now, hf_time *ret_when);

/* Swaps the snapshot (the service owns it from here on, also on failure; the old one then stays):
 * queued texts of clients who are gone are cancelled, series are built anew from the cursor on. */
int engine_reload(struct engine *engine, struct model *model, hf_time now);

/* Right after zone_refresh() has brought other rules: rows keep their local time, and the next run
 * builds all series anew.  Run before the refresh, so that what was due by the old rules is
 * written.
 */
int engine_update_zones(struct engine *engine, const struct zone_update *news, hf_time now);

/* For whoever lives by a clock that may be wrong, before each engine_run(): may begin a hold, and
 * ends one that ends by itself.  (A told clock goes from event to event, days at a time.)  A hold that the database knows of is there
 * from the start. */
int engine_check_clock(struct engine *engine, const struct clock_reading *reading);
/* From here on whoever reads that clock, for whatever purpose: where it is far from what was last
 * checked, everything is held until it is checked, which on_doubt is to see to.  Both outlive it. */
void engine_watch_clock(struct engine *engine, struct clock *clock,
			void (*on_doubt)(void *userdata), void *userdata);
/* A courier is here, and has carried texts of that database and batch: where this one knows less, it was
 * put back, and all is held.  Not in a rehearsal, whose clock nobody watches. */
int engine_hear_of(struct engine *engine, const struct wire_hello *hello, hf_time now);
/* A human says that the clock is right, and the database the one to go on with.  What is due is planned at once. */
int engine_confirm(struct engine *engine, hf_time now);
/* NULL while all is well. */
const struct clock_hold *engine_hold(const struct engine *engine);

/* What a gateway brought, each in a transaction of its own: ret_stored[i] says whether it is
 * committed (a repeat is too); one that is not is to be brought again.  The gateway is in the
 * configuration. */
void engine_inbound(struct engine *engine, const char *gateway, const struct wire_inbound *inbound,
		    size_t count, hf_time now, struct wire_stored *ret_stored);
void engine_webhooks(struct engine *engine, const char *gateway,
		     const struct wire_webhook *webhooks, size_t count, hf_time now,
		     struct wire_stored *ret_stored);
void engine_receipts(struct engine *engine, const char *gateway,
		     const struct wire_receipt *receipts, size_t count, hf_time now,
		     struct wire_stored *ret_stored);

const struct model *engine_model(const struct engine *engine);
struct dispatch *engine_dispatch(const struct engine *engine);
struct planner *engine_planner(const struct engine *engine);
struct db *engine_db(const struct engine *engine);
/* Good until the next reload. */
struct engine_context engine_context_at(struct engine *engine, hf_time now);

#endif
