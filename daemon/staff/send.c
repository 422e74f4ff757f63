/*
 * Texts by hand: one-offs, and replies.
 *
 * Promises: such a text is composed, permitted and recorded like any other; one
 * that could never go out, or that gives the treatment away, is refused at once,
 * with the reason; log and audit say who asked for it and never what it said.
 */
#include "staff/routes.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "lib/log.h"
#include "config/discretion.h"
#include "store/cases.h"
#include "engine/compose.h"
#include "engine/permit.h"
#include "engine/conversation.h"

#define GOOD_FOR         HF_DAY /* after it first may go */
#define SAME_INSTANT_MAX 1000   /* by hand to one client; only a clock that stands still has more */
#define REMINDER_MAX     24
#define BY_HAND_MOST     10 /* to one client in 24 hours: a conversation, not a stuck key */
#define BY_HAND_ANYWAY   30 /* where it is said that more are meant */

struct sending {
	const struct api_host *host;
	const struct request *request;
	struct reply *reply;
	struct engine_context ctx;
	json_t *body;
	const struct client *client;
	struct outbox_message row;
	struct composed composed;
	struct permit permit;
	char author[CALLER_NAME_MAX];
	const char *why;
	bool anyway, reveals; /* words that give the treatment away are meant; there are some */
	bool replies;
	hf_time talking; /* a reply: until then automation holds */
};

static int sending_begin(struct sending *sending, const struct api_host *host,
			 const struct request *request, struct reply *reply)
{
	sending->host = host;
	sending->request = request;
	sending->reply = reply;
	caller_name(request->uid, sending->author);
	sending->ctx = engine_context_at(host->engine, clock_now(host->clock));
	return request_json(request, reply, &sending->body);
}

static void sending_done(struct sending *sending)
{
	composed_done(&sending->composed);
	sending->body = json_free(sending->body);
}

static int find_client(struct sending *sending, const char *id)
{
	sending->client = model_client(sending->ctx.model, id);
	return sending->client ? 0
			       : reply_error(sending->reply, 404,
					     "no such client; see holdfastctl clients");
}

/* The row, but for the number that makes it one of its own. */
static int prepare_row(struct sending *sending, const char *message, const char *text)
{
	const struct client *client = sending->client;
	hf_time now = sending->ctx.now;

	sending->anyway = json_truth(sending->body, "anyway", false);
	sending->row = (struct outbox_message){
		.client = client->id,
		.kind = sending->replies ? KIND_REPLY : KIND_ONE_OFF,
		.lead = "",
		.priority = sending->replies ? OUTBOX_URGENT : OUTBOX_AUTOMATIC,
		.message = message,
		.text = text,
		.author = sending->author,
		.occurrence = now,
		.due = now,
		.next_try = now,
		.expires =
			permit_opening(&sending->ctx.model->texting, client->zone, now) + GOOD_FOR,
	};
	return caller_why(sending->body, sending->anyway, sending->reply, &sending->why);
}

static int check_words(struct sending *sending)
{
	const struct model *model = sending->ctx.model;
	const char *text = sending->row.text;
	int r;

	if (text && (!*text || !text_is_utf8(text))) {
		return reply_error(sending->reply, 400, "the text is empty or not UTF-8");
	}
	r = compose(model, sending->client, &sending->row, &sending->composed);
	if (r == COMPOSE_E_LONG) {
		return reply_error(sending->reply, 400,
				   "the text is longer than %d segments; shorten it",
				   model->texting.max_segments);
	}
	if (r > 0) {
		return reply_error(sending->reply, 400,
				   "a field of that message has no value for %s; write a text",
				   sending->client->id);
	}
	return r;
}

