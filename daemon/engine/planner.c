/*
 * Turns a snapshot into series, and what is due into outbox rows.
 *
 * The cursor and the rows are committed together; in memory is only a copy,
 * built anew from the stored cursor after anything went wrong.  When more is due
 * at one instant than one transaction takes, the cursor waits just before that
 * instant, and UNIQUE(client, reminder, lead, occurrence) turns away what a
 * run that was cut short has written already.
 */
#include "engine/planner.h"

#include <errno.h>
#include <string.h>

#include "store/people.h"
#include "store/store.h"
#include "engine/enrolment.h"
#include "engine/permit.h"

#define ROWS_PER_COMMIT 5000      /* bounds the journal, and how long others wait */
#define CURSOR_STRIDE   HF_MINUTE /* how far the stored cursor may lag while nothing is due */
#define OUTAGE_LEAST    (10 * HF_MINUTE) /* planned later than that: nobody looked meanwhile */

struct planner {
	struct db *db;
	const struct model *model;
	struct series_set *set;
	bool *welcomed;    /* by index of the client: has her first text, or has it coming */
	int32_t *setbacks; /* by index of the client: the local day of the last one */
	const struct client **late; /* are to be welcomed now: their first opening is over */
	size_t late_count;
	hf_time cursor; /* as stored */
	bool lost;      /* an error left the series somewhere past the cursor */
};

/* One transaction after the other; `batch` rows are in the one that is open. */
struct run {
	struct planner *planner;
	hf_time now, from; /* from: where the cursor stood at its beginning */
	bool outage;       /* something was written late */
	int64_t written;
	int batch;
};

struct planner *planner_free(struct planner *planner)
{
	if (planner) {
		(void)series_set_free(planner->set);
		free(planner->welcomed);
		free(planner->setbacks);
		free(planner->late);
		free(planner);
	}
	return NULL;
}

/* --- enrolling ------------------------------------------------------------ */

static bool *is_welcomed(const struct planner *planner, const struct client *client)
{
	return &planner->welcomed[client - planner->model->clients];
}

static void on_welcome(void *userdata, const char *id)
{
	const struct planner *planner = userdata;
	const struct client *client = model_client(planner->model, id);

	if (client) {
		*is_welcomed(planner, client) = true;
	}
}

static int find_welcomed(struct planner *planner)
{
	size_t count = planner->model->client_count + 1;

	planner->welcomed = calloc(count, sizeof(*planner->welcomed));
	planner->late = calloc(count, sizeof(struct client *));
	if (!planner->welcomed || !planner->late) {
		return -ENOMEM;
	}

	return outbox_each_welcome(planner->db, on_welcome, planner);
}

static int find_setbacks(struct planner *planner)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	size_t count = planner->model->client_count;
	int r;

	planner->setbacks = calloc(count + 1, sizeof(*planner->setbacks));
	if (!planner->setbacks) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		planner->setbacks[i] = ENROLMENT_NO_SETBACK;
	}

	r = situation_setbacks(planner->db, &rows);
	while (r == 0 && db_next(&rows)) {
		const struct client *client = model_client(planner->model, db_text(&rows, 0));

		if (client) {
			planner->setbacks[client - planner->model->clients] =
				(int32_t)zone_day(client->zone, db_int(&rows, 2));
		}
	}
	return r ? r : rows.error;
}

static int enrol_one(struct planner *planner, struct series_set *set, const struct client *client,
		     hf_time cursor)
{
	int32_t setback = planner->setbacks[client - planner->model->clients];
	hf_time opening;
	int r = enrolment_join(set, client, setback, cursor);

	if (r < 0 || *is_welcomed(planner, client)) {
		return r;
	}

	opening = enrolment_opening(planner->model, client);
	return opening > cursor ? enrolment_welcome(set, client, opening) : 0;
}

