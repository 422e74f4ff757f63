/* Does a reply end all texts?  In doubt it does, and a human reads it too. */
#ifndef HF_ENGINE_OPTOUT_WORDS_H
#define HF_ENGINE_OPTOUT_WORDS_H

#include "config/model.h"

/* text as it came, normal as lib/normal makes it.  crisis: there are words of danger in it.
 * Whoever writes "end it all" means no texts: then END alone is no wish of that kind. */
bool optout_words_match(const struct model *model, const char *text, const char *normal,
			bool crisis);

#endif
