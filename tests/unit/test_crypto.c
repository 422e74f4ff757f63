/* Signatures against the vectors of RFC 2202 and RFC 4231, and the encodings against RFC 4648. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/crypto.h"

static void hmac_hex(enum crypto_hash hash, const char *key, const char *text,
		     char ret_hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)])
{
	struct crypto_digest digest;

	assert_int_equal(crypto_hmac(hash, key, strlen(key), text, strlen(text), &digest), 0);
	crypto_hex(digest.bytes, digest.size, ret_hex);
}

static void test_vectors(void **state)
{
	char hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)];

	(void)state;
	hmac_hex(CRYPTO_SHA1, "Jefe", "what do ya want for nothing?", hex);
	assert_string_equal(hex, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
	hmac_hex(CRYPTO_SHA256, "Jefe", "what do ya want for nothing?", hex);
	assert_string_equal(hex,
			    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/* libcrypto would take a NULL key for the key of the call before. */
static void test_empty_key_is_not_the_last_key(void **state)
{
	struct crypto_digest one, two;

	(void)state;
	assert_int_equal(crypto_hmac(CRYPTO_SHA256, "k", 1, "x", 1, &one), 0);
	assert_int_equal(crypto_hmac(CRYPTO_SHA256, NULL, 0, "x", 1, &two), 0);
	assert_memory_not_equal(one.bytes, two.bytes, 32);
	assert_int_equal(crypto_hmac(CRYPTO_SHA256, "", 0, "x", 1, &one), 0);
	assert_memory_equal(one.bytes, two.bytes, 32);
	assert_int_equal(one.size, 32);
}

static void test_empty_bytes(void **state)
{
	char hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)];

	(void)state;
	hmac_hex(CRYPTO_SHA256, "", "", hex);
	assert_string_equal(hex,
			    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void test_too_big_leaves_the_answer(void **state)
{
	struct crypto_digest digest = { .size = 7 };

	(void)state;
	assert_int_equal(crypto_hmac(CRYPTO_SHA1, "k", 1, "x", (size_t)INT_MAX + 1, &digest),
			 -E2BIG);
	assert_int_equal(crypto_hmac(CRYPTO_SHA1, "k", (size_t)INT_MAX + 1, "x", 1, &digest),
			 -E2BIG);
	assert_int_equal(digest.size, 7);
}

static void test_base64(void **state)
{
	static const char *const pairs[][2] = {
		{ "", "" },
		{ "f", "Zg==" },
		{ "fo", "Zm8=" },
		{ "foo", "Zm9v" },
		{ "foob", "Zm9vYg==" },
		{ "fooba", "Zm9vYmE=" },
		{ "foobar", "Zm9vYmFy" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char text[CRYPTO_BASE64_SIZE(6)];

		assert_true(CRYPTO_BASE64_SIZE(strlen(pairs[i][0])) == strlen(pairs[i][1]) + 1);
		crypto_base64(pairs[i][0], strlen(pairs[i][0]), text);
		assert_string_equal(text, pairs[i][1]);
	}
}

static void test_equal(void **state)
{
	(void)state;
	assert_true(crypto_equal("abc", "abc"));
	assert_true(crypto_equal("", ""));
	assert_false(crypto_equal("abc", "abd"));
	assert_false(crypto_equal("abc", "ab"));
	assert_false(crypto_equal("ab", "abc"));
	assert_false(crypto_equal(NULL, "abc"));
	assert_false(crypto_equal("abc", NULL));
	assert_false(crypto_equal(NULL, NULL));
}

static void test_random(void **state)
{
	char one[CRYPTO_HEX_SIZE(64)], two[CRYPTO_HEX_SIZE(64)];

	(void)state;
	assert_int_equal(crypto_random_hex(64, one), 0);
	assert_int_equal(crypto_random_hex(64, two), 0);
	assert_int_equal(strlen(one), 128);
	assert_int_equal(strspn(one, "0123456789abcdef"), 128);
	assert_string_not_equal(one, two);
	assert_int_equal(crypto_random_hex(0, one), 0);
	assert_string_equal(one, "");
	assert_int_equal(crypto_random_hex(65, two), -E2BIG);
	assert_int_equal(strlen(two), 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors),
		cmocka_unit_test(test_empty_key_is_not_the_last_key),
		cmocka_unit_test(test_empty_bytes),
		cmocka_unit_test(test_too_big_leaves_the_answer),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
