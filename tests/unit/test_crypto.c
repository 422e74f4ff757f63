/* Signatures against the vectors of RFC 2202 and RFC 4231, and the encodings against RFC 4648. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "test.h"
#include "lib/crypto.h"

static void hmac_hex(enum crypto_hash hash, const char *key, const char *text,
		     char ret_hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)])
{
	struct crypto_digest digest;

	assert_int_equal(crypto_hmac(hash, key, strlen(key), text, strlen(text), &digest), 0);
	crypto_hex(digest.bytes, digest.size, ret_hex);
}

TEST(test_vectors)
{
	char hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)];

	hmac_hex(CRYPTO_SHA1, "Jefe", "what do ya want for nothing?", hex);
	assert_string_equal(hex, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
	hmac_hex(CRYPTO_SHA256, "Jefe", "what do ya want for nothing?", hex);
	assert_string_equal(hex,
			    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

/* libcrypto would take a NULL key for the key of the call before. */
TEST(test_empty_key_is_not_the_last_key)
{
	struct crypto_digest one, two;

	assert_int_equal(crypto_hmac(CRYPTO_SHA256, "k", 1, "x", 1, &one), 0);
	assert_int_equal(crypto_hmac(CRYPTO_SHA256, NULL, 0, "x", 1, &two), 0);
	assert_memory_not_equal(one.bytes, two.bytes, 32);
	assert_int_equal(crypto_hmac(CRYPTO_SHA256, "", 0, "x", 1, &one), 0);
	assert_memory_equal(one.bytes, two.bytes, 32);
	assert_int_equal(one.size, 32);
}

TEST(test_empty_bytes)
{
	char hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)];

	hmac_hex(CRYPTO_SHA256, "", "", hex);
	assert_string_equal(hex,
			    "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(test_too_big_leaves_the_answer)
{
	struct crypto_digest digest = { .size = 7 };

	assert_int_equal(crypto_hmac(CRYPTO_SHA1, "k", 1, "x", (size_t)INT_MAX + 1, &digest),
			 -E2BIG);
	assert_int_equal(crypto_hmac(CRYPTO_SHA1, "k", (size_t)INT_MAX + 1, "x", 1, &digest),
			 -E2BIG);
	assert_int_equal(digest.size, 7);
}

TEST(test_base64)
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

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		char text[CRYPTO_BASE64_SIZE(6)];

		assert_true(CRYPTO_BASE64_SIZE(strlen(pairs[i][0])) == strlen(pairs[i][1]) + 1);
		crypto_base64(pairs[i][0], strlen(pairs[i][0]), text);
		assert_string_equal(text, pairs[i][1]);
	}
}

TEST(test_from_base64)
{
	static const struct {
		const char *text, *bytes; /* NULL: refused */
	} cases[] = {
		{ "", "" },
		{ "Zg==", "f" },
		{ "Zg", "f" },
		{ "Zm9v", "foo" },
		{ "Zm9vYg", "foob" },
		{ "_-8=", "\xff\xef" },
		{ "/+8", "\xff\xef" },
		{ "Z", NULL },
		{ "Zm9vY", NULL },
		{ "Zm 9v", NULL },
		{ "Zg=g", NULL },
		{ "Zg===", NULL },
	};
	char bytes[4];
	size_t size;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *text = cases[i].text;
		int r = crypto_from_base64(text, strlen(text), bytes, sizeof(bytes), &size);

		assert_int_equal(r, cases[i].bytes ? 0 : -EBADMSG);
		if (r == 0) {
			assert_int_equal(size, strlen(cases[i].bytes));
			assert_memory_equal(bytes, cases[i].bytes, size);
		}
	}
	assert_int_equal(crypto_from_base64("Zm9vYmE", 7, bytes, 4, &size), -EBADMSG);
}

TEST(test_digest)
{
	char hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)];
	struct crypto_digest digest;

	assert_int_equal(crypto_digest(CRYPTO_MD5, "abc", 3, &digest), 0);
	crypto_hex(digest.bytes, digest.size, hex);
	assert_string_equal(hex, "900150983cd24fb0d6963f7d28e17f72");
	assert_int_equal(crypto_digest(CRYPTO_SHA256, "", 0, &digest), 0);
	crypto_hex(digest.bytes, digest.size, hex);
	assert_string_equal(hex,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	assert_int_equal(crypto_digest(CRYPTO_SHA512, "abc", 3, &digest), 0);
	assert_int_equal(digest.size, 64);
	assert_int_equal(crypto_digest(CRYPTO_SHA384, "abc", 3, &digest), 0);
	assert_int_equal(digest.size, 48);
}

/* RFC 8032, 7.1, test 2. */
TEST(test_ed25519)
{
	static const unsigned char key[] = {
		0x3d, 0x40, 0x17, 0xc3, 0xe8, 0x43, 0x89, 0x5a, 0x92, 0xb7, 0x0a,
		0xa7, 0x4d, 0x1b, 0x7e, 0xbc, 0x9c, 0x98, 0x2c, 0xcf, 0x2e, 0xc4,
		0x96, 0x8c, 0xc0, 0xcd, 0x55, 0xf1, 0x2a, 0xf4, 0x66, 0x0c,
	};
	unsigned char signature[] = {
		0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8, 0x72, 0x0e, 0x82, 0x0b, 0x5f,
		0x64, 0x25, 0x40, 0xa2, 0xb2, 0x7b, 0x54, 0x16, 0x50, 0x3f, 0x8f, 0xb3, 0x76,
		0x22, 0x23, 0xeb, 0xdb, 0x69, 0xda, 0x08, 0x5a, 0xc1, 0xe4, 0x3e, 0x15, 0x99,
		0x6e, 0x45, 0x8f, 0x36, 0x13, 0xd0, 0xf1, 0x1d, 0x8c, 0x38, 0x7b, 0x2e, 0xae,
		0xb4, 0x30, 0x2a, 0xee, 0xb0, 0x0d, 0x29, 0x16, 0x12, 0xbb, 0x0c, 0x00,
	};

	assert_true(crypto_ed25519(key, sizeof(key), signature, sizeof(signature), "\x72", 1));
	assert_false(crypto_ed25519(key, sizeof(key), signature, sizeof(signature), "\x73", 1));
	assert_false(crypto_ed25519(key, 31, signature, sizeof(signature), "\x72", 1));
	assert_false(crypto_ed25519(key, sizeof(key), signature, 63, "\x72", 1));
	signature[0] ^= 1;
	assert_false(crypto_ed25519(key, sizeof(key), signature, sizeof(signature), "\x72", 1));
}

TEST(test_equal)
{
	assert_true(crypto_equal("abc", "abc"));
	assert_true(crypto_equal("", ""));
	assert_false(crypto_equal("abc", "abd"));
	assert_false(crypto_equal("abc", "ab"));
	assert_false(crypto_equal("ab", "abc"));
	assert_false(crypto_equal(NULL, "abc"));
	assert_false(crypto_equal("abc", NULL));
	assert_false(crypto_equal(NULL, NULL));
}

TEST(test_random)
{
	char one[CRYPTO_HEX_SIZE(64)], two[CRYPTO_HEX_SIZE(64)];

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
