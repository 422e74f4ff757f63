/*
 * Is there a time at which each text can go out?  One that never meets the
 * texting hours is an error, a rule that is over before the client begins is
 * worth a warning.  Does a plan by itself send more than one text on a day?
 */
#ifndef HF_ENGINE_TIMETABLE_H
#define HF_ENGINE_TIMETABLE_H

#include "config/model.h"

/* 0 or -errno; faults are faults. */
int timetable_check(const struct model *model, struct faults *faults);

#endif
