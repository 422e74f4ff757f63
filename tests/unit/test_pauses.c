/* Pauses by command: one at a time, until the end of a day or a word, and never forgotten. */
#include <errno.h>

#include "test.h"
#include "store/pauses.h"
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

static struct civil day(const char *text)
{
	struct civil date;

	assert_int_equal(civil_parse_date(text, &date), 0);
	return date;
}

static void begin(struct db *db, hf_time at, const char *until)
{
	struct staff_pause pause = { .at = at, .by = "mreyes", .why = "in hospital" };

	if (until) {
		pause.until = day(until);
	}
	assert_int_equal(pauses_begin(db, "r-1", &pause), 0);
}

/* until NULL: open. */
static void expect(struct db *db, const char *on, hf_time at, const char *until)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	const struct civil today = day(on);
	struct staff_pause pause;

	assert_int_equal(pauses_get(db, "r-1", &today, &rows), 0);
	pauses_read(&rows, &pause);
	assert_true(pause.at == at);
	assert_string_equal(pause.by, "mreyes");
	assert_string_equal(pause.why, "in hospital");
	if (until) {
		const struct civil last = day(until);

		assert_int_equal(civil_compare(&pause.until, &last), 0);
	} else {
		assert_int_equal(pause.until.year, 0);
	}
}

static void expect_none(struct db *db, const char *on)
{
	const struct civil today = day(on);
	struct db_rows rows;

	/* Asked twice: the first time must have left nothing open. */
	assert_int_equal(pauses_get(db, "r-1", &today, &rows), PAUSES_E_NONE);
	assert_int_equal(pauses_get(db, "r-1", &today, &rows), PAUSES_E_NONE);
}

static int64_t count(struct db *db)
{
	int64_t rows = -1;

	assert_int_equal(db_one_int(db, 0, &rows, "SELECT count(*) FROM pauses", ""), 0);
	return rows;
}

FIXTURE(set_up, tear_down);

TEST(test_until_a_day)
{
	expect_none(*state, "2026-11-23");
	begin(*state, 5, "2026-11-25");
	expect(*state, "2026-11-23", 5, "2026-11-25");
	expect(*state, "2026-11-25", 5, "2026-11-25");
	expect_none(*state, "2026-11-26");
}

TEST(test_until_a_word)
{
	const struct civil today = day("2026-12-24");

	begin(*state, 5, NULL);
	expect(*state, "2199-01-01", 5, NULL);
	assert_int_equal(pauses_end(*state, "r-2", &today, 7), PAUSES_E_NONE);
	assert_int_equal(pauses_end(*state, "r-1", &today, 7), 0);
	assert_int_equal(pauses_end(*state, "r-1", &today, 8), PAUSES_E_NONE);
	expect_none(*state, "2026-11-23");
	assert_int_equal(count(*state), 1);
}

TEST(test_one_at_a_time)
{
	begin(*state, 5, NULL);
	begin(*state, 6, "2026-11-25");
	expect(*state, "2026-11-24", 6, "2026-11-25");
	expect_none(*state, "2026-11-26");
	/* After one that ran out. */
	begin(*state, 9, "2026-12-25");
	expect(*state, "2026-12-24", 9, "2026-12-25");
	assert_int_equal(count(*state), 3);
}

TEST(test_one_that_ran_out_cannot_be_ended)
{
	const struct civil today = day("2026-11-26");

	begin(*state, 5, "2026-11-25");
	assert_int_equal(pauses_end(*state, "r-1", &today, 7), PAUSES_E_NONE);
}

TEST(test_kept)
{
	const struct civil today = day("2026-11-24");

	begin(*state, 5, "2026-11-25");
	assert_int_equal(db_run(*state, "UPDATE pauses SET why = 'x'", ""), -EINVAL);
	assert_int_equal(db_run(*state, "UPDATE pauses SET last_day = NULL", ""), -EINVAL);
	assert_int_equal(db_run(*state, "DELETE FROM pauses", ""), -EINVAL);
	assert_int_equal(pauses_end(*state, "r-1", &today, 7), 0);
	assert_int_equal(db_run(*state, "UPDATE pauses SET ended = NULL", ""), -EINVAL);
	expect_none(*state, "2026-11-24");
}
