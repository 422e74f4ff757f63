/*
 * From case to case down the roster, and what staff are texted.
 *
 * A case has a step: which line of the roster is looked at next, and how many times
 * the whole roster has been gone through (the round).  Who was texted is written into
 * the history of the case, in the same transaction as the text.
 * Promises: an urgent case is never given up.  Where nobody is on call, somebody is
 * texted all the same; where nobody acknowledges, it begins again at the first line.
 * Whatever message the configuration lacks, somebody is told of a case.
 * Dangerous: a next step that is not later than now would keep the loop busy for
 * ever, so each step is at least a minute after the one before.  And everybody can
 * read a phone that lies on a desk: these texts hold no name of a client, nothing
 * that she wrote, and no word about what is wrong with her.  So they have fields of
 * their own, and a client's name is none of them.
 */
#include "engine/alerts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/hash.h"
#include "lib/log.h"
#include "lib/text.h"
#include "store/cases.h"
#include "engine/recipient.h"
#include "engine/site_hours.h"
#include "engine/auto_text.h"

#define ROUND          1000 /* steps in a round: lines further down a roster are never reached */
#define ROUNDS         5    /* after so many it is once an hour while the site is open */
#define ALERTS_MOST    (INT64_C(1) << 20) /* of one case: one an hour for a century */
#define WAIT_LEAST     HF_MINUTE
#define DIGEST_USE     (12 * HF_HOUR)   /* a digest of this morning is no use tomorrow */
#define BEFORE_CLOSING (15 * HF_MINUTE) /* there must be time to read, and to call */

/* --- what staff are texted ---------------------------------------------------------- */

struct notice {
	const char *message; /* by name: "alert", "digest", "acknowledged" ... */
	int64_t number;      /* of the case; 0: of none */
	const char *client;  /* the handle; NULL: of none */
	enum case_reason reason;
	int64_t count;       /* of cases */
	const char *gateway; /* NULL: of none */
	int64_t about;       /* one text for each (person, message, about) */
	hf_time expires;     /* HF_NEVER */
};

/* How to answer, not what happened to her; in English and Spanish. */
static const char *const reasons[][2] = {
	[CASE_CRISIS] = { "please call now", "llame ahora" },
	[CASE_NEED] = { "wants a call", "pide una llamada" },
	[CASE_SETBACK] = { "please call soon", "llame pronto" },
	[CASE_HELP] = { "wrote HELP", "pidió ayuda" },
	[CASE_STOP] = { "ended the texts", "terminó los mensajes" },
	[CASE_SILENT] = { "no answer", "sin respuesta" },
	[CASE_UNCLEAR] = { "an unclear answer", "respuesta poco clara" },
	[CASE_WRITTEN] = { "wrote a text", "escribió" },
	[CASE_UNDELIVERABLE] = { "texts do not arrive", "no llegan los mensajes" },
	[CASE_STRANGER] = { "an unknown number", "un número desconocido" },
	[CASE_UNSENT] = { "see what became of our text", "vea si llegó el mensaje" },
	[CASE_LOVED_ONE] = { "somebody close wrote", "escribió alguien cercano" },
};

/* Where the message of the configuration has a field that no alert may have. */
static const char alert_words[] = "Case {case}: client {client}, {reason}. Reply ACK {case}.";

static const char *notice_reason(const char *language, enum case_reason reason)
{
	return reasons[reason][language && strcmp(language, "es") == 0];
}

/* Where the fields of one notice are looked up. */
struct notice_fields {
	const struct site *site;
	const struct notice *notice;
	hf_time now;
	char number[24];
};

static const char *put_number(struct notice_fields *fields, int64_t number)
{
	(void)snprintf(fields->number, sizeof(fields->number), "%" PRId64, number);
	return fields->number;
}

/* Now, by the site's clock. */
static const char *put_time(struct notice_fields *fields)
{
	struct civil local = zone_civil(fields->site->zone, fields->now);

	(void)snprintf(fields->number, sizeof(fields->number), "%d:%02d", local.hour, local.minute);
	return fields->number;
}

