/* What the outbox answers: what is ready, when, how many, and by which index; page by page. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "config/model.h"
#include "store/outbox.h"
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

/* What store/outbox would have written. */
static int64_t add(struct db *db, const char *client, int kind, int priority, hf_time due)
{
	static int64_t occurrence;

	assert_int_equal(
		db_run(db,
		       "INSERT INTO outbox (client, kind, reminder, lead, occurrence, due, expires,"
		       " ordinal, priority, state, next_try, key)"
		       " VALUES (?1, ?2, 'x', '', ?3, ?4, ?4 + 1000, 0, ?5, 0, ?4, 'key')",
		       "tiiii", client, (int64_t)kind, ++occurrence, due, (int64_t)priority),
		0);
	return db_last_id(db);
}

static void set(struct db *db, int64_t id, enum outbox_state state, hf_time next_try,
		hf_time claimed)
{
	assert_int_equal(db_run(db,
				"UPDATE outbox SET state = ?2, next_try = ?3, claimed = ?4,"
				" gateway = 'p' WHERE id = ?1",
				"iiii", id, (int64_t)state, next_try, claimed),
			 0);
}

static void expect_ready(struct db *db, hf_time now, int limit, const char *expected)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	char ids[128] = "";
	size_t used = 0;

	assert_int_equal(outbox_ready(db, now, limit, &rows), 0);
	while (db_next(&rows)) {
		outbox_read(&rows, &row);
		used += (size_t)snprintf(ids + used, sizeof(ids) - used, "%d ", (int)row.id);
	}
	assert_int_equal(rows.error, 0);
	assert_string_equal(ids, expected);
}

FIXTURE(set_up, tear_down);

TEST(test_ready)
{
	hf_time when = 0;

	assert_int_equal(outbox_next(*state, &when), 0);
	assert_true(when == HF_NEVER);
	expect_ready(*state, NOW, 10, "");

	(void)add(*state, "a", KIND_NOTE, OUTBOX_AUTOMATIC, NOW - 1); /* 1 */
	(void)add(*state, "b", KIND_NOTE, OUTBOX_AUTOMATIC, NOW - 2);
	(void)add(*state, "c", KIND_NOTE, OUTBOX_URGENT, NOW + 5);
	(void)add(*state, "d", KIND_NOTE, OUTBOX_AUTOMATIC, NOW - 1);
	(void)add(*state, "e", KIND_NOTE, OUTBOX_URGENT, NOW); /* 5 */
	assert_int_equal(outbox_next(*state, &when), 0);
	assert_true(when == NOW - 2);
	expect_ready(*state, NOW, 10, "5 2 1 4 ");
	expect_ready(*state, NOW, 2, "5 2 ");
	expect_ready(*state, NOW + 5, 10, "5 3 2 1 4 ");

	set(*state, 2, OUTBOX_CLAIMED, NOW, NOW);
	set(*state, 1, OUTBOX_DEFERRED, NOW + 7, 0);
	expect_ready(*state, NOW, 10, "5 4 ");
	expect_ready(*state, NOW + 7, 10, "5 3 4 1 ");
}

TEST(test_plan)
{
	static char sql[1024];
	_cleanup_rows_ struct db_rows rows = { 0 };
	char plan[512] = "";
	size_t used = 0;

	(void)snprintf(sql, sizeof(sql), "EXPLAIN QUERY PLAN %s", texts_ready_sql);
	assert_int_equal(db_query(*state, &rows, sql, "ii", NOW, (int64_t)10), 0);
	while (db_next(&rows)) {
		used += (size_t)snprintf(plan + used, sizeof(plan) - used, "%s;",
					 db_text(&rows, 3));
	}
	assert_string_equal(plan, "SEARCH outbox USING INDEX outbox_ready "
				  "(priority=? AND next_try<?);");
}

/* Of a client's texts, those of the day are sought and not gone through. */
TEST(test_plan_of_a_day)
{
	static char sql[512];
	_cleanup_rows_ struct db_rows rows = { 0 };
	bool from_the_day = false;

	(void)snprintf(sql, sizeof(sql), "EXPLAIN %s", texts_automatic_sql);
	assert_int_equal(db_query(*state, &rows, sql, "tii", "a", NOW, NOW + HF_DAY), 0);
	while (db_next(&rows)) {
		from_the_day |= strcmp(db_text(&rows, 1), "SeekGE") == 0;
		assert_string_not_equal(db_text(&rows, 1), "SeekGT");
	}
	assert_true(from_the_day);
}

