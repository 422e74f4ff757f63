/*
 * Does every name that one file uses stand in another?  Do all languages say
 * the same things?
 */
#ifndef HF_CONFIG_CHECK_NAMES_H
#define HF_CONFIG_CHECK_NAMES_H

#include "config/model.h"
#include "config/reference.h"

/* The names that one file uses.  What a kind of name stands in is not missed where it could not be
 * read, or stands there twice: broken is the set of such kinds (1u << reference_kind).  0 or
 * -ENOMEM. */
int check_names(const struct model *model, unsigned broken, const struct references *references,
		struct faults *faults);
/* What one language has, all must have. */
void check_languages(const struct model *model, struct faults *faults);

#endif