static int enrol_all(struct planner *planner, hf_time now)
{
	const struct model *model = planner->model;

	for (size_t i = 0; i < model->client_count; i++) {
		const struct client *client = &model->clients[i];
		int r = enrol_one(planner, planner->set, client, planner->cursor);

		if (r < 0) {
			return r;
		}
		if (!planner->welcomed[i] && enrolment_opening(model, client) <= planner->cursor &&
		    enrolment_last_day(client) >= zone_day(client->zone, now)) {
			planner->late[planner->late_count++] = client;
		}
	}
	return series_set_seek(planner->set, planner->cursor);
}

/* On record from the first instant on, so that whatever ends the first run, what falls due after it
 * is known to be missed. */
static int begin(struct db *db, hf_time now, hf_time *ret_cursor)
{
	int r = store_cursor(db, HF_NEVER, ret_cursor);

	if (r < 0 || *ret_cursor != HF_NEVER) {
		return r;
	}

	*ret_cursor = now;
	return store_set_cursor(db, now);
}

int planner_new(struct db *db, const struct model *model, hf_time now, struct planner **ret_planner)
{
	_cleanup_(planner_freep) struct planner *planner = calloc(1, sizeof(*planner));
	int r;

	if (!planner) {
		return -ENOMEM;
	}

	planner->db = db;
	planner->model = model;
	r = begin(db, now, &planner->cursor);
	r = r ? r : series_set_new(&planner->set);
	r = r ? r : find_welcomed(planner);
	r = r ? r : find_setbacks(planner);
	r = r ? r : enrol_all(planner, now);
	if (r != 0) {
		return r;
	}

	*ret_planner = take_ptr(planner);
	return 0;
}

/* --- rows ----------------------------------------------------------------- */

/* "2h", or "2h after". */
#define LEAD_TEXT_MAX (SPAN_TEXT_MAX + 6)
static void write_lead(const struct span *lead, char text[LEAD_TEXT_MAX])
{
	bool after = span_length(lead) < 0;
	struct span length = *lead;

	if (after) {
		length = (struct span){ .days = -lead->days, .elapsed = -lead->elapsed };
	}
	text[0] = '\0';
	if (length.days || length.elapsed) {
		span_format(&length, text);
		strcat(text, after ? " after" : "");
	}
}

static struct outbox_message row_of(const struct series *series, const struct member *member,
				    char lead[LEAD_TEXT_MAX])
{
	hf_time occurrence = series->walk.at;

	write_lead(&series->lead, lead);

	return (struct outbox_message){
		.client = member->client->id,
		.kind = member->kind,
		.reminder = member->reminder,
		.lead = lead,
		.occurrence = member->kind == KIND_WELCOME ? 0 : occurrence,
		.due = series->due,
		.expires = permit_closing(series->rule.zone, (enum kind)member->kind, occurrence,
					  series->due),
		.ordinal = series_ordinal(series, member),
		.priority = OUTBOX_AUTOMATIC,
		.state = OUTBOX_DUE,
		.next_try = series->due,
	};
}

static int commit(struct run *run, hf_time cursor)
{
	struct planner *planner = run->planner;
	int r = store_set_cursor(planner->db, cursor);

	if (r == 0 && run->outage) {
		r = store_set_outage(planner->db, run->from, run->now);
	}
	r = r ? r : db_commit(planner->db);
	if (r != 0) {
		return r;
	}

	planner->cursor = cursor;
	run->batch = 0;
	return 0;
}

/* `before` is how far the cursor may go while rows like this one are still to come. */
static int write_row(struct run *run, const struct outbox_message *row, hf_time before)
{
	int64_t id;
	int r;

	if (run->batch >= ROWS_PER_COMMIT) {
		r = commit(run, before);
		r = r ? r : db_begin(run->planner->db);
		if (r != 0) {
			return r;
		}
	}

	r = outbox_add(run->planner->db, row, run->now, &id);
	if (r < 0) {
		return r;
	}

	run->batch++;
	if (r == 0) {
		run->written++;
		run->outage = run->outage || run->now - row->due > OUTAGE_LEAST;
	}
	return 0;
}

