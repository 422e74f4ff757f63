/*
 * Outcomes on their way to holdfastd: kept until they are said, and those that
 * cannot change any more for a while longer.
 *
 * holdfastd may die with an outcome in its hands.  It would have to call that
 * text unknown, although we know; so after a new connection the last final outcomes are said again.
 * Hearing one twice must do nothing: the row is no longer waiting for it, and a database that knows
 * nothing of the text has no row with its key.
 */
#ifndef HF_COURIER_OUTCOMES_H
#define HF_COURIER_OUTCOMES_H

#include "lib/wire.h"

struct outcomes;

/* most: how many texts may be under way, which bounds what is kept. */
int outcomes_new(unsigned most, struct outcomes **ret_outcomes);
struct outcomes *outcomes_free(struct outcomes *outcomes);
DEFINE_CLEANUP(struct outcomes *, outcomes_free);
/* The gateway's file was read again. */
void outcomes_set_most(struct outcomes *outcomes, unsigned most);

/* Copied.  0 or -ENOMEM. */
int outcomes_add(struct outcomes *outcomes, const struct wire_outcome *outcome, hf_time now);
size_t outcomes_waiting(const struct outcomes *outcomes);

/* What was said within OUTCOMES_REPEAT is to be said again: the wire is a new one. */
#define OUTCOMES_REPEAT HF_MINUTE
void outcomes_repeat(struct outcomes *outcomes, hf_time now);

/* All that waits, and credit, as one.  Not 0: it is still kept. */
int outcomes_send(struct outcomes *outcomes, struct wire *wire, unsigned credit);

#endif
