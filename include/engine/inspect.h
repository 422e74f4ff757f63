/*
 * A snapshot that was looked at as a whole: what goes out, and when, needs the
 * rules of this floor, which the files' own faults do not.
 */
#ifndef HF_ENGINE_INSPECT_H
#define HF_ENGINE_INSPECT_H

#include "config/model.h"

/* model_load(), and where that found nothing wrong, whether every text is short enough and can go
 * out.  With errors in faults: CONF_E_FAULT and no snapshot. */
int inspect_load(const char *file, struct faults *faults, struct model **ret_model);
/* The same with model_reload(). */
int inspect_reload(const struct model *previous, const char *file, hf_time now,
		   struct faults *faults, struct model **ret_model);

#endif
