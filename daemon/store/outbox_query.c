/*
 * Reading the outbox.  Nothing here changes a row.
 *
 * What dispatch asks all day (ready, next, count) is answered by an index that holds
 * only what waits or only one client, however long the history is; what a person
 * asks now and then may look at every row.
 * Dangerous: SQLite uses a partial index only where the query says its
 * condition word for word.
 */
#include "store/outbox.h"

#include "config/model.h"

const char *const outbox_state_words[] = {
	[OUTBOX_DUE] = "due",
	[OUTBOX_DEFERRED] = "deferred",
	[OUTBOX_CLAIMED] = "claimed",
	[OUTBOX_UNKNOWN] = "unknown",
	[OUTBOX_ACCEPTED] = "accepted",
	[OUTBOX_SENT] = "sent",
	[OUTBOX_DELIVERED] = "delivered",
	[OUTBOX_UNDELIVERED] = "undelivered",
	[OUTBOX_FAILED] = "failed",
	[OUTBOX_EXPIRED] = "expired",
	[OUTBOX_CANCELLED] = "cancelled",
	NULL,
};

_Static_assert(OUTBOX_DUE == 0 && OUTBOX_DEFERRED == 1 && OUTBOX_CLAIMED == 2 &&
		       OUTBOX_UNKNOWN == 3 && OUTBOX_ACCEPTED == 4 && OUTBOX_UNDELIVERED == 7 &&
		       OUTBOX_FAILED == 8 && OUTBOX_EXPIRED == 9 && OUTBOX_CANCELLED == 10,
	       "these numbers stand in statements and in databases");
_Static_assert(DANGER_EMERGENCY == 0 && DANGER_ALERT == 1 && DANGER_HELP == 2, "and these");
_Static_assert(OUTBOX_URGENT == 0 && OUTBOX_AUTOMATIC == 1, "so do these");
_Static_assert(KIND_WELCOME == 0 && KIND_ONE_OFF == 8 && KIND_NUDGE == 11 && KIND_INFO == 13 &&
		       KIND_EMERGENCY == 14 && KIND_ALERT == 15 && HF_MINUTE == 60000000,
	       "and these");

#define COLUMNS                                                                                    \
	"id, client, kind, reminder, lead, occurrence, due, expires, ordinal, priority, message,"  \
	" state, next_try, attempts, key, text, segments, gateway, gateway_id, reason, claimed,"   \
	" pinned, refused, author, author_told, in_doubt"

const char texts_ready_sql[] = "SELECT " COLUMNS " FROM outbox WHERE " TEXTS_WAITING
			       " AND priority IN (0, 1) AND next_try <= ?1"
			       " ORDER BY priority, next_try, id LIMIT ?2";

int outbox_ready(struct db *db, hf_time now, int limit, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows, texts_ready_sql, "ii", now, (int64_t)limit);
}

int outbox_ready_to_probe(struct db *db, hf_time now, int limit, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT " COLUMNS " FROM outbox WHERE " TEXTS_WAITING
			" AND priority IN (0, 1) AND next_try <= ?1"
			" ORDER BY max(refused, 0), priority, next_try, id LIMIT ?2",
			"ii", now, (int64_t)limit);
}

int outbox_ready_of_danger(struct db *db, enum outbox_danger most, hf_time now, int limit,
			   struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT " COLUMNS " FROM outbox WHERE " TEXTS_WAITING
			" AND priority = 0 AND next_try <= ?1"
			" AND (kind = 14 OR ?3 >= 1 AND kind = 15 OR ?3 >= 2 AND kind = 13)"
			" ORDER BY max(refused, 0), kind <> 14, next_try, id LIMIT ?2",
			"iii", now, (int64_t)limit, (int64_t)most);
}

int outbox_next_of_danger(struct db *db, enum outbox_danger most, hf_time *ret_when)
{
	return db_one_int(db, HF_NEVER, ret_when,
			  "SELECT min(next_try) FROM outbox WHERE " TEXTS_WAITING
			  " AND priority = 0"
			  " AND (kind = 14 OR ?1 >= 1 AND kind = 15 OR ?1 >= 2 AND kind = 13)",
			  "i", (int64_t)most);
}

