/*
 * Check-ins and the answers to them.
 *
 * An answer is waited for from the moment the gateway has taken the question.
 * Silence is an answer too, but only of somebody who was asked: a question that
 * did not reach her, or that a STOP, a pause or a conversation overtook, says
 * nothing about her.
 */
#include "engine/rounds.h"

#include <errno.h>
#include <string.h>

#include "store/cases.h"
#include "store/checkins.h"
#include "store/people.h"
#include "engine/permit.h"
#include "engine/response.h"
#include "engine/rule.h"

#define DUE_MOST     500           /* check-ins of one transaction */
#define NUDGE_LATE   (3 * HF_HOUR) /* where no silence ends its time */
#define SILENT_FIRST 2             /* silent rounds in a row that are urgent then */
#define SILENT_LATER 3             /* and later */

/* --- asking --------------------------------------------------------------------- */

/* A span of 0: never. */
static hf_time later(hf_time asked, const struct span *span)
{
	hf_time length = span->days * HF_DAY + span->elapsed;

	return length > 0 ? asked + length : HF_NEVER;
}

int rounds_asked(struct db *db, const struct model *model, const struct outbox_message *row,
		 hf_time now)
{
	const struct client *client = model_client(model, row->client);
	const struct reminder *reminder =
		client ? model_reminder(model, client, row->reminder) : NULL;

	if (row->kind != KIND_CHECK_IN || !reminder || !reminder->answers) {
		return 0;
	}

	return checkins_ask(db,
			    &(struct checkin){ .message = row->id,
					       .client = row->client,
					       .reminder = row->reminder,
					       .answers = reminder->answers,
					       .asked = now,
					       .nudge_at = later(now, &reminder->nudge_after),
					       .silent_at = later(now, &reminder->silent_after) });
}

/* --- what comes back -------------------------------------------------------------- */

static const struct answer_table *find_table(const struct client *client, const char *name)
{
	for (size_t i = 0; client->plan && i < client->plan->table_count; i++) {
		if (strcmp(client->plan->tables[i].name, name) == 0) {
			return &client->plan->tables[i];
		}
	}
	return NULL;
}

int rounds_question(const struct engine_context *ctx, const struct client *client,
		    struct rounds_question *ret_question)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct checkin checkin;
	int r = checkins_last(ctx->db, client->id, ctx->now - ROUNDS_LATEST, &rows);

	*ret_question = (struct rounds_question){ 0 };
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	checkins_read(&rows, &checkin);
	*ret_question = (struct rounds_question){
		.message = checkin.message,
		.table = find_table(client, checkin.answers),
		.open = checkin.state == CHECKIN_ASKED || checkin.state == CHECKIN_NUDGED,
		.unclear = checkin.unclear,
	};
	return 0;
}

static int open_case(const struct engine_context *ctx, const char *client, enum case_reason reason,
		     enum case_urgency urgency)
{
	return cases_open(ctx->db, client, reason, urgency, ctx->now, NULL);
}

int rounds_answer(const struct engine_context *ctx, const struct client *client,
		  const struct rounds_question *question, const struct answer *answer,
		  const char **ret_message)
{
	int r = checkins_answer(ctx->db, question->message, answer->means, ctx->now);

	r = r ? r : cases_resolve(ctx->db, client->id, CASE_SILENT, "she has answered", ctx->now);
	/* Who needs somebody is not left to a table that forgot to say so. */
	if (r == 0 && (answer->alert != ANSWER_ALERT_NONE || answer->means == MEANING_NEED)) {
		r = open_case(ctx, client->id, CASE_NEED,
			      answer->alert == ANSWER_ALERT_URGENT ? CASE_URGENT : CASE_ROUTINE);
	}
	if (r == 0) {
		*ret_message = answer->message;
	}
	return r;
}

int rounds_unclear(const struct engine_context *ctx, const struct client *client,
		   const struct rounds_question *question, const char **ret_message)
{
	int r = checkins_answer(ctx->db, question->message, CHECKIN_UNCLEAR, ctx->now);

	*ret_message = question->unclear == 0 ? "clarify" : NULL;
	if (r == 0 && question->unclear > 0) {
		r = open_case(ctx, client->id, CASE_UNCLEAR, CASE_ROUTINE);
	}
	return r;
}

/* --- what does not come back --------------------------------------------------------- */

struct round {
	const struct engine_context *ctx;
	const struct checkin *checkin;
	const struct client *client;
};

/* Is she still waited for?  Not if she was stopped, paused or removed since, nor while somebody of
 * the staff writes to her. */
