/*
 * Does every name that one file uses stand in another?  Do all languages say
 * the same things?
 */
#ifndef HF_CONFIG_CROSSCHECK_H
#define HF_CONFIG_CROSSCHECK_H

#include "config/model.h"
#include "config/reference.h"

/* What could not be read, or stands there twice: what it would have named is not missed. */
struct crosscheck {
	const struct model *model; /* its plans are sorted */
	bool languages_broken, plans_broken, staff_broken;
};

/* The names that one file uses.  0 or -ENOMEM. */
int crosscheck_names(const struct crosscheck *all, const struct references *references,
		     struct faults *faults);
/* What one language has, all must have. */
void crosscheck_languages(const struct crosscheck *all, struct faults *faults);

#endif
