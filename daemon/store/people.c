/*
 * Consent and who has had the first text, how things stand with somebody, and numbers.
 *
 * The ledger of consent is what counts before a court and is only ever added
 * to; the row in people is what it comes to.  Both are written in one transaction.
 * The later entry wins, and of two at the same instant the withdrawal, but for her own
 * replies, which come in the order in which she wrote them, several at once from a
 * gateway that is asked: a date in the configuration never revives someone who has
 * since said STOP.
 * Dangerous: an entry dated in the future would outweigh a STOP of
 * today, so it is refused.
 */
#include "store/people.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "store/suppression.h"

/* --- consent ----------------------------------------------------------------------- */

const char *const consent_words[] = { "none", "given", "withdrawn", NULL };

_Static_assert(CONSENT_WITHDRAWN == 2, "a statement below names it");

int people_get(struct db *db, const char *client, struct person *ret_person)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct person person = { 0 };
	hf_time stopped;
	int r;

	r = db_query(db, &rows,
		     "SELECT consent, consent_at, welcomed, by_staff FROM people WHERE client = ?1",
		     "t", client);
	if (r != 0) {
		return r;
	}

	if (db_next(&rows)) {
		person.consent = (enum consent)db_int(&rows, 0);
		person.consent_at = db_int(&rows, 1);
		person.welcomed = db_int(&rows, 2);
		person.by_staff = db_int(&rows, 3) != 0;
	}
	if (rows.error != 0) {
		return rows.error;
	}

	/* A STOP of which this database knows nothing: it was put back, or is another one. */
	stopped = suppression_of_client(db, client);
	if (stopped != 0 && person.consent != CONSENT_WITHDRAWN && stopped >= person.consent_at) {
		person.consent = CONSENT_WITHDRAWN;
		person.consent_at = stopped;
		person.by_staff = false;
	}

	*ret_person = person;
	return 0;
}

/* *ret_new is false where the configuration has said this before. */
static int ledger_add(struct db *db, const char *client, const char *phone, enum consent consent,
		      hf_time at, const char *source, const char *by, hf_time now, bool *ret_new)
{
	int r;

	r = db_run(db,
		   "INSERT INTO consent (client, phone, consent, at, source, by, recorded)"
		   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING",
		   "ttiitti", client, phone ? phone : "", (int64_t)consent, at, source,
		   by ? by : "", now);
	if (r != 0) {
		return r;
	}

	*ret_new = db_changes(db) > 0;
	return 0;
}

/* The later one counts.  What stands may be dated after now where the clock was set back: no STOP
 * is lost for it, and no other word of hers. */
static int update_person(struct db *db, const char *client, enum consent consent, hf_time at,
			 const char *source, hf_time now)
{
	bool by_staff = strcmp(source, "staff") == 0, by_reply = strcmp(source, "reply") == 0;

	return db_run(
		db,
		"INSERT INTO people (client, consent, consent_at, by_staff)"
		" VALUES (?1, ?2, ?3, ?4)"
		" ON CONFLICT (client) DO UPDATE SET consent = excluded.consent,"
		" consent_at = excluded.consent_at, by_staff = excluded.by_staff"
		" WHERE people.consent = 0 OR excluded.consent_at > people.consent_at"
		" OR (excluded.consent_at = people.consent_at AND (excluded.consent = 2 OR ?6))"
		" OR ((excluded.consent = 2 OR ?6) AND people.consent_at > ?5)",
		"tiiiii", client, (int64_t)consent, at, (int64_t)by_staff, now, (int64_t)by_reply);
}

/* What staff say is said of a client; what came from a number is said of whoever has it.  The date in a
 * file takes no STOP back by itself: it is compared with it wherever it counts. */
static int note_outside(struct db *db, const char *client, const char *phone, enum consent consent,
			hf_time at, const char *source)
{
	bool from_number = strcmp(source, "reply") == 0 || strcmp(source, "gateway") == 0;

	if (consent == CONSENT_WITHDRAWN) {
		return suppression_stop(db, client, from_number ? phone : NULL, at);
	}
	return strcmp(source, "config") == 0 ? 0 : suppression_start(db, client, phone);
}

int people_consent(struct db *db, const char *client, const char *phone, enum consent consent,
		   hf_time at, const char *source, const char *by, hf_time now)
{
	bool new_entry;
	int r;

	if (consent == CONSENT_NONE || at > now) {
		return -EINVAL;
	}

	r = db_begin(db);
	if (r != 0) {
		return r;
	}

	r = ledger_add(db, client, phone, consent, at, source, by, now, &new_entry);
	if (r == 0 && new_entry) {
		r = update_person(db, client, consent, at, source, now);
		r = r ? r : note_outside(db, client, phone, consent, at, source);
	}
	return db_end(db, r);
}

int people_ledger(struct db *db, const char *client, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT at, consent, source, by, recorded FROM consent WHERE client = ?1"
			" ORDER BY at, id",
			"t", client);
}

int people_ever_consented(struct db *db, const char *client, bool *ret_ever)
{
	int64_t found;
	int r = db_one_int(db, 0, &found,
			   "SELECT 1 FROM consent WHERE client = ?1 AND consent = 1 LIMIT 1", "t",
			   client);

	if (r == 0) {
		*ret_ever = found != 0;
	}
	return r;
}

