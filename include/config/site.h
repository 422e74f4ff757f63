/*
 * holdfast.conf: what the administrator sets once.
 */
#ifndef HF_CONFIG_SITE_H
#define HF_CONFIG_SITE_H

#include "lib/conf.h"

struct site {
	char *name, *phone, *language;
	struct hours hours;
	const struct zone *zone;
	const char *file;
	unsigned name_line, phone_line;
};

enum on_unknown {
	ON_UNKNOWN_HOLD,
	ON_UNKNOWN_REPLIES, /* what a counselor writes is sent again */
	ON_UNKNOWN_RESEND,
};

struct texting {
	struct hours hours; /* all weekdays; within 08:00-21:00 */
	int daily_limit, max_segments;
	bool plain_characters;
	int on_unknown;
	int most_per_hour, most_per_day; /* 0: by the number of clients; engine/ceiling.h */
	unsigned hour_line, day_line;
	struct span conversation;
};

struct keep {
	struct span messages, receipts, audit;
};

/* Points from which on a reply tells of danger or a setback, as engine/danger.h weighs it. */
struct danger {
	int emergency; /* the emergency text, and a human at once */
	int worry;     /* a human at once */
	int setback;   /* a kind answer, and a human */
};

struct site_file {
	struct site site;
	struct texting texting;
	struct keep keep;
	struct danger danger;
	struct conf_texts gateways;
	struct conf_texts senders; /* the numbers that texts come from, of all gateways */
	bool on_network;           /* one of them is not on this machine: real phones ring */
	struct conf_dates closed;
};

extern const struct conf_entry site_file_keys[], site_keys[], texting_keys[], keep_keys[],
	danger_keys[];

/* Reads the file.  The reader's userdata is a struct references.  0 or -ENOMEM. */
int site_file_read(struct conf_reader *reader, const struct conf_node *root,
		   struct site_file *file);

/* Is there a file for each gateway that holdfast.conf names, and can it be used?  Notes what they
 * send from.  `node` is where the names stand; NULL where none do.  0 or -errno. */
int site_check_gateways(struct conf_reader *reader, const char *dir, const struct conf_node *node,
			struct site_file *file);

#endif
