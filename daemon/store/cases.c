/*
 * Cases and what was done about them.
 *
 * What happened to a case is a list that only grows (case_events); the row is
 * what it comes to.  Both are written in one transaction.
 * Dangerous: a case that is found open again must be alerted again, or
 * somebody who writes twice is heard once.
 */
#include "store/cases.h"

const char *const case_reason_words[] = {
	[CASE_CRISIS] = "crisis",
	[CASE_NEED] = "need",
	[CASE_SETBACK] = "setback",
	[CASE_HELP] = "help",
	[CASE_STOP] = "stop",
	[CASE_SILENT] = "silent",
	[CASE_UNCLEAR] = "unclear",
	[CASE_WRITTEN] = "written",
	[CASE_UNDELIVERABLE] = "undeliverable",
	[CASE_STRANGER] = "unknown number",
	[CASE_UNSENT] = "not sent",
	[CASE_LOVED_ONE] = "loved one",
	[CASE_CHANGE] = "change",
	[CASE_UNKNOWN] = "unknown",
	[CASE_OUTAGE] = "outage",
	[CASE_CEILING] = "ceiling",
	NULL,
};

const char *const case_urgency_words[] = {
	[CASE_ROUTINE] = "routine",
	[CASE_URGENT] = "urgent",
	NULL,
};

const char *const case_state_words[] = {
	[CASE_OPEN] = "open",
	[CASE_ACKNOWLEDGED] = "acknowledged",
	[CASE_CLOSED] = "closed",
	NULL,
};

const char *const case_attempt_words[] = {
	[CASE_CALLED] = "called",
	[CASE_NO_ANSWER] = "no answer",
	[CASE_SPOKE] = "spoke",
	[CASE_LEFT_MESSAGE] = "left a message",
	[CASE_TEXTED] = "texted",
	[CASE_VISITED] = "visited",
	NULL,
};

_Static_assert(CASE_CRISIS == 0 && CASE_SILENT == 5 && CASE_STRANGER == 9 && CASE_UNSENT == 10 &&
		       CASE_LOVED_ONE == 11 && CASE_CHANGE == 12 && CASE_UNKNOWN == 13 &&
		       CASE_OUTAGE == 14 && CASE_CEILING == 15 && CASE_URGENT == 1 &&
		       CASE_OPEN == 0 && CASE_ACKNOWLEDGED == 1 && CASE_CLOSED == 2 &&
		       HF_NEVER == INT64_MAX,
	       "these numbers stand in statements and in databases");

static int add_event(struct db *db, int64_t id, const char *event, const char *by, const char *note,
		     hf_time now)
{
	return db_run(db,
		      "INSERT INTO case_events (case_id, step, at, event, by, note)"
		      " VALUES (?1, (SELECT count(*) FROM case_events WHERE case_id = ?1),"
		      " ?2, ?3, ?4, ?5)",
		      "iittt", id, now, event, by, note);
}

/* What is wrong with a change that touched no row. */
static int why_not(struct db *db, int64_t id)
{
	int64_t found;
	int r = db_one_int(db, 0, &found, "SELECT 1 FROM cases WHERE id = ?1", "i", id);

	return r ? r : found ? CASES_E_STATE : CASES_E_NONE;
}

/* --- opening --------------------------------------------------------------------- */

static int find_open(struct db *db, const char *client, enum case_reason reason, int64_t *ret_id)
{
	return db_one_int(db, 0, ret_id,
			  "SELECT id FROM cases WHERE client = ?1 AND reason = ?2 AND state < 2",
			  "ti", client, (int64_t)reason);
}

static int open_new(struct db *db, const char *client, enum case_reason reason,
		    enum case_urgency urgency, hf_time now, int64_t *ret_id)
{
	int r = db_run(db,
		       "INSERT INTO cases (client, reason, urgency, state, opened, last, alert_at)"
		       " VALUES (?1, ?2, ?3, 0, ?4, ?4, ?5)",
		       "tiiii", client, (int64_t)reason, (int64_t)urgency, now,
		       urgency == CASE_URGENT ? now : HF_NEVER);

	if (r != 0) {
		return r;
	}

