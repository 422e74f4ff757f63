/*
 * words/LANG.conf: words that give the treatment away, words that put a person
 * down, and where they may stand all the same; and the words by which a client
 * stops, starts again, asks for help, or is in need of somebody.
 */
#ifndef HF_CONFIG_WORDS_H
#define HF_CONFIG_WORDS_H

#include "lib/buffer.h"
#include "lib/conf.h"

enum word_use {
	WORD_GIVEAWAY,
	WORD_STIGMA,
	WORD_ALLOWED, /* hides the others that begin in it */
	WORD_STOP,    /* a reply that ends all texts */
	WORD_START,   /* a reply after which they go on */
	WORD_HELP,    /* a reply that asks who this is */
	WORD_YES,     /* a reply that agrees */
	/* Anywhere in a reply: */
	WORD_STOP_PHRASE, /* "please stop texting me" */
	WORD_STOP_FIRST,  /* at the beginning of one */
	WORD_STOP_LAST,   /* at the end of one */
	WORD_COURTESY,    /* what may stand beside a word of WORD_STOP: "please stop, thanks" */
	WORD_FILLER,      /* the same, but not beside a number: "can you stop" */
	WORD_ENDING,      /* before a word of WORD_TEXTING, a stop: "no more of your texts" */
	WORD_TEXTING,
	WORD_VERB,   /* the end of a stop that may have something else for its object: "stop" */
	WORD_OBJECT, /* such a something: "stop the car" is no stop */
	WORD_WRONG,  /* before a word of WORD_PHONE, a stop: "no longer her cell" */
	WORD_PHONE,
	WORD_CRISIS, /* somebody may be in danger */
	WORD_SETBACK,
	WORD_PERSON,   /* asks for a human */
	WORD_BESIDE,   /* what may stand beside a number: "1 today" */
	WORD_NOT,      /* "not good" is not good */
	WORD_EASY,     /* what else may stand beside one that says all is well: "good so far" */
	WORD_DOUBT,    /* who is well does not write it: "good but lonely" */
	WORD_HEAVY,    /* whoever writes it is thanked, and not asked for a number */
	WORD_HARMLESS, /* hides the words of replies that begin in it: "stop by" */
	WORD_DANGER,   /* of a group of words whose company tells of danger (engine/danger.h) */
	WORD_IDIOM,    /* hides those: "this traffic is killing me" */
	WORD_WEIGHT,   /* tells of danger, or of none, by itself; as it sounds */
	WORD_SETBACK_WEIGHT, /* the same for setbacks */
	WORD_USES,
};

/* In a word's normal form, {name} and {name}'s, whoever we write to, and {someone}, another name.  No
 * text has these letters. */
#define WORD_NAME    "*"
#define WORD_NAMES   "+"
#define WORD_SOMEONE "="

struct word {
	enum word_use use;
	const char *written; /* as in the list */
	char *normal;        /* as texts are compared: "12 step" */
	char *say;           /* what to write instead; NULL for none */
	bool capitals;       /* WORD_GIVEAWAY: "HA", which is no word where it is written "ha" */
	uint32_t
		group; /* WORD_DANGER: the hash of its group's name; WORD_WEIGHT, WORD_SETBACK_WEIGHT: which
			  weight */
	bool stem; /* of these, "suicid*": the word may go on */
};

/* Words of these groups, in this order and near each other, and what that adds to the danger. */
#define DANGER_GROUPS 4
struct danger_sign {
	char *groups; /* as in the list */
	int points, within;
	uint32_t group[DANGER_GROUPS];
	size_t count;
};

/* What words add to the danger, or to what tells of a setback.  Those of a topic count together: once, and once more where a second
 * one stands elsewhere in the text. */
struct danger_weight {
	char *topic;       /* NULL: each word counts for itself */
	uint32_t id;       /* the hash of the topic; 0 for none */
	int points, again; /* less than 0 lowers it */
	char *words;       /* as in the list, with commas between */
};

