/* Consent: the later entry wins, a STOP outlasts the configuration, the ledger is not rewritten. */
#include <errno.h>

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
	/* A STOP at that same instant. */
	enter(*state, CONSENT_WITHDRAWN, NOW - 4, "gateway");
	expect(*state, CONSENT_WITHDRAWN, NOW - 4, 6);
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
	assert_int_equal(db_run(*state, "UPDATE consent SET consent = 1", ""), DB_E_CONSTRAINT);
	assert_int_equal(db_run(*state, "DELETE FROM consent", ""), DB_E_CONSTRAINT);
	expect(*state, CONSENT_WITHDRAWN, NOW, 1);
}
