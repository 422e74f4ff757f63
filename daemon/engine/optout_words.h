/* Does a reply opt out of all texts?  In doubt it does, and a human reads it too. */
#ifndef HF_ENGINE_OPTOUT_WORDS_H
#define HF_ENGINE_OPTOUT_WORDS_H

#include "config/model.h"

/* text as it came, normal as normal_text() makes it.  crisis: it has words of danger.  Then "end"
 * may be about a life ("end it all"), and only the clearest ways to opt out count. */
bool optout_words_match(const struct model *model, const char *text, const char *normal,
			bool crisis);

/* The same for phrases that name her: "who is kait", "not kait's phone".  names: of those we write
 * to.  0 or -ENOMEM. */
int optout_words_name(const struct model *model, const char *text, const char *names,
		      bool *ret_stop);

#endif
