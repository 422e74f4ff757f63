/* Consent: the later entry wins, a STOP outlasts the configuration, the ledger is not rewritten.
 * How things stand with somebody, who a stranger is, and numbers that changed. */
#include <errno.h>
#include <string.h>

#include "test.h"
#include "store/people.h"
#include "store/store.h"

#define NOW (1000 * HF_DAY)

static int set_up(void **state)
{
	return store_open_memory((struct db **)state);
}

static int tear_down(void **state)
{
	db_close(*state);
	return 0;
}

static void enter(struct db *db, enum consent consent, hf_time at, const char *source)
{
	assert_int_equal(people_consent(db, "r-1", "+13125550142", consent, at, source, "x", NOW),
			 0);
}

static void expect(struct db *db, enum consent consent, hf_time at, int entries)
{
	struct person person;
	int64_t count = -1;

	assert_int_equal(people_get(db, "r-1", &person), 0);
	assert_int_equal(person.consent, consent);
	assert_true(person.consent_at == at);
	assert_int_equal(db_one_int(db, 0, &count, "SELECT count(*) FROM consent", ""), 0);
	assert_int_equal(count, entries);
}

FIXTURE(set_up, tear_down);

TEST(test_nobody)
{
	struct person person = { .welcomed = 7 };

	assert_int_equal(people_get(*state, "nobody", &person), 0);
	assert_int_equal(person.consent, CONSENT_NONE);
	assert_int_equal(person.welcomed, 0);
	assert_int_equal(people_get(*state, "nobody", &person), 0);
}

TEST(test_config_is_entered_once)
{
	enter(*state, CONSENT_GIVEN, NOW - 10, "config");
	enter(*state, CONSENT_GIVEN, NOW - 10, "config");
	expect(*state, CONSENT_GIVEN, NOW - 10, 1);
	enter(*state, CONSENT_GIVEN, NOW - 5, "config");
	enter(*state, CONSENT_GIVEN, NOW - 10, "config");
	expect(*state, CONSENT_GIVEN, NOW - 5, 2);
}

TEST(test_stop_outlasts_the_configuration)
{
	enter(*state, CONSENT_GIVEN, NOW - 10, "config");
	enter(*state, CONSENT_WITHDRAWN, NOW - 5, "reply");
	enter(*state, CONSENT_GIVEN, NOW - 10, "config");
	expect(*state, CONSENT_WITHDRAWN, NOW - 5, 2);
	/* An older date, entered later, and the very same instant. */
	enter(*state, CONSENT_GIVEN, NOW - 20, "config");
	enter(*state, CONSENT_GIVEN, NOW - 5, "config");
	expect(*state, CONSENT_WITHDRAWN, NOW - 5, 4);
	/* Signed anew after it. */
	enter(*state, CONSENT_GIVEN, NOW - 4, "config");
	expect(*state, CONSENT_GIVEN, NOW - 4, 5);
	/* A STOP that is heard of now and was said before she signed. */
	enter(*state, CONSENT_GIVEN, NOW - 3, "config");
	enter(*state, CONSENT_WITHDRAWN, NOW - 4, "staff");
	expect(*state, CONSENT_GIVEN, NOW - 3, 7);
	enter(*state, CONSENT_GIVEN, NOW, "reply");
	enter(*state, CONSENT_WITHDRAWN, NOW - 1, "staff");
	expect(*state, CONSENT_GIVEN, NOW, 9);
}

TEST(test_stop_at_the_same_instant)
{
	enter(*state, CONSENT_GIVEN, NOW - 4, "config");
	/* A STOP at that same instant. */
	enter(*state, CONSENT_WITHDRAWN, NOW - 4, "gateway");
	expect(*state, CONSENT_WITHDRAWN, NOW - 4, 2);
}

/* A poll brings several of her texts at one instant, in their order. */
TEST(test_her_last_word_of_one_instant)
{
	enter(*state, CONSENT_GIVEN, NOW - 10, "config");
	enter(*state, CONSENT_WITHDRAWN, NOW, "reply");
	enter(*state, CONSENT_GIVEN, NOW, "reply");
	expect(*state, CONSENT_GIVEN, NOW, 3);
	enter(*state, CONSENT_WITHDRAWN, NOW, "reply");
	expect(*state, CONSENT_WITHDRAWN, NOW, 4);
}

/* The clock was set back after she opted in; a STOP of now counts, whatever stands in the ledger.
 */
