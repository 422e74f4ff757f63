/* Places whose clocks a scenario rules, by zone files of its own. */
#ifndef HF_SCENARIO_PLACES_H
#define HF_SCENARIO_PLACES_H

#include "world.h"

#define PLACES_WHY_MAX 300

/* rules Test/PLACE "<-05>5": as POSIX writes them.  First before any time; later it is an upgrade
 * of the time zone data, and the service is told as holdfastd tells it.  > 0: `why` says what is
 * wrong with the line. */
int places_set(struct world *world, char *const *words, char why[PLACES_WHY_MAX]);

/* The system's zones again, for the next scenario. */
void places_forget(void);

#endif
