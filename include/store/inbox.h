/*
 * Every text that somebody wrote to us, once: whatever it says, whoever wrote
 * it, however often the gateway brings it.
 */
#ifndef HF_STORE_INBOX_H
#define HF_STORE_INBOX_H

#include "lib/db.h"
#include "lib/protocol.h"
#include "lib/civil.h"

/* What it was taken for. */
enum inbox_kind {
	INBOX_WRITTEN, /* for a human to read */
	INBOX_ANSWER,  /* to a check-in */
	INBOX_UNCLEAR, /* while a question was open, and no answer */
	INBOX_STOP,
	INBOX_START,
	INBOX_HELP,
	INBOX_CRISIS,
	INBOX_SETBACK,
	INBOX_ACKNOWLEDGED, /* ACK 12 of somebody on call */
	INBOX_STAFF,        /* anything else from a staff phone */
	INBOX_STRANGER,     /* nobody knows the number */
	INBOX_ROBOT,        /* the sixth of a ping-pong: kept, not answered */
	INBOX_LOVED_ONE,    /* not the client, but who may ask for help for her */
};
extern const char *const inbox_kind_words[]; /* NULL-terminated */

/* Texts are borrowed: from the caller for inbox_add, from the rows for a reader. */
struct inbox_text {
	int64_t id;
	const char *gateway, *gateway_id;
	const char *from, *to, *text;
	hf_time said;       /* by the gateway; 0: not said */
	hf_time at;         /* when it came */
	const char *handle; /* the client, "@staff" or "?stranger" it is from; NULL: not decided */
	enum inbox_kind kind;
	hf_time read;   /* by staff, the first time; 0: not */
	bool undecoded; /* some of it, or of a part, is bytes that no charset explains */
};

enum {
	INBOX_E_DUPLICATE =
		1,     /* it is here already: by the gateway's id, or the sender's last words
				  once more at the same time (gateways that deliver twice under
				  two ids) */
	INBOX_E_PARTS, /* kept: other parts of it are missing */
	INBOX_E_NONE,
};

/* Two texts without a time of the gateway's are the same within this. */
#define INBOX_SAME_WITHIN (10 * HF_SECOND)

/* Stores it; a part is kept until all parts are there, or inbox_overdue() gives it up.  On 0 and on
 * INBOX_E_DUPLICATE *ret_id is the text's; the joined text is in the row. */
int inbox_add(struct db *db, const char *gateway, const struct wire_inbound *inbound, hf_time now,
	      int64_t *ret_id);
/* What it was taken for, and who wrote it. */
int inbox_mark(struct db *db, int64_t id, const char *handle, enum inbox_kind kind);
int inbox_mark_read(struct db *db, int64_t id, hf_time now);

/* Texts whose missing parts have not come within INBOX_PATIENCE are stored as far as they are
 * there: the id of one of them, INBOX_E_NONE; and when there next is one (HF_NEVER). */
#define INBOX_PATIENCE (2 * HF_MINUTE)
int inbox_overdue(struct db *db, hf_time now, int64_t *ret_id);
int inbox_next(struct db *db, hf_time *ret_when);

int inbox_get(struct db *db, int64_t id, struct db_rows *ret_rows); /* INBOX_E_NONE */
void inbox_read(const struct db_rows *rows, struct inbox_text *ret_text);
/* handle NULL: all; at or after since; newest first. */
int inbox_list(struct db *db, const char *handle, hf_time since, int limit,
	       struct db_rows *ret_rows);

struct inbox_search {
	const char *handle; /* NULL: of everyone */
	hf_time since;      /* came at or after it */
	bool unread;        /* only what nobody of the staff has read */
	int64_t after;      /* ids greater than this */
};
/* Oldest first. */
int inbox_page(struct db *db, const struct inbox_search *search, int limit,
	       struct db_rows *ret_rows);

#endif
