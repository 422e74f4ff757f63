/*
 * Is all well with the service itself?  What `holdfastctl status --check` says, and what decides
 * whether a courier is told that all is well.
 */
#ifndef HF_ENGINE_HEALTH_H
#define HF_ENGINE_HEALTH_H

#include "engine/engine.h"

enum health_severity {
	HEALTH_WARNING,  /* somebody should look, today */
	HEALTH_CRITICAL, /* texts do not go out, or will not */
};
extern const char *const health_severity_words[];

#define HEALTH_WORDS_MAX  256
#define HEALTH_FAULTS_MAX 32

struct health_fault {
	enum health_severity severity;
	char what[HEALTH_WORDS_MAX]; /* a sentence for people, without its full stop; ids only */
};

struct health {
	struct health_fault faults[HEALTH_FAULTS_MAX]; /* critical ones first */
	size_t count, critical;
};

/* stale_after: so long the last instant on record may be behind; HF_NEVER where the clock is told and
 * goes from event to event.  0 or -errno of the database, which is no health either. */
#define HEALTH_STALE_AFTER (5 * HF_MINUTE)
int health_look(struct engine *engine, hf_time stale_after, hf_time now, struct health *ret_health);

#endif
