/* Every move between states, allowed and forbidden, and each verb twice. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "config/model.h"
#include "store/outbox.h"
#include "store/store.h"

#define NOW     (1000 * HF_DAY)
#define STATES  (OUTBOX_CANCELLED + 1)
#define EXPIRES (NOW + HF_DAY)

static int set_up(void **state)
{
	return store_open_memory((struct db **)state);
}

static int tear_down(void **state)
{
	db_close(*state);
	return 0;
}

static struct outbox_message example(hf_time occurrence)
{
	return (struct outbox_message){
		.client = "r-1",
		.kind = KIND_CHECK_IN,
		.reminder = "check-in",
		.lead = "",
		.occurrence = occurrence,
		.due = NOW,
		.expires = EXPIRES,
		.priority = OUTBOX_AUTOMATIC,
	};
}

static int64_t add(struct db *db)
{
	static hf_time occurrence;
	struct outbox_message message = example(++occurrence);
	int64_t id = 0;

	assert_int_equal(outbox_add(db, &message, NOW, &id), 0);
	return id;
}

/* What one row holds, its texts copied. */
struct seen {
	struct outbox_message row;
	char key[40], gateway[32], gateway_id[32], reason[64], text[64];
};

static void copy(char *to, size_t size, const char **from)
{
	(void)snprintf(to, size, "%s", *from ? *from : "-");
	*from = to;
}

static void look(struct db *db, int64_t id, struct seen *seen)
{
	_cleanup_rows_ struct db_rows rows = { 0 };

	assert_int_equal(outbox_get(db, id, &rows), 0);
	outbox_read(&rows, &seen->row);
	copy(seen->key, sizeof(seen->key), &seen->row.key);
	copy(seen->gateway, sizeof(seen->gateway), &seen->row.gateway);
	copy(seen->gateway_id, sizeof(seen->gateway_id), &seen->row.gateway_id);
	copy(seen->reason, sizeof(seen->reason), &seen->row.reason);
	copy(seen->text, sizeof(seen->text), &seen->row.text);
}

static enum outbox_state state_of(struct db *db, int64_t id)
{
	struct seen seen;

	look(db, id, &seen);
	return seen.row.state;
}

static void expect_next_try(struct db *db, int64_t id, hf_time when)
{
	struct seen seen;

	look(db, id, &seen);
	assert_int_equal(seen.row.next_try, when);
}

static int steps(struct db *db, int64_t id, char *last, size_t size)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	int count = 0;

	assert_int_equal(outbox_history(db, id, &rows), 0);
	for (; db_next(&rows); count++) {
		(void)snprintf(last, size, "%s %s", db_text(&rows, 1),
			       db_text(&rows, 2) ? db_text(&rows, 2) : "-");
	}
	assert_int_equal(rows.error, 0);
	return count;
}

static int attempt_move(struct db *db, int64_t id, enum outbox_state to)
{
	switch (to) {
	case OUTBOX_DUE:
		return outbox_retry(db, id, NOW, "again", true, NOW);
	case OUTBOX_DEFERRED:
		return outbox_defer(db, id, NOW + 1, "later", NOW);
	case OUTBOX_CLAIMED:
		return outbox_claim(db, id, "primary", "Hello", 1, NOW);
	case OUTBOX_ACCEPTED:
		return outbox_accept(db, id, "SM1", NOW);
	case OUTBOX_UNKNOWN:
	case OUTBOX_SENT:
	case OUTBOX_DELIVERED:
	case OUTBOX_UNDELIVERED:
	case OUTBOX_FAILED:
	case OUTBOX_EXPIRED:
	case OUTBOX_CANCELLED:
		return outbox_settle(db, id, to, "because", NOW);
	}

	return -EINVAL;
}

