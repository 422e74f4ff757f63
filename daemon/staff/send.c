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
#include <string.h>

#include "lib/log.h"
#include "config/discretion.h"
#include "engine/compose.h"
#include "engine/permit.h"
#include "engine/talk.h"
#include "engine/window.h"

#define GOOD_FOR         HF_DAY /* after it first may go */
#define SAME_INSTANT_MAX 1000   /* by hand to one client; only a clock that stands still has more */
#define REMINDER_MAX     24

struct oneoff {
	const struct client *client;
	struct outbox_message row;
	struct composed composed;
	struct permit permit;
	const char *why;
	bool anyway, open; /* words that give away are meant; there are some */
	bool replies;
	hf_time talking; /* a reply: until then automation holds */
};

static void oneoff_done(struct oneoff *oneoff)
{
	composed_done(&oneoff->composed);
}

/* From here on a positive answer says that the reply is filled: it says no. */

static int find_client(const struct api_host *host, const char *id, struct reply *reply,
		       struct oneoff *oneoff)
{
	oneoff->client = model_client(service_model(host->service), id);
	if (!oneoff->client) {
		return said_no(reply_error(reply, 404, "no such client; see holdfastctl clients"));
	}
	return 0;
}

/* What both kinds have in common. */
static int take(const json_t *body, const char *message, const char *text, struct reply *reply,
		struct oneoff *oneoff)
{
	oneoff->anyway = json_truth(body, "anyway", false);
	oneoff->row = (struct outbox_message){
		.client = oneoff->client->id,
		.kind = oneoff->replies ? KIND_REPLY : KIND_ONE_OFF,
		.lead = "",
		.priority = oneoff->replies ? OUTBOX_URGENT : OUTBOX_AUTOMATIC,
		.message = message,
		.text = text,
	};
	return caller_why(body, oneoff->anyway, reply, &oneoff->why);
}

static int read_body(const struct api_host *host, const json_t *body, struct reply *reply,
		     struct oneoff *oneoff)
{
	const struct model *model = service_model(host->service);
	const char *id = json_text(body, "client");
	const char *text = json_text(body, "text"), *message = json_text(body, "message");
	int r;

	if (!id || !text == !message) {
		return said_no(reply_error(reply, 400,
					   "say {\"client\": ID, \"text\": TEXT} or {\"client\": "
					   "ID, \"message\": NAME}"));
	}
	r = find_client(host, id, reply, oneoff);
	if (r != 0) {
		return r;
	}
	if (message && !model_message(model, oneoff->client->language, message)) {
		return said_no(reply_error(reply, 404,
					   "no message of that name; see messages/%s.conf",
					   oneoff->client->language));
	}
	return take(body, message, text, reply, oneoff);
}

static void set_times(const struct api_host *host, struct oneoff *oneoff, hf_time now)
{
	const struct texting *texting = &service_model(host->service)->texting;

	oneoff->row.occurrence = oneoff->row.due = oneoff->row.next_try = now;
	oneoff->row.expires = window_opening(texting, oneoff->client->zone, now) + GOOD_FOR;
}

static int check_words(const struct api_host *host, struct reply *reply, struct oneoff *oneoff)
{
	const struct model *model = service_model(host->service);
	const char *text = oneoff->row.text;
	int r;

	if (text && (!*text || !text_is_utf8(text))) {
		return said_no(reply_error(reply, 400, "the text is empty or not UTF-8"));
	}
	r = compose(model, oneoff->client, &oneoff->row, &oneoff->composed);
	if (r == COMPOSE_E_LONG) {
		return said_no(reply_error(reply, 400,
					   "the text is longer than %d segments; shorten it",
					   model->texting.max_segments));
	}
	if (r > 0) {
		return said_no(reply_error(
			reply, 400, "a field of that message has no value for %s; write a text",
			oneoff->client->id));
	}
	return r;
}