int outbox_claimed_by_minute(struct db *db, hf_time from, hf_time until, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT claimed / 60000000, count(*) FROM outbox WHERE claimed > 0"
			" AND claimed >= ?1 AND claimed <= ?2 AND state BETWEEN 2 AND 8 GROUP BY 1",
			"ii", from, until);
}

int outbox_count_by_hand(struct db *db, const char *client, hf_time since, int *ret_count)
{
	int64_t count;
	int r = db_one_int(db, 0, &count,
			   "SELECT count(*) FROM outbox WHERE client = ?1 AND author IS NOT NULL"
			   " AND due >= ?2",
			   "ti", client, since);

	if (r == 0) {
		*ret_count = (int)count;
	}
	return r;
}

int outbox_ready_of(struct db *db, const char *client, hf_time now, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT " COLUMNS " FROM outbox WHERE client = ?1 AND " TEXTS_WAITING
			" AND priority = 1 AND next_try <= ?2 ORDER BY due, id",
			"ti", client, now);
}

void outbox_read(const struct db_rows *rows, struct outbox_message *ret_message)
{
	*ret_message = (struct outbox_message){
		.id = db_int(rows, 0),
		.client = db_text(rows, 1),
		.kind = (int)db_int(rows, 2),
		.reminder = db_text(rows, 3),
		.lead = db_text(rows, 4),
		.occurrence = db_int(rows, 5),
		.due = db_int(rows, 6),
		.expires = db_int(rows, 7),
		.ordinal = (int)db_int(rows, 8),
		.priority = (int)db_int(rows, 9),
		.message = db_text(rows, 10),
		.state = (enum outbox_state)db_int(rows, 11),
		.next_try = db_int(rows, 12),
		.attempts = (int)db_int(rows, 13),
		.key = db_text(rows, 14),
		.text = db_text(rows, 15),
		.segments = (int)db_int(rows, 16),
		.gateway = db_text(rows, 17),
		.gateway_id = db_text(rows, 18),
		.reason = db_text(rows, 19),
		.claimed = db_int(rows, 20),
		.pinned = db_int(rows, 21) != 0,
		.refused = (int)db_int(rows, 22),
		.author = db_text(rows, 23),
		.author_told = db_int(rows, 24) != 0,
		.in_doubt = db_int(rows, 25) != 0,
	};
}

int outbox_get(struct db *db, int64_t id, struct db_rows *ret_rows)
{
	int r = db_query(db, ret_rows, "SELECT " COLUMNS " FROM outbox WHERE id = ?1", "i", id);
	return r ? r : db_first(ret_rows, OUTBOX_E_NONE);
}

int outbox_unknown(struct db *db, const char *gateway, struct db_rows *ret_rows)
{
	return db_query(
		db, ret_rows,
		"SELECT " COLUMNS " FROM outbox WHERE " TEXTS_OPEN
		" AND state = 3 AND (?1 IS NULL OR gateway = ?1) AND recalled = 0 ORDER BY id",
		"t", gateway);
}

int outbox_count_recalled(struct db *db, int64_t *ret_count)
{
	return db_one_int(db, 0, ret_count,
			  "SELECT count(*) FROM outbox WHERE " TEXTS_OPEN
			  " AND state = 3 AND recalled = 1",
			  "");
}

int outbox_count_unknown(struct db *db, int64_t id, int *ret_count)
{
	int64_t count;
	int r = db_one_int(db, 0, &count,
			   "SELECT count(*) FROM history WHERE message = ?1 AND state = ?2", "it",
			   id, outbox_state_words[OUTBOX_UNKNOWN]);

	if (r == 0) {
		*ret_count = (int)count;
	}
	return r;
}

int outbox_refusals(struct db *db, const char *gateway, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT client, refused FROM outbox WHERE refused > 0 AND gateway = ?1",
			"t", gateway);
}

int outbox_sends_others(struct db *db, const struct outbox_message *row, bool *ret_sends)
{
	int64_t there;
	int r = db_one_int(db, 0, &there,
			   "SELECT 1 FROM outbox WHERE claimed > 0 AND claimed >= coalesce("
			   "  (SELECT max(claimed) FROM outbox WHERE client = ?1 AND claimed > 0"
			   "    AND claimed < ?2), 0)"
			   " AND gateway = ?3 AND client <> ?1 AND state IN (5, 6) LIMIT 1",
			   "tit", row->client, row->claimed, row->gateway);

	if (r == 0) {
		*ret_sends = there != 0;
	}
	return r;
}

