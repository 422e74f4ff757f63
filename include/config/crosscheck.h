/*
 * Does every name that one file uses stand in another?  Do all languages say
 * the same things?
 */
#ifndef HF_CONFIG_CROSSCHECK_H
#define HF_CONFIG_CROSSCHECK_H

#include "config/language.h"
#include "config/plan.h"
#include "config/reference.h"
#include "config/roster.h"

struct crosscheck {
	const struct language *languages;
	size_t language_count;
	const struct plan *plans; /* sorted by id */
	size_t plan_count;
	const struct staff_member *staff;
	size_t staff_count;
	const char *language; /* the site's */
	/* Files that could not be read, or two with one name: what they would have named is not
	 * missed. */
	bool languages_broken, plans_broken, staff_broken;
};

/* The names that one file uses.  0 or -ENOMEM. */
int crosscheck_names(const struct crosscheck *all, const struct references *references,
		     struct faults *faults);
/* What one language has, all must have. */
void crosscheck_languages(const struct crosscheck *all, struct faults *faults);

#endif
