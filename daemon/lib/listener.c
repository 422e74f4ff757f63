/*
 * HTTP by libmicrohttpd in its external epoll mode: no thread, its epoll
 * descriptor hangs on our loop.
 *
 * A connection's deadline runs while a request comes in and while an answer
 * goes out.  An exchange that is not answered within on_request is suspended.
 *
 * Dangerous: libmicrohttpd calls on_request from inside MHD_run(), and a
 * connection that is suspended at MHD_stop_daemon() is a panic, so
 * listener_free() settles what is owed first.
 */
#include "lib/listener.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/queue.h>

#include <microhttpd.h>

#include "lib/cleanup.h"
#include "lib/deadline.h"

/* What libmicrohttpd may keep for the head and the buffers of one connection. */
#define CONNECTION_MEMORY (32 * 1024)
/* After so many turns of a busy listener the other sources of the loop come first. */
#define TURNS_MAX 8

struct connection {
	struct listener *listener;
	struct deadline deadline;
};

struct listener {
	struct listener_options options;
	listener_on_request on_request;
	listener_on_gone on_gone;
	void *userdata;
	struct MHD_Daemon *daemon;
	struct loop *loop;
	struct loop_io *io;
	struct loop_task *again; /* libmicrohttpd has more to do than it was given time for */
	struct deadlines *deadlines;
	LIST_HEAD(, exchange) waiting; /* suspended */
};

static void on_connection(void *userdata, struct MHD_Connection *mhd, void **context,
			  enum MHD_ConnectionNotificationCode code)
{
	struct connection *connection = *context;
	const union MHD_ConnectionInfo *info;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (connection) {
			deadline_stop(&connection->deadline);
			free(connection);
			*context = NULL;
		}
		return;
	}

	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	connection = calloc(1, sizeof(*connection));
	if (!connection || !info) {
		/* Without a context the first request of the connection is refused. */
		free(connection);
		return;
	}

	connection->listener = userdata;
	deadline_init(&connection->deadline, connection->listener->deadlines, info->connect_fd);
	deadline_restart(&connection->deadline);
	*context = connection;
}

DEFINE_CLEANUP(struct listener *, listener_free);

/* --- what an exchange asks of us ------------------------------------------ */

static const char *find(const struct exchange *exchange, enum MHD_ValueKind kind, const char *name)
{
	return MHD_lookup_connection_value(exchange->request, kind, name);
}

static const char *find_query(const struct exchange *exchange, const char *name)
{
	return find(exchange, MHD_GET_ARGUMENT_KIND, name);
}

static const char *find_header(const struct exchange *exchange, const char *name)
{
	return find(exchange, MHD_HEADER_KIND, name);
}

static int add_header(struct MHD_Response *response, const char *line)
{
	const char *colon = strchr(line, ':');
	_cleanup_free_ char *name = NULL;

	if (!colon) {
		return -EINVAL;
	}

	name = strndup(line, (size_t)(colon - line));
	if (!name) {
		return -ENOMEM;
	}

	colon += 1 + strspn(colon + 1, " ");
	/* Refuses line breaks. */
	return MHD_add_response_header(response, name, colon) == MHD_YES ? 0 : -EINVAL;
}

static int prepare(struct exchange *exchange, int status, const char *type, const char *body,
		   size_t size, const char *const *headers)
{
	struct MHD_Response *response;
	int r;

	response = MHD_create_response_from_buffer(size, (void *)body, MHD_RESPMEM_MUST_COPY);
	if (!response) {
		return -ENOMEM;
	}

	r = MHD_add_response_header(response, "Content-Type", type) == MHD_YES ? 0 : -EINVAL;
	for (; r == 0 && headers && *headers; headers++) {
		r = add_header(response, *headers);
	}
	if (r < 0) {
		MHD_destroy_response(response);
		return r;
	}

	exchange->status = status;
	exchange->answer = response;
	return 0;
}

