/*
 * staff.conf: who works here, and who is called when a case is urgent.
 */
#ifndef HF_CONFIG_ROSTER_H
#define HF_CONFIG_ROSTER_H

#include "lib/conf.h"

struct staff_member {
	char *id, *name, *phone;
};

struct on_call {
	char *staff;
	struct hours when;
};

struct roster {
	struct staff_member *staff;
	size_t staff_count;
	struct on_call *on_call;
	size_t on_call_count;
	struct span acknowledge_within;
};

extern const struct conf_entry roster_keys[], staff_keys[], on_call_keys[];

/* Reads the file, or with a NULL root the defaults.  The reader's userdata is a struct references.
 * 0 or -ENOMEM. */
int roster_read(struct conf_reader *reader, const struct conf_node *root, struct roster *roster);

#endif
