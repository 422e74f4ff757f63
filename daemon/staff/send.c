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
#include "engine/compose.h"
#include "engine/permit.h"
#include "engine/talk.h"

#define GOOD_FOR         HF_DAY /* after it first may go */
#define SAME_INSTANT_MAX 1000   /* by hand to one client; only a clock that stands still has more */
#define REMINDER_MAX     24

struct outgoing {
	const struct client *client;
	struct outbox_message row;
	struct composed composed;
	struct permit permit;
	const char *why;
	bool anyway, open; /* words that give away are meant; there are some */
	bool replies;
	hf_time talking; /* a reply: until then automation holds */
};

static void outgoing_done(struct outgoing *out)
{
	composed_done(&out->composed);
}

static int find_client(const struct api_host *host, const char *id, struct reply *reply,
		       struct outgoing *out)
{
	out->client = model_client(service_model(host->service), id);
	if (!out->client) {
		return reply_error(reply, 404, "no such client; see holdfastctl clients");
	}
	return 0;
}

/* What both kinds have in common. */
static int read_common(const json_t *body, const char *message, const char *text,
		       struct reply *reply, struct outgoing *out)
{
	out->anyway = json_truth(body, "anyway", false);
	out->row = (struct outbox_message){
		.client = out->client->id,
		.kind = out->replies ? KIND_REPLY : KIND_ONE_OFF,
		.lead = "",
		.priority = out->replies ? OUTBOX_URGENT : OUTBOX_AUTOMATIC,
		.message = message,
		.text = text,
	};
	return caller_why(body, out->anyway, reply, &out->why);
}

static int read_body(const struct api_host *host, const json_t *body, struct reply *reply,
		     struct outgoing *out)
{
	const struct model *model = service_model(host->service);
	const char *id = json_text(body, "client");
	const char *text = json_text(body, "text"), *message = json_text(body, "message");
	int r;

	if (!id || !text == !message) {
		return reply_error(reply, 400,
				   "say {\"client\": ID, \"text\": TEXT} or {\"client\": "
				   "ID, \"message\": NAME}");
	}
	r = find_client(host, id, reply, out);
	if (r != 0) {
		return r;
	}
	if (message && !model_message(model, out->client->language, message)) {
		return reply_error(reply, 404, "no message of that name; see messages/%s.conf",
				   out->client->language);
	}
	return read_common(body, message, text, reply, out);
}

static void set_times(const struct api_host *host, struct outgoing *out, hf_time now)
{
	const struct texting *texting = &service_model(host->service)->texting;

	out->row.occurrence = out->row.due = out->row.next_try = now;
	out->row.expires = permit_opening(texting, out->client->zone, now) + GOOD_FOR;
}

static int check_words(const struct api_host *host, struct reply *reply, struct outgoing *out)
{
	const struct model *model = service_model(host->service);
	const char *text = out->row.text;
	int r;

	if (text && (!*text || !text_is_utf8(text))) {
		return reply_error(reply, 400, "the text is empty or not UTF-8");
	}
	r = compose(model, out->client, &out->row, &out->composed);
	if (r == COMPOSE_E_LONG) {
		return reply_error(reply, 400, "the text is longer than %d segments; shorten it",
				   model->texting.max_segments);
	}
	if (r > 0) {
		return reply_error(reply, 400,
				   "a field of that message has no value for %s; write a text",
				   out->client->id);
	}
	return r;
}

/* The messages of the configuration were looked at when it was loaded. */
static int check_discretion(const struct api_host *host, struct reply *reply, struct outgoing *out)
{
	const struct model *model = service_model(host->service);
	const struct word *word = NULL;
	const char *file;
	int r;

	if (!out->row.text) {
		return 0;
	}
	r = discretion_text(model, out->client, out->row.text, &word, &file);
	if (r < 0) {
		return r;
	}

	out->open = word;
	if (!word || out->anyway) {
		return 0;
	}
	return reply_error(
		reply, 422,
		"\"%s\" gives the treatment away (%s); write what does not, or send it with "
		"--anyway --why W",
		word->written, file);
}

/* Only she can take her own STOP back by text; staff need her word. */
static int refuse(const struct api_host *host, struct reply *reply, const struct outgoing *out)
{
	struct person person = { 0 };
	int r = people_get(service_db(host->service), out->client->id, &person);
	bool her_own = person.consent == CONSENT_WITHDRAWN && !person.by_staff;

	return r < 0 ? r
		     : reply_error(reply, 409, "%s gets no text: %s%s", out->client->id,
				   out->permit.reason, her_own ? ": needs START" : "");
}

static int check_permit(const struct api_host *host, struct reply *reply, struct outgoing *out,
			hf_time now)
{
	const struct engine_context ctx = service_context(host->service, now);
	int r = permit_check(&ctx, out->client, &out->row, &out->permit);

	if (r < 0) {
		return r;
	}

	if (out->permit.verdict == PERMIT_CANCEL || out->permit.verdict == PERMIT_EXPIRE) {
		return refuse(host, reply, out);
	}
	return 0;
}

