/*
 * Outcomes on their way to holdfastd: kept until they are said, and those that
 * cannot change any more for a while longer.
 *
 * holdfastd may die with an outcome in its hands.  It would have to call that
 * text unknown, although we know; so after a new connection the last final outcomes are said again.
 * Hearing one twice must do nothing: the row is no longer waiting for it, and a database that knows
 * nothing of the text has no row with its key.
 */
#ifndef HF_COURIER_REPORT_H
#define HF_COURIER_REPORT_H

#include "lib/wire.h"

struct report;

/* most: how many texts may be under way, which bounds what is kept. */
int report_new(unsigned most, struct report **ret_report);
struct report *report_free(struct report *report);
DEFINE_CLEANUP(struct report *, report_free);

/* Copied.  0 or -ENOMEM. */
int report_add(struct report *report, const struct wire_outcome *outcome, hf_time now);
size_t report_waiting(const struct report *report);

/* What was said within REPORT_AGAIN is to be said again: the wire is a new one. */
#define REPORT_AGAIN HF_MINUTE
void report_again(struct report *report, hf_time now);

/* All that waits, and credit, as one.  Not 0: it is still kept. */
int report_say(struct report *report, struct wire *wire, unsigned credit);

#endif
