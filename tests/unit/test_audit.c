/* Acts of staff: what is written is read, newest first, and nothing of it is rewritten. */
#include <errno.h>

#include "test.h"
#include "store/audit.h"
#include "store/store.h"

static int set_up(void **state)
{
	return store_open_memory((struct db **)state);
}

static int tear_down(void **state)
{
	db_close(*state);
	return 0;
}

static void add(struct db *db, hf_time at, const char *verb, const char *client)
{
	const struct audit_entry entry = { .at = at,
					   .uid = 1000,
					   .user = "mreyes",
					   .verb = verb,
					   .client = client,
					   .detail = "until 2026-12-01",
					   .why = "asked for it" };

	assert_int_equal(audit_add(db, &entry), 0);
}

/* The instants of what is found tell the lines apart. */
static void expect(struct db *db, const char *client, const char *verb, int limit,
		   const hf_time *instants)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;

	assert_int_equal(audit_list(db, client, verb, limit, &rows), 0);
	for (; *instants; instants++) {
		assert_true(db_next(&rows));
		audit_read(&rows, &entry);
		assert_true(entry.at == *instants);
	}
	assert_false(db_next(&rows));
	assert_int_equal(rows.error, 0);
}

FIXTURE(set_up, tear_down);

TEST(test_written_and_read)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;

	add(*state, 7, "pause", "r-1");
	assert_int_equal(audit_list(*state, "r-1", NULL, 10, &rows), 0);
	assert_true(db_next(&rows));
	audit_read(&rows, &entry);
	assert_true(entry.at == 7);
	assert_true(entry.uid == 1000);
	assert_string_equal(entry.user, "mreyes");
	assert_string_equal(entry.verb, "pause");
	assert_string_equal(entry.client, "r-1");
	assert_string_equal(entry.detail, "until 2026-12-01");
	assert_string_equal(entry.why, "asked for it");
}

TEST(test_about_nobody_and_without_reason)
{
	const struct audit_entry reload = { .at = 1, .uid = -1, .user = "unknown", .verb = "x" };
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;

	assert_int_equal(audit_add(*state, &reload), 0);
	assert_int_equal(audit_list(*state, NULL, NULL, 10, &rows), 0);
	assert_true(db_next(&rows));
	audit_read(&rows, &entry);
	assert_true(entry.uid == -1);
	assert_string_equal(entry.client, "");
	assert_string_equal(entry.detail, "");
	assert_string_equal(entry.why, "");
}

/* The order is that of writing, also where the clock went back. */
TEST(test_lists)
{
	add(*state, 10, "pause", "r-1");
	add(*state, 20, "pause", "r-2");
	add(*state, 5, "stop", "r-1");
	expect(*state, "r-1", NULL, 10, (hf_time[]){ 5, 10, 0 });
	expect(*state, "r-1", "pause", 10, (hf_time[]){ 10, 0 });
	expect(*state, NULL, NULL, 10, (hf_time[]){ 5, 20, 10, 0 });
	expect(*state, NULL, "pause", 1, (hf_time[]){ 20, 0 });
	expect(*state, "r-3", NULL, 10, (hf_time[]){ 0 });
}

TEST(test_acts_are_no_readings)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct audit_entry entry;

	add(*state, 7, "pause", "r-1");
	add(*state, 8, AUDIT_READ, "r-1");
	add(*state, 9, "stop", "r-2");
	add(*state, 10, "resume", "r-1");
	assert_int_equal(audit_acts(*state, "r-1", 10, &rows), 0);
	assert_true(db_next(&rows));
	audit_read(&rows, &entry);
	assert_true(entry.at == 10);
	assert_true(db_next(&rows));
	audit_read(&rows, &entry);
	assert_true(entry.at == 7);
	assert_false(db_next(&rows));
}

TEST(test_kept)
{
	add(*state, 10, "pause", "r-1");
	assert_int_equal(db_run(*state, "UPDATE audit SET why = ''", ""), -EINVAL);
	assert_int_equal(db_run(*state, "DELETE FROM audit", ""), -EINVAL);
	expect(*state, NULL, NULL, 10, (hf_time[]){ 10, 0 });
}
