/*
 * Looking for texts.
 *
 * Promises: a query ends before it returns, so that nobody's slow reading keeps
 * the write-ahead log from being checkpointed.
 */
#include "store/search.h"

/* A client's texts are found through the index of UNIQUE (client, ...); all others by their id. */
static const char select_page[] = "SELECT id FROM outbox WHERE id > ?1"
				  " AND (?2 < 0 OR state = ?2) AND due >= ?3"
				  " ORDER BY id LIMIT ?4";
static const char select_page_of_client[] = "SELECT id FROM outbox WHERE id > ?1"
					    " AND (?2 < 0 OR state = ?2) AND due >= ?3"
					    " AND client = ?5 ORDER BY id LIMIT ?4";
static const char select_latest[] = "SELECT id FROM outbox WHERE (?1 < 0 OR state = ?1)"
				    " AND due >= ?2 ORDER BY id DESC LIMIT ?3";
static const char select_latest_of_client[] = "SELECT id FROM outbox WHERE (?1 < 0 OR state = ?1)"
					      " AND due >= ?2 AND client = ?4"
					      " ORDER BY id DESC LIMIT ?3";

static int collect(struct db_rows *rows, size_t most, int64_t *ret_ids, size_t *ret_count)
{
	size_t count = 0;

	while (count < most && db_next(rows)) {
		ret_ids[count++] = db_int(rows, 0);
	}
	if (rows->error < 0) {
		return rows->error;
	}

	*ret_count = count;
	return 0;
}

int outbox_page(struct db *db, const struct outbox_search *search, int64_t after, size_t most,
		int64_t *ret_ids, size_t *ret_count)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t state = search->state, limit = (int64_t)most;
	int r;

	if (search->client) {
		r = db_query(db, &rows, select_page_of_client, "iiiit", after, state, search->since,
			     limit, search->client);
	} else {
		r = db_query(db, &rows, select_page, "iiii", after, state, search->since, limit);
	}
	if (r < 0) {
		return r;
	}

	return collect(&rows, most, ret_ids, ret_count);
}

static void reverse(int64_t *ids, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		int64_t id = ids[i];

		ids[i] = ids[count - 1 - i];
		ids[count - 1 - i] = id;
	}
}

int outbox_latest(struct db *db, const struct outbox_search *search, size_t most, int64_t *ret_ids,
		  size_t *ret_count)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int64_t state = search->state, limit = (int64_t)most;
	int r;

	if (search->client) {
		r = db_query(db, &rows, select_latest_of_client, "iiit", state, search->since,
			     limit, search->client);
	} else {
		r = db_query(db, &rows, select_latest, "iii", state, search->since, limit);
	}
	if (r < 0) {
		return r;
	}
	r = collect(&rows, most, ret_ids, ret_count);
	if (r < 0) {
		return r;
	}

	reverse(ret_ids, *ret_count);
	return 0;
}
