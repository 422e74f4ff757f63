/*
 * Which reminders may be one text, and its words.
 *
 * A reminder whose time has not come gets its row in the moment in which it joins another
 * text, and not before: an edit in those minutes finds nothing of it waiting, and the planner,
 * when it comes there, finds the row and writes none.
 */
#include "engine/combine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/plain.h"
#include "store/witness.h"
#include "engine/message_log.h"
#include "engine/permit.h"
#include "engine/planner.h"

#define AHEAD_MOST 32 /* texts of one client in that time */

/* --- which, and the words of both ------------------------------------------------------ */

bool combine_may(const struct outbox_message *row)
{
	bool fresh = row->attempts == 0 && !row->pinned && !row->text && !row->message;

	return fresh && (row->kind == KIND_MEETING || row->kind == KIND_APPOINTMENT ||
			 row->kind == KIND_COPING);
}

/* Behind "Riverside: ", where both begin so. */
static const char *without_site(const struct model *model, const char *first, const char *second)
{
	size_t length = strlen(model->site.name);

	return strncmp(first, model->site.name, length) == 0 &&
			       strncmp(second, model->site.name, length) == 0 &&
			       strncmp(second + length, ": ", 2) == 0
		       ? second + length + 2
		       : second;
}

int combine_words(const struct model *model, const struct composed *first,
		  const struct composed *second, struct composed *ret_both)
{
	_cleanup_(composed_done) struct composed both = { .message = first->message };
	_cleanup_free_ char *sentence =
		text_capital(without_site(model, first->text, second->text));
	int r;

	if (!sentence || asprintf(&both.text, "%s\n%s", first->text, sentence) < 0) {
		both.text = NULL;
		return -ENOMEM;
	}

	r = text_cost(both.text, &both.cost);
	if (r != 0) {
		return r < 0 ? r : COMBINE_E_LONG;
	}
	if (both.cost.segments > model->texting.max_segments) {
		return COMBINE_E_LONG;
	}

	*ret_both = both;
	both = (struct composed){ 0 };
	return 0;
}

/* --- one more ---------------------------------------------------------------------------- */

/* The text that is about to go, and what it says so far. */
struct combining {
	const struct engine_context *ctx;
	const struct client *client;
	struct outbox_message *row;
	struct composed *composed;
	bool habits; /* only coping skills, else only what she goes to */
	int error;
};

/* What she goes to comes first into a text that has not room for all.  One that asks whether she comes goes
 * by itself: of two questions in one text nobody knows which is answered. */
static bool is_turn(const struct combining *combining, const struct outbox_message *other)
{
	return combine_may(other) && (other->kind == KIND_COPING) == combining->habits &&
	       !client_event_answers(combining->client, other->reminder);
}

/* A prompt that says word for word what the text begins with is left to itself: it is said already. */
static bool is_said(const struct composed *composed, const struct outbox_message *other,
		    const struct composed *more)
{
	size_t length = strlen(more->text);

	return other->kind == KIND_COPING && strncmp(composed->text, more->text, length) == 0 &&
	       (composed->text[length] == '\0' || composed->text[length] == '\n');
}

/* The words of both, where the other may go now and there is room; `both` is empty otherwise. */
static int try_join(const struct combining *combining, const struct outbox_message *other,
		    struct composed *ret_both)
{
	_cleanup_(composed_done) struct composed more = { 0 };
	const struct engine_context *ctx = combining->ctx;
	struct permit permit;
	int r = permit_check(ctx, combining->client, other, &permit);

	if (r != 0 || permit.verdict != PERMIT_SEND) {
		return r;
	}
	r = compose(ctx->model, combining->client, other, &more);
	if (r == 0 && !is_said(combining->composed, other, &more)) {
		r = combine_words(ctx->model, combining->composed, &more, ret_both);
	}
	return r < 0 ? r : 0;
}