/* The messages of the configuration were looked at when it was loaded. */
static int check_discretion(const struct api_host *host, struct reply *reply, struct oneoff *oneoff)
{
	const struct model *model = service_model(host->service);
	const struct word *word = NULL;
	const char *file;
	int r;

	if (!oneoff->row.text) {
		return 0;
	}
	r = discretion_text(model, oneoff->client, oneoff->row.text, &word, &file);
	if (r < 0) {
		return r;
	}

	oneoff->open = word;
	if (!word || oneoff->anyway) {
		return 0;
	}
	return said_no(reply_error(
		reply, 422,
		"\"%s\" gives the treatment away (%s); write what does not, or send it with "
		"--anyway --why W",
		word->written, file));
}

/* Only she can take her own STOP back by text; staff need her word. */
static int refuse(const struct api_host *host, struct reply *reply, const struct oneoff *oneoff)
{
	struct person person = { 0 };
	int r = people_get(service_db(host->service), oneoff->client->id, &person);
	bool her_own = person.consent == CONSENT_WITHDRAWN && !person.by_staff;

	return r < 0 ? r
		     : said_no(reply_error(reply, 409, "%s gets no text: %s%s", oneoff->client->id,
					   oneoff->permit.reason, her_own ? ": needs START" : ""));
}

static int check_permit(const struct api_host *host, struct reply *reply, struct oneoff *oneoff,
			hf_time now)
{
	int r;

	r = permit_check(service_db(host->service), service_model(host->service), oneoff->client,
			 &oneoff->row, now, &oneoff->permit);
	if (r < 0) {
		return r;
	}

	if (oneoff->permit.verdict == PERMIT_CANCEL || oneoff->permit.verdict == PERMIT_EXPIRE) {
		return refuse(host, reply, oneoff);
	}
	return 0;
}

static int record(const struct api_host *host, const struct request *request,
		  const struct oneoff *oneoff)
{
	char detail[64];
	const struct caller_act act = { .verb = oneoff->replies ? "reply" : "send",
					.client = oneoff->client->id,
					.detail = detail,
					.why = oneoff->why };

	(void)snprintf(detail, sizeof(detail), "text %" PRId64 "%s", oneoff->row.id,
		       oneoff->open ? ", words that give away" : "");
	return caller_audit(host, request, &act);
}

/* The key of a row is client, reminder and occurrence: a second text at the same instant has the
 * next number. */
static int add_row(const struct api_host *host, struct oneoff *oneoff, hf_time now)
{
	char reminder[REMINDER_MAX];
	int r = OUTBOX_E_DUPLICATE;

	oneoff->row.reminder = reminder;
	for (int n = 1; r == OUTBOX_E_DUPLICATE && n <= SAME_INSTANT_MAX; n++) {
		(void)snprintf(reminder, sizeof(reminder), "%s-%d",
			       oneoff->replies ? "reply" : "send", n);
		r = outbox_add(service_db(host->service), &oneoff->row, now, &oneoff->row.id);
	}
	oneoff->row.reminder = NULL;
	return r > 0 ? -EEXIST : r;
}

static int queue(const struct api_host *host, const struct request *request, struct oneoff *oneoff,
		 hf_time now)
{
	struct db *db = service_db(host->service);
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = add_row(host, oneoff, now);
	if (r == 0 && oneoff->replies) {
		r = talk_begin(db, service_model(host->service), oneoff->client->id, now,
			       &oneoff->talking);
	}
	r = r ? r : record(host, request, oneoff);
	if (r != 0) {
		db_rollback(db);
		return r;
	}

	return db_commit(db);
}

static int reply_queued(struct reply *reply, const struct oneoff *oneoff, hf_time now)
{
	_cleanup_(json_freep) json_t *object = json_new_object();
	bool waits = oneoff->permit.verdict == PERMIT_WAIT;

	if (!object || json_put_int(object, "id", oneoff->row.id) != 0 ||
	    json_put_text(object, "client", oneoff->client->id) != 0 ||
	    json_put_time(object, "due", waits ? oneoff->permit.until : now,
			  oneoff->client->zone) != 0 ||
	    json_put_text(object, "reason", waits ? oneoff->permit.reason : NULL) != 0 ||
	    json_put_int(object, "segments", oneoff->composed.cost.segments) != 0 ||
	    json_put_text(object, "encoding", text_encoding_word(oneoff->composed.cost.encoding)) !=
		    0 ||
	    json_put_time(object, "conversation", oneoff->talking, oneoff->client->zone) != 0) {
		return -ENOMEM;
	}
	return reply_with(reply, 200, take_ptr(object));
}

