/*
 * What a client is reminded of, and when: in a plan for everyone who follows
 * it, or in a client's file for her alone.
 */
#ifndef HF_CONFIG_REMINDER_H
#define HF_CONFIG_REMINDER_H

#include "lib/conf.h"

enum kind {
	KIND_WELCOME,
	KIND_CHECK_IN,
	KIND_COPING,
	KIND_SPONSOR,
	KIND_MILESTONE,
	KIND_MEETING,
	KIND_APPOINTMENT,
	KIND_NOTE,    /* any other reminder a plan or a client has */
	KIND_ONE_OFF, /* holdfastctl send */
	KIND_CLOSING, /* on the last day */
	/* No schedule asks for these: */
	KIND_REPLY,        /* answers what a client wrote */
	KIND_NUDGE,        /* asks once more */
	KIND_CONFIRMATION, /* of a STOP: the one text that goes out after it */
	KIND_INFO,         /* who this is: answers HELP, and a number nobody knows */
	KIND_EMERGENCY,    /* where to turn at once; only a STOP holds it */
	KIND_ALERT,        /* to staff */
	KIND_FOLLOW_UP, /* afterwards: whether she got to a meeting, did what she was reminded of */
};
extern const char *const kind_words[]; /* "welcome", "check-in" ... NULL */

/* weeks long, counted from the end of the phase before; on `weekdays` of every `every`th week of
 * the phase. */
struct phase {
	int weeks;
	unsigned weekdays;
	int every;
};

/* So long after the recovery date or the discharge. */
struct counted {
	enum counted_in {
		COUNTED_IN_DAYS,
		COUNTED_IN_MONTHS, /* of the calendar, see civil_add_months() */
		COUNTED_IN_YEARS,
	} unit;
	int number;
};

enum counts_from {
	COUNTS_FROM_RECOVERY, /* the recovery date, else the discharge */
	COUNTS_FROM_DISCHARGE,
};

/* So long after it has begun she is asked whether she got there, or did it. */
#define FOLLOW_UP_MOST HF_DAY
struct follow_up {
	struct span after; /* zero: she is not asked */
	char *message, *answers;
};

/* Exactly one of weekdays (with every), phases, the three counted ones, rrule says when; for a
 * closing, none. */
struct reminder {
	char *id;
	int kind;   /* enum kind */
	int minute; /* at */
	unsigned weekdays;
	int every;
	struct phase *phases;
	size_t phase_count;
	struct conf_numbers days, months, years;
	int counts_from; /* enum counts_from; of those */
	char *rrule;
	struct civil
		from; /* from which day the weeks of `every` or of the rule count; year 0: the start */
	bool skip;    /* a month that lacks the day: no occurrence, instead of its last day */
	struct conf_texts messages; /* in turn; each "name" or "name|name for who lacks a field" */
	char *answers, *needs;
	char *say; /* what {say} becomes; NULL: nothing */
	struct span nudge_after, silent_after;
	struct conf_spans leads; /* remind */
	struct follow_up ask;
	unsigned line;
	const char *file;
};

extern const struct conf_entry reminder_keys[], phase_keys[];

/* *target is a struct reminder; the reader's userdata a struct references.  0 or -ENOMEM. */
int reminder_read(struct conf_reader *reader, const struct conf_node *node, void *target);

/* What is asked afterwards is all there, within FOLLOW_UP_MOST, or a fault.  0 or -ENOMEM. */
int reminder_check_follow_up(struct conf_reader *reader, const struct conf_node *group,
			     const struct follow_up *ask);

extern const struct conf_entry avoid_keys[];
/* What she wants to get past: a reminder of kind coping, at that hour, in her own words. */
int reminder_read_avoid(struct conf_reader *reader, const struct conf_node *node, void *target);
/* The one of that id; NULL for none, and for an id that is NULL. */
const struct reminder *reminder_find(const struct reminder *list, size_t count, const char *id);
/* The enum kind of a word that a reminder may have as its kind; -EINVAL. */
int reminder_kind_of(const char *word);
extern const char *const reminder_kinds[]; /* those words, NULL-terminated */

/* The weeks of its phases; 0 where it has none. */
int reminder_weeks(const struct reminder *reminder);
/* What is counted: so many days, then months, then years. */
size_t reminder_counted(const struct reminder *reminder);
struct counted reminder_counted_at(const struct reminder *reminder, size_t i);
/* The day it falls on, counted from the day `base`. */
int64_t counted_day(const struct counted *counted, int64_t base);
/* Is that message one of those that it sends, or the alternative of one ("name|alternative")? */
bool reminder_offers(const struct reminder *reminder, const char *name);
/* The same of what is asked afterwards. */
bool follow_up_offers(const struct follow_up *ask, const char *name);

/* Exactly one of `keys` (NULL-terminated) stands in the group, or a fault with `code`. */
void reminder_check_one_key(struct conf_reader *reader, const struct conf_node *group,
			    const char *const *keys, const char *code);
/* A rule that RFC 5545 allows and that makes sense, or a fault.  What calendars write around its
 * parts is dropped in place: blanks, a ";" at the end.  NULL for none.  0 or -ENOMEM. */
int reminder_read_rrule(struct conf_reader *reader, const struct conf_node *group, char *rule);
/* Does what repeats name the day that it counts from (year 0: none is given)?  A warning otherwise. */
void reminder_check_from(struct conf_reader *reader, const struct conf_node *group,
			 const struct civil *from, unsigned weekdays, const char *rule);

#endif
