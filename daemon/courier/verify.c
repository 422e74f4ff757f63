/*
 * Telling a gateway's webhook from a stranger's.
 *
 * Promises: whatever is compared with a secret is compared in constant time,
 * and whoever is refused learns nothing.
 * Dangerous: a body that the signature does not cover.  {pairs} covers forms
 * only, so for any other body the preset names where its hash stands, and
 * where that is missing the webhook is refused.  And each gateway sorts, joins and encodes
 * what it signs in its own way: what differs in one byte never fits.  The vendors' own vectors
 * are the test.
 */
#include "courier/verify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/buffer.h"
#include "lib/crypto.h"
#include "lib/url.h"
#include "courier/jwt.h"
#include "courier/locator.h"
#include "courier/expansion.h"

#define SIGNATURE_MAX 1024 /* several of them, with commas between */

/* --- what is signed --------------------------------------------------------------- */

enum piece {
	PIECE_BODY,
	PIECE_URL,
	PIECE_BASE,
	PIECE_QUERY,
	PIECE_TIMESTAMP,
	PIECE_NONCE,
	PIECE_BODY_SHA256,
	PIECE_PAIRS,
	PIECE_PLIVO,
	PIECE_VONAGE,
};

static const char *const signed_names[] = {
	[PIECE_BODY] = "body",
	[PIECE_URL] = "url",
	[PIECE_BASE] = "base",
	[PIECE_QUERY] = "query",
	[PIECE_TIMESTAMP] = "timestamp",
	[PIECE_NONCE] = "nonce",
	[PIECE_BODY_SHA256] = "body_sha256",
	[PIECE_PAIRS] = "pairs",
	[PIECE_PLIVO] = "plivo",
	[PIECE_VONAGE] = "vonage",
	NULL,
};

struct signed_source {
	const struct webhook_request *request;
	const struct request_params *params;
	const char *url;               /* as it is taken to be signed */
	const char *timestamp, *nonce; /* NULL: not given */
	const char *signature_name;    /* the parameter that is not signed itself; NULL for none */
};

static void put_base(const char *url, struct buffer *buffer)
{
	buffer_put(buffer, url, strcspn(url, "?"));
}

static void put_escaped(const char *bytes, size_t size, struct buffer *buffer)
{
	char one[3 + 1];

	for (size_t i = 0; i < size; i++) {
		buffer_put(buffer, one, url_escape(bytes + i, 1, one));
	}
}

/* "a=1&b=2", of parameters that are sorted. */
static void put_joined(const struct params *params, bool escaped, struct buffer *buffer)
{
	for (size_t i = 0; i < params->count; i++) {
		const struct param *param = &params->list[i];

		buffer_put_text(buffer, i > 0 ? "&" : "");
		if (escaped) {
			put_escaped(param->name, strlen(param->name), buffer);
			buffer_put_text(buffer, "=");
			put_escaped(param->value, param->size, buffer);
			continue;
		}
		buffer_put_text(buffer, param->name);
		buffer_put_text(buffer, "=");
		buffer_put(buffer, param->value, param->size);
	}
}

static bool is_same(const struct param *a, const struct param *b)
{
	return strcmp(a->name, b->name) == 0 && a->size == b->size &&
	       memcmp(a->value, b->value, a->size) == 0;
}

/* "a1b2", of parameters that are sorted; `once`: the same pair counts once. */
static void put_pairs(const struct params *params, bool once, struct buffer *buffer)
{
	for (size_t i = 0; i < params->count; i++) {
		const struct param *param = &params->list[i];

		if (once && i > 0 && is_same(param, param - 1)) {
			continue;
		}
		buffer_put_text(buffer, param->name);
		buffer_put(buffer, param->value, param->size);
	}
}

/* Plivo's V3: a query and a form are told apart by a full stop; a GET has only a query. */
static void put_plivo(const struct signed_source *source, struct buffer *buffer)
{
	const struct params *query = &source->params->query, *form = &source->params->form;

	put_base(source->url, buffer);
	if (query->count > 0 || form->count > 0) {
		buffer_put_text(buffer, "?");
		put_joined(query, false, buffer);
	}
	if (query->count > 0 && form->count > 0) {
		buffer_put_text(buffer, ".");
	}
	put_pairs(form, false, buffer);
}