static int notice_field(void *userdata, const char *name, const char **ret_value)
{
	struct notice_fields *fields = userdata;
	const struct notice *notice = fields->notice;
	const char *value = NULL;

	if (strcmp(name, "site") == 0) {
		value = fields->site->name;
	} else if (strcmp(name, "site_phone") == 0) {
		value = fields->site->phone;
	} else if (strcmp(name, "count") == 0) {
		value = put_number(fields, notice->count);
	} else if (strcmp(name, "case") == 0 && notice->number) {
		value = put_number(fields, notice->number);
	} else if (strcmp(name, "gateway") == 0) {
		value = notice->gateway;
	} else if (strcmp(name, "time") == 0 && notice->gateway) {
		value = put_time(fields);
	} else if (strcmp(name, "client") == 0) {
		value = notice->client;
	} else if (strcmp(name, "reason") == 0 && notice->client) {
		value = notice_reason(fields->site->language, notice->reason);
	}

	*ret_value = value ? value : "";
	return 0;
}

/* In the site's language; where the configuration lacks the message, or fills it badly, in words of
 * our own. */
static int notice_fill(const struct engine_context *ctx, const struct notice *notice,
		       char **ret_text)
{
	const struct site *site = &ctx->model->site;
	struct notice_fields fields = { .site = site, .notice = notice, .now = ctx->now };
	const struct template *message =
		model_template(ctx->model, site->language, notice->message);
	int r = TEXT_E_FIELD;

	if (message) {
		r = text_fill(message->text, notice_field, &fields, ret_text, NULL, NULL);
	}
	if (r > 0 || r == -E2BIG) {
		message = template_built_in(site->language, notice->message);
		r = text_fill(message ? message->text : alert_words, notice_field, &fields,
			      ret_text, NULL, NULL);
	}
	return r > 0 ? -EINVAL : r;
}

static int notice_send(const struct engine_context *ctx, const struct staff_member *member,
		       const struct notice *notice)
{
	_cleanup_free_ char *text = NULL;
	char handle[RECIPIENT_HANDLE_MAX];
	struct auto_text automatic = {
		.handle = handle,
		.kind = KIND_ALERT,
		.message = notice->message,
		.about = notice->about,
		.expires = notice->expires,
	};
	int r = notice_fill(ctx, notice, &text);

	if (r != 0) {
		return r;
	}

	recipient_handle(member, handle);
	automatic.text = text;
	return auto_text_queue(ctx, &automatic);
}

/* --- the roster ------------------------------------------------------------------- */

/* Without a list of who is on call everybody is, in the order in which they stand there. */
static int roster_size(const struct model *model)
{
	size_t count = model->on_call_count ? model->on_call_count : model->staff_count;

	return count < ROUND ? (int)count : ROUND - 1;
}

static const struct staff_member *roster_member(const struct model *model, int line)
{
	return model->on_call_count ? model_staff(model, model->on_call[line].staff)
				    : &model->staff[line];
}

static bool is_on_call(const struct model *model, int line, hf_time now)
{
	struct civil local = zone_civil(model->site.zone, now);

	return !model->on_call_count ||
	       hours_cover(&model->on_call[line].when, civil_weekday(&local), civil_minute(&local));
}

/* The next alert of one case. */
struct alert {
	const struct engine_context *ctx;
	const struct case_row *row;
	int round, line;
	const struct staff_member *member; /* who is to be texted; NULL: not found yet */
	const char *remark;                /* why it is her; NULL */
};

static struct alert next_alert_of(const struct engine_context *ctx, const struct case_row *row)
{
	return (struct alert){
		.ctx = ctx,
		.row = row,
		.round = row->alert_step / ROUND,
		.line = row->alert_step % ROUND,
	};
}

/* From its line on, the first who is on call now and has not been texted in this round. */
static int find_member(struct alert *alert)
{
	const struct model *model = alert->ctx->model;
	int count = roster_size(model), r;

	for (int line = alert->line; line < count; line++) {
		const struct staff_member *member = roster_member(model, line);
		char handle[RECIPIENT_HANDLE_MAX];
		bool told = false;

		if (!member || !is_on_call(model, line, alert->ctx->now)) {
			continue;
		}

		recipient_handle(member, handle);
		r = cases_was_alerted(alert->ctx->db, alert->row->id, handle, &told);
		if (r != 0) {
			return r;
		}
		if (!told) {
			alert->line = line;
			alert->member = member;
			return 0;
		}
	}
	return 0;
}

/* The same, and at the end of the roster again from its beginning: the next round. */
static int find_member_around(struct alert *alert)
{
	int r = find_member(alert);

	if (r != 0 || alert->member || alert->line == 0) {
		return r;
	}

	alert->round++;
	alert->line = 0;
	r = cases_alert_round_over(alert->ctx->db, alert->row->id, alert->ctx->now);
	return r ? r : find_member(alert);
}

/* --- all routine cases ------------------------------------------------------------------- */

