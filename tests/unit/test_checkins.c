/* Check-ins: asked, nudged, answered or silent; first and current answer; what is due when. */
#include "test.h"
#include "config/model.h"
#include "store/cases.h"
#include "store/checkins.h"
#include "store/outbox.h"
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

static void ask(struct db *db, int64_t message, hf_time asked)
{
	const struct checkin checkin = { .message = message,
					 .client = "r-1",
					 .reminder = "checkin",
					 .answers = "how_are_you",
					 .asked = asked,
					 .nudge_at = asked + 6 * HF_HOUR,
					 .silent_at = asked + HF_DAY };

	assert_int_equal(checkins_ask(db, &checkin), 0);
}

static struct checkin last(struct db *db)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct checkin checkin;

	assert_int_equal(checkins_last(db, "r-1", 0, &rows), 0);
	checkins_read(&rows, &checkin);
	assert_string_equal(checkin.reminder, "checkin");
	checkin.client = checkin.reminder = checkin.answers = NULL;
	return checkin;
}

static hf_time next(struct db *db)
{
	hf_time when = 0;

	assert_int_equal(checkins_next(db, &when), 0);
	return when;
}

static int due(struct db *db, hf_time now)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int count = 0;

	assert_int_equal(checkins_due(db, now, 10, &rows), 0);
	while (db_next(&rows)) {
		count++;
	}
	return count;
}

FIXTURE(set_up, tear_down);

TEST(test_answer)
{
	struct db *db = *state;

	assert_true(next(db) == HF_NEVER);
	ask(db, 7, NOW);
	assert_int_equal(last(db).first, CHECKIN_UNANSWERED);
	assert_int_equal(checkins_answer(db, 7, CHECKIN_UNCLEAR, NOW + 1), 0);
	assert_int_equal(last(db).state, CHECKIN_ASKED);
	assert_int_equal(last(db).unclear, 1);

	assert_int_equal(checkins_answer(db, 7, 1, NOW + 2), 0);
	assert_int_equal(checkins_answer(db, 7, 2, NOW + 3), 0);
	assert_int_equal(last(db).state, CHECKIN_ANSWERED);
	assert_int_equal(last(db).first, 1);
	assert_int_equal(last(db).current, 2);
	assert_true(last(db).answered == NOW + 2);
	assert_true(next(db) == HF_NEVER);

	/* Asking once more for the same message does nothing, and nothing takes an answer back. */
	ask(db, 7, NOW + 4);
	assert_int_equal(checkins_move(db, 7, CHECKIN_SILENT), 0);
	assert_int_equal(last(db).state, CHECKIN_ANSWERED);
}

TEST(test_due)
{
	struct db *db = *state;

	ask(db, 7, NOW);
	assert_true(next(db) == NOW + 6 * HF_HOUR);
	assert_int_equal(due(db, NOW + 6 * HF_HOUR - 1), 0);
	assert_int_equal(due(db, NOW + 6 * HF_HOUR), 1);
	assert_int_equal(checkins_move(db, 7, CHECKIN_NUDGED), 0);
	assert_int_equal(due(db, NOW + HF_DAY - 1), 0);
	assert_true(next(db) == NOW + HF_DAY);
	assert_int_equal(due(db, NOW + HF_DAY), 1);
	assert_int_equal(checkins_move(db, 7, CHECKIN_SILENT), 0);
	assert_true(next(db) == HF_NEVER);

	/* A late answer counts. */
	assert_int_equal(checkins_answer(db, 7, 0, NOW + 2 * HF_DAY), 0);
	assert_int_equal(last(db).state, CHECKIN_ANSWERED);
}

static enum checkin_state arrive(struct db *db, int64_t message, hf_time at)
{
	enum checkin_state was = CHECKIN_PASSED, is = CHECKIN_PASSED;

	assert_int_equal(checkins_arrive(db, message, at, at, &was), 0);
	assert_int_equal(checkins_state(db, message, &is), 0);
	return is;
}

/* A text of hers that went out at `claimed`. */
static void send(struct db *db, int64_t id, hf_time claimed)
{
	assert_int_equal(
		db_run(db,
		       "INSERT INTO outbox (id, client, kind, reminder, lead, occurrence, due,"
		       " expires, ordinal, priority, state, next_try, key, claimed)"
		       " VALUES (?1, 'r-1', 1, 'checkin', '', ?1, 0, 0, 0, 1, 4, 0, ?1, ?2)",
		       "ii", id, claimed),
		0);
}

