/*
 * The rows of receipts.
 *
 * Dangerous: a gateway that uses its ids again.  The text that it took last is
 * meant, and the same words about two texts are two receipts.
 */
#include "store/receipts.h"

_Static_assert(RECEIPT_SENT == 0 && RECEIPT_FAILED == 3, "these numbers stand in databases");

/* Word for word as the indexes have it. */
#define ALIKE(id) "lower(ltrim(" id ", '0'))"

#define PURGE_MOST 100 /* each receipt that comes makes room for as many old ones */

static int find_by_key(struct db *db, const char *gateway, const char *key, int64_t *ret_message)
{
	return db_one_int(db, 0, ret_message,
			  "SELECT id FROM outbox WHERE key = lower(?1) AND claimed > 0"
			  " AND gateway = ?2",
			  "tt", key, gateway);
}

/* Ids that differ in nothing come first. */
static int find_by_id(struct db *db, const char *gateway, const char *gateway_id,
		      int64_t *ret_message)
{
	return db_one_int(db, 0, ret_message,
			  "SELECT id FROM outbox WHERE gateway = ?1 AND gateway_id <> ''"
			  " AND " ALIKE("gateway_id") " = " ALIKE(
				  "?2") " ORDER BY gateway_id = ?2 DESC, id DESC LIMIT 1",
			  "tt", gateway, gateway_id);
}

int receipts_find(struct db *db, const char *gateway, const struct wire_receipt *receipt,
		  int64_t *ret_message)
{
	int64_t message = 0;
	int r = *receipt->key ? find_by_key(db, gateway, receipt->key, &message) : 0;

	if (r == 0 && !message && *receipt->gateway_id) {
		r = find_by_id(db, gateway, receipt->gateway_id, &message);
	}
	if (r != 0 || !message) {
		return r ? r : RECEIPTS_E_NONE;
	}

	*ret_message = message;
	return 0;
}

int receipts_add(struct db *db, const char *gateway, const struct wire_receipt *receipt,
		 int64_t message, hf_time now)
{
	int r = db_run(db,
		       "INSERT INTO receipts (gateway, gateway_id, key, state, fault, reason, at,"
		       " received, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, nullif(?9, 0))"
		       " ON CONFLICT DO NOTHING",
		       "tttiitiii", gateway, receipt->gateway_id, receipt->key,
		       (int64_t)receipt->state, (int64_t)receipt->fault, receipt->reason,
		       receipt->at, now, message);

	if (r != 0) {
		return r;
	}
	return db_changes(db) > 0 ? 0 : RECEIPTS_E_DUPLICATE;
}

int receipts_orphans(struct db *db, const char *gateway, const char *gateway_id,
		     struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT id, gateway_id, key, state, fault, reason, at FROM receipts"
			" WHERE message IS NULL AND gateway = ?1 AND gateway_id <> ''"
			" AND " ALIKE("gateway_id") " = " ALIKE("?2") " ORDER BY state, id",
			"tt", gateway, gateway_id);
}

void receipts_read(const struct db_rows *rows, struct wire_receipt *ret_receipt)
{
	*ret_receipt = (struct wire_receipt){
		.seq = db_int(rows, 0),
		.gateway_id = db_text(rows, 1),
		.key = db_text(rows, 2),
		.state = (enum receipt_state)db_int(rows, 3),
		.fault = (enum wire_fault)db_int(rows, 4),
		.reason = db_text(rows, 5),
		.at = db_int(rows, 6),
	};
}

int receipts_match(struct db *db, int64_t id, int64_t message)
{
	return db_run(db, "UPDATE OR IGNORE receipts SET message = ?2 WHERE id = ?1", "ii", id,
		      message);
}

int receipts_purge(struct db *db, hf_time before)
{
	return db_run(db,
		      "DELETE FROM receipts WHERE id IN"
		      " (SELECT id FROM receipts WHERE received < ?1 LIMIT ?2)",
		      "ii", before, (int64_t)PURGE_MOST);
}
