/*
 * From case to case down the roster.
 *
 * A case's step is where in the roster its next alert begins to look, and how
 * many times all of it has been gone through.  Who was texted is in the
 * case's history, in the same transaction as the text.
 * Promises: an urgent case is never given up.  Where nobody is on call
 * somebody is texted all the same; where nobody acknowledges it begins again.
 * Dangerous: an instant that does not move on would keep the loop busy for ever;
 * each step is at least a minute after the one before.
 */
#include "engine/alerts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/log.h"
#include "store/cases.h"
#include "engine/notice.h"
#include "engine/opening.h"

#define ROUND       1000 /* steps; whatever stands further down a roster is never reached */
#define ROUNDS      5    /* then it is once an hour while the site is open */
#define ALERTS_MOST (INT64_C(1) << 20) /* of one case: one an hour for a century */
#define WAIT_LEAST  HF_MINUTE
#define MORNING     (8 * 60)       /* minutes; where a site that never closes opens */
#define DIGEST_USE  (12 * HF_HOUR) /* one of this morning is no use tomorrow */

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
	const struct desk *desk;
	const struct case_row *row;
	hf_time now;
	int round, line;
	const struct staff_member *member; /* who is to be texted */
	const char *remark;                /* why it is her; NULL */
};

static struct alarm alarm_of(const struct desk *desk, const struct case_row *row, hf_time now)
{
	return (struct alarm){
		.desk = desk,
		.row = row,
		.now = now,
		.round = row->alert_step / ROUND,
		.line = row->alert_step % ROUND,
	};
}

/* From its line on, whoever is on call now and has not been told in this round. */
static int pick(struct alarm *alarm)
{
	const struct model *model = alarm->desk->model;
	int count = count_lines(model), r;

	for (int line = alarm->line; line < count; line++) {
		const struct staff_member *member = person_on(model, line);
		char handle[NOTICE_HANDLE_MAX];
		bool told = false;

		if (!member || !is_on_call(model, line, alarm->now)) {
			continue;
		}

		notice_handle(member, handle);
		r = cases_was_alerted(alarm->desk->db, alarm->row->id, handle, &told);
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
	r = cases_alert_round_over(alarm->desk->db, alarm->row->id, alarm->now);
	return r ? r : pick(alarm);
}

/* Where nobody is on call at all, the first line has to do. */
static void pick_anyhow(struct alarm *alarm)
{
	int count = count_lines(alarm->desk->model);

	if (!alarm->member && count > 0) {
		alarm->member = person_on(alarm->desk->model, 0);
		alarm->line = count - 1;
		alarm->remark = "nobody is on call";
	}
}

/* --- one case ------------------------------------------------------------------------ */

static hf_time next_step(const struct alarm *alarm)
{
	const struct span *within = &alarm->desk->model->acknowledge_within;
	hf_time wait = alarm->round < ROUNDS ? within->elapsed + within->days * HF_DAY : HF_HOUR;

	return alarm->now + (wait > WAIT_LEAST ? wait : WAIT_LEAST);
}

static int tell(struct alarm *alarm)
{
	const struct case_row *row = alarm->row;
	struct notice notice = { .message = "alert",
				 .number = row->id,
				 .client = row->client,
				 .reason = row->reason,
				 .expires = next_step(alarm) };
	char handle[NOTICE_HANDLE_MAX];
	int64_t number = 0;
	int r;

	notice_handle(alarm->member, handle);
	r = cases_alerted_person(alarm->desk->db, row->id, handle, alarm->remark, alarm->now,
				 &number);
	notice.about = row->id * ALERTS_MOST + number;
	r = r ? r : notice_send(alarm->desk, alarm->member, &notice, alarm->now);
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

	return cases_alerted(alarm->desk->db, alarm->row->id, step,
			     until == HF_NEVER ? alarm->now + HF_DAY : until);
}

static int alert(struct alarm *alarm)
{
	const struct model *model = alarm->desk->model;
	int r = pick_around(alarm);

	if (r == 0 && alarm->round >= ROUNDS && !opening_now(model, alarm->now)) {
		return put_off(alarm, opening_next(model, alarm->now));
	}

	pick_anyhow(alarm);
	if (r == 0 && !alarm->member) {
		log_error("case=%lld is urgent and staff.conf names nobody to text",
			  (long long)alarm->row->id);
		return put_off(alarm, alarm->now + HF_HOUR);
	}

	r = r ? r : tell(alarm);
	return r ? r
		 : cases_alerted(alarm->desk->db, alarm->row->id,
				 alarm->round * ROUND + alarm->line + 1, next_step(alarm));
}

/* *ret_more: there was one. */
static int alert_first(const struct desk *desk, hf_time now, bool *ret_more)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	struct alarm alarm;
	int r = cases_alert_due(desk->db, now, &rows);

	if (r != 0) {
		return r;
	}

	*ret_more = db_next(&rows);
	if (!*ret_more) {
		return rows.error;
	}

	cases_read(&rows, &row);
	alarm = alarm_of(desk, &row, now);
	return alert(&alarm);
}

/* --- the digest ------------------------------------------------------------------------ */

static hf_time morning_after(const struct model *model, hf_time at)
{
	struct model early = *model;

	if (early.site.hours.from == 0 && early.site.hours.until > MORNING) {
		early.site.hours.from = MORNING;
	}
	return opening_next(&early, at);
}