/* Nudge and silence run from when it arrived, and only so far as they run at all. */
TEST(test_arrives_late)
{
	struct db *db = *state;
	enum checkin_state was = CHECKIN_PASSED;

	assert_int_equal(checkins_arrive(db, 7, NOW, NOW, &was), CHECKINS_E_NONE);
	assert_int_equal(was, CHECKIN_PASSED);
	ask(db, 7, NOW);
	assert_int_equal(arrive(db, 7, NOW - HF_HOUR), CHECKIN_ASKED);
	assert_true(last(db).asked == NOW && next(db) == NOW + 6 * HF_HOUR);
	assert_int_equal(arrive(db, 7, NOW + HF_HOUR), CHECKIN_ASKED);
	assert_true(last(db).asked == NOW + HF_HOUR && next(db) == NOW + 7 * HF_HOUR);
	assert_int_equal(checkins_move(db, 7, CHECKIN_NUDGED), 0);
	assert_int_equal(arrive(db, 7, NOW + 2 * HF_HOUR), CHECKIN_NUDGED);
	assert_true(next(db) == NOW + HF_DAY + 2 * HF_HOUR);

	assert_int_equal(checkins_move(db, 7, CHECKIN_LOST), 0);
	assert_int_equal(arrive(db, 7, NOW + 3 * HF_HOUR), CHECKIN_ASKED);
	assert_true(next(db) == NOW + 9 * HF_HOUR);
	assert_int_equal(checkins_answer(db, 7, CHECKIN_UNCLEAR, NOW), 0);
	assert_int_equal(arrive(db, 7, NOW + 4 * HF_HOUR), CHECKIN_ASKED);
	assert_true(next(db) == HF_NEVER);
	assert_int_equal(checkins_answer(db, 7, 1, NOW), 0);
	assert_int_equal(arrive(db, 7, NOW + 5 * HF_HOUR), CHECKIN_ANSWERED);
	assert_true(last(db).asked == NOW + 4 * HF_HOUR);
}

/* What was silent is asked again only where she has had it for less than her time. */
TEST(test_arrives_after_silence)
{
	struct db *db = *state;
	enum checkin_state was = CHECKIN_PASSED, is = CHECKIN_PASSED;

	ask(db, 7, NOW);
	assert_int_equal(checkins_move(db, 7, CHECKIN_SILENT), 0);
	assert_int_equal(checkins_arrive(db, 7, NOW + 1, NOW + 2 * HF_DAY, &was), 0);
	assert_int_equal(checkins_state(db, 7, &is), 0);
	assert_int_equal(is, CHECKIN_SILENT);
	assert_int_equal(arrive(db, 7, NOW + 2 * HF_DAY), CHECKIN_ASKED);
	assert_true(next(db) == NOW + 2 * HF_DAY + 6 * HF_HOUR);
}

/* Of two the one that went out later is the question, in whatever order they arrive. */
TEST(test_arrives_beside_another)
{
	struct db *db = *state;

	for (int order = 0; order < 2; order++) {
		int64_t first = order ? 10 : 7, second = first + 1;
		hf_time day = NOW + 10L * order * HF_DAY;

		send(db, first, day);
		send(db, second, day + HF_DAY);
		ask(db, first, day);
		assert_int_equal(checkins_move(db, first, CHECKIN_LOST), 0);
		ask(db, second, day + HF_DAY);
		assert_int_equal(checkins_move(db, second, CHECKIN_LOST), 0);
		if (order) {
			assert_int_equal(arrive(db, first, day + 2 * HF_DAY), CHECKIN_ASKED);
			assert_int_equal(arrive(db, second, day + 2 * HF_DAY + 1), CHECKIN_ASKED);
		} else {
			assert_int_equal(arrive(db, second, day + 2 * HF_DAY), CHECKIN_ASKED);
			assert_int_equal(arrive(db, first, day + 2 * HF_DAY + 1), CHECKIN_PASSED);
		}
		assert_int_equal(last(db).message, second);
		assert_true(next(db) == last(db).nudge_at);
	}
}

TEST(test_passed)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db *db = *state;

	ask(db, 7, NOW);
	ask(db, 8, NOW + HF_DAY);
	assert_int_equal(last(db).message, 8);
	assert_int_equal(due(db, NOW + HF_DAY), 0);
	assert_int_equal(checkins_pass(db, "r-1"), 0);
	assert_int_equal(checkins_last(db, "r-1", 0, &rows), CHECKINS_E_NONE);
	assert_true(next(db) == HF_NEVER);
}