TEST(test_count_automatic)
{
	int64_t one = add(*state, "a", KIND_WELCOME, OUTBOX_AUTOMATIC, NOW);
	int64_t two = add(*state, "a", KIND_NOTE, OUTBOX_AUTOMATIC, NOW);
	int64_t urgent = add(*state, "a", KIND_NOTE, OUTBOX_URGENT, NOW);
	int64_t by_hand = add(*state, "a", KIND_ONE_OFF, OUTBOX_AUTOMATIC, NOW);
	int64_t other = add(*state, "b", KIND_NOTE, OUTBOX_AUTOMATIC, NOW);
	int64_t again = add(*state, "a", KIND_NUDGE, OUTBOX_AUTOMATIC, NOW);
	const int64_t all[] = { one, two, urgent, by_hand, other, again };
	int count = -1;

	assert_int_equal(outbox_count_automatic(*state, "a", NOW, NOW + HF_DAY, &count), 0);
	assert_int_equal(count, 0);
	for (size_t i = 0; i < COUNT(all); i++) {
		set(*state, all[i], OUTBOX_CLAIMED, NOW, NOW + (int)i);
	}
	assert_int_equal(outbox_count_automatic(*state, "a", NOW, NOW + HF_DAY, &count), 0);
	assert_int_equal(count, 3);
	assert_int_equal(outbox_count_automatic(*state, "a", NOW, NOW + 1, &count), 0);
	assert_int_equal(count, 1);
	set(*state, one, OUTBOX_UNKNOWN, NOW, NOW);
	set(*state, two, OUTBOX_FAILED, NOW, NOW + 1);
	assert_int_equal(outbox_count_automatic(*state, "a", NOW, NOW + HF_DAY, &count), 0);
	assert_int_equal(count, 2);
}

TEST(test_totals_and_lists)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_totals totals;
	struct outbox_message row;

	for (int i = 0; i < 6; i++) {
		(void)add(*state, i < 3 ? "a" : "b", KIND_NOTE, OUTBOX_AUTOMATIC, NOW + i);
	}
	set(*state, 1, OUTBOX_ACCEPTED, NOW, NOW - 2 * HF_HOUR);
	set(*state, 2, OUTBOX_ACCEPTED, NOW, NOW);
	set(*state, 3, OUTBOX_CLAIMED, NOW, NOW);
	set(*state, 4, OUTBOX_UNKNOWN, NOW, NOW);
	for (int again = 0; again < 2; again++) {
		assert_int_equal(outbox_totals(*state, NOW, &totals), 0);
		assert_int_equal(totals.due, 2);
		assert_int_equal(totals.claimed, 1);
		assert_int_equal(totals.unknown, 1);
		assert_int_equal(totals.accepted_last_hour, 1);
	}

	assert_int_equal(outbox_unknown(*state, "p", &rows), 0);
	assert_true(db_next(&rows));
	outbox_read(&rows, &row);
	assert_int_equal(row.id, 4);
	assert_false(db_next(&rows));

	assert_int_equal(outbox_list(*state, "b", -1, NOW + 4, 10, &rows), 0);
	assert_true(db_next(&rows));
	outbox_read(&rows, &row);
	assert_int_equal(row.id, 5);
	assert_true(db_next(&rows));
	assert_false(db_next(&rows));
	assert_int_equal(outbox_list(*state, NULL, OUTBOX_ACCEPTED, 0, 1, &rows), 0);
	assert_true(db_next(&rows));
	assert_false(db_next(&rows));
}

static void on_welcome(void *userdata, const char *client)
{
	strcat(userdata, client);
}

TEST(test_each_welcome)
{
	char clients[16] = "";

	(void)add(*state, "a", KIND_WELCOME, OUTBOX_AUTOMATIC, NOW);
	(void)add(*state, "b", KIND_NOTE, OUTBOX_AUTOMATIC, NOW);
	(void)add(*state, "c", KIND_WELCOME, OUTBOX_AUTOMATIC, NOW);
	assert_int_equal(outbox_each_welcome(*state, on_welcome, clients), 0);
	assert_string_equal(clients, "ac");
}

static void expect_gone(struct db *db, const char *client, hf_time since, const char *expected)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	char ids[64] = "";
	size_t used = 0;

	assert_int_equal(outbox_gone_since(db, client, since, &rows), 0);
	while (db_next(&rows)) {
		outbox_read(&rows, &row);
		used += (size_t)snprintf(ids + used, sizeof(ids) - used, "%d ", (int)row.id);
	}
	assert_string_equal(ids, expected);
}

