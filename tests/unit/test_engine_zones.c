/* Rows and the cursor, when zones get other rules. */
#include "test.h"
#include "store/outbox.h"
#include "store/store.h"
#include "engine/reload.h"
#include "zone_rig.h"

#define NOW (INT64_C(1780300800) * HF_SECOND) /* 2026-06-01 08:00 UTC */

struct rig {
	struct zone_rig zones;
	struct db *db;
	struct client clients[2]; /* one in Test/Place, one in Test/Other */
	struct model model;
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));
	hf_time cursor;

	assert_non_null(rig);
	zone_rig_begin(&rig->zones);
	zone_rig_write(&rig->zones, "Test/Place", "<-05>5");
	zone_rig_write(&rig->zones, "Test/Other", "<-05>5");
	rig->clients[0].id = (char *)"r-1";
	rig->clients[1].id = (char *)"r-2";
	assert_int_equal(zone_get("Test/Place", &rig->clients[0].zone), 0);
	assert_int_equal(zone_get("Test/Other", &rig->clients[1].zone), 0);
	rig->model.clients = rig->clients;
	rig->model.client_count = 2;
	assert_int_equal(store_open_memory(&rig->db), 0);
	assert_int_equal(store_cursor(rig->db, NOW, &cursor), 0);
	assert_int_equal(store_set_cursor(rig->db, NOW), 0);
	*state = rig;
	return 0;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	rig->db = db_close(rig->db);
	zone_rig_end(&rig->zones);
	free(rig);
	return 0;
}

static int64_t add(struct rig *rig, const char *client, enum kind kind, hf_time occurrence)
{
	struct outbox_message row = {
		.client = client,
		.kind = kind,
		.reminder = "x",
		.lead = "1d",
		.occurrence = occurrence,
		.due = NOW - HF_HOUR,
		.expires = occurrence,
		.priority = OUTBOX_AUTOMATIC,
		.next_try = NOW,
	};
	int64_t id = 0;

	assert_int_equal(outbox_add(rig->db, &row, NOW, &id), 0);
	return id;
}

static void expect(struct rig *rig, int64_t id, hf_time occurrence)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(rig->db, id, &rows), 0);
	outbox_read(&rows, &row);
	assert_int_equal(row.occurrence, occurrence);
	assert_int_equal(row.expires, occurrence);
	assert_int_equal(row.due, NOW - HF_HOUR);
}

static void upgrade(struct rig *rig, const char *rule, hf_time expected_cursor)
{
	const struct engine_context ctx = { .db = rig->db, .model = &rig->model, .now = NOW };
	struct zone_update news;
	hf_time cursor = 0;

	zone_rig_write(&rig->zones, "Test/Place", rule);
	assert_int_equal(zone_refresh(NOW, &news), 0);
	assert_true(news.changed);
	assert_int_equal(reload_zones(&ctx, news.forward), 0);
	assert_int_equal(store_cursor(rig->db, 0, &cursor), 0);
	assert_int_equal(cursor, expected_cursor);
}

FIXTURE(set_up, tear_down);

TEST(test_rows_keep_their_local_time)
{
	struct rig *rig = *state;
	const hf_time tomorrow = NOW + HF_DAY, over = NOW - 2 * HF_DAY;
	int64_t waits = add(rig, "r-1", KIND_MEETING, tomorrow);
	int64_t gone = add(rig, "r-1", KIND_APPOINTMENT, tomorrow + 5 * HF_HOUR);
	int64_t old = add(rig, "r-1", KIND_MEETING, over);
	int64_t hers = add(rig, "r-2", KIND_MEETING, tomorrow);
	int64_t by_hand = add(rig, "r-1", KIND_ONE_OFF, tomorrow + HF_MINUTE);
	int64_t stranger = add(rig, "r-9", KIND_MEETING, tomorrow);

	assert_int_equal(outbox_settle(rig->db, gone, OUTBOX_CANCELLED, "paused", NOW), 0);
	upgrade(rig, "<-06>6", NOW);
	expect(rig, waits, tomorrow + HF_HOUR);
	expect(rig, gone, tomorrow + 6 * HF_HOUR);
	expect(rig, old, over);
	expect(rig, hers, tomorrow);
	expect(rig, by_hand, tomorrow + HF_MINUTE);
	expect(rig, stranger, tomorrow);
}

TEST(test_a_leap_is_looked_back_over)
{
	struct rig *rig = *state;
	int64_t id = add(rig, "r-1", KIND_MEETING, NOW + HF_DAY);

	upgrade(rig, "<-03>3", NOW - 2 * HF_HOUR);
	expect(rig, id, NOW + HF_DAY - 2 * HF_HOUR);

	/* What only comes later is no leap. */
	upgrade(rig, "<-03>3<-02>,J200/0,J300/0", NOW - 2 * HF_HOUR);
	expect(rig, id, NOW + HF_DAY - 2 * HF_HOUR);
}

/* Two of the same at one instant are one; the second stays where it was. */
TEST(test_a_place_that_is_taken)
{
	struct rig *rig = *state;
	int64_t one = add(rig, "r-1", KIND_MEETING, NOW + HF_DAY);
	int64_t two = add(rig, "r-1", KIND_MEETING, NOW + HF_DAY + HF_HOUR);

	upgrade(rig, "<-06>6", NOW);
	expect(rig, one, NOW + HF_DAY);
	expect(rig, two, NOW + HF_DAY + 2 * HF_HOUR);
}
