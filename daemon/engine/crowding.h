/*
 * Does a plan by itself send more than one text on a day?
 */
#ifndef HF_ENGINE_CROWDING_H
#define HF_ENGINE_CROWDING_H

#include "config/model.h"

/* A warning for each reminder that falls on the days of one before it.  0 or -errno. */
int crowding_check(const struct model *model, struct faults *faults);

#endif
