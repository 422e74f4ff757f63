#include "test.h"
#include "lib/hash.h"

/* The vectors of draft-eastlake-fnv, appendix C. */
TEST(as_published)
{
	assert_int_equal(hash_text(""), 0x811c9dc5);
	assert_int_equal(hash_text("a"), 0xe40c292c);
	assert_int_equal(hash_text("foobar"), 0xbf9cf968);
}

TEST(several_texts_are_one)
{
	assert_true(hash_add(HASH_EMPTY, "") == UINT64_C(0xcbf29ce484222325));
	assert_true(hash_add(HASH_EMPTY, "a") == UINT64_C(0xaf63dc4c8601ec8c));
	assert_true(hash_add(HASH_EMPTY, "foobar") == UINT64_C(0x85944171f73967e8));
	assert_true(hash_add(hash_add(HASH_EMPTY, "foo"), "bar") == hash_add(HASH_EMPTY, "foobar"));
}
