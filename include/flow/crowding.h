/*
 * Does a plan by itself send more than one text on a day?
 */
#ifndef HF_FLOW_CROWDING_H
#define HF_FLOW_CROWDING_H

#include "data/model.h"

/* A warning for each reminder that falls on the days of one before it.  0 or -errno. */
int crowding_check(const struct model *model, struct faults *faults);

#endif
