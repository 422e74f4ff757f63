/*
 * Acting upon what clients write.
 *
 * First comes what must never be missed, whatever else the text says: a STOP
 * ends all texts with the commit that stores it, words of danger reach a human.
 * Nothing is swallowed: what is no answer and no command is a case.
 * Dangerous: every automatic answer may be answered by another machine, so
 * after five in a row within an hour it is listened to and no longer answered.
 */
#include "engine/replies.h"

#include "store/cases.h"
#include "store/checkins.h"
#include "store/outbox.h"
#include "store/people.h"
#include "engine/opening.h"
#include "engine/optout.h"
#include "engine/reach.h"
#include "engine/response.h"
#include "engine/rounds.h"
#include "engine/setback.h"
#include "engine/talk.h"
#include "engine/understand.h"

#define CONFIRM_WITHIN  (5 * HF_MINUTE) /* 47 CFR 64.1200(a)(12) */
#define REPLY_WITHIN    HF_HOUR         /* an answer that comes later answers nothing */
#define ANSWERS_MOST    5               /* in a row, each within ANSWERS_GAP of the one before */
#define ANSWERS_GAP     HF_HOUR
#define EMERGENCY_EVERY (10 * HF_MINUTE)
#define HELP_EVERY      HF_DAY /* for whoever has stopped all other texts */

struct hearing {
	const struct engine_context *ctx;
	const struct client *client;
	const struct reply_text *reply;
	struct understood understood;
	struct person person;
	struct situation situation;
	struct rounds_question question; /* what she was last asked */
};

/* --- what is said back -------------------------------------------------------------- */

static bool is_robot(const struct hearing *hearing)
{
	return hearing->situation.answers >= ANSWERS_MOST &&
	       hearing->ctx->now - hearing->situation.answered < ANSWERS_GAP;
}

static int say(struct hearing *hearing, enum kind kind, const char *message, int64_t about,
	       hf_time within)
{
	const struct response response = {
		.handle = hearing->client->id,
		.kind = kind,
		.message = message,
		.about = about,
		.expires = hearing->ctx->now + within,
	};

	return hearing->reply->silent
		       ? 0
		       : respond(hearing->ctx->db, &response, hearing->ctx->now, NULL);
}

/* An answer that a machine at the other end would answer again. */
static int answer(struct hearing *hearing, enum kind kind, const char *message)
{
	struct situation *situation = &hearing->situation;
	bool goes_on = hearing->ctx->now - situation->answered < ANSWERS_GAP;

	if (is_robot(hearing)) {
		return 0;
	}
	situation->answers = goes_on ? situation->answers + 1 : 1;
	situation->answered = hearing->ctx->now;
	return say(hearing, kind, message, hearing->reply->id, REPLY_WITHIN);
}

static int open_case(struct hearing *hearing, enum case_reason reason, enum case_urgency urgency)
{
	int64_t id;

	return cases_open(hearing->ctx->db, hearing->client->id, reason, urgency, hearing->ctx->now,
			  &id, NULL);
}

/* --- consent ---------------------------------------------------------------------------- */

/* The confirmation merely confirms; whoever is stopped already has had it. */
static int stop(struct hearing *hearing)
{
	const struct client *client = hearing->client;
	bool first = hearing->person.consent != CONSENT_WITHDRAWN;
	const struct optout optout = { .client = client->id,
				       .phone = client->phone,
				       .source = "reply",
				       .by = client->id,
				       .reason = "stopped by the client" };
	int r = optout_take(hearing->ctx->db, &optout, hearing->ctx->now);

	r = r ? r : open_case(hearing, CASE_STOP, CASE_ROUTINE);
	if (r == 0 && first && !hearing->reply->handles_stop) {
		r = say(hearing, KIND_CONFIRMATION, "stopped", hearing->reply->id, CONFIRM_WITHIN);
	}
	return r;
}

/* What a client took back she may give again; what staff took back, or nobody ever gave, is for a
 * human. */
