/*
 * Usage: unit --list          the files that have tests, a line each
 *        unit FILE            its tests, in their order, as TAP
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define TESTS_MAX 4096

static struct test *tests[TESTS_MAX];
static size_t count;

void test_register(struct test *test)
{
	if (count == TESTS_MAX) {
		abort();
	}
	tests[count++] = test;
}

static int in_order(const void *a, const void *b)
{
	const struct test *x = *(struct test *const *)a, *y = *(struct test *const *)b;
	int files = strcmp(x->file, y->file);

	return files ? files : (x->line > y->line) - (x->line < y->line);
}

/* "outbox" of "tests/unit/test_outbox.c", with its length. */
static const char *name_of(const struct test *test, int *ret_length)
{
	const char *slash = strrchr(test->file, '/'), *name = slash ? slash + 1 : test->file;

	*ret_length = (int)strcspn(name, ".");
	return name;
}

static int run_file(const char *file)
{
	static struct CMUnitTest group[TESTS_MAX];
	const struct test_fixture *around = NULL;
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		const struct test *test = tests[i];
		int length;
		const char *name = name_of(test, &length);

		if (strncmp(name, file, (size_t)length) != 0 || file[length]) {
			continue;
		}
		group[found++] = (struct CMUnitTest){
			.name = test->name,
			.test_func = test->function,
			.setup_func = test->fixture ? test->fixture->set_up : test->set_up,
			.teardown_func = test->fixture ? test->fixture->tear_down : test->tear_down,
		};
		around = test->group;
	}
	if (!found) {
		(void)fprintf(stderr,
			      "unit: no tests in \"%s\"; --list says which files have some\n",
			      file);
		return 2;
	}
	return _cmocka_run_group_tests(file, group, found, around->set_up, around->tear_down) != 0;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		(void)fputs("usage: unit --list | FILE\n", stderr);
		return 2;
	}
	qsort(tests, count, sizeof(struct test *), in_order);
	if (strcmp(argv[1], "--list") != 0) {
		return run_file(argv[1]);
	}
	for (size_t i = 0; i < count; i++) {
		int length;
		const char *name = name_of(tests[i], &length);

		if (i == 0 || strcmp(tests[i - 1]->file, tests[i]->file) != 0) {
			(void)printf("%.*s\n", length, name);
		}
	}
	return 0;
}
