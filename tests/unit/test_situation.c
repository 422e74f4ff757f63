/* How things stand with somebody, who a stranger is, and numbers that changed. */
#include <string.h>

#include "test.h"
#include "store/situation.h"
#include "store/store.h"

#define NOW (1764000000 * HF_SECOND)

static int set_up(void **state)
{
	return store_open_memory((struct db **)state);
}

static int tear_down(void **state)
{
	*state = db_close(*state);
	return 0;
}

FIXTURE(set_up, tear_down);

TEST(test_kept)
{
	const struct situation written = { .setback = 1,
					   .suspended = 2,
					   .phone = "+13125550142",
					   .failures = 3,
					   .talking = 4,
					   .told_hours = 5,
					   .told_help = 6,
					   .answered = 8,
					   .answers = 9 };
	struct situation read = written;
	struct db *db = *state;

	assert_int_equal(situation_get(db, "r-1", &read), 0);
	assert_int_equal(read.setback + read.suspended + read.failures + read.answers, 0);
	assert_string_equal(read.phone, "");
	for (int i = 0; i < 2; i++) {
		assert_int_equal(situation_set(db, "r-1", &written), 0);
		assert_int_equal(situation_get(db, "r-1", &read), 0);
		assert_memory_equal(&read, &written, sizeof(read));
	}
}

TEST(test_strangers)
{
	char one[STRANGER_HANDLE], again[STRANGER_HANDLE], other[STRANGER_HANDLE];
	char number[PHONE_MAX];
	struct db *db = *state;

	assert_int_equal(strangers_handle(db, "+13125550199", NOW, one), 0);
	assert_int_equal(strangers_handle(db, "+13125550198", NOW, other), 0);
	assert_int_equal(strangers_handle(db, "+13125550199", NOW + 1, again), 0);
	assert_string_equal(one, "?1");
	assert_string_equal(again, one);
	assert_string_equal(other, "?2");
	assert_int_equal(strangers_number(db, "?2", number), 0);
	assert_string_equal(number, "+13125550198");
	assert_int_equal(strangers_number(db, "?3", number), STRANGERS_E_NONE);
	assert_int_equal(strangers_number(db, "r-1", number), STRANGERS_E_NONE);
}

TEST(test_numbers)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db *db = *state;

	assert_int_equal(numbers_note(db, "r-1", "+1", NOW), 0);
	assert_int_equal(numbers_note(db, "r-1", "+1", NOW + 1), 0);
	assert_int_equal(numbers_before(db, "+1", &rows), 0);
	assert_false(db_next(&rows));
	db_rows_done(&rows);

	assert_int_equal(numbers_note(db, "r-1", "+2", NOW + 2), 0);
	assert_int_equal(numbers_note(db, "r-1", "+1", NOW + 3), 0);
	assert_int_equal(numbers_of(db, "r-1", &rows), 0);
	for (int i = 3; i > 0; i--) {
		assert_true(db_next(&rows));
		assert_string_equal(db_text(&rows, 0), i == 2 ? "+2" : "+1");
	}
	assert_false(db_next(&rows));
	db_rows_done(&rows);
	assert_int_equal(numbers_before(db, "+2", &rows), 0);
	assert_true(db_next(&rows));
	assert_string_equal(db_text(&rows, 0), "r-1");
	assert_true(db_int(&rows, 2) == NOW + 3);
	assert_false(db_next(&rows));
}

TEST(test_current_numbers)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db *db = *state;

	assert_int_equal(numbers_note(db, "r-2", "+2", NOW), 0);
	assert_int_equal(numbers_note(db, "r-1", "+1", NOW), 0);
	assert_int_equal(numbers_note(db, "r-1", "+9", NOW + 1), 0);
	assert_int_equal(numbers_current(db, &rows), 0);
	assert_true(db_next(&rows));
	assert_string_equal(db_text(&rows, 0), "r-1");
	assert_string_equal(db_text(&rows, 1), "+9");
	assert_true(db_next(&rows));
	assert_string_equal(db_text(&rows, 0), "r-2");
	assert_false(db_next(&rows));
}

/* Also those that are over. */
TEST(test_setbacks)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db *db = *state;

	assert_int_equal(situation_set(db, "r-1", &(struct situation){ .talking = NOW }), 0);
	assert_int_equal(situation_set(db, "r-2", &(struct situation){ .last_setback = NOW }), 0);
	assert_int_equal(situation_setbacks(db, &rows), 0);
	assert_true(db_next(&rows));
	assert_string_equal(db_text(&rows, 0), "r-2");
	assert_int_equal(db_int(&rows, 1), 0);
	assert_true(db_int(&rows, 2) == NOW);
	assert_false(db_next(&rows));
}