	*ret_id = db_last_id(db);
	return add_event(db, *ret_id, "opened", NULL, case_urgency_words[urgency], now);
}

/* Is it news for whoever is on call?  Not an urgent one that is alerted already, nor a silence that
 * somebody has taken on. */
static int is_news(struct db *db, int64_t id, enum case_urgency urgency, bool *ret_news)
{
	int64_t news;
	int r = db_one_int(db, 0, &news,
			   "SELECT 1 FROM cases WHERE id = ?1 AND ((reason <> 5 AND state = 1)"
			   " OR (state = 0 AND (urgency < ?2 OR alert_at = 9223372036854775807)))",
			   "ii", id, (int64_t)urgency);

	*ret_news = urgency == CASE_URGENT && news;
	return r;
}

static int count_again(struct db *db, int64_t id, enum case_urgency urgency, hf_time now)
{
	bool news;
	int r = is_news(db, id, urgency, &news);

	if (r != 0) {
		return r;
	}
	r = db_run(db,
		   "UPDATE cases SET times = times + 1, last = ?2, urgency = max(urgency, ?3)"
		   " WHERE id = ?1",
		   "iii", id, now, (int64_t)urgency);
	if (r == 0 && news) {
		r = db_run(db,
			   "UPDATE cases SET state = 0, acknowledged = 0, acknowledged_by = NULL,"
			   " alert_step = 0, alert_at = ?2 WHERE id = ?1",
			   "ii", id, now);
	}
	return r ? r : add_event(db, id, "again", NULL, case_urgency_words[urgency], now);
}

int cases_open(struct db *db, const char *client, enum case_reason reason,
	       enum case_urgency urgency, hf_time now, int64_t *ret_id)
{
	int64_t id;
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = find_open(db, client, reason, &id);
	if (r == 0) {
		r = id ? count_again(db, id, urgency, now)
		       : open_new(db, client, reason, urgency, now, &id);
	}
	r = db_end_answered(db, r);
	if (r != 0) {
		return r;
	}

	if (ret_id) {
		*ret_id = id;
	}
	return 0;
}

int cases_about_text(struct db *db, int64_t id, const char *author, const char *note, hf_time now)
{
	return add_event(db, id, author ? "text written" : "text", author, note, now);
}

int cases_noted(struct db *db, int64_t id, const char *note, hf_time now)
{
	return add_event(db, id, "noted", "holdfast", note, now);
}

int cases_unread(struct db *db, int64_t id, hf_time at)
{
	return db_run(db,
		      "UPDATE cases SET state = 0, acknowledged = 0, acknowledged_by = NULL,"
		      " alert_step = 0, told = iif(?2 = 9223372036854775807, 0, told),"
		      " alert_at = iif(?2 = 9223372036854775807, alert_at,"
		      "  min(alert_at, max(?2, iif(told = 0, 0, told + ?3))))"
		      " WHERE id = ?1 AND state < 2"
		      " AND (urgency = 0 OR (state = 1 AND ?2 < 9223372036854775807))",
		      "iii", id, at, CASES_TOLD_GAP);
}

int cases_were_read(struct db *db, const char *client)
{
	return db_run(db,
		      "UPDATE cases SET alert_at = 9223372036854775807, told = max(told, 1)"
		      " WHERE client = ?1"
		      " AND state = 0 AND urgency = 0 AND alert_at < 9223372036854775807"
		      " AND NOT EXISTS (SELECT 1 FROM inbox WHERE handle = ?1"
		      "  AND at >= cases.opened AND read = 0)",
		      "t", client);
}

/* --- what staff do ----------------------------------------------------------------- */

int cases_acknowledge(struct db *db, int64_t id, const char *by, hf_time attempt_by, hf_time now)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = db_run(db,
		   "UPDATE cases SET state = 1, acknowledged = ?2, acknowledged_by = ?3,"
		   " alert_at = iif(alert_at = 9223372036854775807, alert_at, ?4)"
		   " WHERE id = ?1 AND state = 0",
		   "iiti", id, now, by, attempt_by);
	if (r == 0) {
		r = db_changes(db) > 0 ? add_event(db, id, "acknowledged", by, NULL, now)
				       : why_not(db, id);
	}
	return db_end_answered(db, r);
}

