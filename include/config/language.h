/*
 * messages/LANG.conf: every text, by name, in one language.
 */
#ifndef HF_CONFIG_LANGUAGE_H
#define HF_CONFIG_LANGUAGE_H

#include "lib/conf.h"

#define TEMPLATE_NAME_MAX 80
#define OPEN_SUFFIX       "_open"
#define TEMPLATE_MAX      1000 /* bytes of a template: some six segments */

/* What the value of a field is taken from. */
enum field_of {
	FIELD_OF_SITE,    /* the same in every text */
	FIELD_OF_CLIENT,  /* hers, a text of the snapshot */
	FIELD_OF_STAFF,   /* the name of a member of staff that her file names by the id */
	FIELD_OF_SEVERAL, /* hers, the next of several for each text */
	/* Of the meeting, appointment or reminder that the text is about: of the snapshot. */
	FIELD_OF_EVENT,
	FIELD_OF_TIME,  /* a time or day, as people of the language write it */
	FIELD_OF_COUNT, /* a number that is counted anew for each text */
	FIELD_OF_CASE,  /* of what an alert is about; empty in texts to clients */
};

/*
 * Every field that a template may name, {name}, a row for each: its name, what it is taken from, and
 * for FIELD_OF_COUNT and FIELD_OF_CASE a value as long as it gets; for all others the longest is
 * found in the configuration.  What it becomes is said by field_NAME() in engine/field.c.
 */
#define TEMPLATE_FIELDS(FIELD)                                                                     \
	FIELD(name, CLIENT, NULL)                                                                  \
	FIELD(site, SITE, NULL)                                                                    \
	FIELD(site_phone, SITE, NULL)                                                              \
	FIELD(trusted, SEVERAL, NULL)                                                              \
	FIELD(skill, SEVERAL, NULL)                                                                \
	FIELD(sponsor, CLIENT, NULL)                                                               \
	FIELD(counselor, STAFF, NULL)                                                              \
	FIELD(title, EVENT, NULL)                                                                  \
	FIELD(place, EVENT, NULL)                                                                  \
	FIELD(with, EVENT, NULL)                                                                   \
	FIELD(say, EVENT, NULL)                                                                    \
	FIELD(day, TIME, NULL)                                                                     \
	FIELD(time, TIME, NULL)                                                                    \
	FIELD(at_time, TIME, NULL)                                                                 \
	FIELD(days, COUNT, "9999")                                                                 \
	FIELD(since, TIME, NULL)                                                                   \
	FIELD(per_week, COUNT, "99")                                                               \
	FIELD(next_open, TIME, NULL)                                                               \
	FIELD(client, CLIENT, NULL)                                                                \
	FIELD(case, CASE, "999999")                                                                \
	FIELD(reason, CASE, "wrote something that needs you")                                      \
	FIELD(count, CASE, "999999")                                                               \
	FIELD(gateway, CASE, "a-gateway-of-ours")                                                  \
	FIELD(phone, CASE, "+123456789012345")

/* Their names, NULL-terminated. */
extern const char *const template_fields[];

/* Every message that is sent without any file naming it, NULL-terminated: the first text, answers,
 * alerts. */
extern const char *const templates_always[];

struct template
{
	char *name, *text;
	const char *file;
	unsigned line;
};

/* How her language speaks to her: "sola", "solo", or words that are neither. */
enum address {
	ADDRESS_NEUTRAL,
	ADDRESS_FEMININE,
	ADDRESS_MASCULINE,
};
extern const char *const address_words[]; /* NULL-terminated */

/* Letters that phones charge for, as in "día": UCS-2 has 70 characters in a segment, not 160. */
enum accents {
	ACCENTS_KEEP,
	ACCENTS_PLAIN, /* none in the whole text, where one would make it UCS-2 */
};

enum clock_style {
	CLOCK_12H, /* 7:00 pm */
	CLOCK_24H, /* 19:00 */
};

/* messages/LANG.conf, sorted by name. */
struct language {
	char *code;
	enum accents accents;
	enum clock_style clock;
	struct template *messages;
	size_t count;
	const char *file;
	unsigned line; /* of the group of messages */
};

extern const struct conf_entry language_keys[];

/* Reads one file.  The reader's userdata is a struct references.  0 or -ENOMEM. */
int language_read(struct conf_reader *reader, const struct conf_node *root,
		  struct language *language);
/* What is said where no file has the message: of those that came after the files were written. NULL
 * for all others. */
const struct template *template_built_in(const char *language, const char *name);
/* The message in whose place it is sent: NAME of NAME_open and NAME_feminine, where the language has
 * that, else itself. */
const char *template_sent_as(const struct language *language, const char *name);
/* Of "NAME_open", which only a client who asked for open wording gets instead of NAME, the length of
 * NAME; 0 for all others.  Where there is no NAME it is a message like any other. */
size_t template_open_base(const char *name);
bool language_is_open(const struct language *language, const char *name);
/* Is it NAME_WORD with a word of address_words?  The length of NAME, else 0. */
size_t template_variant(const char *name, size_t *ret_address);
/* NULL where there is no such message. */
const struct template *language_template(const struct language *language, const char *name);

/* "name" or "name|other", as files name a message: the other is for who lacks what the first says. */
struct template_choice {
	char first[TEMPLATE_NAME_MAX + 2]; /* cut where no message can have so long a name */
	const char *other;                 /* NULL where there is none */
};
struct template_choice template_choice(const char *names);

#endif
