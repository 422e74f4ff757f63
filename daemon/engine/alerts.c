/*
 * From case to case down the roster.
 *
 * A case has a step: which line of the roster is looked at next, and after the last
 * of them everybody on the roster, then everybody in staff.conf.  Who was texted is
 * written into the history of the case, in the same transaction as the text.
 * Promises: an urgent case is never given up.  Danger, a setback and a call for somebody
 * go on day and night, to ever more people, until one of them acknowledges; and again
 * where whoever has acknowledged does not try to reach her.  A silence goes down the
 * roster once on each day, and rests while her texts are paused; so does a text of which
 * nobody knows whether it has gone out, but for the rest.
 * Where nobody is on call, somebody is texted all the same.
 * Dangerous: a next step that is not later than now would keep the loop busy for
 * ever, so each step is later than the one before.  A phone that rings all night is
 * switched off, so a text names as many cases as fit, and rounds of several cases come at
 * the same instants.
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
#include "store/store.h"
#include "engine/compose.h"
#include "engine/notice.h"
#include "engine/permit.h"
#include "engine/recipient.h"
#include "engine/site_hours.h"

/* The steps of an urgent case.  Lower ones are lines of the roster. */
#define STEP_ROSTER    1000 /* everybody on it; lines further down are never reached */
#define STEP_EVERYBODY 2000 /* in staff.conf */

#define OFTEN          HF_HOUR       /* for so long a round follows each acknowledge_within */
#define SELDOM         (4 * HF_HOUR) /* after so long it is one an hour, before that two */
#define WAIT_LEAST     HF_MINUTE
#define AT_ONCE        3 /* texts to one phone within TEXT_GAP; what else comes is one text */
#define TEXT_GAP       (20 * HF_SECOND)
#define DIGEST_USE     (12 * HF_HOUR)   /* a digest of this morning is no use tomorrow */
#define BEFORE_CLOSING (15 * HF_MINUTE) /* there must be time to read, and to call */

/* --- the roster ------------------------------------------------------------------- */

