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
#include "store/cases.h"
#include "store/checkins.h"
#include "store/outbox.h"
#include "store/pauses.h"
#include "engine/consent.h"
#include "engine/permit.h"
#include "engine/setback.h"

/* Of a ledger entry: a word or two. */
#define SOURCE_MAX        40
#define SOURCE_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -"

struct act {
	const struct api_host *host;
	const struct request *request;
	struct reply *reply;
	const struct client *client;
	struct db *db;
	json_t *body;
	const char *why;
	char user[CALLER_NAME_MAX];
	hf_time now;
	struct civil today; /* where the client is */
};

static void act_done(struct act *act)
{
	act->body = json_free(act->body);
}

static int act_begin(const struct api_host *host, const struct request *request,
		     struct reply *reply, struct act *act)
{
	int r;

	*act = (struct act){ .host = host,
			     .request = request,
			     .reply = reply,
			     .db = engine_db(host->engine),
			     .now = clock_now(host->clock) };
	r = request_client(host, request, reply, &act->client);
	r = r ? r : request_json(request, reply, &act->body);
	r = r ? r : caller_why(act->body, true, reply, &act->why);
	if (r != 0) {
		return r;
	}

	caller_name(request->uid, act->user);
	act->today = zone_civil(act->client->zone, act->now);
	return 0;
}

static int reply_status(const struct act *act)
{
	_cleanup_(json_freep) json_t *object =
		JSON_OBJECT({ { "client", json_string(act->client->id) } });
	int r = client_status_put(object, act->host, act->client);

	return r ? r : reply_with(act->reply, 200, take_ptr(object));
}

/* The end of the transaction in which r came about, and the answer. */
static int act_end(const struct act *act, int r, const char *verb, const char *detail)
{
	const struct caller_act line = {
		.verb = verb, .client = act->client->id, .detail = detail, .why = act->why
	};

	r = r ? r : caller_audit(act->host, act->request, &line);
	r = db_end(act->db, r > 0 ? -EINVAL : r);
	if (r != 0) {
		return r;
	}

	log_notice("%s of %s asked for by uid=%u", verb, act->client->id,
		   (unsigned)act->request->uid);
	act->host->changed(act->host->userdata);
	return reply_status(act);
}

/* --- pause ------------------------------------------------------------------ */

static int read_until(const struct act *act, struct civil *ret_until)
{
	const char *text = json_text(act->body, "until");
	struct civil until = { 0 };

	if (text ? civil_parse_date(text, &until) < 0
		 : json_object_get(act->body, "until") != NULL) {
		return reply_error(act->reply, 400, "until is a date: 2026-12-01");
	}
	if (text && civil_to_days(&until) < civil_to_days(&act->today)) {
		return reply_error(act->reply, 400,
				   "that day is over where %s lives; name a later one",
				   act->client->id);
	}

	*ret_until = until;
	return 0;
}

int post_pause(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(act_done) struct act act = { 0 };
	struct staff_pause pause = { 0 };
	char detail[UNTIL_WORDS_MAX + sizeof("until ")], date[UNTIL_WORDS_MAX];
	int r = act_begin(host, request, reply, &act);

	r = r ? r : read_until(&act, &pause.until);
	r = r ? r : db_begin(act.db);
	if (r != 0) {
		return r;
	}

	pause.at = act.now;
	pause.by = act.user;
	pause.why = act.why;
	(void)snprintf(detail, sizeof(detail), "until %s", client_until_words(&pause.until, date));
	r = pauses_begin(act.db, act.client->id, &pause);
	r = r ? r : checkins_pass(act.db, act.client->id);
	return act_end(&act, r, "pause", detail);
}

/* --- resume ----------------------------------------------------------------- */

