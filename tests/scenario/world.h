/*
 * Holdfast's whole core on told time, a gateway that does as it is told, and the
 * phones that texts arrive at.  Nothing sleeps.
 */
#ifndef HF_SCENARIO_WORLD_H
#define HF_SCENARIO_WORLD_H

#include "engine/engine.h"

#define WORLD_GATEWAY "primary"

enum gateway_mood {
	GATEWAY_ACCEPTS,
	GATEWAY_BUSY,             /* 429: later, and the text has not gone */
	GATEWAY_LOSES,            /* the text arrives, the gateway's answer does not */
	GATEWAY_REFUSES,          /* this number, for good */
	GATEWAY_REFUSES_LANDLINE, /* the same in other words */
	GATEWAY_REFUSES_SENDER,   /* our own number: the client's may be fine */
	GATEWAY_REFUSES_ACCOUNT,  /* our credential, as a wall before the gateway may */
	GATEWAY_REFUSES_CODE,     /* with a code that no preset knows: perhaps only one person */
	GATEWAY_FAILS,            /* cannot be reached: certainly not sent */
	GATEWAY_OPTED,            /* says that the client opted out with it */
	GATEWAY_HANGS, /* the text arrives, and no answer is given until the courier is gone */
};

/* A text on somebody's phone. */
struct arrival {
	char *client, *to, *body, *key; /* the key is the gateway's id as well */
	hf_time at;
	bool expected; /* the scenario has spoken of it */
};

struct world {
	char *dir;
	bool hushed;     /* faults of the configuration are expected */
	bool on_disk;    /* the database is a file, which a restart finds again */
	bool down;       /* holdfastd does not run: time passes and nothing happens */
	bool interrupts; /* holdfastd is started anew whenever something has happened */
	bool unloadable; /* the configuration in dir was refused: holdfastd would start from a copy */
	struct db *db;
	struct model *model; /* loaded, until the service takes it */
	struct engine *engine;
	hf_time now;
	enum gateway_mood mood;
	hf_time retry_after;
	char only[32]; /* whom its mood is about; "": everybody */
	bool up, idempotent, handles_stop;
	int written, news; /* texts that people wrote; packets' numbers */
	int killed;        /* how often holdfastd was killed at a commit */
	bool echoes;       /* a gateway that is broken: every text arrives twice */
	struct arrival *arrivals;
	size_t arrival_count;
	struct wire_outcome *outcomes; /* not yet told; their keys are their own */
	size_t outcome_count;
};

/* The beginning, in three steps: the database, the configuration in world->dir, and at `now` the
 * service.  CONF_E_FAULT: the configuration has errors, which were printed as diagnostics.  -errno.
 */
int world_open_store(struct world *world);
int world_load(struct world *world);
int world_begin(struct world *world, hf_time now);
void world_end(struct world *world);

/* All that happens until `until`, that instant included. */
int world_run(struct world *world, hf_time until);

int world_reload(struct world *world);  /* CONF_E_FAULT: refused */
int world_restart(struct world *world); /* what was under way is lost from memory */
/* Started anew where it was just killed at a commit; else gives r. */
int world_survive(struct world *world, int r);
/* A copy of the database is made; it is put in the place of the one of today, and holdfastd started. */
int world_copy(struct world *world);
int world_restore(struct world *world);
int world_interrupt(struct world *world); /* a restart, where the world interrupts */

/* holdfastd is not there for a while; world_up() compares the clock with what is on record. */
int world_down(struct world *world);
int world_up(struct world *world);
/* The machine's clock is set, forward or back, while holdfastd runs. */
int world_set_clock(struct world *world, hf_time now);

/* The number of a client, of somebody of the staff, or of nobody ("+1..."); NULL for another word.
 */
const char *world_number(const struct world *world, const char *who);
/* Was it to this client, staff member or number?  Two who share a phone both say yes. */
bool world_is_for(const struct world *world, const struct arrival *arrival, const char *who);

int world_gateway_up(struct world *world);
int world_gateway_down(struct world *world);

#endif
