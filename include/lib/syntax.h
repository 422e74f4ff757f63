/*
 * A configuration file looked through once before a parser sees it: what would
 * make the parser slow or deep is refused, and the slips that people make
 * (a quote or a bracket left open, a comma too many, curly quotes) are named
 * where they are, not where the parser stumbles.
 */
#ifndef HF_LIB_SYNTAX_H
#define HF_LIB_SYNTAX_H

#include "lib/fault.h"

#define SYNTAX_DEPTH_MAX 32   /* the deepest that is asked for is 6: plan, reminders, phases */
#define SYNTAX_KEYS_MAX  1000 /* in one group: the parser compares each with each */

enum { SYNTAX_E_FAULT = 1 };

/* 0, or SYNTAX_E_FAULT with one fault added, at its line. */
int syntax_check(const char *text, const char *file, struct faults *faults);

#endif
