/*
 * From case to case down the roster, and what staff are texted.
 *
 * A case's step is where in the roster its next alert begins to look, and how
 * many times all of it has been gone through.  Who was texted is in the
 * case's history, in the same transaction as the text.
 * Promises: an urgent case is never given up.  Where nobody is on call
 * somebody is texted all the same; where nobody acknowledges it begins again.
 * Whatever messages/ lacks, somebody hears of a case.
 * Dangerous: an instant that does not move on would keep the loop busy for ever;
 * each step is at least a minute after the one before.  A field that is the
 * client's own: a phone lies on a desk, so the texts hold no name of a client,
 * nothing of what she wrote, and no word that says what is wrong with her.  The
 * fields of these texts are looked up here, and there is no name among them.
 */
#include "engine/alerts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "lib/text.h"
#include "store/cases.h"
#include "engine/addressee.h"
#include "engine/site_hours.h"
#include "engine/response.h"

#define ROUND       1000 /* steps; whatever stands further down a roster is never reached */
#define ROUNDS      5    /* then it is once an hour while the site is open */
#define ALERTS_MOST (INT64_C(1) << 20) /* of one case: one an hour for a century */
#define WAIT_LEAST  HF_MINUTE
#define MORNING     (8 * 60)       /* minutes; where a site that never closes opens */
#define DIGEST_USE  (12 * HF_HOUR) /* one of this morning is no use tomorrow */

/* --- what staff are texted ---------------------------------------------------------- */

struct notice {
	const char *message; /* by name: "alert", "digest", "acknowledged" ... */
	int64_t number;      /* of the case; 0: of none */
	const char *client;  /* the handle; NULL: of none */
	enum case_reason reason;
	int64_t count;   /* of cases */
	int64_t about;   /* one text for each (person, message, about) */
	hf_time expires; /* HF_NEVER */
};

/* They say how to answer, not what happened to her. */
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
};

/* For a configuration whose own words ask for what no alert may say. */
static const char alert_words[] = "Case {case}: client {client}, {reason}. Reply ACK {case}.";

/* What an alert calls a reason, in a language. */
static const char *notice_reason(const char *language, enum case_reason reason)
{
	return reasons[reason][language && strcmp(language, "es") == 0];
}

/* "@mreyes": who is texted, and who is recorded. */
static void notice_handle(const struct staff_member *member, char buffer[ADDRESSEE_HANDLE_MAX])
{
	(void)snprintf(buffer, ADDRESSEE_HANDLE_MAX, "@%s", member->id);
}

struct filling {
	const struct site *site;
	const struct notice *notice;
	char buffer[24];
};

static const char *number_of(struct filling *filling, int64_t number)
{
	(void)snprintf(filling->buffer, sizeof(filling->buffer), "%" PRId64, number);
	return filling->buffer;
}

static int look_up(void *userdata, const char *name, const char **ret_value)
{
	struct filling *filling = userdata;
	const struct notice *notice = filling->notice;
	const char *value = NULL;

	if (strcmp(name, "site") == 0) {
		value = filling->site->name;
	} else if (strcmp(name, "site_phone") == 0) {
		value = filling->site->phone;
	} else if (strcmp(name, "count") == 0) {
		value = number_of(filling, notice->count);
	} else if (strcmp(name, "case") == 0 && notice->number) {
		value = number_of(filling, notice->number);
	} else if (strcmp(name, "client") == 0) {
		value = notice->client;
	} else if (strcmp(name, "reason") == 0 && notice->client) {
		value = notice_reason(filling->site->language, notice->reason);
	}

	*ret_value = value ? value : "";
	return 0;
}

static const char *words_of_ours(const struct site *site, const char *name)
{
	const struct message *message = message_own(site->language, name);

	return message ? message->text : alert_words;
}

static int fill(const struct engine_context *ctx, const struct notice *notice, char **ret_text)
{
	struct filling filling = { .site = &ctx->model->site, .notice = notice };
	const struct message *message =
		model_message(ctx->model, filling.site->language, notice->message);
	int r = message ? text_fill(message->text, look_up, &filling, ret_text, NULL, NULL)
			: TEXT_E_FIELD;

	if (r > 0 || r == -E2BIG) {
		r = text_fill(words_of_ours(filling.site, notice->message), look_up, &filling,
			      ret_text, NULL, NULL);
	}
	return r > 0 ? -EINVAL : r;
}

/* Writes the text, in the site's language; where the configuration lacks the message, or fills it
 * badly, in words of our own. */
static int notice_send(const struct engine_context *ctx, const struct staff_member *member,
		       const struct notice *notice)
{
	_cleanup_free_ char *text = NULL;
	char handle[ADDRESSEE_HANDLE_MAX];
	struct response response = {
		.handle = handle,
		.kind = KIND_ALERT,
		.message = notice->message,
		.about = notice->about,
		.expires = notice->expires,
	};
	int r = fill(ctx, notice, &text);

	if (r != 0) {
		return r;
	}

	notice_handle(member, handle);
	response.text = text;
	return response_queue(ctx, &response);
}

