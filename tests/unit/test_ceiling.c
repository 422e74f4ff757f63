/* How many texts may go out within an hour and a day: counted, taken back, and counted anew. */
#include "test.h"
#include "store/outbox.h"
#include "store/store.h"
#include "engine/ceiling.h"

#define NOW (20000 * HF_DAY + 12 * HF_HOUR)

static struct model model;
static struct ceiling ceiling;
static struct db *db;

static int set_up(void **state)
{
	(void)state;
	model = (struct model){ .texting = { .most_per_hour = 3, .most_per_day = 5 } };
	ceiling = (struct ceiling){ 0 };
	return store_open_memory(&db);
}

static int tear_down(void **state)
{
	(void)state;
	db = db_close(db);
	return 0;
}

static void claim(hf_time at)
{
	static hf_time last;
	struct outbox_message row = { .client = "r-1",
				      .kind = 7,
				      .reminder = "x",
				      .occurrence = ++last,
				      .due = at,
				      .expires = HF_NEVER,
				      .priority = OUTBOX_AUTOMATIC };
	int64_t id = 0;

	assert_int_equal(outbox_add(db, &row, at, &id), 0);
	assert_int_equal(outbox_claim(db, id, "one", "Hello", 1, at), 0);
}

static void expect(hf_time now, unsigned left, enum ceiling_per reached, hf_time opens)
{
	assert_int_equal(ceiling_update(&ceiling, db, now), 0);
	assert_int_equal(ceiling_left(&ceiling, &model, now), left);
	assert_int_equal(ceiling_reached(&ceiling, &model, now), reached);
	assert_true(ceiling_opens(&ceiling, &model, now) == opens);
}

FIXTURE(set_up, tear_down);

TEST(test_by_the_number_of_clients, NULL, NULL)
{
	struct model site = { .client_count = 3 };

	assert_int_equal(ceiling_most(&site, CEILING_HOUR), 100);
	assert_int_equal(ceiling_most(&site, CEILING_DAY), 200);
	site.client_count = 1000;
	assert_int_equal(ceiling_most(&site, CEILING_HOUR), 6000);
	assert_int_equal(ceiling_most(&site, CEILING_DAY), 20000);
	site.texting.most_per_hour = 7;
	assert_int_equal(ceiling_most(&site, CEILING_HOUR), 7);
	assert_int_equal(ceiling_most(&site, CEILING_DAY), 20000);
}

TEST(test_an_hour_and_a_day)
{
	expect(NOW, 3, CEILING_COUNT, NOW);
	ceiling_count(&ceiling, 2, NOW);
	ceiling_count(&ceiling, 1, NOW + 10 * HF_MINUTE);
	expect(NOW + 20 * HF_MINUTE, 0, CEILING_HOUR, NOW + HF_HOUR);
	assert_int_equal(ceiling_left_of_alerts(&ceiling, &model, NOW + 20 * HF_MINUTE), 3);
	expect(NOW + HF_HOUR - 1, 0, CEILING_HOUR, NOW + HF_HOUR);
	expect(NOW + HF_HOUR, 2, CEILING_COUNT, NOW + HF_HOUR);
	ceiling_count(&ceiling, 2, NOW + HF_HOUR);
	/* Both: the later one says when. */
	expect(NOW + HF_HOUR, 0, CEILING_DAY, NOW + HF_DAY);
	expect(NOW + HF_DAY - 1, 0, CEILING_DAY, NOW + HF_DAY);
	expect(NOW + HF_DAY, 2, CEILING_COUNT, NOW + HF_DAY);
	expect(NOW + 9 * HF_DAY, 3, CEILING_COUNT, NOW + 9 * HF_DAY);
}

TEST(test_what_has_not_gone_out)
{
	ceiling_count(&ceiling, 3, NOW);
	ceiling_take_back(&ceiling, NOW + 2 * HF_MINUTE);
	assert_int_equal(ceiling_left(&ceiling, &model, NOW + 2 * HF_MINUTE), 1);
	for (int i = 0; i < 9; i++) {
		ceiling_take_back(&ceiling, NOW + 2 * HF_MINUTE);
	}
	assert_int_equal(ceiling_left(&ceiling, &model, NOW + 2 * HF_MINUTE), 3);
}

/* A restart forgets nothing, and neither does a clock that is set back. */
TEST(test_counted_anew)
{
	claim(NOW - HF_DAY);
	claim(NOW - 2 * HF_HOUR);
	claim(NOW - HF_MINUTE);
	claim(NOW);
	expect(NOW, 1, CEILING_COUNT, NOW);
	claim(NOW + 5 * HF_MINUTE);
	ceiling_count(&ceiling, 1, NOW + 5 * HF_MINUTE);
	expect(NOW + 5 * HF_MINUTE, 0, CEILING_HOUR, NOW + 59 * HF_MINUTE);
	expect(NOW + HF_MINUTE, 1, CEILING_COUNT, NOW + HF_MINUTE);
}

/* A machine without a clock of its own starts in 1970, and the day before its first one has minutes, too. */
TEST(test_in_the_first_day_of_1970)
{
	static struct {
		unsigned before[4096];
		struct ceiling ceiling;
	} memory;

	for (size_t i = 0; i < COUNT(memory.before); i++) {
		memory.before[i] = 1;
	}
	ceiling_count(&memory.ceiling, 1, 10 * HF_MINUTE);
	assert_int_equal(ceiling_left(&memory.ceiling, &model, 10 * HF_MINUTE), 2);
	ceiling_take_back(&memory.ceiling, 10 * HF_MINUTE);
	ceiling_take_back(&memory.ceiling, 10 * HF_MINUTE);
	assert_int_equal(ceiling_left(&memory.ceiling, &model, 10 * HF_MINUTE), 3);
	assert_int_equal(ceiling_left(&memory.ceiling, &model, 0), 3);
	for (size_t i = 0; i < COUNT(memory.before); i++) {
		assert_int_equal(memory.before[i], 1);
	}
}