TEST(test_since)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db *db = *state;

	ask(db, 7, NOW);
	assert_int_equal(checkins_last(db, "r-1", NOW + 1, &rows), CHECKINS_E_NONE);
	assert_int_equal(checkins_last(db, "r-2", 0, &rows), CHECKINS_E_NONE);
	assert_int_equal(checkins_last(db, "r-1", NOW, &rows), 0);
}

TEST(test_silent_rounds)
{
	static const enum checkin_state rounds[] = { CHECKIN_SILENT, CHECKIN_ANSWERED,
						     CHECKIN_SILENT, CHECKIN_LOST, CHECKIN_SILENT };
	struct db *db = *state;
	int count;

	assert_int_equal(checkins_silent_rounds(db, "r-1", &count), 0);
	assert_int_equal(count, 0);
	for (int i = 0; i < (int)COUNT(rounds); i++) {
		ask(db, i + 1, NOW + i * HF_DAY);
		assert_int_equal(rounds[i] == CHECKIN_ANSWERED
					 ? checkins_answer(db, i + 1, 0, NOW)
					 : checkins_move(db, i + 1, rounds[i]),
				 0);
	}
	assert_int_equal(checkins_silent_rounds(db, "r-1", &count), 0);
	assert_int_equal(count, 2);
}