static void carry_out(struct exchange *exchange)
{
	struct connection *connection = exchange->connection;

	deadline_restart(&connection->deadline);
	if (exchange->waits) {
		exchange->waits = false;
		LIST_REMOVE(exchange, entry);
		MHD_resume_connection(exchange->request);
		/* Nothing on its epoll descriptor tells of the resumption. */
		(void)loop_task_want(connection->listener->again);
	}
}

static void tell_gone(struct exchange *exchange)
{
	struct connection *connection = exchange->connection;
	struct listener *listener = connection->listener;

	if (listener->on_gone) {
		listener->on_gone(listener->userdata, exchange);
	}
}

static const struct exchange_carrier carrier = {
	.find_query = find_query,
	.find_header = find_header,
	.prepare = prepare,
	.on_settled = carry_out,
	.on_gone = tell_gone,
};

/* --- what libmicrohttpd tells us ------------------------------------------ */

static void *on_request_line(void *userdata, const char *url, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct connection *connection = info ? info->socket_context : NULL;
	struct exchange *exchange;

	(void)userdata;
	if (!connection) {
		return NULL;
	}

	exchange = exchange_new(&carrier, connection->deadline.fd, url);
	if (exchange) {
		exchange->connection = connection;
		exchange->request = mhd;
	}

	return exchange;
}

static void on_completed(void *userdata, struct MHD_Connection *mhd, void **context,
			 enum MHD_RequestTerminationCode code)
{
	struct exchange *exchange = *context;
	struct connection *connection;

	(void)userdata, (void)mhd, (void)code;
	if (!exchange) {
		return;
	}

	connection = exchange->connection;
	deadline_restart(&connection->deadline);
	if (exchange->answer) {
		MHD_destroy_response(exchange->answer);
	}
	*context = exchange_free(exchange);
}

static enum MHD_Result refuse(struct exchange *exchange, int status)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result = MHD_NO;

	if (response) {
		(void)MHD_add_response_header(response, "Connection", "close");
		result = MHD_queue_response(exchange->request, (unsigned)status, response);
		MHD_destroy_response(response);
	}

	exchange->state = EXCHANGE_DONE;
	return result;
}

static enum MHD_Result begin(struct exchange *exchange, const char *method, const char *path)
{
	struct connection *connection = exchange->connection;
	int status = exchange_check(exchange, connection->listener->options.most_body);

	exchange->method = method;
	exchange->path = path;
	exchange->state = EXCHANGE_READING;
	return status > 0 ? refuse(exchange, status) : MHD_YES;
}

static enum MHD_Result take(struct exchange *exchange, const char *bytes, size_t size)
{
	static const char too_large[] = "HTTP/1.1 413 Content Too Large\r\n"
					"Content-Length: 0\r\nConnection: close\r\n\r\n";
	struct connection *connection = exchange->connection;
	int r;

	r = exchange_take(exchange, bytes, size, connection->listener->options.most_body);
	if (r == -E2BIG) {
		/* Amid a body libmicrohttpd takes no answer. */
		(void)exchange_leak(exchange, too_large, strlen(too_large));
	}

	return r < 0 ? MHD_NO : MHD_YES;
}

static enum MHD_Result finish(struct exchange *exchange)
{
	exchange->state = EXCHANGE_DONE;
	return MHD_queue_response(exchange->request, (unsigned)exchange->status, exchange->answer);
}

static enum MHD_Result ask(struct exchange *exchange)
{
	struct connection *connection = exchange->connection;
	struct listener *listener = connection->listener;

	deadline_stop(&connection->deadline);
	exchange->state = EXCHANGE_OWED;
	listener->on_request(listener->userdata, exchange);
	if (exchange->state != EXCHANGE_OWED) {
		return exchange->state == EXCHANGE_ANSWERED ? finish(exchange) : MHD_NO;
	}

	if (exchange_wait(exchange, listener->loop) < 0) {
		exchange_gone(exchange);
		return MHD_NO;
	}

	exchange->waits = true;
	LIST_INSERT_HEAD(&listener->waiting, exchange, entry);
	MHD_suspend_connection(exchange->request);
	return MHD_YES;
}