/* Without a list of who is on call everybody is, in the order in which they stand there. */
static int roster_size(const struct model *model)
{
	size_t count = model->on_call_count ? model->on_call_count : model->staff_count;

	return count < STEP_ROSTER ? (int)count : STEP_ROSTER - 1;
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

static const struct staff_member *first_on_call(const struct model *model, hf_time now)
{
	for (int line = 0; line < roster_size(model); line++) {
		if (is_on_call(model, line, now)) {
			return roster_member(model, line);
		}
	}
	return roster_member(model, 0);
}

/* --- one text for each phone ------------------------------------------------------------ */

/* What one of the staff is told in this run: of one case, or of several. */
struct telling {
	const struct staff_member *member;
	char *text;    /* NULL: nothing yet */
	hf_time about; /* now, or a little later: no two texts to her have the same */
	hf_time expires;
};

struct round {
	const struct engine_context *ctx;
	struct telling *tellings; /* one for each of the staff, in their order */
};

/* What is told of one case, and to whom. */
struct alert {
	struct round *round;
	const struct case_row *row;
	const char *remark; /* why it is them; NULL */
	char *text;
	int step; /* the next one */
	hf_time next;
	bool *targets; /* of each of the staff: is she told? */
};

enum { ALERT_E_LATER = 1 }; /* not in this run: `next` says when */

static int round_begin(struct round *round, const struct engine_context *ctx)
{
	*round = (struct round){ .ctx = ctx };
	round->tellings = calloc(ctx->model->staff_count + 1, sizeof(*round->tellings));
	for (size_t i = 0; round->tellings && i < ctx->model->staff_count; i++) {
		round->tellings[i].member = &ctx->model->staff[i];
	}
	return round->tellings ? 0 : -ENOMEM;
}

static void round_done(struct round *round)
{
	for (size_t i = 0; round->tellings && i < round->ctx->model->staff_count; i++) {
		free(round->tellings[i].text);
	}
	free(round->tellings);
}

static void alert_done(struct alert *alert)
{
	free(alert->text);
	free(alert->targets);
}

/* Two who share a phone get one text. */
static void add_target(struct alert *alert, const struct staff_member *member)
{
	const struct model *model = alert->round->ctx->model;

	for (size_t i = 0; member && i < model->staff_count; i++) {
		if (alert->targets[i] && strcmp(model->staff[i].phone, member->phone) == 0) {
			return;
		}
	}
	if (member) {
		alert->targets[member - model->staff] = true;
	}
}

/* Does it go out as one text, after what is told already? */
static int fits(const struct alert *alert, const struct telling *telling, bool *ret_fits)
{
	const struct model *model = alert->round->ctx->model;
	_cleanup_free_ char *joined = NULL;
	struct text_cost cost = { .segments = 1 };
	int r;

	if (asprintf(&joined, "%s\n%s", telling->text, alert->text) < 0) {
		joined = NULL;
		return -ENOMEM;
	}
	r = compose_plain(model, model->site.language, &joined);
	r = r ? r : text_cost(joined, &cost);
	*ret_fits = r == 0 && cost.segments <= model->texting.max_segments;
	return r < 0 ? r : 0;
}

/* May she be told of it in this run?  Else at *ret_next.  One who is told alone waits where she has just
 * been texted of others, so that ten in distress at once are a few texts; a whole round does
 * not, for it would wait for each of them. */
static int look_at_phone(const struct alert *alert, struct telling *telling, bool alone,
			 hf_time *ret_next)
{
	const struct engine_context *ctx = alert->round->ctx;
	char handle[RECIPIENT_HANDLE_MAX];
	int64_t texts = 0;
	hf_time last = 0, first = 0;
	bool room = true;
	int r;

	*ret_next = ctx->now;
	if (telling->text) {
		r = fits(alert, telling, &room);
		*ret_next += room ? 0 : TEXT_GAP;
		return r;
	}
	recipient_handle(telling->member, handle);
	r = cases_last_told_at(ctx->db, handle, &last);
	r = r ? r : cases_told_after(ctx->db, handle, ctx->now - TEXT_GAP, &texts, &first);
	telling->about = last < ctx->now ? ctx->now : last + 1;
	if (alone && texts >= AT_ONCE && first <= ctx->now) {
		*ret_next = first + TEXT_GAP;
	}
	return r;
}

static int look_at_phones(struct alert *alert)
{
	const struct model *model = alert->round->ctx->model;
	hf_time latest = alert->round->ctx->now;
	size_t count = 0;
	int r = 0;

	for (size_t i = 0; i < model->staff_count; i++) {
		count += alert->targets[i];
	}
	for (size_t i = 0; r == 0 && i < model->staff_count; i++) {
		hf_time next = 0;

		if (!alert->targets[i]) {
			continue;
		}
		r = look_at_phone(alert, &alert->round->tellings[i], count == 1, &next);
		latest = next > latest ? next : latest;
	}
	if (r == 0 && latest > alert->round->ctx->now) {
		alert->next = latest;
		return ALERT_E_LATER;
	}
	return r;
}

static int tell(struct alert *alert, struct telling *telling, const char *remark)
{
	const struct engine_context *ctx = alert->round->ctx;
	char handle[RECIPIENT_HANDLE_MAX], *joined = NULL;

	if (telling->text ? asprintf(&joined, "%s\n%s", telling->text, alert->text) < 0
			  : !(joined = strdup(alert->text))) {
		return -ENOMEM;
	}
	free(telling->text);
	telling->text = joined;
	if (alert->next > telling->expires) {
		telling->expires = alert->next;
	}
	recipient_handle(telling->member, handle);
	log_notice("case=%" PRId64 " alert to=%s", alert->row->id, handle);
	return cases_alerted_person(ctx->db, alert->row->id, handle, remark, telling->about);
}

/* All of its targets, or none of them: ALERT_E_LATER. */
static int tell_targets(struct alert *alert)
{
	const struct engine_context *ctx = alert->round->ctx;
	const struct notice notice = { .message = "alert",
				       .number = alert->row->id,
				       .client = alert->row->client,
				       .reason = alert->row->reason,
				       .times = alert->row->times };
	const char *remark = alert->remark;
	int r = notice_fill(ctx, &notice, &alert->text);

	r = r ? r : look_at_phones(alert);
	for (size_t i = 0; r == 0 && i < ctx->model->staff_count; i++) {
		if (alert->targets[i]) {
			r = tell(alert, &alert->round->tellings[i], remark);
			remark = NULL;
		}
	}
	return r;
}

static int round_send(const struct round *round)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < round->ctx->model->staff_count; i++) {
		const struct telling *telling = &round->tellings[i];
		const struct notice notice = { .message = "alert",
					       .about = telling->about,
					       .expires = telling->expires };

		if (telling->text) {
			r = notice_queue(round->ctx, telling->member, &notice, telling->text);
		}
	}
	return r;
}

