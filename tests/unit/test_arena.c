/* An arena gives zeroed, aligned memory that stays where it is until all of it is freed. */
#include <string.h>

#include "test.h"
#include "lib/arena.h"
#include "lib/cleanup.h"

DEFINE_CLEANUP(struct arena *, arena_free);

TEST(test_zeroed_and_aligned)
{
	_cleanup_(arena_freep) struct arena *arena = NULL;

	assert_int_equal(arena_new(&arena), 0);
	for (size_t size = 1; size < 300; size++) {
		unsigned char *bytes = arena_alloc(arena, 3, size);

		assert_non_null(bytes);
		assert_int_equal((uintptr_t)bytes % _Alignof(max_align_t), 0);
		for (size_t i = 0; i < 3 * size; i++) {
			assert_int_equal(bytes[i], 0);
		}
		memset(bytes, 0xff, 3 * size);
		assert_non_null(arena_copy(arena, "x"));
	}
}

TEST(test_things_stay_and_do_not_overlap)
{
	_cleanup_(arena_freep) struct arena *arena = NULL;
	enum { THINGS = 20000 };
	static uint64_t *things[THINGS];
	static char *words[THINGS];

	assert_int_equal(arena_new(&arena), 0);
	for (uint64_t i = 0; i < THINGS; i++) {
		things[i] = arena_alloc(arena, 1, sizeof(*things[i]));
		words[i] = arena_copy(arena, i % 2 ? "reminder" : "");
		assert_non_null(things[i]);
		assert_non_null(words[i]);
		*things[i] = i;
	}
	for (uint64_t i = 0; i < THINGS; i++) {
		assert_int_equal(*things[i], i);
		assert_string_equal(words[i], i % 2 ? "reminder" : "");
	}
}

TEST(test_large_things)
{
	_cleanup_(arena_freep) struct arena *arena = NULL;
	char *before, *large, *after;

	assert_int_equal(arena_new(&arena), 0);
	before = arena_copy(arena, "before");
	large = arena_alloc(arena, 1024, 1024);
	after = arena_copy(arena, "after");
	assert_non_null(large);
	assert_int_equal(large[0] | large[1024 * 1024 - 1], 0);
	memset(large, 'x', 1024L * 1024);
	assert_ptr_equal(after, before + sizeof("before"));
	assert_string_equal(before, "before");
	assert_string_equal(after, "after");
}

TEST(test_sizes_that_overflow)
{
	_cleanup_(arena_freep) struct arena *arena = NULL;

	assert_int_equal(arena_new(&arena), 0);
	assert_null(arena_alloc(arena, SIZE_MAX / 2, 3));
	assert_null(arena_alloc(arena, 1, SIZE_MAX));
	assert_null(arena_alloc(arena, SIZE_MAX, 1));
	assert_non_null(arena_alloc(arena, 0, 8));
	assert_string_equal(arena_copy(arena, "still works"), "still works");
}

TEST(test_free_of_nothing)
{
	assert_null(arena_free(NULL));
}
