/*
 * What the engine works with: one database, one snapshot, one instant.
 *
 * engine_context_at() fills it; it is good until the next reload, and for what is done at `now`.
 * A preview and tests fill their own.
 */
#ifndef HF_ENGINE_CONTEXT_H
#define HF_ENGINE_CONTEXT_H

#include "lib/db.h"
#include "config/model.h"
#include "engine/recipient.h"

struct dispatch;
struct message_log;
struct planner;

struct engine_context {
	struct db *db;
	const struct model *model;
	const struct phonebook *book;    /* of that model; NULL where nobody can write to us */
	struct planner *planner;         /* of that model; NULL: nobody plans */
	const struct dispatch *dispatch; /* of that model; NULL: there are no couriers */
	struct message_log *log;         /* the log of the open transaction */
	hf_time now;
	bool only_plans; /* a preview: whoever is asked answers at once */
	/* Set where somebody is to be texted at other times from now on; NULL: nobody plans. */
	bool *enrolments_changed;
};

#endif
