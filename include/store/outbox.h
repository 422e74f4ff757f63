/*
 * Every message we mean to send, from the decision to the gateway's last word.
 *
 * A row is committed before anything leaves the machine and is never deleted
 * while it matters, so the daemon may die at any line and lose nothing.  Every state
 * change goes through one function, which names the state it expects; the
 * moves it allows are a table in outbox.c.
 */
#ifndef HF_STORE_OUTBOX_H
#define HF_STORE_OUTBOX_H

#include "store/texts.h"

/* Writes a row in state DUE (key made here) and its first history line.  OUTBOX_E_DUPLICATE. */
int outbox_add(struct db *db, const struct outbox_message *message, hf_time now, int64_t *ret_id);

/* DUE or DEFERRED -> CLAIMED with what is sent; one more attempt. */
int outbox_claim(struct db *db, int64_t id, const char *gateway, const char *text, int segments,
		 hf_time now);
/* DUE or DEFERRED -> DEFERRED until, or until it expires, so that this is noticed.  Deferring anew
 * for the same reason leaves no line in the history. */
int outbox_defer(struct db *db, int64_t id, hf_time until, const char *reason, hf_time now);
/* CLAIMED or UNKNOWN -> DUE again at next_try (at the latest when it expires), same key.  An
 * attempt that does not count gives its number to the next one. */
int outbox_retry(struct db *db, int64_t id, hf_time next_try, const char *reason,
		 bool count_attempt, hf_time now);
/* CLAIMED, UNKNOWN, or waiting for another try when the word of an earlier one comes late
 * -> ACCEPTED; gateway_id may be "". */
int outbox_accept(struct db *db, int64_t id, const char *gateway_id, hf_time now);
/* To any final state, or to UNKNOWN, or SENT, DELIVERED, UNDELIVERED by a receipt. */
int outbox_settle(struct db *db, int64_t id, enum outbox_state state, const char *reason,
		  hf_time now);

/* At start, and when a courier is gone (gateway NULL: all): CLAIMED -> UNKNOWN.  *ret_count may be
 * NULL. */
int outbox_orphan(struct db *db, const char *gateway, const char *reason, hf_time now,
		  int64_t *ret_count);
/* DUE or DEFERRED -> CANCELLED, because the text of `carrier`, which has the reminder's name, says
 * it too; and what it carries is no use once the moment of this one has passed. */
int outbox_join(struct db *db, const struct outbox_message *row,
		const struct outbox_message *carrier, hf_time now);
/* Cancels what has not been claimed, for one client.  Her first text stays and waits: without it
 * nothing would ever go out to her again, whatever she consents to later. */
int outbox_cancel_client(struct db *db, const char *client, const char *reason, hf_time now);

/* What made DEFERRED rows wait may be over (a reload, a consent, a welcome): they may be tried at
 * once.  client NULL: all. */
int outbox_wake(struct db *db, const char *client, hf_time now);
/* The same for rows that only this gateway may send: it is back. */
int outbox_wake_gateway(struct db *db, const char *gateway, hf_time now);

/* The same thing at another instant, by so much: its zone has other rules. */
int outbox_shift(struct db *db, int64_t id, hf_time by);

/* The clock stood ahead and was set right: what was found too late before its time is due again,
 * and what waits for a moment of that clock waits no longer than until it is due; what answers
 * somebody, or was asked for by staff, is due. */
int outbox_set_back(struct db *db, hf_time now);

#endif
