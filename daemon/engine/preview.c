/*
 * Nothing here decides: planner, permits and words are the service's own, so
 * that a preview cannot say anything else than what will happen.  It supposes that
 * whoever began before has been welcomed and has not stopped texts since, and
 * a gateway that takes every text when it is offered.
 */
#include "engine/preview.h"

#include <errno.h>
#include <limits.h>

#include "lib/array.h"
#include "lib/log.h"
#include "store/people.h"
#include "store/store.h"
#include "engine/compose.h"
#include "engine/enrolment.h"
#include "engine/engine.h"

#define CREDIT     100000        /* more than one packet, so that batches stay the service's own */
#define AFTERWARDS (31 * HF_DAY) /* how long a text that waits is followed beyond the end */

struct pending_text {
	int64_t id;
	int attempt;
	char key[WIRE_KEY_MAX + 1];
};

/* A pretend courier: what it was handed is answered when the run is over. */
struct pretend_courier {
	struct pending_text *list;
	size_t count, room;
};

/* Where a row stands in the order of what is shown. */
struct entry {
	hf_time goes;
	const struct client *client; /* sorted by id in the snapshot */
	int64_t id;
};

struct viewing {
	struct db *db;
	struct engine *engine;
	struct pretend_courier courier;
	const bool *newcomers;
	hf_time from, until;
	struct entry *entries;
	size_t count, room;
};

static void viewing_done(struct viewing *viewing)
{
	(void)engine_free(viewing->engine);
	(void)db_close(viewing->db);
	free(viewing->courier.list);
	free(viewing->entries);
}

/* --- the pretend courier ------------------------------------------------- */

static int on_texts(void *userdata, const char *gateway, const struct wire_text *texts,
		    size_t count)
{
	struct viewing *viewing = userdata;
	struct pretend_courier *courier = &viewing->courier;

	(void)gateway;
	if (array_reserve(courier->list, courier->count, courier->room, count) < 0) {
		return -ENOMEM;
	}

	for (size_t i = 0; i < count; i++) {
		struct pending_text *pending = &courier->list[courier->count++];

		pending->id = texts[i].id;
		pending->attempt = texts[i].attempt;
		(void)snprintf(pending->key, sizeof(pending->key), "%s", texts[i].key);
	}
	return 0;
}

static const char *gateway_of(const struct viewing *viewing)
{
	return engine_model(viewing->engine)->gateways.list[0];
}

/* All that is pending is accepted, a packet at a time, and its credit given back. */
static int answer(struct viewing *viewing, hf_time now)
{
	struct pretend_courier *courier = &viewing->courier;
	struct wire_outcome outcomes[WIRE_BATCH_MAX];
	size_t done = 0;
	int r = 0;

	while (r == 0 && done < courier->count) {
		size_t count = 0;

		while (count < WIRE_BATCH_MAX && done < courier->count) {
			const struct pending_text *pending = &courier->list[done++];

			outcomes[count++] = (struct wire_outcome){ .id = pending->id,
								   .attempt = pending->attempt,
								   .key = pending->key,
								   .class = OUTCOME_ACCEPTED,
								   .gateway_id = "",
								   .reason = "" };
		}
		r = dispatch_outcomes(engine_dispatch(viewing->engine), gateway_of(viewing),
				      outcomes, count, (unsigned)count, now);
	}

	courier->count = 0;
	return r;
}

static int suppose_welcomed(struct viewing *viewing, const struct model *model)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < model->client_count; i++) {
		const struct client *client = &model->clients[i];

		if (!(viewing->newcomers && viewing->newcomers[i]) &&
		    enrolment_opening(model, client) < viewing->from) {
			r = people_welcomed(viewing->db, client->id, viewing->from - 1);
		}
	}
	return r;
}

static int open_service(struct viewing *viewing, struct model *model)
{
	hf_time start = viewing->from - 1; /* the cursor stands before the first instant shown */
	struct wire_hello hello = { .idempotent = true, .rate = CREDIT };
	struct dispatch *dispatch;
	int r = store_open_memory(&viewing->db);

	/* Nothing of it will ever be read again, so it is one transaction that is never ended:
	 * those of the service are inside it and cost nothing. */
	if (r == 0) {
		r = db_begin(viewing->db);
	}
	if (r == 0) {
		r = suppose_welcomed(viewing, model);
	}
	if (r < 0) {
		(void)model_free(model);
		return r;
	}

	r = engine_new(viewing->db, model, on_texts, viewing, start, &viewing->engine);
	if (r < 0) {
		return r;
	}

	engine_only_plan(viewing->engine);
	hello.gateway = gateway_of(viewing);
	dispatch = engine_dispatch(viewing->engine);
	r = dispatch_courier_hello(dispatch, &hello, start);
	return r < 0 ? r : dispatch_outcomes(dispatch, hello.gateway, NULL, 0, CREDIT, start);
}

/* --- stepping ------------------------------------------------------------ */

/* Is no text of our time still waiting for something that will come? */
static int is_over(struct viewing *viewing, bool *ret_over)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = outbox_ready(viewing->db, HF_NEVER, INT_MAX, &rows);

	if (r < 0) {
		return r;
	}

	while (db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		if (row.due < viewing->until && row.next_try != HF_NEVER) {
			return 0;
		}
	}
	if (rows.error == 0) {
		*ret_over = true;
	}
	return rows.error;
}

