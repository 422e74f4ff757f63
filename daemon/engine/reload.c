/*
 * From an edit to the rows of before, and from the old rules of a time zone to the new.
 *
 * A row keeps the time for which it was written; its words are made from the
 * configuration as it stands.  So a queued row whose occurrence no longer exists
 * would say a wrong time, or come a second time, and is cancelled.
 * Dangerous: cancelling what is still wanted.  A row that is not due yet is left
 * alone: only reload_moved() writes such rows, for a time that is over.
 * And only one refresh of the zones can be looked back over, so reload_zones() runs at once
 * after it, and once.
 */
#include "engine/reload.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buffer.h"
#include "store/audit.h"
#include "store/checkins.h"
#include "store/outbox.h"
#include "store/people.h"
#include "store/store.h"
#include "engine/enrolment.h"
#include "engine/recipient.h"
#include "engine/planner.h"
#include "engine/setback.h"

#define LEAD_MOST (14 * HF_DAY) /* how far before a meeting its other leads are looked for */
#define AHEAD_MAX 1000          /* texts of one client that are looked through */
#define DUE_SINCE (90 * HF_DAY) /* a text this old neither waits nor is planned again */
#define OVER      HF_DAY        /* no clock leaps so far that what is over comes again */

/* One that is dated in the future counts when its day comes. */
static int enter_consents(const struct engine_context *ctx, hf_time *ret_next)
{
	hf_time next = HF_NEVER;
	int r = 0;

	for (size_t i = 0; r == 0 && i < ctx->model->client_count; i++) {
		const struct client *client = &ctx->model->clients[i];
		hf_time at;

		if (!client->consent.how) {
			continue;
		}

		at = zone_midnight(client->zone, civil_to_days(&client->consent.at));
		if (at <= ctx->now) {
			r = people_consent(ctx->db, client->id, client->phone, CONSENT_GIVEN, at,
					   "config", client->consent.by, ctx->now);
		} else if (at < next) {
			next = at;
		}
	}

	*ret_next = next;
	return r;
}

/* --- numbers ---------------------------------------------------------------------- */

/* What could not be delivered to the old number says nothing about the new one. */
static int lift_suspension(const struct engine_context *ctx, const struct client *client)
{
	const struct audit_entry entry = { .at = ctx->now,
					   .uid = -1,
					   .user = "configuration",
					   .verb = "number",
					   .client = client->id,
					   .detail = "a new one: texts go out again" };
	struct situation situation;
	int r = situation_get(ctx->db, client->id, &situation);

	if (r != 0 || !*situation.phone || strcmp(situation.phone, client->phone) == 0) {
		return r;
	}

	if (situation.suspended) {
		r = audit_add(ctx->db, &entry);
	}
	situation.suspended = 0;
	situation.failures = 0;
	situation.phone[0] = '\0';
	return r ? r : situation_set(ctx->db, client->id, &situation);
}

static int had_before(const struct engine_context *ctx, const struct client *client, bool *ret_had)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = numbers_of(ctx->db, client->id, &rows);

	while (r == 0 && db_next(&rows)) {
		*ret_had = *ret_had || strcmp(db_text(&rows, 0), client->phone) == 0;
	}
	return r ? r : rows.error;
}

/* Where a digit is wrong, all that is hers would go to a stranger: so the first text that goes to a new
 * number says again who writes and how to end it, and the others wait for it. */
static int welcome_there(const struct engine_context *ctx, const struct client *client)
{
	const struct outbox_message row = {
		.client = client->id,
		.kind = KIND_WELCOME,
		.reminder = ENROLMENT_WELCOME,
		.lead = "",
		.occurrence = ctx->now,
		.due = ctx->now,
		.expires = HF_NEVER,
		.priority = OUTBOX_AUTOMATIC,
		.state = OUTBOX_DUE,
		.next_try = ctx->now,
	};
	struct person person;
	int64_t id;
	int r = people_get(ctx->db, client->id, &person);

	/* Who was not welcomed yet has that text to come. */
	if (r != 0 || !person.welcomed) {
		return r;
	}

	r = people_welcome_anew(ctx->db, client->id);
	r = r ? r : outbox_add(ctx->db, &row, ctx->now, &id);
	return r == OUTBOX_E_DUPLICATE ? 0 : r;
}

