/*
 * The outbox: one row for each text, and the history of its states.
 *
 * move() is the only function that changes a state.  Its UPDATE names the
 * states it may come from, so that of two who want the same row one gets
 * OUTBOX_E_STATE, and each change leaves a line in the history in the same
 * transaction.  A failure rolls back the caller's whole transaction.
 * Dangerous: the numbers of states stand in databases and in the
 * conditions of partial indexes (store.c); the enum only grows at its end.
 */
#include "store/outbox.h"

#include <stdio.h>

#include "config/reminder.h"

_Static_assert(KIND_WELCOME == 0 && OUTBOX_UNKNOWN == 3 && OUTBOX_DELIVERED == 6,
	       "statements below name them");

#define FROM(state) (1u << OUTBOX_##state)
#define WAITING     (FROM(DUE) | FROM(DEFERRED))
#define IN_THE_AIR  (FROM(CLAIMED) | FROM(UNKNOWN))
/* What is on the phone is on the phone, whatever was said of the text before. */
#define GIVEN_UP (FROM(UNDELIVERED) | FROM(FAILED) | FROM(EXPIRED) | FROM(CANCELLED))

/* The states from which each state may be reached. */
static const unsigned moves[] = {
	[OUTBOX_DUE] = IN_THE_AIR,
	[OUTBOX_DEFERRED] = WAITING,
	[OUTBOX_CLAIMED] = WAITING,
	[OUTBOX_UNKNOWN] = FROM(CLAIMED),
	[OUTBOX_ACCEPTED] = WAITING | IN_THE_AIR,
	[OUTBOX_SENT] = FROM(ACCEPTED),
	[OUTBOX_DELIVERED] = FROM(ACCEPTED) | FROM(SENT) | GIVEN_UP,
	[OUTBOX_UNDELIVERED] = FROM(ACCEPTED) | FROM(SENT),
	[OUTBOX_FAILED] = WAITING | IN_THE_AIR | FROM(ACCEPTED) | FROM(SENT),
	[OUTBOX_EXPIRED] = WAITING | FROM(UNKNOWN),
	[OUTBOX_CANCELLED] = WAITING | FROM(UNKNOWN),
};

/* What only outbox_set_back() may do: too late by a clock that was wrong is not too late. */
#define BEFORE_ITS_TIME FROM(EXPIRED)
/* What only outbox_revive_refused() may do: what failed for the gateway's fault has not failed. */
#define NOT_AT_FAULT FROM(FAILED)

#define KEEP ((hf_time)-1)

struct move {
	enum outbox_state to;
	const char *reason;
	hf_time next_try; /* KEEP: as it was */
	int attempts;     /* added */
	unsigned from;    /* 0: the states that the table names */
	const char *gateway_id;
	/* Of a claim only. */
	const char *gateway, *text;
	int segments;
};

/* --- the one way to another state ------------------------------------------ */

static int add_history(struct db *db, int64_t id, enum outbox_state state, const char *detail,
		       hf_time now)
{
	return db_run(db,
		      "INSERT INTO history (message, step, at, state, detail)"
		      " SELECT ?1, coalesce(max(step), 0) + 1, ?2, ?3, ?4"
		      " FROM history WHERE message = ?1",
		      "iitt", id, now, outbox_state_words[state], detail);
}

static int update(struct db *db, int64_t id, const struct move *move, hf_time now)
{
	unsigned from = move->from ? move->from : moves[move->to];

	if (move->to == OUTBOX_CLAIMED) {
		return db_run(db,
			      "UPDATE outbox SET state = ?2, reason = ?3, attempts = attempts + ?4,"
			      " claimed = ?5, refused = iif(gateway = ?6, refused, 0),"
			      " gateway = ?6, text = ?7, segments = ?8"
			      " WHERE id = ?1 AND (?9 >> state) & 1",
			      "iitiittii", id, (int64_t)move->to, move->reason,
			      (int64_t)move->attempts, now, move->gateway, move->text,
			      (int64_t)move->segments, (int64_t)from);
	}

	/* Only what a gateway has had can arrive. */
	return db_run(db,
		      "UPDATE outbox SET state = ?2, reason = ?3, attempts = attempts + ?4,"
		      " next_try = iif(?5 < 0, next_try, min(?5, expires)),"
		      " gateway_id = coalesce(?6, gateway_id), pinned = pinned OR ?2 = 3"
		      " WHERE id = ?1 AND (?7 >> state) & 1 AND (?2 <> 6 OR claimed > 0)",
		      "iitiiti", id, (int64_t)move->to, move->reason, (int64_t)move->attempts,
		      move->next_try, move->gateway_id, (int64_t)from);
}