/* --- an urgent case ----------------------------------------------------------------------- */

/* From a line of the roster on, the first who is on call now and has not been told; the number of
 * lines where there is none. */
static int find_line(const struct engine_context *ctx, const struct case_row *row, int line,
		     int *ret_line)
{
	int count = roster_size(ctx->model), r = 0;

	for (; r == 0 && line < count; line++) {
		const struct staff_member *member = roster_member(ctx->model, line);
		char handle[RECIPIENT_HANDLE_MAX];
		hf_time told = 0;

		if (!member || !is_on_call(ctx->model, line, ctx->now)) {
			continue;
		}
		recipient_handle(member, handle);
		r = cases_told_at(ctx->db, row->id, handle, &told);
		if (r == 0 && told == 0) {
			break;
		}
	}
	*ret_line = line < count ? line : count;
	return r;
}

static hf_time acknowledge_within(const struct model *model)
{
	hf_time wait = span_length(&model->acknowledge_within);

	return wait > WAIT_LEAST ? wait : WAIT_LEAST;
}

/* Each acknowledge_within for an hour, then every half hour, then every hour; and at multiples of
 * that, so that the rounds of several cases are one. */
static hf_time next_round_at(const struct alert *alert)
{
	hf_time now = alert->round->ctx->now, age = now - alert->row->alert_since;
	hf_time within = acknowledge_within(alert->round->ctx->model);
	hf_time seldom = age < SELDOM ? HF_HOUR / 2 : HF_HOUR;
	hf_time wait = age < OFTEN || within > seldom ? within : seldom;
	hf_time at = now + wait - (now + wait) % wait;

	return at - now < wait / 2 ? at + wait : at;
}

/* Everybody on the roster, or, after that, everybody. */
static void target_all(struct alert *alert)
{
	const struct model *model = alert->round->ctx->model;
	bool everybody = alert->row->alert_step >= STEP_ROSTER;

	for (int line = 0; !everybody && line < roster_size(model); line++) {
		add_target(alert, roster_member(model, line));
	}
	for (size_t i = 0; everybody && i < model->staff_count; i++) {
		add_target(alert, &model->staff[i]);
	}
	alert->step = everybody ? STEP_EVERYBODY : STEP_ROSTER;
	alert->next = next_round_at(alert);
}

/* Danger, a setback, a need and HELP do not end before somebody acknowledges; nor what a stranger's
 * phone says of them. */
static bool is_endless(const struct case_row *row)
{
	static const bool rests[] = { [CASE_SILENT] = true,
				      [CASE_UNDELIVERABLE] = true,
				      [CASE_UNKNOWN] = true,
				      [CASE_OUTAGE] = true,
				      [CASE_CEILING] = true };

	return row->urgency == CASE_URGENT && !rests[row->reason];
}

/* In a year of closed days it is tomorrow. */
static hf_time next_opening(const struct model *model, hf_time at)
{
	hf_time opening = site_hours_morning(model, at);

	return opening == HF_NEVER ? at + HF_DAY : opening;
}

/* Down the roster.  ALERT_E_LATER where a silence, a number that takes
 * nothing, or a text in doubt, is at its end: again when the site opens. */
static int target_line(struct alert *alert)
{
	const struct engine_context *ctx = alert->round->ctx;
	const struct case_row *row = alert->row;
	int count = roster_size(ctx->model), line = count;
	int r = row->alert_step < count ? find_line(ctx, row, row->alert_step, &line) : 0;

	if (r != 0) {
		return r;
	}
	if (line < count) {
		add_target(alert, roster_member(ctx->model, line));
	} else if (row->alert_step == 0) {
		add_target(alert, roster_member(ctx->model, 0));
		alert->remark = "nobody is on call";
	} else if (is_endless(row)) {
		target_all(alert);
		return cases_alert_round_over(ctx->db, row->id, ctx->now);
	} else {
		alert->step = 0;
		alert->next = next_opening(ctx->model, ctx->now);
		r = cases_alert_round_over(ctx->db, row->id, ctx->now);
		return r ? r : ALERT_E_LATER;
	}
	alert->step = line < count ? line + 1 : count;
	alert->next = ctx->now + acknowledge_within(ctx->model);
	return 0;
}

