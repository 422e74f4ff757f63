#include "test.h"
#include "lib/array.h"

struct numbers {
	int *list;
	size_t count, room;
};

static int add(struct numbers *numbers, int number)
{
	if (array_reserve(numbers->list, numbers->count, numbers->room, 1) < 0) {
		return -ENOMEM;
	}
	numbers->list[numbers->count++] = number;
	return 0;
}

TEST(what_is_in_it_stays)
{
	struct numbers numbers = { 0 };

	for (int i = 0; i < 1000; i++) {
		assert_int_equal(add(&numbers, i), 0);
		assert_true(numbers.room >= numbers.count);
	}
	for (int i = 0; i < 1000; i++) {
		assert_int_equal(numbers.list[i], i);
	}
	assert_int_equal(numbers.room, 1024);
	free(numbers.list);
}

TEST(room_for_many_at_once)
{
	struct numbers numbers = { 0 };

	assert_int_equal(array_reserve(numbers.list, 0, numbers.room, 0), 0);
	assert_int_equal(array_reserve(numbers.list, 0, numbers.room, 100), 0);
	assert_int_equal(numbers.room, 128);
	numbers.list[99] = 7;
	numbers.count = 100;
	assert_int_equal(array_reserve(numbers.list, 100, numbers.room, 28), 0);
	assert_int_equal(numbers.room, 128);
	assert_int_equal(array_reserve(numbers.list, 100, numbers.room, 29), 0);
	assert_int_equal(numbers.room, 256);
	assert_int_equal(numbers.list[99], 7);
	free(numbers.list);
}

TEST(without_memory_it_stays_as_it_was)
{
	struct numbers numbers = { 0 };
	const int *before;
	size_t room;

	assert_int_equal(add(&numbers, 7), 0);
	before = numbers.list;
	room = numbers.room;
	assert_int_equal(array_reserve(numbers.list, 1, numbers.room, SIZE_MAX / 4), -ENOMEM);
	assert_ptr_equal(numbers.list, before);
	assert_int_equal(numbers.room, room);
	assert_int_equal(numbers.list[0], 7);
	free(numbers.list);
}
