/*
 * Check-ins and the answers to them.
 *
 * Waiting for an answer begins when the gateway has taken the question, or may have.
 * Silence is an answer too, but only from somebody who was asked: a question that
 * did not reach her, or after which came a STOP, a pause or a conversation, says
 * nothing about her.  One of which nobody knows whether it reached her counts as asked: it
 * may be on her phone, and a nudge harms nobody whom no question has reached.
 */
#include "engine/checkin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "store/cases.h"
#include "store/checkins.h"
#include "store/people.h"
#include "engine/alerts.h"
#include "engine/permit.h"
#include "engine/auto_text.h"

#define DUE_MOST     500 /* check-ins of one transaction */
#define SILENT_FIRST 2   /* unanswered check-ins in a row that are urgent, at first */
#define SILENT_LATER 3   /* the same, later */

/* --- asking --------------------------------------------------------------------- */

/* Where the span is 0: never. */
static hf_time time_after(hf_time asked, const struct span *span)
{
	hf_time length = span_length(span);

	return length > 0 ? asked + length : HF_NEVER;
}

/* With a reminder of something else: whether she comes; and afterwards whether she got there. */
static int ask_beside(const struct engine_context *ctx, const struct client *client,
		      const struct outbox_message *row)
{
	bool after = row->kind == KIND_FOLLOW_UP;
	const struct follow_up *ask = after ? client_follow_up(client, row->reminder) : NULL;
	const char *answers = ask ? ask->answers : client_event_answers(client, row->reminder);

	if (!answers || ctx->only_plans) {
		return 0;
	}
	return checkins_ask(ctx->db,
			    &(struct checkin){ .message = row->id,
					       .client = row->client,
					       .reminder = row->reminder,
					       .answers = answers,
					       .asked = ctx->now,
					       .nudge_at = HF_NEVER,
					       .silent_at = HF_NEVER,
					       .beside = after ? CHECKIN_AFTER : CHECKIN_BEFORE });
}

int checkin_asked(const struct engine_context *ctx, const struct outbox_message *row)
{
	const struct client *client = model_client(ctx->model, row->client);
	const struct reminder *reminder = client ? client_reminder(client, row->reminder) : NULL;

	if (client && (row->kind == KIND_MEETING || row->kind == KIND_APPOINTMENT ||
		       row->kind == KIND_FOLLOW_UP)) {
		return ask_beside(ctx, client, row);
	}
	if (row->kind != KIND_CHECK_IN || !reminder || !reminder->answers || ctx->only_plans) {
		return 0;
	}

	return checkins_ask(
		ctx->db,
		&(struct checkin){ .message = row->id,
				   .client = row->client,
				   .reminder = row->reminder,
				   .answers = reminder->answers,
				   .asked = ctx->now,
				   .nudge_at = time_after(ctx->now, &reminder->nudge_after),
				   .silent_at = time_after(ctx->now, &reminder->silent_after) });
}

int checkin_arrived(const struct engine_context *ctx, const struct outbox_message *row, hf_time at,
		    bool *ret_lost)
{
	enum checkin_state was = CHECKIN_ASKED;
	bool later = false;
	int r;

	*ret_lost = false;
	if (row->kind != KIND_CHECK_IN) {
		return 0;
	}

	r = checkins_arrive(ctx->db, row->id, at, ctx->now, &was);
	if (r != CHECKINS_E_NONE) {
		*ret_lost = r == 0 && was == CHECKIN_LOST;
		return r;
	}

	/* It was given up before any gateway had said that it has it. */
	*ret_lost = row->state == OUTBOX_FAILED;
	r = checkins_later(ctx->db, row->id, &later);
	return r || later ? r : checkin_asked(ctx, row);
}

/* --- answers -------------------------------------------------------------- */

static const struct answer_table *find_table(const struct client *client, const char *reminder,
					     const char *name)
{
	const struct plan *plan = client_plan_of(client, reminder);

	for (size_t i = 0; plan && i < plan->table_count; i++) {
		if (strcmp(plan->tables[i].name, name) == 0) {
			return &plan->tables[i];
		}
	}
	return NULL;
}

static int compare_questions(const void *a, const void *b)
{
	const struct checkin_question *left = a, *right = b;

	if (left->open != right->open) {
		return left->open ? -1 : 1;
	}
	return left->asked > right->asked ? -1 : left->asked < right->asked;
}

