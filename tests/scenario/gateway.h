/*
 * What the gateway of a scenario does from a line on:
 *
 *   gateway idempotent            before any time: it takes a key
 *   gateway answers STOP          before any time: it confirms a STOP itself
 *   at 2026-03-03 18:00  gateway down
 *   at 2026-03-03 18:00  gateway says 429 retry 60
 *   at 2026-03-03 18:00  gateway refuses code 21703 to r-2    her texts; all others are accepted
 */
#ifndef HF_SCENARIO_GATEWAY_H
#define HF_SCENARIO_GATEWAY_H

#include "world.h"

#define GATEWAY_WHY_MAX 300

/* The line's words after "gateway".  > 0: `why` says what is wrong with the line. */
int gateway_act(struct world *world, char *const *words, char why[GATEWAY_WHY_MAX]);

#endif