/* The messages of the configuration were looked at when it was loaded. */
static int check_discretion(struct sending *sending)
{
	const struct word *word = NULL;
	const char *file;
	int r;

	if (!sending->row.text) {
		return 0;
	}
	r = discretion_text(sending->ctx.model, sending->client, sending->row.text, &word, &file);
	if (r < 0) {
		return r;
	}

	sending->reveals = word;
	if (!word || sending->anyway) {
		return 0;
	}
	return reply_error(
		sending->reply, 422,
		"\"%s\" gives the treatment away (%s); write what does not, or send it with "
		"--anyway --why W",
		word->written, file);
}

/* Only she can take her own STOP back by text; staff need her word. */
static int refuse(const struct sending *sending)
{
	struct person person = { 0 };
	int r = people_get(sending->ctx.db, sending->client->id, &person);
	bool her_own = person.consent == CONSENT_WITHDRAWN && !person.by_staff;

	return r < 0 ? r
		     : reply_error(sending->reply, 409, "%s gets no text: %s%s",
				   sending->client->id, sending->permit.reason,
				   her_own ? ": needs START" : "");
}

/* A loop in a script, or a key that sticks, must not fill a client's phone. */
static int check_by_hand(struct sending *sending)
{
	const char *id = sending->client->id;
	int count = 0;
	int r = outbox_count_by_hand(sending->ctx.db, id, sending->ctx.now - HF_DAY, &count);

	if (r != 0 || count < BY_HAND_MOST) {
		return r;
	}
	if (count >= BY_HAND_ANYWAY) {
		log_error("client=%s: %d texts by hand in 24 hours, one more was refused to uid=%u",
			  id, count, (unsigned)sending->request->uid);
		return reply_error(sending->reply, 429,
				   "%s has been sent %d texts by hand in 24 hours, which is the "
				   "most; call instead",
				   id, count);
	}
	if (sending->anyway) {
		return 0;
	}
	return reply_error(
		sending->reply, 429,
		"%s has been sent %d texts by hand in 24 hours; call instead, or send it "
		"with --anyway --why W",
		id, count);
}

static int check_permit(struct sending *sending)
{
	int r = permit_check(&sending->ctx, sending->client, &sending->row, &sending->permit);

	if (r < 0) {
		return r;
	}
	return sending->permit.verdict == PERMIT_CANCEL || sending->permit.verdict == PERMIT_EXPIRE
		       ? refuse(sending)
		       : 0;
}

static int audit(const struct sending *sending)
{
	char detail[64];
	const struct caller_act act = { .verb = sending->replies ? "reply" : "send",
					.client = sending->client->id,
					.detail = detail,
					.why = sending->why };

	(void)snprintf(detail, sizeof(detail), "text %" PRId64 "%s", sending->row.id,
		       sending->reveals ? ", words that give away" : "");
	return caller_audit(sending->host, sending->request, &act);
}

/* The key of a row is client, reminder and occurrence: a second text at the same instant has the
 * next number. */
static int add_row(struct sending *sending)
{
	char reminder[REMINDER_MAX];
	int r = OUTBOX_E_DUPLICATE;

	sending->row.reminder = reminder;
	for (int n = 1; r == OUTBOX_E_DUPLICATE && n <= SAME_INSTANT_MAX; n++) {
		(void)snprintf(reminder, sizeof(reminder), "%s-%d",
			       sending->replies ? "reply" : "send", n);
		r = outbox_add(sending->ctx.db, &sending->row, sending->ctx.now, &sending->row.id);
	}
	sending->row.reminder = NULL;
	return r > 0 ? -EEXIST : r;
}

static int queue(struct sending *sending)
{
	struct db *db = sending->ctx.db;
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = add_row(sending);
	if (r == 0 && sending->replies) {
		r = conversation_begin(db, sending->ctx.model, sending->client->id,
				       sending->ctx.now, &sending->talking);
		/* Nobody need be told of her any more. */
		r = r ? r
		      : cases_replied(db, sending->client->id, sending->author, sending->ctx.now);
	}
	r = r ? r : audit(sending);
	return db_end(db, r);
}