static const struct staff_member *first_on_call(const struct model *model, hf_time now)
{
	for (int line = 0; line < roster_size(model); line++) {
		if (is_on_call(model, line, now)) {
			return roster_member(model, line);
		}
	}
	return roster_member(model, 0);
}

/* Names all that nobody was told of. */
static int digest_now(const struct engine_context *ctx)
{
	struct notice notice = { .message = "digest",
				 .about = ctx->now,
				 .expires = ctx->now + DIGEST_USE };
	int r = cases_untold(ctx->db, &notice.count);

	if (r == 0 && roster_size(ctx->model) > 0) {
		r = notice_send(ctx, first_on_call(ctx->model, ctx->now), &notice);
	}
	return r ? r : cases_told(ctx->db, ctx->now);
}

/* --- one case ------------------------------------------------------------------------ */

static hf_time next_step_at(const struct alert *alert)
{
	hf_time wait = alert->round < ROUNDS ? span_length(&alert->ctx->model->acknowledge_within)
					     : HF_HOUR;

	return alert->ctx->now + (wait > WAIT_LEAST ? wait : WAIT_LEAST);
}

static int text_member(const struct alert *alert)
{
	const struct case_row *row = alert->row;
	struct notice notice = { .message = "alert",
				 .number = row->id,
				 .client = row->client,
				 .reason = row->reason,
				 .expires = next_step_at(alert) };
	char handle[RECIPIENT_HANDLE_MAX];
	int64_t number = 0;
	int r;

	recipient_handle(alert->member, handle);
	r = cases_alerted_person(alert->ctx->db, row->id, handle, alert->remark, alert->ctx->now,
				 &number);
	notice.about = row->id * ALERTS_MOST + number;
	r = r ? r : notice_send(alert->ctx, alert->member, &notice);
	if (r == 0) {
		log_notice("case=%" PRId64 " alert=%" PRId64 " to=%s", row->id, number, handle);
	}
	return r;
}

/* Who is on call at that time is looked up at that time. */
static int postpone(const struct alert *alert, hf_time until)
{
	bool same_round = alert->round == alert->row->alert_step / ROUND;
	int step = same_round ? alert->row->alert_step : alert->round * ROUND;

	return cases_alerted(alert->ctx->db, alert->row->id, step,
			     until == HF_NEVER ? alert->ctx->now + HF_DAY : until);
}

/* Of a text that nobody has read one person is told, and the next only where that fails.  Where
 * several wait one digest names them all. */
static int alert_of_unread(const struct engine_context *ctx, const struct case_row *row)
{
	struct alert alert = next_alert_of(ctx, row);
	bool told_before = row->alert_step == 0 && row->told > 0;
	int64_t waiting = 0;
	int r = cases_waiting(ctx->db, &waiting);

	if (r == 0 && waiting > 1) {
		return digest_now(ctx);
	}

	r = r ? r : told_before ? cases_alert_round_over(ctx->db, row->id, ctx->now) : 0;
	r = r ? r : find_member(&alert);
	if (r != 0) {
		return r;
	}
	if (!alert.member && row->alert_step == 0 && roster_size(ctx->model) > 0) {
		alert.member = roster_member(ctx->model, 0);
		alert.remark = "nobody is on call";
	}
	r = alert.member ? text_member(&alert) : 0;
	return r ? r : cases_told_one(ctx->db, row->id, alert.line + 1, ctx->now);
}

static int alert_of_case(const struct engine_context *ctx, const struct case_row *row)
{
	struct alert alert = next_alert_of(ctx, row);
	int count = roster_size(ctx->model), r;

	if (row->urgency == CASE_ROUTINE) {
		return alert_of_unread(ctx, row);
	}
	r = find_member_around(&alert);
	if (r != 0) {
		return r;
	}
	if (alert.round >= ROUNDS && !site_hours_open(ctx->model, ctx->now)) {
		return postpone(&alert, site_hours_next(ctx->model, ctx->now));
	}

	/* Where nobody is on call at all, the first line is texted. */
	if (!alert.member && count > 0) {
		alert.member = roster_member(ctx->model, 0);
		alert.line = count - 1;
		alert.remark = "nobody is on call";
	}
	if (!alert.member) {
		log_error("case=%" PRId64 " is urgent and staff.conf names nobody to text",
			  row->id);
		return postpone(&alert, ctx->now + HF_HOUR);
	}

	r = text_member(&alert);
	return r ? r
		 : cases_alerted(ctx->db, row->id, alert.round * ROUND + alert.line + 1,
				 next_step_at(&alert));
}

