/*
 * Pause, resume, stop, setback, consent.
 *
 * Promises: the act, what it does to texts that wait, and its line in the audit
 * are committed together or not at all; the log says who did what to which handle,
 * never why.  Dangerous: a text that a courier has already is not called back.
 */
#include "staff/routes.h"

#include <errno.h>
#include <string.h>

#include "lib/log.h"
#include "store/checkins.h"
#include "store/outbox.h"
#include "store/pauses.h"
#include "engine/optout.h"
#include "engine/permit.h"
#include "engine/setback.h"

/* Of a ledger entry: a word or two. */
#define SOURCE_MAX        40
#define SOURCE_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -"

struct halt {
	const struct api_host *host;
	const struct request *request;
	const struct client *client;
	struct db *db;
	json_t *body;
	const char *why;
	char user[CALLER_NAME_MAX];
	hf_time now;
	struct civil today; /* where the client is */
};

static void halt_done(struct halt *halt)
{
	halt->body = json_free(halt->body);
}

/* A positive answer says that the reply is filled: it says no. */
static int begin(const struct api_host *host, const struct request *request, struct reply *reply,
		 struct halt *halt)
{
	int r;

	*halt = (struct halt){ .host = host,
			       .request = request,
			       .client = model_client(service_model(host->service), request->id),
			       .db = service_db(host->service),
			       .now = clock_now(host->clock) };
	if (!halt->client) {
		return said_no(reply_error(reply, 404, "no client %s; see holdfastctl clients",
					   request->id));
	}

	r = json_read(request->body ? request->body : "", request->body_size, &halt->body);
	if (r > 0) {
		return said_no(reply_error(reply, 400, "the body is not JSON"));
	}
	r = r ? r : caller_why(halt->body, true, reply, &halt->why);
	if (r != 0) {
		return r;
	}

	caller_name(request->uid, halt->user);
	halt->today = zone_civil(halt->client->zone, halt->now);
	return 0;
}

/* The end of the transaction in which r came about. */
static int finish(struct halt *halt, int r, const char *verb, const char *detail)
{
	const struct caller_act act = {
		.verb = verb, .client = halt->client->id, .detail = detail, .why = halt->why
	};

	r = r ? r : caller_audit(halt->host, halt->request, &act);
	if (r != 0) {
		db_rollback(halt->db);
		return r < 0 ? r : -EINVAL;
	}

	r = db_commit(halt->db);
	if (r == 0) {
		log_notice("%s of %s asked for by uid=%u", verb, halt->client->id,
			   (unsigned)halt->request->uid);
		halt->host->changed(halt->host->userdata);
	}
	return r;
}

static int reply_standing(struct reply *reply, const struct halt *halt)
{
	_cleanup_(json_freep) json_t *object = json_new_object();
	int r = object ? json_put_text(object, "client", halt->client->id) : -ENOMEM;

	r = r ? r : client_status_put(object, halt->host, halt->client);
	return r ? r : reply_with(reply, 200, take_ptr(object));
}

/* --- pause ------------------------------------------------------------------ */

static int read_until(const struct halt *halt, struct reply *reply, struct civil *ret_until)
{
	const char *text = json_text(halt->body, "until");
	struct civil until = { 0 };

	if (!text && json_get(halt->body, "until")) {
		return said_no(reply_error(reply, 400, "until is a date: 2026-12-01"));
	}
	if (text && civil_parse_date(text, &until) < 0) {
		return said_no(reply_error(reply, 400, "until is a date: 2026-12-01"));
	}
	if (text && civil_to_days(&until) < civil_to_days(&halt->today)) {
		return said_no(reply_error(reply, 400,
					   "that day is over where %s lives; name a later one",
					   halt->client->id));
	}

	*ret_until = until;
	return 0;
}

int post_pause(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(halt_done) struct halt halt = { 0 };
	struct staff_pause pause = { 0 };
	char detail[UNTIL_WORDS_MAX + sizeof("until ")], date[UNTIL_WORDS_MAX];
	int r;

	r = begin(host, request, reply, &halt);
	r = r ? r : read_until(&halt, reply, &pause.until);
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	r = db_begin(halt.db);
	if (r != 0) {
		return r;
	}
	pause.at = halt.now;
	pause.by = halt.user;
	pause.why = halt.why;
	(void)snprintf(detail, sizeof(detail), "until %s", until_words(&pause.until, date));
	r = pauses_begin(halt.db, halt.client->id, &pause);
	r = r ? r : checkins_pass(halt.db, halt.client->id);
	r = finish(&halt, r, "pause", detail);
	return r ? r : reply_standing(reply, &halt);
}

/* --- resume ----------------------------------------------------------------- */