static int start(struct hearing *hearing)
{
	const struct client *client = hearing->client;
	struct db *db = hearing->ctx->db;
	bool hers = hearing->person.consent == CONSENT_WITHDRAWN && !hearing->person.by_staff;
	bool given = false;
	int r = people_ever_consented(db, client->id, &given);

	if (r != 0) {
		return r;
	}
	if (hearing->person.consent != CONSENT_GIVEN && !(hers && given)) {
		return open_case(hearing, CASE_WRITTEN, CASE_ROUTINE);
	}

	r = people_consent(db, client->id, client->phone, CONSENT_GIVEN, hearing->ctx->now, "reply",
			   client->id, hearing->ctx->now);
	r = r ? r : outbox_wake(db, client->id, hearing->ctx->now);
	r = r ? r
	      : cases_resolve(db, client->id, CASE_STOP, "texts are on again", hearing->ctx->now);
	return r ? r : answer(hearing, KIND_REPLY, "resumed");
}

/* --- calls for somebody ------------------------------------------------------------------ */

/* Whoever is in trouble writes exactly that. */
static int help(struct hearing *hearing)
{
	struct situation *situation = &hearing->situation;
	bool stopped = hearing->person.consent == CONSENT_WITHDRAWN;
	int r = open_case(hearing, CASE_HELP, CASE_URGENT);

	if (r != 0 || (stopped && hearing->ctx->now - situation->told_help < HELP_EVERY)) {
		return r;
	}
	situation->told_help = hearing->ctx->now;
	return answer(hearing, KIND_INFO, "help");
}

/* Whoever writes several texts in her distress is told once in a while. */
static int crisis(struct hearing *hearing)
{
	int64_t about = hearing->ctx->now / EMERGENCY_EVERY;
	int r = open_case(hearing, CASE_CRISIS, CASE_URGENT);

	r = r ? r : checkins_pass(hearing->ctx->db, hearing->client->id);
	return r ? r : say(hearing, KIND_EMERGENCY, "emergency", about, REPLY_WITHIN);
}

static int setback(struct hearing *hearing)
{
	int r = setback_begin(hearing->ctx, hearing->client);

	/* It has changed what stands there. */
	r = r ? r : situation_get(hearing->ctx->db, hearing->client->id, &hearing->situation);
	return r ? r : answer(hearing, KIND_REPLY, "setback");
}

static int need(struct hearing *hearing)
{
	int r = open_case(hearing, CASE_NEED, CASE_URGENT);

	return r ? r : answer(hearing, KIND_REPLY, "answer_need");
}

/* --- answers and everything else ---------------------------------------------------------- */

/* While staff and she are writing to each other, nothing answers by itself. */
static bool is_talking(const struct hearing *hearing)
{
	return hearing->situation.talking > hearing->ctx->now;
}

static int check_in(struct hearing *hearing)
{
	const char *message = NULL;
	int r = rounds_answer(hearing->ctx, hearing->client, &hearing->question,
			      hearing->understood.answer, &message);

	if (r != 0 || !message || is_talking(hearing)) {
		return r;
	}
	return answer(hearing, KIND_REPLY, message);
}

/* Once for each stretch that the site is closed. */
static int say_when(struct hearing *hearing)
{
	struct situation *situation = &hearing->situation;

	if (opening_now(hearing->ctx->model, hearing->ctx->now)) {
		return answer(hearing, KIND_REPLY, "received");
	}
	if (situation->told_hours > hearing->ctx->now) {
		return 0;
	}
	situation->told_hours = opening_next(hearing->ctx->model, hearing->ctx->now);
	return answer(hearing, KIND_REPLY, "out_of_hours");
}

static int written(struct hearing *hearing)
{
	int r = open_case(hearing, CASE_WRITTEN, CASE_ROUTINE);

	if (r != 0 || hearing->understood.reaction || is_talking(hearing)) {
		return r;
	}
	return say_when(hearing);
}

