/* The inbox: each text once, whatever it says and however often and in what parts it comes. */
#include "test.h"
#include "db_faults.h"
#include "store/inbox.h"
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

static int add(struct db *db, const char *id, const char *text, hf_time said, hf_time now,
	       int64_t *ret_id)
{
	const struct wire_inbound inbound = { .gateway_id = id,
					      .from = "+13125550142",
					      .to = "+13125550100",
					      .text = text,
					      .at = said,
					      .parts_of = "" };

	return inbox_add(db, "primary", &inbound, now, ret_id);
}

static int add_part(struct db *db, int part, const char *text, hf_time now, int64_t *ret_id)
{
	const struct wire_inbound inbound = { .gateway_id = "",
					      .from = "+13125550142",
					      .to = "+13125550100",
					      .text = text,
					      .parts_of = "77",
					      .part = part,
					      .parts = 3 };

	return inbox_add(db, "primary", &inbound, now, ret_id);
}

static void expect_text(struct db *db, int64_t id, const char *text)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct inbox_text row;

	assert_int_equal(inbox_get(db, id, &rows), 0);
	inbox_read(&rows, &row);
	assert_string_equal(row.text, text);
	assert_string_equal(row.from, "+13125550142");
}

FIXTURE(set_up, tear_down);

TEST(test_by_id)
{
	struct db *db = *state;
	int64_t first, again;

	assert_int_equal(add(db, "SM1", "1", 0, NOW, &first), 0);
	assert_int_equal(add(db, "SM1", "changed", 0, NOW + HF_DAY, &again), INBOX_E_DUPLICATE);
	assert_int_equal(again, first);
	expect_text(db, first, "1");
	assert_int_equal(add(db, "SM2", "1", 0, NOW + HF_DAY, &again), 0);
	assert_int_not_equal(again, first);
}

/* Two ids for one text: by the gateway's time, else within seconds of ours. */
TEST(test_by_words)
{
	struct db *db = *state;
	int64_t first, again;

	assert_int_equal(add(db, "a", "1", NOW - 5, NOW, &first), 0);
	assert_int_equal(add(db, "b", "1", NOW - 5, NOW + 2 * HF_DAY, &again), INBOX_E_DUPLICATE);
	assert_int_equal(again, first);
	assert_int_equal(add(db, "c", "1", NOW - 4, NOW + 1, &again), 0);
	assert_int_equal(add(db, "d", "2", NOW - 5, NOW, &again), 0);

	assert_int_equal(add(db, "", "3", 0, NOW, &first), 0);
	assert_int_equal(add(db, "", "3", 0, NOW + INBOX_SAME_WITHIN, &again), INBOX_E_DUPLICATE);
	assert_int_equal(add(db, "", "3", 0, NOW + INBOX_SAME_WITHIN + 1, &again), 0);
}

/* A repeat is one of the last text only: in one breath the last word counts. */
TEST(test_same_words_after_others)
{
	static const char *const rows[][3] = { { "STOP", "START", "STOP" }, { "1", "3", "1" } };
	static const hf_time times[][3] = {
		{ 0, 0, 0 }, { NOW, NOW, NOW }, { NOW, 0, NOW }, { NOW, NOW - 1, NOW }
	};

	for (size_t i = 0; i < COUNT(times); i++) {
		for (size_t j = 0; j < COUNT(rows); j++) {
			hf_time now = NOW + (hf_time)(i + 1) * HF_HOUR + (hf_time)j * HF_MINUTE;
			const hf_time *said = times[i];
			hf_time moved = i > 0 ? (hf_time)(i * 10 + j) : 0;
			int64_t id;

			for (int k = 0; k < 3; k++) {
				assert_int_equal(add(*state, "", rows[j][k],
						     said[k] ? said[k] + moved : 0, now + k, &id),
						 0);
			}
			assert_int_equal(add(*state, "", rows[j][2], said[2] ? said[2] + moved : 0,
					     now + 3, &id),
					 INBOX_E_DUPLICATE);
		}
	}
}

/* By the gateway's clock the START is the later word, whenever the STOP is brought once more. */
TEST(test_an_old_text_once_more)
{
	int64_t id;

	assert_int_equal(add(*state, "a", "STOP", NOW, NOW, &id), 0);
	assert_int_equal(add(*state, "b", "START", NOW + HF_MINUTE, NOW + HF_MINUTE, &id), 0);
	assert_int_equal(add(*state, "c", "STOP", NOW, NOW + 2 * HF_MINUTE, &id),
			 INBOX_E_DUPLICATE);
}