int checkin_questions(const struct engine_context *ctx, const struct client *client,
		      struct checkin_question ret_list[CHECKIN_QUESTIONS], size_t *ret_count)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	bool more = true;
	int r = checkins_lately(ctx->db, client->id, ctx->now - CHECKIN_LATEST, CHECKIN_QUESTIONS,
				&rows);

	*ret_count = 0;
	while (r == 0 && more && *ret_count < CHECKIN_QUESTIONS && db_next(&rows)) {
		struct checkin checkin;

		checkins_read(&rows, &checkin);
		ret_list[(*ret_count)++] = (struct checkin_question){
			.message = checkin.message,
			.table = find_table(client, checkin.reminder, checkin.answers),
			.open = checkin.state == CHECKIN_ASKED || checkin.state == CHECKIN_NUDGED,
			.unclear = checkin.unclear,
			.beside = checkin.beside,
			.asked = checkin.state == CHECKIN_NUDGED ? checkin.nudge_at : checkin.asked,
		};
		more = checkin.beside;
	}
	if (*ret_count > 1) {
		qsort(ret_list, *ret_count, sizeof(*ret_list), compare_questions);
	}
	return r ? r : rows.error;
}

/* The check-in, for silence may follow it; where there is none, the first. */
struct checkin_question checkin_last(const struct checkin_question *list, size_t count)
{
	for (size_t i = count; i > 0; i--) {
		if (i == 1 || !list[i - 1].beside) {
			return list[i - 1];
		}
	}
	return (struct checkin_question){ 0 };
}

int checkin_question(const struct engine_context *ctx, const struct client *client,
		     struct checkin_question *ret_question)
{
	struct checkin_question list[CHECKIN_QUESTIONS];
	size_t count;
	int r = checkin_questions(ctx, client, list, &count);

	*ret_question = checkin_last(list, count);
	return r;
}

/* She wants another time for what she was reminded of, which may be today, or to talk about what she did
 * not get to: somebody is told in time. */
static int open_beside(const struct engine_context *ctx, const struct client *client,
		       enum case_reason reason)
{
	int64_t id;
	int r = cases_open(ctx->db, client->id, reason, CASE_ROUTINE, ctx->now, &id);

	return r ? r : alerts_unread(ctx, client, id);
}

/* Which of the messages it is the turn of: another one for each question that she has answered so. */
static int choose_message(const struct engine_context *ctx, const struct client *client,
			  const struct answer *answer, const char **ret_message)
{
	const struct conf_texts *messages = &answer->messages;
	int64_t before = 1;
	int r = messages->count > 1
			? checkins_count_answers(ctx->db, client->id, answer->means, &before)
			: 0;

	if (r == 0) {
		*ret_message = messages->count > 0
				       ? messages->list[(size_t)(before > 0 ? before - 1 : 0) %
							messages->count]
				       : NULL;
	}
	return r;
}

int checkin_answer(const struct engine_context *ctx, const struct client *client,
		   const struct checkin_question *question, const struct answer *answer,
		   const char **ret_message)
{
	/* What means need is urgent whatever its table says: she is told that somebody calls. */
	bool urgent = answer->alert == ANSWER_ALERT_URGENT || answer->means == MEANING_NEED;
	int r = checkins_answer(ctx->db, question->message, answer->means, ctx->now);

	r = r ? r : cases_resolve(ctx->db, client->id, CASE_SILENT, "she has answered", ctx->now);
	if (r == 0 && (urgent || answer->alert == ANSWER_ALERT_ROUTINE)) {
		r = question->beside && !urgent
			    ? open_beside(ctx, client,
					  question->beside == CHECKIN_AFTER ? CASE_NEED
									    : CASE_CHANGE)
			    : cases_open(ctx->db, client->id, CASE_NEED,
					 urgent ? CASE_URGENT : CASE_ROUTINE, ctx->now, NULL);
	}
	return r ? r : choose_message(ctx, client, answer, ret_message);
}

int checkin_written(const struct engine_context *ctx, const struct client *client,
		    const struct checkin_question *question)
{
	int r = question->open
			? checkins_answer(ctx->db, question->message, CHECKIN_UNCLEAR, ctx->now)
			: 0;

	return r ? r : cases_resolve(ctx->db, client->id, CASE_SILENT, "she has written", ctx->now);
}

/* --- no answer --------------------------------------------------------- */

/* Is an answer still expected?  Not if she was stopped, paused or removed since then, nor while
 * somebody of the staff writes with her. */
