/*
 * What is said of clients, held against the calendar and the rest of the
 * configuration: dates that lead to no text, numbers that are nobody's.
 */
#ifndef HF_CONFIG_CHECK_CLIENTS_H
#define HF_CONFIG_CHECK_CLIENTS_H

#include "config/model.h"

/* Faults at each such line. */
void check_clients(const struct model *model, struct faults *faults);

#endif