int people_welcomed(struct db *db, const char *client, hf_time now)
{
	return db_run(db,
		      "INSERT INTO people (client, welcomed) VALUES (?1, ?2)"
		      " ON CONFLICT (client) DO UPDATE SET welcomed = excluded.welcomed"
		      " WHERE people.welcomed = 0",
		      "ti", client, now);
}

int people_welcome_anew(struct db *db, const char *client)
{
	return db_run(db, "UPDATE people SET welcomed = 0 WHERE client = ?1", "t", client);
}

/* --- how things stand ---------------------------------------------------------------- */

int situation_get(struct db *db, const char *handle, struct situation *ret_situation)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct situation situation = { 0 };
	int r = db_query(db, &rows,
			 "SELECT setback, suspended, phone, failures, talking, told_hours,"
			 " told_help, answered, answers, last_setback FROM situation"
			 " WHERE handle = ?1",
			 "t", handle);

	if (r != 0) {
		return r;
	}
	if (db_next(&rows)) {
		situation.setback = db_int(&rows, 0);
		situation.suspended = db_int(&rows, 1);
		(void)stpncpy(situation.phone, db_text(&rows, 2), sizeof(situation.phone) - 1);
		situation.failures = (int)db_int(&rows, 3);
		situation.talking = db_int(&rows, 4);
		situation.told_hours = db_int(&rows, 5);
		situation.told_help = db_int(&rows, 6);
		situation.answered = db_int(&rows, 7);
		situation.answers = (int)db_int(&rows, 8);
		situation.last_setback = db_int(&rows, 9);
	}
	if (rows.error != 0) {
		return rows.error;
	}

	*ret_situation = situation;
	return 0;
}

/* asked_clearly is a column that nothing reads any more. */
int situation_set(struct db *db, const char *handle, const struct situation *situation)
{
	return db_run(db,
		      "INSERT OR REPLACE INTO situation (handle, setback, suspended, phone,"
		      " failures, talking, told_hours, told_help, asked_clearly, answered,"
		      " answers, last_setback)"
		      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?11)",
		      "tiitiiiiiii", handle, situation->setback, situation->suspended,
		      situation->phone, (int64_t)situation->failures, situation->talking,
		      situation->told_hours, situation->told_help, situation->answered,
		      (int64_t)situation->answers, situation->last_setback);
}

int situation_setbacks(struct db *db, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT handle, setback, last_setback FROM situation"
			" WHERE last_setback > 0",
			"");
}

/* --- strangers --------------------------------------------------------------------- */

static int add_stranger(struct db *db, const char *number, hf_time now, int64_t *ret_id)
{
	int64_t count;
	int r = db_one_int(db, 0, &count, "SELECT count(*) FROM strangers", "");

	if (r != 0 || count >= STRANGERS_MAX) {
		return r ? r : -ENOSPC;
	}
	r = db_run(db, "INSERT INTO strangers (number, since) VALUES (?1, ?2)", "ti", number, now);
	*ret_id = db_last_id(db);
	return r;
}

int strangers_handle(struct db *db, const char *number, hf_time now, char handle[STRANGER_HANDLE])
{
	int64_t id;
	int r = db_one_int(db, 0, &id, "SELECT id FROM strangers WHERE number = ?1", "t", number);

	if (r == 0 && !id) {
		r = add_stranger(db, number, now, &id);
	}
	if (r != 0) {
		return r;
	}

	(void)snprintf(handle, STRANGER_HANDLE, "?%" PRId64, id);
	return 0;
}

int strangers_number(struct db *db, const char *handle, char number[PHONE_MAX])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = *handle == '?' ? db_query(db, &rows, "SELECT number FROM strangers WHERE id = ?1",
					  "i", (int64_t)strtoll(handle + 1, NULL, 10))
			       : STRANGERS_E_NONE;

	r = r ? r : db_first(&rows, STRANGERS_E_NONE);
	if (r != 0) {
		return r;
	}

	*number = '\0';
	(void)strncat(number, db_text(&rows, 0), PHONE_MAX - 1);
	return 0;
}

/* --- numbers of clients -------------------------------------------------------------- */

int numbers_note(struct db *db, const char *client, const char *phone, hf_time now)
{
	int64_t same;
	int r = db_one_int(db, 0, &same,
			   "SELECT 1 FROM numbers WHERE client = ?1 AND phone = ?2 AND until = 0",
			   "tt", client, phone);

	if (r != 0 || same) {
		return r;
	}
	r = db_begin(db);
	if (r != 0) {
		return r;
	}

	r = db_run(db, "UPDATE numbers SET until = ?2 WHERE client = ?1 AND until = 0", "ti",
		   client, now);
	r = r ? r
	      : db_run(db, "INSERT INTO numbers (client, phone, since) VALUES (?1, ?2, ?3)", "tti",
		       client, phone, now);
	return db_end(db, r);
}

int numbers_current(struct db *db, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT client, phone FROM numbers WHERE until = 0 ORDER BY client", "");
}

int numbers_of(struct db *db, const char *client, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT phone, since, until FROM numbers WHERE client = ?1"
			" ORDER BY since DESC, id DESC",
			"t", client);
}

int numbers_before(struct db *db, const char *phone, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT client, since, until FROM numbers WHERE phone = ?1 AND until > 0"
			" ORDER BY until DESC, id DESC",
			"t", phone);
}
