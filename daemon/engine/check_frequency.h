/*
 * How many texts clients get, against what they are told and against the daily limit.
 */
#ifndef HF_ENGINE_CHECK_FREQUENCY_H
#define HF_ENGINE_CHECK_FREQUENCY_H

#include "config/model.h"

/* A warning at each message that names fewer texts a week than some client gets, with the fullest
 * week and what it consists of; and at each client who would lose a text to the daily limit, with
 * the days.  It takes some hundred microseconds a client, so it is for a person who asks and not
 * for the service, and looks at the first 5000 clients.  0 or -errno. */
int check_frequency(const struct model *model, struct faults *faults);

#endif
