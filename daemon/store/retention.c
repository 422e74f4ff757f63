/*
 * Deleting what is old.
 *
 * Rows are written in the order of time, so what is old stands first, and the
 * first row that is not ends the search.
 */
#include "store/retention.h"

#include "config/model.h"
#include "store/outbox.h"
#include "store/store.h"

_Static_assert(OUTBOX_ACCEPTED == 4 && KIND_WELCOME == 0, "these numbers stand in statements");

#define OLD_TEXTS                                                                                  \
	"SELECT id FROM outbox WHERE id < ifnull((SELECT id FROM outbox WHERE due >= ?1"           \
	" ORDER BY id LIMIT 1), 9223372036854775807) AND state >= 4 AND kind <> 0"                 \
	" ORDER BY id LIMIT ?2"

/* ?1: what is older than that; ?2: at most so many. */
static const char *const statements[] = {
	"DELETE FROM history WHERE message IN (" OLD_TEXTS ")",
	"DELETE FROM outbox WHERE id IN (" OLD_TEXTS ")",
	"UPDATE outbox SET text = NULL WHERE id IN (SELECT id FROM outbox WHERE kind = 0"
	" AND text IS NOT NULL AND state >= 4 AND claimed > 0 AND claimed < ?1 LIMIT ?2)",
	"DELETE FROM checkins WHERE message IN (SELECT message FROM checkins WHERE asked < ?1"
	" AND state NOT IN (0, 1) LIMIT ?2)",
	"DELETE FROM inbox WHERE id IN (SELECT id FROM inbox WHERE id < ifnull((SELECT id"
	" FROM inbox WHERE at >= ?1 ORDER BY id LIMIT 1), 9223372036854775807)"
	" ORDER BY id LIMIT ?2)",
	"DELETE FROM webhooks WHERE id IN (SELECT id FROM webhooks WHERE at < ?1 LIMIT ?2)",
};

static int forget(struct db *db, hf_time before, bool *ret_more)
{
	bool more = false;

	for (size_t i = 0; i < COUNT(statements); i++) {
		int r = db_run(db, statements[i], "ii", before, (int64_t)RETENTION_MOST);

		if (r != 0) {
			return r;
		}
		more = more || db_changes(db) >= RETENTION_MOST;
	}

	*ret_more = more;
	return 0;
}

int retention_run(struct db *db, hf_time keep, hf_time now)
{
	bool more = false;
	hf_time last, cursor;
	int r = store_purged(db, &last);

	r = r ? r : store_cursor(db, now, &cursor);
	if (r != 0 || (now >= last && now - last < HF_DAY) || now - cursor > HF_DAY) {
		return r;
	}

	r = db_begin(db);
	if (r != 0) {
		return r;
	}

	r = db_end(db, forget(db, now - keep, &more));
	return r != 0 || more ? r : store_set_purged(db, now);
}