/* Of the first case for which it is time.  *ret_more: there was one. */
static int alert_of_first(const struct engine_context *ctx, bool *ret_more)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	int r = cases_alert_due(ctx->db, ctx->now, &rows);

	if (r != 0) {
		return r;
	}

	*ret_more = db_next(&rows);
	if (!*ret_more) {
		return rows.error;
	}

	cases_read(&rows, &row);
	return alert_of_case(ctx, &row);
}

/* --- the digest ------------------------------------------------------------------------ */

/* When the site next opens after the oldest case that nobody was told of; HF_NEVER: none. */
static int digest_at(const struct engine_context *ctx, hf_time *ret_at)
{
	hf_time since = HF_NEVER, at = HF_NEVER;
	int r = cases_untold_since(ctx->db, &since);

	if (r != 0) {
		return r;
	}

	if (since != HF_NEVER && roster_size(ctx->model) > 0) {
		at = site_hours_morning(ctx->model, since);
	}
	if (at <= ctx->now && !site_hours_open(ctx->model, ctx->now)) {
		at = site_hours_morning(ctx->model, ctx->now);
	}
	*ret_at = at;
	return 0;
}

static int send_digest(const struct engine_context *ctx)
{
	hf_time at = HF_NEVER;
	int r = digest_at(ctx, &at);

	return r || at > ctx->now ? r : digest_now(ctx);
}

/* --- a text that nobody has read ------------------------------------------------------------ */

/* HF_NEVER: when the site opens. */
static hf_time tell_by(const struct engine_context *ctx, const struct client *client)
{
	hf_time within = ctx->now + span_length(&ctx->model->read_within), closing;

	if (client && client_is_early(client, zone_day(client->zone, ctx->now))) {
		return ctx->now;
	}
	if (!site_hours_open(ctx->model, ctx->now)) {
		return HF_NEVER;
	}

	closing = site_hours_close(ctx->model, ctx->now) - BEFORE_CLOSING;
	within = within < closing ? within : closing;
	return within > ctx->now ? within : ctx->now;
}

int alerts_unread(const struct engine_context *ctx, const struct client *client, int64_t case_id)
{
	return cases_unread(ctx->db, case_id, tell_by(ctx, client));
}

/* --- what is due ----------------------------------------------------------------------- */

int alerts_next(const struct engine_context *ctx, hf_time *ret_when)
{
	hf_time step = HF_NEVER, morning = HF_NEVER;
	int r = cases_alert_next(ctx->db, &step);

	r = r ? r : digest_at(ctx, &morning);
	if (r == 0) {
		*ret_when = step < morning ? step : morning;
	}
	return r;
}

int alerts_run(const struct engine_context *ctx)
{
	bool more = true;
	hf_time next;
	int r = alerts_next(ctx, &next);

	if (r != 0 || next > ctx->now) {
		return r;
	}

	r = db_begin(ctx->db);
	if (r != 0) {
		return r;
	}

	while (r == 0 && more) {
		r = alert_of_first(ctx, &more);
	}
	r = r ? r : send_digest(ctx);
	return db_end(ctx->db, r > 0 ? -EINVAL : r);
}

/* --- an alert that does not arrive ------------------------------------------------------ */

/* The gateway could not be reached for so long that nobody was told at all: again from the first
 * line of the roster. */
static int alert_from_the_start(const struct alert *alert)
{
	int r = cases_alert_round_over(alert->ctx->db, alert->row->id, alert->ctx->now);

	return r ? r : cases_alerted(alert->ctx->db, alert->row->id, 0, alert->ctx->now);
}

/* The next person of this round at once.  The next round has to wait for its time, or a gateway
 * that refuses every text would be asked for ever. */
static int alert_next_member(struct alert *alert)
{
	int r = find_member(alert);

	if (r != 0 || !alert->member || alert->row->alert_at < alert->ctx->now) {
		return r;
	}
	return cases_alerted(alert->ctx->db, alert->row->id, alert->row->alert_step,
			     alert->ctx->now);
}

/* Whoever wrote it is told, where staff.conf has her under the name that she logs in with and the site
 * is open; else it is told like a text that nobody has read. */
static int tell_author(const struct engine_context *ctx, const struct outbox_message *text,
		       int64_t case_id)
{
	const struct staff_member *author = model_staff(ctx->model, text->author);
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	struct alert alert;
	int r;

	if (!author || !site_hours_open(ctx->model, ctx->now)) {
		return alerts_unread(ctx, model_client(ctx->model, text->client), case_id);
	}
	r = cases_get(ctx->db, case_id, &rows);
	if (r != 0) {
		return r < 0 ? r : -EINVAL;
	}

	cases_read(&rows, &row);
	alert = next_alert_of(ctx, &row);
	alert.member = author;
	r = text_member(&alert);
	return r ? r : cases_told_one(ctx->db, case_id, row.alert_step, ctx->now);
}

