/* What one transaction claims: bounded, undone with it, and handed over in packets. */
#include "test.h"
#include "store/outbox.h"
#include "store/people.h"
#include "store/store.h"
#include "engine/batch.h"
#include "engine/lines.h"
#include "engine/outlet.h"

#define ROWS 1500

static struct client client = { .id = (char *)"r-1", .phone = (char *)"+13125550142" };
static struct model model = {
	.site = { .language = (char *)"en" },
	.texting = { .hours = { .weekdays = WEEKDAY_ALL, .from = 0, .until = 1440 },
		     .daily_limit = 100000,
		     .max_segments = 1 },
	.clients = &client,
	.client_count = 1,
};
static struct db *db;
static struct engine_context ctx = { .model = &model };
static struct outlets outlets;
static struct outlet *outlet;
static struct batch *batch;
static hf_time now = 1000 * HF_DAY;
static size_t carried, packets;

static int carry(void *userdata, const char *name, const struct wire_text *texts, size_t count)
{
	(void)userdata;
	assert_string_equal(name, "one");
	assert_true(count > 0 && count <= WIRE_BATCH_MAX);
	assert_string_equal(texts[count - 1].body, "Hello");
	carried += count;
	packets++;
	return 0;
}

static int set_up(void **state)
{
	char *names[] = { (char *)"one" };
	struct outbox_message row = { .client = "r-1",
				      .kind = KIND_NOTE,
				      .due = now,
				      .expires = HF_NEVER,
				      .priority = OUTBOX_AUTOMATIC,
				      .text = "Hello" };

	(void)state;
	carried = packets = 0;
	client.zone = zone_utc();
	if (store_open_memory(&db) || lines_new(&ctx.lines) ||
	    outlets_arrange(&outlets, &(struct conf_texts){ names, 1 }, now) ||
	    batch_new(&outlets, &batch) ||
	    people_consent(db, "r-1", "", CONSENT_GIVEN, 0, "config", "", now) ||
	    people_welcomed(db, "r-1", now)) {
		return -1;
	}

	ctx.db = db;
	ctx.now = now;
	outlet = outlets_find(&outlets, "one");
	outlet_hello(outlet, &(struct wire_hello){ .gateway = "one" }, now);
	for (row.occurrence = 0; row.occurrence < ROWS; row.occurrence++) {
		char reminder[16];
		int64_t id;

		(void)snprintf(reminder, sizeof(reminder), "x-%d", (int)row.occurrence);
		row.reminder = reminder;
		assert_int_equal(outbox_add(db, &row, now, &id), 0);
	}
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	assert_null(batch_free(batch));
	outlets_done(&outlets);
	(void)lines_free(ctx.lines);
	db = db_close(db);
	zone_close();
	return 0;
}

static void claim(bool expect_more)
{
	bool more = false;

	assert_int_equal(batch_claim(batch, &ctx, false, &more), 0);
	assert_int_equal(more, expect_more);
}

static int64_t claimed_rows(void)
{
	struct outbox_totals totals;

	assert_int_equal(outbox_totals(db, now, &totals), 0);
	return totals.claimed;
}

FIXTURE(set_up, tear_down);

TEST(test_bounded_by_rows)
{
	outlet_grant(outlet, 4000);
	claim(true);
	assert_int_equal(outlet->taken, 1024);
	batch_carry(batch, carry, NULL);
	assert_int_equal(carried, 1024);
	assert_int_equal(packets, 8);
	outlet_commit(outlet);
	batch_drop(batch);
	claim(false);
	assert_int_equal(claimed_rows(), ROWS);
	batch_carry(batch, carry, NULL);
	assert_int_equal(carried, ROWS);
}

TEST(test_bounded_by_credit)
{
	claim(false);
	batch_carry(batch, carry, NULL);
	assert_int_equal(packets, 0);
	outlet_grant(outlet, 130);
	claim(false);
	assert_int_equal(claimed_rows(), 130);
	batch_carry(batch, carry, NULL);
	assert_int_equal(packets, 2);
}

TEST(test_undone)
{
	outlet_grant(outlet, 10);
	assert_int_equal(db_begin(db), 0);
	claim(false);
	db_rollback(db);
	outlet_undo(outlet);
	batch_drop(batch);
	assert_int_equal(claimed_rows(), 0);
	batch_carry(batch, carry, NULL);
	assert_int_equal(carried, 0);
	claim(false);
	assert_int_equal(claimed_rows(), 10);
}
