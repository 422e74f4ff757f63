/*
 * HMAC, Ed25519, hex, base64 and random names.
 *
 * The only file that includes libcrypto.  Dangerous: a signature compared with
 * strcmp() tells a patient stranger its bytes one by one; crypto_equal() is
 * there for that.  Digests on the stack are the sender's own signature and no
 * secret; keys are never copied here.
 */
#include "lib/crypto.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/random.h>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define BASE64_MAX (1024L * 1024)
#define RANDOM_MAX 64

static const EVP_MD *method(enum crypto_hash hash)
{
	switch (hash) {
	case CRYPTO_MD5:
		return EVP_md5();
	case CRYPTO_SHA1:
		return EVP_sha1();
	case CRYPTO_SHA256:
		return EVP_sha256();
	case CRYPTO_SHA384:
		return EVP_sha384();
	case CRYPTO_SHA512:
		return EVP_sha512();
	}

	return NULL;
}

int crypto_hmac(enum crypto_hash hash, const void *key, size_t key_size, const void *bytes,
		size_t size, struct crypto_digest *ret_digest)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_size = 0;
	/* HMAC() takes a NULL key for "the key of the call before". */
	const void *real_key = key_size > 0 ? key : "";

	if (key_size > INT_MAX || size > INT_MAX) {
		return -E2BIG;
	}

	if (!HMAC(method(hash), real_key, (int)key_size, bytes, size, digest, &digest_size) ||
	    digest_size > sizeof(ret_digest->bytes)) {
		return -EIO;
	}

	memcpy(ret_digest->bytes, digest, digest_size);
	ret_digest->size = digest_size;
	return 0;
}

int crypto_digest(enum crypto_hash hash, const void *bytes, size_t size,
		  struct crypto_digest *ret_digest)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_size = 0;

	if (EVP_Digest(bytes, size, digest, &digest_size, method(hash), NULL) != 1 ||
	    digest_size > sizeof(ret_digest->bytes)) {
		return -EIO;
	}

	memcpy(ret_digest->bytes, digest, digest_size);
	ret_digest->size = digest_size;
	return 0;
}

bool crypto_ed25519(const void *key, size_t key_size, const void *signature, size_t signature_size,
		    const void *bytes, size_t size)
{
	EVP_PKEY *public;
	EVP_MD_CTX *context;
	bool fits;

	public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, key_size);
	context = EVP_MD_CTX_new();
	fits = public && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, public) == 1 &&
	       EVP_DigestVerify(context, signature, signature_size, bytes, size) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(public);
	return fits;
}

void crypto_hex(const void *bytes, size_t size, char *ret_text)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;

	for (size_t i = 0; i < size; i++) {
		*ret_text++ = digits[from[i] >> 4];
		*ret_text++ = digits[from[i] & 15];
	}
	*ret_text = '\0';
}

void crypto_base64(const void *bytes, size_t size, char *ret_text)
{
	*ret_text = '\0';
	if (size > 0 && size <= BASE64_MAX) {
		(void)EVP_EncodeBlock((unsigned char *)ret_text, bytes, (int)size);
	}
}

/* 0 to 63, or -1. */
static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z') {
		return c - 'A';
	}
	if (c >= 'a' && c <= 'z') {
		return c - 'a' + 26;
	}
	if (c >= '0' && c <= '9') {
		return c - '0' + 52;
	}
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

int crypto_from_base64(const char *text, size_t length, void *ret_bytes, size_t most,
		       size_t *ret_size)
{
	unsigned char *to = ret_bytes;
	unsigned bits = 0, kept = 0;
	size_t size = 0;

	for (int padding = 0; padding < 2 && length > 0 && text[length - 1] == '='; padding++) {
		length--;
	}
	if (length % 4 == 1) {
		return -EBADMSG;
	}

	for (size_t i = 0; i < length; i++) {
		int value = base64_value(text[i]);

		if (value < 0) {
			return -EBADMSG;
		}
		bits = (bits << 6 | (unsigned)value) & 0xfff;
		kept += 6;
		if (kept < 8) {
			continue;
		}
		if (size == most) {
			return -EBADMSG;
		}
		kept -= 8;
		to[size++] = (unsigned char)(bits >> kept);
	}

	*ret_size = size;
	return 0;
}

bool crypto_equal(const char *a, const char *b)
{
	size_t size;

	if (!a || !b) {
		return false;
	}

	size = strlen(a);
	return size == strlen(b) && CRYPTO_memcmp(a, b, size) == 0;
}

int crypto_random_hex(size_t size, char *ret_text)
{
	unsigned char bytes[RANDOM_MAX];

	if (size > sizeof(bytes)) {
		return -E2BIG;
	}

	/* Up to 256 bytes come whole or not at all (getrandom(2)). */
	if (getrandom(bytes, size, 0) != (ssize_t)size) {
		return -EIO;
	}

	crypto_hex(bytes, size, ret_text);
	return 0;
}
