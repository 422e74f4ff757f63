/*
 * staff.conf: who works here, and who is called when a case is urgent.
 */
#ifndef HF_CONFIG_STAFF_H
#define HF_CONFIG_STAFF_H

#include "lib/conf.h"

struct staff_member {
	char *id, *name, *phone;
	unsigned name_line, phone_line; /* in staff.conf */
	bool administrator;
	bool reveal; /* may ask by text who a case is about */
};

struct on_call {
	char *staff;
	struct hours when;
};

struct staff_file {
	struct staff_member *staff;
	size_t staff_count;
	struct on_call *on_call;
	size_t on_call_count;
	struct span acknowledge_within, attempt_within, read_within;
	bool daily_digest;
};

extern const struct conf_entry staff_file_keys[], staff_keys[], on_call_keys[];

/* Reads the file, or with a NULL root the defaults.  The reader's userdata is a struct references.
 * 0 or -ENOMEM. */
int staff_file_read(struct conf_reader *reader, const struct conf_node *root,
		    struct staff_file *file);

#endif
