/*
 * The bytes that a gateway signs, put together from a webhook by the pieces
 * of a preset's `signed` (courier/verify.h has their names).
 */
#ifndef HF_COURIER_SIGNED_H
#define HF_COURIER_SIGNED_H

#include "courier/place.h"
#include "courier/template.h"

/* NULL-terminated, for template_compile(). */
extern const char *const signed_names[];

struct signed_source {
	const struct hook *hook;
	const struct hook_params *params;
	const char *url;               /* as it is taken to be signed */
	const char *timestamp, *nonce; /* NULL: not given */
	const char *signature_name;    /* the parameter that is not signed itself; NULL for none */
};

/* Puts them into the buffer.  0 or -errno. */
int signed_write(const struct template *template, const struct signed_source *source,
		 struct buffer *buffer);

/* Is the address that the gateway calls among what it signs? */
bool signed_uses_url(const struct template *template);

#endif
