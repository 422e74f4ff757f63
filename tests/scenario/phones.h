/*
 * What comes from outside: what people write, and what the gateway says later
 * about a text.
 *
 *   at 2026-03-03 10:05  r-1 writes "3"
 *   at 2026-03-03 10:05  r-1 writes again "3"        the gateway brings it once more
 *   at 2026-03-03 10:05  r-1 writes twice "3"        the same under two of its ids
 *   at 2026-03-03 10:05  r-1 writes "..." in 2 parts
 *   at 2026-03-03 10:05  r-1 writes "..." as part 1 of 2
 *   at 2026-03-03 10:05  mreyes writes "ACK 1"
 *   at 2026-03-03 10:05  +13125550199 writes "who is this"
 *   at 2026-03-03 10:05  receipt undelivered for r-1      her last text
 *   at 2026-03-03 10:05  receipt unreachable for r-1 2 before   the last but two
 *   at 2026-03-03 10:05  receipt by key delivered for r-1       it names our key, not the gateway's id
 */
#ifndef HF_SCENARIO_PHONES_H
#define HF_SCENARIO_PHONES_H

#include "world.h"

#define PHONES_WHY_MAX 300

enum {
	PHONES_E_UNKNOWN = 1, /* no line of this kind */
	PHONES_E_FAILED,      /* `why` says what is wrong */
};

int phones_act(struct world *world, char *const *words, char why[PHONES_WHY_MAX]);

#endif
