/*
 * Who of the staff is told of a case, and when.  Of an urgent one whoever is on call
 * at once, then the next on the roster, then everybody on it, then everybody in
 * staff.conf, until somebody acknowledges and tries to reach her; of all others somebody
 * while the site is open, where it happened while it was open.  And of a gateway that does
 * not take our texts the administrator.
 */
#ifndef HF_ENGINE_ALERTS_H
#define HF_ENGINE_ALERTS_H

#include "lib/wire.h"
#include "store/outbox.h"
#include "engine/context.h"

/* In a routine case there is a text that no rule has understood: it is for a human.  client: who
 * wrote it, NULL for somebody unknown.  In her first days somebody is told at once, at any hour; in
 * site hours where nobody has read it within read_within, and before closing in any case; else when
 * the site opens.  Inside the caller's transaction. */
int alerts_unread(const struct engine_context *ctx, const struct client *client, int64_t case_id);

/* Is what comes now told to staff today, before the site closes?  "Someone here will read this today" is
 * said only then. */
bool alerts_read_today(const struct engine_context *ctx);

/* Writes the texts that are due, in a transaction of its own.  May be called at any time. */
int alerts_run(const struct engine_context *ctx);
/* When there next is something to tell; HF_NEVER. */
int alerts_next(const struct engine_context *ctx, hf_time *ret_when);

/* A text (of any kind; with the state that it had before) has failed, expired or was not delivered,
 * and will not be tried again.  Where it was the last alert of a case, whoever is next on the
 * roster is to be texted at once.  Inside the caller's transaction. */
int alerts_failed(const struct engine_context *ctx, const struct outbox_message *text);

/* A text has come to that state and will not be tried again: failed, expired, undelivered, or nobody
 * knows.  Where somebody of the staff wrote it, that opens a case, once for each text, and she is told
 * of it.  Inside the caller's transaction. */
int alerts_unsent(const struct engine_context *ctx, const struct outbox_message *text,
		  enum outbox_state state);

/* A gateway finds fault with our account: queues a text to each administrator of staff.conf, which
 * goes out by another gateway where there is one.  Inside the caller's transaction. */
int alerts_gateway(const struct engine_context *ctx, const char *gateway);

/* After an outage in which texts fell due and were not sent: a case that says how many, a quarter of an
 * hour after its end, when it is known.  In a transaction of its own; may be called at any time. */
int alerts_outage(const struct engine_context *ctx);
/* When there is one to look at; HF_NEVER. */
int alerts_outage_next(const struct engine_context *ctx, hf_time *ret_when);

/* Whom a courier is to text by itself in the next two days if holdfastd is silent: in texting hours
 * whoever is on call then.  `to` points into the snapshot, `body` at *ret_text, which the caller
 * frees.  Nobody where staff.conf names nobody. */
#define ALERTS_ALARMS_MAX 16
int alerts_if_silent(const struct engine_context *ctx,
		     struct wire_alarm ret_alarms[ALERTS_ALARMS_MAX], size_t *ret_count,
		     char **ret_text);

/* As many texts have gone out as may, `most`: an urgent case of "site:texts", and a text to each
 * administrator.  Inside the caller's transaction. */
int alerts_ceiling(const struct engine_context *ctx, int64_t most);

/* Somebody takes an open case on ("@mreyes", or a Unix user): where it is urgent, and not a silence, she
 * has attempt_within to try.  As cases_acknowledge() answers. */
int alerts_acknowledge(const struct engine_context *ctx, int64_t number, const char *by);

#endif
