/* The lines of a scenario about time that goes wrong, and what is expected of it. */
#ifndef HF_SCENARIO_TROUBLE_H
#define HF_SCENARIO_TROUBLE_H

#include "world.h"

#define TROUBLE_MAX 300

enum {
	TROUBLE_E_UNKNOWN = 1, /* no line of this kind */
	TROUBLE_E_FAILED,      /* `why` says what is not as it should be */
};

/* restart, down, up, clock DATE TIME (in the zone), confirm, rules PLACE RULE; killed after|before commit
 * N, disk full|free; copy, and restore that copy of the database. */
int trouble_act(struct world *world, const struct zone *zone, char *const *words,
		char why[TROUBLE_MAX]);

/* held ["REASON"], not held, missed COUNT, all CLIENT REMINDER STATE,STATE... */
int trouble_expect(struct world *world, char *const *words, char why[TROUBLE_MAX]);

#endif
