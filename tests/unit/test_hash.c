#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/hash.h"

/* The vectors of draft-eastlake-fnv, appendix C. */
static void as_published(void **state)
{
	(void)state;
	assert_int_equal(hash_text(""), 0x811c9dc5);
	assert_int_equal(hash_text("a"), 0xe40c292c);
	assert_int_equal(hash_text("foobar"), 0xbf9cf968);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_published),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