int outbox_gone_since(struct db *db, const char *client, hf_time since, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT " COLUMNS " FROM outbox WHERE client = ?1 AND claimed >= ?2"
			" AND claimed > 0 AND state BETWEEN 2 AND 7 ORDER BY claimed",
			"ti", client, since);
}

int outbox_sent_to(struct db *db, const char *client, hf_time since, int limit,
		   struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT text FROM outbox WHERE client = ?1 AND claimed >= ?2"
			" AND claimed > 0 AND text IS NOT NULL ORDER BY claimed DESC LIMIT ?3",
			"tii", client, since, (int64_t)limit);
}

/* "claimed > 0" names the index.  It stands last: SQLite seeks by the first bound that it reads, and
 * by that one would go through all that a client was ever sent. */
const char texts_automatic_sql[] =
	"SELECT count(*) FROM outbox WHERE client = ?1 AND claimed >= ?2 AND claimed < ?3"
	" AND claimed > 0 AND priority = 1 AND kind <> 8 AND state NOT IN (8, 10)";

int outbox_count_automatic(struct db *db, const char *client, hf_time from, hf_time until,
			   int *ret_count)
{
	int64_t count;
	int r = db_one_int(db, 0, &count, texts_automatic_sql, "tii", client, from, until);

	if (r == 0) {
		*ret_count = (int)count;
	}
	return r;
}

int outbox_is_written(struct db *db, const struct outbox_message *message, bool *ret_written)
{
	int64_t there;
	int r = db_one_int(db, 0, &there,
			   "SELECT 1 FROM outbox WHERE client = ?1 AND reminder = ?2 AND lead = ?3"
			   " AND occurrence = ?4",
			   "ttti", message->client, message->reminder,
			   message->lead ? message->lead : "", message->occurrence);

	if (r == 0) {
		*ret_written = there != 0;
	}
	return r;
}

int outbox_has_later(struct db *db, const struct outbox_message *row, bool any_occurrence,
		     hf_time now, bool *ret_later)
{
	int64_t there;
	int r = db_one_int(db, 0, &there,
			   "SELECT 1 FROM outbox WHERE client = ?1 AND reminder = ?2"
			   " AND " TEXTS_WAITING " AND (due, id) > (?3, ?8) AND due <= ?4"
			   " AND expires > ?4 AND kind = ?5 AND message IS NULL"
			   " AND (?6 OR occurrence = ?7) LIMIT 1",
			   "ttiiiiii", row->client, row->reminder, row->due, now,
			   (int64_t)row->kind, (int64_t)any_occurrence, row->occurrence, row->id);

	if (r == 0) {
		*ret_later = there != 0;
	}
	return r;
}

int outbox_waits(struct db *db, const char *client, const char *reminder, bool *ret_waits)
{
	int64_t there;
	int r = db_one_int(db, 0, &there,
			   "SELECT 1 FROM outbox WHERE client = ?1 AND reminder = ?2"
			   " AND " TEXTS_WAITING " LIMIT 1",
			   "tt", client, reminder);

	if (r == 0) {
		*ret_waits = there != 0;
	}
	return r;
}

int outbox_has_gone(struct db *db, const struct outbox_message *row, hf_time from, hf_time until,
		    bool *ret_gone)
{
	int64_t there;
	int r = db_one_int(db, 0, &there,
			   "SELECT 1 FROM outbox WHERE client = ?1 AND reminder = ?2 AND lead = ?3"
			   " AND occurrence >= ?4 AND occurrence < ?5 AND occurrence <> ?6"
			   " AND kind = ?7 AND message IS NULL AND (state BETWEEN 2 AND 7"
			   "  OR state = 10 AND reason GLOB '" TEXTS_JOINED "*') LIMIT 1",
			   "tttiiii", row->client, row->reminder, row->lead ? row->lead : "", from,
			   until, row->occurrence, (int64_t)row->kind);

	if (r == 0) {
		*ret_gone = there != 0;
	}
	return r;
}