static int write_welcomes(struct run *run)
{
	struct planner *planner = run->planner;

	for (size_t i = 0; i < planner->late_count; i++) {
		struct outbox_message row = {
			.client = planner->late[i]->id,
			.kind = KIND_WELCOME,
			.reminder = ENROLMENT_WELCOME,
			.lead = "",
			.due = run->now,
			.expires = HF_NEVER,
			.priority = OUTBOX_AUTOMATIC,
			.state = OUTBOX_DUE,
			.next_try = run->now,
		};
		int r = write_row(run, &row, planner->cursor);

		if (r < 0) {
			return r;
		}
	}
	return 0;
}

static int write_series(struct run *run, const struct series *series)
{
	for (size_t i = 0; i < series->member_count; i++) {
		const struct member *member = &series->members[i];
		char lead[LEAD_TEXT_MAX];
		struct outbox_message row;
		int r;

		if (!series_has(series, member)) {
			continue;
		}

		row = row_of(series, member, lead);
		r = write_row(run, &row, series->due - 1);
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* --- running ------------------------------------------------------------- */

static int write_due(struct run *run)
{
	struct series_set *set = run->planner->set;
	struct series *series;
	int r = write_welcomes(run);

	while (r == 0 && (series = series_set_top(set)) && series->due <= run->now) {
		r = write_series(run, series);
		r = r ? r : series_set_advance(set);
	}
	return r ? r : commit(run, run->now);
}

/* A clock that was set back finds the cursor ahead of it, and nothing is due until it gets there.
 */
static bool has_work(const struct planner *planner, hf_time now)
{
	return planner->late_count > 0 ||
	       (now > planner->cursor &&
		(planner_next(planner) <= now || now - planner->cursor >= CURSOR_STRIDE));
}

int planner_run(struct planner *planner, hf_time now, int64_t *ret_written)
{
	struct run run = { .planner = planner, .now = now, .from = planner->cursor };
	int r = planner->lost ? series_set_seek(planner->set, planner->cursor) : 0;

	if (r != 0) {
		return r;
	}
	planner->lost = false;

	if (has_work(planner, now)) {
		r = db_begin(planner->db);
		if (r != 0) {
			return r;
		}

		r = write_due(&run);
		if (r != 0) {
			db_rollback(planner->db);
			planner->lost = true;
			return r;
		}
		planner->late_count = 0;
	}

	if (ret_written) {
		*ret_written = run.written;
	}
	return 0;
}

hf_time planner_next(const struct planner *planner)
{
	const struct series *series = series_set_top(planner->set);

	return series ? series->due : HF_NEVER;
}

size_t planner_series(const struct planner *planner)
{
	return series_set_count(planner->set);
}

int planner_ahead(struct planner *planner, const struct client *client, hf_time from, hf_time until,
		  int limit, planner_on_row on_row, void *userdata)
{
	_cleanup_(series_set_freep) struct series_set *set = NULL;
	const struct series *series;
	int r = series_set_new(&set);

	if (r < 0) {
		return r;
	}

	r = enrol_one(planner, set, client, from - 1);
	r = r ? r : series_set_seek(set, from - 1);
	while (r == 0 && limit > 0 && (series = series_set_top(set)) && series->due < until) {
		for (size_t i = 0; i < series->member_count && limit > 0; i++) {
			if (series_has(series, &series->members[i])) {
				char lead[LEAD_TEXT_MAX];
				struct outbox_message row =
					row_of(series, &series->members[i], lead);

				on_row(userdata, &row);
				limit--;
			}
		}
		r = series_set_advance(set);
	}
	return r;
}

int planner_next_meeting(const struct client *client, const struct meeting *meeting, hf_time after,
			 hf_time *ret_at)
{
	return enrolment_next_meeting(client, meeting, after, ret_at);
}