static int is_awaited(const struct round *round, bool *ret_awaited)
{
	struct permit_pause pause;
	struct situation situation;
	struct person person;
	struct civil today;
	int r;

	*ret_awaited = false;
	if (!round->client) {
		return 0;
	}

	today = zone_civil(round->client->zone, round->ctx->now);
	r = people_get(round->ctx->db, round->client->id, &person);
	r = r ? r : situation_get(round->ctx->db, round->client->id, &situation);
	r = r ? r : permit_pause(round->ctx->db, round->client, &today, &pause);
	if (r == 0) {
		*ret_awaited = person.consent == CONSENT_GIVEN && pause.by == PAUSE_NONE &&
			       situation.suspended == 0 && situation.talking <= round->ctx->now;
	}
	return r;
}

static int find_state(const struct round *round, enum outbox_state *ret_state)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r = outbox_get(round->ctx->db, round->checkin->message, &rows);

	*ret_state = OUTBOX_ACCEPTED;
	if (r == 0) {
		outbox_read(&rows, &row);
		*ret_state = row.state;
	}
	return r < 0 ? r : 0;
}

static int nudge(const struct round *round)
{
	const struct response response = {
		.handle = round->client->id,
		.kind = KIND_NUDGE,
		.message = "nudge",
		.about = round->checkin->message,
		.expires = round->checkin->silent_at == HF_NEVER ? round->ctx->now + NUDGE_LATE
								 : round->checkin->silent_at,
	};
	int r = response_queue(round->ctx, &response);

	return r ? r : checkins_move(round->ctx->db, round->checkin->message, CHECKIN_NUDGED);
}

/* The first weeks carry the most risk, so there the second silence is urgent already. */
static int how_urgent(const struct round *round, enum case_urgency *ret_urgency)
{
	bool early = client_is_early(round->client, rule_day(round->client->zone, round->ctx->now));
	int rounds, r;

	r = checkins_silent_rounds(round->ctx->db, round->client->id, &rounds);
	if (r == 0) {
		*ret_urgency = rounds >= (early ? SILENT_FIRST : SILENT_LATER) ? CASE_URGENT
									       : CASE_ROUTINE;
	}
	return r;
}

static int fall_silent(const struct round *round)
{
	enum case_urgency urgency;
	int r = checkins_move(round->ctx->db, round->checkin->message, CHECKIN_SILENT);

	r = r ? r : how_urgent(round, &urgency);
	return r ? r : open_case(round->ctx, round->client->id, CASE_SILENT, urgency);
}

/* Not delivered is not silent. */
static int lose(const struct round *round)
{
	int r = checkins_move(round->ctx->db, round->checkin->message, CHECKIN_LOST);

	return r ? r : open_case(round->ctx, round->client->id, CASE_UNDELIVERABLE, CASE_ROUTINE);
}

static int attend(const struct round *round)
{
	const struct checkin *checkin = round->checkin;
	enum outbox_state state;
	bool awaited;
	int r = is_awaited(round, &awaited);

	r = r ? r : find_state(round, &state);
	if (r != 0) {
		return r;
	}
	if (!awaited) {
		return checkins_move(round->ctx->db, checkin->message, CHECKIN_PASSED);
	}
	if (state == OUTBOX_UNDELIVERED || state == OUTBOX_FAILED || state == OUTBOX_UNKNOWN) {
		return lose(round);
	}
	return checkin->silent_at <= round->ctx->now ? fall_silent(round) : nudge(round);
}

static int attend_all(const struct engine_context *ctx)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct checkin checkin;
	int r = checkins_due(ctx->db, ctx->now, DUE_MOST, &rows);

	while (r == 0 && db_next(&rows)) {
		struct round round = { .ctx = ctx, .checkin = &checkin };

		checkins_read(&rows, &checkin);
		round.client = model_client(ctx->model, checkin.client);
		r = attend(&round);
	}
	return r ? r : rows.error;
}

int rounds_run(const struct engine_context *ctx)
{
	hf_time next;
	int r = rounds_next(ctx, &next);

	if (r != 0 || next > ctx->now) {
		return r;
	}
	r = db_begin(ctx->db);
	if (r != 0) {
		return r;
	}

	r = attend_all(ctx);
	if (r != 0) {
		db_rollback(ctx->db);
		return r > 0 ? -EINVAL : r;
	}
	return db_commit(ctx->db);
}

int rounds_next(const struct engine_context *ctx, hf_time *ret_when)
{
	return checkins_next(ctx->db, ret_when);
}
