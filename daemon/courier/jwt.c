/*
 * Looking at tokens.
 *
 * Nothing in a token is looked at before its signature fits, but for the name
 * of its hash.  A token without an end is believed for as long after its beginning
 * as the clock may be off.
 */
#include "courier/jwt.h"

#include <errno.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/json.h"

#define TOKEN_MAX 8192
#define PART_MAX  (TOKEN_MAX / 4 * 3)

/* A part of a token as JSON, NULL where it is none. */
static json_t *read_part(const char *part, size_t length)
{
	char bytes[PART_MAX];
	json_t *json = NULL;
	size_t size;

	if (crypto_from_base64(part, length, bytes, sizeof(bytes), &size) < 0 ||
	    json_read(bytes, size, &json) != 0) {
		return NULL;
	}
	return json;
}

static bool find_hash(const json_t *header, enum crypto_hash *ret_hash)
{
	static const struct {
		const char *word;
		enum crypto_hash hash;
	} hashes[] = { { "HS256", CRYPTO_SHA256 },
		       { "HS384", CRYPTO_SHA384 },
		       { "HS512", CRYPTO_SHA512 } };
	const char *word = json_text(header, "alg");

	for (size_t i = 0; word && i < COUNT(hashes); i++) {
		if (strcmp(word, hashes[i].word) == 0) {
			*ret_hash = hashes[i].hash;
			return true;
		}
	}
	return false;
}

static bool is_signed(const char *token, const char *payload_end, const char *key,
		      enum crypto_hash hash)
{
	char expected[CRYPTO_BASE64_SIZE(CRYPTO_DIGEST_MAX)];
	char given[CRYPTO_BASE64_SIZE(CRYPTO_DIGEST_MAX)];
	unsigned char bytes[CRYPTO_DIGEST_MAX];
	struct crypto_digest digest;
	size_t size;

	if (crypto_hmac(hash, key, strlen(key), token, (size_t)(payload_end - token), &digest) <
		    0 ||
	    crypto_from_base64(payload_end + 1, strlen(payload_end + 1), bytes, sizeof(bytes),
			       &size) < 0) {
		return false;
	}

	crypto_base64(digest.bytes, digest.size, expected);
	crypto_base64(bytes, size, given);
	return crypto_equal(expected, given);
}

static bool hash_fits(const json_t *claims, const char *name, const char *bytes, size_t size,
		      bool required)
{
	char hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)];
	const char *claim = json_text(claims, name);
	struct crypto_digest digest;

	if (!claim) {
		return !required;
	}
	if (crypto_digest(CRYPTO_SHA256, bytes, size, &digest) < 0) {
		return false;
	}
	crypto_hex(digest.bytes, digest.size, hex);
	return crypto_equal(hex, claim);
}

/* A claim of seconds, as an instant; 0 where there is none. */
static hf_time claimed_time(const json_t *claims, const char *name)
{
	int64_t seconds = json_int(claims, name, 0);

	return seconds > 0 && seconds < HF_NEVER / HF_SECOND ? seconds * HF_SECOND : 0;
}

static bool is_timely(const json_t *claims, const struct jwt_expected *expected)
{
	hf_time exp = claimed_time(claims, "exp"), nbf = claimed_time(claims, "nbf");
	hf_time iat = claimed_time(claims, "iat"), leeway = expected->tolerance;

	if (exp == 0 && iat == 0) {
		return false;
	}
	return (exp == 0 || expected->now - leeway < exp) && nbf <= expected->now + leeway &&
	       iat <= expected->now + leeway && (exp != 0 || iat >= expected->now - leeway);
}

static const char *look_at_claims(const json_t *claims, const struct jwt_expected *expected)
{
	const char *issuer = json_text(claims, "iss");

	if (expected->issuer && (!issuer || strcmp(issuer, expected->issuer) != 0)) {
		return "the token is from somebody else";
	}
	if (!is_timely(claims, expected)) {
		return "the token is too old or too new";
	}
	if (!hash_fits(claims, "url_hash", expected->url, strlen(expected->url), false)) {
		return "the token is for another address";
	}
	if (!hash_fits(claims, "payload_hash", expected->body, expected->body_size,
		       expected->body_size > 0)) {
		return "the token is for another body";
	}
	return NULL;
}

bool jwt_fits(const char *token, const char *key, const struct jwt_expected *expected,
	      const char **ret_why)
{
	_cleanup_(json_freep) json_t *header = NULL, *claims = NULL;
	const char *header_end = strchr(token, '.');
	const char *payload_end = header_end ? strchr(header_end + 1, '.') : NULL;
	const char *why = "no token";
	enum crypto_hash hash;

	if (payload_end && strlen(token) <= TOKEN_MAX) {
		header = read_part(token, (size_t)(header_end - token));
		why = !find_hash(header, &hash)                   ? "a token of another kind"
		      : !is_signed(token, payload_end, key, hash) ? "the signature does not fit"
								  : NULL;
	}
	if (!why) {
		claims = read_part(header_end + 1, (size_t)(payload_end - header_end - 1));
		why = claims ? look_at_claims(claims, expected) : "a token without claims";
	}
	if (why) {
		*ret_why = why;
	}
	return !why;
}