/* --- the roster ------------------------------------------------------------------- */

/* Without a list of who is on call everybody is, in the order in which they stand there. */
static int count_lines(const struct model *model)
{
	size_t count = model->on_call_count ? model->on_call_count : model->staff_count;

	return count < ROUND ? (int)count : ROUND - 1;
}

static const struct staff_member *person_on(const struct model *model, int line)
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

/* One alert of one case. */
struct alarm {
	const struct engine_context *ctx;
	const struct case_row *row;
	int round, line;
	const struct staff_member *member; /* who is to be texted */
	const char *remark;                /* why it is her; NULL */
};

static struct alarm alarm_of(const struct engine_context *ctx, const struct case_row *row)
{
	return (struct alarm){
		.ctx = ctx,
		.row = row,
		.round = row->alert_step / ROUND,
		.line = row->alert_step % ROUND,
	};
}

/* From its line on, whoever is on call now and has not been told in this round. */
static int pick(struct alarm *alarm)
{
	const struct model *model = alarm->ctx->model;
	int count = count_lines(model), r;

	for (int line = alarm->line; line < count; line++) {
		const struct staff_member *member = person_on(model, line);
		char handle[ADDRESSEE_HANDLE_MAX];
		bool told = false;

		if (!member || !is_on_call(model, line, alarm->ctx->now)) {
			continue;
		}

		notice_handle(member, handle);
		r = cases_was_alerted(alarm->ctx->db, alarm->row->id, handle, &told);
		if (r != 0) {
			return r;
		}
		if (!told) {
			alarm->line = line;
			alarm->member = member;
			return 0;
		}
	}
	return 0;
}

/* At the end of the roster it begins again. */
static int pick_around(struct alarm *alarm)
{
	int r = pick(alarm);

	if (r != 0 || alarm->member || alarm->line == 0) {
		return r;
	}

	alarm->round++;
	alarm->line = 0;
	r = cases_alert_round_over(alarm->ctx->db, alarm->row->id, alarm->ctx->now);
	return r ? r : pick(alarm);
}

/* Where nobody is on call at all, the first line has to do. */
static void pick_anyhow(struct alarm *alarm)
{
	int count = count_lines(alarm->ctx->model);

	if (!alarm->member && count > 0) {
		alarm->member = person_on(alarm->ctx->model, 0);
		alarm->line = count - 1;
		alarm->remark = "nobody is on call";
	}
}

/* --- one case ------------------------------------------------------------------------ */

static hf_time next_step(const struct alarm *alarm)
{
	const struct span *within = &alarm->ctx->model->acknowledge_within;
	hf_time wait = alarm->round < ROUNDS ? within->elapsed + within->days * HF_DAY : HF_HOUR;

	return alarm->ctx->now + (wait > WAIT_LEAST ? wait : WAIT_LEAST);
}

static int tell(struct alarm *alarm)
{
	const struct case_row *row = alarm->row;
	struct notice notice = { .message = "alert",
				 .number = row->id,
				 .client = row->client,
				 .reason = row->reason,
				 .expires = next_step(alarm) };
	char handle[ADDRESSEE_HANDLE_MAX];
	int64_t number = 0;
	int r;

	notice_handle(alarm->member, handle);
	r = cases_alerted_person(alarm->ctx->db, row->id, handle, alarm->remark, alarm->ctx->now,
				 &number);
	notice.about = row->id * ALERTS_MOST + number;
	r = r ? r : notice_send(alarm->ctx, alarm->member, &notice);
	if (r == 0) {
		log_notice("case=%lld alert=%lld to=%s", (long long)row->id, (long long)number,
			   handle);
	}
	return r;
}

/* Who is on call then is asked then. */
static int put_off(const struct alarm *alarm, hf_time until)
{
	bool goes_on = alarm->round == alarm->row->alert_step / ROUND;
	int step = goes_on ? alarm->row->alert_step : alarm->round * ROUND;

	return cases_alerted(alarm->ctx->db, alarm->row->id, step,
			     until == HF_NEVER ? alarm->ctx->now + HF_DAY : until);
}

static int alert(struct alarm *alarm)
{
	const struct model *model = alarm->ctx->model;
	int r = pick_around(alarm);

	if (r == 0 && alarm->round >= ROUNDS && !site_hours_open(model, alarm->ctx->now)) {
		return put_off(alarm, site_hours_next(model, alarm->ctx->now));
	}

	pick_anyhow(alarm);
	if (r == 0 && !alarm->member) {
		log_error("case=%lld is urgent and staff.conf names nobody to text",
			  (long long)alarm->row->id);
		return put_off(alarm, alarm->ctx->now + HF_HOUR);
	}

	r = r ? r : tell(alarm);
	return r ? r
		 : cases_alerted(alarm->ctx->db, alarm->row->id,
				 alarm->round * ROUND + alarm->line + 1, next_step(alarm));
}

