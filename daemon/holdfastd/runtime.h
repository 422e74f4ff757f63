/*
 * The service in real life: the one timer, the reload, the told clock of a
 * rehearsal, and what systemd's status line says.
 *
 * Dangerous: a database whose sync failed may give wrong answers from then on,
 * so the loop is ended; one that is full is asked again later, and never in a
 * circle.
 */
#ifndef HF_HOLDFASTD_KEEPER_H
#define HF_HOLDFASTD_KEEPER_H

#include "lib/loop.h"
#include "holdfastd/rehearsal.h"

struct keeper;

/* All three outlive it.  config is holdfast.conf or its directory; rehearsal is NULL where the
 * clock is the machine's. */
int keeper_new(struct loop *loop, struct clock *clock, const char *config,
	       const struct rehearsal *rehearsal, struct keeper **ret_keeper);
struct keeper *keeper_free(struct keeper *keeper);
/* Born before the service, whose couriers call keeper_attend; does nothing before this. */
void keeper_serve(struct keeper *keeper, struct service *service);

/* A loop_on_task: all that is to be done now, and the timer for what comes next.  Ends the loop
 * with EX_IOERR for a database that cannot be trusted, with 0 when a rehearsal is over. */
void keeper_attend(void *userdata);
/* The same at the end of the turn; for whoever is in the middle of something. */
void keeper_attend_soon(void *userdata);

/* When it serves: from here on a copy of each good configuration is kept in state_dir (which
 * outlives it).  error: what loading_start() refused the files for, "" for nothing; it is the last
 * reload's error until the next. */
void keeper_keep_copies(struct keeper *keeper, const char *state_dir, const char *error);
/* Reads the configuration anew, or keeps the old one: 0, CONF_E_FAULT, -errno. */
int keeper_reload(void *userdata, struct faults *faults);
/* 0: not since the start; the error is "" when it was good, borrowed until the next. */
void keeper_last_reload(void *userdata, hf_time *ret_at, const char **ret_error);

#endif