/* Hers alone, from that instant on, and not what failed or was cancelled. */
TEST(test_gone_since)
{
	for (int i = 0; i < 6; i++) {
		(void)add(*state, i == 2 ? "b" : "a", KIND_NOTE, OUTBOX_AUTOMATIC, NOW);
	}
	set(*state, 1, OUTBOX_ACCEPTED, NOW, NOW - 1);
	set(*state, 2, OUTBOX_ACCEPTED, NOW, NOW);
	set(*state, 3, OUTBOX_ACCEPTED, NOW, NOW);
	set(*state, 4, OUTBOX_FAILED, NOW, NOW + 1);
	set(*state, 5, OUTBOX_CLAIMED, NOW, NOW + 2);
	expect_gone(*state, "a", NOW, "2 5 ");
	expect_gone(*state, "a", 0, "1 2 5 ");
	expect_gone(*state, "b", 0, "3 ");
	expect_gone(*state, "c", 0, "");
}

static bool sends_others(struct db *db, int64_t id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	bool sends = false;

	assert_int_equal(outbox_get(db, id, &rows), 0);
	outbox_read(&rows, &row);
	assert_int_equal(outbox_sends_others(db, &row, &sends), 0);
	return sends;
}

/* Somebody else's, by the same gateway, since her last one but this, and on its way or there. */
TEST(test_sends_others)
{
	int64_t last = add(*state, "a", KIND_NOTE, OUTBOX_AUTOMATIC, NOW);
	int64_t row = add(*state, "a", KIND_NOTE, OUTBOX_AUTOMATIC, NOW);
	int64_t others = add(*state, "b", KIND_NOTE, OUTBOX_AUTOMATIC, NOW);

	set(*state, last, OUTBOX_DELIVERED, NOW, NOW + 10);
	set(*state, row, OUTBOX_FAILED, NOW, NOW + 20);
	assert_false(sends_others(*state, row));
	set(*state, others, OUTBOX_DELIVERED, NOW, NOW + 9);
	assert_false(sends_others(*state, row));
	assert_true(sends_others(*state, last));
	for (int word = OUTBOX_CLAIMED; word <= OUTBOX_FAILED; word++) {
		set(*state, others, (enum outbox_state)word, NOW, NOW + 10 + word);
		assert_int_equal(sends_others(*state, row),
				 word == OUTBOX_SENT || word == OUTBOX_DELIVERED);
	}
	set(*state, others, OUTBOX_DELIVERED, NOW, NOW + 30);
	assert_true(sends_others(*state, row));
	assert_int_equal(
		db_run(*state, "UPDATE outbox SET gateway = 'q' WHERE id = ?1", "i", others), 0);
	assert_false(sends_others(*state, row));
}

static bool has_gone(struct db *db, int64_t id, hf_time from, hf_time until)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	bool gone = false;

	assert_int_equal(outbox_get(db, id, &rows), 0);
	outbox_read(&rows, &row);
	assert_int_equal(outbox_has_gone(db, &row, from, until, &gone), 0);
	return gone;
}

static void cancel(struct db *db, int64_t id, const char *reason)
{
	assert_int_equal(db_run(db, "UPDATE outbox SET state = 10, reason = ?2 WHERE id = ?1", "it",
				id, reason),
			 0);
}

/* The same thing at another hour of the day: from midnight on, until the next one. */
TEST(test_has_gone)
{
	int64_t moved = add(*state, "a", KIND_NOTE, OUTBOX_AUTOMATIC, NOW);
	int64_t other = add(*state, "a", KIND_NOTE, OUTBOX_AUTOMATIC, NOW), at;

	assert_int_equal(db_one_int(*state, 0, &at, "SELECT occurrence FROM outbox WHERE id = ?1",
				    "i", other),
			 0);
	assert_false(has_gone(*state, moved, at, at + 1));
	set(*state, other, OUTBOX_ACCEPTED, NOW, NOW);
	assert_true(has_gone(*state, moved, at, at + 1));
	assert_false(has_gone(*state, moved, at - HF_DAY, at));
	assert_false(has_gone(*state, moved, at + 1, at + HF_DAY));
	/* Not the row itself. */
	assert_false(has_gone(*state, other, at, at + 1));

	/* What went along in another text is gone, what was only cancelled is not. */
	cancel(*state, other, TEXTS_JOINED "evening");
	assert_true(has_gone(*state, moved, at, at + 1));
	cancel(*state, other, "paused");
	assert_false(has_gone(*state, moved, at, at + 1));
}

static bool has_said(struct db *db, int64_t id, const char *text)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	bool said = false;

	assert_int_equal(outbox_get(db, id, &rows), 0);
	outbox_read(&rows, &row);
	assert_int_equal(outbox_has_said(db, &row, text, NOW, NOW + HF_DAY, &said), 0);
	return said;
}

