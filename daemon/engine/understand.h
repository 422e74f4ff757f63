/*
 * What a reply means.  Pure: the same words, lists and table give the same answer.
 *
 * The lists of all languages count, for people write in more than one.  Whatever
 * is not understood is for a human.
 */
#ifndef HF_ENGINE_UNDERSTAND_H
#define HF_ENGINE_UNDERSTAND_H

#include "config/model.h"

/* Several may be true at once: "STOP i want to die" is a stop and a crisis. */
struct understood {
	bool stop, start, help, yes;
	bool crisis, setback;
	bool person;                 /* asks for a human */
	bool reaction;               /* a phone's "Liked ...": says nothing by itself */
	bool blank;                  /* no letter and no digit, and no answer either */
	const struct answer *answer; /* of the table; NULL: none, or several that contradict */
	int64_t acknowledges;        /* ACK 12: 12; ACK alone: 0; else -1 */
};

/* table: the answers to the question that is open; NULL for none.  0 or -ENOMEM; what is not UTF-8
 * is blank. */
int understand(const struct model *model, const struct answer_table *table, const char *text,
	       struct understood *ret_understood);

#endif
