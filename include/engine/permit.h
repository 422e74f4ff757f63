/*
 * May this text go to this person now?  Asked inside the transaction that
 * claims it, so that a STOP committed before is always seen.
 */
#ifndef HF_ENGINE_PERMIT_H
#define HF_ENGINE_PERMIT_H

#include "config/model.h"
#include "store/outbox.h"
#include "store/people.h"

enum permit_verdict {
	PERMIT_SEND,
	PERMIT_WAIT,   /* not before `until` */
	PERMIT_EXPIRE, /* too late, also where waiting would be too late */
	PERMIT_CANCEL, /* never: stopped, removed, no consent when it matters */
};

struct permit {
	enum permit_verdict verdict;
	hf_time until;
	const char *reason; /* a literal a person can read: "outside texting hours" */
};

/* 0 or -errno.  client NULL: no longer in the configuration. */
int permit_check(struct db *db, const struct model *model, const struct client *client,
		 const struct outbox_message *row, hf_time now, struct permit *ret_permit);

enum pause_by {
	PAUSE_NONE,
	PAUSE_CONFIG,
	PAUSE_STAFF, /* by command */
};

/* Of several, the one that lasts longest. */
struct permit_pause {
	enum pause_by by;
	struct civil until; /* the last day, where the client is; year 0: open */
};

/* What holds the client's texts back on this local day.  0 or -errno. */
int permit_pause(struct db *db, const struct client *client, const struct civil *day,
		 struct permit_pause *ret_pause);

#endif