TEST(test_stop_after_the_clock_was_set_back)
{
	hf_time later = NOW + 50;

	assert_int_equal(
		people_consent(*state, "r-1", "", CONSENT_GIVEN, later, "reply", "x", later), 0);
	enter(*state, CONSENT_WITHDRAWN, NOW, "reply");
	expect(*state, CONSENT_WITHDRAWN, NOW, 2);
}

/* The other way round: her START is her last word, a date in the configuration is not. */
TEST(test_start_after_the_clock_was_set_back)
{
	hf_time later = NOW + 50;

	assert_int_equal(
		people_consent(*state, "r-1", "", CONSENT_WITHDRAWN, later, "reply", "x", later),
		0);
	enter(*state, CONSENT_GIVEN, NOW - 1, "config");
	expect(*state, CONSENT_WITHDRAWN, later, 2);
	enter(*state, CONSENT_GIVEN, NOW, "reply");
	expect(*state, CONSENT_GIVEN, NOW, 3);
}

TEST(test_the_ledger_is_read_oldest_first)
{
	_cleanup_rows_ struct db_rows rows = { 0 };

	enter(*state, CONSENT_WITHDRAWN, NOW - 5, "reply");
	enter(*state, CONSENT_GIVEN, NOW - 10, "config");
	assert_int_equal(people_ledger(*state, "r-1", &rows), 0);
	assert_true(db_next(&rows));
	assert_true(db_int(&rows, 0) == NOW - 10);
	assert_int_equal(db_int(&rows, 1), CONSENT_GIVEN);
	assert_string_equal(db_text(&rows, 2), "config");
	assert_string_equal(db_text(&rows, 3), "x");
	assert_true(db_int(&rows, 4) == NOW);
	assert_true(db_next(&rows));
	assert_int_equal(db_int(&rows, 1), CONSENT_WITHDRAWN);
	assert_false(db_next(&rows));
}

TEST(test_refused)
{
	assert_int_equal(people_consent(*state, "r-1", "", CONSENT_NONE, NOW, "x", "x", NOW),
			 -EINVAL);
	assert_int_equal(people_consent(*state, "r-1", "", CONSENT_GIVEN, NOW + 1, "x", "x", NOW),
			 -EINVAL);
	expect(*state, CONSENT_NONE, 0, 0);
}

TEST(test_welcomed)
{
	struct person person;

	assert_int_equal(people_welcomed(*state, "r-1", NOW), 0);
	assert_int_equal(people_welcomed(*state, "r-1", NOW + 1), 0);
	assert_int_equal(people_get(*state, "r-1", &person), 0);
	assert_true(person.welcomed == NOW);
	/* Someone welcomed and unknown to the ledger takes the first entry, whatever its date. */
	enter(*state, CONSENT_GIVEN, 0, "config");
	assert_int_equal(people_get(*state, "r-1", &person), 0);
	assert_int_equal(person.consent, CONSENT_GIVEN);
	assert_true(person.welcomed == NOW);
}

TEST(test_the_ledger_is_kept)
{
	enter(*state, CONSENT_WITHDRAWN, NOW, "reply");
	assert_int_equal(db_run(*state, "UPDATE consent SET consent = 1", ""), -EINVAL);
	assert_int_equal(db_run(*state, "DELETE FROM consent", ""), -EINVAL);
	expect(*state, CONSENT_WITHDRAWN, NOW, 1);
}

TEST(test_situation_is_kept)
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

/* Two edits in one instant: the later line stands first. */
TEST(test_numbers_of_an_instant)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db *db = *state;

	assert_int_equal(numbers_note(db, "r-1", "+1", NOW), 0);
	assert_int_equal(numbers_note(db, "r-1", "+2", NOW), 0);
	assert_int_equal(numbers_note(db, "r-2", "+1", NOW - 1), 0);
	assert_int_equal(numbers_note(db, "r-2", "+2", NOW), 0);
	assert_int_equal(numbers_of(db, "r-1", &rows), 0);
	assert_true(db_next(&rows));
	assert_string_equal(db_text(&rows, 0), "+2");
	assert_true(db_next(&rows));
	assert_string_equal(db_text(&rows, 0), "+1");
	db_rows_done(&rows);

	assert_int_equal(numbers_before(db, "+1", &rows), 0);
	assert_true(db_next(&rows));
	assert_string_equal(db_text(&rows, 0), "r-2");
	assert_true(db_next(&rows));
	assert_string_equal(db_text(&rows, 0), "r-1");
	assert_false(db_next(&rows));
}
