/*
 * The rows of check-ins.
 *
 * A check-in has its row from the moment the gateway has taken the question.
 * Moves name the states they come from, so that a nudge that is due in the
 * same instant as an answer comes to nothing.
 */
#include "store/checkins.h"

#include "config/plan.h"
#include "store/cases.h"
#include "store/inbox.h"
#include "store/outbox.h"

const char *const checkin_state_words[] = {
	[CHECKIN_ASKED] = "asked",
	[CHECKIN_NUDGED] = "nudged",
	[CHECKIN_ANSWERED] = "answered",
	[CHECKIN_SILENT] = "silent",
	[CHECKIN_LOST] = "not delivered",
	[CHECKIN_PASSED] = "passed over",
	NULL,
};

_Static_assert(CHECKIN_ASKED == 0 && CHECKIN_NUDGED == 1 && CHECKIN_ANSWERED == 2 &&
		       CHECKIN_SILENT == 3 && CHECKIN_LOST == 4 && CHECKIN_PASSED == 5 &&
		       CHECKIN_ALONE == 0 && CHECKIN_BEFORE == 1 && CHECKIN_AFTER == 2 &&
		       MEANING_WELL == 0 && MEANING_WATCH == 1 && MEANING_NEED == 2 &&
		       INBOX_LOVED_ONE == 12 && KIND_MEETING == 5 && KIND_APPOINTMENT == 6 &&
		       KEPT_CHECKINS == 0 && KEPT_MEETINGS == 1 && KEPT_APPOINTMENTS == 2 &&
		       KEPT_REMINDERS == 3 && CASE_CHANGE == 12 && KIND_FOLLOW_UP == 16,
	       "these numbers stand in statements and in databases");

#define OPEN "state IN (0, 1)" /* as the partial index has it */

int checkins_pass(struct db *db, const char *client)
{
	return db_run(db, "UPDATE checkins SET state = 5 WHERE client = ?1 AND " OPEN, "t", client);
}

/* Whether she comes is no question any more when she is asked whether she got there. */
static int pass_before(struct db *db, const struct checkin *checkin)
{
	return db_run(db,
		      "UPDATE checkins SET state = 5 WHERE client = ?1 AND " OPEN " AND beside = 1"
		      " AND EXISTS (SELECT 1 FROM outbox AS before, outbox AS this"
		      "  WHERE before.id = checkins.message AND this.id = ?2"
		      "  AND before.reminder = this.reminder"
		      "  AND before.occurrence = this.occurrence)",
		      "ti", checkin->client, checkin->message);
}

int checkins_ask(struct db *db, const struct checkin *checkin)
{
	int64_t known;
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = db_one_int(db, 0, &known, "SELECT 1 FROM checkins WHERE message = ?1", "i",
		       checkin->message);
	if (r == 0 && !known) {
		r = checkin->beside == CHECKIN_ALONE   ? checkins_pass(db, checkin->client)
		    : checkin->beside == CHECKIN_AFTER ? pass_before(db, checkin)
						       : 0;
		r = r ? r
		      : db_run(db,
			       "INSERT INTO checkins (message, client, reminder, answers, asked,"
			       " nudge_at, silent_at, beside)"
			       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
			       "itttiiii", checkin->message, checkin->client, checkin->reminder,
			       checkin->answers, checkin->asked, checkin->nudge_at,
			       checkin->silent_at, (int64_t)checkin->beside);
	}
	return db_end(db, r);
}

/* "Cancel", and another time, open a case; an answer that is not well says the same. */
int checkins_declined(struct db *db, const struct outbox_message *text, bool *ret_declined)
{
	int64_t found;
	int r = db_one_int(
		db, 0, &found,
		"SELECT 1 FROM outbox AS before WHERE client = ?1 AND reminder = ?2"
		" AND occurrence = ?3 AND kind <> 16 AND claimed > 0 AND ("
		"  EXISTS (SELECT 1 FROM checkins WHERE message = before.id AND state = 2"
		"   AND current <> 0)"
		"  OR EXISTS (SELECT 1 FROM cases WHERE cases.client = ?1 AND reason = 12"
		"   AND last >= before.claimed)) LIMIT 1",
		"tti", text->client, text->reminder, text->occurrence);

	if (r == 0) {
		*ret_declined = found != 0;
	}
	return r;
}