int outbox_has_said(struct db *db, const struct outbox_message *row, const char *text, hf_time from,
		    hf_time until, bool *ret_said)
{
	int64_t there;
	int r = db_one_int(db, 0, &there,
			   "SELECT 1 FROM outbox WHERE client = ?1 AND claimed >= ?2"
			   " AND claimed < ?3 AND claimed > 0"
			   " AND id <> ?4 AND priority = 1 AND state BETWEEN 2 AND 7"
			   " AND substr(text, 1, length(?5)) = ?5 LIMIT 1",
			   "tiiit", row->client, from, until, row->id, text);

	if (r == 0) {
		*ret_said = there != 0;
	}
	return r;
}

int outbox_count_missed(struct db *db, hf_time from, hf_time until, int64_t *ret_count)
{
	return db_one_int(db, 0, ret_count,
			  "SELECT count(*) FROM outbox WHERE state = 9 AND kind <> 8"
			  " AND due > ?1 AND due <= ?2",
			  "ii", from, until);
}

int outbox_count_sent(struct db *db, hf_time since, int64_t *ret_count)
{
	return db_one_int(db, 0, ret_count,
			  "SELECT count(*) FROM outbox WHERE claimed > 0 AND claimed > ?1"
			  " AND state BETWEEN 4 AND 7 AND client NOT GLOB '@*'",
			  "i", since);
}

int outbox_count_unasked(struct db *db, hf_time from, hf_time until, int64_t *ret_count)
{
	return db_one_int(db, 0, ret_count,
			  "SELECT count(*) FROM outbox WHERE state = 9 AND kind = 1"
			  " AND due > ?1 AND due <= ?2",
			  "ii", from, until);
}

int outbox_count_left_out(struct db *db, hf_time since, int64_t *ret_count)
{
	return db_one_int(db, 0, ret_count,
			  "SELECT count(*) FROM outbox WHERE state = 9 AND due >= ?1"
			  " AND reason GLOB '" TEXTS_LEFT_OUT "*'",
			  "i", since);
}

int outbox_next(struct db *db, hf_time *ret_when)
{
	/* One look at the index for each priority. */
	return db_one_int(db, HF_NEVER, ret_when,
			  "SELECT min(t) FROM (SELECT min(next_try) AS t FROM outbox"
			  " WHERE " TEXTS_WAITING " AND priority = 0"
			  " UNION ALL SELECT min(next_try) FROM outbox"
			  " WHERE " TEXTS_WAITING " AND priority = 1)",
			  "");
}

int outbox_next_urgent(struct db *db, hf_time *ret_when)
{
	return db_one_int(
		db, HF_NEVER, ret_when,
		"SELECT min(next_try) FROM outbox WHERE " TEXTS_WAITING " AND priority = 0", "");
}

int outbox_totals(struct db *db, hf_time now, struct outbox_totals *ret_totals)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r;

	r = db_query(db, &rows,
		     "SELECT (SELECT count(*) FROM outbox WHERE " TEXTS_WAITING "),"
		     " (SELECT count(*) FROM outbox WHERE " TEXTS_OPEN " AND state = 2),"
		     " (SELECT count(*) FROM outbox WHERE " TEXTS_OPEN " AND state = 3),"
		     " (SELECT count(*) FROM outbox WHERE claimed > ?1 AND claimed > 0"
		     "  AND state BETWEEN 4 AND 7),"
		     " (SELECT count(*) FROM outbox WHERE state = 8 AND due > ?2)",
		     "ii", now - HF_HOUR, now - HF_DAY);
	if (r != 0) {
		return r;
	}
	if (!db_next(&rows)) {
		return rows.error;
	}

	*ret_totals = (struct outbox_totals){
		.due = db_int(&rows, 0),
		.claimed = db_int(&rows, 1),
		.unknown = db_int(&rows, 2),
		.accepted_last_hour = db_int(&rows, 3),
		.failed_last_day = db_int(&rows, 4),
	};
	return 0;
}