static int why_not(struct db *db, int64_t id)
{
	int64_t there;
	int r = db_one_int(db, 0, &there, "SELECT 1 FROM outbox WHERE id = ?1", "i", id);

	if (r != 0) {
		return r;
	}

	return there ? OUTBOX_E_STATE : OUTBOX_E_NONE;
}

static int move_inside(struct db *db, int64_t id, const struct move *move, hf_time now)
{
	int r = update(db, id, move, now);

	if (r != 0) {
		return r;
	}
	if (db_changes(db) == 0) {
		return why_not(db, id);
	}

	return add_history(db, id, move->to, move->reason ? move->reason : move->gateway, now);
}

static int move(struct db *db, int64_t id, const struct move *move, hf_time now)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	return db_end_answered(db, move_inside(db, id, move, now));
}

/* --- the verbs ------------------------------------------------------------- */

static int insert(struct db *db, const struct outbox_message *message)
{
	/* SQLite's random numbers are seeded by the system; 16 bytes of them never meet again. */
	return db_run(db,
		      "INSERT INTO outbox (client, kind, reminder, lead, occurrence, due, expires,"
		      " ordinal, priority, message, text, author, state, next_try, key)"
		      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0, ?6,"
		      " lower(hex(randomblob(16))))"
		      " ON CONFLICT (client, reminder, lead, occurrence) DO NOTHING",
		      "tittiiiiittt", message->client, (int64_t)message->kind, message->reminder,
		      message->lead ? message->lead : "", message->occurrence, message->due,
		      message->expires, (int64_t)message->ordinal, (int64_t)message->priority,
		      message->message, message->text, message->author);
}

static int add_inside(struct db *db, const struct outbox_message *message, hf_time now,
		      int64_t *ret_id)
{
	int64_t id;
	int r = insert(db, message);

	if (r != 0) {
		return r;
	}
	if (db_changes(db) == 0) {
		return OUTBOX_E_DUPLICATE;
	}

	id = db_last_id(db);
	r = add_history(db, id, OUTBOX_DUE, NULL, now);
	if (r != 0) {
		return r;
	}

	*ret_id = id;
	return 0;
}

int outbox_add(struct db *db, const struct outbox_message *message, hf_time now, int64_t *ret_id)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	return db_end_answered(db, add_inside(db, message, now, ret_id));
}

int outbox_claim(struct db *db, int64_t id, const char *gateway, const char *text, int segments,
		 hf_time now)
{
	return move(db, id,
		    &(struct move){ .to = OUTBOX_CLAIMED,
				    .attempts = 1,
				    .gateway = gateway,
				    .text = text,
				    .segments = segments },
		    now);
}

int outbox_defer(struct db *db, int64_t id, hf_time until, const char *reason, hf_time now)
{
	int r = db_run(db,
		       "UPDATE outbox SET next_try = min(?2, expires)"
		       " WHERE id = ?1 AND state = 1 AND reason = ?3",
		       "iit", id, until, reason);

	if (r != 0 || db_changes(db) > 0) {
		return r;
	}

	return move(db, id,
		    &(struct move){ .to = OUTBOX_DEFERRED, .reason = reason, .next_try = until },
		    now);
}

int outbox_retry(struct db *db, int64_t id, hf_time next_try, const char *reason,
		 bool count_attempt, hf_time now)
{
	return move(db, id,
		    &(struct move){ .to = OUTBOX_DUE,
				    .reason = reason,
				    .next_try = next_try,
				    .attempts = count_attempt ? 0 : -1 },
		    now);
}

int outbox_accept(struct db *db, int64_t id, const char *gateway_id, hf_time now)
{
	return move(
		db, id,
		&(struct move){ .to = OUTBOX_ACCEPTED, .next_try = KEEP, .gateway_id = gateway_id },
		now);
}

static bool has_its_own_verb(enum outbox_state state)
{
	return state == OUTBOX_DUE || state == OUTBOX_DEFERRED || state == OUTBOX_CLAIMED ||
	       state == OUTBOX_ACCEPTED;
}

int outbox_settle(struct db *db, int64_t id, enum outbox_state state, const char *reason,
		  hf_time now)
{
	if (has_its_own_verb(state)) {
		return OUTBOX_E_STATE;
	}

	return move(db, id, &(struct move){ .to = state, .reason = reason, .next_try = KEEP }, now);
}

