/*
 * What a reply means.  Pure: the same words, lists and table give the same answer.
 *
 * The lists of all languages count, for people write in more than one.  Whatever
 * is not understood is for a human.
 */
#ifndef HF_ENGINE_UNDERSTAND_H
#define HF_ENGINE_UNDERSTAND_H

#include "config/model.h"
#include "store/cases.h"

/* What a member of staff writes about a case. */
enum staff_act {
	STAFF_SAYS_NOTHING,
	STAFF_ACKNOWLEDGES, /* ACK 12 */
	STAFF_ASKS_WHO,     /* WHO 12 */
	STAFF_TRIED,        /* CALLED 12, SPOKE 12 ... */
};

struct staff_word {
	enum staff_act act;
	enum case_attempt attempt; /* of STAFF_TRIED */
	int64_t number;            /* of the case; 0: none is named */
	bool alone;                /* nothing stands after it */
};

/* What is said, whatever was asked.  Several may be true at once: "STOP i want to die" is a stop
 * and a crisis. */
struct understood {
	bool stop, start, help, yes;
	bool cancel; /* the stop is a "cancel", which may be meant for an appointment */
	bool crisis, setback;
	bool worry;    /* perhaps a crisis: a human is to decide, at once */
	bool person;   /* asks for a human */
	bool reaction; /* only our own words, quoted back: engine/reaction.h, never here */
	struct staff_word staff;
};

/* 0 or -ENOMEM; what is not UTF-8 says nothing. */
int understand(const struct model *model, const char *text, struct understood *ret_understood);
/* The same of somebody to whom we write as one of these names (NULL: nobody knows), with spaces
 * between them: "this isnt kait" is a wrong number where we write to Kait. */
int understand_from(const struct model *model, const char *text, const char *names,
		    struct understood *ret_understood);

/* Which answer of the open question's table (NULL: nothing was asked) the same text is.
 * *ret_answer NULL: none, or several that contradict, or it is a stop, a start or a call for help.
 * Of several words the graver counts, and nothing is well beside something bad.  *ret_more: there
 * is an answer, and words beside it of which nobody knows what they say.  0 or -ENOMEM. */
int understand_answer(const struct model *model, const struct answer_table *table, const char *text,
		      const struct understood *understood, const struct answer **ret_answer,
		      bool *ret_more);

/* Has a text that is no answer nothing heavy in it ("dunno", "1 or 2", "the bus was full"), so that how
 * to answer may be said to it?  Whoever writes "my cat died" or "not good" is thanked, and not asked
 * for a number.  0 or -ENOMEM. */
int understand_light(const struct model *model, const char *text, bool *ret_light);

#endif