/* The shortest way to each state. */
static int64_t row_in(struct db *db, enum outbox_state state)
{
	static const enum outbox_state ways[STATES][4] = {
		[OUTBOX_DEFERRED] = { OUTBOX_DEFERRED },
		[OUTBOX_CLAIMED] = { OUTBOX_CLAIMED },
		[OUTBOX_UNKNOWN] = { OUTBOX_CLAIMED, OUTBOX_UNKNOWN },
		[OUTBOX_ACCEPTED] = { OUTBOX_CLAIMED, OUTBOX_ACCEPTED },
		[OUTBOX_SENT] = { OUTBOX_CLAIMED, OUTBOX_ACCEPTED, OUTBOX_SENT },
		[OUTBOX_DELIVERED] = { OUTBOX_CLAIMED, OUTBOX_ACCEPTED, OUTBOX_DELIVERED },
		[OUTBOX_UNDELIVERED] = { OUTBOX_CLAIMED, OUTBOX_ACCEPTED, OUTBOX_UNDELIVERED },
		[OUTBOX_FAILED] = { OUTBOX_CLAIMED, OUTBOX_FAILED },
		[OUTBOX_EXPIRED] = { OUTBOX_EXPIRED },
		[OUTBOX_CANCELLED] = { OUTBOX_CANCELLED },
	};
	int64_t id = add(db);

	for (size_t i = 0; i < 4 && ways[state][i] != OUTBOX_DUE; i++) {
		assert_int_equal(attempt_move(db, id, ways[state][i]), 0);
	}
	assert_int_equal(state_of(db, id), state);
	return id;
}

/* A row for each state one comes from, a column for each state one goes to, in the enum's order:
 * due deferred claimed unknown accepted sent delivered undelivered failed expired cancelled. */
static const char *const allowed[STATES] = {
	[OUTBOX_DUE] = ".dc.a...fxk",       [OUTBOX_DEFERRED] = ".dc.a...fxk",
	[OUTBOX_CLAIMED] = "d..ua...f..",   [OUTBOX_UNKNOWN] = "d...a...fxk",
	[OUTBOX_ACCEPTED] = ".....sduf..",  [OUTBOX_SENT] = "......duf..",
	[OUTBOX_DELIVERED] = "...........", [OUTBOX_UNDELIVERED] = "......d....",
	[OUTBOX_FAILED] = "......d....",    [OUTBOX_EXPIRED] = "...........",
	[OUTBOX_CANCELLED] = "...........",
};

static void check_move(struct db *db, int from, int to)
{
	int64_t id = row_in(db, (enum outbox_state)from);
	bool may = allowed[from][to] != '.';
	char last[96];
	int count = steps(db, id, last, sizeof(last));

	assert_int_equal(attempt_move(db, id, (enum outbox_state)to), may ? 0 : OUTBOX_E_STATE);
	assert_int_equal(state_of(db, id), may ? to : from);
	/* Deferring anew for the same reason is no change. */
	assert_int_equal(steps(db, id, last, sizeof(last)), count + (may && from != to));
}

FIXTURE(set_up, tear_down);

TEST(test_every_move)
{
	for (int from = 0; from < STATES; from++) {
		for (int to = 0; to < STATES; to++) {
			check_move(*state, from, to);
		}
	}
}

/* What was given up after a gateway may have had it can arrive all the same. */
TEST(test_arrives_after_all)
{
	static const enum outbox_state ends[] = { OUTBOX_EXPIRED, OUTBOX_CANCELLED };

	for (size_t i = 0; i < COUNT(ends); i++) {
		int64_t id = row_in(*state, OUTBOX_UNKNOWN);

		assert_int_equal(attempt_move(*state, id, OUTBOX_DUE), 0);
		assert_int_equal(attempt_move(*state, id, ends[i]), 0);
		assert_int_equal(attempt_move(*state, id, OUTBOX_UNDELIVERED), OUTBOX_E_STATE);
		assert_int_equal(attempt_move(*state, id, OUTBOX_DELIVERED), 0);
		assert_int_equal(attempt_move(*state, id, ends[i]), OUTBOX_E_STATE);
	}
}

