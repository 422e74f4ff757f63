/*
 * messages/LANG.conf: every text, by name, in one language.
 */
#ifndef HF_CONFIG_LANGUAGE_H
#define HF_CONFIG_LANGUAGE_H

#include "lib/conf.h"

#define MESSAGE_MAX 1000 /* bytes of a template: some six segments */

/* Every field a template may name, NULL-terminated. */
extern const char *const message_fields[];

/* Every message that is sent without any file naming it, NULL-terminated: the first text, answers,
 * alerts. */
extern const char *const message_always[];

struct message {
	char *name, *text;
	const char *file;
	unsigned line;
};

/* messages/LANG.conf, sorted by name. */
struct language {
	char *code;
	struct message *messages;
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
const struct message *message_own(const char *language, const char *name);
/* NULL where there is no such message. */
const struct message *language_message(const struct language *language, const char *name);

#endif
