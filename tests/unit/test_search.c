/* Which texts a person asks for, page by page. */
#include <stdio.h>

#include "test.h"
#include "config/model.h"
#include "store/search.h"
#include "store/store.h"

#define TEXTS 25

static int setup(void **state)
{
	struct db *db = NULL;

	assert_int_equal(store_open_memory(&db), 0);
	for (int i = 0; i < TEXTS; i++) {
		struct outbox_message message = { .client = i % 5 == 0 ? "r-2" : "r-1",
						  .kind = KIND_COPING,
						  .reminder = "coping",
						  .lead = "",
						  .occurrence = i,
						  .due = i * HF_MINUTE,
						  .expires = HF_DAY };
		int64_t id;

		assert_int_equal(outbox_add(db, &message, 0, &id), 0);
	}
	*state = db;
	return 0;
}

static int teardown(void **state)
{
	(void)db_close(*state);
	return 0;
}

FIXTURE(setup, teardown);

TEST(test_pages)
{
	struct outbox_search all = { .state = -1, .since = INT64_MIN };
	int64_t ids[10], after = 0;
	size_t count, seen = 0;

	do {
		assert_int_equal(outbox_page(*state, &all, after, COUNT(ids), ids, &count), 0);
		for (size_t i = 0; i < count; i++) {
			assert_true(ids[i] > after);
			after = ids[i];
		}
		seen += count;
	} while (count == COUNT(ids));
	assert_int_equal(seen, TEXTS);
}

TEST(test_filters)
{
	struct outbox_search search = { .client = "r-2", .state = -1, .since = INT64_MIN };
	int64_t ids[OUTBOX_PAGE_MAX];
	size_t count;

	assert_int_equal(outbox_page(*state, &search, 0, COUNT(ids), ids, &count), 0);
	assert_int_equal(count, 5);
	search.since = 10 * HF_MINUTE;
	assert_int_equal(outbox_page(*state, &search, 0, COUNT(ids), ids, &count), 0);
	assert_int_equal(count, 3);
	search.state = OUTBOX_FAILED;
	assert_int_equal(outbox_page(*state, &search, 0, COUNT(ids), ids, &count), 0);
	assert_int_equal(count, 0);
	search = (struct outbox_search){ .state = OUTBOX_DUE, .since = 20 * HF_MINUTE };
	assert_int_equal(outbox_page(*state, &search, 0, COUNT(ids), ids, &count), 0);
	assert_int_equal(count, 5);
	search = (struct outbox_search){ .client = "nobody", .state = -1, .since = INT64_MIN };
	assert_int_equal(outbox_page(*state, &search, 0, COUNT(ids), ids, &count), 0);
	assert_int_equal(count, 0);
}

TEST(test_latest)
{
	struct outbox_search search = { .client = "r-2", .state = -1, .since = INT64_MIN };
	int64_t ids[3];
	size_t count;

	for (int i = 0; i < 2; i++) {
		assert_int_equal(outbox_latest(*state, &search, COUNT(ids), ids, &count), 0);
		assert_int_equal(count, 3);
		assert_int_equal(ids[0], 11);
		assert_int_equal(ids[1], 16);
		assert_int_equal(ids[2], 21);
	}
	search.client = NULL;
	assert_int_equal(outbox_latest(*state, &search, COUNT(ids), ids, &count), 0);
	assert_int_equal(ids[2], TEXTS);
}
