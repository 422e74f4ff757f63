/* Answers are copied, kept in order, bounded, and dropped at once. */
#include <errno.h>
#include <stdio.h>

#include "test.h"
#include "engine/queue.h"

static int set_up(void **state)
{
	return queue_new((struct queue **)state);
}

static int tear_down(void **state)
{
	assert_null(queue_free(*state));
	assert_null(queue_free(NULL));
	return 0;
}

FIXTURE(set_up, tear_down);

TEST(test_copies_in_order)
{
	struct outlet one = { 0 }, two = { 0 };
	char key[32], reason[32], gateway_id[32];
	struct wire_outcome outcome = { .key = key, .reason = reason, .gateway_id = gateway_id };

	for (int again = 0; again < 2; again++) {
		for (int i = 0; i < 300; i++) {
			(void)snprintf(reason, sizeof(reason), "reason %d", i);
			(void)snprintf(key, sizeof(key), "key %d", i);
			(void)snprintf(gateway_id, sizeof(gateway_id), "SM%d", i);
			outcome.id = i;
			assert_int_equal(queue_add(*state, i % 2 ? &one : &two, &outcome), 0);
		}
		assert_int_equal(queue_count(*state), 300);
		for (int i = 0; i < 300; i++) {
			(void)snprintf(reason, sizeof(reason), "reason %d", i);
			(void)snprintf(key, sizeof(key), "key %d", i);
			assert_int_equal(queue_outcome(*state, (size_t)i)->id, i);
			assert_string_equal(queue_outcome(*state, (size_t)i)->key, key);
			assert_string_equal(queue_outcome(*state, (size_t)i)->reason, reason);
			assert_ptr_equal(queue_outlet(*state, (size_t)i), i % 2 ? &one : &two);
		}
		queue_drop(*state);
		assert_int_equal(queue_count(*state), 0);
	}
	queue_drop(*state);
}

TEST(test_the_limit)
{
	struct outlet outlet = { 0 };
	struct wire_outcome outcome = { 0 };

	for (int i = 0; i < QUEUE_MAX; i++) {
		assert_int_equal(queue_add(*state, &outlet, &outcome), 0);
	}
	assert_int_equal(queue_add(*state, &outlet, &outcome), -ENOBUFS);
	assert_int_equal(queue_count(*state), QUEUE_MAX);
	/* Texts that were not given are empty. */
	assert_string_equal(queue_outcome(*state, 0)->key, "");
	assert_string_equal(queue_outcome(*state, 0)->reason, "");
	queue_drop(*state);
	assert_int_equal(queue_add(*state, &outlet, &outcome), 0);
}
