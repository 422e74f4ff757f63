/*
 * What comes in: from whom it comes, and what follows from it.
 *
 * One transaction holds the text and all that follows from it.  A staff phone
 * acknowledges cases, and only a staff phone; a client's text is hers; a number
 * that several share is asked who writes; a number nobody knows gets the same
 * words as every other, so that nobody learns who is a client.
 *
 * Of a client's text comes first what must never be missed, whatever else it says:
 * a STOP ends all texts with the commit that stores it, words of danger reach a
 * human.  Nothing is swallowed: what is no answer and no command is a case.
 * Dangerous: every automatic answer may be answered by another machine, so
 * after five in a row within an hour it is listened to and no longer answered.
 */
#include "engine/inbound.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "lib/log.h"
#include "lib/normal.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/inbox.h"
#include "store/outbox.h"
#include "store/people.h"
#include "engine/addressee.h"
#include "engine/alerts.h"
#include "engine/opening.h"
#include "engine/optout.h"
#include "engine/reach.h"
#include "engine/response.h"
#include "engine/rounds.h"
#include "engine/rule.h"
#include "engine/setback.h"
#include "engine/talk.h"
#include "engine/understand.h"

#define CONFIRM_WITHIN  (5 * HF_MINUTE) /* 47 CFR 64.1200(a)(12) */
#define REPLY_WITHIN    HF_HOUR         /* an answer that comes later answers nothing */
#define ANSWERS_MOST    5               /* in a row, each within ANSWERS_GAP of the one before */
#define ANSWERS_GAP     HF_HOUR
#define EMERGENCY_EVERY (10 * HF_MINUTE)
#define HELP_EVERY      HF_DAY /* for whoever has stopped all other texts */
#define NEUTRAL_WITHIN  HF_HOUR
#define SHARED_MOST     16 /* clients on one phone that are told apart */

/* --- a client's text ------------------------------------------------------------------- */

struct reply_text {
	int64_t id; /* in the inbox: what answers are about */
	const char *text;
	bool handles_stop; /* her gateway answers STOP itself */
	bool opted_out;    /* it took this text for one */
	bool silent;       /* somebody with the same phone is answered */
};

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
	return cases_open(hearing->ctx->db, hearing->client->id, reason, urgency, hearing->ctx->now,
			  NULL);
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

/* What a client's text does: to her consent, to the question that is open, to whoever of the staff
 * must hear of it, and what she is answered. */
static int replies_take(const struct engine_context *ctx, const struct client *client,
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

/* --- whose it is ---------------------------------------------------------------------- */

struct arrival {
	const struct engine_context *ctx;
	struct inbox_text text;
	bool handles_stop, opted_out; /* the gateway: in general, and with this text */
	struct understood understood; /* without a question */
};

/* What it was taken for says too much of somebody for a log. */
static int mark(const struct arrival *arrival, const char *handle, enum inbox_kind kind)
{
	log_notice("inbound=%" PRId64 " from=%s gateway=%s", arrival->text.id, handle,
		   arrival->text.gateway);
	return inbox_mark(arrival->ctx->db, arrival->text.id, handle, kind);
}

/* --- staff and strangers ------------------------------------------------------------- */

static int take_staff(const struct arrival *arrival, const struct staff_member *member)
{
	char handle[ADDRESSEE_HANDLE_MAX];
	int64_t number = arrival->understood.acknowledges;
	int r;

	(void)snprintf(handle, sizeof(handle), "@%s", member->id);
	if (number < 0) {
		return mark(arrival, handle, INBOX_STAFF);
	}
	r = alerts_acknowledge(arrival->ctx, member, number, arrival->text.id);
	return r ? r : mark(arrival, handle, INBOX_ACKNOWLEDGED);
}

/* Once a day, and never to a short code or a name: these are machines. */
static int answer_stranger(const struct arrival *arrival, const char *handle)
{
	const struct response response = {
		.handle = handle,
		.kind = KIND_INFO,
		.message = "unknown",
		.about = rule_day(arrival->ctx->model->site.zone, arrival->ctx->now),
		.expires = arrival->ctx->now + NEUTRAL_WITHIN,
	};

	return phone_is_e164(arrival->text.from)
		       ? respond(arrival->ctx->db, &response, arrival->ctx->now, NULL)
		       : 0;
}

/* Whose number it was last: it may be hers still, or somebody's who knows nothing of her.  So a
 * human sees it in her name, and nothing of it counts as hers.  *ret_former NULL: nobody's. */
static int find_former(const struct arrival *arrival, const struct client **ret_former)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = numbers_before(arrival->ctx->db, arrival->text.from, &rows);

	*ret_former = NULL;
	if (r == 0 && db_next(&rows)) {
		*ret_former = model_client(arrival->ctx->model, db_text(&rows, 0));
	}
	return r ? r : rows.error;
}