/* No pause was made by command: is another the reason why she hears nothing? */
static int refuse_resume(const struct act *act)
{
	char date[UNTIL_WORDS_MAX];
	struct civil until;

	if (client_paused(act->client, &act->today, &until)) {
		return reply_error(act->reply, 409,
				   "%s is paused by the configuration until %s: edit \"pause\" in "
				   "%s, then holdfastctl reload",
				   act->client->id, client_until_words(&until, date),
				   act->client->file);
	}
	return reply_error(act->reply, 409, "%s is not paused; see holdfastctl client %s",
			   act->client->id, act->client->id);
}

int post_resume(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(act_done) struct act act = { 0 };
	int r = act_begin(host, request, reply, &act);

	r = r ? r : db_begin(act.db);
	if (r != 0) {
		return r;
	}

	r = pauses_end(act.db, act.client->id, &act.today, act.now);
	if (r == PAUSES_E_NONE) {
		r = db_end_answered(act.db, r);
		return r < 0 ? r : refuse_resume(&act);
	}
	r = r ? r : outbox_wake(act.db, act.client->id, act.now);
	r = r ? r : cases_resumed(act.db, act.client->id, act.now);
	return act_end(&act, r, "resume", NULL);
}

/* --- consent -------------------------------------------------------------------- */

static int withdraw(const struct act *act, const char *source, const char *reason)
{
	const struct optout optout = { .client = act->client->id,
				       .phone = act->client->phone,
				       .source = source,
				       .by = act->user,
				       .reason = reason };

	return consent_withdraw(act->db, &optout, act->now);
}

int post_stop(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(act_done) struct act act = { 0 };
	int r = act_begin(host, request, reply, &act);

	r = r ? r : db_begin(act.db);
	if (r != 0) {
		return r;
	}

	r = withdraw(&act, "staff", "stopped by staff");
	return act_end(&act, r, "stop", NULL);
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

static int read_entry(const struct act *act, struct entry *ret_entry)
{
	bool given = json_truth(act->body, "given", false);
	bool withdrawn = json_truth(act->body, "withdrawn", false);
	const char *source = json_text(act->body, given ? "how" : "source");

	if (given == withdrawn) {
		return reply_error(act->reply, 400, "say whether it is given or withdrawn");
	}
	if (!source || !*source || strlen(source) > SOURCE_MAX ||
	    source[strspn(source, SOURCE_CHARACTERS)] != '\0') {
		return reply_error(act->reply, 400,
				   "say %s, in a word: paper, phone, voicemail, email ...",
				   given ? "how it was given, with --how"
					 : "where it came from, with --source");
	}
	if (is_reserved(source)) {
		return reply_error(act->reply, 400,
				   "\"%s\" is what Holdfast itself writes; say paper, phone, "
				   "voicemail, email ...",
				   source);
	}

	*ret_entry = (struct entry){ given, source };
	return 0;
}

int post_consent(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(act_done) struct act act = { 0 };
	char detail[SOURCE_MAX + sizeof("withdrawn: ")];
	struct entry entry = { 0 };
	int r = act_begin(host, request, reply, &act);

	r = r ? r : read_entry(&act, &entry);
	r = r ? r : db_begin(act.db);
	if (r != 0) {
		return r;
	}

	r = entry.given ? consent_give(act.db, act.client, entry.source, act.user, act.now)
			: withdraw(&act, entry.source, "stopped by the client");
	(void)snprintf(detail, sizeof(detail), "%s: %s", entry.given ? "given" : "withdrawn",
		       entry.source);
	return act_end(&act, r, "consent", detail);
}

/* --- setback ------------------------------------------------------------------- */

int post_setback(const struct api_host *host, const struct request *request, struct reply *reply)
{
	_cleanup_(act_done) struct act act = { 0 };
	struct engine_context ctx;
	int r = act_begin(host, request, reply, &act);

	r = r ? r : db_begin(act.db);
	if (r != 0) {
		return r;
	}

	ctx = engine_context_at(host->engine, act.now);
	r = setback_begin(&ctx, act.client);
	return act_end(&act, r, "setback", NULL);
}
