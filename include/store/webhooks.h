/*
 * What a gateway brought that no rule of its preset fits, for whoever mends the preset.  It means nothing
 * to the service; it is kept so that nothing disappears behind a 2xx, and counted so that somebody sees it.
 */
#ifndef HF_STORE_WEBHOOKS_H
#define HF_STORE_WEBHOOKS_H

#include "lib/db.h"
#include "lib/protocol.h"

#define WEBHOOKS_KEPT 1000 /* of the newest; those before are counted and gone */

int webhooks_keep(struct db *db, const char *gateway, const struct wire_webhook *webhook,
		  hf_time now);

struct webhooks_totals {
	int64_t count; /* of all that ever came */
	hf_time last;  /* when the last one that is kept came; 0: none is */
};
int webhooks_totals(struct db *db, struct webhooks_totals *ret_totals);

struct webhook_kept {
	int64_t id;
	hf_time at;
	const char *gateway, *why, *content; /* good until the next row */
};
/* Those that are kept from `since` on, oldest first, with an id greater than `after`. */
int webhooks_page(struct db *db, hf_time since, int64_t after, int limit, struct db_rows *ret_rows);
void webhooks_read(const struct db_rows *rows, struct webhook_kept *ret_webhook);

#endif
