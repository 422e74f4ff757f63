/* A conversation begins, goes on, and ends. */
#include "test.h"
#include "store/outbox.h"
#include "store/people.h"
#include "store/store.h"
#include "engine/conversation.h"

#define NOW INT64_C(1795456800) * HF_SECOND

static const struct model model = { .texting = { .conversation = { 0, 4 * HF_HOUR } } };

static int set_up(void **state)
{
	struct db *db = NULL;
	int r = store_open_memory(&db);

	*state = db;
	return r;
}

static int tear_down(void **state)
{
	(void)db_close(*state);
	return 0;
}

static hf_time talking(struct db *db)
{
	struct situation situation;

	assert_int_equal(situation_get(db, "r-1", &situation), 0);
	return situation.talking;
}

FIXTURE(set_up, tear_down);

TEST(test_each_text_makes_it_last)
{
	struct db *db = *state;
	hf_time until = 0;

	assert_int_equal(conversation_begin(db, &model, "r-1", NOW, &until), 0);
	assert_true(until == NOW + 4 * HF_HOUR);
	assert_true(talking(db) == until);
	assert_int_equal(conversation_begin(db, &model, "r-1", NOW + HF_HOUR, &until), 0);
	assert_true(until == NOW + 5 * HF_HOUR);
	assert_true(talking(db) == until);
}

TEST(test_what_waited_is_woken)
{
	struct db *db = *state;
	const struct outbox_message row = { .client = "r-1",
					    .reminder = "checkin",
					    .due = NOW,
					    .expires = NOW + 9 * HF_HOUR,
					    .priority = OUTBOX_AUTOMATIC };
	hf_time until, next = 0;
	int64_t id;

	assert_int_equal(conversation_end(db, "r-1", NOW), CONVERSATION_E_NONE);
	assert_int_equal(conversation_begin(db, &model, "r-1", NOW, &until), 0);
	assert_int_equal(outbox_add(db, &row, NOW, &id), 0);
	assert_int_equal(outbox_defer(db, id, until, "a conversation is under way", NOW), 0);
	assert_int_equal(conversation_end(db, "r-1", NOW + HF_HOUR), 0);
	assert_int_equal(outbox_next(db, &next), 0);
	assert_true(next <= NOW + HF_HOUR);
	assert_int_equal(conversation_end(db, "r-1", NOW + HF_HOUR), CONVERSATION_E_NONE);
}