/* --- deciding ------------------------------------------------------------------------------ */

static bool wants_start(const struct hearing *hearing)
{
	const struct understood *understood = &hearing->understood;

	return understood->start || (understood->yes && !understood->answer &&
				     hearing->person.consent == CONSENT_WITHDRAWN);
}

/* One that she was asked and has not answered yet. */
static bool is_asked(const struct hearing *hearing)
{
	return hearing->question.open && !hearing->understood.reaction;
}

static int say_unclear(struct hearing *hearing)
{
	const char *message = NULL;
	int r = rounds_unclear(hearing->ctx, hearing->client, &hearing->question, &message);

	if (r != 0 || is_talking(hearing)) {
		return r;
	}
	return message ? answer(hearing, KIND_REPLY, message) : say_when(hearing);
}

/* A STOP comes before all; what else the same text says goes to a human. */
static int take_stop(struct hearing *hearing)
{
	const struct understood *understood = &hearing->understood;
	int r = stop(hearing);

	if (r == 0 && understood->crisis) {
		r = open_case(hearing, CASE_CRISIS, CASE_URGENT);
	} else if (r == 0 && understood->person) {
		r = open_case(hearing, CASE_NEED, CASE_URGENT);
	}
	return r;
}

static int act(struct hearing *hearing, enum inbox_kind *ret_kind)
{
	const struct understood *understood = &hearing->understood;

	if (understood->stop) {
		*ret_kind = INBOX_STOP;
		return take_stop(hearing);
	}
	if (understood->crisis) {
		*ret_kind = INBOX_CRISIS;
		return crisis(hearing);
	}
	if (wants_start(hearing)) {
		*ret_kind = INBOX_START;
		return start(hearing);
	}
	if (understood->help) {
		*ret_kind = INBOX_HELP;
		return help(hearing);
	}
	if (understood->setback) {
		*ret_kind = INBOX_SETBACK;
		return setback(hearing);
	}
	if (understood->answer) {
		*ret_kind = INBOX_ANSWER;
		return check_in(hearing);
	}
	if (understood->person) {
		*ret_kind = INBOX_WRITTEN;
		return need(hearing);
	}
	if (is_asked(hearing)) {
		*ret_kind = INBOX_UNCLEAR;
		return say_unclear(hearing);
	}
	*ret_kind = INBOX_WRITTEN;
	return written(hearing);
}

static int look_up(struct hearing *hearing)
{
	const struct engine_context *ctx = hearing->ctx;
	int r = people_get(ctx->db, hearing->client->id, &hearing->person);

	r = r ? r : situation_get(ctx->db, hearing->client->id, &hearing->situation);
	r = r ? r : rounds_question(ctx, hearing->client, &hearing->question);
	r = r ? r
	      : understand(ctx->model, hearing->question.table, hearing->reply->text,
			   &hearing->understood);
	hearing->understood.stop = hearing->understood.stop || hearing->reply->opted_out;
	return r;
}

int replies_take(const struct engine_context *ctx, const struct client *client,
		 const struct reply_text *reply, enum inbox_kind *ret_kind)
{
	struct hearing hearing = { .ctx = ctx, .client = client, .reply = reply };
	bool robot;
	int r = reach_again(ctx->db, client->id, ctx->now);

	r = r ? r : look_up(&hearing);
	if (r != 0) {
		return r;
	}

	robot = is_robot(&hearing);
	r = act(&hearing, ret_kind);
	if (r != 0) {
		return r;
	}

	if (robot && *ret_kind == INBOX_WRITTEN) {
		*ret_kind = INBOX_ROBOT;
	}
	r = situation_set(ctx->db, client->id, &hearing.situation);
	if (r == 0 && is_talking(&hearing)) {
		r = talk_go_on(ctx->db, ctx->model, client->id, ctx->now);
	}
	return r < 0 ? r : 0;
}
