/*
 * The rows of the inbox.
 *
 * A gateway that got no answer from us brings the same text again, some bring
 * it twice under two names, and a long one may come in parts and out of order.
 * Dangerous: whatever is taken for a repeat is never looked at again, so a
 * repeat is only what has the gateway's own id, or the words that the sender wrote
 * last, at the same time.  STOP, START, STOP in one breath are three texts.
 *
 * Another member of a text is a migration in store.c, a line of BROUGHT, and the member.
 */
#include "store/inbox.h"

#include <string.h>

const char *const inbox_kind_words[] = {
	[INBOX_WRITTEN] = "written",
	[INBOX_ANSWER] = "answer",
	[INBOX_UNCLEAR] = "unclear",
	[INBOX_STOP] = "stop",
	[INBOX_START] = "start",
	[INBOX_HELP] = "help",
	[INBOX_CRISIS] = "crisis",
	[INBOX_SETBACK] = "setback",
	[INBOX_ACKNOWLEDGED] = "acknowledged",
	[INBOX_STAFF] = "staff",
	[INBOX_STRANGER] = "stranger",
	[INBOX_ROBOT] = "robot",
	[INBOX_LOVED_ONE] = "loved one",
	NULL,
};

/* What a text brings with it, a row each: type, column (of inbox and of inbox_parts), member of
 * struct wire_inbound, member of struct inbox_text, and what the parts of a long one come to. */
#define BROUGHT(ROW)                                                                               \
	ROW(text, gateway_id, gateway_id, gateway_id, "min(gateway_id)")                           \
	ROW(text, sender, from, from, "min(sender)")                                               \
	ROW(text, recipient, to, to, "min(recipient)")                                             \
	ROW(text, text, text, text, "group_concat(text, '')")                                      \
	ROW(int, said, at, said, "min(said)")                                                      \
	ROW(int, undecoded, undecoded, undecoded, "max(undecoded)")

/* The same as lists, each of which follows something else. */
#define NAME(type, column, wire, row, joined)   ", " #column
#define PLACE(type, column, wire, row, joined)  ", ?"
#define TYPE(type, column, wire, row, joined)   TYPE_##type
#define VALUE(type, column, wire, row, joined)  , AS_##type(inbound->wire)
#define JOINED(type, column, wire, row, joined) ", " joined
#define READ(type, column, wire, row, joined)   text.row = db_##type(rows, next++);
#define TYPE_text                               "t"
#define TYPE_int                                "i"
#define AS_text(value)                          (value)
#define AS_int(value)                           (int64_t)(value)
#define NAMES                                   BROUGHT(NAME)
#define PLACES                                  BROUGHT(PLACE)
#define TYPES                                   BROUGHT(TYPE)
#define VALUES                                  BROUGHT(VALUE)
#define JOINED_PARTS                            BROUGHT(JOINED)

#define COLUMNS "id, gateway, at, handle, kind, read" NAMES

/* --- repeats --------------------------------------------------------------------- */

static int find_by_id(struct db *db, const char *gateway, const struct wire_inbound *inbound,
		      int64_t *ret_id)
{
	return db_one_int(db, 0, ret_id,
			  "SELECT id FROM inbox WHERE gateway = ?1 AND gateway_id = ?2"
			  " AND gateway_id <> ''",
			  "tt", gateway, inbound->gateway_id);
}

/* The same words of the same sender.  Where the gateway says when it had them: at the same moment,
 * and nothing that the sender wrote since is of that moment or older.  Where it does not: within some
 * seconds of ours, the sender's last text, and her consent is still what those words made of it. */
static int find_by_words(struct db *db, const struct wire_inbound *inbound, hf_time now,
			 int64_t *ret_id)
{
	return db_one_int(
		db, 0, ret_id,
		"SELECT id FROM inbox AS same WHERE sender = ?1 AND at >= ?4 AND text = ?2"
		" AND CASE ?3 WHEN 0 THEN at >= ?5 AND NOT EXISTS (SELECT 1 FROM consent"
		" WHERE client = same.handle AND recorded > same.at) ELSE said = ?3 END"
		" AND NOT EXISTS (SELECT 1 FROM inbox AS later WHERE later.sender = ?1"
		" AND later.at >= same.at AND later.id > same.id AND (?3 = 0 OR later.said <= ?3))"
		" ORDER BY id DESC LIMIT 1",
		"ttiii", inbound->from, inbound->text, inbound->at, now - 7 * HF_DAY,
		now - INBOX_SAME_WITHIN);
}

static int find_repeat(struct db *db, const char *gateway, const struct wire_inbound *inbound,
		       hf_time now, int64_t *ret_id)
{
	int r = find_by_id(db, gateway, inbound, ret_id);

	return r != 0 || *ret_id ? r : find_by_words(db, inbound, now, ret_id);
}

/* --- whole texts ------------------------------------------------------------------ */

static int add_whole(struct db *db, const char *gateway, const struct wire_inbound *inbound,
		     hf_time now, int64_t *ret_id)
{
	int r = find_repeat(db, gateway, inbound, now, ret_id);

	if (r != 0 || *ret_id) {
		return r ? r : INBOX_E_DUPLICATE;
	}

	r = db_run(db, "INSERT INTO inbox (gateway, at" NAMES ") VALUES (?, ?" PLACES ")",
		   "ti" TYPES, gateway, now VALUES);
	if (r == 0) {
		*ret_id = db_last_id(db);
	}
	return r;
}

/* --- parts ------------------------------------------------------------------------- */

