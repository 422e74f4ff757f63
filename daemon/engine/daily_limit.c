/*
 * The places that a client's day has, and who gets them.
 *
 * A text may go where it and all more important ones that are still to come today find a place.
 * What is to come is asked of the planner, the outbox and the open question, and only what would
 * really go counts: the permits are asked of it, its words are put together, and reminders that
 * will be one text take one place.
 * Dangerous: counting one that will not go, for then both are lost; and not counting one that will,
 * for then the appointment is.  Where they contradict each other the second is worse: an edit in
 * the afternoon may leave a place empty.
 */
#include "engine/daily_limit.h"

#include <stdlib.h>

#include "store/checkins.h"
#include "engine/checkin.h"
#include "engine/combine.h"
#include "engine/compose.h"
#include "engine/planner.h"

#define COMING_MOST 32 /* of one client and day; no limit is that high */

static const char reached[] = TEXTS_LEFT_OUT " reached";
static const char reached_week[] = TEXTS_LEFT_OUT " reached: that of her week";
static const char gives_way[] = TEXTS_LEFT_OUT ": more important texts come today";

/* --- what is more important ---------------------------------------------------------------- */

enum rank {
	RANK_NONE, /* takes no place, or is never refused one */
	RANK_WELCOME,
	RANK_APPOINTMENT,
	RANK_MEETING,
	RANK_CHECK_IN,
	RANK_MILESTONE,
	RANK_HABIT,
	RANK_FOLLOW_UP, /* the next meeting is more important than the last */
};

static const enum rank ranks[] = {
	[KIND_WELCOME] = RANK_WELCOME,
	[KIND_CHECK_IN] = RANK_CHECK_IN,
	[KIND_COPING] = RANK_HABIT,
	[KIND_SPONSOR] = RANK_HABIT,
	[KIND_MILESTONE] = RANK_MILESTONE,
	[KIND_MEETING] = RANK_MEETING,
	[KIND_APPOINTMENT] = RANK_APPOINTMENT,
	[KIND_NOTE] = RANK_HABIT,
	[KIND_ONE_OFF] = RANK_NONE,
	[KIND_CLOSING] = RANK_MILESTONE,
	[KIND_REPLY] = RANK_NONE,
	[KIND_NUDGE] = RANK_CHECK_IN,
	[KIND_CONFIRMATION] = RANK_NONE,
	[KIND_INFO] = RANK_NONE,
	[KIND_EMERGENCY] = RANK_NONE,
	[KIND_ALERT] = RANK_NONE,
	[KIND_FOLLOW_UP] = RANK_FOLLOW_UP,
};

/* How many texts a day they come to at most: a rule names one time of a day. */
static size_t count_reminders(const struct reminder *reminders, size_t count, enum rank before)
{
	size_t texts = 0;

	for (size_t i = 0; i < count; i++) {
		if (ranks[reminders[i].kind] < before) {
			texts += reminders[i].leads.count > 0 ? reminders[i].leads.count : 1;
		}
	}
	return texts;
}

/* Of all that the client has, what comes before that rank. */
static size_t count_planned(const struct client *client, enum rank before)
{
	size_t texts = count_reminders(client->reminders, client->reminder_count, before);

	for (const struct plan *plan = client->plan; plan; plan = client_plan_after(client, plan)) {
		texts += count_reminders(plan->reminders, plan->reminder_count, before);
	}
	for (size_t i = 0; before > RANK_MEETING && i < client->meeting_count; i++) {
		texts += client->meetings[i].leads.count;
	}
	for (size_t i = 0; before > RANK_APPOINTMENT && i < client->appointment_count; i++) {
		texts += client->appointments[i].leads.count;
	}
	return texts;
}

/* --- what is to come ------------------------------------------------------------------- */

/* A text that will go, and its words where it may be one with others. */
struct coming {
	hf_time goes;
	struct composed words;
};

struct search {
	const struct engine_context *ctx;
	const struct client *client;
	const struct outbox_message *row; /* in whose way the others are */
	enum rank before;                 /* only what is more important than that */
	hf_time until;
	int error;
	struct coming coming[COMING_MOST + 1]; /* one more: the row itself */
	size_t count;
};

static void search_done(struct search *search)
{
	for (size_t i = 0; i < search->count; i++) {
		composed_done(&search->coming[i].words);
	}
}