/* "&name=value" for each but the signature, with & and = in values written as _. */
static void put_vonage(const struct signed_source *source, struct buffer *buffer)
{
	const struct params *all =
		source->params->form.count > 0 ? &source->params->form : &source->params->query;

	for (size_t i = 0; i < all->count; i++) {
		const struct param *param = &all->list[i];
		char *value;

		if (source->signature_name && strcmp(param->name, source->signature_name) == 0) {
			continue;
		}
		buffer_put_text(buffer, "&");
		buffer_put_text(buffer, param->name);
		buffer_put_text(buffer, "=");
		value = buffer_extend(buffer, param->size);
		for (size_t j = 0; value && j < param->size; j++) {
			bool special = param->value[j] == '&' || param->value[j] == '=';

			value[j] = (char)(special ? '_' : param->value[j]);
		}
	}
}

static int put_body_hash(const struct webhook_request *request, struct buffer *buffer)
{
	struct crypto_digest digest;
	int r = crypto_digest(CRYPTO_SHA256, request->body, request->body_size, &digest);

	if (r == 0) {
		buffer_put(buffer, (const char *)digest.bytes, digest.size);
	}
	return r;
}

static int put_piece(enum piece piece, const struct signed_source *source, struct buffer *buffer)
{
	switch (piece) {
	case PIECE_BODY:
		buffer_put(buffer, source->request->body, source->request->body_size);
		break;
	case PIECE_URL:
		buffer_put_text(buffer, source->url);
		break;
	case PIECE_BASE:
		put_base(source->url, buffer);
		break;
	case PIECE_QUERY:
		put_joined(&source->params->query, true, buffer);
		break;
	case PIECE_TIMESTAMP:
		buffer_put_text(buffer, source->timestamp ? source->timestamp : "");
		break;
	case PIECE_NONCE:
		buffer_put_text(buffer, source->nonce ? source->nonce : "");
		break;
	case PIECE_BODY_SHA256:
		return put_body_hash(source->request, buffer);
	case PIECE_PAIRS:
		put_pairs(&source->params->form, true, buffer);
		break;
	case PIECE_PLIVO:
		put_plivo(source, buffer);
		break;
	case PIECE_VONAGE:
		put_vonage(source, buffer);
		break;
	}
	return 0;
}

/* Is the address that the gateway calls among what it signs? */
static bool signed_uses_url(const struct expansion *expansion)
{
	return expansion_uses(expansion, PIECE_URL) || expansion_uses(expansion, PIECE_BASE) ||
	       expansion_uses(expansion, PIECE_PLIVO);
}

/* Puts them into the buffer.  0 or -errno. */
static int signed_write(const struct expansion *expansion, const struct signed_source *source,
			struct buffer *buffer)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < expansion->count; i++) {
		const struct expansion_piece *piece = &expansion->pieces[i];

		if (piece->literal) {
			buffer_put_text(buffer, piece->literal);
		} else {
			r = put_piece((enum piece)piece->value, source, buffer);
		}
	}
	return r ? r : buffer->failed ? -E2BIG : 0;
}

/* --- the rules ---------------------------------------------------------------------- */

enum scheme { HMAC_CONCAT, HMAC_PARAMS, HASH_PARAMS, ED25519, JWT_HS, SHARED_SECRET };

static const char *const scheme_words[] = { "hmac_concat", "hmac_params", "hash_params",
					    "ed25519",     "jwt_hs",      "shared_secret",
					    NULL };
static const char *const hash_words[] = { "md5", "sha1", "sha256", "sha384", "sha512", NULL };

enum encoding { HEX, BASE64 };
static const char *const encoding_words[] = { "hex", "base64", NULL };

struct verify_rules {
	int scheme, hash, encoding, tolerance;
	char *key, *issuer;
	bool any_port;
	struct locator signature, timestamp, nonce, body_hash;
	struct expansion signed_content;
};

