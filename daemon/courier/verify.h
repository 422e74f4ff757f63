/*
 * Is a webhook really the gateway's?  What a preset's `hooks.verify` says:
 *
 *   scheme       hmac_concat, hmac_params  a keyed hash of what `signed` puts together
 *                hash_params     the plain hash of that with the key behind it
 *                ed25519         a signature by the owner of the public key that is the key
 *                jwt_hs          a token of RFC 7519, HS256, HS384 or HS512
 *                shared_secret   the key itself, which nobody can guess
 *   key          the setting that holds the key ("secret")
 *   signature    where it stands: "header NAME", "query NAME", "field NAME" (of a form), "path"
 *                (what follows /hooks/NAME/), "basic" (the password of Basic authentication)
 *   hash         md5, sha1, sha256, sha384, sha512
 *   encoding     of the signature: hex or base64
 *   signed       {body} {url} {base} (the address without its query) {query} (sorted and encoded
 *                anew) {timestamp} {nonce} {body_sha256} (its 32 bytes) {pairs} {plivo} {vonage}
 *   timestamp, nonce   where they stand
 *   tolerance    seconds that the timestamp may be off
 *   body_hash    where the body's SHA-256 stands as hex, for bodies that {pairs} does not cover
 *   any_port     true: the address may be signed with or without its default port
 *   issuer       jwt_hs: who it must be from
 *
 * {pairs} are the parameters of a form, sorted, name and value one after the
 * other, each once (Twilio); {plivo} and {vonage} what these gateways make of theirs.
 */
#ifndef HF_COURIER_VERIFY_H
#define HF_COURIER_VERIFY_H

#include "lib/conf.h"
#include "courier/locator.h"

struct verify_rules;

#define VERIFY_KEYS_MAX 2 /* the secret, and the one of before while it is being changed */

/* In the reader's arena.  Faults are faults, at the node's line; 0 or -ENOMEM. */
int verify_read(struct conf_reader *reader, const struct conf_node *group,
		struct verify_rules **ret_rules);
/* The name of the setting that holds the key. */
const char *verify_key(const struct verify_rules *rules);

/* The parameter that holds the signature, or the secret; NULL: it is none. */
const char *verify_signature(const struct verify_rules *rules);
/* Without our own address as the gateway calls it none would be believed. */
bool verify_uses_url(const struct verify_rules *rules);

enum { VERIFY_E_REFUSED = 1 }; /* with *ret_why a literal for the log */

/* 0, VERIFY_E_REFUSED, -errno.  One key that fits is enough. */
int verify(const struct verify_rules *rules, const char *const *keys, size_t count,
	   const struct webhook_request *request, hf_time now, const char **ret_why);

#endif
