#include <string.h>

#include "test.h"
#include "courier/backlog.h"

static void add(struct backlog *backlog, int64_t id)
{
	char body[] = "hello", to[] = "+13125550142", key[] = "k";
	const struct wire_text text = {
		.id = id, .key = key, .to = to, .body = body, .valid_for = 5
	};

	assert_int_equal(backlog_add(backlog, &text, 10 * id), 0);
	/* It was copied. */
	memset(body, 'x', sizeof(body) - 1);
	memset(to, 'x', sizeof(to) - 1);
}

TEST(test_in_the_order_of_coming)
{
	struct backlog backlog = { 0 };
	struct queued **place;

	add(&backlog, 1);
	add(&backlog, 2);
	add(&backlog, 3);
	assert_int_equal(backlog.count, 3);
	assert_int_equal(backlog.first->expires, 15);
	assert_string_equal(backlog.first->text.body, "hello");
	assert_string_equal(backlog.first->text.to, "+13125550142");
	assert_string_equal(backlog.first->text.at, "");

	/* Out of the middle, and on from there. */
	place = &backlog.first->next;
	backlog_drop(&backlog, place);
	assert_int_equal((*place)->text.id, 3);
	backlog_drop(&backlog, place);
	assert_null(*place);
	add(&backlog, 4);
	assert_int_equal(backlog.first->next->text.id, 4);

	backlog_done(&backlog);
	assert_int_equal(backlog.count, 0);
	backlog_done(&backlog);
	add(&backlog, 5);
	backlog_done(&backlog);
}