static int run_at(struct viewing *viewing, hf_time now)
{
	int r;

	do {
		r = engine_run(viewing->engine, now);
		if (r < 0 || viewing->courier.count == 0) {
			return r;
		}

		r = answer(viewing, now);
	} while (r == 0);
	return r;
}

/* Beyond `until` only for the sake of what was due before it. */
static int play(struct viewing *viewing)
{
	hf_time now = viewing->from - 1;
	bool over = false;
	int r = 0;

	while (r == 0 && !over) {
		hf_time next = HF_NEVER;

		r = run_at(viewing, now);
		if (r == 0) {
			r = engine_next(viewing->engine, now, &next);
		}
		if (r < 0 || next == HF_NEVER || next >= viewing->until + AFTERWARDS) {
			return r;
		}
		if (next >= viewing->until) {
			r = is_over(viewing, &over);
		}
		now = next > now ? next : now + 1;
	}
	return r;
}

/* --- showing ------------------------------------------------------------- */

static bool has_gone(const struct outbox_message *row)
{
	return row->state == OUTBOX_ACCEPTED;
}

/* A newcomer's first text is written when the service begins, just before all that is shown. */
static hf_time not_before(hf_time at, hf_time from)
{
	return at < from ? from : at;
}

static int add_entry(struct viewing *viewing, const struct outbox_message *row)
{
	struct entry entry = {
		.goes = not_before(has_gone(row) ? row->claimed : row->due, viewing->from),
		.client = model_client(engine_model(viewing->engine), row->client),
		.id = row->id,
	};

	if (row->due >= viewing->until || !entry.client) {
		return 0;
	}
	if (array_reserve(viewing->entries, viewing->count, viewing->room, 1) < 0) {
		return -ENOMEM;
	}

	viewing->entries[viewing->count++] = entry;
	return 0;
}

static int by_time(const void *left, const void *right)
{
	const struct entry *a = left, *b = right;

	if (a->goes != b->goes) {
		return a->goes < b->goes ? -1 : 1;
	}
	if (a->client != b->client) {
		return a->client < b->client ? -1 : 1;
	}
	return (a->id > b->id) - (a->id < b->id);
}

static int list_entries(struct viewing *viewing)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int r = outbox_list(viewing->db, NULL, -1, viewing->from - 1, INT_MAX, &rows);

	while (r == 0 && db_next(&rows)) {
		struct outbox_message row;

		outbox_read(&rows, &row);
		r = add_entry(viewing, &row);
	}
	if (r == 0) {
		r = rows.error;
	}
	if (r == 0 && viewing->count) {
		qsort(viewing->entries, viewing->count, sizeof(*viewing->entries), by_time);
	}
	return r;
}

/* The row says what went out; composing it once more says from which message. */
static int show(const struct viewing *viewing, const struct entry *entry,
		const struct outbox_message *row, preview_on_row on_row, void *userdata)
{
	_cleanup_(composed_done) struct composed composed = { 0 };
	struct outbox_message blank = *row;
	bool send = has_gone(row);
	int r;

	blank.text = NULL;
	r = compose(engine_model(viewing->engine), entry->client, &blank, &composed);
	/* Another reminder's words may stand in it. */
	if (r >= 0 && send) {
		r = text_cost(row->text, &composed.cost);
	}
	if (r < 0) {
		return r;
	}

	return on_row(userdata, &(struct preview_row){
					.client = entry->client,
					.row = row,
					.goes = entry->goes,
					.send = send,
					.text = send ? row->text : NULL,
					.segments = send ? row->segments : 0,
					.encoding = composed.cost.encoding,
					.message = composed.message,
					.reason = send          ? NULL
						  : row->reason ? row->reason
								: "waiting",
				});
}

static int show_entry(const struct viewing *viewing, const struct entry *entry,
		      preview_on_row on_row, void *userdata)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int r = outbox_get(viewing->db, entry->id, &rows);

	if (r != 0) {
		return r < 0 ? r : -EIO;
	}

	outbox_read(&rows, &row);
	row.due = not_before(row.due, viewing->from);
	return show(viewing, entry, &row, on_row, userdata);
}

static int run(struct viewing *viewing, struct model *model, preview_on_row on_row, void *userdata)
{
	int r = open_service(viewing, model);

	if (r == 0) {
		r = play(viewing);
	}
	if (r == 0) {
		r = list_entries(viewing);
	}
	for (size_t i = 0; r == 0 && i < viewing->count; i++) {
		r = show_entry(viewing, &viewing->entries[i], on_row, userdata);
	}
	return r;
}

int preview(const struct preview_of *of, preview_on_row on_row, void *userdata)
{
	_cleanup_(viewing_done) struct viewing viewing = { .newcomers = of->newcomers,
							   .from = of->from,
							   .until = of->until };
	enum log_level level;
	struct model *slice;
	int r = model_slice(of->model, of->first, of->count, &slice);

	if (r < 0) {
		return r;
	}

	level = log_limit(LOG_LEVEL_ERROR);
	r = run(&viewing, slice, on_row, userdata);
	(void)log_limit(level);
	return r;
}
