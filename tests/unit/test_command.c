/* What stands after a subcommand. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"
#include "lib/cleanup.h"
#include "ctl/command.h"

#define USAGE "[DIR] [--client ID] [--from T] | --names"

struct told {
	struct arguments arguments;
	char *complaint;
};

static int read_words(struct told *told, const char **argv)
{
	FILE *complaints;
	size_t size = 0;
	int argc = 0, r;

	while (argv[argc]) {
		argc++;
	}
	free(told->complaint);
	complaints = open_memstream(&told->complaint, &size);
	assert_non_null(complaints);
	r = arguments_read(USAGE, argc, argv, complaints, &told->arguments);
	(void)fclose(complaints);
	return r;
}

#define READ(told, ...) read_words(told, (const char *[]){ __VA_ARGS__, NULL })

TEST(test_any_order)
{
	struct told told = { 0 };

	assert_int_equal(READ(&told, "dir", "--client", "r-1", "--names", "more", "--from=now"), 0);
	assert_string_equal(arguments_value(&told.arguments, "client"), "r-1");
	assert_string_equal(arguments_value(&told.arguments, "from"), "now");
	assert_true(arguments_flag(&told.arguments, "names"));
	assert_int_equal(told.arguments.count, 2);
	assert_string_equal(told.arguments.words[0], "dir");
	assert_string_equal(told.arguments.words[1], "more");
	assert_string_equal(told.complaint, "");
	free(told.complaint);
}

TEST(test_edges)
{
	struct told told = { 0 };

	assert_int_equal(read_words(&told, (const char *[]){ NULL }), 0);
	assert_int_equal(told.arguments.count, 0);
	assert_int_equal(READ(&told, "--", "--client", "-"), 0);
	assert_null(arguments_value(&told.arguments, "client"));
	assert_int_equal(told.arguments.count, 2);
	assert_string_equal(told.arguments.words[0], "--client");
	/* A value may look like an option, and the last of two counts. */
	assert_int_equal(READ(&told, "--client", "--names", "--client="), 0);
	assert_string_equal(arguments_value(&told.arguments, "client"), "");
	assert_false(arguments_flag(&told.arguments, "names"));
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

/* The usage of each command is the table of its options. */
TEST(test_usages)
{
	for (const struct command *command = commands; command->name; command++) {
		struct arguments arguments = { .usage = command->usage };

		assert_true(command->least <= command->most);
		assert_non_null(command->run);
		if (strstr(command->usage, "--why")) {
			assert_null(arguments_value(&arguments, "why"));
		}
	}
}
