/*
 * What is expected of cases, check-ins, consent and the inbox.
 *
 *   expect case r-1 silent urgent open      its newest case with that reason; any of urgency,
 *                                           state, "times 2", "by mreyes"
 *   expect no case r-1 [REASON]             none that is open
 *   expect calls r-2 r-1                    whom to call, in this order
 *   expect checkin r-1 nudged               her last one
 *   expect answer r-1 well [first need]     what she answered to it
 *   expect consent r-1 withdrawn
 *   expect inbox r-1 stop ["TEXT"]          the last that came from her
 *   expect inbox r-1 2 texts
 *   expect audit @mreyes names r-1 ["DETAIL"]  the newest line of the audit about her
 */
#ifndef HF_SCENARIO_CARE_H
#define HF_SCENARIO_CARE_H

#include "world.h"

#define CARE_WHY_MAX 300

enum {
	CARE_E_UNKNOWN = 1, /* no line of this kind */
	CARE_E_FAILED,      /* `why` says what is not as it should be */
};

/* The line's words after "expect". */
int care_expect(struct world *world, char *const *words, char why[CARE_WHY_MAX]);
/* Prints all cases as TAP comments. */
int care_show_cases(const struct world *world);

#endif
