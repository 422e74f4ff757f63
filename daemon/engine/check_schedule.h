/*
 * Is there a time at which each text can go out?  One that never meets the
 * texting hours is an error, a rule that is over before the client begins is
 * worth a warning.  Does a plan by itself send more than one text on a day?
 */
#ifndef HF_ENGINE_CHECK_SCHEDULE_H
#define HF_ENGINE_CHECK_SCHEDULE_H

#include "config/model.h"

/* 0 or -errno; faults are faults. */
int check_schedule(const struct model *model, struct faults *faults);

#endif
