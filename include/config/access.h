/*
 * Who else on the machine may read who is enrolled?
 */
#ifndef HF_CONFIG_ACCESS_H
#define HF_CONFIG_ACCESS_H

#include "config/intake.h"

/* A warning for each file of clients that everybody may read, where everybody gets to it through
 * `dir` and clients/.  0 or -ENOMEM. */
int access_check(const char *dir, struct part *const *parts, size_t count, struct faults *faults);

#endif