TEST(test_settle_is_not_a_way_round_the_verbs)
{
	int64_t id = row_in(*state, OUTBOX_CLAIMED);

	assert_int_equal(outbox_settle(*state, id, OUTBOX_DUE, "x", NOW), OUTBOX_E_STATE);
	assert_int_equal(outbox_settle(*state, id, OUTBOX_ACCEPTED, "x", NOW), OUTBOX_E_STATE);
	id = row_in(*state, OUTBOX_DUE);
	assert_int_equal(outbox_settle(*state, id, OUTBOX_CLAIMED, "x", NOW), OUTBOX_E_STATE);
	assert_int_equal(outbox_settle(*state, id, OUTBOX_DEFERRED, "x", NOW), OUTBOX_E_STATE);
}

TEST(test_no_such_row)
{
	struct db_rows rows;

	for (int to = 0; to < STATES; to++) {
		assert_int_equal(attempt_move(*state, 4711, (enum outbox_state)to), OUTBOX_E_NONE);
	}
	assert_int_equal(outbox_get(*state, 4711, &rows), OUTBOX_E_NONE);
	/* The second question finds the statement free. */
	assert_int_equal(outbox_get(*state, 4711, &rows), OUTBOX_E_NONE);
}

TEST(test_one_occurrence_is_one_row)
{
	struct outbox_message message = example(77);
	int64_t id = 0, other = 5;

	assert_int_equal(outbox_add(*state, &message, NOW, &id), 0);
	message.due = NOW + HF_HOUR;
	assert_int_equal(outbox_add(*state, &message, NOW, &other), OUTBOX_E_DUPLICATE);
	assert_int_equal(other, 5);
	message.lead = "2h";
	assert_int_equal(outbox_add(*state, &message, NOW, &other), 0);
	assert_int_not_equal(id, other);
	message.priority = 7;
	message.lead = "3h";
	assert_int_equal(outbox_add(*state, &message, NOW, &other), -EINVAL);
}

TEST(test_a_key_is_fixed_for_life)
{
	int64_t id = add(*state), other = add(*state);
	struct seen one, two;

	look(*state, id, &one);
	look(*state, other, &two);
	assert_int_equal(strlen(one.key), 32);
	assert_int_equal(strspn(one.key, "0123456789abcdef"), 32);
	assert_string_not_equal(one.key, two.key);

	assert_int_equal(attempt_move(*state, id, OUTBOX_CLAIMED), 0);
	assert_int_equal(attempt_move(*state, id, OUTBOX_UNKNOWN), 0);
	assert_int_equal(attempt_move(*state, id, OUTBOX_DUE), 0);
	look(*state, id, &two);
	assert_string_equal(one.key, two.key);
}

TEST(test_a_claim_says_what_is_sent)
{
	int64_t id = add(*state);
	char last[96];
	struct seen seen;

	assert_int_equal(outbox_claim(*state, id, "primary", "Hello", 2, NOW + 5), 0);
	assert_int_equal(outbox_claim(*state, id, "other", "Bye", 1, NOW + 6), OUTBOX_E_STATE);
	look(*state, id, &seen);
	assert_int_equal(seen.row.attempts, 1);
	assert_int_equal(seen.row.claimed, NOW + 5);
	assert_int_equal(seen.row.segments, 2);
	assert_string_equal(seen.text, "Hello");
	assert_string_equal(seen.gateway, "primary");
	assert_false(seen.row.pinned);
	/* The history holds the gateway, and never the words. */
	assert_int_equal(steps(*state, id, last, sizeof(last)), 2);
	assert_string_equal(last, "claimed primary");
}

