/*
 * A copy of the files of the last configuration that was sound, so that a
 * start after a bad edit does not leave everybody without texts.
 *
 * It stands in config.good in the state directory, for nobody else to read.
 */
#ifndef HF_CONFIG_LASTGOOD_H
#define HF_CONFIG_LASTGOOD_H

#include "config/model.h"

enum {
	LASTGOOD_E_CHANGED =
		1,       /* a file is not what was loaded any more: the copy stays as it was */
	LASTGOOD_E_NONE, /* there is no copy */
};

/* Where the copy differs from the files of the snapshot, a new one takes its place, whole.
 * ret_written may be NULL.  0, LASTGOOD_E_CHANGED, -errno. */
int lastgood_keep(const struct model *model, const char *state_dir, bool *ret_written);

/* 0, LASTGOOD_E_NONE, -errno; also LASTGOOD_E_NONE for a copy that is not sound (any more), with
 * its faults. */
int lastgood_load(const char *state_dir, struct faults *faults, struct model **ret_model);

#endif
