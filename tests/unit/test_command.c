/* What stands after a subcommand. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "ctl/command.h"

struct told {
	const char *client, *from;
	bool names;
	struct words words;
	char *complaint; /* NULL for none */
};

static int read_words(struct told *told, const char **argv)
{
	const struct argument table[] = { { .name = "client", .value = &told->client },
					  { .name = "from", .value = &told->from },
					  { .name = "names", .flag = &told->names },
					  { 0 } };
	FILE *complaints;
	size_t size = 0;
	int argc = 0, r;

	while (argv[argc]) {
		argc++;
	}
	free(told->complaint);
	complaints = open_memstream(&told->complaint, &size);
	assert_non_null(complaints);
	r = arguments_read(argc, argv, table, complaints, &told->words);
	(void)fclose(complaints);
	return r;
}

#define READ(told, ...) read_words(told, (const char *[]){ __VA_ARGS__, NULL })

TEST(test_any_order)
{
	struct told told = { 0 };

	assert_int_equal(READ(&told, "dir", "--client", "r-1", "--names", "more", "--from=now"), 0);
	assert_string_equal(told.client, "r-1");
	assert_string_equal(told.from, "now");
	assert_true(told.names);
	assert_int_equal(told.words.count, 2);
	assert_string_equal(told.words.list[0], "dir");
	assert_string_equal(told.words.list[1], "more");
	assert_string_equal(told.complaint, "");
	free(told.complaint);
}

TEST(test_edges)
{
	struct told told = { 0 };

	assert_int_equal(read_words(&told, (const char *[]){ NULL }), 0);
	assert_int_equal(told.words.count, 0);
	assert_int_equal(READ(&told, "--", "--client", "-"), 0);
	assert_null(told.client);
	assert_int_equal(told.words.count, 2);
	assert_string_equal(told.words.list[0], "--client");
	/* A value may look like an option, and the last of two counts. */
	assert_int_equal(READ(&told, "--client", "--names", "--client="), 0);
	assert_string_equal(told.client, "");
	assert_false(told.names);
	free(told.complaint);
}

TEST(test_complains)
{
	struct told told = { 0 };

	assert_int_equal(READ(&told, "--clinet", "x"), -EINVAL);
	assert_non_null(strstr(told.complaint, "did you mean --client?"));
	assert_int_equal(READ(&told, "--cli", "x"), -EINVAL);
	assert_int_equal(READ(&told, "--zzzzzzzz"), -EINVAL);
	assert_null(strstr(told.complaint, "did you mean"));
	assert_int_equal(READ(&told, "--client"), -EINVAL);
	assert_non_null(strstr(told.complaint, "needs a value"));
	assert_int_equal(READ(&told, "--names=1"), -EINVAL);
	assert_non_null(strstr(told.complaint, "takes no value"));
	free(told.complaint);
}