/* What two topics in one text add. */
struct danger_pair {
	uint32_t one, other; /* as danger_weight.id */
	const char *written; /* "one + other" */
	int points;
};

/* Of WORD_STOP, WORD_START and WORD_HELP a list has at least what carriers and gateways act on
 * themselves (CTIA, Messaging Principles and Best Practices 5.1.3; 47 CFR 64.1200(a)(10)), whatever
 * the file says. */
struct word_list {
	char *language;     /* "en": the name of the file */
	const char *file;   /* as faults show it */
	struct word *words; /* sorted by use, and by normal */
	size_t count;
	uint32_t begin[WORD_USES * 256 + 1]; /* of each use, the words that begin with each byte */
	struct danger_sign *signs;
	size_t sign_count;
	struct danger_weight *weights;
	size_t weight_count;
	struct danger_weight *setback_weights;
	size_t setback_weight_count;
	struct danger_pair *pairs;
	size_t pair_count;
};

extern const struct conf_entry words_keys[], stigma_keys[], allow_keys[], danger_group_keys[],
	danger_sign_keys[], danger_weight_keys[], danger_pair_keys[];

/* Reads one list: what the file says, and for the keys that it lacks the list of that name that
 * comes with Holdfast.  Without a root, only that.  0 or -ENOMEM. */
int words_read(struct conf_reader *reader, const struct conf_node *root, const char *file,
	       struct word_list *list);

/* The first of the words of a use that begin with that byte; the last is the one before those of the
 * next byte.  So all of a use are those from byte 0 to before byte 256. */
static inline const struct word *words_begin(const struct word_list *list, enum word_use use,
					     size_t byte)
{
	return &list->words[list->begin[(size_t)use * 256 + byte]];
}

/* Goes through the words of a use with which a text begins, the shorter first; what follows them in
 * the text is for word_length() to judge. */
struct word_walk {
	const struct word *next, *end;
	const char *at;
	size_t depth;
};

static inline struct word_walk words_walk(const struct word_list *list, enum word_use use,
					  const char *at)
{
	return (struct word_walk){ .next = words_begin(list, use, (unsigned char)*at),
				   .end = words_begin(list, use, (unsigned char)*at + 1),
				   .at = at,
				   .depth = 1 };
}

/* NULL: that was the last. */
const struct word *words_walk_on(struct word_walk *walk);

/* The first word of that use in a normal text (lib/plain), of several the longest; NULL for none.
 * A plural's s or es may follow it.  What WORD_ALLOWED hides in our own texts, WORD_HARMLESS hides
 * in replies.  written: the text as it was, for what counts in capitals alone; without (NULL) none
 * of that is found. */
const struct word *words_find(const struct word_list *list, const char *normal, const char *written,
			      enum word_use use);
/* Does the text hold these letters in capitals, and nothing before or after them?  "C.M.A." has
 * "CMA". */
bool words_in_capitals(const char *text, const char *letters);
/* How much of a normal text a word of that use is, at the first letter of a word; 0 for none. */
size_t words_at(const struct word_list *list, const char *at, enum word_use use);
/* How much of a normal text that word is, at the first letter of a word, with a plural's s or es and
 * the rest of a stem; 0 where it is another. */
size_t word_length(const struct word *word, const char *at);
/* What words of WORD_DANGER and WORD_IDIOM are compared with: a normal text, made shorter in place.
 * "can t" is "cant". */
void words_join(char *normal);
/* "3" for "three" and "tres", of a normal text; NULL: that is no number that is written out. */
const char *words_digit(const char *word, size_t length);
/* What words of WORD_WEIGHT and WORD_SETBACK_WEIGHT are compared with: joined, and word by word as it sounds, however it is
 * typed on a phone: "kiero", "qiero" and "quiero" are one.  It has as many words.  The buffer is
 * emptied first, and remembers when memory is out. */
void words_sound(const char *joined, struct buffer *ret_sound);
/* The word of that use that is the whole of a normal text; NULL for none. */
const struct word *words_whole(const struct word_list *list, const char *normal, enum word_use use);

#endif
