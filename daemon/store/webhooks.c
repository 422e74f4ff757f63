/*
 * The rows of webhooks that fit no rule.
 *
 * A row's id is never used again, so the highest of them is how many there were.
 */
#include "store/webhooks.h"

static int add(struct db *db, const char *gateway, const struct wire_webhook *webhook, hf_time now)
{
	int r = db_run(db,
		       "INSERT INTO webhooks (gateway, at, why, content) VALUES (?1, ?2, ?3, ?4)",
		       "titt", gateway, now, webhook->why, webhook->content);

	return r ? r
		 : db_run(db, "DELETE FROM webhooks WHERE id <= ?1", "i",
			  db_last_id(db) - WEBHOOKS_KEPT);
}

int webhooks_keep(struct db *db, const char *gateway, const struct wire_webhook *webhook,
		  hf_time now)
{
	int r = db_begin(db);

	return r ? r : db_end(db, add(db, gateway, webhook, now));
}

int webhooks_totals(struct db *db, struct webhooks_totals *ret_totals)
{
	struct webhooks_totals totals = { 0 };
	int r = db_one_int(db, 0, &totals.count,
			   "SELECT seq FROM sqlite_sequence WHERE name = 'webhooks'", "");

	r = r ? r : db_one_int(db, 0, &totals.last, "SELECT max(at) FROM webhooks", "");
	if (r == 0) {
		*ret_totals = totals;
	}
	return r;
}

int webhooks_page(struct db *db, hf_time since, int64_t after, int limit, struct db_rows *ret_rows)
{
	return db_query(db, ret_rows,
			"SELECT id, at, gateway, why, content FROM webhooks"
			" WHERE at >= ?1 AND id > ?2 ORDER BY id LIMIT ?3",
			"iii", since, after, (int64_t)limit);
}

void webhooks_read(const struct db_rows *rows, struct webhook_kept *ret_webhook)
{
	*ret_webhook = (struct webhook_kept){
		.id = db_int(rows, 0),
		.at = db_int(rows, 1),
		.gateway = db_text(rows, 2),
		.why = db_text(rows, 3),
		.content = db_text(rows, 4),
	};
}