/* Her texts are paused, and so is what comes of her not answering them.  *ret_until: HF_NEVER for no
 * pause; an open one, or one that an edit ends, is looked at again tomorrow. */
static int silence_rests(const struct engine_context *ctx, const struct case_row *row,
			 hf_time *ret_until)
{
	const struct client *client = model_client(ctx->model, row->client);
	struct permit_pause pause = { .by = PAUSE_NONE };
	struct civil today;
	int r = 0;

	*ret_until = HF_NEVER;
	if (row->reason != CASE_SILENT || !client) {
		return 0;
	}
	today = zone_civil(client->zone, ctx->now);
	r = permit_pause(ctx->db, client, &today, &pause);
	if (r == 0 && pause.by != PAUSE_NONE) {
		hf_time tomorrow = zone_midnight(client->zone, civil_to_days(&today) + 1);

		*ret_until = next_opening(ctx->model, tomorrow);
	}
	return r;
}

static int target(struct alert *alert, const struct staff_member *holder)
{
	const struct engine_context *ctx = alert->round->ctx;
	int r;

	if (ctx->model->staff_count == 0 || roster_size(ctx->model) == 0) {
		log_error("case=%" PRId64 " is urgent and staff.conf names nobody to text",
			  alert->row->id);
		alert->next = ctx->now + HF_HOUR;
		return ALERT_E_LATER;
	}
	if (alert->row->alert_step >= STEP_ROSTER) {
		target_all(alert);
		return cases_alert_round_over(ctx->db, alert->row->id, ctx->now);
	}
	r = target_line(alert);
	add_target(alert, holder);
	return r;
}

/* holder: who had acknowledged it and not tried; NULL. */
static int alert_of_urgent(struct round *round, struct case_row *row,
			   const struct staff_member *holder)
{
	const struct engine_context *ctx = round->ctx;
	_cleanup_(alert_done) struct alert alert = { .round = round,
						     .row = row,
						     .step = row->alert_step };
	hf_time rests;
	int r = silence_rests(ctx, row, &rests);

	if (r != 0 || rests != HF_NEVER) {
		return r ? r : cases_alerted(ctx->db, row->id, 0, rests);
	}
	if (row->alert_step == 0) {
		row->alert_since = ctx->now;
		r = cases_alert_begin(ctx->db, row->id, ctx->now);
	}
	alert.targets = calloc(ctx->model->staff_count + 1, sizeof(*alert.targets));
	r = r ? r : alert.targets ? target(&alert, holder) : -ENOMEM;
	if (r == 0) {
		r = tell_targets(&alert);
		alert.step = r == ALERT_E_LATER ? row->alert_step : alert.step;
	}
	return r < 0 ? r : cases_alerted(ctx->db, row->id, alert.step, alert.next);
}

/* --- all routine cases ------------------------------------------------------------------- */

/* Of one that nobody was told of, or with a text that nobody has read, one person is told, and the
 * next only where that fails. */
static int alert_of_routine(struct round *round, struct case_row *row)
{
	const struct engine_context *ctx = round->ctx;
	_cleanup_(alert_done) struct alert alert = { .round = round, .row = row };
	int count = roster_size(ctx->model), line = 0, r = 0;

	if (row->alert_step == 0) {
		r = cases_alert_begin(ctx->db, row->id, ctx->now);
		row->alert_since = ctx->now;
	}
	r = r ? r : find_line(ctx, row, row->alert_step, &line);
	if (r != 0) {
		return r;
	}
	alert.targets = calloc(ctx->model->staff_count + 1, sizeof(*alert.targets));
	if (!alert.targets) {
		return -ENOMEM;
	}
	if (line < count) {
		add_target(&alert, roster_member(ctx->model, line));
	} else if (row->alert_step == 0 && count > 0) {
		add_target(&alert, roster_member(ctx->model, 0));
		alert.remark = "nobody is on call";
	} else {
		return cases_told_one(ctx->db, row->id, line, ctx->now);
	}

	alert.next = ctx->now + acknowledge_within(ctx->model);
	r = tell_targets(&alert);
	if (r == ALERT_E_LATER) {
		return cases_alerted(ctx->db, row->id, row->alert_step, alert.next);
	}
	return r ? r : cases_told_one(ctx->db, row->id, line + 1, ctx->now);
}

