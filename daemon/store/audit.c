/*
 * The audit: one line for each act of staff.
 *
 * Promises: a line is neither changed nor removed, which triggers see to; an
 * act that cannot be written down here is not done, because the line
 * is in its transaction.
 */
#include "store/audit.h"

int audit_add(struct db *db, const struct audit_entry *entry)
{
	return db_run(db,
		      "INSERT INTO audit (at, uid, user, verb, client, detail, why)"
		      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		      "iittttt", entry->at, entry->uid, entry->user, entry->verb,
		      entry->client ? entry->client : "", entry->detail ? entry->detail : "",
		      entry->why ? entry->why : "");
}

int audit_list(struct db *db, const char *client, const char *verb, int limit,
	       struct db_rows *ret_rows)
{
	if (client) {
		return db_query(db, ret_rows,
				"SELECT at, uid, user, verb, client, detail, why FROM audit"
				" WHERE client = ?1 AND (?2 IS NULL OR verb = ?2)"
				" ORDER BY id DESC LIMIT ?3",
				"tti", client, verb, (int64_t)limit);
	}

	return db_query(db, ret_rows,
			"SELECT at, uid, user, verb, client, detail, why FROM audit"
			" WHERE ?1 IS NULL OR verb = ?1 ORDER BY id DESC LIMIT ?2",
			"ti", verb, (int64_t)limit);
}

int audit_acts(struct db *db, const char *client, int limit, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT at, uid, user, verb, client, detail, why FROM audit"
			" WHERE client = ?1 AND verb <> '" AUDIT_READ "' ORDER BY id DESC LIMIT ?2",
			"ti", client, (int64_t)limit);
}

void audit_read(const struct db_rows *rows, struct audit_entry *ret_entry)
{
	*ret_entry = (struct audit_entry){
		.at = db_int(rows, 0),
		.uid = db_int(rows, 1),
		.user = db_text(rows, 2),
		.verb = db_text(rows, 3),
		.client = db_text(rows, 4),
		.detail = db_text(rows, 5),
		.why = db_text(rows, 6),
	};
}