static int read_json(const struct request *request, struct reply *reply, json_t **ret_body)
{
	int r = json_read(request->body ? request->body : "", request->body_size, ret_body);

	return r > 0 ? said_no(reply_error(reply, 400, "the body is not JSON")) : r;
}

/* All that is to be done with a text that was asked for right. */
static int send(const struct api_host *host, const struct request *request, struct reply *reply,
		struct oneoff *oneoff)
{
	hf_time now = clock_now(host->clock);
	int r;

	set_times(host, oneoff, now);
	r = check_words(host, reply, oneoff);
	r = r ? r : check_discretion(host, reply, oneoff);
	r = r ? r : check_permit(host, reply, oneoff, now);
	r = r ? r : queue(host, request, oneoff, now);
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	log_notice("text %" PRId64 " for %s asked for by uid=%u", oneoff->row.id,
		   oneoff->client->id, (unsigned)request->uid);
	host->changed(host->userdata);
	return reply_queued(reply, oneoff, now);
}

int post_send(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *body = NULL;
	_cleanup_(oneoff_done) struct oneoff oneoff = { 0 };
	int r;

	r = read_json(request, reply, &body);
	r = r ? r : read_body(host, body, reply, &oneoff);
	if (r != 0) {
		return r < 0 ? r : 0;
	}
	return send(host, request, reply, &oneoff);
}

/* --- replies ---------------------------------------------------------------------- */

static int end_talk(const struct api_host *host, const struct request *request,
		    const struct client *client, const char *why)
{
	const struct caller_act act = {
		.verb = "reply", .client = client->id, .detail = "conversation over", .why = why
	};
	struct db *db = service_db(host->service);
	int r = db_begin(db), ended;

	if (r != 0) {
		return r;
	}

	ended = talk_end(db, client->id, clock_now(host->clock));
	r = ended == 0 ? caller_audit(host, request, &act) : 0;
	if (ended < 0 || r != 0) {
		db_rollback(db);
		return ended < 0 ? ended : r;
	}

	r = db_commit(db);
	return r ? r : ended;
}

static int end(const struct api_host *host, const struct request *request, struct reply *reply,
	       const json_t *body, const struct client *client)
{
	_cleanup_(json_freep) json_t *object = json_new_object();
	const char *why = "";
	int r = caller_why(body, false, reply, &why);

	if (r != 0) {
		return r < 0 ? r : 0;
	}
	r = end_talk(host, request, client, why);
	if (r == TALK_E_NONE) {
		return reply_error(reply, 409, "no conversation with %s is under way", client->id);
	}
	if (r != 0) {
		return r;
	}

	host->changed(host->userdata);
	if (!object || json_put_text(object, "client", client->id) != 0 ||
	    json_put_text(object, "conversation", NULL) != 0) {
		return -ENOMEM;
	}
	return reply_with(reply, 200, take_ptr(object));
}

int post_reply(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *body = NULL;
	_cleanup_(oneoff_done) struct oneoff oneoff = { .replies = true };
	const char *text;
	int r;

	r = read_json(request, reply, &body);
	r = r ? r : find_client(host, request->id, reply, &oneoff);
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	text = json_text(body, "text");
	if (json_truth(body, "end", false) && !text) {
		return end(host, request, reply, body, oneoff.client);
	}
	if (!text) {
		return reply_error(reply, 400, "say {\"text\": TEXT}, or {\"end\": true}");
	}
	r = take(body, NULL, text, reply, &oneoff);
	if (r != 0) {
		return r < 0 ? r : 0;
	}
	return send(host, request, reply, &oneoff);
}