/* As the answers stand now: one that was changed counts as what it was changed to. */
TEST(test_count_answers)
{
	struct db *db = *state;
	int64_t count = -1;

	for (int i = 0; i < 3; i++) {
		ask(db, i + 1, NOW + i * HF_DAY);
		assert_int_equal(checkins_answer(db, i + 1, 1, NOW), 0);
	}
	assert_int_equal(checkins_count_answers(db, "r-1", 1, &count), 0);
	assert_int_equal(count, 3);
	assert_int_equal(checkins_answer(db, 3, 0, NOW), 0);
	assert_int_equal(checkins_answer(db, 2, 1, NOW), 0);
	assert_int_equal(checkins_count_answers(db, "r-1", 1, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(checkins_count_answers(db, "r-1", 0, &count), 0);
	assert_int_equal(count, 1);
	assert_int_equal(checkins_count_answers(db, "r-2", 1, &count), 0);
	assert_int_equal(count, 0);
}

/* Two in one instant, the first of them answered: a reply is meant for the second. */
TEST(test_two_at_once)
{
	ask(*state, 5, NOW);
	assert_int_equal(checkins_answer(*state, 5, 0, NOW), 0);
	ask(*state, 6, NOW);
	assert_int_equal(last(*state).message, 6);
}

/* Nobody's check-in is another's. */
TEST(test_another_client)
{
	const struct checkin other = { .message = 9,
				       .client = "r-2",
				       .reminder = "checkin",
				       .answers = "how_are_you",
				       .asked = NOW + 1,
				       .nudge_at = HF_NEVER,
				       .silent_at = NOW + HF_DAY };
	_cleanup_rows_ struct db_rows rows = { 0 };
	enum checkin_state was;
	int silent = -1;

	ask(*state, 5, NOW);
	assert_int_equal(checkins_ask(*state, &other), 0);
	assert_int_equal(last(*state).message, 5);
	assert_int_equal(last(*state).state, CHECKIN_ASKED);
	assert_int_equal(checkins_move(*state, 9, CHECKIN_SILENT), 0);
	assert_int_equal(checkins_silent_rounds(*state, "r-1", &silent), 0);
	assert_int_equal(silent, 0);
	assert_int_equal(checkins_silent_rounds(*state, "r-2", &silent), 0);
	assert_int_equal(silent, 1);
	assert_int_equal(checkins_answer(*state, 9, 0, NOW), 0);
	assert_int_equal(last(*state).state, CHECKIN_ASKED);
	assert_int_equal(checkins_pass(*state, "r-2"), 0);
	assert_int_equal(checkins_state(*state, 5, &was), 0);
	assert_int_equal(was, CHECKIN_ASKED);

	assert_int_equal(checkins_list(*state, "r-1", 10, &rows), 0);
	assert_true(db_next(&rows));
	assert_int_equal(db_int(&rows, 0), 5);
	assert_false(db_next(&rows));
}

/* --- beside the check-ins --------------------------------------------------------------- */

static int64_t announce(struct db *db, int kind, const char *lead)
{
	const struct outbox_message row = { .client = "r-1",
					    .kind = kind,
					    .reminder = "review",
					    .lead = lead,
					    .occurrence = NOW + HF_DAY,
					    .due = NOW,
					    .expires = HF_NEVER,
					    .priority = OUTBOX_AUTOMATIC,
					    .state = OUTBOX_DUE,
					    .next_try = NOW };
	int64_t id = 0;

	assert_int_equal(outbox_add(db, &row, NOW, &id), 0);
	assert_int_equal(db_run(db, "UPDATE outbox SET claimed = ?2 WHERE id = ?1", "ii", id, NOW),
			 0);
	return id;
}

static void ask_beside(struct db *db, int64_t message, enum checkin_beside beside)
{
	const struct checkin checkin = { .message = message,
					 .client = "r-1",
					 .reminder = "review",
					 .answers = "coming",
					 .asked = NOW,
					 .nudge_at = HF_NEVER,
					 .silent_at = HF_NEVER,
					 .beside = beside };

	assert_int_equal(checkins_ask(db, &checkin), 0);
}

static bool declined(struct db *db, const char *reminder, hf_time occurrence)
{
	const struct outbox_message text = { .client = "r-1",
					     .reminder = reminder,
					     .occurrence = occurrence };
	bool is_declined = false;

	assert_int_equal(checkins_declined(db, &text, &is_declined), 0);
	return is_declined;
}

/* Her answer to another appointment, or the same one at another time, says nothing of this one. */
TEST(test_declined)
{
	struct db *db = *state;
	int64_t row = announce(db, KIND_APPOINTMENT, "1d");

	ask_beside(db, row, CHECKIN_BEFORE);
	assert_false(declined(db, "review", NOW + HF_DAY));
	assert_int_equal(checkins_answer(db, row, 0, NOW), 0);
	assert_false(declined(db, "review", NOW + HF_DAY));
	assert_int_equal(checkins_answer(db, row, 1, NOW), 0);
	assert_true(declined(db, "review", NOW + HF_DAY));
	assert_false(declined(db, "review", NOW + 2 * HF_DAY));
	assert_false(declined(db, "other", NOW + HF_DAY));
}

/* "Cancel" before she was reminded of it was about something else. */
TEST(test_declined_by_a_case)
{
	struct db *db = *state;

	assert_int_equal(cases_open(db, "r-1", CASE_CHANGE, CASE_ROUTINE, NOW - 1, NULL), 0);
	(void)announce(db, KIND_APPOINTMENT, "1d");
	assert_false(declined(db, "review", NOW + HF_DAY));
	assert_int_equal(cases_open(db, "r-1", CASE_CHANGE, CASE_ROUTINE, NOW, NULL), 0);
	assert_true(declined(db, "review", NOW + HF_DAY));
}

static bool is_open(struct db *db)
{
	bool open = false;

	assert_int_equal(checkins_open(db, "r-1", &open), 0);
	return open;
}

TEST(test_open)
{
	struct db *db = *state;

	assert_false(is_open(db));
	ask_beside(db, announce(db, KIND_APPOINTMENT, "1d"), CHECKIN_BEFORE);
	assert_false(is_open(db));
	ask(db, 99, NOW);
	assert_true(is_open(db));
	assert_int_equal(checkins_move(db, 99, CHECKIN_NUDGED), 0);
	assert_true(is_open(db));
	assert_int_equal(checkins_answer(db, 99, CHECKIN_UNCLEAR, NOW), 0);
	assert_false(is_open(db));
}

/* When she is asked whether she got there, nobody waits to hear whether she comes. */
TEST(test_asked_before_and_after)
{
	struct db *db = *state;
	int64_t before = announce(db, KIND_APPOINTMENT, "1d");
	int64_t after = announce(db, KIND_FOLLOW_UP, "2h after");
	enum checkin_state is = CHECKIN_LOST;

	ask(db, 99, NOW);
	ask_beside(db, before, CHECKIN_BEFORE);
	ask_beside(db, after, CHECKIN_AFTER);
	assert_int_equal(checkins_state(db, before, &is), 0);
	assert_int_equal(is, CHECKIN_PASSED);
	assert_int_equal(checkins_state(db, after, &is), 0);
	assert_int_equal(is, CHECKIN_ASKED);
	assert_true(is_open(db));
}
