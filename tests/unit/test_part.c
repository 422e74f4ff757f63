/* A part is freed by the last who has it. */
#include "test.h"
#include "config/part.h"

TEST(the_last_frees_it)
{
	struct part *part = NULL;

	assert_int_equal(part_new(PART_PLAN, "/etc/plans/a.conf", "plans/a.conf", &part), 0);
	assert_string_equal(part->shown, "plans/a.conf");
	assert_false(part_is_shared(part));
	assert_ptr_equal(part_share(part), part);
	assert_true(part_is_shared(part));
	assert_null(part_drop(part));
	assert_false(part_is_shared(part));
	assert_string_equal(part->path, "/etc/plans/a.conf");
	assert_null(part_drop(part));
	assert_null(part_drop(NULL));
}

TEST(things_are_zeroed_and_kept)
{
	_cleanup_(part_dropp) struct part *part = NULL;

	assert_int_equal(part_new(PART_CLIENTS, "", "x", &part), 0);
	part_settle(part);
	for (unsigned i = 0; i < 1000; i++) {
		struct client *client = part_add(part);

		assert_non_null(client);
		assert_null(client->id);
		client->line = i;
	}
	part_settle(part);
	assert_int_equal(part->count, 1000);
	assert_int_equal(part->room, 1000);
	for (unsigned i = 0; i < 1000; i++) {
		assert_int_equal(((const struct client *)(void *)part->things)[i].line, i);
	}
	assert_non_null(part_add(part));
}

TEST(the_order_is_kind_then_name)
{
	_cleanup_(part_dropp) struct part *part = NULL;

	assert_int_equal(part_new(PART_PLAN, "", "plans/b.conf", &part), 0);
	assert_int_equal(part_compare(part, PART_PLAN, "plans/b.conf"), 0);
	assert_true(part_compare(part, PART_PLAN, "plans/c.conf") < 0);
	assert_true(part_compare(part, PART_CLIENTS, "clients/a.conf") < 0);
	assert_true(part_compare(part, PART_LANGUAGE, "messages/z.conf") > 0);
}
