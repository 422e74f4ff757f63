/*
 * The configuration of a program: loaded and looked at as a whole, for what goes
 * out, and when, needs the rules of this floor, which the files' own faults do
 * not.  For a daemon its faults go into the log, and a copy is kept for a start
 * after a bad edit.
 */
#ifndef HF_ENGINE_CONFIGURATION_H
#define HF_ENGINE_CONFIGURATION_H

#include "config/model.h"

/* model_reload(), and where that found nothing wrong, whether every text is short enough, has what
 * it names, keeps what it promises and can go out.  With errors in faults: CONF_E_FAULT and no
 * snapshot. */
int configuration_read(const struct model *previous, const char *file, struct faults *faults,
		       struct model **ret_model);

/* The same of all files, and what only a person who asks has the time for: weeks and days that are
 * too full. */
int configuration_check(const char *file, struct faults *faults, struct model **ret_model);

/* Reads and logs the first faults; of what stands in `previous` (NULL for none) only what changed.
 * The answers of configuration_read(). */
int configuration_load(const struct model *previous, const char *config, struct faults *faults,
		       struct model **ret_model);

/* What holdfastd starts with: the configuration, or where that has faults its last good copy in the
 * state directory (NULL: none is looked for) and the first of the faults in ret_error.  0,
 * CONF_E_FAULT, -errno. */
#define CONFIGURATION_ERROR_MAX 512
int configuration_start(const char *config, const char *state_dir, struct model **ret_model,
			char ret_error[CONFIGURATION_ERROR_MAX]);

/* Keeps a copy of what was loaded, for the next start; logs why there is none. */
void configuration_keep(const struct model *model, const char *state_dir);

/* The first error as one line; untouched where there is none. */
void configuration_error(const struct faults *faults, char ret_error[CONFIGURATION_ERROR_MAX]);

#endif