/* One text names all that nobody was told of: the one, or how many. */
static int digest_now(struct round *round)
{
	const struct engine_context *ctx = round->ctx;
	struct notice notice = { .message = "digest",
				 .about = ctx->now,
				 .expires = ctx->now + DIGEST_USE };
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	int r = cases_untold(ctx->db, &notice.count);

	if (r == 0 && notice.count == 1) {
		r = cases_first_untold(ctx->db, &rows);
		if (r == 0) {
			cases_read(&rows, &row);
			return alert_of_routine(round, &row);
		}
	}
	if (r == 0 && notice.count > 0 && roster_size(ctx->model) > 0) {
		r = notice_send(ctx, first_on_call(ctx->model, ctx->now), &notice);
	}
	return r ? r : cases_told(ctx->db, ctx->now);
}

/* --- one case, and the next -------------------------------------------------------------- */

static int alert_of_case(struct round *round, struct case_row *row)
{
	const struct engine_context *ctx = round->ctx;
	const struct staff_member *holder = NULL;
	int64_t waiting = 0;
	int r;

	if (row->urgency == CASE_ROUTINE) {
		r = cases_waiting(ctx->db, &waiting);
		return r ? r : waiting > 1 ? digest_now(round) : alert_of_routine(round, row);
	}
	if (row->state == CASE_ACKNOWLEDGED) {
		const char *by = row->acknowledged_by;

		holder = by && *by == '@' ? model_staff(ctx->model, by + 1) : NULL;
		row->alert_step = 0;
		r = cases_unattended(ctx->db, row->id, ctx->now);
		if (r != 0) {
			return r;
		}
	}
	return alert_of_urgent(round, row, holder);
}

/* Of the first case for which it is time.  *ret_more: there was one. */
static int alert_of_first(struct round *round, bool *ret_more)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	int r = cases_alert_due(round->ctx->db, round->ctx->now, &rows);

	if (r != 0) {
		return r;
	}

	*ret_more = db_next(&rows);
	if (!*ret_more) {
		return rows.error;
	}

	cases_read(&rows, &row);
	return alert_of_case(round, &row);
}

/* --- the digest ------------------------------------------------------------------------ */

/* Of what happens then somebody is told by that time, while the site is open; HF_NEVER: it is closed. */
static hf_time tell_by(const struct model *model, hf_time at)
{
	hf_time within = at + span_length(&model->read_within), closing;

	if (!site_hours_open(model, at)) {
		return HF_NEVER;
	}
	closing = site_hours_close(model, at) - BEFORE_CLOSING;
	within = within < closing ? within : closing;
	return within > at ? within : at;
}

/* When somebody is told of the oldest case that nobody was told of: within read_within and before
 * closing, or when the site opens; HF_NEVER: there is none. */
static int digest_at(const struct engine_context *ctx, hf_time *ret_at)
{
	hf_time since = HF_NEVER, at = HF_NEVER;
	int r = cases_untold_since(ctx->db, &since);

	if (r != 0) {
		return r;
	}

	if (since != HF_NEVER && roster_size(ctx->model) > 0) {
		at = site_hours_day(ctx->model, since) ? tell_by(ctx->model, since)
						       : site_hours_morning(ctx->model, since);
	}
	if (at <= ctx->now && !site_hours_open(ctx->model, ctx->now)) {
		at = site_hours_morning(ctx->model, ctx->now);
	}
	*ret_at = at;
	return 0;
}

static int send_digest(struct round *round)
{
	hf_time at = HF_NEVER;
	int r = digest_at(round->ctx, &at);

	return r || at > round->ctx->now ? r : digest_now(round);
}

/* --- each morning, whatever there is ------------------------------------------------------- */

#define DAILY_WORDS 80

/* The first time, and after a clock that ran ahead was set right, at the next opening: one that is a
 * minute old at most. */