static int is_awaited(const struct engine_context *ctx, const struct client *client,
		      bool *ret_awaited)
{
	struct permit_pause pause;
	struct situation situation;
	struct person person;
	struct civil today;
	int r;

	*ret_awaited = false;
	if (!client) {
		return 0;
	}

	today = zone_civil(client->zone, ctx->now);
	r = people_get(ctx->db, client->id, &person);
	r = r ? r : situation_get(ctx->db, client->id, &situation);
	r = r ? r : permit_pause(ctx->db, client, &today, &pause);
	if (r == 0) {
		*ret_awaited = person.consent == CONSENT_GIVEN && pause.by == PAUSE_NONE &&
			       situation.suspended == 0 && situation.talking <= ctx->now;
	}
	return r;
}

/* Is it said that the text that asked has not reached her? */
static int is_undelivered(const struct engine_context *ctx, int64_t message, bool *ret_undelivered)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r = outbox_get(ctx->db, message, &rows);

	*ret_undelivered = false;
	if (r == 0) {
		outbox_read(&rows, &row);
		*ret_undelivered = row.state == OUTBOX_UNDELIVERED || row.state == OUTBOX_FAILED;
	}
	return r < 0 ? r : 0;
}

/* In the words that the table of the question has. */
static int nudge(const struct engine_context *ctx, const struct checkin *checkin,
		 const struct client *client)
{
	const struct answer_table *table = find_table(client, checkin->reminder, checkin->answers);
	bool endless = checkin->silent_at == HF_NEVER;
	const struct auto_text automatic = {
		.handle = checkin->client,
		.kind = KIND_NUDGE,
		.message = table ? table->nudge : "nudge",
		.about = checkin->message,
		.expires = endless ? ctx->now + PERMIT_NUDGE_LATE : checkin->silent_at,
	};
	int r = auto_text_queue(ctx, &automatic);

	return r ? r : checkins_move(ctx->db, checkin->message, CHECKIN_NUDGED);
}

/* The first weeks have the most risk, so there the second silence is urgent already. */
static int fall_silent(const struct engine_context *ctx, const struct checkin *checkin,
		       const struct client *client)
{
	bool early = client_is_early(client, zone_day(client->zone, ctx->now));
	int urgent_from = early ? SILENT_FIRST : SILENT_LATER, silent;
	int r = checkins_move(ctx->db, checkin->message, CHECKIN_SILENT);

	r = r ? r : checkins_silent_rounds(ctx->db, client->id, &silent);
	if (r != 0) {
		return r;
	}
	return cases_open(ctx->db, client->id, CASE_SILENT,
			  silent >= urgent_from ? CASE_URGENT : CASE_ROUTINE, ctx->now, NULL);
}

static int follow_up(const struct engine_context *ctx, const struct checkin *checkin)
{
	const struct client *client = model_client(ctx->model, checkin->client);
	bool awaited, undelivered;
	int r = is_awaited(ctx, client, &awaited);

	r = r ? r : is_undelivered(ctx, checkin->message, &undelivered);
	if (r != 0) {
		return r;
	}
	if (!awaited) {
		return checkins_move(ctx->db, checkin->message, CHECKIN_PASSED);
	}
	/* Not delivered is not silent. */
	if (undelivered) {
		r = checkins_move(ctx->db, checkin->message, CHECKIN_LOST);
		return r ? r
			 : cases_open(ctx->db, client->id, CASE_UNDELIVERABLE, CASE_ROUTINE,
				      ctx->now, NULL);
	}
	if (checkin->silent_at <= ctx->now) {
		return fall_silent(ctx, checkin, client);
	}
	return nudge(ctx, checkin, client);
}

static int follow_up_all(const struct engine_context *ctx)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = checkins_due(ctx->db, ctx->now, DUE_MOST, &rows);

	while (r == 0 && db_next(&rows)) {
		struct checkin checkin;

		checkins_read(&rows, &checkin);
		r = follow_up(ctx, &checkin);
	}
	return r ? r : rows.error;
}

int checkin_run(const struct engine_context *ctx)
{
	hf_time next;
	int r = checkin_next(ctx, &next);

	if (r != 0 || next > ctx->now) {
		return r;
	}
	r = db_begin(ctx->db);
	if (r != 0) {
		return r;
	}

	r = follow_up_all(ctx);
	return db_end(ctx->db, r > 0 ? -EINVAL : r);
}

int checkin_next(const struct engine_context *ctx, hf_time *ret_when)
{
	return checkins_next(ctx->db, ret_when);
}
