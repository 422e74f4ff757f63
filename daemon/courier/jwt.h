/*
 * JSON Web Tokens (RFC 7519) that a gateway signs its webhooks with: HS256,
 * HS384 and HS512, and nothing else; "none" above all.
 */
#ifndef HF_COURIER_JWT_H
#define HF_COURIER_JWT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/civil.h"

struct jwt_expected {
	const char *issuer; /* NULL: any */
	const char *url;    /* the claim url_hash, where there is one, is its SHA-256 */
	const char *body;
	size_t body_size;       /* likewise payload_hash, which must be there for a body */
	hf_time now, tolerance; /* of exp, nbf and iat */
};

/* Is this token signed with that key, and does it say what is expected?  *ret_why is then
 * untouched, else a literal for the log. */
bool jwt_fits(const char *token, const char *key, const struct jwt_expected *expected,
	      const char **ret_why);

#endif
