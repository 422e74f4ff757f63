/*
 * Consent, and who has had the first text.
 *
 * The ledger is what counts before a court and is only ever added to; the row
 * in people is what it comes to.  Both are written in one transaction.
 * The later entry wins, and of two at the same instant the withdrawal: that is
 * also why a date in the configuration never revives someone who has since said STOP.
 * Dangerous: an entry dated in the future would outweigh a STOP of
 * today, so it is refused.
 */
#include "store/people.h"

#include <errno.h>
#include <string.h>

const char *const consent_words[] = { "none", "given", "withdrawn", NULL };

_Static_assert(CONSENT_WITHDRAWN == 2, "a statement below names it");

int people_get(struct db *db, const char *client, struct person *ret_person)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct person person = { 0 };
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
		return r == DB_E_CONSTRAINT ? -EINVAL : r;
	}

	*ret_new = db_changes(db) > 0;
	return 0;
}

/* What stands may be dated after now where the clock was set back: no STOP is lost for it. */
static int weigh(struct db *db, const char *client, enum consent consent, hf_time at, bool by_staff,
		 hf_time now)
{
	return db_run(
		db,
		"INSERT INTO people (client, consent, consent_at, by_staff)"
		" VALUES (?1, ?2, ?3, ?4)"
		" ON CONFLICT (client) DO UPDATE SET consent = excluded.consent,"
		" consent_at = excluded.consent_at, by_staff = excluded.by_staff"
		" WHERE people.consent = 0 OR excluded.consent_at > people.consent_at"
		" OR (excluded.consent = 2"
		"     AND (excluded.consent_at = people.consent_at OR people.consent_at > ?5))",
		"tiiii", client, (int64_t)consent, at, (int64_t)by_staff, now);
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
		r = weigh(db, client, consent, at, strcmp(source, "staff") == 0, now);
	}
	if (r != 0) {
		db_rollback(db);
		return r;
	}

	return db_commit(db);
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