TEST(test_attempts)
{
	int64_t id = row_in(*state, OUTBOX_CLAIMED);
	struct seen seen;

	assert_int_equal(outbox_retry(*state, id, NOW, "busy", false, NOW), 0);
	look(*state, id, &seen);
	assert_int_equal(seen.row.attempts, 0);
	assert_string_equal(seen.reason, "busy");
	assert_int_equal(attempt_move(*state, id, OUTBOX_CLAIMED), 0);
	assert_int_equal(outbox_retry(*state, id, NOW + 9, "down", true, NOW), 0);
	assert_int_equal(outbox_retry(*state, id, NOW + 9, "down", true, NOW), OUTBOX_E_STATE);
	look(*state, id, &seen);
	assert_int_equal(seen.row.attempts, 1);
	assert_int_equal(seen.row.next_try, NOW + 9);
}

TEST(test_unknown_pins_to_the_gateway)
{
	int64_t id = row_in(*state, OUTBOX_UNKNOWN);
	struct seen seen;

	assert_int_equal(attempt_move(*state, id, OUTBOX_DUE), 0);
	look(*state, id, &seen);
	assert_true(seen.row.pinned);
	assert_string_equal(seen.gateway, "primary");
	/* Certainly not sent the second time says nothing about the first. */
	assert_int_equal(attempt_move(*state, id, OUTBOX_CLAIMED), 0);
	assert_int_equal(attempt_move(*state, id, OUTBOX_DUE), 0);
	look(*state, id, &seen);
	assert_true(seen.row.pinned);
}

TEST(test_waiting_ends_with_expiry)
{
	int64_t id = add(*state), other = row_in(*state, OUTBOX_CLAIMED);

	assert_int_equal(outbox_defer(*state, id, HF_NEVER, "waits for consent", NOW), 0);
	expect_next_try(*state, id, EXPIRES);
	assert_int_equal(outbox_retry(*state, other, EXPIRES + 1, "down", true, NOW), 0);
	expect_next_try(*state, other, EXPIRES);
}

TEST(test_deferring_anew)
{
	int64_t id = add(*state);
	char last[96];

	assert_int_equal(outbox_defer(*state, id, NOW + 1, "later", NOW), 0);
	assert_int_equal(outbox_defer(*state, id, NOW + 2, "later", NOW), 0);
	assert_int_equal(steps(*state, id, last, sizeof(last)), 2);
	expect_next_try(*state, id, NOW + 2);
	assert_int_equal(outbox_defer(*state, id, NOW + 3, "paused", NOW), 0);
	assert_int_equal(steps(*state, id, last, sizeof(last)), 3);
	assert_string_equal(last, "deferred paused");
}

TEST(test_accepted)
{
	int64_t id = row_in(*state, OUTBOX_UNKNOWN);
	struct seen seen;

	assert_int_equal(outbox_accept(*state, id, "SM9", NOW), 0);
	assert_int_equal(outbox_accept(*state, id, "SM8", NOW), OUTBOX_E_STATE);
	look(*state, id, &seen);
	assert_string_equal(seen.gateway_id, "SM9");
	assert_string_equal(seen.reason, "-");
	assert_int_equal(outbox_settle(*state, id, OUTBOX_DELIVERED, NULL, NOW), 0);
	/* A lower receipt that comes late is turned away. */
	assert_int_equal(outbox_settle(*state, id, OUTBOX_SENT, NULL, NOW), OUTBOX_E_STATE);
	look(*state, id, &seen);
	assert_string_equal(seen.gateway_id, "SM9");
}

TEST(test_orphans)
{
	int64_t mine = row_in(*state, OUTBOX_CLAIMED), due = add(*state), other = add(*state);
	int64_t count = -1;
	struct seen seen;

	assert_int_equal(outbox_claim(*state, other, "second", "Hi", 1, NOW), 0);
	assert_int_equal(outbox_orphan(*state, "primary", "the courier is gone", NOW, &count), 0);
	assert_int_equal(count, 1);
	look(*state, mine, &seen);
	assert_int_equal(seen.row.state, OUTBOX_UNKNOWN);
	assert_string_equal(seen.reason, "the courier is gone");
	assert_int_equal(state_of(*state, other), OUTBOX_CLAIMED);
	assert_int_equal(outbox_orphan(*state, NULL, "restart", NOW, NULL), 0);
	assert_int_equal(state_of(*state, other), OUTBOX_UNKNOWN);
	assert_int_equal(state_of(*state, due), OUTBOX_DUE);
	assert_int_equal(outbox_orphan(*state, NULL, "restart", NOW, &count), 0);
	assert_int_equal(count, 0);
}