int cases_unattended(struct db *db, int64_t id, hf_time now)
{
	int r = add_event(db, id, "nobody has tried", NULL, NULL, now);

	return r ? r
		 : db_run(db,
			  "UPDATE cases SET state = 0, acknowledged = 0, acknowledged_by = NULL,"
			  " alert_step = 0, alert_at = ?2 WHERE id = ?1 AND state = 1",
			  "ii", id, now);
}

int cases_attempt(struct db *db, int64_t id, const char *by, enum case_attempt attempt,
		  const char *note, hf_time now)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = db_run(db,
		   "UPDATE cases SET attempts = attempts + 1, told = max(told, 1),"
		   " alert_at = 9223372036854775807 WHERE id = ?1 AND state < 2",
		   "i", id);
	if (r == 0) {
		r = db_changes(db) > 0
			    ? add_event(db, id, case_attempt_words[attempt], by, note, now)
			    : why_not(db, id);
	}
	return db_end_answered(db, r);
}

int cases_replied(struct db *db, const char *client, const char *by, hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = db_query(db, &rows, "SELECT id FROM cases WHERE client = ?1 AND state < 2", "t",
			 client);

	while (r == 0 && db_next(&rows)) {
		r = cases_attempt(db, db_int(&rows, 0), by, CASE_TEXTED, NULL, now);
	}
	return r ? r : rows.error;
}

int cases_close(struct db *db, int64_t id, const char *by, const char *outcome, hf_time now)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = db_run(db,
		   "UPDATE cases SET state = 2, closed = ?2, closed_by = ?3, outcome = ?4,"
		   " alert_at = 9223372036854775807 WHERE id = ?1 AND state < 2",
		   "iitt", id, now, by, outcome);
	if (r == 0) {
		r = db_changes(db) > 0 ? add_event(db, id, "closed", by, outcome, now)
				       : why_not(db, id);
	}
	return db_end_answered(db, r);
}

int cases_resolve(struct db *db, const char *client, enum case_reason reason, const char *outcome,
		  hf_time now)
{
	int64_t id;
	int r = find_open(db, client, reason, &id);

	if (r != 0 || !id) {
		return r;
	}
	return cases_close(db, id, "holdfast", outcome, now);
}

int cases_put_right(struct db *db, const char *client, enum case_reason reason, const char *how,
		    hf_time now)
{
	int64_t id, left = 0;
	int r = find_open(db, client, reason, &id);

	if (r != 0 || !id) {
		return r;
	}
	r = add_event(db, id, "put right", "holdfast", how, now);
	r = r ? r
	      : db_one_int(db, 0, &left,
			   "SELECT times - (SELECT count(*) FROM case_events WHERE case_id = ?1"
			   "  AND event = 'put right') FROM cases WHERE id = ?1",
			   "i", id);
	return r || left > 0 ? r : cases_close(db, id, "holdfast", how, now);
}

/* --- alerts -------------------------------------------------------------------------- */

int cases_alerted(struct db *db, int64_t id, int step, hf_time next)
{
	return db_run(db, "UPDATE cases SET alert_step = ?2, alert_at = ?3 WHERE id = ?1", "iii",
		      id, (int64_t)step, next);
}

int cases_alert_begin(struct db *db, int64_t id, hf_time now)
{
	return db_run(db, "UPDATE cases SET alert_since = ?2 WHERE id = ?1", "ii", id, now);
}

int cases_alerted_person(struct db *db, int64_t id, const char *handle, const char *remark,
			 hf_time at)
{
	int r = remark ? add_event(db, id, remark, NULL, NULL, at) : 0;

	return r ? r : add_event(db, id, "alerted", NULL, handle, at);
}

int cases_alert_round_over(struct db *db, int64_t id, hf_time now)
{
	return add_event(db, id, "nobody acknowledged", NULL, NULL, now);
}

#define TOLD "SELECT max(at) FROM case_events WHERE event = 'alerted' AND note = "