/* When it goes if nothing is in its way; HF_NEVER: not, or not before `until`. */
static int find_time(const struct search *search, const struct outbox_message *other,
		     hf_time *ret_goes)
{
	const struct engine_context *ctx = search->ctx;
	hf_time goes = other->due > ctx->now ? other->due : ctx->now;
	struct permit permit;
	int r = permit_check(ctx, search->client, other, &permit);

	if (r != 0) {
		return r;
	}
	if (permit.verdict == PERMIT_WAIT && permit.until > goes) {
		goes = permit.until;
	}
	if (permit.verdict != PERMIT_SEND && permit.verdict != PERMIT_WAIT) {
		goes = HF_NEVER;
	}
	if (goes < search->until) {
		goes = permit_opening(&ctx->model->texting, search->client->zone, goes);
	}
	*ret_goes = goes < search->until && goes < other->expires ? goes : HF_NEVER;
	return 0;
}

static int add(struct search *search, const struct outbox_message *other, hf_time goes)
{
	struct coming coming = { .goes = goes };
	int r = compose(search->ctx->model, search->client, other, &coming.words);

	if (r != 0) {
		return r < 0 ? r : 0; /* what cannot be said does not go */
	}

	if (!combine_may(other)) {
		composed_done(&coming.words);
	}
	search->coming[search->count++] = coming;
	return 0;
}

static int add_if_coming(struct search *search, const struct outbox_message *other)
{
	enum rank rank = ranks[other->kind];
	hf_time goes;
	int r;

	if (rank == RANK_NONE || rank >= search->before || search->count == COMING_MOST) {
		return 0;
	}
	r = find_time(search, other, &goes);
	return r || goes == HF_NEVER ? r : add(search, other, goes);
}

/* What is due and has not gone.  One that was tried today has its place already. */
static int add_waiting(struct search *search, hf_time today)
{
	const struct engine_context *ctx = search->ctx;
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = outbox_ready_of(ctx->db, search->client->id, search->until - 1, &rows);

	while (r == 0 && db_next(&rows)) {
		struct outbox_message other;

		outbox_read(&rows, &other);
		if (other.id != search->row->id && other.due <= ctx->now && other.claimed < today) {
			r = add_if_coming(search, &other);
		}
	}
	return r ? r : rows.error;
}

/* A question that has no answer yet is asked again. */
static int add_nudge(struct search *search)
{
	const struct engine_context *ctx = search->ctx;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct checkin checkin;
	hf_time goes;
	int r = checkins_last(ctx->db, search->client->id, ctx->now - CHECKIN_LATEST, &rows);

	if (r != 0) {
		return r < 0 ? r : 0;
	}
	checkins_read(&rows, &checkin);
	if (checkin.state != CHECKIN_ASKED || checkin.nudge_at <= ctx->now ||
	    checkin.nudge_at >= search->until || search->count == COMING_MOST) {
		return 0;
	}
	goes = permit_opening(&ctx->model->texting, search->client->zone, checkin.nudge_at);
	if (goes < search->until && goes < checkin.silent_at) {
		search->coming[search->count++] = (struct coming){ .goes = goes };
	}
	return 0;
}

static void on_planned(void *userdata, const struct outbox_message *planned)
{
	struct search *search = userdata;
	bool written = false;

	/* One that joined a text before its time has its row. */
	if (search->error == 0) {
		search->error = outbox_is_written(search->ctx->db, planned, &written);
	}
	if (search->error == 0 && !written) {
		search->error = add_if_coming(search, planned);
	}
}

static int add_planned(struct search *search)
{
	const struct engine_context *ctx = search->ctx;
	int r = planner_ahead(ctx->planner, search->client, ctx->now + 1, search->until,
			      COMING_MOST, on_planned, search);

	return r ? r : search->error;
}

/* --- how many texts that is --------------------------------------------------------------- */

static int by_time(const void *left, const void *right)
{
	const struct coming *a = left, *b = right;

	return (a->goes > b->goes) - (a->goes < b->goes);
}