int outbox_join(struct db *db, const struct outbox_message *row,
		const struct outbox_message *carrier, hf_time now)
{
	char reason[160];
	int r;

	(void)snprintf(reason, sizeof(reason), TEXTS_JOINED "%s", carrier->reminder);
	r = outbox_settle(db, row->id, OUTBOX_CANCELLED, reason, now);
	return r ? r
		 : db_run(db, "UPDATE outbox SET expires = min(expires, ?2) WHERE id = ?1", "ii",
			  carrier->id, row->expires);
}

/* --- many rows at once ------------------------------------------------------ */

/* `sql` gives ids and has one parameter. */
static int move_found(struct db *db, const char *sql, const char *parameter, const struct move *to,
		      hf_time now, int64_t *ret_count)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t count = 0;
	int r;

	r = db_query(db, &rows, sql, "t", parameter);
	if (r != 0) {
		return r;
	}

	while (db_next(&rows)) {
		r = move(db, db_int(&rows, 0), to, now);
		if (r < 0) {
			return r;
		}
		count += r == 0;
	}
	if (rows.error != 0) {
		return rows.error;
	}

	*ret_count = count;
	return 0;
}

int outbox_count_refusal(struct db *db, int64_t id)
{
	return db_run(db, "UPDATE outbox SET refused = max(refused, 0) + 1 WHERE id = ?1", "i", id);
}

int outbox_end_refusals(struct db *db, const char *gateway, hf_time by)
{
	return db_run(db,
		      "UPDATE outbox SET refused = -1,"
		      " next_try = iif(" TEXTS_WAITING ", min(next_try, ?2), next_try)"
		      " WHERE refused > 0 AND gateway = ?1",
		      "ti", gateway, by);
}

int outbox_revive_refused(struct db *db, const char *gateway, hf_time next_try, const char *reason,
			  hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = db_query(db, &rows,
			 "SELECT id, kind IN (13, 14, 15) FROM outbox WHERE refused > 0 AND "
			 "gateway = ?1 AND state = 8"
			 " AND expires > ?2",
			 "ti", gateway, now);

	while (r == 0 && db_next(&rows)) {
		const struct move to = { .to = OUTBOX_DUE,
					 .from = NOT_AT_FAULT,
					 .reason = reason,
					 .next_try = db_int(&rows, 1) ? now : next_try };

		r = move(db, db_int(&rows, 0), &to, now);
	}
	return r ? r : rows.error;
}

int outbox_orphan(struct db *db, const char *gateway, const char *reason, hf_time now,
		  int64_t *ret_count)
{
	const struct move to = { .to = OUTBOX_UNKNOWN, .reason = reason, .next_try = KEEP };
	int64_t count;
	int r;

	r = db_begin(db);
	if (r != 0) {
		return r;
	}

	r = db_end_answered(db,
			    move_found(db,
				       "SELECT id FROM outbox WHERE " TEXTS_OPEN " AND state = 2"
				       " AND (?1 IS NULL OR gateway = ?1)",
				       gateway, &to, now, &count));
	if (r == 0 && ret_count) {
		*ret_count = count;
	}
	return r;
}

int outbox_cancel_client(struct db *db, const char *client, const char *reason, hf_time now)
{
	const struct move to = { .to = OUTBOX_CANCELLED, .reason = reason, .next_try = KEEP };
	int64_t count;
	int r;

	r = db_begin(db);
	if (r != 0) {
		return r;
	}

	return db_end_answered(db,
			       move_found(db,
					  "SELECT id FROM outbox WHERE client = ?1 AND kind <> 0"
					  " AND " TEXTS_WAITING,
					  client, &to, now, &count));
}

static int revive(struct db *db, hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r;

	r = db_query(db, &rows,
		     "SELECT id, due FROM outbox WHERE state = 9 AND due > ?1 AND attempts = 0",
		     "i", now);
	if (r != 0) {
		return r;
	}

	while (db_next(&rows)) {
		const struct move to = { .to = OUTBOX_DUE,
					 .from = BEFORE_ITS_TIME,
					 .reason = "the clock was set right",
					 .next_try = db_int(&rows, 1) };

		r = move(db, db_int(&rows, 0), &to, now);
		if (r < 0) {
			return r;
		}
	}
	return rows.error;
}

int outbox_set_back(struct db *db, hf_time now)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = revive(db, now);
	r = r ? r
	      : db_run(db,
		       "UPDATE outbox"
		       " SET next_try = iif(priority = 0 OR kind = 8, ?1, max(due, ?1))"
		       " WHERE " TEXTS_WAITING " AND next_try > ?1",
		       "i", now);
	return db_end_answered(db, r);
}