static int join(struct combining *combining, const struct outbox_message *other,
		struct composed *both)
{
	const struct engine_context *ctx = combining->ctx;
	struct outbox_message *row = combining->row;
	int r;

	composed_done(combining->composed);
	*combining->composed = *both;
	row->expires = other->expires < row->expires ? other->expires : row->expires;
	r = outbox_join(ctx->db, other, row, ctx->now);
	/* Its words leave, too. */
	r = r ? r : witness_claim(ctx->db, other, "", ctx->now);
	return r ? r
		 : message_log_add(ctx->log, other, OUTBOX_CANCELLED, other->gateway,
				   "in one text with another", ctx->now);
}

/* --- those that are ready ------------------------------------------------------------ */

static int combine_ready(struct combining *combining)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = outbox_ready_of(combining->ctx->db, combining->row->client, combining->ctx->now,
				&rows);

	while (r == 0 && db_next(&rows)) {
		struct composed both = { 0 };
		struct outbox_message other;

		outbox_read(&rows, &other);
		if (other.id != combining->row->id && is_turn(combining, &other)) {
			r = try_join(combining, &other, &both);
		}
		if (r == 0 && both.text) {
			r = join(combining, &other, &both);
		}
	}
	return r ? r : rows.error;
}

/* --- those that will be --------------------------------------------------------------- */

/* Its row, which now has a number and a key; *ret_other borrows from *ret_rows. */
static int add_planned(const struct engine_context *ctx, const struct outbox_message *planned,
		       struct db_rows *ret_rows, struct outbox_message *ret_other)
{
	int64_t id = 0;
	int r = outbox_add(ctx->db, planned, ctx->now, &id);

	r = r ? r : outbox_get(ctx->db, id, ret_rows);
	if (r == 0) {
		outbox_read(ret_rows, ret_other);
	}
	return r;
}

/* One that has its row has gone, or is on its way by itself. */
static int combine_planned(struct combining *combining, const struct outbox_message *planned)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message other;
	struct composed both = { 0 };
	int r = try_join(combining, planned, &both);

	if (r != 0 || !both.text) {
		return r;
	}
	r = add_planned(combining->ctx, planned, &rows, &other);
	if (r != 0) {
		composed_done(&both);
		return r < 0 ? r : 0;
	}
	return join(combining, &other, &both);
}

static void on_planned(void *userdata, const struct outbox_message *planned)
{
	struct combining *combining = userdata;

	if (combining->error == 0 && is_turn(combining, planned)) {
		combining->error = combine_planned(combining, planned);
	}
}

static size_t count_coping(const struct reminder *reminders, size_t count)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		found += reminders[i].kind == KIND_COPING;
	}
	return found;
}

/* Looking ahead costs; most have nothing that could come so soon after. */
static bool has_several(const struct client *client)
{
	size_t count = client->meeting_count + client->appointment_count +
		       count_coping(client->reminders, client->reminder_count);

	for (const struct plan *plan = client->plan; plan; plan = client_plan_after(client, plan)) {
		count += count_coping(plan->reminders, plan->reminder_count);
	}
	return count > 1;
}

static int combine_coming(struct combining *combining)
{
	const struct engine_context *ctx = combining->ctx;
	int r;

	if (!ctx->planner || !has_several(combining->client)) {
		return 0;
	}
	r = planner_ahead(ctx->planner, combining->client, ctx->now + 1, ctx->now + COMBINE_WITHIN,
			  AHEAD_MOST, on_planned, combining);
	return r ? r : combining->error;
}

int combine_reminders(const struct engine_context *ctx, struct outbox_message *row,
		      const struct client *client, struct composed *composed)
{
	struct combining combining = {
		.ctx = ctx, .client = client, .row = row, .composed = composed
	};
	int r = 0;

	if (!combine_may(row)) {
		return 0;
	}
	for (int turn = 0; r == 0 && turn < 2; turn++) {
		combining.habits = turn == 1;
		r = combine_ready(&combining);
		r = r ? r : combine_coming(&combining);
	}
	return r;
}
