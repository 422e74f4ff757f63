/*
 * One row for everyone of whom there is something to say.
 */
#include "store/situation.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
	int r = db_run(db,
		       "INSERT OR REPLACE INTO situation (handle, setback, suspended, phone,"
		       " failures, talking, told_hours, told_help, asked_clearly, answered,"
		       " answers, last_setback)"
		       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, ?9, ?10, ?11)",
		       "tiitiiiiiii", handle, situation->setback, situation->suspended,
		       situation->phone, (int64_t)situation->failures, situation->talking,
		       situation->told_hours, situation->told_help, situation->answered,
		       (int64_t)situation->answers, situation->last_setback);

	return r > 0 ? -EINVAL : r;
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
	return r > 0 ? -EINVAL : r;
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

	if (r != 0) {
		return r;
	}
	if (!db_next(&rows)) {
		return rows.error != 0 ? rows.error : STRANGERS_E_NONE;
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
	if (r != 0) {
		db_rollback(db);
		return r > 0 ? -EINVAL : r;
	}
	return db_commit(db);
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