/* *ret_more: there was one. */
static int alert_first(const struct engine_context *ctx, bool *ret_more)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	struct alarm alarm;
	int r = cases_alert_due(ctx->db, ctx->now, &rows);

	if (r != 0) {
		return r;
	}

	*ret_more = db_next(&rows);
	if (!*ret_more) {
		return rows.error;
	}

	cases_read(&rows, &row);
	alarm = alarm_of(ctx, &row);
	return alert(&alarm);
}

/* --- the digest ------------------------------------------------------------------------ */

static hf_time morning_after(const struct model *model, hf_time at)
{
	struct model early = *model;

	if (early.site.hours.from == 0 && early.site.hours.until > MORNING) {
		early.site.hours.from = MORNING;
	}
	return site_hours_next(&early, at);
}

/* When the site next opens after the oldest that nobody was told of; HF_NEVER: nothing to tell. */
static int digest_at(const struct engine_context *ctx, hf_time *ret_at)
{
	hf_time since = HF_NEVER, at;
	int r = cases_untold_since(ctx->db, &since);

	if (r != 0) {
		return r;
	}

	at = since == HF_NEVER || count_lines(ctx->model) == 0 ? HF_NEVER
							       : morning_after(ctx->model, since);
	if (at <= ctx->now && !site_hours_open(ctx->model, ctx->now)) {
		at = morning_after(ctx->model, ctx->now);
	}
	*ret_at = at;
	return 0;
}

static const struct staff_member *on_call_now(const struct model *model, hf_time now)
{
	for (int line = 0; line < count_lines(model); line++) {
		if (is_on_call(model, line, now)) {
			return person_on(model, line);
		}
	}
	return person_on(model, 0);
}

static int digest(const struct engine_context *ctx)
{
	struct notice notice = { .message = "digest",
				 .about = ctx->now,
				 .expires = ctx->now + DIGEST_USE };
	hf_time at = HF_NEVER;
	int r = digest_at(ctx, &at);

	if (r != 0 || at > ctx->now) {
		return r;
	}

	r = cases_untold(ctx->db, &notice.count);
	r = r ? r : notice_send(ctx, on_call_now(ctx->model, ctx->now), &notice);
	return r ? r : cases_told(ctx->db, ctx->now);
}

/* --- what is due ----------------------------------------------------------------------- */

static int run_inside(const struct engine_context *ctx)
{
	bool more = true;
	int r = 0;

	while (r == 0 && more) {
		r = alert_first(ctx, &more);
	}
	return r ? r : digest(ctx);
}

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
	hf_time next;
	int r = alerts_next(ctx, &next);

	if (r != 0 || next > ctx->now) {
		return r;
	}

	r = db_begin(ctx->db);
	if (r != 0) {
		return r;
	}

	r = run_inside(ctx);
	if (r != 0) {
		db_rollback(ctx->db);
		return r > 0 ? -EINVAL : r;
	}
	return db_commit(ctx->db);
}

/* --- an alert that does not arrive ------------------------------------------------------ */

/* The gateway could not be reached for so long that nobody was told at all: it begins anew. */
static int begin_anew(const struct alarm *alarm)
{
	int r = cases_alert_round_over(alarm->ctx->db, alarm->row->id, alarm->ctx->now);

	return r ? r : cases_alerted(alarm->ctx->db, alarm->row->id, 0, alarm->ctx->now);
}

/* On to the next person at once.  The next round comes at its time, or a gateway that refuses all
 * would be asked for ever. */
static int hurry(struct alarm *alarm)
{
	int r = pick(alarm);

	if (r != 0 || !alarm->member || alarm->row->alert_at < alarm->ctx->now) {
		return r;
	}
	return cases_alerted(alarm->ctx->db, alarm->row->id, alarm->row->alert_step,
			     alarm->ctx->now);
}

int alerts_failed(const struct engine_context *ctx, const struct outbox_message *text)
{
	bool waited = text->state == OUTBOX_DUE || text->state == OUTBOX_DEFERRED, last = false;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	struct alarm alarm;
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

	alarm = alarm_of(ctx, &row);
	return waited ? begin_anew(&alarm) : hurry(&alarm);
}

/* --- ACK -------------------------------------------------------------------------------- */

/* Taken already, but by the one who asks: that is no. */
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
	char handle[ADDRESSEE_HANDLE_MAX];
	int r = 0;

	notice_handle(member, handle);
	if (number == 0) {
		r = cases_only_alerted(ctx->db, handle, &notice.number);
	}
	if (r == 0) {
		r = acknowledge(ctx, notice.number, handle, &notice.message);
	}
	return r < 0 ? r : notice_send(ctx, member, &notice);
}
