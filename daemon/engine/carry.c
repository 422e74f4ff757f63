/*
 * Rows and the cursor, when zones get other rules.
 *
 * Dangerous: only one refresh can be looked back over, so this is done at
 * once after it, and once.
 */
#include "engine/carry.h"

#include <errno.h>
#include <limits.h>

#include "store/outbox.h"
#include "store/store.h"

#define DUE_SINCE (90 * HF_DAY) /* a text this old neither waits nor is planned again */
#define OVER      HF_DAY        /* no clock leaps so far that what is over comes again */

static bool is_concerned(const struct outbox_message *row, hf_time now)
{
	return row->kind != KIND_WELCOME && row->kind != KIND_ONE_OFF &&
	       row->occurrence > now - OVER;
}

static int carry_rows(struct db *db, const struct model *model, hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = outbox_list(db, NULL, -1, now - DUE_SINCE, INT_MAX, &rows);

	while (r == 0 && db_next(&rows)) {
		const struct client *client;
		struct outbox_message row;
		hf_time at;

		outbox_read(&rows, &row);
		client = model_client(model, row.client);
		if (!client || !is_concerned(&row, now)) {
			continue;
		}

		at = zone_carry(client->zone, row.occurrence);
		if (at != row.occurrence) {
			r = outbox_shift(db, row.id, at - row.occurrence);
		}
	}
	return r ? r : rows.error;
}

static int look_back(struct db *db, hf_time forward)
{
	hf_time cursor = HF_NEVER;
	int r = forward > 0 ? store_cursor(db, HF_NEVER, &cursor) : 0;

	return r != 0 || cursor == HF_NEVER ? r : store_set_cursor(db, cursor - forward);
}

int carry_zones(struct db *db, const struct model *model, hf_time now, hf_time forward)
{
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = carry_rows(db, model, now);
	r = r ? r : look_back(db, forward);
	if (r != 0) {
		db_rollback(db);
		return r > 0 ? -EINVAL : r;
	}

	return db_commit(db);
}