static int read_signed(struct conf_reader *reader, const struct conf_node *node, void *target)
{
	return expansion_compile(reader, node, conf_text(node), signed_names, target);
}

static const struct conf_entry verify_keys[] = {
	CONF_KEY("scheme", WORD, REQUIRED, verify_rules, scheme, "how a webhook proves whose it is",
		 .words = scheme_words),
	CONF_KEY("key", TEXT, DEFAULT("secret"), verify_rules, key,
		 "the setting that holds the key"),
	CONF_KEY("signature", PARSED, REQUIRED, verify_rules, signature,
		 "where it stands: \"header NAME\", \"query NAME\", \"field NAME\", \"path\", "
		 "\"basic\"",
		 .read = locator_read_outside_json),
	CONF_KEY("hash", WORD, DEFAULT("sha256"), verify_rules, hash,
		 "of hmac_concat, hmac_params and hash_params", .words = hash_words),
	CONF_KEY("encoding", WORD, DEFAULT("base64"), verify_rules, encoding, "of the signature",
		 .words = encoding_words),
	CONF_KEY("signed", PARSED, OPTIONAL, verify_rules, signed_content,
		 "what is signed, put together from {body}, {url}, {timestamp} ...",
		 .read = read_signed),
	CONF_KEY("timestamp", PARSED, OPTIONAL, verify_rules, timestamp,
		 "where the seconds since 1970 stand", .read = locator_read_outside_json),
	CONF_KEY("nonce", PARSED, OPTIONAL, verify_rules, nonce, "where the nonce stands",
		 .read = locator_read_outside_json),
	CONF_KEY("tolerance", NUMBER, DEFAULT("300"), verify_rules, tolerance,
		 "seconds that the timestamp may be off", .least = 1, .most = 86400),
	CONF_KEY("body_hash", PARSED, OPTIONAL, verify_rules, body_hash,
		 "where the SHA-256 of a body that is no form stands, as hex",
		 .read = locator_read_outside_json),
	CONF_KEY("any_port", TRUTH, DEFAULT("false"), verify_rules, any_port,
		 "the address may be signed with or without its default port"),
	CONF_KEY("issuer", TEXT, OPTIONAL, verify_rules, issuer,
		 "jwt_hs: who the token must be from"),
	{ 0 },
};

/* --- reading ------------------------------------------------------------------- */

int verify_read(struct conf_reader *reader, const struct conf_node *group,
		struct verify_rules **ret_rules)
{
	struct verify_rules *rules = arena_alloc(reader->arena, 1, sizeof(*rules));
	size_t errors = reader->faults->errors;
	bool needs_signed;
	int r;

	if (!rules) {
		return -ENOMEM;
	}
	r = conf_read_group(reader, group, verify_keys, rules);
	if (r < 0) {
		return r;
	}

	needs_signed = rules->scheme != JWT_HS && rules->scheme != SHARED_SECRET;
	if (reader->faults->errors == errors &&
	    needs_signed != (conf_get(group, "signed") != NULL)) {
		conf_fault(
			reader, group, "signed",
			"`signed` is for hmac_concat, hmac_params, hash_params and ed25519, which "
			"need it");
	}
	*ret_rules = rules;
	return 0;
}

const char *verify_key(const struct verify_rules *rules)
{
	return rules->key;
}

const char *verify_signature(const struct verify_rules *rules)
{
	const struct locator *signature = &rules->signature;

	return signature->kind == LOCATOR_QUERY || signature->kind == LOCATOR_FIELD
		       ? signature->name
		       : NULL;
}

bool verify_uses_url(const struct verify_rules *rules)
{
	return signed_uses_url(&rules->signed_content);
}

/* --- looking -------------------------------------------------------------------- */

struct look {
	const struct verify_rules *rules;
	const struct webhook_request *request;
	const char *signature;
	struct signed_source source;
	char buffers[4][LOCATOR_BUFFER_MAX];
};