int cases_told_at(struct db *db, int64_t id, const char *handle, hf_time *ret_at)
{
	return db_one_int(db, 0, ret_at,
			  TOLD "?2 AND case_id = ?1"
			       " AND at >= (SELECT alert_since FROM cases WHERE id = ?1)",
			  "it", id, handle);
}

int cases_last_told_at(struct db *db, const char *handle, hf_time *ret_at)
{
	return db_one_int(db, 0, ret_at, TOLD "?1", "t", handle);
}

int cases_told_after(struct db *db, const char *handle, hf_time since, int64_t *ret_count,
		     hf_time *ret_first)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = db_query(db, &rows,
			 "SELECT count(DISTINCT at), min(at) FROM case_events"
			 " WHERE event = 'alerted' AND note = ?1 AND at > ?2",
			 "ti", handle, since);

	if (r == 0 && db_next(&rows)) {
		*ret_count = db_int(&rows, 0);
		*ret_first = db_int(&rows, 1);
	}
	return r ? r : rows.error;
}

int cases_known_at(struct db *db, int64_t id, const char *handle, hf_time *ret_at)
{
	return db_one_int(db, 0, ret_at,
			  "SELECT max(at) FROM case_events WHERE case_id = ?1"
			  " AND ((event = 'alerted' AND note = ?2)"
			  "  OR (event = 'acknowledged' AND by = ?2))",
			  "it", id, handle);
}

int cases_of_alert(struct db *db, const char *handle, hf_time at, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT DISTINCT case_id FROM case_events WHERE event = 'alerted'"
			" AND note = ?1 AND at = ?2 ORDER BY case_id",
			"ti", handle, at);
}

int cases_alert_failed(struct db *db, int64_t id, const char *handle, hf_time at, hf_time now,
		       bool *ret_last)
{
	int64_t later = 0;
	int r = add_event(db, id, "alert not delivered", NULL, handle, now);

	r = r ? r
	      : db_one_int(db, 0, &later,
			   "SELECT 1 FROM case_events WHERE case_id = ?1 AND event = 'alerted'"
			   " AND at > ?2",
			   "ii", id, at);
	*ret_last = r == 0 && !later;
	return r;
}

int cases_only_alerted(struct db *db, const char *handle, int64_t *ret_id)
{
	int64_t id;
	int r = db_one_int(db, 0, &id,
			   "SELECT min(id) FROM cases WHERE state = 0 AND EXISTS"
			   " (SELECT 1 FROM case_events WHERE case_id = id"
			   "  AND event = 'alerted' AND note = ?1) HAVING count(*) = 1",
			   "t", handle);

	if (r != 0 || !id) {
		return r ? r : CASES_E_NONE;
	}
	*ret_id = id;
	return 0;
}

int cases_set_back(struct db *db, hf_time now)
{
	return db_run(db,
		      "UPDATE cases SET alert_at = ?1, alert_since = min(alert_since, ?1)"
		      " WHERE state < 2 AND alert_at > ?1 AND alert_at < 9223372036854775807",
		      "i", now);
}

#define COLUMNS                                                                                    \
	"id, client, reason, urgency, state, opened, acknowledged, closed, acknowledged_by,"       \
	" closed_by, outcome, times, last, alert_step, alert_at, attempts, told, alert_since"

int cases_alert_due(struct db *db, hf_time now, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT " COLUMNS " FROM cases WHERE state < 2 AND alert_at <= ?1"
			" ORDER BY urgency DESC, reason, id LIMIT 1",
			"i", now);
}

int cases_alert_next(struct db *db, hf_time *ret_when)
{
	return db_one_int(db, HF_NEVER, ret_when, "SELECT min(alert_at) FROM cases WHERE state < 2",
			  "");
}

int cases_resumed(struct db *db, const char *client, hf_time now)
{
	return db_run(db,
		      "UPDATE cases SET alert_at = min(alert_at, ?2) WHERE client = ?1"
		      " AND state = 0 AND urgency = 1 AND reason = 5"
		      " AND alert_at < 9223372036854775807",
		      "ti", client, now);
}

#define UNTOLD "state = 0 AND urgency = 0 AND (told = 0 OR alert_at < 9223372036854775807)"