int checkins_open(struct db *db, const char *client, bool *ret_open)
{
	int64_t found;
	int r = db_one_int(db, 0, &found,
			   "SELECT 1 FROM checkins WHERE client = ?1 AND " OPEN
			   " AND NOT beside AND unclear = 0 LIMIT 1",
			   "t", client);

	if (r == 0) {
		*ret_open = found != 0;
	}
	return r;
}

#define COLUMNS                                                                                    \
	"message, client, reminder, answers, asked, nudge_at, silent_at, state, first, current,"   \
	" answered, unclear, beside"

int checkins_lately(struct db *db, const char *client, hf_time since, int limit,
		    struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT " COLUMNS " FROM checkins WHERE client = ?1 AND asked >= ?2"
			" AND state NOT IN (4, 5) ORDER BY asked DESC, message DESC LIMIT ?3",
			"tii", client, since, (int64_t)limit);
}

int checkins_last(struct db *db, const char *client, hf_time since, struct db_rows *ret_rows)
{
	int r = db_query(db, ret_rows,
			 "SELECT " COLUMNS " FROM checkins WHERE client = ?1 AND asked >= ?2"
			 " AND state NOT IN (4, 5) AND NOT beside"
			 " ORDER BY asked DESC, message DESC LIMIT 1",
			 "ti", client, since);

	return r ? r : db_first(ret_rows, CHECKINS_E_NONE);
}

void checkins_read(const struct db_rows *rows, struct checkin *ret_checkin)
{
	*ret_checkin = (struct checkin){
		.message = db_int(rows, 0),
		.client = db_text(rows, 1),
		.reminder = db_text(rows, 2),
		.answers = db_text(rows, 3),
		.asked = db_int(rows, 4),
		.nudge_at = db_int(rows, 5),
		.silent_at = db_int(rows, 6),
		.state = (enum checkin_state)db_int(rows, 7),
		.first = (int)db_int(rows, 8),
		.current = (int)db_int(rows, 9),
		.answered = db_int(rows, 10),
		.unclear = (int)db_int(rows, 11),
		.beside = (enum checkin_beside)db_int(rows, 12),
	};
}

int checkins_answer(struct db *db, int64_t message, int meaning, hf_time now)
{
	if (meaning == CHECKIN_UNCLEAR) {
		return db_run(db,
			      "UPDATE checkins SET unclear = unclear + 1,"
			      " nudge_at = 9223372036854775807, silent_at = 9223372036854775807"
			      " WHERE message = ?1",
			      "i", message);
	}
	return db_run(db,
		      "UPDATE checkins SET state = 2, current = ?2,"
		      " first = CASE first WHEN -1 THEN ?2 ELSE first END,"
		      " answered = CASE answered WHEN 0 THEN ?3 ELSE answered END"
		      " WHERE message = ?1",
		      "iii", message, (int64_t)meaning, now);
}

int checkins_move(struct db *db, int64_t message, enum checkin_state state)
{
	return db_run(db, "UPDATE checkins SET state = ?2 WHERE message = ?1 AND state <> 2", "ii",
		      message, (int64_t)state);
}

int checkins_later(struct db *db, int64_t message, bool *ret_later)
{
	int64_t found;
	int r = db_one_int(db, 0, &found,
			   "SELECT 1 FROM outbox AS this"
			   " JOIN checkins ON checkins.client = this.client"
			   " JOIN outbox AS other ON other.id = checkins.message"
			   " WHERE this.id = ?1 AND other.claimed > this.claimed"
			   " AND checkins.state NOT IN (4, 5) AND NOT beside LIMIT 1",
			   "i", message);

	if (r == 0) {
		*ret_later = found != 0;
	}
	return r;
}