int outbox_hurry(struct db *db, hf_time now)
{
	return db_run(db,
		      "UPDATE outbox SET next_try = ?1"
		      " WHERE " TEXTS_WAITING " AND priority = 0 AND next_try > ?1",
		      "i", now);
}

/* The one way into UNKNOWN beside move(): there may be no row to move, and whatever was decided about one
 * that is there was decided without knowing that it had gone out. */
static int recall_inside(struct db *db, const struct outbox_message *claimed, hf_time now)
{
	int64_t id;
	int r = db_run(
		db,
		"INSERT INTO outbox (client, kind, reminder, lead, occurrence, due, expires,"
		" ordinal, priority, state, next_try, attempts, key, gateway, claimed, pinned,"
		" reason, recalled)"
		" VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 3, ?6, ?10, ?11, ?12, ?13, 1, ?14, 1)"
		" ON CONFLICT (client, reminder, lead, occurrence) DO UPDATE SET state = 3,"
		" attempts = max(attempts, excluded.attempts), key = excluded.key,"
		" gateway = excluded.gateway, claimed = excluded.claimed, pinned = 1,"
		" reason = excluded.reason, recalled = 1"
		" WHERE state IN (0, 1, 2, 8, 9, 10)",
		"tittiiiiiittit", claimed->client, (int64_t)claimed->kind, claimed->reminder,
		claimed->lead, claimed->occurrence, claimed->due, claimed->expires,
		(int64_t)claimed->ordinal, (int64_t)claimed->priority, (int64_t)claimed->attempts,
		claimed->key, claimed->gateway, claimed->claimed, TEXTS_RECALLED);

	if (r != 0 || db_changes(db) == 0) {
		return r;
	}

	r = db_one_int(db, 0, &id,
		       "SELECT id FROM outbox WHERE client = ?1 AND reminder = ?2 AND lead = ?3"
		       " AND occurrence = ?4",
		       "ttti", claimed->client, claimed->reminder, claimed->lead,
		       claimed->occurrence);
	return r ? r : add_history(db, id, OUTBOX_UNKNOWN, TEXTS_RECALLED, now);
}

int outbox_recall(struct db *db, const struct outbox_message *claimed, hf_time now)
{
	int r = db_begin(db);

	return r ? r : db_end(db, recall_inside(db, claimed, now));
}

int outbox_author_told(struct db *db, int64_t id)
{
	return db_run(db, "UPDATE outbox SET author_told = 1 WHERE id = ?1", "i", id);
}

int outbox_doubt(struct db *db, int64_t id)
{
	return db_run(db, "UPDATE outbox SET in_doubt = 1 WHERE id = ?1", "i", id);
}

int outbox_doubt_ends(struct db *db, int64_t id)
{
	return db_run(db, "UPDATE outbox SET in_doubt = 0, author_told = 0 WHERE id = ?1", "i", id);
}

static int send_again(struct db *db, int64_t id, const char *reason, hf_time now)
{
	const struct move to = {
		.to = OUTBOX_DUE, .from = FROM(UNKNOWN), .reason = reason, .next_try = now
	};
	int r = move_inside(db, id, &to, now);

	return r ? r : db_run(db, "UPDATE outbox SET pinned = 0 WHERE id = ?1", "i", id);
}

int outbox_send_again(struct db *db, int64_t id, const char *reason, hf_time now)
{
	int r = db_begin(db);

	return r ? r : db_end_answered(db, send_again(db, id, reason, now));
}

/* Where the other instant has a row already, this one stays as it is. */
int outbox_shift(struct db *db, int64_t id, hf_time by)
{
	return db_run(db,
		      "UPDATE OR IGNORE outbox SET occurrence = occurrence + ?2,"
		      " expires = expires + ?2, next_try = min(next_try, expires + ?2)"
		      " WHERE id = ?1",
		      "ii", id, by);
}

int outbox_wake(struct db *db, const char *client, hf_time now)
{
	if (client) {
		return db_run(db,
			      "UPDATE outbox SET next_try = ?2"
			      " WHERE client = ?1 AND state = 1 AND next_try > ?2",
			      "ti", client, now);
	}

	return db_run(db,
		      "UPDATE outbox SET next_try = ?1"
		      " WHERE " TEXTS_WAITING " AND state = 1 AND next_try > ?1",
		      "i", now);
}

int outbox_wake_gateway(struct db *db, const char *gateway, hf_time now)
{
	return db_run(db,
		      "UPDATE outbox SET next_try = ?2 WHERE " TEXTS_WAITING
		      " AND (state = 1 AND pinned OR refused > 0) AND gateway = ?1"
		      " AND next_try > ?2",
		      "ti", gateway, now);
}