/* In the case of hex, which some write in capitals. */
static bool text_fits(const struct look *look, const char *given, size_t length,
		      const char *expected)
{
	char copy[SIGNATURE_MAX + 1];

	if (length > SIGNATURE_MAX) {
		return false;
	}
	for (size_t i = 0; i < length; i++) {
		bool capital = given[i] >= 'A' && given[i] <= 'Z';

		copy[i] = (char)(look->rules->encoding == HEX && capital ? given[i] | 0x20
									 : given[i]);
	}
	copy[length] = '\0';
	return crypto_equal(copy, expected);
}

static bool digest_fits(const struct look *look, const char *given, size_t length,
			const struct crypto_digest *digest)
{
	char expected[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)];

	if (look->rules->encoding == HEX) {
		crypto_hex(digest->bytes, digest->size, expected);
	} else {
		crypto_base64(digest->bytes, digest->size, expected);
	}
	return text_fits(look, given, length, expected);
}

static bool ed25519_fits(const char *given, size_t length, const char *key,
			 const struct buffer *bytes)
{
	unsigned char public[32], signature[64];
	size_t public_size, signature_size;

	return crypto_from_base64(key, strlen(key), public, sizeof(public), &public_size) == 0 &&
	       crypto_from_base64(given, length, signature, sizeof(signature), &signature_size) ==
		       0 &&
	       crypto_ed25519(public, public_size, signature, signature_size, bytes->bytes,
			      bytes->size);
}

static int make_digest(const struct look *look, const char *key, const struct buffer *bytes,
		       struct crypto_digest *ret_digest)
{
	enum crypto_hash hash = (enum crypto_hash)look->rules->hash;
	struct buffer both = { 0 };
	int r;

	if (look->rules->scheme != HASH_PARAMS) {
		return crypto_hmac(hash, key, strlen(key), bytes->bytes, bytes->size, ret_digest);
	}

	buffer_put(&both, bytes->bytes, bytes->size);
	buffer_put_text(&both, key);
	r = both.failed ? -ENOMEM : crypto_digest(hash, both.bytes, both.size, ret_digest);
	buffer_done(&both);
	return r;
}

/* Does one of the given signatures fit these bytes? */
static int bytes_fit(const struct look *look, const char *key, const struct buffer *bytes)
{
	struct crypto_digest digest = { 0 };
	const char *given = look->signature;
	int r = 0;

	if (look->rules->scheme != ED25519) {
		r = make_digest(look, key, bytes, &digest);
	}
	while (r == 0) {
		size_t length = strcspn(given, ",");
		bool fits = look->rules->scheme == ED25519
				    ? ed25519_fits(given, length, key, bytes)
				    : digest_fits(look, given, length, &digest);

		if (fits) {
			return 1;
		}
		if (!given[length]) {
			return 0;
		}
		given += length + 1;
	}
	return r;
}

static int url_fits(struct look *look, const char *url, const char *key)
{
	struct buffer bytes = { 0 };
	int r;

	look->source.url = url;
	r = signed_write(&look->rules->signed_content, &look->source, &bytes);
	if (r == 0) {
		r = bytes_fit(look, key, &bytes);
	}
	buffer_done(&bytes);
	return r;
}

/* The same address with its default port where it has none, without it where it has one. */
static char *other_port(const char *url)
{
	bool tls = strncmp(url, "https://", 8) == 0;
	const char *port = tls ? ":443" : ":80", *host = strstr(url, "://");
	const char *end = host ? host + 3 + strcspn(host + 3, "/?") : NULL;
	size_t length = strlen(port);
	char *other = NULL;
	const char *at;

	if (!end) {
		return NULL;
	}
	at = end - host > (ptrdiff_t)length && memcmp(end - length, port, length) == 0
		     ? end - length
		     : end;
	if (asprintf(&other, "%.*s%s%s", (int)(at - url), url, at == end ? port : "", end) < 0) {
		return NULL;
	}
	return other;
}

/* > 0: it fits. */
static int signature_fits(struct look *look, const char *key)
{
	_cleanup_free_ char *other = NULL;
	int r = url_fits(look, look->request->url, key);

	if (r != 0 || !look->rules->any_port) {
		return r;
	}
	other = other_port(look->request->url);
	return other ? url_fits(look, other, key) : 0;
}