TEST(test_parts)
{
	struct db *db = *state;
	int64_t id = 0;
	hf_time next;

	assert_int_equal(add_part(db, 3, "end", NOW, &id), INBOX_E_PARTS);
	assert_int_equal(add_part(db, 3, "end", NOW, &id), INBOX_E_PARTS);
	assert_int_equal(inbox_next(db, &next), 0);
	assert_true(next == NOW + INBOX_PATIENCE);
	assert_int_equal(add_part(db, 1, "begin ", NOW + 1, &id), INBOX_E_PARTS);
	assert_int_equal(add_part(db, 2, "middle ", NOW + 2, &id), 0);
	expect_text(db, id, "begin middle end");
	assert_int_equal(inbox_next(db, &next), 0);
	assert_true(next == HF_NEVER);
}

/* The text in the row is its parts' in their order; of what differs among them it has the least. */
TEST(test_what_a_joined_text_has)
{
	struct wire_inbound part = { .gateway_id = "g7",
				     .from = "+13125550142",
				     .to = "+13125550100",
				     .text = "me",
				     .at = 20,
				     .parts_of = "x",
				     .part = 2,
				     .parts = 2 };
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct inbox_text text;
	int64_t id = 0;

	assert_int_equal(inbox_add(*state, "primary", &part, NOW, &id), INBOX_E_PARTS);
	part.gateway_id = "g9";
	part.text = "call ";
	part.at = 30;
	part.part = 1;
	assert_int_equal(inbox_add(*state, "primary", &part, NOW + 1, &id), 0);
	assert_int_equal(inbox_get(*state, id, &rows), 0);
	inbox_read(&rows, &text);
	assert_string_equal(text.gateway, "primary");
	assert_string_equal(text.gateway_id, "g7");
	assert_string_equal(text.from, "+13125550142");
	assert_string_equal(text.to, "+13125550100");
	assert_string_equal(text.text, "call me");
	assert_true(text.said == 20);
	assert_true(text.at == NOW + 1);
	db_rows_done(&rows);

	/* The part that has that id is not taken again. */
	assert_int_equal(inbox_add(*state, "primary",
				   &(struct wire_inbound){ .gateway_id = "g7",
							   .from = "+13125550142",
							   .to = "+13125550100",
							   .text = "me",
							   .parts_of = "x",
							   .part = 2,
							   .parts = 2 },
				   NOW + 2, &id),
			 INBOX_E_DUPLICATE);
}

/* Parts of two who write at the same time, one of them over two gateways with the same number of
 * the whole. */
TEST(test_parts_of_two)
{
	const struct {
		const char *gateway, *from, *parts_of, *text;
		int part;
	} parts[] = {
		{ "primary", "+1", "x", "one ", 1 },  { "primary", "+2", "x", "two ", 1 },
		{ "backup", "+1", "x", "three ", 1 }, { "primary", "+1", "y", "four ", 1 },
		{ "primary", "+2", "x", "too", 2 },   { "primary", "+1", "y", "for", 2 },
		{ "primary", "+1", "x", "won", 2 },   { "backup", "+1", "x", "free", 2 },
	};
	static const char *const whole[] = { "two too", "four for", "one won", "three free" };
	int64_t id = 0;

	for (size_t i = 0; i < COUNT(parts); i++) {
		const struct wire_inbound inbound = { .gateway_id = "",
						      .from = parts[i].from,
						      .to = "+9",
						      .text = parts[i].text,
						      .parts_of = parts[i].parts_of,
						      .part = parts[i].part,
						      .parts = 2 };
		int r = inbox_add(*state, parts[i].gateway, &inbound, NOW, &id);

		assert_int_equal(r, i < 4 ? INBOX_E_PARTS : 0);
		if (i >= 4) {
			_cleanup_rows_ struct db_rows rows = { 0 };
			struct inbox_text text;

			assert_int_equal(inbox_get(*state, id, &rows), 0);
			inbox_read(&rows, &text);
			assert_string_equal(text.text, whole[i - 4]);
			assert_string_equal(text.from, parts[i].from);
			assert_string_equal(text.gateway, parts[i].gateway);
		}
	}
}

/* A part that never comes does not hold back the others for ever. */
TEST(test_missing_part)
{
	struct db *db = *state;
	int64_t id = 0;

	assert_int_equal(add_part(db, 1, "please call ", NOW, &id), INBOX_E_PARTS);
	assert_int_equal(add_part(db, 3, "me", NOW + 1, &id), INBOX_E_PARTS);
	assert_int_equal(inbox_overdue(db, NOW + INBOX_PATIENCE - 1, &id), INBOX_E_NONE);
	assert_int_equal(inbox_overdue(db, NOW + INBOX_PATIENCE, &id), 0);
	expect_text(db, id, "please call me");
	assert_int_equal(inbox_overdue(db, NOW + INBOX_PATIENCE, &id), INBOX_E_NONE);
}

