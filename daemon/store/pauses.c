/*
 * Pauses by command.
 *
 * A row is written once; the one thing that happens to it afterwards is that
 * it gets the instant at which a resume or the next pause ended it.  One that has
 * run out is left as it is until then: whether it holds is a question of the day.
 */
#include "store/pauses.h"

int pauses_begin(struct db *db, const char *client, const struct staff_pause *pause)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = db_run(db, "UPDATE pauses SET ended = ?2 WHERE client = ?1 AND ended IS NULL", "ti",
		   client, pause->at);
	r = r ? r
	      : db_run(db,
		       "INSERT INTO pauses (client, at, last_day, by, why)"
		       " VALUES (?1, ?2, iif(?3, NULL, ?4), ?5, ?6)",
		       "tiiitt", client, pause->at, (int64_t)(pause->until.year == 0),
		       civil_to_days(&pause->until), pause->by, pause->why);
	return db_end(db, r);
}

int pauses_end(struct db *db, const char *client, const struct civil *today, hf_time now)
{
	int r = db_run(db,
		       "UPDATE pauses SET ended = ?3 WHERE client = ?1 AND ended IS NULL"
		       " AND (last_day IS NULL OR last_day >= ?2)",
		       "tii", client, civil_to_days(today), now);

	if (r != 0) {
		return r;
	}

	return db_changes(db) > 0 ? 0 : PAUSES_E_NONE;
}

int pauses_get(struct db *db, const char *client, const struct civil *today,
	       struct db_rows *ret_rows)
{
	int r = db_query(db, ret_rows,
			 "SELECT at, last_day, by, why FROM pauses"
			 " WHERE client = ?1 AND ended IS NULL"
			 " AND (last_day IS NULL OR last_day >= ?2)",
			 "ti", client, civil_to_days(today));
	return r ? r : db_first(ret_rows, PAUSES_E_NONE);
}

void pauses_read(const struct db_rows *rows, struct staff_pause *ret_pause)
{
	struct staff_pause pause = { .at = db_int(rows, 0),
				     .by = db_text(rows, 2),
				     .why = db_text(rows, 3) };

	if (!db_is_null(rows, 1)) {
		pause.until = civil_from_days(db_int(rows, 1));
	}
	*ret_pause = pause;
}
