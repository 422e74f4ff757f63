#include "test.h"
#include "lib/hash.h"

/* The vectors of draft-eastlake-fnv, appendix C. */
TEST(as_published)
{
	assert_int_equal(hash_text(""), 0x811c9dc5);
	assert_int_equal(hash_text("a"), 0xe40c292c);
	assert_int_equal(hash_text("foobar"), 0xbf9cf968);
}
