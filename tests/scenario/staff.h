/*
 * What staff do by command in a scenario, through holdfastd's own door:
 *
 *   at 2026-03-03 18:00  pause r-1 until 2026-03-05
 *   at 2026-03-04 09:00  resume r-1
 *   at 2026-03-04 09:00  resume r-1 refused
 *   at 2026-03-04 10:00  stop r-1
 *   at 2026-03-04 10:00  setback r-1
 *   at 2026-03-04 10:00  reply r-1 "See you on Tuesday."
 *   at 2026-03-04 10:00  talk r-1 over
 *   at 2026-03-04 10:00  consent r-1 given paper
 *   at 2026-03-04 10:00  consent r-1 withdrawn voicemail
 *   at 2026-03-04 10:00  case 1 ack
 *   at 2026-03-04 10:00  case 1 attempt no_answer
 *   at 2026-03-04 10:00  case 1 close "will come in on Thursday"
 */
#ifndef HF_SCENARIO_STAFF_H
#define HF_SCENARIO_STAFF_H

#include "world.h"

/* The line's words from the verb on.  0; 1 with the complaint (of `size` bytes) where it did not go
 * as the line says or is none of these; -errno. */
int staff_act(struct world *world, char *const *words, char *complaint, size_t size);

#endif
