/*
 * What comes in: from whom it comes, and what follows from it.
 *
 * One transaction holds the text and all that follows from it.  A staff phone
 * acknowledges cases, and only a staff phone; a client's text is hers; a number
 * that several share is asked who writes; a number nobody knows gets the same
 * words as every other, so that nobody learns who is a client.  Whoever may ask for
 * help for a client reaches a human at once, and gets the words that every number
 * gets that writes of danger.
 *
 * Of a client's text comes first what must never be missed, whatever else it says:
 * a STOP ends all texts with the commit that stores it, words of danger reach a
 * human.  Nothing is swallowed: what is no answer and no command is a case, and
 * somebody is told of it by a clock (engine/alerts).
 * Dangerous: every automatic answer may be answered by another machine, so
 * after five in a row within an hour the texts are read and no longer answered.
 */
#include "engine/inbound.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/buffer.h"
#include "lib/log.h"
#include "lib/plain.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/inbox.h"
#include "store/outbox.h"
#include "store/people.h"
#include "engine/recipient.h"
#include "engine/alerts.h"
#include "engine/checkin.h"
#include "engine/consent.h"
#include "engine/deliverability.h"
#include "engine/doubt.h"
#include "engine/auto_text.h"
#include "engine/reaction.h"
#include "engine/setback.h"
#include "engine/site_hours.h"
#include "engine/staff_word.h"
#include "engine/conversation.h"
#include "engine/understand.h"

#define CONFIRM_WITHIN  (5 * HF_MINUTE) /* 47 CFR 64.1200(a)(12) */
#define REPLY_WITHIN    HF_HOUR         /* an answer that comes later answers nothing */
#define NEUTRAL_WITHIN  HF_HOUR
#define ANSWERS_MOST    5 /* in a row, each within ANSWERS_GAP of the one before */
#define ANSWERS_GAP     HF_HOUR
#define EMERGENCY_EVERY (10 * HF_MINUTE)
#define HELP_EVERY      HF_DAY  /* for whoever has stopped all other texts */
#define TOLD_EVERY      HF_HOUR /* that somebody was told, to who is no client */
#define SHARED_MOST     16      /* clients on one phone that are told apart */

/* One text, from when it is stored until all that follows from it is done. */
struct inbound {
	const struct engine_context *ctx;
	struct inbox_text text;
	bool opted_out; /* its gateway took it for a STOP, and confirmed it */
	bool answered;  /* its gateway answered it: a START or a HELP */
	struct reaction reaction;
	const char *own; /* the text without what it quotes of ours */
	struct understood said;
};

/* What one client writes with it.  Where several share a phone, it may be the reply of each. */
struct client_reply {
	const struct inbound *inbound;
	const struct engine_context *ctx;
	const struct client *client;
	const char *text; /* without her name, where the phone is shared */
	struct understood said;
	bool silent; /* the answer to this phone is another client's */
	struct person person;
	struct situation situation;
	struct checkin_question question; /* what she was last asked */
	const struct answer *answer;      /* to it; NULL: this is none */
	bool more;                        /* beside the answer she says something else */
	bool cancels;                     /* an appointment, and not all texts */
};

/* The kind stays out of the log: it says too much about her. */
static int mark(const struct inbound *inbound, const char *handle, enum inbox_kind kind)
{
	log_notice("inbound=%" PRId64 " from=%s gateway=%s", inbound->text.id, handle,
		   inbound->text.gateway);
	return inbox_mark(inbound->ctx->db, inbound->text.id, handle, kind);
}

/* --- what a client is answered -------------------------------------------------------- */

static bool is_robot(const struct client_reply *reply)
{
	return reply->situation.answers >= ANSWERS_MOST &&
	       reply->ctx->now - reply->situation.answered < ANSWERS_GAP;
}

/* While staff and she are writing to each other, nothing answers by itself. */
static bool is_talking(const struct client_reply *reply)
{
	return reply->situation.talking > reply->ctx->now;
}

/* Even to a machine: it may be a person after all, and these are few. */
static int respond_always(const struct client_reply *reply, enum kind kind, const char *message,
			  int64_t about, hf_time within)
{
	const struct auto_text automatic = {
		.handle = reply->client->id,
		.kind = kind,
		.message = message,
		.about = about,
		.expires = reply->ctx->now + within,
	};

	if (reply->silent) {
		return 0;
	}
	return auto_text_queue(reply->ctx, &automatic);
}

