#include "test.h"
#include "home.h"
#include "fast_timers.h"

#include "courier/link.h"

struct seen {
	struct link *link;
	unsigned up, down, texts;
};

static void on_up(void *userdata)
{
	((struct seen *)userdata)->up++;
}

static void on_texts(void *userdata, const struct wire_text *texts, size_t count)
{
	assert_string_equal(texts[0].body, "hello");
	((struct seen *)userdata)->texts += (unsigned)count;
}

static void on_down(void *userdata)
{
	((struct seen *)userdata)->down++;
}

static void on_closed(void *userdata, const char *why)
{
	link_drop(((struct seen *)userdata)->link, why);
}

static const struct link_handlers handlers = { { .on_texts = on_texts, .on_closed = on_closed },
					       on_up,
					       on_down };

TEST(test_comes_back_again_and_again)
{
	struct seen seen = { 0 };
	struct home home;

	home_open(&home);
	assert_int_equal(link_new(home.loop, home.path, &handlers, &seen, &seen.link), 0);
	assert_null(link_wire(seen.link));
	wait_until(&home, seen.up == 1 && home.wire);
	assert_non_null(link_wire(seen.link));
	home.credit = 2;
	home_send(&home, 1, 2, 1);
	wait_until(&home, seen.texts == 2);

	for (unsigned i = 1; i <= 3; i++) {
		home_die(&home);
		wait_until(&home, seen.down == i);
		assert_null(link_wire(seen.link));
		home_listen(&home);
		wait_until(&home, seen.up == i + 1 && home.wire);
	}

	link_drop(seen.link, "a test");
	assert_int_equal(seen.down, 4);
	link_drop(seen.link, "a test");
	assert_int_equal(seen.down, 4);
	wait_until(&home, seen.up == 5);
	link_free(seen.link);
	assert_null(link_free(NULL));
	home_close(&home);
}

/* Nobody there at first: it keeps trying, ever more slowly. */
TEST(test_waits_for_the_first)
{
	struct seen seen = { 0 };
	struct home home;

	home_open(&home);
	home_die(&home);
	(void)unlink(home.path);
	assert_int_equal(link_new(home.loop, home.path, &handlers, &seen, &seen.link), 0);
	let_pass(&home, HF_SECOND / 4);
	assert_int_equal(seen.up, 0);
	assert_int_equal(seen.down, 0);
	home_listen(&home);
	wait_until(&home, seen.up == 1);
	link_free(seen.link);
	home_close(&home);
}

/* Each wait is half to whole of twice the one before, and none is longer than five seconds. */
TEST(test_waits_longer_each_time)
{
	hf_time whole = HF_SECOND / 10, late = HF_SECOND / 100;
	struct seen seen = { 0 };
	struct home home;

	home_open(&home);
	home_die(&home);
	fast_timers.on = true;
	assert_int_equal(link_new(home.loop, home.path, &handlers, &seen, &seen.link), 0);
	wait_until(&home, fast_timers.count >= 12);
	fast_timers.on = false;
	for (size_t i = 0; i < 12; i++) {
		assert_in_range(fast_timers.waits[i], whole / 2 - late, whole);
		whole = 2 * whole < 5 * HF_SECOND ? 2 * whole : 5 * HF_SECOND;
	}
	link_free(seen.link);
	home_close(&home);
}