/* Nudge and silence are later by as much as it arrived after it was asked. */
static int ask_from(struct db *db, int64_t message, hf_time at, hf_time now)
{
	int r = db_run(db,
		       "UPDATE checkins SET state = 5 WHERE " OPEN
		       " AND message <> ?1 AND NOT beside"
		       " AND client = (SELECT client FROM checkins WHERE message = ?1)",
		       "i", message);

	return r ? r
		 : db_run(db,
			  "UPDATE checkins SET asked = max(asked, ?2),"
			  " state = iif(state = 1, 1, 0),"
			  " nudge_at = iif(nudge_at = 9223372036854775807, nudge_at,"
			  "  nudge_at + max(?2 - asked, 0)),"
			  " silent_at = iif(silent_at = 9223372036854775807, silent_at,"
			  "  silent_at + max(?2 - asked, 0))"
			  " WHERE message = ?1"
			  " AND (state <> 3 OR silent_at + max(?2 - asked, 0) > ?3)",
			  "iii", message, at, now);
}

static int arrive(struct db *db, int64_t message, hf_time at, hf_time now,
		  enum checkin_state *ret_was)
{
	bool later = false;
	int r = checkins_state(db, message, ret_was);

	if (r != 0 || *ret_was == CHECKIN_ANSWERED || *ret_was == CHECKIN_PASSED) {
		return r;
	}

	r = checkins_later(db, message, &later);
	if (r == 0 && !later) {
		r = ask_from(db, message, at, now);
	} else if (r == 0 && *ret_was == CHECKIN_LOST) {
		r = checkins_move(db, message, CHECKIN_PASSED);
	}
	return r;
}

int checkins_arrive(struct db *db, int64_t message, hf_time at, hf_time now,
		    enum checkin_state *ret_was)
{
	enum checkin_state was = CHECKIN_PASSED;
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = db_end_answered(db, arrive(db, message, at, now, &was));
	if (r == 0) {
		*ret_was = was;
	}
	return r;
}

/* When the next thing happens to an open one, word for word as the partial index has it. */
#define NEXT "min(iif(state = 0, nudge_at, 9223372036854775807), silent_at)"

_Static_assert(HF_NEVER == INT64_MAX, "the number stands in statements");

int checkins_due(struct db *db, hf_time now, int limit, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT " COLUMNS " FROM checkins WHERE " OPEN " AND " NEXT " <= ?1"
			" ORDER BY " NEXT ", message LIMIT ?2",
			"ii", now, (int64_t)limit);
}

int checkins_next(struct db *db, hf_time *ret_when)
{
	return db_one_int(db, HF_NEVER, ret_when,
			  "SELECT " NEXT " FROM checkins WHERE " OPEN " ORDER BY " NEXT " LIMIT 1",
			  "");
}

int checkins_state(struct db *db, int64_t message, enum checkin_state *ret_state)
{
	int64_t state;
	int r = db_one_int(db, -1, &state, "SELECT state FROM checkins WHERE message = ?1", "i",
			   message);

	if (r != 0 || state < 0) {
		return r ? r : CHECKINS_E_NONE;
	}

	*ret_state = (enum checkin_state)state;
	return 0;
}

/* After the last one that she answered, or wrote something else to; those that did not reach her say nothing. */
int checkins_silent_rounds(struct db *db, const char *client, int *ret_count)
{
	int64_t count;
	int r = db_one_int(db, 0, &count,
			   "SELECT count(*) FROM checkins WHERE client = ?1 AND state = 3"
			   " AND asked > coalesce((SELECT max(asked) FROM checkins"
			   " WHERE client = ?1 AND (state = 2 OR unclear > 0)), 0)",
			   "t", client);

	if (r == 0) {
		*ret_count = (int)count;
	}
	return r;
}

