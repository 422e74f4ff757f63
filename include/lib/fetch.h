/*
 * One request over a Unix socket, waiting for the answer: holdfastctl's.
 */
#ifndef HF_LIB_FETCH_H
#define HF_LIB_FETCH_H

#define FETCH_ANSWER_MAX (64L * 1024 * 1024) /* a year of texts as JSON */

/* body NULL for GET; path begins with "/".  0 with an allocated, NUL-terminated body;
 * -ENOENT, -ECONNREFUSED, -EACCES where nobody listens, -ETIMEDOUT where no whole answer came. */
int http_fetch_unix(const char *socket_path, const char *method, const char *path, const char *body,
		    int *ret_status, char **ret_body);

#endif
