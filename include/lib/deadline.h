/*
 * Connections that must be done with something in time.  Whoever is not is shut
 * down (shutdown(2) both ways), and whoever owns the descriptor then reads the
 * end of the stream.  Every deadline of one queue has the same length, so the
 * earliest stands first and a restart costs no system call.
 */
#ifndef HF_LIB_DEADLINE_H
#define HF_LIB_DEADLINE_H

#include <stdbool.h>
#include <sys/queue.h>

#include "lib/loop.h"

struct deadlines;

struct deadline {
	struct deadlines *queue; /* borrowed */
	int fd;                  /* borrowed */
	bool runs;
	hf_time due; /* monotonic */
	TAILQ_ENTRY(deadline) entry;
};

int deadlines_new(struct loop *loop, hf_time length, struct deadlines **ret_deadlines);
/* What still runs is left alone. */
struct deadlines *deadlines_free(struct deadlines *deadlines);

/* Not running when made. */
void deadline_init(struct deadline *deadline, struct deadlines *queue, int fd);
void deadline_restart(struct deadline *deadline);
void deadline_stop(struct deadline *deadline);

#endif
