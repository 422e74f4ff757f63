/*
 * The routes, and their way onto HTTP.
 *
 * Promises: every request gets an answer in JSON; a wrong path is 404, a wrong
 * method 405, and what the daemon itself cannot do is 503 without a word about
 * clients.  Dangerous: whoever may connect may ask for everything, so that
 * the socket's mode and group are the lock (holdfast-api.socket).
 */
#include "staff/api.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "lib/text.h"
#include "lib/log.h"
#include "staff/routes.h"

#define CONNECTIONS_MAX 32
#define DEADLINE        (10 * HF_SECOND)

#define BOTH_METHODS "GET, POST"

struct route {
	const char *method, *path; /* a star stands for one name */
	route_answer *answer;
};

static const struct route routes[] = {
	{ "GET", "/v1/status", get_status },
	{ "GET", "/v1/clients", get_clients },
	{ "GET", "/v1/clients/*", get_client },
	{ "POST", "/v1/clients/*/pause", post_pause },
	{ "POST", "/v1/clients/*/resume", post_resume },
	{ "POST", "/v1/clients/*/stop", post_stop },
	{ "POST", "/v1/clients/*/setback", post_setback },
	{ "GET", "/v1/clients/*/consent", get_consent },
	{ "POST", "/v1/clients/*/consent", post_consent },
	{ "GET", "/v1/clients/*/number", get_number },
	{ "GET", "/v1/clients/*/story", get_story },
	{ "POST", "/v1/clients/*/reply", post_reply },
	{ "GET", "/v1/inbox", get_inbox },
	{ "GET", "/v1/webhooks", get_webhooks },
	{ "GET", "/v1/messages", get_messages },
	{ "GET", "/v1/messages/*/history", get_message_history },
	{ "POST", "/v1/messages/*/settle", post_message_settle },
	{ "GET", "/v1/cases", get_cases },
	{ "GET", "/v1/cases/*", get_case },
	{ "POST", "/v1/cases/*/ack", post_case_ack },
	{ "POST", "/v1/cases/*/attempt", post_case_attempt },
	{ "POST", "/v1/cases/*/close", post_case_close },
	{ "GET", "/v1/preview", get_preview },
	{ "POST", "/v1/send", post_send },
	{ "POST", "/v1/reload", post_reload },
	{ "POST", "/v1/confirm", post_confirm },
};

struct api {
	struct api_host host;
	struct http_server *listener;
};

/* Does the path fit, and what stands for the star? */
static bool route_fits(const struct route *route, const char *path, char id[REQUEST_ID_MAX])
{
	const char *star = strchr(route->path, '*');
	size_t head = star ? (size_t)(star - route->path) : 0;
	size_t length;

	if (!star) {
		return strcmp(route->path, path) == 0;
	}
	if (strncmp(route->path, path, head) != 0) {
		return false;
	}

	length = strcspn(path + head, "/");
	if (length == 0 || length >= REQUEST_ID_MAX ||
	    strcmp(path + head + length, star + 1) != 0) {
		return false;
	}
	memcpy(id, path + head, length);
	id[length] = '\0';
	return true;
}

static int answer(const struct api_host *host, struct request *request, struct reply *reply)
{
	/* A path may be said again in the answer. */
	if (!text_is_utf8(request->path)) {
		return reply_error(reply, 400, "the path is not UTF-8");
	}
	for (size_t i = 0; i < COUNT(routes); i++) {
		if (!route_fits(&routes[i], request->path, request->id)) {
			continue;
		}
		if (strcmp(routes[i].method, request->method) == 0) {
			reply->allow = NULL;
			return routes[i].answer(host, request, reply);
		}
		reply->allow = reply->allow ? BOTH_METHODS : routes[i].method;
	}
	if (reply->allow) {
		return reply_error(reply, 405, "%s is the method here", reply->allow);
	}

	return reply_error(reply, 404, "nothing is here; see holdfastctl --help");
}

int api_answer(const struct api_host *host, struct request *request, struct reply *reply)
{
	int r = answer(host, request, reply);

	if (r > 0 && r != REPLY_REFUSED) {
		return -EINVAL;
	}
	return r < 0 ? r : 0;
}

static const char *find_in_exchange(const void *userdata, const char *name)
{
	return exchange_query(userdata, name);
}

static void send_reply(struct exchange *exchange, const struct reply *reply)
{
	char allow[sizeof("Allow: " BOTH_METHODS) + REQUEST_METHOD_MAX] = "";
	const char *headers[] = { "Cache-Control: no-store", reply->allow ? allow : NULL, NULL };
	_cleanup_free_ char *body = NULL;
	size_t size = 0;

	(void)snprintf(allow, sizeof(allow), "Allow: %s", reply->allow ? reply->allow : "");
	body = json_write(reply->json, &size);
	if (!body) {
		(void)exchange_answer(exchange, 503, NULL, "{}", 2, NULL);
		return;
	}

	(void)exchange_answer(exchange, reply->status, NULL, body, size, headers);
}

static void on_request(void *userdata, struct exchange *exchange)
{
	struct api *api = userdata;
	_cleanup_(reply_done) struct reply reply = { 0 };
	struct request request = { .method = exchange_method(exchange),
				   .path = exchange_path(exchange),
				   .find = find_in_exchange,
				   .userdata = exchange,
				   .uid = (uid_t)-1 };
	pid_t pid;
	int r;

	request.body = exchange_body(exchange, &request.body_size);
	(void)exchange_peer(exchange, &request.uid, &pid);
	r = api_answer(&api->host, &request, &reply);
	if (r < 0) {
		/* Whoever asked learns that it failed, the journal why. */
		log_error("a request of staff could not be answered: %s", strerror(-r));
		reply_done(&reply);
		(void)reply_error(&reply, 503, "holdfastd could not do it (%s); see its journal",
				  strerror(-r));
	}
	send_reply(exchange, &reply);
}

int api_new(struct loop *loop, int fd, const struct api_host *host, struct api **ret_api)
{
	static const struct http_server_options options = { .most_connections = CONNECTIONS_MAX,
							    .most_body = SEND_BODY_MAX,
							    .deadline = DEADLINE };
	struct api *api = calloc(1, sizeof(*api));
	int r;

	if (!api) {
		(void)close(fd);
		return -ENOMEM;
	}
	api->host = *host;
	r = http_server_new(loop, fd, &options, on_request, NULL, api, &api->listener);
	if (r < 0) {
		(void)api_free(api);
		return r;
	}

	*ret_api = api;
	return 0;
}

struct api *api_free(struct api *api)
{
	if (api) {
		api->listener = http_server_free(api->listener);
		free(api);
	}
	return NULL;
}
