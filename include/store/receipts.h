/*
 * What gateways said about texts of ours after they had taken them: each thing
 * once, also where it is not known yet which text it is about.
 */
#ifndef HF_STORE_RECEIPTS_H
#define HF_STORE_RECEIPTS_H

#include "lib/db.h"
#include "lib/protocol.h"

enum {
	RECEIPTS_E_DUPLICATE = 1, /* it is here already */
	RECEIPTS_E_NONE,          /* no text that we know */
};

/* The text a receipt is about, among those this gateway was last given: by our key, else by the
 * gateway's id, whose case and leading zeros may differ from those of its answer.  RECEIPTS_E_NONE.
 */
int receipts_find(struct db *db, const char *gateway, const struct wire_receipt *receipt,
		  int64_t *ret_message);

/* message 0: not known.  RECEIPTS_E_DUPLICATE. */
int receipts_add(struct db *db, const char *gateway, const struct wire_receipt *receipt,
		 int64_t message, hf_time now);

/* Those that came before the gateway's answer with that id, lowest rank first; and that they are
 * about this text. */
int receipts_orphans(struct db *db, const char *gateway, const char *gateway_id,
		     struct db_rows *ret_rows);
/* seq is the row's id; texts are borrowed from the rows. */
void receipts_read(const struct db_rows *rows, struct wire_receipt *ret_receipt);
int receipts_match(struct db *db, int64_t id, int64_t message);

/* Forgets some of those that came before that. */
int receipts_purge(struct db *db, hf_time before);

#endif