TEST(test_cancel_client)
{
	int64_t due = add(*state), deferred = row_in(*state, OUTBOX_DEFERRED);
	int64_t claimed = row_in(*state, OUTBOX_CLAIMED), stranger = 0;
	struct outbox_message message = example(5);

	message.client = "r-2";
	assert_int_equal(outbox_add(*state, &message, NOW, &stranger), 0);
	assert_int_equal(outbox_cancel_client(*state, "r-1", "stopped", NOW), 0);
	assert_int_equal(outbox_cancel_client(*state, "r-1", "stopped", NOW), 0);
	assert_int_equal(state_of(*state, due), OUTBOX_CANCELLED);
	assert_int_equal(state_of(*state, deferred), OUTBOX_CANCELLED);
	assert_int_equal(state_of(*state, claimed), OUTBOX_CLAIMED);
	assert_int_equal(state_of(*state, stranger), OUTBOX_DUE);
}

TEST(test_wake)
{
	int64_t due = add(*state), deferred = add(*state), pinned = row_in(*state, OUTBOX_UNKNOWN);
	int64_t refused = row_in(*state, OUTBOX_CLAIMED);

	assert_int_equal(outbox_defer(*state, deferred, NOW + HF_HOUR, "later", NOW), 0);
	assert_int_equal(outbox_retry(*state, pinned, NOW, "again", true, NOW), 0);
	assert_int_equal(outbox_defer(*state, pinned, NOW + HF_HOUR, "its gateway", NOW), 0);

	assert_int_equal(outbox_retry(*state, refused, NOW + HF_HOUR, "refused", true, NOW), 0);
	assert_int_equal(outbox_count_refusal(*state, refused), 0);

	assert_int_equal(outbox_wake(*state, "r-2", NOW + 1), 0);
	assert_int_equal(outbox_wake_gateway(*state, "second", NOW + 1), 0);
	expect_next_try(*state, deferred, NOW + HF_HOUR);
	assert_int_equal(outbox_wake_gateway(*state, "primary", NOW + 2), 0);
	expect_next_try(*state, deferred, NOW + HF_HOUR);
	expect_next_try(*state, pinned, NOW + 2);
	expect_next_try(*state, refused, NOW + 2);
	assert_int_equal(outbox_wake(*state, "r-1", NOW + 3), 0);
	expect_next_try(*state, deferred, NOW + 3);
	assert_int_equal(state_of(*state, deferred), OUTBOX_DEFERRED);
	/* Never later than it was. */
	assert_int_equal(outbox_wake(*state, NULL, NOW + 4), 0);
	expect_next_try(*state, deferred, NOW + 3);
	expect_next_try(*state, due, NOW);
}

/* The scan that claims while it reads must meet each row once. */
TEST(test_claiming_while_reading)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;
	int seen = 0;

	for (int i = 0; i < 500; i++) {
		(void)add(*state);
	}
	assert_int_equal(db_begin(*state), 0);
	assert_int_equal(outbox_ready(*state, NOW, 1000, &rows), 0);
	for (; db_next(&rows); seen++) {
		outbox_read(&rows, &row);
		if (seen % 3 == 0) {
			assert_int_equal(
				outbox_defer(*state, row.id, NOW + 1 + seen % 5, "later", NOW), 0);
		} else {
			assert_int_equal(outbox_claim(*state, row.id, "p", "Hello", 1, NOW), 0);
		}
	}
	assert_int_equal(rows.error, 0);
	assert_int_equal(db_commit(*state), 0);
	assert_int_equal(seen, 500);
	assert_int_equal(outbox_ready(*state, NOW, 1000, &rows), 0);
	assert_false(db_next(&rows));
}
