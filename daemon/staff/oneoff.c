/*
 * Texts by hand.
 *
 * Promises: such a text is composed, permitted and recorded like any other; one
 * that could never go out, or that gives the treatment away, is refused at once,
 * with the reason; log and audit say who asked for it and never what it said.
 */
#include "staff/oneoff.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "data/discretion.h"
#include "flow/compose.h"
#include "flow/permit.h"
#include "staff/caller.h"

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
};

static void oneoff_done(struct oneoff *oneoff)
{
	composed_done(&oneoff->composed);
}

/* From here on a positive answer says that the reply is filled: it says no. */

static int read_body(const struct api_host *host, const struct json *body, struct reply *reply,
		     struct oneoff *oneoff)
{
	const struct model *model = service_model(host->service);
	const char *id = json_text(body, "client");
	const char *text = json_text(body, "text"), *message = json_text(body, "message");

	if (!id || !text == !message) {
		return said_no(reply_error(reply, 400,
					   "say {\"client\": ID, \"text\": TEXT} or {\"client\": "
					   "ID, \"message\": NAME}"));
	}
	oneoff->client = model_client(model, id);
	if (!oneoff->client) {
		return said_no(reply_error(reply, 404, "no such client; see holdfastctl clients"));
	}
	if (message && !model_message(model, oneoff->client->language, message)) {
		return said_no(reply_error(reply, 404,
					   "no message of that name; see messages/%s.conf",
					   oneoff->client->language));
	}

	oneoff->anyway = json_truth(body, "anyway", false);
	oneoff->row = (struct outbox_message){ .client = oneoff->client->id,
					       .kind = KIND_ONE_OFF,
					       .lead = "",
					       .priority = OUTBOX_AUTOMATIC,
					       .message = message,
					       .text = text };
	return caller_why(body, oneoff->anyway, reply, &oneoff->why);
}

static void set_times(const struct api_host *host, struct oneoff *oneoff, hf_time now)
{
	const struct texting *texting = &service_model(host->service)->texting;

	oneoff->row.occurrence = oneoff->row.due = oneoff->row.next_try = now;
	oneoff->row.expires = permit_opening(texting, oneoff->client->zone, now) + GOOD_FOR;
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
	r = discretion_text(model->word_lists, model->word_list_count, oneoff->client,
			    oneoff->row.text, &word, &file);
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
		return said_no(reply_error(reply, 409, "%s gets no text: %s", oneoff->client->id,
					   oneoff->permit.reason));
	}
	return 0;
}

static int record(const struct api_host *host, const struct request *request,
		  const struct oneoff *oneoff)
{
	char detail[64];
	const struct caller_act act = {
		.verb = "send", .client = oneoff->client->id, .detail = detail, .why = oneoff->why
	};

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
		(void)snprintf(reminder, sizeof(reminder), "send-%d", n);
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
	r = r ? r : record(host, request, oneoff);
	if (r != 0) {
		db_rollback(db);
		return r;
	}

	return db_commit(db);
}

static int reply_queued(struct reply *reply, const struct oneoff *oneoff, hf_time now)
{
	_cleanup_(json_freep) struct json *object = json_new_object();
	bool waits = oneoff->permit.verdict == PERMIT_WAIT;

	if (!object || json_put_int(object, "id", oneoff->row.id) != 0 ||
	    json_put_text(object, "client", oneoff->client->id) != 0 ||
	    json_put_time(object, "due", waits ? oneoff->permit.until : now,
			  oneoff->client->zone) != 0 ||
	    json_put_text(object, "reason", waits ? oneoff->permit.reason : NULL) != 0 ||
	    json_put_int(object, "segments", oneoff->composed.cost.segments) != 0 ||
	    json_put_text(object, "encoding", text_encoding_word(oneoff->composed.cost.encoding)) !=
		    0) {
		return -ENOMEM;
	}
	return reply_with(reply, 200, take_ptr(object));
}

int oneoff_send(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(json_freep) struct json *body = NULL;
	_cleanup_(oneoff_done) struct oneoff oneoff = { 0 };
	hf_time now = clock_now(host->clock);
	int r;

	r = json_read(request->body ? request->body : "", request->body_size, &body);
	if (r > 0) {
		return reply_error(reply, 400, "the body is not JSON");
	}
	if (r == 0) {
		r = read_body(host, body, reply, &oneoff);
	}
	if (r == 0) {
		set_times(host, &oneoff, now);
		r = check_words(host, reply, &oneoff);
	}
	if (r == 0) {
		r = check_discretion(host, reply, &oneoff);
	}
	if (r == 0) {
		r = check_permit(host, reply, &oneoff, now);
	}
	if (r == 0) {
		r = queue(host, request, &oneoff, now);
	}
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	log_notice("text %" PRId64 " for %s asked for by uid=%u", oneoff.row.id, oneoff.client->id,
		   (unsigned)request->uid);
	host->changed(host->userdata);
	return reply_queued(reply, &oneoff, now);
}