int checkins_count_answers(struct db *db, const char *client, int meaning, int64_t *ret_count)
{
	return db_one_int(db, 0, ret_count,
			  "SELECT count(*) FROM checkins WHERE client = ?1 AND state = 2"
			  " AND current = ?2",
			  "ti", client, (int64_t)meaning);
}

int checkins_list(struct db *db, const char *client, int limit, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT " COLUMNS " FROM checkins WHERE client = ?1 AND NOT beside"
			" ORDER BY asked DESC, message DESC LIMIT ?2",
			"ti", client, (int64_t)limit);
}

/* --- who has not been heard of, and who is not well --------------------------------------- */

int checkins_heard(struct db *db, const char *client, hf_time *ret_at)
{
	return db_one_int(
		db, 0, ret_at,
		"SELECT max(ifnull((SELECT answered FROM checkins WHERE client = ?1 AND state = 2"
		"  ORDER BY asked DESC LIMIT 1), 0),"
		" ifnull((SELECT at FROM inbox WHERE handle = ?1 AND kind <> 12"
		"  ORDER BY id DESC LIMIT 1), 0))",
		"t", client);
}

int checkins_rough(struct db *db, const char *client, hf_time since, int *ret_count)
{
	int64_t count;
	int r = db_one_int(db, 0, &count,
			   "SELECT count(*) FROM checkins WHERE client = ?1 AND asked >= ?2"
			   " AND state = 2 AND NOT beside AND current IN (1, 2)",
			   "ti", client, since);

	if (r == 0) {
		*ret_count = (int)count;
	}
	return r;
}

int checkins_asked_since(struct db *db, const char *client, hf_time since, bool *ret_asked)
{
	int64_t found;
	int r = db_one_int(db, 0, &found,
			   "SELECT 1 FROM checkins WHERE client = ?1 AND asked >= ?2"
			   " AND NOT beside LIMIT 1",
			   "ti", client, since);

	if (r == 0) {
		*ret_asked = found != 0;
	}
	return r;
}

/* --- how a plan was kept to -------------------------------------------------------------- */

/* An appointment that is over may be gone from the configuration: what it was is said by the text that
 * reminded of it. */
int checkins_kept(struct db *db, const char *client, hf_time since,
		  struct kept ret_kept[KEPT_COUNT])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = db_query(
		db, &rows,
		"SELECT CASE WHEN NOT beside THEN 0 ELSE CASE ("
		"  SELECT max(other.kind) FROM outbox AS this JOIN outbox AS other"
		"  ON other.client = this.client AND other.reminder = this.reminder"
		"  AND other.occurrence = this.occurrence"
		"  WHERE this.id = checkins.message AND other.kind IN (5, 6))"
		"  WHEN 5 THEN 1 WHEN 6 THEN 2 ELSE 3 END END AS about,"
		" count(*), sum(state = 2), sum(state = 2 AND NOT beside AND answered >= nudge_at),"
		" sum(state = 2 AND beside AND current = 0)"
		" FROM checkins WHERE client = ?1 AND asked >= ?2 AND beside <> 1 AND state <> 4"
		" GROUP BY about",
		"ti", client, since);

	for (int i = 0; i < KEPT_COUNT; i++) {
		ret_kept[i] = (struct kept){ 0 };
	}
	while (r == 0 && db_next(&rows)) {
		ret_kept[db_int(&rows, 0)] = (struct kept){
			.asked = (int)db_int(&rows, 1),
			.answered = (int)db_int(&rows, 2),
			.after_nudge = (int)db_int(&rows, 3),
			.done = (int)db_int(&rows, 4),
		};
	}
	return r ? r : rows.error;
}

int checkins_afterwards(struct db *db, const char *client, int limit, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT checkins.reminder, ifnull(occurrence, 0), current FROM checkins"
			" LEFT JOIN outbox ON outbox.id = checkins.message"
			" WHERE checkins.client = ?1 AND beside = 2 AND checkins.state <> 4"
			" ORDER BY asked DESC, checkins.message DESC LIMIT ?2",
			"ti", client, (int64_t)limit);
}
