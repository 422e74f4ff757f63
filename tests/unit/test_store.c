/* The database file: made, found again, and one holder at a time. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "test.h"
#include "store/store.h"

static int set_up(void **state)
{
	static char directory[32];

	(void)snprintf(directory, sizeof(directory), "/tmp/holdfast-XXXXXX");
	*state = directory;
	return mkdtemp(directory) ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "", "-wal", "-shm", ".lock" };
	char path[64];

	for (size_t i = 0; i < COUNT(names); i++) {
		(void)snprintf(path, sizeof(path), "%s/holdfast.db%s", (char *)*state, names[i]);
		(void)unlink(path);
	}
	return rmdir(*state);
}

TEST(test_cursor_survives, set_up, tear_down)
{
	_cleanup_(db_closep) struct db *db = NULL;
	struct db *second = NULL;
	hf_time cursor = 0;

	assert_int_equal(store_open(*state, &db), 0);
	assert_int_equal(store_cursor(db, 42, &cursor), 0);
	assert_true(cursor == 42);
	assert_int_equal(store_set_cursor(db, 43), 0);
	assert_int_equal(store_set_cursor(db, 44), 0);
	assert_int_equal(store_open(*state, &second), DB_E_LOCKED);
	assert_null(second);

	db = db_close(db);
	assert_int_equal(store_open(*state, &db), 0);
	assert_int_equal(store_cursor(db, 42, &cursor), 0);
	assert_true(cursor == 44);
}

TEST(test_pairs)
{
	_cleanup_(db_closep) struct db *db = NULL;
	int64_t why = -1;
	hf_time since = -1, from = -1, until = -1;

	assert_int_equal(store_open_memory(&db), 0);
	for (int64_t i = 0; i < 3; i++) {
		assert_int_equal(store_hold(db, &why, &since), 0);
		assert_true(why == i && since == 2 * i);
		assert_int_equal(store_outage(db, &from, &until), 0);
		assert_true(from == 3 * i && until == 4 * i);
		assert_int_equal(store_set_hold(db, i + 1, 2 * (i + 1)), 0);
		assert_int_equal(store_set_outage(db, 3 * (i + 1), 4 * (i + 1)), 0);
	}
}

TEST(test_history_is_kept)
{
	_cleanup_(db_closep) struct db *db = NULL;

	assert_int_equal(store_open_memory(&db), 0);
	assert_int_equal(db_run(db, "INSERT INTO history VALUES (1, 1, 0, 'due', NULL)", ""), 0);
	assert_int_equal(db_run(db, "UPDATE history SET state = 'sent'", ""), -EINVAL);
	/* What is too old to keep may be purged. */
	assert_int_equal(db_run(db, "DELETE FROM history", ""), 0);
}

TEST(test_nowhere)
{
	struct db *db = NULL;

	assert_true(store_open("/tmp/holdfast-is-not-here", &db) < 0);
	assert_null(db);
}