/* As combine_reminders() will do it: each takes those in that follow soon, while there is room. */
static int count_texts(struct search *search, size_t *ret_count)
{
	struct coming *coming = search->coming;
	size_t texts = 0;

	qsort(coming, search->count, sizeof(*coming), by_time);
	for (size_t i = 0; i < search->count; i++) {
		if (coming[i].goes == HF_NEVER) {
			continue; /* went with another */
		}
		texts++;
		for (size_t j = i + 1; coming[i].words.text && j < search->count; j++) {
			struct composed both = { 0 };
			int r;

			if (!coming[j].words.text || coming[j].goes == HF_NEVER ||
			    coming[j].goes > coming[i].goes + COMBINE_WITHIN) {
				continue;
			}
			r = combine_words(search->ctx->model, &coming[i].words, &coming[j].words,
					  &both);
			if (r < 0) {
				return r;
			}
			if (r == 0) {
				composed_done(&coming[i].words);
				coming[i].words = both;
				coming[j].goes = HF_NEVER;
			}
		}
	}

	*ret_count = texts;
	return 0;
}

/* Is there a place for the row and all that comes before it?  Looking ahead costs; most have
 * nothing that could need the place. */
static int has_place(const struct engine_context *ctx, const struct client *client,
		     const struct outbox_message *row, size_t places, hf_time from, hf_time until,
		     bool *ret_has)
{
	_cleanup_(search_done) struct search search = {
		.ctx = ctx,
		.client = client,
		.row = row,
		.before = ranks[row->kind],
		.until = until,
	};
	size_t texts = 0;
	int r = add_waiting(&search, from);

	if (r == 0 && search.before > RANK_CHECK_IN) {
		r = add_nudge(&search);
	}
	if (r == 0 && ctx->planner &&
	    search.count + count_planned(client, search.before) >= places) {
		r = add_planned(&search);
	}
	*ret_has = search.count < places;
	if (r != 0 || *ret_has) {
		return r;
	}

	/* Not one by one; but perhaps some of them in one text. */
	r = add(&search, row, ctx->now);
	r = r ? r : count_texts(&search, &texts);
	*ret_has = texts <= places;
	return r;
}

/* --- a question apart ---------------------------------------------------------------------------- */

/* The last text before this one, its question apart; 0 for none within a quarter of an hour. */
static int find_last(const struct search *search, hf_time *ret_last)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = outbox_gone_since(search->ctx->db, search->client->id,
				  search->ctx->now - COMBINE_WITHIN + 1, &rows);

	while (r == 0 && db_next(&rows)) {
		struct outbox_message other;

		outbox_read(&rows, &other);
		if (other.id != search->row->occurrence) {
			*ret_last = other.claimed;
		}
	}
	return r ? r : rows.error;
}

/* The phone does not light up twice in a minute.  The question can wait, the meeting cannot. */
static int keep_apart(const struct engine_context *ctx, const struct client *client,
		      const struct outbox_message *row, struct permit *permit)
{
	_cleanup_(search_done) struct search search = {
		.ctx = ctx,
		.client = client,
		.row = row,
		.before = RANK_HABIT + 1,
		.until = ctx->now + COMBINE_WITHIN,
	};
	hf_time last = 0;
	int r = find_last(&search, &last);

	r = r ? r : add_waiting(&search, ctx->now + 1);
	if (r == 0 && ctx->planner) {
		r = add_planned(&search);
	}
	for (size_t i = 0; i < search.count; i++) {
		last = search.coming[i].goes > last ? search.coming[i].goes : last;
	}
	if (r == 0 && last > 0 && last + COMBINE_WITHIN < row->expires) {
		*permit = (struct permit){ .verdict = PERMIT_WAIT,
					   .until = last + COMBINE_WITHIN,
					   .reason = "keeps apart from another text" };
	}
	return r;
}

/* --- all of it ---------------------------------------------------------------------------- */

/* The row itself counts from its first claim on, whatever became of that. */
static int count_gone(const struct engine_context *ctx, const struct outbox_message *row,
		      hf_time from, hf_time until, int *ret_gone)
{
	int r = outbox_count_automatic(ctx->db, row->client, from, until, ret_gone);

	if (r == 0 && row->claimed >= from && row->claimed < until) {
		(*ret_gone)--;
	}
	return r;
}

/* What has gone on each of the days from six before today on, and what comes that is more
 * important, to six days after it. */
#define WEEK 7