static int take_number(const struct engine_context *ctx, const struct client *client, bool another)
{
	bool had = false;
	int r = another ? had_before(ctx, client, &had) : 0;

	r = r ? r : numbers_note(ctx->db, client->id, client->phone, ctx->now);
	r = r ? r : lift_suspension(ctx, client);
	return r || !another || had ? r : welcome_there(ctx, client);
}

/* Both lists are by id, so that one walk along them finds whose number is another. */
static int note_numbers(const struct engine_context *ctx)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = numbers_current(ctx->db, &rows);
	bool more = r == 0 && db_next(&rows);

	for (size_t i = 0; r == 0 && i < ctx->model->client_count; i++) {
		const struct client *client = &ctx->model->clients[i];
		int order = 1;

		while (more && (order = strcmp(db_text(&rows, 0), client->id)) < 0) {
			more = db_next(&rows);
		}
		if (!more || order != 0 || strcmp(db_text(&rows, 1), client->phone) != 0) {
			r = take_number(ctx, client, more && order == 0);
		}
	}
	return r ? r : rows.error;
}

/* --- rows of what is gone ------------------------------------------------------ */

struct search {
	const struct outbox_message *row;
	bool found;
};

static void on_planned(void *userdata, const struct outbox_message *planned)
{
	struct search *search = userdata;
	const struct outbox_message *row = search->row;

	search->found = search->found ||
			(planned->kind == row->kind && planned->occurrence == row->occurrence &&
			 strcmp(planned->reminder, row->reminder) == 0);
}

/* Is the row's occurrence still one of the client's?  Another lead of it is as good. */
static int is_planned(struct planner *planner, const struct client *client,
		      const struct outbox_message *row, bool *ret_planned)
{
	struct search search = { .row = row };
	hf_time from = row->due, until = row->due + 1;
	int r;

	if (*row->lead) {
		from = row->occurrence - LEAD_MOST < from ? row->occurrence - LEAD_MOST : from;
		until = row->occurrence < row->due ? until : row->occurrence + 1;
	}

	r = planner_ahead(planner, client, from, until, AHEAD_MAX, on_planned, &search);
	if (r == 0) {
		*ret_planned = search.found;
	}
	return r;
}

/* A row that names its message is no schedule's. */
static bool is_scheduled(const struct outbox_message *row)
{
	return row->priority == OUTBOX_AUTOMATIC && !row->message && row->kind != KIND_WELCOME &&
	       row->kind != KIND_ONE_OFF;
}

static bool exists(const struct client *client, const struct outbox_message *row)
{
	return client_reminder(client, row->reminder) || client_meeting(client, row->reminder) ||
	       client_appointment(client, row->reminder);
}

/* NULL: it may stay. */
static int why_cancel(const struct engine_context *ctx, const struct outbox_message *row,
		      const char **ret_why)
{
	const struct client *client = model_client(ctx->model, row->client);
	bool planned = true;
	int r = 0;

	*ret_why = NULL;
	if (!recipient_is_client(row->client)) {
		return 0;
	}
	if (!client) {
		*ret_why = "no longer enrolled";
	} else if (is_scheduled(row) && !exists(client, row)) {
		*ret_why = "no longer in the configuration";
	} else if (is_scheduled(row) && row->due <= ctx->now) {
		r = is_planned(ctx->planner, client, row, &planned);
	}
	if (!planned) {
		*ret_why = "its time was changed";
	}
	return r;
}

static int cancel_removed(const struct engine_context *ctx)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r;

	r = outbox_ready(ctx->db, HF_NEVER, INT_MAX, &rows);
	while (r == 0 && db_next(&rows)) {
		const char *why;

		outbox_read(&rows, &row);
		r = why_cancel(ctx, &row, &why);
		if (r == 0 && why) {
			r = outbox_settle(ctx->db, row.id, OUTBOX_CANCELLED, why, ctx->now);
		}
	}
	return r ? r : rows.error;
}