static int daily_at(const struct engine_context *ctx, hf_time *ret_at)
{
	const struct model *model = ctx->model;
	hf_time last = 0;
	int r = 0;

	*ret_at = HF_NEVER;
	if (model->daily_digest && roster_size(model) > 0) {
		r = store_digest(ctx->db, &last);
		*ret_at = site_hours_morning(
			model, last && last <= ctx->now ? last : ctx->now - HF_MINUTE);
	}
	if (*ret_at <= ctx->now && !site_hours_open(model, ctx->now)) {
		*ret_at = site_hours_morning(model, ctx->now);
	}
	return r;
}

static int send_daily(struct round *round)
{
	const struct engine_context *ctx = round->ctx;
	bool spanish = ctx->model->site.language && strcmp(ctx->model->site.language, "es") == 0;
	struct outbox_totals totals = { 0 };
	char words[DAILY_WORDS];
	struct notice notice = { .message = "daily",
				 .about = ctx->now,
				 .expires = ctx->now + DIGEST_USE,
				 .words = words };
	int64_t sent = 0, lost;
	hf_time at = HF_NEVER;
	int r = daily_at(ctx, &at);

	if (r != 0 || at > ctx->now) {
		return r;
	}
	r = cases_count(ctx->db, &notice.count);
	r = r ? r : outbox_count_sent(ctx->db, ctx->now - HF_DAY, &sent);
	r = r ? r : outbox_totals(ctx->db, ctx->now, &totals);
	lost = totals.failed_last_day + totals.unknown;
	if (lost == 0) {
		(void)snprintf(words, sizeof(words), "%" PRId64 "%s", sent,
			       spanish ? " enviados, todo bien" : " sent, all well");
	} else {
		(void)snprintf(words, sizeof(words), "%" PRId64 "%s, %" PRId64 "%s", sent,
			       spanish ? " enviados" : " sent", lost,
			       spanish ? " sin llegar" : " failed or unknown");
	}
	r = r ? r : notice_send(ctx, first_on_call(ctx->model, ctx->now), &notice);
	return r ? r : store_set_digest(ctx->db, ctx->now);
}

/* --- where holdfastd was away ---------------------------------------------------------------- */

#define OUTAGE_SETTLED (15 * HF_MINUTE) /* by then it is known what was too late */
#define OUTAGE_WORDS   96

int alerts_outage_next(const struct engine_context *ctx, hf_time *ret_when)
{
	hf_time from = 0, until = 0, told = 0;
	int r = store_outage(ctx->db, &from, &until);

	r = r ? r : store_outage_told(ctx->db, &told);
	if (r == 0) {
		*ret_when = until > told ? until + OUTAGE_SETTLED : HF_NEVER;
	}
	return r;
}

static int open_outage(const struct engine_context *ctx, hf_time from, hf_time until)
{
	hf_time away = until - from;
	int64_t missed = 0, unasked = 0, id = 0;
	char words[OUTAGE_WORDS];
	int r = outbox_count_missed(ctx->db, from, until, &missed);

	r = r ? r : outbox_count_unasked(ctx->db, from, until, &unasked);
	/* One of long ago, from before there were such cases, is known by now. */
	if (r == 0 && missed > 0 && ctx->now - until < HF_DAY) {
		(void)snprintf(words, sizeof(words),
			       "away %" PRId64 " %s: %" PRId64 " text(s) not sent, %" PRId64
			       " check-in(s) not asked so far",
			       away < 2 * HF_HOUR ? away / HF_MINUTE : away / HF_HOUR,
			       away < 2 * HF_HOUR ? "min" : "h", missed - unasked, unasked);
		r = cases_open(ctx->db, CASES_ALL, CASE_UNSENT, CASE_ROUTINE, ctx->now, &id);
		r = r ? r : cases_noted(ctx->db, id, words, ctx->now);
		log_warning("case=%" PRId64 ": texts were not sent while holdfastd was away", id);
	}
	return r ? r : store_set_outage_told(ctx->db, until);
}

int alerts_outage(const struct engine_context *ctx)
{
	hf_time from = 0, until = 0, at = HF_NEVER;
	int r = alerts_outage_next(ctx, &at);

	if (r != 0 || at > ctx->now) {
		return r;
	}
	r = store_outage(ctx->db, &from, &until);
	r = r ? r : db_begin(ctx->db);
	if (r != 0) {
		return r;
	}
	return db_end(ctx->db, open_outage(ctx, from, until));
}

/* --- a text that nobody has read ------------------------------------------------------------ */

