/* Loading a configuration for a person: what is wrong with it is printed. */
#ifndef HF_CTL_FAULTS_H
#define HF_CTL_FAULTS_H

#include "lib/json.h"
#include "ctl/command.h"
#include "config/model.h"

/* Faults on standard error, one a line.  CTL_DONE with the snapshot, or the exit code. */
int faults_load(const char *dir, struct model **ret_model);

/* The same fault as holdfastd gives it in JSON. */
void faults_print_json(const json_t *faults);

#endif