static int count_days(const struct engine_context *ctx, const struct client *client,
		      const struct outbox_message *row, int64_t today, int counts[2 * WEEK - 1])
{
	int64_t first = today - WEEK + 1;
	_cleanup_(search_done) struct search search = {
		.ctx = ctx,
		.client = client,
		.row = row,
		.before = ranks[row->kind],
		.until = zone_midnight(client->zone, today + WEEK),
	};
	int r = 0;

	for (int i = 0; r == 0 && i < WEEK; i++) {
		r = count_gone(ctx, row, zone_midnight(client->zone, first + i),
			       zone_midnight(client->zone, first + i + 1), &counts[i]);
	}
	r = r ? r : add_waiting(&search, zone_midnight(client->zone, today));
	if (r == 0 && ctx->planner) {
		r = add_planned(&search);
	}
	for (size_t i = 0; r == 0 && i < search.count; i++) {
		counts[zone_day(client->zone, search.coming[i].goes) - first]++;
	}
	return r;
}

/* Are there seven days with this one that have no place for it?  What she goes to is never held:
 * she asked for fewer texts, not to miss the doctor. */
static int ask_week(const struct engine_context *ctx, const struct client *client,
		    const struct outbox_message *row, int64_t today, bool *ret_reached)
{
	int counts[2 * WEEK - 1] = { 0 };
	int r;

	*ret_reached = false;
	if (client->weekly_limit == 0 || ranks[row->kind] <= RANK_MEETING) {
		return 0;
	}

	r = count_days(ctx, client, row, today, counts);
	for (int first = 0; r == 0 && first < WEEK; first++) {
		int sum = 0;

		for (int i = first; i < first + WEEK; i++) {
			sum += counts[i];
		}
		*ret_reached = *ret_reached || sum >= client->weekly_limit;
	}
	return r;
}

static struct permit refuse(const struct outbox_message *row, hf_time until, const char *reason)
{
	bool too_late = until >= row->expires;

	return (struct permit){ .verdict = too_late ? PERMIT_EXPIRE : PERMIT_WAIT,
				.until = too_late ? 0 : until,
				.reason = reason };
}

int daily_limit_check(const struct engine_context *ctx, const struct client *client,
		      const struct outbox_message *row, struct permit *ret_permit)
{
	const struct texting *texting = &ctx->model->texting;
	struct permit permit = { .verdict = PERMIT_SEND };
	hf_time from, until, tomorrow;
	bool place = true, week = false;
	int places = model_daily_limit(ctx->model, client);
	int64_t day;
	int gone, r;

	if (row->priority != OUTBOX_AUTOMATIC || ranks[row->kind] == RANK_NONE) {
		*ret_permit = permit;
		return 0;
	}

	day = zone_day(client->zone, ctx->now);
	from = zone_midnight(client->zone, day);
	until = zone_midnight(client->zone, day + 1);
	tomorrow = permit_opening(texting, client->zone, until);
	r = count_gone(ctx, row, from, until, &gone);
	r = r ? r : ask_week(ctx, client, row, day, &week);
	if (r == 0 && (week || gone >= places)) {
		*ret_permit = refuse(row, tomorrow, week ? reached_week : reached);
		return 0;
	}

	r = r ? r : has_place(ctx, client, row, (size_t)(places - gone), from, until, &place);
	if (r == 0 && !place) {
		permit = refuse(row, tomorrow, gives_way);
	}
	if (r == 0 && place && (row->kind == KIND_NUDGE || row->kind == KIND_FOLLOW_UP)) {
		r = keep_apart(ctx, client, row, &permit);
	}
	if (r == 0) {
		*ret_permit = permit;
	}
	return r;
}

int daily_limit_check_words(const struct engine_context *ctx, const struct client *client,
			    const struct outbox_message *row, const char *text,
			    struct permit *ret_permit)
{
	int64_t today;
	bool said = false;
	int r;

	if (!client || ranks[row->kind] != RANK_HABIT || row->text) {
		return 0;
	}
	today = zone_day(client->zone, ctx->now);
	r = outbox_has_said(ctx->db, row, text, zone_midnight(client->zone, today),
			    zone_midnight(client->zone, today + 1), &said);
	if (r == 0 && said) {
		*ret_permit = (struct permit){ .verdict = PERMIT_EXPIRE, .reason = TEXTS_SAID };
	}
	return r;
}
