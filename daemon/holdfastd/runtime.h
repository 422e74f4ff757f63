/*
 * The service in real life: the one timer, the reload, the told clock of a
 * rehearsal, and what systemd's status line says.
 *
 * Dangerous: a database whose sync failed may give wrong answers from then on,
 * so whoever notices it, the loop is ended; one that is full is asked again later, and never in a
 * circle.
 */
#ifndef HF_HOLDFASTD_RUNTIME_H
#define HF_HOLDFASTD_RUNTIME_H

#include "lib/loop.h"
#include "holdfastd/rehearsal.h"

struct runtime;

/* All three outlive it.  config is holdfast.conf or its directory; rehearsal is NULL where the
 * clock is the machine's. */
int runtime_new(struct loop *loop, struct clock *clock, const char *config,
		const struct rehearsal *rehearsal, struct runtime **ret_runtime);
struct runtime *runtime_free(struct runtime *runtime);
/* Born before the service, whose couriers call runtime_run; does nothing before this. */
void runtime_serve(struct runtime *runtime, struct engine *engine);

/* A loop_on_task: all that is to be done now, and the timer for what comes next.  Ends the loop
 * with EX_IOERR for a database that cannot be trusted, with 0 when a rehearsal is over. */
void runtime_run(void *userdata);
/* The same at the end of the turn; for whoever is in the middle of something. */
void runtime_run_soon(void *userdata);

/* When it serves: from here on a copy of each good configuration is kept in state_dir (which
 * outlives it).  error: what configuration_start() refused the files for, "" for nothing; it is the last
 * reload's error until the next. */
void runtime_keep_copies(struct runtime *runtime, const char *state_dir, const char *error);
/* Reads the configuration anew, or keeps the old one: 0, CONF_E_FAULT, -errno. */
int runtime_reload(void *userdata, struct faults *faults);
/* 0: not since the start; the error is "" when it was good, borrowed until the next. */
void runtime_last_reload(void *userdata, hf_time *ret_at, const char **ret_error);

#endif
