#include "test.h"
#include "home.h"

#include "courier/link.h"

struct seen {
	struct line *line;
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
	line_drop(((struct seen *)userdata)->line, why);
}

static const struct line_handlers handlers = { { .on_texts = on_texts, .on_closed = on_closed },
					       on_up,
					       on_down };

TEST(test_comes_back_again_and_again)
{
	struct seen seen = { 0 };
	struct home home;

	home_open(&home);
	assert_int_equal(line_new(home.loop, home.path, &handlers, &seen, &seen.line), 0);
	assert_null(line_wire(seen.line));
	wait_until(&home, seen.up == 1 && home.wire);
	assert_non_null(line_wire(seen.line));
	home.credit = 2;
	home_send(&home, 1, 2, 1);
	wait_until(&home, seen.texts == 2);

	for (unsigned i = 1; i <= 3; i++) {
		home_die(&home);
		wait_until(&home, seen.down == i);
		assert_null(line_wire(seen.line));
		home_listen(&home);
		wait_until(&home, seen.up == i + 1 && home.wire);
	}

	line_drop(seen.line, "a test");
	assert_int_equal(seen.down, 4);
	line_drop(seen.line, "a test");
	assert_int_equal(seen.down, 4);
	wait_until(&home, seen.up == 5);
	line_free(seen.line);
	assert_null(line_free(NULL));
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
	assert_int_equal(line_new(home.loop, home.path, &handlers, &seen, &seen.line), 0);
	let_pass(&home, HF_SECOND / 4);
	assert_int_equal(seen.up, 0);
	assert_int_equal(seen.down, 0);
	home_listen(&home);
	wait_until(&home, seen.up == 1);
	line_free(seen.line);
	home_close(&home);
}
