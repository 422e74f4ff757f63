/*
 * May this text go to this person now?  Asked inside the transaction that
 * claims it, so that a STOP committed before is always seen.  And, without any database, when
 * a text of its kind may go out at all.
 */
#ifndef HF_ENGINE_PERMIT_H
#define HF_ENGINE_PERMIT_H

#include "store/outbox.h"
#include "engine/context.h"

/* From when on a text of that kind is too late; HF_NEVER where it never is. */
hf_time permit_closing(const struct zone *zone, enum kind kind, hf_time occurrence, hf_time due);
/* How late a nudge may go out where no silence follows. */
#define PERMIT_NUDGE_LATE (3 * HF_HOUR)
/* The first instant >= now inside the texting hours of the client's day. */
hf_time permit_opening(const struct texting *texting, const struct zone *zone, hf_time now);
/* Is a text of that kind about what is at the site, on a day on which the site is closed? */
bool permit_closed(const struct model *model, const struct client *client, int kind,
		   const char *reminder, hf_time occurrence);

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
int permit_check(const struct engine_context *ctx, const struct client *client,
		 const struct outbox_message *row, struct permit *ret_permit);

enum pause_by {
	PAUSE_NONE,
	PAUSE_CONFIG,
	PAUSE_INPATIENT, /* between two stays */
	PAUSE_STAFF,     /* by command */
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
