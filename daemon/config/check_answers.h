/*
 * Do the texts that offer answers offer those of the table that reads them?
 */
#ifndef HF_CONFIG_CHECK_ANSWERS_H
#define HF_CONFIG_CHECK_ANSWERS_H

#include "config/model.h"

/* Holds every message that is sent while a question is open against the question's table: the
 * question itself, its nudge, its clarification, and what answers.  An error where a message offers
 * what the table lacks, or takes for something else.  Adds to faults.  0 or -ENOMEM. */
int check_answers(const struct model *model, struct faults *faults);

#endif