/* Not sent any more where a machine seems to answer at the other end. */
static int respond_to_human(struct client_reply *reply, enum kind kind, const char *message)
{
	struct situation *situation = &reply->situation;
	hf_time now = reply->ctx->now;

	if (is_robot(reply)) {
		return 0;
	}
	situation->answers = now - situation->answered < ANSWERS_GAP ? situation->answers + 1 : 1;
	situation->answered = now;
	return respond_always(reply, kind, message, reply->inbound->text.id, REPLY_WITHIN);
}

/* Says that her text will be read.  Out of hours, and in the last minutes before, it says when, once until the site opens again. */
static int respond_received(struct client_reply *reply)
{
	const struct engine_context *ctx = reply->ctx;
	struct situation *situation = &reply->situation;

	if (alerts_read_today(ctx)) {
		return respond_to_human(reply, KIND_REPLY, "received");
	}
	if (situation->told_hours > ctx->now) {
		return 0;
	}
	situation->told_hours = site_hours_next(ctx->model, ctx->now);
	return respond_to_human(reply, KIND_REPLY, "out_of_hours");
}

static int open_case(const struct client_reply *reply, enum case_reason reason,
		     enum case_urgency urgency)
{
	return cases_open(reply->ctx->db, reply->client->id, reason, urgency, reply->ctx->now,
			  NULL);
}

/* What nobody has understood is for a human, and somebody is told of it in time. */
static int hand_to_human(const struct client_reply *reply, enum case_reason reason)
{
	const struct engine_context *ctx = reply->ctx;
	int64_t id;
	int r = cases_open(ctx->db, reply->client->id, reason, CASE_ROUTINE, ctx->now, &id);

	return r ? r : alerts_unread(ctx, reply->client, id);
}

/* --- consent ---------------------------------------------------------------------------- */

/* Whoever has opted out by a text before has had the confirmation, and so has who wrote what the
 * gateway itself takes for a STOP.  What else the same text says goes to a human. */
static int handle_stop(const struct client_reply *reply)
{
	const struct engine_context *ctx = reply->ctx;
	bool first = reply->person.consent != CONSENT_WITHDRAWN || reply->person.by_staff;
	const struct optout optout = { .client = reply->client->id,
				       .phone = reply->client->phone,
				       .source = "reply",
				       .by = reply->client->id,
				       .reason = "stopped by the client" };
	int r = consent_withdraw(ctx->db, &optout, ctx->now);

	r = r ? r : open_case(reply, CASE_STOP, CASE_ROUTINE);
	if (r == 0 && first && !reply->inbound->opted_out) {
		r = respond_always(reply, KIND_CONFIRMATION, "stopped", reply->inbound->text.id,
				   CONFIRM_WITHIN);
	}
	if (r == 0 && reply->said.crisis) {
		r = open_case(reply, CASE_CRISIS, CASE_URGENT);
	} else if (r == 0 && (reply->said.person || reply->said.worry)) {
		r = open_case(reply, CASE_NEED, CASE_URGENT);
	}
	return r;
}

/* Consent that she withdrew she may give again.  Where staff withdrew it, or nobody ever gave it,
 * her START is for a human. */
static int handle_start(struct client_reply *reply)
{
	const struct engine_context *ctx = reply->ctx;
	const struct client *client = reply->client;
	bool hers = reply->person.consent == CONSENT_WITHDRAWN && !reply->person.by_staff;
	bool given = false;
	int r = people_ever_consented(ctx->db, client->id, &given);

	if (r != 0) {
		return r;
	}
	if (reply->person.consent != CONSENT_GIVEN && !(hers && given)) {
		return hand_to_human(reply, CASE_WRITTEN);
	}

	r = consent_give(ctx->db, client, "reply", client->id, ctx->now);
	r = r ? r : cases_resolve(ctx->db, client->id, CASE_STOP, "texts are on again", ctx->now);
	return r || reply->inbound->answered ? r : respond_to_human(reply, KIND_REPLY, "resumed");
}

static bool wants_start(const struct client_reply *reply)
{
	return reply->said.start ||
	       (reply->said.yes && !reply->answer && reply->person.consent == CONSENT_WITHDRAWN);
}

/* "Cancel", after she was reminded of an appointment that is still to come: it is moved by a human.  How
 * to end all texts is said to her. */
static int handle_cancel(struct client_reply *reply)
{
	int r = hand_to_human(reply, CASE_CHANGE);

	return r || is_talking(reply) ? r : respond_to_human(reply, KIND_REPLY, "change");
}