/* Nobody waits for the answer of who is gone. */
static int pass_questions(const struct engine_context *ctx)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct checkin checkin;
	int r = checkins_due(ctx->db, HF_NEVER, INT_MAX, &rows);

	while (r == 0 && db_next(&rows)) {
		checkins_read(&rows, &checkin);
		if (!model_client(ctx->model, checkin.client)) {
			r = checkins_move(ctx->db, checkin.message, CHECKIN_PASSED);
		}
	}
	return r ? r : rows.error;
}

int reload_consents(const struct engine_context *ctx, hf_time *ret_next)
{
	hf_time next;
	int r = db_begin(ctx->db);

	if (r != 0) {
		return r;
	}

	r = enter_consents(ctx, &next);
	r = r ? r : setback_review(ctx->db, ctx->model, ctx->now);
	r = r ? r : note_numbers(ctx);
	r = r ? r : outbox_wake(ctx->db, NULL, ctx->now);
	r = db_end(ctx->db, r > 0 ? -EINVAL : r);
	if (r == 0) {
		*ret_next = next;
	}
	return r;
}

int reload_adopt(const struct engine_context *ctx, hf_time *ret_next)
{
	hf_time next;
	int r = db_begin(ctx->db);

	if (r != 0) {
		return r;
	}

	r = cancel_removed(ctx);
	r = r ? r : pass_questions(ctx);
	r = r ? r : reload_consents(ctx, &next);
	r = db_end(ctx->db, r > 0 ? -EINVAL : r);
	if (r == 0) {
		*ret_next = next;
	}
	return r;
}

/* --- times that were moved --------------------------------------------------------- */

/* One client's reminder whose time of day or zone is another now. */
struct moving {
	struct db *db;
	const struct reminder *reminder;
	hf_time now;
	bool earlier, later; /* today, by the new time: before now, after now */
	int error;
};

static bool is_about(const struct moving *moving, const struct outbox_message *row)
{
	return row->kind == moving->reminder->kind &&
	       strcmp(row->reminder, moving->reminder->id) == 0;
}

static void on_new_time(void *userdata, const struct outbox_message *row)
{
	struct moving *moving = userdata;

	if (is_about(moving, row)) {
		*(row->due > moving->now ? &moving->later : &moving->earlier) = true;
	}
}

static void on_old_time(void *userdata, const struct outbox_message *row)
{
	struct moving *moving = userdata;
	int64_t id;
	int r;

	if (moving->error == 0 && is_about(moving, row)) {
		r = outbox_add(moving->db, row, moving->now, &id);
		moving->error = r < 0 ? r : 0;
	}
}

static int move(struct moving *moving, struct planner *planner_before,
		const struct client *client_before, struct planner *planner,
		const struct client *client)
{
	int64_t today = zone_day(client->zone, moving->now);
	hf_time until = zone_midnight(client->zone, today + 1);
	int r = planner_ahead(planner, client, zone_midnight(client->zone, today), until, AHEAD_MAX,
			      on_new_time, moving);

	if (r != 0 || !moving->earlier || moving->later) {
		return r;
	}

	r = planner_ahead(planner_before, client_before, moving->now + 1, until, AHEAD_MAX,
			  on_old_time, moving);
	return r ? r : moving->error;
}

static int move_reminders(const struct engine_context *before, const struct engine_context *ctx,
			  const struct client *client_before, const struct client *client,
			  const struct reminder *reminders, size_t count)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct reminder *old = client_reminder(client_before, reminders[i].id);
		struct moving moving = { .db = ctx->db,
					 .reminder = &reminders[i],
					 .now = ctx->now };

		if (old && old->kind == reminders[i].kind &&
		    (client_minute(client_before, old) != client_minute(client, &reminders[i]) ||
		     client_before->zone != client->zone)) {
			r = move(&moving, before->planner, client_before, ctx->planner, client);
		}
	}
	return r;
}

/* --- what is on record of an edit ------------------------------------------------------- */

static bool same_stays(const struct client *a, const struct client *b)
{
	bool same = client_stays(a) == client_stays(b);

	for (size_t i = 0; same && i < client_stays(a); i++) {
		struct stay one = client_stay_at(a, i), other = client_stay_at(b, i);

		same = civil_compare(&one.from, &other.from) == 0 &&
		       civil_compare(&one.until, &other.until) == 0;
	}
	return same;
}