/* Comes once with the head, for every piece of the body, once at its end, and again after a
 * resumption. */
static enum MHD_Result on_access(void *userdata, struct MHD_Connection *mhd, const char *path,
				 const char *method, const char *version, const char *upload,
				 size_t *upload_size, void **context)
{
	struct exchange *exchange = *context;
	size_t size = *upload_size;

	(void)userdata, (void)mhd, (void)version;
	if (!exchange) {
		return MHD_NO;
	}

	switch (exchange->state) {
	case EXCHANGE_NEW:
		return begin(exchange, method, path);
	case EXCHANGE_READING:
		*upload_size = 0;
		return size > 0 ? take(exchange, upload, size) : ask(exchange);
	case EXCHANGE_ANSWERED:
		return finish(exchange);
	case EXCHANGE_OWED:
	case EXCHANGE_DONE:
		return MHD_YES;
	case EXCHANGE_BROKEN:
		return MHD_NO;
	}

	return MHD_NO;
}

/* --- on the loop ---------------------------------------------------------- */

/* Its one time-out is "at once" or none: the deadlines are ours.  Were it ever another (relative
 * milliseconds), to wait for its descriptor alone would be late but would not spin. */
static void listener_turn(struct listener *listener)
{
	MHD_UNSIGNED_LONG_LONG milliseconds;

	for (int i = 0; i < TURNS_MAX; i++) {
		(void)MHD_run(listener->daemon);
		if (MHD_get_timeout(listener->daemon, &milliseconds) != MHD_YES ||
		    milliseconds > 0) {
			return;
		}
	}

	(void)loop_task_want(listener->again);
}

static void on_io(void *userdata, int fd, uint32_t revents)
{
	(void)fd, (void)revents;
	listener_turn(userdata);
}

static void on_again(void *userdata)
{
	listener_turn(userdata);
}

static int listener_start(struct listener *listener, int fd)
{
	const union MHD_DaemonInfo *info;

	/* On failure libmicrohttpd may have closed fd or not; a leak is the smaller evil. */
	listener->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_access, listener,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		listener->options.most_connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_URI_LOG_CALLBACK, on_request_line,
		listener, MHD_OPTION_NOTIFY_CONNECTION, on_connection, listener,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, listener, MHD_OPTION_END);
	if (!listener->daemon) {
		return -EIO;
	}

	info = MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD);
	if (!info) {
		return -EIO;
	}

	return loop_add_io(listener->loop, info->epoll_fd, EPOLLIN, on_io, listener, &listener->io);
}

int listener_new(struct loop *loop, int fd, const struct listener_options *options,
		 listener_on_request on_request, listener_on_gone on_gone, void *userdata,
		 struct listener **ret_listener)
{
	_cleanup_(listener_freep) struct listener *listener = NULL;
	_cleanup_close_ int owned = fd;
	int r;

	listener = calloc(1, sizeof(*listener));
	if (!listener) {
		return -ENOMEM;
	}
	LIST_INIT(&listener->waiting);
	listener->loop = loop;
	listener->options = *options;
	listener->on_request = on_request;
	listener->on_gone = on_gone;
	listener->userdata = userdata;

	r = loop_add_task(loop, on_again, listener, &listener->again);
	if (r < 0) {
		return r;
	}

	r = deadlines_new(loop, options->deadline, &listener->deadlines);
	if (r < 0) {
		return r;
	}

	r = listener_start(listener, take_fd(owned));
	if (r < 0) {
		return r;
	}

	*ret_listener = take_ptr(listener);
	return 0;
}

struct listener *listener_free(struct listener *listener)
{
	struct exchange *exchange;

	if (!listener) {
		return NULL;
	}

	while ((exchange = LIST_FIRST(&listener->waiting))) {
		exchange_gone(exchange);
	}

	listener->io = loop_io_free(listener->io);
	if (listener->daemon) {
		MHD_stop_daemon(listener->daemon);
	}
	listener->again = loop_task_free(listener->again);
	listener->deadlines = deadlines_free(listener->deadlines);
	free(listener);
	return NULL;
}
