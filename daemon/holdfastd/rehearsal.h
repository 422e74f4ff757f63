/*
 * Playing a stretch of the schedule on a told clock against a pretend gateway:
 * what `holdfastd --rehearse` decides.
 *
 * Dangerous: a rehearsal that reached a real gateway would text real people
 * next week's texts today.  rehearsal_refuse() stands before everything else.
 */
#ifndef HF_HOLDFASTD_REHEARSAL_H
#define HF_HOLDFASTD_REHEARSAL_H

#include "lib/clock.h"
#include "engine/engine.h"

struct rehearsal {
	hf_time from, until; /* until: HF_NEVER where none was given */
	double speed;        /* seconds a second; 0: straight from event to event */
};

/* "2026-11-23/2026-11-30" in the site's zone; UNTIL may be missing.  0, or -EINVAL with *ret_why a
 * literal for people. */
int rehearsal_parse(const char *stretch, double speed, const struct zone *zone,
		    struct rehearsal *ret_rehearsal, const char **ret_why);

enum { REHEARSAL_E_REMOTE = 1 };

/* Is every gateway of the snapshot on this machine?  0, REHEARSAL_E_REMOTE with the name of the
 * first that is not or cannot be read (borrowed from the snapshot), -ENOMEM. */
int rehearsal_refuse(const struct model *model, const char **ret_gateway);

/* The clock, but never as late as UNTIL, however far a fast one has come meanwhile. */
hf_time rehearsal_now(const struct rehearsal *rehearsal, const struct clock *clock);

enum rehearsal_step {
	REHEARSAL_WAIT,  /* something is under way, or the told clock has to run on */
	REHEARSAL_MOVED, /* the clock was moved: run the service again */
	REHEARSAL_OVER,  /* all until UNTIL is done and nothing is in flight */
};

/* What to do after a engine_run().  May be called at any time.  0 or -errno. */
int rehearsal_next(const struct rehearsal *rehearsal, struct engine *engine, struct clock *clock,
		   enum rehearsal_step *ret_step);

/* How many texts ended how between from and until: one line for the log. */
#define REHEARSAL_SUMMARY_MAX 256
int rehearsal_summary(const struct rehearsal *rehearsal, struct engine *engine,
		      char buffer[REHEARSAL_SUMMARY_MAX]);

#endif