int alerts_unread(const struct engine_context *ctx, const struct client *client, int64_t case_id)
{
	bool early = client && client_is_early(client, zone_day(client->zone, ctx->now));

	return cases_unread(ctx->db, case_id, early ? ctx->now : tell_by(ctx->model, ctx->now));
}

bool alerts_read_today(const struct engine_context *ctx)
{
	const struct model *model = ctx->model;
	hf_time closing;

	if (!site_hours_open(model, ctx->now)) {
		return false;
	}
	closing = site_hours_close(model, ctx->now);
	return ctx->now < closing - BEFORE_CLOSING || site_hours_open(model, closing);
}

/* --- what is due ----------------------------------------------------------------------- */

int alerts_next(const struct engine_context *ctx, hf_time *ret_when)
{
	hf_time step = HF_NEVER, morning = HF_NEVER, daily = HF_NEVER;
	int r = cases_alert_next(ctx->db, &step);

	r = r ? r : digest_at(ctx, &morning);
	r = r ? r : daily_at(ctx, &daily);
	if (r == 0) {
		morning = daily < morning ? daily : morning;
		*ret_when = step < morning ? step : morning;
	}
	return r;
}

int alerts_run(const struct engine_context *ctx)
{
	__attribute__((cleanup(round_done))) struct round round = { .ctx = ctx };
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

	r = round_begin(&round, ctx);
	while (r == 0 && more) {
		r = alert_of_first(&round, &more);
	}
	r = r ? r : send_digest(&round);
	r = r ? r : send_daily(&round);
	r = r ? r : round_send(&round);
	return db_end(ctx->db, r > 0 ? -EINVAL : r);
}

/* --- an alert that does not arrive ------------------------------------------------------ */

/* Down the roster: the next line at once, where there is one.  What was never sent, for the gateway
 * could not be reached, begins again from the first line.  A round that went to several goes on at its
 * time. */
static int alert_again(const struct engine_context *ctx, const struct case_row *row, bool waited)
{
	int line = 0, step = waited ? 0 : row->alert_step, r;

	if (row->urgency == CASE_URGENT &&
	    (row->alert_step >= STEP_ROSTER || row->alert_at == HF_NEVER)) {
		return 0;
	}
	r = waited ? 0 : find_line(ctx, row, step, &line);
	if (r != 0 || (!waited && (line == roster_size(ctx->model) || row->alert_at < ctx->now))) {
		return r;
	}
	return cases_alerted(ctx->db, row->id, step, ctx->now);
}

static int case_failed(const struct engine_context *ctx, const struct outbox_message *text,
		       int64_t id, bool waited)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	bool last = false;
	int r = cases_get(ctx->db, id, &rows);

	if (r != 0) {
		return r > 0 ? 0 : r;
	}
	cases_read(&rows, &row);
	r = cases_alert_failed(ctx->db, id, text->client, text->occurrence, ctx->now, &last);
	return r || !last || row.state != CASE_OPEN ? r : alert_again(ctx, &row, waited);
}

/* Outside of any round.  ALERT_E_LATER: not now. */
static int tell_one(const struct engine_context *ctx, const struct case_row *row,
		    const struct staff_member *member)
{
	__attribute__((cleanup(round_done))) struct round round = { .ctx = ctx };
	_cleanup_(alert_done) struct alert alert = { .round = &round, .row = row };
	int r = round_begin(&round, ctx);

	alert.next = ctx->now + acknowledge_within(ctx->model);
	alert.targets = calloc(ctx->model->staff_count + 1, sizeof(*alert.targets));
	if (r != 0 || !alert.targets) {
		return r ? r : -ENOMEM;
	}
	add_target(&alert, member);
	r = tell_targets(&alert);
	return r ? r : round_send(&round);
}

/* Whoever wrote it is told, where staff.conf has her under the name that she logs in with and the site
 * is open; else it is told like a text that nobody has read. */
