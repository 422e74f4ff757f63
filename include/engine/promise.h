/*
 * What texts promise, and whether it is kept.
 *
 * "Soon", "today", "the last", "any time", "up to 5 a week": a person holds on to such words.  Each of
 * the shipped messages that has them stands in a table with the rule that keeps it; a site's own are
 * held against what its configuration does.
 */
#ifndef HF_ENGINE_PROMISE_H
#define HF_ENGINE_PROMISE_H

#include "config/model.h"

enum promise {
	PROMISE_SOON,     /* somebody gets in touch soon */
	PROMISE_CALL,     /* somebody will call */
	PROMISE_READ,     /* somebody reads what she wrote */
	PROMISE_TOLD,     /* somebody has been told */
	PROMISE_TODAY,    /* it is on the day of the text */
	PROMISE_TOMORROW, /* it is on the next day */
	PROMISE_WEEKDAY,  /* it is on that day of the week */
	PROMISE_LAST,     /* no more texts come */
	PROMISE_ANY_TIME, /* somebody is there at any hour */
	PROMISE_PER_WEEK, /* no more texts a week than that */
};
extern const char *const promise_words[]; /* "soon" ...; NULL-terminated */

/* A shipped message that promises something, the rule that keeps it, and the scenario of
 * tests/scenario/ that shows it. */
struct kept_promise {
	const char *message;
	enum promise promise;
	const char *rule, *scenario;
};
extern const struct kept_promise kept_promises[];
extern const size_t kept_promise_count;

/* The promises of a template, 1 << enum promise; in English or Spanish, whatever its language says.
 * 0 or -ENOMEM. */
int promise_find(const char *text, unsigned *ret_promises);

/* A warning at each message whose promise the configuration does not keep.  0 or -ENOMEM. */
int promise_check(const struct model *model, struct faults *faults);

/* The texts a week that a template promises not to exceed, "up to 5 a week"; 0: it names no number.
 * 0 or -ENOMEM. */
int promise_per_week(const char *text, int *ret_texts);

#endif
