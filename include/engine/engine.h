/*
 * Holdfast at work, told what time it is: planner, permits, dispatch over one
 * database and one snapshot.  holdfastd drives it with the clock and real
 * couriers; preview and the scenario tests drive it with neither.
 */
#ifndef HF_ENGINE_SERVICE_H
#define HF_ENGINE_SERVICE_H

#include "engine/context.h"
#include "engine/dispatch.h"
#include "engine/clock_guard.h"
#include "engine/planner.h"

struct service;

/* The answers of this module, beside 0 and -errno. */
enum {
	SERVICE_E_NOT_HELD = 1, /* service_confirm: there is nothing to confirm */
};

/* The snapshot becomes the service's, also on failure; the database stays the caller's. */
int service_new(struct db *db, struct model *model, dispatch_hand_over hand_over, void *userdata,
		hf_time now, struct service **ret_service);
struct service *service_free(struct service *service);
DEFINE_CLEANUP(struct service *, service_free);

/* From now on only what is planned: nobody is waited for, nudged or alerted of.  For a preview. */
void service_only_plan(struct service *service);

/* All that is to be done at now: what was waited for, plan, then dispatch. */
int service_run(struct service *service, hf_time now);
/* When service_run() should be called next. */
int service_next(struct service *service, hf_time now, hf_time *ret_when);

/* Swaps the snapshot (the service owns it from here on, also on failure; the old one then stays):
 * queued texts of clients who are gone are cancelled, series are built anew from the cursor on. */
int service_reload(struct service *service, struct model *model, hf_time now);

/* Right after zone_refresh() has brought other rules: rows keep their local time, and the next run
 * builds all series anew.  Run before the refresh, so that what was due by the old rules is
 * written.
 */
int service_take_zones(struct service *service, const struct zone_update *news, hf_time now);

/* For whoever lives by a clock that may be wrong, before each service_run(): may begin a hold.  (A
 * told clock goes from event to event, days at a time.)  A hold that the database knows of is there
 * from the start. */
int service_judge_clock(struct service *service, hf_time now);
/* A human says that the clock is right.  What is due is planned at once. */
int service_confirm(struct service *service, hf_time now);
/* NULL while all is well. */
const struct hold *service_hold(const struct service *service);

/* What a gateway brought, each in a transaction of its own: ret_stored[i] says whether it is
 * committed (a repeat is too); one that is not is to be brought again.  The gateway is in the
 * configuration. */
void service_inbound(struct service *service, const char *gateway,
		     const struct wire_inbound *inbound, size_t count, hf_time now,
		     struct wire_stored *ret_stored);
void service_receipts(struct service *service, const char *gateway,
		      const struct wire_receipt *receipts, size_t count, hf_time now,
		      struct wire_stored *ret_stored);

const struct model *service_model(const struct service *service);
struct dispatch *service_dispatch(const struct service *service);
struct planner *service_planner(const struct service *service);
struct db *service_db(const struct service *service);
/* Good until the next reload. */
struct engine_context service_context(struct service *service, hf_time now);

#endif