/* What its gateway took for a STOP is one: no text would arrive any more. */
static int is_of_appointment(const struct inbound *inbound, const struct client *client,
			     bool *ret_cancels)
{
	*ret_cancels = false;
	if (!inbound->said.cancel || inbound->opted_out) {
		return 0;
	}
	return outbox_announced(inbound->ctx->db, client->id, KIND_APPOINTMENT, inbound->ctx->now,
				ret_cancels);
}

/* --- calls for somebody ------------------------------------------------------------------ */

/* Somebody in trouble writes exactly that word, so it is a case too. */
static int handle_help(struct client_reply *reply)
{
	bool stopped = reply->person.consent == CONSENT_WITHDRAWN;
	int r = open_case(reply, CASE_HELP, CASE_URGENT);

	if (r != 0 || (stopped && reply->ctx->now - reply->situation.told_help < HELP_EVERY)) {
		return r;
	}
	reply->situation.told_help = reply->ctx->now;
	if (reply->inbound->answered) {
		return 0;
	}
	return respond_to_human(reply, KIND_INFO, "help");
}

/* Several texts in one distress get one emergency text in EMERGENCY_EVERY. */
static int handle_crisis(const struct client_reply *reply)
{
	int64_t about = reply->ctx->now / EMERGENCY_EVERY;
	int r = open_case(reply, CASE_CRISIS, CASE_URGENT);

	r = r ? r : checkins_pass(reply->ctx->db, reply->client->id);
	return r ? r : respond_always(reply, KIND_EMERGENCY, "emergency", about, REPLY_WITHIN);
}

static int handle_setback(struct client_reply *reply)
{
	int r = setback_begin(reply->ctx, reply->client);

	/* setback_begin() has changed it. */
	r = r ? r : situation_get(reply->ctx->db, reply->client->id, &reply->situation);
	return r ? r : respond_to_human(reply, KIND_REPLY, "setback");
}

static int handle_need(struct client_reply *reply)
{
	int r = open_case(reply, CASE_NEED, CASE_URGENT);

	return r ? r : respond_to_human(reply, KIND_REPLY, "answer_need");
}

/* --- answers and everything else ---------------------------------------------------------- */

/* What else she says is for a human, though it need not be told of at night. */
static int handle_answer(struct client_reply *reply)
{
	const char *message = NULL;
	int64_t id;
	int r = checkin_answer(reply->ctx, reply->client, &reply->question, reply->answer,
			       &message);

	r = r ? r : doubt_answered(reply->ctx, reply->question.message);
	if (r == 0 && reply->more && reply->answer->means != MEANING_NEED) {
		r = cases_open(reply->ctx->db, reply->client->id, CASE_WRITTEN, CASE_ROUTINE,
			       reply->ctx->now, &id);
		r = r ? r : alerts_unread(reply->ctx, NULL, id);
	}

	if (r != 0 || !message || is_talking(reply)) {
		return r;
	}
	return respond_to_human(reply, KIND_REPLY, message);
}

/* The first time, and where nothing weighs in it, she is also told how to answer; out of hours when
 * somebody reads it. */
static int handle_unclear(struct client_reply *reply)
{
	bool first = reply->question.unclear == 0 && reply->question.table, light = false;
	int r = hand_to_human(reply, CASE_UNCLEAR);

	r = r ? r : understand_light(reply->ctx->model, reply->text, &light);
	if (r != 0 || is_talking(reply)) {
		return r;
	}
	if (first && light && alerts_read_today(reply->ctx)) {
		return respond_to_human(reply, KIND_REPLY, reply->question.table->clarify);
	}
	return respond_received(reply);
}

static int handle_written(struct client_reply *reply)
{
	int r = reply->said.reaction ? open_case(reply, CASE_WRITTEN, CASE_ROUTINE)
				     : hand_to_human(reply, CASE_WRITTEN);

	if (r != 0 || reply->said.reaction || is_talking(reply)) {
		return r;
	}
	return respond_received(reply);
}

/* --- a client's reply ----------------------------------------------------------------------- */

