/*
 * Has every field of a text a value, for whoever gets it?  One without is never
 * sent.
 */
#ifndef HF_ENGINE_CHECK_FIELDS_H
#define HF_ENGINE_CHECK_FIELDS_H

#include "config/model.h"

/* An error at each meeting and appointment whose message names what it lacks, and at each other
 * message that names what somebody lacks who would get it, once, with whose that is.  0 or -errno. */
int check_fields(const struct model *model, struct faults *faults);

#endif