static int keep_part(struct db *db, const char *gateway, const struct wire_inbound *inbound,
		     hf_time now)
{
	return db_run(db,
		      "INSERT INTO inbox_parts (gateway, at, parts_of, part, parts" NAMES ")"
		      " VALUES (?, ?, ?, ?, ?" PLACES ") ON CONFLICT DO NOTHING",
		      "titii" TYPES, gateway, now, inbound->parts_of, (int64_t)inbound->part,
		      (int64_t)inbound->parts VALUES);
}

static int count_parts(struct db *db, const char *gateway, const char *from, const char *parts_of,
		       int64_t *ret_count)
{
	return db_one_int(db, 0, ret_count,
			  "SELECT count(*) FROM inbox_parts"
			  " WHERE gateway = ?1 AND sender = ?2 AND parts_of = ?3",
			  "ttt", gateway, from, parts_of);
}

/* All parts that are there, in their order, as one text. */
static int join(struct db *db, const char *gateway, const char *from, const char *parts_of,
		hf_time now, int64_t *ret_id)
{
	int r = db_run(db,
		       "INSERT INTO inbox (gateway, at" NAMES ")"
		       " SELECT ?1, ?4" JOINED_PARTS " FROM (SELECT * FROM inbox_parts"
		       " WHERE gateway = ?1 AND sender = ?2 AND parts_of = ?3 ORDER BY part)",
		       "ttti", gateway, from, parts_of, now);

	if (r != 0) {
		return r;
	}
	*ret_id = db_last_id(db);
	return db_run(db,
		      "DELETE FROM inbox_parts"
		      " WHERE gateway = ?1 AND sender = ?2 AND parts_of = ?3",
		      "ttt", gateway, from, parts_of);
}

static int add_part(struct db *db, const char *gateway, const struct wire_inbound *inbound,
		    hf_time now, int64_t *ret_id)
{
	int64_t count;
	int r = find_by_id(db, gateway, inbound, ret_id);

	if (r != 0 || *ret_id) {
		return r ? r : INBOX_E_DUPLICATE;
	}
	r = keep_part(db, gateway, inbound, now);
	r = r ? r : count_parts(db, gateway, inbound->from, inbound->parts_of, &count);
	if (r != 0) {
		return r;
	}
	return count < inbound->parts
		       ? INBOX_E_PARTS
		       : join(db, gateway, inbound->from, inbound->parts_of, now, ret_id);
}

int inbox_add(struct db *db, const char *gateway, const struct wire_inbound *inbound, hf_time now,
	      int64_t *ret_id)
{
	int64_t id = 0;
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = inbound->parts > 1 ? add_part(db, gateway, inbound, now, &id)
			       : add_whole(db, gateway, inbound, now, &id);
	r = db_end_answered(db, r);
	if (r < 0) {
		return r;
	}

	*ret_id = id;
	return r;
}

int inbox_overdue(struct db *db, hf_time now, int64_t *ret_id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = db_query(db, &rows,
			 "SELECT gateway, sender, parts_of FROM inbox_parts"
			 " GROUP BY gateway, sender, parts_of HAVING min(at) <= ?1 LIMIT 1",
			 "i", now - INBOX_PATIENCE);

	r = r ? r : db_first(&rows, INBOX_E_NONE);
	return r ? r
		 : join(db, db_text(&rows, 0), db_text(&rows, 1), db_text(&rows, 2), now, ret_id);
}

int inbox_next(struct db *db, hf_time *ret_when)
{
	hf_time first;
	int r = db_one_int(db, HF_NEVER, &first, "SELECT min(at) FROM inbox_parts", "");

	if (r == 0) {
		*ret_when = first == HF_NEVER ? HF_NEVER : first + INBOX_PATIENCE;
	}
	return r;
}

/* --- what became of them ------------------------------------------------------------ */

int inbox_mark(struct db *db, int64_t id, const char *handle, enum inbox_kind kind)
{
	return db_run(db, "UPDATE inbox SET handle = ?2, kind = ?3 WHERE id = ?1", "iti", id,
		      handle, (int64_t)kind);
}

int inbox_mark_read(struct db *db, int64_t id, hf_time now)
{
	return db_run(db, "UPDATE inbox SET read = ?2 WHERE id = ?1 AND read = 0", "ii", id, now);
}

int inbox_get(struct db *db, int64_t id, struct db_rows *ret_rows)
{
	int r = db_query(db, ret_rows, "SELECT " COLUMNS " FROM inbox WHERE id = ?1", "i", id);

	return r ? r : db_first(ret_rows, INBOX_E_NONE);
}

void inbox_read(const struct db_rows *rows, struct inbox_text *ret_text)
{
	struct inbox_text text = {
		.id = db_int(rows, 0),
		.gateway = db_text(rows, 1),
		.at = db_int(rows, 2),
		.handle = db_text(rows, 3),
		.kind = (enum inbox_kind)db_int(rows, 4),
		.read = db_int(rows, 5),
	};
	int next = 6;

	BROUGHT(READ)
	*ret_text = text;
}

int inbox_list(struct db *db, const char *handle, hf_time since, int limit,
	       struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT " COLUMNS " FROM inbox WHERE (?1 IS NULL OR handle = ?1)"
			" AND at >= ?2 ORDER BY id DESC LIMIT ?3",
			"tii", handle, since, (int64_t)limit);
}

int inbox_page(struct db *db, const struct inbox_search *search, int limit,
	       struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT " COLUMNS " FROM inbox WHERE (?1 IS NULL OR handle = ?1)"
			" AND at >= ?2 AND (?3 = 0 OR read = 0) AND id > ?4 ORDER BY id LIMIT ?5",
			"tiiii", search->handle, search->since, (int64_t)search->unread,
			search->after, (int64_t)limit);
}