int cases_untold(struct db *db, int64_t *ret_count)
{
	return db_one_int(db, 0, ret_count, "SELECT count(*) FROM cases WHERE " UNTOLD, "");
}

int cases_first_untold(struct db *db, struct db_rows *ret_rows)
{
	int r = db_query(db, ret_rows,
			 "SELECT " COLUMNS " FROM cases WHERE " UNTOLD " ORDER BY id LIMIT 1", "");

	return r ? r : db_first(ret_rows, CASES_E_NONE);
}

int cases_waiting(struct db *db, int64_t *ret_count)
{
	return db_one_int(db, 0, ret_count,
			  "SELECT count(*) FROM cases WHERE state = 0 AND urgency = 0"
			  " AND alert_at < 9223372036854775807",
			  "");
}

int cases_untold_since(struct db *db, hf_time *ret_opened)
{
	return db_one_int(db, HF_NEVER, ret_opened,
			  "SELECT min(opened) FROM cases"
			  " WHERE state = 0 AND urgency = 0 AND told = 0",
			  "");
}

int cases_told(struct db *db, hf_time now)
{
	return db_run(db,
		      "UPDATE cases SET told = ?1, alert_at = 9223372036854775807 WHERE " UNTOLD,
		      "i", now);
}

int cases_told_one(struct db *db, int64_t id, int step, hf_time now)
{
	return db_run(db,
		      "UPDATE cases SET told = ?2, alert_step = ?3,"
		      " alert_at = 9223372036854775807 WHERE id = ?1",
		      "iii", id, now, (int64_t)step);
}

/* --- looking --------------------------------------------------------------------------- */

int cases_list(struct db *db, const char *client, bool open, int limit, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT " COLUMNS " FROM cases WHERE (?1 IS NULL OR client = ?1)"
			" AND (?2 = 0 OR state < 2)"
			" ORDER BY state = 2, iif(state = 2, -closed, 0), urgency DESC, state,"
			" reason <> 0, opened, id LIMIT ?3",
			"tii", client, (int64_t)open, (int64_t)limit);
}

void cases_read(const struct db_rows *rows, struct case_row *ret_case)
{
	*ret_case = (struct case_row){
		.id = db_int(rows, 0),
		.client = db_text(rows, 1),
		.reason = (enum case_reason)db_int(rows, 2),
		.urgency = (enum case_urgency)db_int(rows, 3),
		.state = (enum case_state)db_int(rows, 4),
		.opened = db_int(rows, 5),
		.acknowledged = db_int(rows, 6),
		.closed = db_int(rows, 7),
		.acknowledged_by = db_text(rows, 8),
		.closed_by = db_text(rows, 9),
		.outcome = db_text(rows, 10),
		.times = (int)db_int(rows, 11),
		.last = db_int(rows, 12),
		.alert_step = (int)db_int(rows, 13),
		.alert_at = db_int(rows, 14),
		.attempts = (int)db_int(rows, 15),
		.told = db_int(rows, 16),
		.alert_since = db_int(rows, 17),
	};
}

int cases_get(struct db *db, int64_t id, struct db_rows *ret_rows)
{
	int r = db_query(db, ret_rows, "SELECT " COLUMNS " FROM cases WHERE id = ?1", "i", id);

	return r ? r : db_first(ret_rows, CASES_E_NONE);
}

int cases_history(struct db *db, int64_t id, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT at, event, by, note FROM case_events WHERE case_id = ?1"
			" ORDER BY step",
			"i", id);
}

int cases_last_attempt(struct db *db, int64_t id, struct db_rows *ret_rows)
{
	int r = db_query(db, ret_rows,
			 "SELECT at, event, by, note FROM case_events WHERE case_id = ?1"
			 " AND event IN ('called', 'no answer', 'spoke', 'left a message',"
			 "  'texted', 'visited') ORDER BY step DESC LIMIT 1",
			 "i", id);

	return r ? r : db_first(ret_rows, CASES_E_NONE);
}

int cases_count(struct db *db, int64_t *ret_open)
{
	return db_one_int(db, 0, ret_open, "SELECT count(*) FROM cases WHERE state < 2", "");
}
