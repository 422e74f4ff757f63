/*
 * One request over a Unix socket, on a loop of its own.
 */
#include "lib/fetch.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "lib/http.h"
#include "lib/cleanup.h"

struct fetch {
	struct loop *loop;
	enum http_fate fate;
	int status;
	char *body;
};

static void on_answer(void *userdata, const struct http_answer *answer)
{
	struct fetch *fetch = userdata;

	fetch->fate = answer->fate;
	fetch->status = answer->status;
	fetch->body = strndup(answer->body, answer->body_size);
	loop_exit(fetch->loop, 0);
}

static int start(struct http *http, const char *method, const char *path, const char *body,
		 struct fetch *fetch)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	_cleanup_free_ char *url = NULL;

	if (asprintf(&url, "http://localhost%s", path) < 0) {
		return -ENOMEM;
	}

	const struct http_request request = {
		.method = method,
		.url = url,
		.headers = headers,
		.body = body,
		.body_size = body ? strlen(body) : 0,
	};

	return http_start(http, &request, on_answer, fetch);
}

static int run(const char *socket_path, const char *method, const char *path, const char *body,
	       struct fetch *fetch)
{
	const struct http_options options = {
		.most_connections = 1,
		.connect_timeout = 5 * HF_SECOND,
		.timeout = 60 * HF_SECOND,
		.unix_socket = socket_path,
		.answer_max = FETCH_ANSWER_MAX,
	};
	struct http *http = NULL;
	int r;

	r = http_new(fetch->loop, &options, &http);
	if (r < 0) {
		return r;
	}
	r = start(http, method, path, body, fetch);
	if (r == 0) {
		r = loop_run(fetch->loop);
	}

	http_free(http);
	return r;
}

int http_fetch_unix(const char *socket_path, const char *method, const char *path, const char *body,
		    int *ret_status, char **ret_body)
{
	struct fetch fetch = { .fate = HTTP_UNSENT };
	_cleanup_free_ char *answer = NULL;
	int r;

	if (access(socket_path, R_OK | W_OK) < 0) {
		return -errno;
	}
	r = loop_new(&fetch.loop);
	if (r < 0) {
		return r;
	}
	r = run(socket_path, method, path, body, &fetch);
	loop_free(fetch.loop);
	answer = fetch.body;
	if (r < 0) {
		return r;
	}
	if (fetch.fate != HTTP_ANSWERED) {
		return fetch.fate == HTTP_UNSENT ? -ECONNREFUSED : -ETIMEDOUT;
	}
	if (!answer) {
		return -ENOMEM;
	}

	*ret_status = fetch.status;
	*ret_body = take_ptr(answer);
	return 0;
}