static int open_for(const struct arrival *arrival, const char *handle, enum case_reason reason)
{
	const struct understood *understood = &arrival->understood;
	bool urgent = understood->crisis || understood->person;

	return phone_is_e164(arrival->text.from) || urgent
		       ? cases_open(arrival->ctx->db, handle, reason,
				    urgent ? CASE_URGENT : CASE_ROUTINE, arrival->ctx->now, NULL)
		       : 0;
}

static int take_stranger(const struct arrival *arrival)
{
	const struct client *former;
	char handle[STRANGER_HANDLE];
	int r = strangers_handle(arrival->ctx->db, arrival->text.from, arrival->ctx->now, handle);

	/* There are too many of them: the text is kept all the same. */
	if (r == -ENOSPC) {
		return mark(arrival, "?", INBOX_STRANGER);
	}
	r = r ? r : answer_stranger(arrival, handle);
	r = r ? r : find_former(arrival, &former);
	if (r != 0) {
		return r;
	}

	r = former ? open_for(arrival, former->id, CASE_WRITTEN)
		   : open_for(arrival, handle, CASE_STRANGER);
	return r ? r : mark(arrival, former ? former->id : handle, INBOX_STRANGER);
}

/* --- clients ------------------------------------------------------------------------------ */

static int take_client(const struct arrival *arrival, const struct client *client, const char *text,
		       bool silent)
{
	const struct reply_text reply = { .id = arrival->text.id,
					  .text = text,
					  .handles_stop = arrival->handles_stop,
					  .opted_out = arrival->opted_out,
					  .silent = silent };
	enum inbox_kind kind = INBOX_WRITTEN;
	int r = replies_take(arrival->ctx, client, &reply, &kind);

	return r ? r : mark(arrival, client->id, kind);
}

/* Does the text name her? */
static int names(const struct arrival *arrival, const struct client *client, bool *ret_named)
{
	_cleanup_free_ char *text = NULL, *name = NULL;
	int r = normal_text(arrival->text.text, false, &text);

	r = r ? r : normal_text(client->name, false, &name);
	if (r == 0) {
		*ret_named = name[1] && strstr(text, name);
	}
	return r;
}

/* The only one who is named, else the only one who was asked something; NULL for none. */
static int find_writer(const struct arrival *arrival, const struct client *const *list,
		       size_t count, const struct client **ret_writer)
{
	const struct client *named = NULL, *asked = NULL;
	int names_count = 0, asked_count = 0;

	for (size_t i = 0; i < count; i++) {
		struct rounds_question question;
		bool is_named;
		int r = names(arrival, list[i], &is_named);

		r = r ? r : rounds_question(arrival->ctx, list[i], &question);
		if (r != 0) {
			return r;
		}
		named = is_named ? list[i] : named;
		names_count += is_named;
		asked = question.open ? list[i] : asked;
		asked_count += question.open;
	}

	*ret_writer = names_count == 1                       ? named
		      : names_count == 0 && asked_count == 1 ? asked
							     : NULL;
	return 0;
}

/* Who is answered for all who share the phone: one who has not stopped, else the first. */
static int find_speaker(const struct arrival *arrival, const struct client *const *list,
			size_t count, size_t *ret_speaker)
{
	for (size_t i = 0; i < count; i++) {
		struct person person;
		int r = people_get(arrival->ctx->db, list[i]->id, &person);

		if (r != 0) {
			return r;
		}
		if (person.consent == CONSENT_GIVEN) {
			*ret_speaker = i;
			return 0;
		}
	}
	*ret_speaker = 0;
	return 0;
}

/* What must not be missed is taken for all of them; the rest waits for a name. */
static int take_for_all(const struct arrival *arrival, const struct client *const *list,
			size_t count)
{
	size_t speaker;
	int r = find_speaker(arrival, list, count, &speaker);

	for (size_t i = 0; r == 0 && i < count; i++) {
		r = take_client(arrival, list[i], arrival->text.text, i != speaker);
	}
	return r;
}

/* Is this word part of the name? */
static int is_of_name(const char *word, size_t length, const char *normal_name, bool *ret_is)
{
	_cleanup_free_ char *copy = strndup(word, length), *normal = NULL;
	int r = copy ? normal_text(copy, false, &normal) : -ENOMEM;

	if (r == 0) {
		*ret_is = normal[1] && strstr(normal_name, normal);
	}
	return r;
}

/* "Ben 1" is "1" once it is known whose it is.  A name alone stays what it is. */
static int without_name(const char *text, const char *name, char **ret_text)
{
	_cleanup_free_ char *rest = calloc(1, strlen(text) + 2), *normal = NULL;
	int r = rest ? normal_text(name, false, &normal) : -ENOMEM;

	while (r == 0 && *(text += strspn(text, " \t\r\n"))) {
		size_t length = strcspn(text, " \t\r\n");
		bool is_name;

		r = is_of_name(text, length, normal, &is_name);
		if (r == 0 && !is_name) {
			(void)strncat(rest, text, length);
			(void)strcat(rest, " ");
		}
		text += length;
	}
	if (r == 0) {
		*ret_text = take_ptr(rest);
	}
	return r;
}