/* When the site next opens after the oldest that nobody was told of; HF_NEVER: nothing to tell. */
static int digest_at(const struct desk *desk, hf_time now, hf_time *ret_at)
{
	hf_time since = HF_NEVER, at;
	int r = cases_untold_since(desk->db, &since);

	if (r != 0) {
		return r;
	}

	at = since == HF_NEVER || count_lines(desk->model) == 0 ? HF_NEVER
								: morning_after(desk->model, since);
	if (at <= now && !opening_now(desk->model, now)) {
		at = morning_after(desk->model, now);
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

static int digest(const struct desk *desk, hf_time now)
{
	struct notice notice = { .message = "digest", .about = now, .expires = now + DIGEST_USE };
	hf_time at = HF_NEVER;
	int r = digest_at(desk, now, &at);

	if (r != 0 || at > now) {
		return r;
	}

	r = cases_untold(desk->db, &notice.count);
	r = r ? r : notice_send(desk, on_call_now(desk->model, now), &notice, now);
	return r ? r : cases_told(desk->db, now);
}

/* --- what is due ----------------------------------------------------------------------- */

static int run_inside(const struct desk *desk, hf_time now)
{
	bool more = true;
	int r = 0;

	while (r == 0 && more) {
		r = alert_first(desk, now, &more);
	}
	return r ? r : digest(desk, now);
}

int alerts_next(const struct desk *desk, hf_time now, hf_time *ret_when)
{
	hf_time step = HF_NEVER, morning = HF_NEVER;
	int r = cases_alert_next(desk->db, &step);

	r = r ? r : digest_at(desk, now, &morning);
	if (r == 0) {
		*ret_when = step < morning ? step : morning;
	}
	return r;
}

int alerts_run(const struct desk *desk, hf_time now)
{
	hf_time next;
	int r = alerts_next(desk, now, &next);

	if (r != 0 || next > now) {
		return r;
	}

	r = db_begin(desk->db);
	if (r != 0) {
		return r;
	}

	r = run_inside(desk, now);
	if (r != 0) {
		db_rollback(desk->db);
		return r > 0 ? -EINVAL : r;
	}
	return db_commit(desk->db);
}

/* --- an alert that does not arrive ------------------------------------------------------ */

/* The gateway could not be reached for so long that nobody was told at all: it begins anew. */
static int begin_anew(const struct alarm *alarm)
{
	int r = cases_alert_round_over(alarm->desk->db, alarm->row->id, alarm->now);

	return r ? r : cases_alerted(alarm->desk->db, alarm->row->id, 0, alarm->now);
}

/* On to the next person at once.  The next round comes at its time, or a gateway that refuses all
 * would be asked for ever. */
static int hurry(struct alarm *alarm)
{
	int r = pick(alarm);

	if (r != 0 || !alarm->member || alarm->row->alert_at < alarm->now) {
		return r;
	}
	return cases_alerted(alarm->desk->db, alarm->row->id, alarm->row->alert_step, alarm->now);
}

int alerts_failed(const struct desk *desk, const struct outbox_message *text, hf_time now)
{
	bool waited = text->state == OUTBOX_DUE || text->state == OUTBOX_DEFERRED, last = false;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	struct alarm alarm;
	int r;

	if (text->kind != KIND_ALERT || strcmp(text->reminder, "alert") != 0) {
		return 0;
	}
	r = cases_get(desk->db, text->occurrence / ALERTS_MOST, &rows);
	if (r != 0) {
		return r > 0 ? 0 : r;
	}

	cases_read(&rows, &row);
	r = cases_alert_failed(desk->db, row.id, text->occurrence % ALERTS_MOST, text->client, now,
			       &last);
	if (r != 0 || !last || row.state != CASE_OPEN) {
		return r;
	}

	alarm = alarm_of(desk, &row, now);
	return waited ? begin_anew(&alarm) : hurry(&alarm);
}

/* --- ACK -------------------------------------------------------------------------------- */

/* Taken already, but by the one who asks: that is no. */
static int is_hers(const struct desk *desk, int64_t number, const char *handle, bool *ret_hers)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct case_row row;
	int r = cases_get(desk->db, number, &rows);

	if (r == 0) {
		cases_read(&rows, &row);
		*ret_hers = row.state == CASE_ACKNOWLEDGED && row.acknowledged_by &&
			    strcmp(row.acknowledged_by, handle) == 0;
	}
	return r < 0 ? r : 0;
}

static int acknowledge(const struct desk *desk, int64_t number, const char *handle, hf_time now,
		       const char **ret_answer)
{
	bool hers = false;
	int r = cases_acknowledge(desk->db, number, handle, now);

	if (r > 0) {
		r = is_hers(desk, number, handle, &hers);
		*ret_answer = hers ? "acknowledged" : "acknowledge_no";
		return r;
	}
	*ret_answer = "acknowledged";
	return r;
}

int alerts_acknowledge(const struct desk *desk, const struct staff_member *member, int64_t number,
		       int64_t about, hf_time now)
{
	struct notice notice = { .message = "acknowledge_which",
				 .number = number,
				 .about = about,
				 .expires = HF_NEVER };
	char handle[NOTICE_HANDLE_MAX];
	int r = 0;

	notice_handle(member, handle);
	if (number == 0) {
		r = cases_only_alerted(desk->db, handle, &notice.number);
	}
	if (r == 0) {
		r = acknowledge(desk, notice.number, handle, now, &notice.message);
	}
	return r < 0 ? r : notice_send(desk, member, &notice, now);
}