TEST(test_marks)
{
	_cleanup_rows_ struct db_rows rows = { 0 };
	struct db *db = *state;
	struct inbox_text row;
	int64_t id, other;

	assert_int_equal(add(db, "SM1", "STOP", 0, NOW, &id), 0);
	assert_int_equal(add(db, "SM2", "hello", 0, NOW + 1, &other), 0);
	assert_int_equal(inbox_mark(db, id, "r-1", INBOX_STOP), 0);
	assert_int_equal(inbox_mark_read(db, id, NOW + 2), 0);
	assert_int_equal(inbox_mark_read(db, id, NOW + 3), 0);
	assert_int_equal(inbox_list(db, "r-1", 0, 10, &rows), 0);
	assert_true(db_next(&rows));
	inbox_read(&rows, &row);
	assert_int_equal(row.id, id);
	assert_int_equal(row.kind, INBOX_STOP);
	assert_string_equal(row.handle, "r-1");
	assert_true(row.read == NOW + 2);
	assert_false(db_next(&rows));
	db_rows_done(&rows);

	assert_int_equal(inbox_list(db, NULL, NOW + 1, 10, &rows), 0);
	assert_true(db_next(&rows));
	inbox_read(&rows, &row);
	assert_int_equal(row.id, other);
	assert_null(row.handle);
	assert_false(db_next(&rows));
	db_rows_done(&rows);
	assert_int_equal(inbox_get(db, 99, &rows), INBOX_E_NONE);
}

static void expect_page(struct db *db, const struct inbox_search *search, int64_t first,
			int64_t second)
{
	_cleanup_rows_ struct db_rows rows = { 0 };

	assert_int_equal(inbox_page(db, search, 2, &rows), 0);
	assert_true(db_next(&rows));
	assert_int_equal(db_int(&rows, 0), first);
	assert_int_equal(db_next(&rows) ? db_int(&rows, 0) : 0, second);
	assert_false(db_next(&rows));
}

TEST(test_pages)
{
	struct db *db = *state;
	int64_t ids[3];

	assert_int_equal(add(db, "SM1", "one", 0, NOW, &ids[0]), 0);
	assert_int_equal(add(db, "SM2", "two", 0, NOW + 1, &ids[1]), 0);
	assert_int_equal(add(db, "SM3", "three", 0, NOW + 2, &ids[2]), 0);
	assert_int_equal(inbox_mark(db, ids[1], "r-1", INBOX_WRITTEN), 0);
	assert_int_equal(inbox_mark_read(db, ids[0], NOW), 0);
	expect_page(db, &(struct inbox_search){ 0 }, ids[0], ids[1]);
	expect_page(db, &(struct inbox_search){ .after = ids[1] }, ids[2], 0);
	expect_page(db, &(struct inbox_search){ .unread = true }, ids[1], ids[2]);
	expect_page(db, &(struct inbox_search){ .handle = "r-1" }, ids[1], 0);
	expect_page(db, &(struct inbox_search){ .since = NOW + 2 }, ids[2], 0);
}

/* --- a database that fails ----------------------------------------------------- */

/* The first half of a long text has come. */
static void *open_world(void)
{
	const struct wire_inbound half = { .gateway_id = "g1",
					   .from = "+1",
					   .to = "+2",
					   .text = "one ",
					   .parts_of = "x",
					   .part = 1,
					   .parts = 2 };
	struct db *db = NULL;
	int64_t id;

	assert_int_equal(store_open_memory(&db), 0);
	assert_int_equal(inbox_add(db, "primary", &half, NOW, &id), INBOX_E_PARTS);
	return db;
}

static void close_world(void *world)
{
	(void)db_close(world);
}

static int add_whole(void *world)
{
	const struct wire_inbound whole = {
		.gateway_id = "g3", .from = "+1", .to = "+2", .text = "STOP", .parts_of = ""
	};
	int64_t id = 0;
	int r = inbox_add(world, "primary", &whole, NOW, &id);

	assert_int_equal(r == 0, id != 0);
	return r;
}

static int add_second_half(void *world)
{
	const struct wire_inbound half = { .gateway_id = "g2",
					   .from = "+1",
					   .to = "+2",
					   .text = "two",
					   .parts_of = "x",
					   .part = 2,
					   .parts = 2 };
	int64_t id = 0;
	int r = inbox_add(world, "primary", &half, NOW, &id);

	assert_int_equal(r == 0, id != 0);
	return r;
}

/* Not stored is said, so that the gateway brings it again. */
TEST(test_a_database_that_fails)
{
	db_try_each(
		&(struct db_trial){
			.open = open_world, .act = add_whole, .close = close_world, .whole = true },
		2);
	db_try_each(&(struct db_trial){ .open = open_world,
					.act = add_second_half,
					.close = close_world,
					.whole = true },
		    2);
}
