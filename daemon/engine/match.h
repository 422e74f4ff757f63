/*
 * Which answer of a table a reply is, as people write it: "1.", "one",
 * "Good :)", "1 thanks", "goood", a thumb.
 */
#ifndef HF_ENGINE_MATCH_H
#define HF_ENGINE_MATCH_H

#include "config/model.h"

/* text as it came, normal as lib/normal makes it.  NULL for none, or for several that contradict;
 * of several words the graver counts.  0 or -ENOMEM. */
int match_answer(const struct model *model, const struct answer_table *table, const char *text,
		 const char *normal, const struct answer **ret_answer);

#endif
