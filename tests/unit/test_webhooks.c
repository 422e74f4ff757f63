/* What fits no rule is kept: the newest of it, and how much there was. */
#include "test.h"
#include "store/store.h"
#include "store/webhooks.h"

#define START (1772560000 * HF_SECOND)

static int set_up(void **state)
{
	return store_open_memory((struct db **)state);
}

static int tear_down(void **state)
{
	db_close(*state);
	return 0;
}

FIXTURE(set_up, tear_down);

static void keep(struct db *db, const char *content, hf_time at)
{
	const struct wire_webhook webhook = { .why = "no rule", .content = content };

	assert_int_equal(webhooks_keep(db, "primary", &webhook, at), 0);
}

static void expect_totals(struct db *db, int64_t count, hf_time last)
{
	struct webhooks_totals totals;

	assert_int_equal(webhooks_totals(db, &totals), 0);
	assert_int_equal(totals.count, count);
	assert_int_equal(totals.last, last);
}

TEST(webhooks_are_counted)
{
	struct db *db = *state;
	_cleanup_rows_ struct db_rows rows = { 0 };

	expect_totals(db, 0, 0);
	keep(db, "a=1", START);
	keep(db, "b=2", START + HF_MINUTE);
	expect_totals(db, 2, START + HF_MINUTE);

	assert_int_equal(db_query(db, &rows,
				  "SELECT gateway, at, why, content FROM webhooks ORDER BY id", ""),
			 0);
	assert_true(db_next(&rows));
	assert_string_equal(db_text(&rows, 0), "primary");
	assert_int_equal(db_int(&rows, 1), START);
	assert_string_equal(db_text(&rows, 2), "no rule");
	assert_string_equal(db_text(&rows, 3), "a=1");
	assert_true(db_next(&rows));
	assert_false(db_next(&rows));
}

/* Those before are counted still, also when the last one is gone. */
TEST(the_newest_webhooks_stay)
{
	struct db *db = *state;
	int64_t kept, first;

	for (hf_time i = 1; i <= WEBHOOKS_KEPT + 2; i++) {
		keep(db, "x", START + i);
	}
	assert_int_equal(db_one_int(db, -1, &kept, "SELECT count(*) FROM webhooks", ""), 0);
	assert_int_equal(db_one_int(db, -1, &first, "SELECT min(at) FROM webhooks", ""), 0);
	assert_int_equal(kept, WEBHOOKS_KEPT);
	assert_int_equal(first, START + 3);
	expect_totals(db, WEBHOOKS_KEPT + 2, START + WEBHOOKS_KEPT + 2);

	assert_int_equal(db_run(db, "DELETE FROM webhooks", ""), 0);
	expect_totals(db, WEBHOOKS_KEPT + 2, 0);
}

TEST(webhooks_are_shown)
{
	struct db *db = *state;
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct webhook_kept webhook;

	keep(db, "a=1", START);
	keep(db, "b=2", START + HF_MINUTE);
	keep(db, "c=3", START + HF_HOUR);
	assert_int_equal(webhooks_page(db, START + HF_MINUTE, 0, 10, &rows), 0);
	assert_true(db_next(&rows));
	webhooks_read(&rows, &webhook);
	assert_string_equal(webhook.content, "b=2");
	assert_string_equal(webhook.gateway, "primary");
	assert_string_equal(webhook.why, "no rule");
	assert_int_equal(webhook.at, START + HF_MINUTE);
	assert_true(db_next(&rows));
	assert_false(db_next(&rows));

	assert_int_equal(webhooks_page(db, INT64_MIN, 2, 10, &rows), 0);
	assert_true(db_next(&rows));
	webhooks_read(&rows, &webhook);
	assert_string_equal(webhook.content, "c=3");
	assert_false(db_next(&rows));
}
