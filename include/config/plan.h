/*
 * plans/: what everyone who follows a plan is reminded of, and what the
 * answers to its check-ins mean.
 */
#ifndef HF_CONFIG_PLAN_H
#define HF_CONFIG_PLAN_H

#include "config/reminder.h"

enum meaning {
	MEANING_WELL,
	MEANING_WATCH,
	MEANING_NEED,
};
extern const char *const meaning_words[]; /* NULL-terminated */

/* Whether staff are told of an answer. */
enum answer_alert {
	ANSWER_ALERT_NONE,
	ANSWER_ALERT_ROUTINE,
	ANSWER_ALERT_URGENT,
};

struct answer {
	struct conf_texts replies;
	int means;                  /* enum meaning */
	struct conf_texts messages; /* that answer it, in turn; none: no text does */
	int alert;                  /* enum answer_alert */
};

/* Is it one of the messages that answer it? */
bool answer_says(const struct answer *answer, const char *message);

struct answer_table {
	char *name;
	char *nudge, *clarify; /* the messages that ask once more, and say how to answer */
	struct answer *answers;
	size_t count;
	const char *file;
	unsigned line;
};

#define PLANS_IN_TURN 8 /* the most that follow each other by `after` */

struct plan {
	char *id, *title;
	unsigned after_line;
	const char *file;
	int weeks; /* 0: it has no end */
	char *after_id;
	const struct plan
		*after; /* what goes on when it is over, for who wants that; NULL: nothing */
	struct answer_table *tables;
	size_t table_count;
	struct reminder *reminders;
	size_t reminder_count;
};

extern const struct conf_entry plan_keys[], table_keys[], answer_keys[];

/* Reads one file.  The reader's userdata is a struct references.  0 or -ENOMEM. */
int plan_read(struct conf_reader *reader, const struct conf_node *root, struct plan *plan);

#endif
