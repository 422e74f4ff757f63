/*
 * Where requests may go.  The grammar is narrower than RFC 3986 on purpose, so
 * that libcurl cannot read the same bytes as another host: a scheme, a host of
 * letters, digits, dots and hyphens or [::1], a port, and then "/" or the end.
 */
#ifndef HF_LIB_URL_H
#define HF_LIB_URL_H

#include <stdbool.h>
#include <stddef.h>

/* https anywhere, http on 127.0.0.0/8, [::1] and localhost.  No user, no control characters. */
bool url_allowed(const char *url);
/* Allowed, and goes to this machine and no other. */
bool url_on_loopback(const char *url);

/* Appends nothing and allocates nothing: writes the percent-encoding of size bytes (RFC 3986,
 * unreserved characters stay) to `to`, which holds 3 * size + 1.  Returns its length. */
size_t url_escape(const char *bytes, size_t size, char *to);

#endif