int alerts_unsent(const struct engine_context *ctx, const struct outbox_message *text,
		  enum outbox_state state)
{
	int64_t case_id = 0;
	char note[64];
	int r;

	if (!text->author || text->author_told) {
		return 0;
	}

	(void)snprintf(note, sizeof(note), "text %" PRId64 ": %s", text->id,
		       outbox_state_words[state]);
	r = outbox_author_told(ctx->db, text->id);
	r = r ? r
	      : cases_open(ctx->db, text->client, CASE_UNSENT, CASE_ROUTINE, ctx->now, &case_id);
	r = r ? r : cases_about_text(ctx->db, case_id, text->author, note, ctx->now);
	return r ? r : tell_author(ctx, text, case_id);
}

int alerts_failed(const struct engine_context *ctx, const struct outbox_message *text)
{
	bool waited = text->state == OUTBOX_DUE || text->state == OUTBOX_DEFERRED, last = false;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	struct alert alert;
	int r;

	if (text->kind != KIND_ALERT || strcmp(text->reminder, "alert") != 0) {
		return 0;
	}
	r = cases_get(ctx->db, text->occurrence / ALERTS_MOST, &rows);
	if (r != 0) {
		return r > 0 ? 0 : r;
	}

	cases_read(&rows, &row);
	r = cases_alert_failed(ctx->db, row.id, text->occurrence % ALERTS_MOST, text->client,
			       ctx->now, &last);
	if (r != 0 || !last || row.state != CASE_OPEN) {
		return r;
	}

	alert = next_alert_of(ctx, &row);
	return waited ? alert_from_the_start(&alert) : alert_next_member(&alert);
}

/* --- gateways ----------------------------------------------------------------------------- */

/* One that has not gone out says it already; and once an hour is enough. */
int alerts_gateway(const struct engine_context *ctx, const char *gateway)
{
	struct notice notice = { .message = "gateway_refuses",
				 .gateway = gateway,
				 .about = ctx->now / HF_HOUR * HF_HOUR + hash_text(gateway) % 1000,
				 .expires = ctx->now + DIGEST_USE };
	const struct model *model = ctx->model;
	int r = 0;

	for (size_t i = 0; r == 0 && i < model->staff_count; i++) {
		const struct staff_member *member = &model->staff[i];
		char handle[RECIPIENT_HANDLE_MAX];
		bool waits = false;

		if (member->administrator) {
			recipient_handle(member, handle);
			r = outbox_waits(ctx->db, handle, notice.message, &waits);
			r = r || waits ? r : notice_send(ctx, member, &notice);
		}
	}
	return r;
}

/* --- ACK -------------------------------------------------------------------------------- */

/* Has the one who asks acknowledged it before? */
static int is_hers(const struct engine_context *ctx, int64_t number, const char *handle,
		   bool *ret_hers)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	int r = cases_get(ctx->db, number, &rows);

	if (r == 0) {
		cases_read(&rows, &row);
		*ret_hers = row.state == CASE_ACKNOWLEDGED && row.acknowledged_by &&
			    strcmp(row.acknowledged_by, handle) == 0;
	}
	return r < 0 ? r : 0;
}

static int acknowledge(const struct engine_context *ctx, int64_t number, const char *handle,
		       const char **ret_answer)
{
	bool hers = false;
	int r = cases_acknowledge(ctx->db, number, handle, ctx->now);

	if (r > 0) {
		r = is_hers(ctx, number, handle, &hers);
		*ret_answer = hers ? "acknowledged" : "acknowledge_no";
		return r;
	}
	*ret_answer = "acknowledged";
	return r;
}

int alerts_acknowledge(const struct engine_context *ctx, const struct staff_member *member,
		       int64_t number, int64_t about)
{
	struct notice notice = { .message = "acknowledge_which",
				 .number = number,
				 .about = about,
				 .expires = HF_NEVER };
	char handle[RECIPIENT_HANDLE_MAX];
	int r = 0;

	recipient_handle(member, handle);
	if (number == 0) {
		r = cases_only_alerted(ctx->db, handle, &notice.number);
	}
	if (r == 0) {
		r = acknowledge(ctx, notice.number, handle, &notice.message);
	}
	return r < 0 ? r : notice_send(ctx, member, &notice);
}