/* "2026-02-02 to 2026-03-01, 2026-03-30 on"; the caller's, NULL for -ENOMEM. */
static char *describe_stays(const struct client *client)
{
	struct buffer buffer = { 0 };

	for (size_t i = 0; i < client_stays(client); i++) {
		struct stay stay = client_stay_at(client, i);
		char text[80], until[40] = "on";

		if (stay.until.year) {
			(void)snprintf(until, sizeof(until), "to %04d-%02d-%02d", stay.until.year,
				       stay.until.month, stay.until.day);
		}
		(void)snprintf(text, sizeof(text), "%s%04d-%02d-%02d %s", i == 0 ? "" : ", ",
			       stay.from.year, stay.from.month, stay.from.day, until);
		buffer_put_text(&buffer, text);
	}
	return buffer_take(&buffer, NULL);
}

static int note_edit(const struct engine_context *ctx, const struct client *client,
		     const char *verb, const char *now, const char *before)
{
	_cleanup_free_ char *detail = NULL;
	struct audit_entry entry = {
		.at = ctx->now,
		.uid = -1,
		.user = "configuration",
		.verb = verb,
		.client = client->id,
	};

	if (!now || !before || asprintf(&detail, "%s; before: %s", now, before) < 0) {
		detail = NULL;
		return -ENOMEM;
	}
	entry.detail = detail;
	return audit_add(ctx->db, &entry);
}

/* Who sees her and when she is in treatment: nothing else would say that it was another. */
static int note_edits(const struct engine_context *ctx, const struct client *old,
		      const struct client *client)
{
	const char *counselor = client->counselor ? client->counselor : "nobody";
	const char *before = old->counselor ? old->counselor : "nobody";
	int r = strcmp(counselor, before) != 0
			? note_edit(ctx, client, "counselor", counselor, before)
			: 0;

	if (r == 0 && !same_stays(client, old)) {
		_cleanup_free_ char *now = describe_stays(client), *then = describe_stays(old);

		r = note_edit(ctx, client, "stays", now, then);
	}
	return r;
}

/* --- from one snapshot to the next --------------------------------------------------------- */

int reload_moved(const struct engine_context *before, const struct engine_context *ctx)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < ctx->model->client_count; i++) {
		const struct client *client = &ctx->model->clients[i];
		const struct client *old = model_client(before->model, client->id);

		r = old ? note_edits(ctx, old, client) : 0;
		for (const struct plan *plan = client->plan; r == 0 && old && plan;
		     plan = client_plan_after(client, plan)) {
			r = move_reminders(before, ctx, old, client, plan->reminders,
					   plan->reminder_count);
		}
		if (r == 0 && old) {
			r = move_reminders(before, ctx, old, client, client->reminders,
					   client->reminder_count);
		}
	}
	return r;
}

/* --- other rules of a zone ----------------------------------------------------------- */

static bool is_concerned(const struct outbox_message *row, hf_time now)
{
	return row->kind != KIND_WELCOME && row->kind != KIND_ONE_OFF &&
	       row->occurrence > now - OVER;
}

static int shift_rows(const struct engine_context *ctx)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = outbox_list(ctx->db, NULL, -1, ctx->now - DUE_SINCE, INT_MAX, &rows);

	while (r == 0 && db_next(&rows)) {
		const struct client *client;
		struct outbox_message row;
		hf_time at;

		outbox_read(&rows, &row);
		client = model_client(ctx->model, row.client);
		if (!client || !is_concerned(&row, ctx->now)) {
			continue;
		}

		at = zone_rebase(client->zone, row.occurrence);
		if (at != row.occurrence) {
			r = outbox_shift(ctx->db, row.id, at - row.occurrence);
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

int reload_zones(const struct engine_context *ctx, hf_time forward)
{
	int r = db_begin(ctx->db);

	if (r != 0) {
		return r;
	}

	r = shift_rows(ctx);
	r = r ? r : look_back(ctx->db, forward);
	return db_end(ctx->db, r > 0 ? -EINVAL : r);
}