static int tell_author(const struct engine_context *ctx, const struct outbox_message *text,
		       int64_t case_id)
{
	const struct staff_member *author = model_staff(ctx->model, text->author);
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	int r;

	if (!author || !site_hours_open(ctx->model, ctx->now)) {
		return alerts_unread(ctx, model_client(ctx->model, text->client), case_id);
	}
	r = cases_get(ctx->db, case_id, &rows);
	if (r != 0) {
		return r < 0 ? r : -EINVAL;
	}

	cases_read(&rows, &row);
	r = tell_one(ctx, &row, author);
	if (r == ALERT_E_LATER) {
		return alerts_unread(ctx, model_client(ctx->model, text->client), case_id);
	}
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
	      : cases_open(ctx->db, text->client,
			   state == OUTBOX_UNKNOWN ? CASE_UNKNOWN : CASE_UNSENT, CASE_ROUTINE,
			   ctx->now, &case_id);
	r = r ? r : cases_about_text(ctx->db, case_id, text->author, note, ctx->now);
	return r ? r : tell_author(ctx, text, case_id);
}

int alerts_failed(const struct engine_context *ctx, const struct outbox_message *text)
{
	bool waited = text->state == OUTBOX_DUE || text->state == OUTBOX_DEFERRED;
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r;

	if (text->kind != KIND_ALERT || strcmp(text->reminder, "alert") != 0) {
		return 0;
	}
	r = cases_of_alert(ctx->db, text->client, text->occurrence, &rows);
	while (r == 0 && db_next(&rows)) {
		r = case_failed(ctx, text, db_int(&rows, 0), waited);
	}
	return r ? r : rows.error;
}

/* --- what is an administrator's ------------------------------------------------------------ */

/* One that has not gone out says it already; and once an hour is enough. */
static int tell_administrators(const struct engine_context *ctx, struct notice notice,
			       const char *about)
{
	const struct model *model = ctx->model;
	int r = 0;

	notice.about = ctx->now / HF_HOUR * HF_HOUR + hash_text(about) % 1000;
	notice.expires = ctx->now + DIGEST_USE;
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

int alerts_gateway(const struct engine_context *ctx, const char *gateway)
{
	return tell_administrators(
		ctx, (struct notice){ .message = "gateway_refuses", .gateway = gateway }, gateway);
}

int alerts_ceiling(const struct engine_context *ctx, int64_t most)
{
	int r = cases_open(ctx->db, "site:texts", CASE_CEILING, CASE_URGENT, ctx->now, NULL);

	return r ? r
		 : tell_administrators(ctx, (struct notice){ .message = "ceiling", .count = most },
				       "ceiling");
}

/* --- where holdfastd is silent -------------------------------------------------------------- */

#define ALARM_DAYS 2
#define ALARM_STEP (15 * HF_MINUTE) /* hours begin and end at quarters, as good as always */

int alerts_if_silent(const struct engine_context *ctx,
		     struct wire_alarm ret_alarms[ALERTS_ALARMS_MAX], size_t *ret_count,
		     char **ret_text)
{
	const struct model *model = ctx->model;
	const struct notice notice = { .message = "service_silent" };
	hf_time at = ctx->now - ctx->now % ALARM_STEP, end = at + ALARM_DAYS * HF_DAY;
	struct wire_alarm *last = NULL;
	size_t count = 0;
	int r = notice_fill(ctx, &notice, ret_text);

	if (r == 0) {
		r = compose_plain(model, model->site.language, ret_text);
	}
	for (; r == 0 && roster_size(model) > 0 && at < end; at += ALARM_STEP) {
		struct civil local = zone_civil(model->site.zone, at);
		const struct staff_member *member = first_on_call(model, at);

		if (!member || !hours_cover(&model->texting.hours, civil_weekday(&local),
					    civil_minute(&local))) {
			continue;
		}
		if (last && last->until == at && strcmp(last->to, member->phone) == 0) {
			last->until += ALARM_STEP;
		} else if (count < ALERTS_ALARMS_MAX) {
			last = &ret_alarms[count++];
			*last = (struct wire_alarm){ at, at + ALARM_STEP, member->phone,
						     *ret_text };
		}
	}
	*ret_count = count;
	return r;
}

/* --- who takes it on ---------------------------------------------------------------------- */

int alerts_acknowledge(const struct engine_context *ctx, int64_t number, const char *by)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	hf_time within = span_length(&ctx->model->attempt_within);
	struct case_row row;
	int r = cases_get(ctx->db, number, &rows);

	if (r != 0) {
		return r;
	}
	cases_read(&rows, &row);
	return cases_acknowledge(ctx->db, number, by,
				 is_endless(&row) ? ctx->now + within : HF_NEVER, ctx->now);
}