static int reply_queued(const struct sending *sending)
{
	const struct permit *permit = &sending->permit;
	const struct text_cost *cost = &sending->composed.cost;
	const struct zone *zone = sending->client->zone;
	bool waits = permit->verdict == PERMIT_WAIT;
	json_t *object = JSON_OBJECT({
		{ "id", json_integer(sending->row.id) },
		{ "client", json_string(sending->client->id) },
		{ "due", json_time(waits ? permit->until : sending->ctx.now, zone) },
		{ "reason", json_or_null(waits ? permit->reason : NULL) },
		{ "segments", json_integer(cost->segments) },
		{ "encoding", json_string(text_encoding_word(cost->encoding)) },
		{ "conversation", json_time(sending->talking, zone) },
	});

	return reply_with(sending->reply, 200, object);
}

/* All that is to be done with a text that was asked for right. */
static int check_and_queue(struct sending *sending)
{
	const struct api_host *host = sending->host;
	int r = check_words(sending);

	r = r ? r : check_discretion(sending);
	r = r ? r : check_by_hand(sending);
	r = r ? r : check_permit(sending);
	r = r ? r : queue(sending);
	if (r != 0) {
		return r;
	}

	log_notice("text %" PRId64 " for %s asked for by uid=%u", sending->row.id,
		   sending->client->id, (unsigned)sending->request->uid);
	host->changed(host->userdata);
	return reply_queued(sending);
}

static int read_send(struct sending *sending)
{
	const char *id = json_text(sending->body, "client");
	const char *text = json_text(sending->body, "text");
	const char *message = json_text(sending->body, "message");
	int r;

	if (!id || !text == !message) {
		return reply_error(sending->reply, 400,
				   "say {\"client\": ID, \"text\": TEXT} or {\"client\": "
				   "ID, \"message\": NAME}");
	}
	r = find_client(sending, id);
	if (r != 0) {
		return r;
	}
	if (message && !model_wording(sending->ctx.model, sending->client, message)) {
		return reply_error(sending->reply, 404,
				   "no message of that name; see messages/%s.conf",
				   sending->client->language);
	}
	return prepare_row(sending, message, text);
}

int post_send(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(sending_done) struct sending sending = { 0 };
	int r = sending_begin(&sending, host, request, reply);

	r = r ? r : read_send(&sending);
	return r ? r : check_and_queue(&sending);
}

/* --- replies ---------------------------------------------------------------------- */

static int end_conversation(const struct sending *sending)
{
	const struct client *client = sending->client;
	struct caller_act act = { .verb = "reply",
				  .client = client->id,
				  .detail = "conversation over" };
	struct db *db = sending->ctx.db;
	int r = caller_why(sending->body, false, sending->reply, &act.why);

	r = r ? r : db_begin(db);
	if (r != 0) {
		return r;
	}

	r = conversation_end(db, client->id, sending->ctx.now);
	r = r ? r : caller_audit(sending->host, sending->request, &act);
	r = db_end_answered(db, r);
	if (r == CONVERSATION_E_NONE) {
		return reply_error(sending->reply, 409, "no conversation with %s is under way",
				   client->id);
	}
	if (r != 0) {
		return r;
	}

	sending->host->changed(sending->host->userdata);
	return reply_with(sending->reply, 200,
			  JSON_OBJECT({
				  { "client", json_string(client->id) },
				  { "conversation", json_null() },
			  }));
}

int post_reply(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(sending_done) struct sending sending = { .replies = true };
	const char *text;
	int r = sending_begin(&sending, host, request, reply);

	r = r ? r : find_client(&sending, request->id);
	if (r != 0) {
		return r;
	}

	text = json_text(sending.body, "text");
	if (json_truth(sending.body, "end", false) && !text) {
		return end_conversation(&sending);
	}
	if (!text) {
		return reply_error(reply, 400, "say {\"text\": TEXT}, or {\"end\": true}");
	}
	r = prepare_row(&sending, NULL, text);
	return r ? r : check_and_queue(&sending);
}