/* Of the same client, of a schedule, on that day and on its way or there; alone or first of several. */
TEST(test_has_said)
{
	int64_t row = add(*state, "a", KIND_NOTE, OUTBOX_AUTOMATIC, NOW);
	int64_t other = add(*state, "a", KIND_NOTE, OUTBOX_AUTOMATIC, NOW);
	int64_t answer = add(*state, "a", KIND_REPLY, OUTBOX_URGENT, NOW);
	int64_t hers = add(*state, "b", KIND_NOTE, OUTBOX_AUTOMATIC, NOW);

	assert_int_equal(db_run(*state, "UPDATE outbox SET text = 'a walk? And more'", ""), 0);
	set(*state, row, OUTBOX_DUE, NOW, 0);
	set(*state, answer, OUTBOX_SENT, NOW, NOW);
	set(*state, hers, OUTBOX_SENT, NOW, NOW);
	assert_false(has_said(*state, row, "a walk?"));
	set(*state, other, OUTBOX_SENT, NOW, NOW - 1);
	assert_false(has_said(*state, row, "a walk?"));
	set(*state, other, OUTBOX_SENT, NOW, NOW + HF_DAY);
	assert_false(has_said(*state, row, "a walk?"));
	set(*state, other, OUTBOX_FAILED, NOW, NOW);
	assert_false(has_said(*state, row, "a walk?"));
	set(*state, other, OUTBOX_CLAIMED, NOW, NOW);
	assert_true(has_said(*state, row, "a walk?"));
	assert_true(has_said(*state, row, "a walk? And more"));
	assert_false(has_said(*state, row, "And more"));
	assert_false(has_said(*state, other, "a walk?"));
}

TEST(test_count_missed)
{
	const struct {
		int kind;
		hf_time due;
		enum outbox_state state;
	} rows[] = {
		{ KIND_NOTE, NOW, OUTBOX_EXPIRED },
		{ KIND_NOTE, NOW + 1, OUTBOX_EXPIRED },
		{ KIND_COPING, NOW + 9, OUTBOX_EXPIRED },
		{ KIND_NOTE, NOW + 10, OUTBOX_EXPIRED },
		{ KIND_NOTE, NOW + 11, OUTBOX_EXPIRED },
		{ KIND_ONE_OFF, NOW + 5, OUTBOX_EXPIRED },
		{ KIND_ONE_OFF + 1, NOW + 5, OUTBOX_EXPIRED },
		{ KIND_ONE_OFF + 1, NOW + 6, OUTBOX_EXPIRED },
		{ KIND_NOTE, NOW + 5, OUTBOX_FAILED },
	};
	int64_t count = -1;

	for (size_t i = 0; i < COUNT(rows); i++) {
		int64_t id = add(*state, "a", rows[i].kind, OUTBOX_AUTOMATIC, rows[i].due);

		set(*state, id, rows[i].state, NOW, 0);
	}
	assert_int_equal(outbox_count_missed(*state, NOW, NOW + 10, &count), 0);
	assert_int_equal(count, 5);
}

/* --- pages ------------------------------------------------------------------ */

#define TEXTS 25

static int set_up_pages(void **state)
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

TEST(test_pages, set_up_pages, tear_down)
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

TEST(test_filters, set_up_pages, tear_down)
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

TEST(test_latest, set_up_pages, tear_down)
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

/* The state with number 0 is a state too, in each way to ask for it. */
TEST(test_pages_of_a_state, set_up_pages, tear_down)
{
	struct outbox_search search = { .state = OUTBOX_DUE, .since = INT64_MIN };
	int64_t ids[TEXTS];
	size_t count;

	for (int64_t id = 1; id <= TEXTS; id++) {
		if (id % 2 == 0) {
			assert_int_equal(
				outbox_settle(*state, id, OUTBOX_CANCELLED, "x", HF_MINUTE), 0);
		}
	}
	assert_int_equal(outbox_page(*state, &search, 0, COUNT(ids), ids, &count), 0);
	assert_int_equal(count, 13);
	assert_int_equal(outbox_latest(*state, &search, COUNT(ids), ids, &count), 0);
	assert_int_equal(count, 13);
	search.client = "r-2"; /* 1, 6, 11, 16, 21 */
	assert_int_equal(outbox_page(*state, &search, 0, COUNT(ids), ids, &count), 0);
	assert_int_equal(count, 3);
	assert_int_equal(outbox_latest(*state, &search, COUNT(ids), ids, &count), 0);
	assert_int_equal(count, 3);
	assert_int_equal(ids[1], 11);
	/* Due at that very instant. */
	search.since = 10 * HF_MINUTE;
	assert_int_equal(outbox_latest(*state, &search, COUNT(ids), ids, &count), 0);
	assert_int_equal(count, 2);
	assert_int_equal(ids[0], 11);
}
