/*
 * Our own words, quoted back.
 *
 * A phone that cannot show a thumb under a text writes one: Liked “Riverside: hi ...”,
 * 👍 to “...”, No le gustó «...».  What it quotes is ours, so that nothing in it is a STOP,
 * an answer or words of danger of hers; what stands beside it is.
 */
#ifndef HF_ENGINE_REACTION_H
#define HF_ENGINE_REACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/civil.h"
#include "lib/cleanup.h"

#define REACTION_WITHIN (42 * HF_DAY) /* so old may be what is quoted */
#define REACTION_TEXTS  100           /* the last ones that are looked at */

/* A text without what it quotes of ours. */
struct reaction {
	bool quotes; /* it quotes a text of ours */
	char *verb;  /* what stands directly before: "Liked", "👍 to"; "" for nothing */
	char *own;   /* all that she wrote besides; "" for nothing */
};

/* sent: what was sent to that number, as normal_text() makes it.  What is quoted equals one of them,
 * or is its beginning: phones cut long texts.  0 or -ENOMEM; the caller frees both texts. */
int reaction_read(const char *text, char *const *sent, size_t count, struct reaction *ret_reaction);

/* False for most replies, and then there is nothing to look for. */
bool reaction_is_possible(const char *text);

/* What stands before the quotation is hers, too.  0 or -ENOMEM. */
int reaction_own_verb(struct reaction *reaction);

static inline void reaction_done(struct reaction *reaction)
{
	free(reaction->verb);
	free(reaction->own);
}

#endif