int outbox_announced(struct db *db, const char *client, int kind, hf_time now, bool *ret_announced)
{
	int64_t found;
	int r = db_one_int(
		db, 0, &found,
		"SELECT 1 FROM outbox WHERE client = ?1 AND kind = ?2 AND occurrence > ?3"
		" AND (state BETWEEN 2 AND 6 OR (state = 10 AND reason LIKE '" TEXTS_JOINED
		"%')) LIMIT 1",
		"tii", client, (int64_t)kind, now);

	if (r == 0) {
		*ret_announced = found != 0;
	}
	return r;
}

int outbox_list(struct db *db, const char *client, int state, hf_time since, int limit,
		struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT " COLUMNS " FROM outbox WHERE (?1 IS NULL OR client = ?1)"
			" AND (?2 < 0 OR state = ?2) AND due >= ?3 ORDER BY id LIMIT ?4",
			"tiii", client, (int64_t)state, since, (int64_t)limit);
}

int outbox_each_welcome(struct db *db, outbox_on_client on_client, void *userdata)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r;

	/* Rows are purged in time; that somebody was welcomed is not. */
	r = db_query(db, &rows,
		     "SELECT client FROM outbox WHERE kind = 0"
		     " UNION ALL SELECT client FROM people WHERE welcomed > 0",
		     "");
	if (r != 0) {
		return r;
	}

	while (db_next(&rows)) {
		on_client(userdata, db_text(&rows, 0));
	}
	return rows.error;
}

int outbox_history(struct db *db, int64_t id, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT at, state, detail FROM history WHERE message = ?1 ORDER BY step",
			"i", id);
}

/* --- pages of ids ----------------------------------------------------------- */

/* Each query ends before its function returns, so that nobody's slow reading keeps the write-ahead
 * log from being checkpointed.
 *
 * A client's texts are found through the index of UNIQUE (client, ...); all others by their id. */
static const char select_page[] = "SELECT id FROM outbox WHERE id > ?1"
				  " AND (?2 < 0 OR state = ?2) AND due >= ?3"
				  " ORDER BY id LIMIT ?4";
static const char select_page_of_client[] = "SELECT id FROM outbox WHERE id > ?1"
					    " AND (?2 < 0 OR state = ?2) AND due >= ?3"
					    " AND client = ?5 ORDER BY id LIMIT ?4";
static const char select_latest[] = "SELECT id FROM outbox WHERE (?1 < 0 OR state = ?1)"
				    " AND due >= ?2 ORDER BY id DESC LIMIT ?3";
static const char select_latest_of_client[] = "SELECT id FROM outbox WHERE (?1 < 0 OR state = ?1)"
					      " AND due >= ?2 AND client = ?4"
					      " ORDER BY id DESC LIMIT ?3";

static int collect(struct db_rows *rows, size_t most, int64_t *ret_ids, size_t *ret_count)
{
	size_t count = 0;

	while (count < most && db_next(rows)) {
		ret_ids[count++] = db_int(rows, 0);
	}
	if (rows->error < 0) {
		return rows->error;
	}

	*ret_count = count;
	return 0;
}

int outbox_page(struct db *db, const struct outbox_search *search, int64_t after, size_t most,
		int64_t *ret_ids, size_t *ret_count)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t state = search->state, limit = (int64_t)most;
	int r;

	if (search->client) {
		r = db_query(db, &rows, select_page_of_client, "iiiit", after, state, search->since,
			     limit, search->client);
	} else {
		r = db_query(db, &rows, select_page, "iiii", after, state, search->since, limit);
	}
	if (r < 0) {
		return r;
	}

	return collect(&rows, most, ret_ids, ret_count);
}

static void reverse(int64_t *ids, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		int64_t id = ids[i];

		ids[i] = ids[count - 1 - i];
		ids[count - 1 - i] = id;
	}
}

int outbox_latest(struct db *db, const struct outbox_search *search, size_t most, int64_t *ret_ids,
		  size_t *ret_count)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t state = search->state, limit = (int64_t)most;
	int r;

	if (search->client) {
		r = db_query(db, &rows, select_latest_of_client, "iiit", state, search->since,
			     limit, search->client);
	} else {
		r = db_query(db, &rows, select_latest, "iii", state, search->since, limit);
	}
	if (r < 0) {
		return r;
	}
	r = collect(&rows, most, ret_ids, ret_count);
	if (r < 0) {
		return r;
	}

	reverse(ret_ids, *ret_count);
	return 0;
}
