/*
 * What is signed.
 *
 * Dangerous: each gateway sorts, joins and encodes in its own way, and what one
 * byte differs in never fits.  The vendors' own vectors are the test.
 */
#include "courier/signed.h"

#include <errno.h>
#include <string.h>

#include "lib/crypto.h"
#include "lib/url.h"

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

const char *const signed_names[] = {
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

static int put_body_hash(const struct hook *hook, struct buffer *buffer)
{
	struct crypto_digest digest;
	int r = crypto_digest(CRYPTO_SHA256, hook->body, hook->body_size, &digest);

	if (r == 0) {
		buffer_put(buffer, (const char *)digest.bytes, digest.size);
	}
	return r;
}

static int put_piece(enum piece piece, const struct signed_source *source, struct buffer *buffer)
{
	switch (piece) {
	case PIECE_BODY:
		buffer_put(buffer, source->hook->body, source->hook->body_size);
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
		return put_body_hash(source->hook, buffer);
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

bool signed_uses_url(const struct template *template)
{
	return template_uses(template, PIECE_URL) || template_uses(template, PIECE_BASE) ||
	       template_uses(template, PIECE_PLIVO);
}

int signed_write(const struct template *template, const struct signed_source *source,
		 struct buffer *buffer)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < template->count; i++) {
		const struct template_piece *piece = &template->pieces[i];

		if (piece->literal) {
			buffer_put_text(buffer, piece->literal);
		} else {
			r = put_piece((enum piece)piece->value, source, buffer);
		}
	}
	return r ? r : buffer->failed ? -E2BIG : 0;
}
