/*
 * A unit test says what it tests and registers itself:
 *
 *     FIXTURE(set_up, tear_down);          for each test of the file; or none
 *
 *     TEST(what_holds) { assert_true(...); }
 *     TEST(what_else, other_set_up, NULL) { ... }
 *
 * All files are one program, build/tests/unit/unit; each file runs in a process of its own.
 */
#ifndef HF_TESTS_TEST_H
#define HF_TESTS_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The sanitisers make everything several times as slow: a bound on time, or a number of random
 * tries, may ask. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITISED 1
#elif defined(__has_feature)
#define SANITISED __has_feature(address_sanitizer)
#else
#define SANITISED 0
#endif

struct test_fixture {
	CMFixtureFunction set_up, tear_down;
};

struct test {
	const char *file, *name;
	int line;
	CMUnitTestFunction function;
	const struct test_fixture *fixture; /* where the test names none of its own */
	const struct test_fixture *group;   /* once, around all tests of the file */
	CMFixtureFunction set_up, tear_down;
};

/* test is not copied. */
void test_register(struct test *test);

/* What a file does not define is nothing: tentative definitions. */
static const struct test_fixture test_fixture __attribute__((unused));
static const struct test_fixture test_group_fixture __attribute__((unused));

#define FIXTURE(set_up, tear_down)                                                                 \
	static const struct test_fixture test_fixture = { set_up, tear_down }
#define GROUP_FIXTURE(set_up, tear_down)                                                           \
	static const struct test_fixture test_group_fixture = { set_up, tear_down }

#define TEST(...)                          TEST_PICK(__VA_ARGS__, TEST_OWN, , TEST_FILE, )(__VA_ARGS__)
#define TEST_PICK(name, a, b, chosen, ...) chosen
#define TEST_FILE(name)                    TEST_DEFINE(name, &test_fixture, NULL, NULL)
#define TEST_OWN(name, set_up, tear_down)  TEST_DEFINE(name, NULL, set_up, tear_down)
#define TEST_DEFINE(name, fixture, up, down)                                                       \
	static void name(void **state);                                                            \
	__attribute__((constructor)) static void register_##name(void)                             \
	{                                                                                          \
		static struct test test = { __FILE__, #name,   __LINE__,                           \
					    name,     fixture, &test_group_fixture,                \
					    up,       down };                                      \
		test_register(&test);                                                              \
	}                                                                                          \
	static void name(void **state __attribute__((unused)))

#endif
