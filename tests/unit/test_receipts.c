/* Receipts: found by key or by an id that is written otherwise, kept once, orphans, forgotten. */
#include <string.h>

#include "test.h"
#include "store/outbox.h"
#include "store/receipts.h"
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

/* gateway_id NULL: its answer has not come. */
static int64_t text(struct db *db, const char *gateway, const char *gateway_id)
{
	static hf_time last;
	const struct outbox_message row = { .client = "r-1",
					    .reminder = "x",
					    .occurrence = ++last,
					    .due = NOW,
					    .expires = HF_NEVER };
	int64_t id = 0;

	assert_int_equal(outbox_add(db, &row, NOW, &id), 0);
	if (gateway) {
		assert_int_equal(outbox_claim(db, id, gateway, "Hello", 1, NOW), 0);
	}
	if (gateway_id) {
		assert_int_equal(outbox_accept(db, id, gateway_id, NOW), 0);
	}
	return id;
}

static struct wire_receipt receipt(const char *gateway_id, const char *key)
{
	return (struct wire_receipt){
		.gateway_id = gateway_id, .key = key, .state = RECEIPT_DELIVERED, .reason = ""
	};
}

static int64_t find(struct db *db, const char *gateway, const char *gateway_id, const char *key)
{
	const struct wire_receipt sought = receipt(gateway_id, key);
	int64_t message = 0;
	int r = receipts_find(db, gateway, &sought, &message);

	assert_int_equal(r, message ? 0 : RECEIPTS_E_NONE);
	return message;
}

FIXTURE(set_up, tear_down);

TEST(test_find_by_id)
{
	struct db *db = *state;
	int64_t first = text(db, "one", "SM0a"), second = text(db, "one", "sm0A");
	int64_t zeros = text(db, "one", "000B7"), none = text(db, "one", "");

	/* What is the same to the letter comes first, else the last. */
	assert_int_equal(find(db, "one", "SM0a", ""), first);
	assert_int_equal(find(db, "one", "sm0A", ""), second);
	assert_int_equal(find(db, "one", "sm0a", ""), second);
	assert_int_equal(find(db, "one", "b7", ""), zeros);
	assert_int_equal(find(db, "one", "00000b7", ""), zeros);
	assert_int_equal(find(db, "one", "b70", ""), 0);
	assert_int_equal(find(db, "two", "b7", ""), 0);
	assert_int_equal(find(db, "one", "", ""), 0);
	assert_int_equal(find(db, "one", "000", ""), 0);
	assert_true(none > 0);
	/* Used again. */
	assert_true(text(db, "one", "000B7") > zeros);
	assert_true(find(db, "one", "000B7", "") > zeros);
}

static void read_key(struct db *db, int64_t id, char key[40])
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct outbox_message row;

	assert_int_equal(outbox_get(db, id, &rows), 0);
	outbox_read(&rows, &row);
	(void)stpncpy(key, row.key, 39);
	key[39] = '\0';
}

TEST(test_find_by_key)
{
	struct db *db = *state;
	int64_t claimed = text(db, "one", NULL), due = text(db, NULL, NULL);
	int64_t other = text(db, "one", "7");
	char key[40], unsent[40];

	read_key(db, claimed, key);
	read_key(db, due, unsent);
	assert_int_equal(find(db, "one", "", key), claimed);
	assert_int_equal(find(db, "two", "", key), 0);
	/* The key outweighs the id; one that is nobody's does not. */
	assert_int_equal(find(db, "one", "7", key), claimed);
	assert_int_equal(find(db, "one", "7", "0123"), other);
	assert_int_equal(find(db, "one", "", unsent), 0);
}

static int count_orphans(struct db *db, const char *gateway, const char *gateway_id)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct wire_receipt one;
	enum receipt_state last = RECEIPT_SENT;
	int count = 0;

	assert_int_equal(receipts_orphans(db, gateway, gateway_id, &rows), 0);
	for (; db_next(&rows); count++) {
		receipts_read(&rows, &one);
		assert_true(one.state >= last);
		last = one.state;
	}
	return count;
}

TEST(test_once_and_orphans)
{
	struct db *db = *state;
	struct wire_receipt one = receipt("0AB", "");

	for (int again = 0; again < 2; again++) {
		assert_int_equal(receipts_add(db, "one", &one, 0, NOW),
				 again ? RECEIPTS_E_DUPLICATE : 0);
	}
	one.state = RECEIPT_SENT;
	assert_int_equal(receipts_add(db, "one", &one, 0, NOW), 0);
	/* The same words about a text are another receipt; that one is no orphan. */
	assert_int_equal(receipts_add(db, "one", &one, 7, NOW), 0);
	assert_int_equal(receipts_add(db, "one", &one, 7, NOW), RECEIPTS_E_DUPLICATE);
	assert_int_equal(receipts_add(db, "two", &one, 0, NOW), 0);

	assert_int_equal(count_orphans(db, "one", "ab"), 2);
	assert_int_equal(count_orphans(db, "one", "abc"), 0);
	assert_int_equal(count_orphans(db, "one", ""), 0);
	assert_int_equal(receipts_match(db, 1, 9), 0);
	assert_int_equal(receipts_match(db, 1, 9), 0);
	assert_int_equal(count_orphans(db, "one", "ab"), 1);
}

TEST(test_purge)
{
	struct db *db = *state;
	const struct wire_receipt old = receipt("1", ""), new = receipt("2", "");

	assert_int_equal(receipts_add(db, "one", &old, 0, NOW), 0);
	assert_int_equal(receipts_add(db, "one", &new, 0, NOW + 1), 0);
	assert_int_equal(receipts_purge(db, NOW), 0);
	assert_int_equal(count_orphans(db, "one", "1"), 1);
	assert_int_equal(receipts_purge(db, NOW + 1), 0);
	assert_int_equal(count_orphans(db, "one", "1"), 0);
	assert_int_equal(count_orphans(db, "one", "2"), 1);
}
