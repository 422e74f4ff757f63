/*
 * Is every text short enough, whoever gets it?
 */
#ifndef HF_ENGINE_CHECK_LENGTH_H
#define HF_ENGINE_CHECK_LENGTH_H

#include "config/model.h"

/* An error at each message that takes more than texting.max_segments with the longest values of
 * somebody who may get it; it says whose, where hers are what makes it so.  A warning where letters with
 * accents make messages of a language longer.  0 or -errno. */
int check_length(const struct model *model, struct faults *faults);

#endif
