/*
 * Requests to an SMS gateway, by libcurl's multi interface on our loop.
 *
 * Dangerous: libcurl sends a request again by itself when a kept-alive
 * connection dies unanswered (lib/transfer.c, Curl_retry_request), a POST too.
 * Every sending passes CURLOPT_PREREQFUNCTION, which refuses the second one; the
 * call ends HTTP_LOST.  The same mark says what HTTP_UNSENT means: a call that
 * never came so far has sent nothing.
 *
 * No redirects, no proxies from the environment, TLS 1.2 or better verified;
 * plain http only to loopback (lib/url).  Answers over HTTP_ANSWER_MAX are HTTP_LOST.
 */
#ifndef HF_LIB_HTTP_CLIENT_H
#define HF_LIB_HTTP_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/loop.h"

#define HTTP_ANSWER_MAX (64L * 1024)

struct http_client;

enum http_fate {
	HTTP_ANSWERED, /* a whole answer came: status and body are set */
	HTTP_UNSENT,   /* certainly no byte of the request arrived: resolve, connect, TLS */
	HTTP_LOST,     /* it may have arrived; nobody knows */
};

/* Strings stay the caller's and outlive the struct http_client. */
struct http_client_options {
	unsigned most_connections; /* kept alive; more calls wait their turn in libcurl */
	hf_time connect_timeout, timeout;
	const char *ca;          /* certificates to trust instead of the system's, PEM; or NULL */
	const char *unix_socket; /* connect here, whatever the URL's host is; NULL for none */
	size_t answer_max;       /* 0: HTTP_ANSWER_MAX */
};

struct http_request {
	const char *method; /* "POST", or "GET" without a body */
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
	hf_time first_byte_after; /* µs from http_client_start to the request's first byte on the wire, -1
				     unknown */
	const char *detail; /* for the log: libcurl's word, no URL, no secret */
};

typedef void (*http_on_answer)(void *userdata, const struct http_answer *answer);

int http_client_new(struct loop *loop, const struct http_client_options *options,
		    struct http_client **ret_http);
/* Calls under way end without their callback.  Not from inside one. */
struct http_client *http_client_free(struct http_client *http);
void http_client_set_connections(struct http_client *http, unsigned most_connections);
/* For calls that begin from here on; as the option of this name. */
void http_client_set_ca(struct http_client *http, const char *ca);

/* The callback comes later, never from inside http_client_start.  -EINVAL for a URL that is not allowed,
 * another method, or a header with a line break in it. */
int http_client_start(struct http_client *http, const struct http_request *request,
		      http_on_answer on_answer, void *userdata);

/* One request over a Unix socket, waiting for the answer: holdfastctl's.  body NULL for GET; path
 * begins with "/".  0 with an allocated, NUL-terminated body of 64 MiB at most; -ENOENT,
 * -ECONNREFUSED, -EACCES where nobody listens, -ETIMEDOUT where no whole answer came. */
int http_fetch_unix(const char *socket_path, const char *method, const char *path, const char *body,
		    int *ret_status, char **ret_body);

#endif
