/*
 * What proves that a webhook is the gateway's: HMAC (RFC 2104) and Ed25519
 * (RFC 8032), written as hex or base64, and compared so that the time taken
 * tells nothing; and random names that nobody can guess.  By libcrypto.
 */
#ifndef HF_LIB_CRYPTO_H
#define HF_LIB_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>

enum crypto_hash {
	CRYPTO_MD5,  /* 16 bytes; like SHA-1 only where a gateway's signature asks for it */
	CRYPTO_SHA1, /* 20 bytes */
	CRYPTO_SHA256,
	CRYPTO_SHA384,
	CRYPTO_SHA512,
};

#define CRYPTO_DIGEST_MAX 64

/* How many chars `size` bytes are, with the NUL. */
#define CRYPTO_HEX_SIZE(size)    (2 * (size_t)(size) + 1)
#define CRYPTO_BASE64_SIZE(size) (4 * (((size_t)(size) + 2) / 3) + 1)

struct crypto_digest {
	unsigned char bytes[CRYPTO_DIGEST_MAX];
	size_t size;
};

/* The key may hold any bytes, none too (some gateways begin so); keys and bytes are at most
 * INT_MAX long, else -E2BIG.  -EIO where libcrypto will not. */
int crypto_hmac(enum crypto_hash hash, const void *key, size_t key_size, const void *bytes,
		size_t size, struct crypto_digest *ret_digest);

/* The plain hash.  Errors as above. */
int crypto_digest(enum crypto_hash hash, const void *bytes, size_t size,
		  struct crypto_digest *ret_digest);

/* Is it the signature of these bytes by the owner of the public key?  Wrong sizes (32 and 64
 * bytes are right) are no signature. */
bool crypto_ed25519(const void *key, size_t key_size, const void *signature, size_t signature_size,
		    const void *bytes, size_t size);

/* Lower case; ret_text holds CRYPTO_HEX_SIZE(size). */
void crypto_hex(const void *bytes, size_t size, char *ret_text);
/* With padding, in one line (RFC 4648); ret_text holds CRYPTO_BASE64_SIZE(size).  `size` is at
 * most 1 MiB, else the text is empty. */
void crypto_base64(const void *bytes, size_t size, char *ret_text);
/* The bytes of base64 or base64url (RFC 4648, 5), with or without padding: 0, or -EBADMSG for what
 * is neither or longer than `most`. */
int crypto_from_base64(const char *text, size_t length, void *ret_bytes, size_t most,
		       size_t *ret_size);

/* Are they the same?  The time depends on the lengths and on nothing else.  NULL equals nothing. */
bool crypto_equal(const char *a, const char *b);

/* `size` random bytes as hex; ret_text holds CRYPTO_HEX_SIZE(size).  At most 64 bytes, else
 * -E2BIG. */
int crypto_random_hex(size_t size, char *ret_text);

#endif
