#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "lib/buffer.h"

TEST(test_puts_together)
{
	struct buffer buffer = { 0 };
	size_t size = 0;
	char *bytes;

	for (int i = 0; i < 1000; i++) {
		buffer_put_text(&buffer, "abc");
		buffer_put(&buffer, "\0", 1);
	}
	bytes = buffer_take(&buffer, &size);
	assert_int_equal(size, 4000);
	assert_memory_equal(bytes + 3996, "abc\0", 5);
	free(bytes);

	/* Taken: it is empty, and "" the second time. */
	bytes = buffer_take(&buffer, &size);
	assert_int_equal(size, 0);
	assert_string_equal(bytes, "");
	free(bytes);
}

TEST(test_remembers_what_did_not_fit)
{
	struct buffer buffer = { .most = 10 };

	buffer_put(&buffer, "0123456789", 10);
	assert_false(buffer.failed);
	buffer_put(&buffer, "x", 1);
	assert_true(buffer.failed);
	assert_string_equal(buffer.bytes, "0123456789");
	buffer_put(&buffer, "", 0);
	assert_null(buffer_take(&buffer, NULL));

	/* The limit stays, the failure does not. */
	assert_non_null(buffer_extend(&buffer, 10));
	assert_null(buffer_extend(&buffer, 1));
	buffer_clear(&buffer);
	assert_int_equal(buffer.size, 0);
	assert_string_equal(buffer.bytes, "");
	assert_false(buffer.failed);
	assert_null(buffer_extend(&buffer, SIZE_MAX));
	buffer_done(&buffer);
	buffer_done(&buffer);
}
