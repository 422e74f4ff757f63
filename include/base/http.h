/*
 * Requests to an SMS gateway, by libcurl's multi interface on our loop.
 *
 * Dangerous: libcurl sends a POST again by itself when a kept-alive connection
 * dies unanswered (lib/transfer.c, Curl_retry_request).  A body is therefore
 * given by a read callback that cannot be rewound, so that the library must
 * fail (CURLE_SEND_FAIL_REWIND) where it would have sent a second copy; the call ends HTTP_LOST.
 *
 * No redirects, no proxies from the environment, TLS 1.2 or better verified;
 * plain http only to loopback.  Answers over HTTP_ANSWER_MAX are HTTP_LOST.
 */
#ifndef HF_BASE_HTTP_H
#define HF_BASE_HTTP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/loop.h"

#define HTTP_ANSWER_MAX (64 * 1024)

struct http;
struct http_call;

enum http_fate {
	HTTP_ANSWERED, /* a whole answer came: status and body are set */
	HTTP_UNSENT,   /* certainly no byte of the request arrived: resolve, connect, TLS */
	HTTP_LOST,     /* it may have arrived; nobody knows */
};

struct http_options {
	unsigned most_connections; /* kept alive; more calls wait their turn in libcurl */
	hf_time connect_timeout, timeout;
	const char *ca_file; /* NULL: the system's */
};

struct http_request {
	const char *method; /* "POST", "GET" */
	const char *url;
	const char *const *headers; /* "Name: value", NULL-terminated; may be NULL */
	const char *body;           /* copied; NULL for none */
	size_t body_size;
	const char *user, *password; /* Basic; NULL for none */
	bool resend; /* the gateway knows the request by its key: libcurl may send it again */
};

struct http_answer {
	enum http_fate fate;
	int status;
	const char *body; /* NUL-terminated; gone after the callback */
	size_t body_size;
	long retry_after;         /* seconds, clamped to 0..3600; -1: none given */
	hf_time first_byte_after; /* µs from http_start to the request's first byte on the wire, -1
				     unknown */
	const char *detail;       /* for the log: libcurl's word, no URL, no secret */
};

typedef void (*http_on_answer)(void *userdata, const struct http_answer *answer);

int http_new(struct loop *loop, const struct http_options *options, struct http **ret_http);
struct http *http_free(struct http *http); /* calls under way end without their callback */

/* The callback comes later, never from inside http_start.  -EINVAL for a URL that is not allowed.
 */
int http_start(struct http *http, const struct http_request *request, http_on_answer on_answer,
	       void *userdata, struct http_call **ret_call);

/* A URL that requests may go to: https anywhere, http on 127.0.0.0/8, [::1], localhost. */
bool http_url_allowed(const char *url);

/* percent-encoding of application/x-www-form-urlencoded values.  Allocated; NULL when memory is
 * out. */
char *http_escape(const char *text, size_t size);

/* One request over a Unix socket, waiting for the answer: holdfastctl's.  0 with an allocated body,
 * -ECONNREFUSED / -ENOENT / -ETIMEDOUT where nobody answers. */
int http_fetch_unix(const char *socket_path, const char *method, const char *path, const char *body,
		    int *ret_status, char **ret_body);

#endif
