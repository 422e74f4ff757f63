/* Loading a configuration for a person: what is wrong with it is printed. */
#ifndef HF_CTL_CHECK_H
#define HF_CTL_CHECK_H

#include "lib/json.h"
#include "ctl/command.h"
#include "config/model.h"

/* Faults on standard error, one a line.  CTL_DONE with the snapshot, or the exit code. */
int check_load(const char *dir, struct model **ret_model);

/* The same fault as holdfastd gives it in JSON. */
void check_print_faults(const json_t *faults);

#endif
