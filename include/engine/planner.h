/*
 * What is due, and when something next is.  Clients that share a rule and a
 * zone share one series; a min-heap holds the next moment of each series; when
 * it comes its members become outbox rows, in one transaction with the cursor.
 * The cost is what is due, not who is enrolled.
 */
#ifndef HF_ENGINE_PLANNER_H
#define HF_ENGINE_PLANNER_H

#include "lib/db.h"
#include "config/model.h"
#include "store/outbox.h"

struct planner;

/* Plans from the stored cursor on; in a new database from `now`.  The snapshot must outlive it. */
int planner_new(struct db *db, const struct model *model, hf_time now,
		struct planner **ret_planner);
struct planner *planner_free(struct planner *planner);
DEFINE_CLEANUP(struct planner *, planner_free);

/* Writes all rows whose due time is in (cursor, now] and moves the cursor.  May be called at any
 * time. *ret_written may be NULL. */
int planner_run(struct planner *planner, hf_time now, int64_t *ret_written);

/* The next moment of any series; HF_NEVER for none. */
hf_time planner_next(const struct planner *planner);

size_t planner_series(const struct planner *planner);

/* What comes next for one client: up to `limit`, by due time.  Texts borrowed from the snapshot. */
typedef void (*planner_on_row)(void *userdata, const struct outbox_message *row);
int planner_ahead(struct planner *planner, const struct client *client, hf_time from, hf_time until,
		  int limit, planner_on_row on_row, void *userdata);

/* When that meeting of hers next takes place, after `after`; HF_NEVER: no more.  Closed days are not
 * asked after. */
int planner_next_meeting(const struct client *client, const struct meeting *meeting, hf_time after,
			 hf_time *ret_at);

#endif