/* *ret_kind: what the text was taken for. */
static int handle(struct client_reply *reply, enum inbox_kind *ret_kind)
{
	const struct understood *said = &reply->said;
	int r;

	if (reply->cancels) {
		*ret_kind = INBOX_WRITTEN;
		return handle_cancel(reply);
	}
	if (said->stop) {
		*ret_kind = INBOX_STOP;
		return handle_stop(reply);
	}
	if (said->crisis) {
		*ret_kind = INBOX_CRISIS;
		return handle_crisis(reply);
	}
	if (wants_start(reply)) {
		*ret_kind = INBOX_START;
		return handle_start(reply);
	}
	if (said->help) {
		*ret_kind = INBOX_HELP;
		return handle_help(reply);
	}
	if (said->setback) {
		*ret_kind = INBOX_SETBACK;
		return handle_setback(reply);
	}
	if (reply->answer) {
		*ret_kind = INBOX_ANSWER;
		r = said->worry ? open_case(reply, CASE_NEED, CASE_URGENT) : 0;
		return r ? r : handle_answer(reply);
	}
	if (said->person || said->worry) {
		*ret_kind = INBOX_WRITTEN;
		return handle_need(reply);
	}
	if (reply->question.open && !said->reaction) {
		*ret_kind = INBOX_UNCLEAR;
		return handle_unclear(reply);
	}
	*ret_kind = INBOX_WRITTEN;
	return handle_written(reply);
}

/* To the newest question that has such an answer. */
static int find_answer(struct client_reply *reply)
{
	const struct engine_context *ctx = reply->ctx;
	struct checkin_question list[CHECKIN_QUESTIONS];
	size_t count = 0;
	int r = checkin_questions(ctx, reply->client, list, &count);

	reply->question = checkin_last(list, count);
	for (size_t i = 0; r == 0 && !reply->answer && i < count; i++) {
		r = understand_answer(ctx->model, list[i].table, reply->text, &reply->said,
				      &reply->answer, &reply->more);
		if (r == 0 && reply->answer) {
			reply->question = list[i];
		}
	}
	return r;
}

/* What is known of her, and which answer this is to what she was asked. */
static int look_up(struct client_reply *reply)
{
	const struct engine_context *ctx = reply->ctx;
	const char *id = reply->client->id;
	int r = people_get(ctx->db, id, &reply->person);

	r = r ? r : situation_get(ctx->db, id, &reply->situation);
	r = r ? r : is_of_appointment(reply->inbound, reply->client, &reply->cancels);
	return r ? r : find_answer(reply);
}

/* Acts upon it, and stores what is known of her afterwards. */
static int handle_and_store(struct client_reply *reply, enum inbox_kind *ret_kind)
{
	const struct engine_context *ctx = reply->ctx;
	bool robot = is_robot(reply);
	int r = handle(reply, ret_kind);

	if (r == 0 && *ret_kind != INBOX_ANSWER && !reply->said.reaction) {
		r = checkin_written(ctx, reply->client, &reply->question);
	}
	if (robot && *ret_kind == INBOX_WRITTEN) {
		*ret_kind = INBOX_ROBOT;
	}
	if (is_talking(reply)) {
		reply->situation.talking = conversation_until(ctx->model, ctx->now);
	}
	return r ? r : situation_set(ctx->db, reply->client->id, &reply->situation);
}

/* text and said: of the inbound text, or of what is left of it without her name. */
static int handle_client(const struct inbound *inbound, const struct client *client,
			 const char *text, const struct understood *said, bool silent)
{
	struct client_reply reply = { .inbound = inbound,
				      .ctx = inbound->ctx,
				      .client = client,
				      .text = text,
				      .said = *said,
				      .silent = silent };
	enum inbox_kind kind = INBOX_WRITTEN;
	int r = deliverability_reset(inbound->ctx->db, client->id, inbound->ctx->now);

	r = r ? r : look_up(&reply);
	r = r ? r : handle_and_store(&reply, &kind);
	if (r == 0 && inbound->text.undecoded) {
		r = open_case(&reply, CASE_WRITTEN, CASE_ROUTINE);
	}
	return r ? r : mark(inbound, client->id, kind);
}

/* --- a phone that several share --------------------------------------------------------------- */

/* Does the text name her?  What it quotes of ours may do so. */
static int is_named(const struct inbound *inbound, const struct client *client, bool *ret_named)
{
	_cleanup_free_ char *text = NULL, *name = NULL;
	int r = normal_text(inbound->text.text, false, &text);

	r = r ? r : normal_text(client->name, false, &name);
	if (r == 0) {
		*ret_named = name[1] && strstr(text, name);
	}
	return r;
}

/* The only one who is named, else the only one who was asked something; NULL for none. */
static int find_writer(const struct inbound *inbound, const struct client *const *list,
		       size_t count, const struct client **ret_writer)
{
	const struct client *last_named = NULL, *last_asked = NULL;
	size_t named_count = 0, asked_count = 0;

	*ret_writer = NULL;
	for (size_t i = 0; i < count; i++) {
		struct checkin_question question;
		bool named;
		int r = is_named(inbound, list[i], &named);

		r = r ? r : checkin_question(inbound->ctx, list[i], &question);
		if (r != 0) {
			return r;
		}
		if (named) {
			last_named = list[i];
			named_count++;
		}
		if (question.open) {
			last_asked = list[i];
			asked_count++;
		}
	}

	if (named_count == 1) {
		*ret_writer = last_named;
	} else if (named_count == 0 && asked_count == 1) {
		*ret_writer = last_asked;
	}
	return 0;
}