/* No pause was made by command: is another the reason why she hears nothing? */
static int refuse_resume(const struct halt *halt, struct reply *reply)
{
	char date[UNTIL_WORDS_MAX];
	struct civil until;

	if (client_paused(halt->client, &halt->today, &until)) {
		return reply_error(reply, 409,
				   "%s is paused by the configuration until %s: edit \"pause\" in "
				   "%s, then holdfastctl reload",
				   halt->client->id, until_words(&until, date), halt->client->file);
	}
	return reply_error(reply, 409, "%s is not paused; see holdfastctl client %s",
			   halt->client->id, halt->client->id);
}

int post_resume(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(halt_done) struct halt halt = { 0 };
	int r;

	r = begin(host, request, reply, &halt);
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	r = db_begin(halt.db);
	if (r != 0) {
		return r;
	}
	r = pauses_end(halt.db, halt.client->id, &halt.today, halt.now);
	if (r == PAUSES_E_NONE) {
		/* Nothing was written, and an outer transaction may go on. */
		r = db_commit(halt.db);
		return r ? r : refuse_resume(&halt, reply);
	}

	r = r ? r : outbox_wake(halt.db, halt.client->id, halt.now);
	r = finish(&halt, r, "resume", NULL);
	return r ? r : reply_standing(reply, &halt);
}

/* --- consent -------------------------------------------------------------------- */

static int withdraw(const struct halt *halt, const char *source, const char *reason)
{
	const struct optout optout = { .client = halt->client->id,
				       .phone = halt->client->phone,
				       .source = source,
				       .by = halt->user,
				       .reason = reason };

	return optout_take(halt->db, &optout, halt->now);
}

int post_stop(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(halt_done) struct halt halt = { 0 };
	int r;

	r = begin(host, request, reply, &halt);
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	r = db_begin(halt.db);
	if (r != 0) {
		return r;
	}
	r = withdraw(&halt, "staff", "stopped by staff");
	r = finish(&halt, r, "stop", NULL);
	return r ? r : reply_standing(reply, &halt);
}

/* These say that no human was asked: who reads the ledger must be able to rely on it. */
static bool is_reserved(const char *source)
{
	static const char *const reserved[] = { "config", "reply", "gateway", "receipt", "staff" };

	for (size_t i = 0; i < COUNT(reserved); i++) {
		if (strcasecmp(source, reserved[i]) == 0) {
			return true;
		}
	}
	return false;
}

struct entry {
	bool given;
	const char *source;
};

static int read_entry(const struct halt *halt, struct reply *reply, struct entry *ret_entry)
{
	bool given = json_truth(halt->body, "given", false);
	bool withdrawn = json_truth(halt->body, "withdrawn", false);
	const char *source = json_text(halt->body, given ? "how" : "source");

	if (given == withdrawn) {
		return said_no(reply_error(reply, 400, "say whether it is given or withdrawn"));
	}
	if (!source || !*source || strlen(source) > SOURCE_MAX ||
	    source[strspn(source, SOURCE_CHARACTERS)] != '\0') {
		return said_no(reply_error(reply, 400,
					   "say %s, in a word: paper, phone, voicemail, email ...",
					   given ? "how it was given, with --how"
						 : "where it came from, with --source"));
	}
	if (is_reserved(source)) {
		return said_no(
			reply_error(reply, 400,
				    "\"%s\" is what Holdfast itself writes; say paper, phone, "
				    "voicemail, email ...",
				    source));
	}

	*ret_entry = (struct entry){ given, source };
	return 0;
}

int post_consent(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(halt_done) struct halt halt = { 0 };
	char detail[SOURCE_MAX + sizeof("withdrawn: ")];
	struct entry entry;
	int r;

	r = begin(host, request, reply, &halt);
	r = r ? r : read_entry(&halt, reply, &entry);
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	r = db_begin(halt.db);
	if (r != 0) {
		return r;
	}
	if (entry.given) {
		r = consent_give(halt.db, halt.client, entry.source, halt.user, halt.now);
	} else {
		r = withdraw(&halt, entry.source, "stopped by the client");
	}
	(void)snprintf(detail, sizeof(detail), "%s: %s", entry.given ? "given" : "withdrawn",
		       entry.source);
	r = finish(&halt, r, "consent", detail);
	return r ? r : reply_standing(reply, &halt);
}

/* --- setback ------------------------------------------------------------------- */

int post_setback(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(halt_done) struct halt halt = { 0 };
	struct engine_context ctx;
	int r;

	r = begin(host, request, reply, &halt);
	if (r != 0) {
		return r < 0 ? r : 0;
	}

	r = db_begin(halt.db);
	if (r != 0) {
		return r;
	}
	ctx = service_context(host->service, halt.now);
	r = setback_begin(&ctx, halt.client);
	r = finish(&halt, r, "setback", NULL);
	return r ? r : reply_standing(reply, &halt);
}