static int take_named(const struct arrival *arrival, const struct client *writer)
{
	_cleanup_free_ char *rest = NULL;
	int r = without_name(arrival->text.text, writer->name, &rest);

	return r ? r : take_client(arrival, writer, *rest ? rest : arrival->text.text, false);
}

static int ask_who(const struct arrival *arrival, const struct client *const *list, size_t count)
{
	const struct response response = {
		.handle = list[0]->id,
		.kind = KIND_REPLY,
		.message = "who_writes",
		.about = rule_day(list[0]->zone, arrival->ctx->now),
		.expires = arrival->ctx->now + NEUTRAL_WITHIN,
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		r = cases_open(arrival->ctx->db, list[i]->id, CASE_UNCLEAR, CASE_ROUTINE,
			       arrival->ctx->now, NULL);
	}
	r = r ? r : respond(arrival->ctx->db, &response, arrival->ctx->now, NULL);
	return r ? r : mark(arrival, list[0]->id, INBOX_UNCLEAR);
}

static int take_shared(const struct arrival *arrival, const struct client *const *list,
		       size_t count)
{
	const struct understood *understood = &arrival->understood;
	const struct client *writer = NULL;
	int r;

	count = count < SHARED_MOST ? count : SHARED_MOST;
	if (understood->stop || understood->start || understood->crisis) {
		return take_for_all(arrival, list, count);
	}
	r = find_writer(arrival, list, count, &writer);
	if (r != 0) {
		return r;
	}
	return writer ? take_named(arrival, writer) : ask_who(arrival, list, count);
}

/* --- all of them ---------------------------------------------------------------------------- */

static int take(const struct arrival *arrival)
{
	const struct phonebook *book = arrival->ctx->book;
	const struct staff_member *member = phonebook_staff(book, arrival->text.from);
	const struct client *const *list;
	size_t count = phonebook_clients(book, arrival->text.from, &list);

	/* A peer supporter may be a client herself: her STOP is a STOP. */
	if (member && (count == 0 || arrival->understood.acknowledges >= 0)) {
		return take_staff(arrival, member);
	}
	return count == 0   ? take_stranger(arrival)
	       : count == 1 ? take_client(arrival, list[0], arrival->text.text, false)
			    : take_shared(arrival, list, count);
}

static int process(struct arrival *arrival, int64_t id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = inbox_get(arrival->ctx->db, id, &rows);

	if (r != 0) {
		return r > 0 ? -EINVAL : r;
	}
	inbox_read(&rows, &arrival->text);
	r = understand(arrival->ctx->model, NULL, arrival->text.text, &arrival->understood);
	arrival->understood.stop = arrival->understood.stop || arrival->opted_out;
	return r ? r : take(arrival);
}

/* Ends the transaction in which a text was stored. */
static int finish(struct arrival *arrival, int64_t id)
{
	int r = process(arrival, id);

	if (r != 0) {
		db_rollback(arrival->ctx->db);
		return r > 0 ? -EINVAL : r;
	}
	return db_commit(arrival->ctx->db);
}

int inbound_take(const struct engine_context *ctx, const char *gateway, bool handles_stop,
		 const struct wire_inbound *inbound)
{
	/* A gateway that took it for a STOP has answered it. */
	struct arrival arrival = { .ctx = ctx,
				   .handles_stop = handles_stop || inbound->opted_out,
				   .opted_out = inbound->opted_out };
	int64_t id;
	int r = db_begin(ctx->db);

	if (r != 0) {
		return r;
	}

	r = inbox_add(ctx->db, gateway, inbound, ctx->now, &id);
	if (r == 0) {
		return finish(&arrival, id);
	}
	if (r < 0) {
		db_rollback(ctx->db);
		return r;
	}
	return db_commit(ctx->db);
}

int inbound_run(const struct engine_context *ctx)
{
	struct arrival arrival = { .ctx = ctx };
	hf_time next;
	int64_t id;
	int r = inbound_next(ctx, &next);

	if (r != 0 || next > ctx->now) {
		return r;
	}
	r = db_begin(ctx->db);
	if (r != 0) {
		return r;
	}

	r = inbox_overdue(ctx->db, ctx->now, &id);
	if (r == 0) {
		return finish(&arrival, id);
	}
	db_rollback(ctx->db);
	return r > 0 ? 0 : r;
}

int inbound_next(const struct engine_context *ctx, hf_time *ret_when)
{
	return inbox_next(ctx->db, ret_when);
}