/* Whose answer is sent to the shared phone: of one who has given consent, else of the first. */
static int find_speaker(const struct inbound *inbound, const struct client *const *list,
			size_t count, size_t *ret_speaker)
{
	for (size_t i = 0; i < count; i++) {
		struct person person;
		int r = people_get(inbound->ctx->db, list[i]->id, &person);

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

/* What must not be missed counts for each of them. */
static int handle_for_all(const struct inbound *inbound, const struct client *const *list,
			  size_t count)
{
	bool cancels = false; /* the appointment of one of them */
	size_t speaker = 0;
	int r = find_speaker(inbound, list, count, &speaker);

	for (size_t i = 0; r == 0 && !cancels && i < count; i++) {
		r = is_of_appointment(inbound, list[i], &cancels);
		speaker = cancels ? i : speaker;
	}
	for (size_t i = 0; r == 0 && i < count; i++) {
		bool hers = true;

		r = cancels ? is_of_appointment(inbound, list[i], &hers) : 0;
		r = r || !hers ? r
			       : handle_client(inbound, list[i], inbound->own, &inbound->said,
					       i != speaker);
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

/* From Ben, "Ben 1" is "1".  A text that is only the name stays what it is. */
static int handle_named(const struct inbound *inbound, const struct client *writer)
{
	_cleanup_free_ char *rest = NULL;
	struct understood said;
	int r = without_name(inbound->own, writer->name, &rest);

	if (r != 0) {
		return r;
	}
	if (!*rest) {
		return handle_client(inbound, writer, inbound->own, &inbound->said, false);
	}

	r = understand(inbound->ctx->model, rest, &said);
	return r ? r : handle_client(inbound, writer, rest, &said, false);
}

static int ask_who(const struct inbound *inbound, const struct client *const *list, size_t count)
{
	const struct engine_context *ctx = inbound->ctx;
	const struct auto_text automatic = {
		.handle = list[0]->id,
		.kind = KIND_REPLY,
		.message = "who_writes",
		.about = zone_day(list[0]->zone, ctx->now),
		.expires = ctx->now + NEUTRAL_WITHIN,
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < count; i++) {
		struct checkin_question question;
		int64_t id;

		r = checkin_question(ctx, list[i], &question);
		r = r ? r : checkin_written(ctx, list[i], &question);
		r = r ? r
		      : cases_open(ctx->db, list[i]->id, CASE_UNCLEAR, CASE_ROUTINE, ctx->now, &id);
		r = r ? r : alerts_unread(ctx, list[i], id);
	}
	r = r ? r : auto_text_queue(ctx, &automatic);
	return r ? r : mark(inbound, list[0]->id, INBOX_UNCLEAR);
}

static int handle_shared(const struct inbound *inbound, const struct client *const *list,
			 size_t count)
{
	const struct understood *said = &inbound->said;
	const struct client *writer;
	int r;

	count = count < SHARED_MOST ? count : SHARED_MOST;
	if (said->stop || said->start || said->worry) {
		return handle_for_all(inbound, list, count);
	}
	r = find_writer(inbound, list, count, &writer);
	if (r != 0) {
		return r;
	}
	/* Nobody is asked who liked a text. */
	if (!writer && said->reaction) {
		writer = list[0];
	}
	return writer ? handle_named(inbound, writer) : ask_who(inbound, list, count);
}

/* --- staff and strangers --------------------------------------------------------------- */

static int handle_staff(const struct inbound *inbound, const struct staff_member *member)
{
	char handle[RECIPIENT_HANDLE_MAX];
	const struct staff_word *word = &inbound->said.staff;
	int r;

	recipient_handle(member, handle);
	if (word->act == STAFF_SAYS_NOTHING) {
		return mark(inbound, handle, INBOX_STAFF);
	}
	r = staff_word_answer(inbound->ctx, member, word, inbound->text.id);
	return r ? r
		 : mark(inbound, handle,
			word->act == STAFF_ACKNOWLEDGES ? INBOX_ACKNOWLEDGED : INBOX_STAFF);
}

/* The client who had this number before (NULL: nobody).  It may still be her, or somebody who knows
 * nothing of her.  So it is a case of hers for a human to read, and nothing that it says counts as
 * hers. */
static int find_former(const struct inbound *inbound, const struct client **ret_former)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = numbers_before(inbound->ctx->db, inbound->text.from, &rows);

	*ret_former = NULL;
	if (r == 0 && db_next(&rows)) {
		*ret_former = model_client(inbound->ctx->model, db_text(&rows, 0));
	}
	return r ? r : rows.error;
}

/* Who is no client but writes of a setback may be one with another phone, or near to one. */
static bool is_urgent(const struct understood *said)
{
	return said->worry || said->person || said->setback;
}

/* Whoever is no client has ended nothing but these answers with a STOP.  It is confirmed once, and so is
 * the START after it. */
static int hear_consent(const struct inbound *inbound, const char *handle, bool stopped,
			const char **ret_message)
{
	const struct engine_context *ctx = inbound->ctx;
	enum consent consent = inbound->said.stop ? CONSENT_WITHDRAWN : CONSENT_GIVEN;

	if (!inbound->said.stop && !(inbound->said.start && stopped)) {
		return 0;
	}
	if (!(inbound->said.stop && stopped)) {
		*ret_message = inbound->opted_out || inbound->answered ? NULL
			       : inbound->said.stop                    ? "stopped"
								       : "resumed";
	}
	return people_consent(ctx->db, handle, inbound->text.from, consent, ctx->now, "reply",
			      handle, ctx->now);
}

/* To who is no client.  told: somebody is told at once; then that is said, once an hour, and else where
 * to call, once a day.  None to a short code or a name: these are machines. */
static int answer_other(const struct inbound *inbound, const char *handle, bool told)
{
	const struct engine_context *ctx = inbound->ctx;
	struct auto_text automatic = {
		.handle = handle,
		.kind = KIND_INFO,
		.message = told ? "told" : "unknown",
		.about = told ? ctx->now / TOLD_EVERY : zone_day(ctx->model->site.zone, ctx->now),
		.expires = ctx->now + NEUTRAL_WITHIN,
	};
	const char *confirmation = NULL;
	struct person person;
	int r;

	if (!phone_is_e164(inbound->text.from)) {
		return 0;
	}
	r = people_get(ctx->db, handle, &person);
	r = r ? r
	      : hear_consent(inbound, handle, person.consent == CONSENT_WITHDRAWN, &confirmation);
	if (r == 0 && confirmation) {
		automatic.kind = KIND_CONFIRMATION;
		automatic.message = confirmation;
		automatic.about = inbound->text.id;
		automatic.expires = ctx->now + CONFIRM_WITHIN;
		return auto_text_queue(ctx, &automatic);
	}
	if (r != 0 || inbound->said.stop || person.consent == CONSENT_WITHDRAWN) {
		return r;
	}
	return auto_text_queue(ctx, &automatic);
}

/* --- who may ask for help for a client ------------------------------------------------------ */

/* Her STOP is her own and no client's.  Somebody is told at once of all else. */
static int open_loved_one_case(const struct inbound *inbound, const struct client *client,
			       bool urgent)
{
	const struct engine_context *ctx = inbound->ctx;
	int64_t id;
	int r = cases_open(ctx->db, client->id, CASE_LOVED_ONE, urgent ? CASE_URGENT : CASE_ROUTINE,
			   ctx->now, &id);

	if (r != 0 || urgent || inbound->said.stop || inbound->said.start ||
	    inbound->said.reaction) {
		return r;
	}
	return cases_unread(ctx->db, id, ctx->now);
}

static int handle_loved_one(const struct inbound *inbound, const struct may_ask *list, size_t count)
{
	const struct engine_context *ctx = inbound->ctx;
	const struct understood *said = &inbound->said;
	char handle[STRANGER_HANDLE];
	bool light = false, urgent;
	int r = understand_light(ctx->model, inbound->own, &light);

	/* "I am worried about her" has no word of danger. */
	urgent = is_urgent(said) || said->help || !(light || said->stop || said->reaction);
	r = r ? r : strangers_handle(ctx->db, inbound->text.from, ctx->now, handle);

	/* Where there are too many numbers she is not answered; a human hears of it all the same. */
	r = r == -ENOSPC ? 0 : r ? r : answer_other(inbound, handle, !inbound->said.reaction);
	for (size_t i = 0; r == 0 && i < count && i < SHARED_MOST; i++) {
		r = open_loved_one_case(inbound, list[i].client, urgent);
	}
	return r ? r : mark(inbound, list[0].client->id, INBOX_LOVED_ONE);
}

/* --- strangers --------------------------------------------------------------------------------- */

/* former: whose number it was; NULL: nobody's. */
static int open_stranger_case(const struct inbound *inbound, const char *handle,
			      const struct client *former)
{
	bool urgent = is_urgent(&inbound->said);
	int64_t id;
	int r;

	if (!phone_is_e164(inbound->text.from) && !urgent) {
		return 0;
	}
	r = cases_open(inbound->ctx->db, handle, former ? CASE_WRITTEN : CASE_STRANGER,
		       urgent ? CASE_URGENT : CASE_ROUTINE, inbound->ctx->now, &id);
	return r || urgent ? r : alerts_unread(inbound->ctx, former, id);
}

static int handle_stranger(const struct inbound *inbound)
{
	const struct engine_context *ctx = inbound->ctx;
	const struct client *former;
	char handle[STRANGER_HANDLE];
	int r = strangers_handle(ctx->db, inbound->text.from, ctx->now, handle);

	/* There are too many strangers: the text is kept without a handle. */
	if (r == -ENOSPC) {
		return mark(inbound, "?", INBOX_STRANGER);
	}
	r = r ? r : answer_other(inbound, handle, is_urgent(&inbound->said));
	r = r ? r : find_former(inbound, &former);
	if (r != 0) {
		return r;
	}

	if (former) {
		r = open_stranger_case(inbound, former->id, former);
		return r ? r : mark(inbound, former->id, INBOX_STRANGER);
	}
	r = open_stranger_case(inbound, handle, NULL);
	return r ? r : mark(inbound, handle, INBOX_STRANGER);
}

/* --- all of them ---------------------------------------------------------------------------- */

/* "called 12 times and nobody is there" may be hers. */
static bool is_staff_word(const struct staff_word *word)
{
	return word->act == STAFF_ACKNOWLEDGES || (word->act != STAFF_SAYS_NOTHING && word->alone);
}

static int handle_sender(const struct inbound *inbound)
{
	const struct phonebook *book = inbound->ctx->book;
	const char *from = inbound->text.from;
	const struct staff_member *member = phonebook_staff(book, from);
	const struct client *const *list;
	const struct may_ask *may_ask;
	size_t count = phonebook_clients(book, from, &list);

	/* A peer supporter may be a client herself: her STOP is a STOP. */
	if (member && (count == 0 || is_staff_word(&inbound->said.staff))) {
		return handle_staff(inbound, member);
	}
	if (count == 0) {
		size_t allowed = phonebook_may_ask(book, from, &may_ask);

		return allowed > 0 ? handle_loved_one(inbound, may_ask, allowed)
				   : handle_stranger(inbound);
	}
	if (count > 1) {
		return handle_shared(inbound, list, count);
	}
	return handle_client(inbound, list[0], inbound->own, &inbound->said, false);
}

/* --- our own words in it ------------------------------------------------------------------- */

struct sent_texts {
	char *list[REACTION_TEXTS];
	size_t count;
};

static void sent_texts_done(struct sent_texts *sent)
{
	for (size_t i = 0; i < sent->count; i++) {
		free(sent->list[i]);
	}
}

static int add_sent(const struct inbound *inbound, const char *handle, struct sent_texts *sent)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = outbox_sent_to(inbound->ctx->db, handle, inbound->ctx->now - REACTION_WITHIN,
			       REACTION_TEXTS, &rows);

	while (r == 0 && sent->count < REACTION_TEXTS && db_next(&rows)) {
		r = normal_text(db_text(&rows, 0), false, &sent->list[sent->count]);
		sent->count += r == 0;
	}
	return r ? r : rows.error;
}

/* What was sent to that number lately, whoever it belongs to. */
static int find_sent(const struct inbound *inbound, struct sent_texts *sent)
{
	const struct staff_member *member = phonebook_staff(inbound->ctx->book, inbound->text.from);
	const struct client *const *list;
	size_t count = phonebook_clients(inbound->ctx->book, inbound->text.from, &list);
	char handle[RECIPIENT_HANDLE_MAX];
	int r = 0;

	for (size_t i = 0; r == 0 && i < count && i < SHARED_MOST; i++) {
		r = add_sent(inbound, list[i]->id, sent);
	}
	if (r == 0 && member) {
		recipient_handle(member, handle);
		r = add_sent(inbound, handle, sent);
	}
	if (r == 0 && !member && count == 0) {
		const struct client *former;

		r = strangers_handle(inbound->ctx->db, inbound->text.from, inbound->ctx->now,
				     handle);
		r = r ? (r == -ENOSPC ? 0 : r) : add_sent(inbound, handle, sent);
		r = r ? r : find_former(inbound, &former);
		r = r || !former ? r : add_sent(inbound, former->id, sent);
	}
	return r;
}

/* "please stop “Riverside: ...”" is no phone's.  A typing error is forgiven in a text that says nothing
 * else, and this one goes on: "Removed 👍 from “...”" is not "remove". */
static int says_something(const struct inbound *inbound, const char *verb, bool *ret_says)
{
	_cleanup_free_ char *whole = NULL;
	struct understood alone, before;
	int r = asprintf(&whole, "%s quoted", verb) < 0 ? -ENOMEM : 0;

	if (r != 0) {
		whole = NULL;
		return r;
	}
	r = understand(inbound->ctx->model, verb, &alone);
	r = r ? r : understand(inbound->ctx->model, whole, &before);
	if (r == 0) {
		*ret_says = before.stop || alone.start || alone.help || alone.yes || alone.worry ||
			    alone.setback || alone.person || alone.staff.act != STAFF_SAYS_NOTHING;
	}
	return r;
}

/* As which names do we write to that number?  NULL: as none.  The caller frees them. */
static int list_names(const struct inbound *inbound, char **ret_names)
{
	_cleanup_(buffer_done) struct buffer names = { 0 };
	const struct client *const *list;
	size_t count = phonebook_clients(inbound->ctx->book, inbound->text.from, &list);

	*ret_names = NULL;
	for (size_t i = 0; i < count && i < SHARED_MOST; i++) {
		buffer_put_text(&names, list[i]->name);
		buffer_put_text(&names, " ");
	}
	if (count > 0) {
		*ret_names = buffer_take(&names, NULL);
	}
	return count == 0 || *ret_names ? 0 : -ENOMEM;
}

/* Reads what is hers in it. */
static int understand_own(struct inbound *inbound)
{
	_cleanup_free_ char *names = NULL;
	__attribute__((cleanup(sent_texts_done))) struct sent_texts sent = { .count = 0 };
	struct reaction *reaction = &inbound->reaction;
	bool hers = false;
	int r = reaction_is_possible(inbound->text.text) ? find_sent(inbound, &sent) : 0;

	r = r ? r : reaction_read(inbound->text.text, sent.list, sent.count, reaction);
	r = r || !reaction->quotes ? r : says_something(inbound, reaction->verb, &hers);
	r = r || !hers ? r : reaction_own_verb(reaction);
	r = r ? r : list_names(inbound, &names);
	r = r ? r : understand_from(inbound->ctx->model, reaction->own, names, &inbound->said);
	if (r == 0) {
		inbound->own = reaction->own;
		inbound->said.reaction = reaction->quotes && !*reaction->own;
		inbound->said.stop = inbound->said.stop || inbound->opted_out;
	}
	return r;
}

/* id: of the text that has just been stored. */
static int handle_stored(struct inbound *inbound, int64_t id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = inbox_get(inbound->ctx->db, id, &rows);

	if (r != 0) {
		return r;
	}
	inbox_read(&rows, &inbound->text);
	r = understand_own(inbound);
	r = r ? r : handle_sender(inbound);
	reaction_done(&inbound->reaction);
	return r;
}

int inbound_take(const struct engine_context *ctx, const char *gateway,
		 const struct wire_inbound *wire)
{
	struct inbound inbound = { .ctx = ctx,
				   .opted_out = wire->opted_out,
				   .answered = wire->answered };
	struct wire_inbound whole = *wire;
	int64_t id;
	int r = db_begin(ctx->db);

	if (r != 0) {
		return r;
	}

	/* A part that is an opt-out does not wait for the others. */
	if (wire->opted_out) {
		whole.parts = 0;
	}
	r = inbox_add(ctx->db, gateway, &whole, ctx->now, &id);
	if (r > 0) {
		return db_end(ctx->db, 0); /* a repeat, or a part */
	}
	r = r ? r : handle_stored(&inbound, id);
	return db_end(ctx->db, r > 0 ? -EINVAL : r);
}

int inbound_run(const struct engine_context *ctx)
{
	struct inbound inbound = { .ctx = ctx };
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
	if (r == INBOX_E_NONE) {
		return db_end(ctx->db, 0);
	}
	r = r ? r : handle_stored(&inbound, id);
	return db_end(ctx->db, r > 0 ? -EINVAL : r);
}

int inbound_next(const struct engine_context *ctx, hf_time *ret_when)
{
	return inbox_next(ctx->db, ret_when);
}