static int audit(const struct api_host *host, const struct request *request,
		 const struct outgoing *out)
{
	char detail[64];
	const struct caller_act act = { .verb = out->replies ? "reply" : "send",
					.client = out->client->id,
					.detail = detail,
					.why = out->why };

	(void)snprintf(detail, sizeof(detail), "text %" PRId64 "%s", out->row.id,
		       out->open ? ", words that give away" : "");
	return caller_audit(host, request, &act);
}

/* The key of a row is client, reminder and occurrence: a second text at the same instant has the
 * next number. */
static int add_row(const struct api_host *host, struct outgoing *out, hf_time now)
{
	char reminder[REMINDER_MAX];
	int r = OUTBOX_E_DUPLICATE;

	out->row.reminder = reminder;
	for (int n = 1; r == OUTBOX_E_DUPLICATE && n <= SAME_INSTANT_MAX; n++) {
		(void)snprintf(reminder, sizeof(reminder), "%s-%d", out->replies ? "reply" : "send",
			       n);
		r = outbox_add(service_db(host->service), &out->row, now, &out->row.id);
	}
	out->row.reminder = NULL;
	return r > 0 ? -EEXIST : r;
}

static int queue(const struct api_host *host, const struct request *request, struct outgoing *out,
		 hf_time now)
{
	struct db *db = service_db(host->service);
	int r = db_begin(db);

	if (r != 0) {
		return r;
	}

	r = add_row(host, out, now);
	if (r == 0 && out->replies) {
		r = talk_begin(db, service_model(host->service), out->client->id, now,
			       &out->talking);
	}
	r = r ? r : audit(host, request, out);
	return db_end(db, r);
}

static int reply_queued(struct reply *reply, const struct outgoing *out, hf_time now)
{
	const struct zone *zone = out->client->zone;
	bool waits = out->permit.verdict == PERMIT_WAIT;

	return reply_with(reply, 200,
			  JSON_OBJECT({
				  { "id", json_integer(out->row.id) },
				  { "client", json_string(out->client->id) },
				  { "due", json_time(waits ? out->permit.until : now, zone) },
				  { "reason", json_or_null(waits ? out->permit.reason : NULL) },
				  { "segments", json_integer(out->composed.cost.segments) },
				  { "encoding",
				    json_string(text_encoding_word(out->composed.cost.encoding)) },
				  { "conversation", json_time(out->talking, zone) },
			  }));
}

/* All that is to be done with a text that was asked for right. */
static int queue_text(const struct api_host *host, const struct request *request,
		      struct reply *reply, struct outgoing *out)
{
	hf_time now = clock_now(host->clock);
	int r;

	set_times(host, out, now);
	r = check_words(host, reply, out);
	r = r ? r : check_discretion(host, reply, out);
	r = r ? r : check_permit(host, reply, out, now);
	r = r ? r : queue(host, request, out, now);
	if (r != 0) {
		return r;
	}

	log_notice("text %" PRId64 " for %s asked for by uid=%u", out->row.id, out->client->id,
		   (unsigned)request->uid);
	host->changed(host->userdata);
	return reply_queued(reply, out, now);
}

int post_send(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *body = NULL;
	_cleanup_(outgoing_done) struct outgoing out = { 0 };
	int r = request_json(request, reply, &body);

	r = r ? r : read_body(host, body, reply, &out);
	return r ? r : queue_text(host, request, reply, &out);
}

/* --- replies ---------------------------------------------------------------------- */

static int end_conversation(const struct api_host *host, const struct request *request,
			    struct reply *reply, const json_t *body, const struct client *client)
{
	struct caller_act act = { .verb = "reply",
				  .client = client->id,
				  .detail = "conversation over" };
	struct db *db = service_db(host->service);
	int r = caller_why(body, false, reply, &act.why);

	r = r ? r : db_begin(db);
	if (r != 0) {
		return r;
	}

	r = talk_end(db, client->id, clock_now(host->clock));
	r = r ? r : caller_audit(host, request, &act);
	r = db_end_answered(db, r);
	if (r == TALK_E_NONE) {
		return reply_error(reply, 409, "no conversation with %s is under way", client->id);
	}
	if (r != 0) {
		return r;
	}

	host->changed(host->userdata);
	return reply_with(reply, 200,
			  JSON_OBJECT({
				  { "client", json_string(client->id) },
				  { "conversation", json_null() },
			  }));
}

int post_reply(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) json_t *body = NULL;
	_cleanup_(outgoing_done) struct outgoing out = { .replies = true };
	const char *text;
	int r;

	r = request_json(request, reply, &body);
	r = r ? r : find_client(host, request->id, reply, &out);
	if (r != 0) {
		return r;
	}

	text = json_text(body, "text");
	if (json_truth(body, "end", false) && !text) {
		return end_conversation(host, request, reply, body, out.client);
	}
	if (!text) {
		return reply_error(reply, 400, "say {\"text\": TEXT}, or {\"end\": true}");
	}
	r = read_common(body, NULL, text, reply, &out);
	return r ? r : queue_text(host, request, reply, &out);
}
