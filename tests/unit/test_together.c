/* Which texts may be one, and the words of both. */
#include <stdio.h>
#include <string.h>

#include "test.h"
#include "engine/together.h"

static char name[] = "Riverside";
static const struct model model = { .site = { .name = name }, .texting = { .max_segments = 1 } };

static struct composed words(const char *text)
{
	struct composed composed = { .text = strdup(text) };

	assert_int_equal(text_cost(text, &composed.cost), 0);
	return composed;
}

static int join(const char *one, const char *two, char joined[400])
{
	_cleanup_(composed_done) struct composed first = words(one), second = words(two);
	_cleanup_(composed_done) struct composed both = { 0 };
	int r = together_join(&model, &first, &second, &both);

	(void)snprintf(joined, 400, "%s", r == 0 ? both.text : "");
	return r;
}

TEST(test_words)
{
	char joined[400];

	assert_int_equal(join("Riverside: a.", "Riverside: b.", joined), 0);
	assert_string_equal(joined, "Riverside: a.\nb.");
	assert_int_equal(join("Hi Ana.", "Riverside: b.", joined), 0);
	assert_string_equal(joined, "Hi Ana.\nRiverside: b.");
	assert_int_equal(join("Riverside: a.", "Riversider: b.", joined), 0);
	assert_string_equal(joined, "Riverside: a.\nRiversider: b.");
}

TEST(test_length)
{
	char one[100] = "", two[100] = "", joined[400];

	memset(one, 'a', 80);
	memset(two, 'b', 79);
	assert_int_equal(join(one, two, joined), 0);
	assert_int_equal(strlen(joined), 160);
	two[79] = 'b';
	assert_int_equal(join(one, two, joined), TOGETHER_E_LONG);
}

TEST(test_kinds)
{
	static char text[] = "x";
	struct outbox_message row = { .kind = KIND_MEETING };

	assert_true(together_may(&row));
	row.kind = KIND_COPING;
	assert_true(together_may(&row));
	row.kind = KIND_APPOINTMENT;
	assert_true(together_may(&row));
	row.kind = KIND_CHECK_IN;
	assert_false(together_may(&row));
	row.kind = KIND_REPLY;
	assert_false(together_may(&row));

	row = (struct outbox_message){ .kind = KIND_MEETING, .attempts = 1 };
	assert_false(together_may(&row));
	row = (struct outbox_message){ .kind = KIND_MEETING, .text = text };
	assert_false(together_may(&row));
	row = (struct outbox_message){ .kind = KIND_MEETING, .pinned = true };
	assert_false(together_may(&row));
}