static int key_fits(struct look *look, const char *key, hf_time now, const char **ret_why)
{
	static const char bearer[] = "Bearer ";
	const char *token = look->signature;
	const struct jwt_expected expected = {
		.issuer = look->rules->issuer,
		.url = look->request->url,
		.body = look->request->body,
		.body_size = look->request->body_size,
		.now = now,
		.tolerance = look->rules->tolerance * HF_SECOND,
	};

	switch ((enum scheme)look->rules->scheme) {
	case HMAC_CONCAT:
	case HMAC_PARAMS:
	case HASH_PARAMS:
	case ED25519:
		return signature_fits(look, key);
	case JWT_HS:
		token += strncasecmp(token, bearer, sizeof(bearer) - 1) == 0 ? sizeof(bearer) - 1
									     : 0;
		return jwt_fits(token, key, &expected, ret_why);
	case SHARED_SECRET:
		return *key && crypto_equal(look->signature, key);
	}
	return 0;
}

static bool is_timely(const struct look *look, hf_time now)
{
	const char *text = look->source.timestamp;
	hf_time tolerance = look->rules->tolerance * HF_SECOND, at;
	char *end;

	if (look->rules->timestamp.kind == LOCATOR_NOWHERE) {
		return true;
	}
	if (!text || *text < '0' || *text > '9' || strlen(text) > 11) {
		return false;
	}
	at = strtoll(text, &end, 10) * HF_SECOND;
	return !*end && at >= now - tolerance && at <= now + tolerance;
}

/* What a form's parameters cover is covered; any other body by its hash. */
static bool is_body_covered(const struct look *look, const char *given)
{
	char hex[CRYPTO_HEX_SIZE(CRYPTO_DIGEST_MAX)];
	struct crypto_digest digest;

	if (look->rules->scheme != HMAC_PARAMS && look->rules->scheme != HASH_PARAMS) {
		return true;
	}
	if (look->request->body_size == 0 || webhook_request_is_form(look->request)) {
		return true;
	}
	if (!given || crypto_digest(CRYPTO_SHA256, look->request->body, look->request->body_size,
				    &digest) < 0) {
		return false;
	}
	crypto_hex(digest.bytes, digest.size, hex);
	return crypto_equal(hex, given);
}

static int try_keys(struct look *look, const char *const *keys, size_t count, hf_time now,
		    const char **ret_why)
{
	const char *why = "the signature does not fit";

	for (size_t i = 0; i < count; i++) {
		int r = key_fits(look, keys[i], now, &why);

		if (r != 0) {
			return r < 0 ? r : 0;
		}
	}
	*ret_why = why;
	return VERIFY_E_REFUSED;
}

int verify(const struct verify_rules *rules, const char *const *keys, size_t count,
	   const struct webhook_request *request, hf_time now, const char **ret_why)
{
	_cleanup_(request_params_done) struct request_params params = { 0 };
	struct look look = { .rules = rules, .request = request };
	const char *body_hash, *why = NULL;
	int r = request_params_read(request, &params);

	if (r < 0 && r != -E2BIG) {
		return r;
	}

	params_sort(&params.query);
	params_sort(&params.form);
	look.signature = locator_find(&rules->signature, request, &params, look.buffers[0]);
	look.source = (struct signed_source){
		.request = request,
		.params = &params,
		.timestamp = locator_find(&rules->timestamp, request, &params, look.buffers[1]),
		.nonce = locator_find(&rules->nonce, request, &params, look.buffers[2]),
		.signature_name = verify_signature(rules),
	};
	body_hash = locator_find(&rules->body_hash, request, &params, look.buffers[3]);

	why = r == -E2BIG                          ? "too many parameters"
	      : !look.signature                    ? "no signature"
	      : !is_timely(&look, now)             ? "its timestamp is too old or too new"
	      : !is_body_covered(&look, body_hash) ? "the signature does not cover the body"
						   : NULL;
	if (why) {
		*ret_why = why;
		return VERIFY_E_REFUSED;
	}
	return try_keys(&look, keys, count, now, ret_why);
}
