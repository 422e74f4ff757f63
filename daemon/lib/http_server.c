/*
 * HTTP by libmicrohttpd in its external epoll mode: no thread, its epoll
 * descriptor hangs on our loop.
 *
 * A connection's deadline runs while a request comes in and while an answer
 * goes out; where places run out, who has waited longest for a request goes sooner.  An exchange that is not answered within on_request is suspended.
 * Its state moves NEW, READING, OWED, then ANSWERED or BROKEN, then DONE, and
 * nowhere else; settle() is the way out of OWED, so that whoever answers late,
 * twice or after the peer has left does no harm.
 *
 * Dangerous: libmicrohttpd calls on_request from inside MHD_run(), and a
 * connection that is suspended at MHD_stop_daemon() is a panic, so
 * http_server_free() settles what is owed first.  A deadline ends before its
 * descriptor is closed, or somebody else's connection would be shut down.
 */
#include "lib/http_server.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/queue.h>
#include <sys/socket.h>

#include <microhttpd.h>

#include "lib/buffer.h"
#include "lib/cleanup.h"

/* What libmicrohttpd may keep for the head and the buffers of one connection. */
#define CONNECTION_MEMORY (32 * 1024)
/* After so many turns of a busy listener the other sources of the loop come first. */
#define TURNS_MAX 8

struct http_server {
	struct http_server_options options;
	http_server_on_request on_request;
	http_server_on_gone on_gone;
	void *userdata;
	struct MHD_Daemon *daemon;
	struct loop *loop;
	struct loop_io *io;
	struct loop_task *again;       /* libmicrohttpd has more to do than it was given time for */
	LIST_HEAD(, exchange) waiting; /* suspended */
	unsigned open;                 /* connections */
	/* Those of which no whole request is there; who has waited longest is first. */
	TAILQ_HEAD(, connection) incoming;
};

struct connection {
	struct http_server *listener;
	int fd; /* libmicrohttpd's */
	struct loop_timer *deadline;
	bool is_incoming; /* in the listener's list */
	bool has_head;    /* of the request that is coming */
	TAILQ_ENTRY(connection) entry;
};

enum exchange_state {
	EXCHANGE_NEW,      /* the request line was read */
	EXCHANGE_READING,  /* the head was, the body is coming */
	EXCHANGE_OWED,     /* somebody was asked for the answer */
	EXCHANGE_ANSWERED, /* the answer waits to be sent */
	EXCHANGE_BROKEN,   /* the connection is to be closed */
	EXCHANGE_DONE,     /* nothing is left to do */
};

struct exchange {
	struct connection *connection;
	struct MHD_Connection *mhd;
	struct MHD_Response *answer;
	int status;
	enum exchange_state state;
	bool waits;                /* suspended, and in the listener's list */
	const char *method, *path; /* libmicrohttpd's */
	char *raw_url;
	struct buffer body;
	struct loop_io *watch; /* for the peer's leaving, while it waits */
	LIST_ENTRY(exchange) entry;
};

DEFINE_CLEANUP(struct http_server *, http_server_free);

/* --- connections ----------------------------------------------------------- */

static void restart_deadline(struct connection *connection)
{
	(void)loop_timer_set(connection->deadline, connection->listener->options.deadline);
}

/* Whoever owns the descriptor then reads the end of the stream. */
static void on_deadline(void *userdata)
{
	struct connection *connection = userdata;

	(void)shutdown(connection->fd, SHUT_RDWR);
}

/* No request is coming: one is there, or its end is near. */
static void leave_incoming(struct connection *connection)
{
	if (connection->is_incoming) {
		TAILQ_REMOVE(&connection->listener->incoming, connection, entry);
		connection->is_incoming = false;
	}
}

static void await_request(struct connection *connection)
{
	leave_incoming(connection);
	TAILQ_INSERT_TAIL(&connection->listener->incoming, connection, entry);
	connection->is_incoming = true;
	connection->has_head = false;
	restart_deadline(connection);
}

/* Whoever takes up places and says nothing must not keep out who has something to say: the connection
 * that has waited longest for its head is closed, else for its body. */
static void make_room(struct http_server *listener)
{
	struct connection *longest;

	TAILQ_FOREACH(longest, &listener->incoming, entry)
	{
		if (!longest->has_head) {
			break;
		}
	}
	longest = longest ? longest : TAILQ_FIRST(&listener->incoming);
	if (longest) {
		leave_incoming(longest);
		(void)shutdown(longest->fd, SHUT_RDWR);
	}
}

static struct connection *connection_free(struct connection *connection)
{
	if (connection) {
		leave_incoming(connection);
		connection->deadline = loop_timer_free(connection->deadline);
		free(connection);
	}
	return NULL;
}

DEFINE_CLEANUP(struct connection *, connection_free);

/* Without a context the first request of the connection is refused. */
static void on_connection(void *userdata, struct MHD_Connection *mhd, void **context,
			  enum MHD_ConnectionNotificationCode code)
{
	_cleanup_(connection_freep) struct connection *connection = NULL;
	const union MHD_ConnectionInfo *info;
	struct http_server *listener = userdata;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		/* Where all places were taken, libmicrohttpd lets the next one in at its next turn. */
		if (listener->open-- > listener->options.most_connections) {
			(void)loop_task_want(listener->again);
		}
		*context = connection_free(*context);
		return;
	}
	if (listener->open++ >= listener->options.most_connections) {
		make_room(listener);
	}

	info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
	connection = calloc(1, sizeof(*connection));
	if (!connection || !info ||
	    loop_add_timer(listener->loop, on_deadline, connection, &connection->deadline) < 0) {
		return;
	}

	connection->listener = listener;
	connection->fd = info->connect_fd;
	await_request(connection);
	*context = take_ptr(connection);
}

/* --- what was asked -------------------------------------------------------- */

const char *exchange_method(const struct exchange *exchange)
{
	return exchange->method;
}

const char *exchange_path(const struct exchange *exchange)
{
	return exchange->path;
}

const char *exchange_raw_url(const struct exchange *exchange)
{
	return exchange->raw_url;
}

const char *exchange_query(const struct exchange *exchange, const char *name)
{
	return MHD_lookup_connection_value(exchange->mhd, MHD_GET_ARGUMENT_KIND, name);
}

const char *exchange_header(const struct exchange *exchange, const char *name)
{
	return MHD_lookup_connection_value(exchange->mhd, MHD_HEADER_KIND, name);
}

const char *exchange_body(const struct exchange *exchange, size_t *ret_size)
{
	if (ret_size) {
		*ret_size = exchange->body.size;
	}

	return exchange->body.bytes ? exchange->body.bytes : "";
}

int exchange_peer(const struct exchange *exchange, uid_t *ret_uid, pid_t *ret_pid)
{
	struct ucred who;
	socklen_t size = sizeof(who);
	int domain = 0;
	socklen_t domain_size = sizeof(domain);

	/* TCP would answer with uid -1. */
	if (getsockopt(exchange->connection->fd, SOL_SOCKET, SO_DOMAIN, &domain, &domain_size) <
	    0) {
		return -errno;
	}
	if (domain != AF_UNIX) {
		return -ENOTSUP;
	}

	if (getsockopt(exchange->connection->fd, SOL_SOCKET, SO_PEERCRED, &who, &size) < 0) {
		return -errno;
	}

	*ret_uid = who.uid;
	*ret_pid = who.pid;
	return 0;
}

/* --- the answer ------------------------------------------------------------ */

/* It is ANSWERED or BROKEN from here on. */
static void settle(struct exchange *exchange, enum exchange_state state)
{
	exchange->state = state;
	exchange->watch = loop_io_free(exchange->watch);
	restart_deadline(exchange->connection);
	if (exchange->waits) {
		exchange->waits = false;
		LIST_REMOVE(exchange, entry);
		MHD_resume_connection(exchange->mhd);
		/* Nothing on its epoll descriptor tells of the resumption. */
		(void)loop_task_want(exchange->connection->listener->again);
	}
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

static int new_response(const char *type, const char *body, size_t size, const char *const *headers,
			struct MHD_Response **ret_response)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(size, (void *)body, MHD_RESPMEM_MUST_COPY);
	int r;

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

	*ret_response = response;
	return 0;
}

int exchange_answer(struct exchange *exchange, int status, const char *type, const char *body,
		    size_t size, const char *const *headers)
{
	int r;

	if (exchange->state != EXCHANGE_OWED) {
		return -EALREADY;
	}

	exchange->status = status;
	r = new_response(type ? type : "application/json", body, size, headers, &exchange->answer);
	settle(exchange, r < 0 ? EXCHANGE_BROKEN : EXCHANGE_ANSWERED);
	return r;
}

int exchange_leak(struct exchange *exchange, const char *bytes, size_t size)
{
	static const int no = 0, yes = 1;
	int fd = exchange->connection->fd;
	ssize_t sent;

	/* The library may have corked a TCP socket; a Unix socket has no such
	 * options. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_CORK, &no, sizeof(no));
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));

	sent = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (sent < 0) {
		return -errno;
	}

	return (size_t)sent == size ? 0 : -EAGAIN;
}

int exchange_break(struct exchange *exchange, const char *bytes, size_t size, int reset)
{
	/* connect(2) to AF_UNSPEC dissolves a TCP connection, and the kernel tells
	 * the peer by RST. SO_LINGER would be too late: the library sends FIN before
	 * it closes. */
	static const struct sockaddr nowhere = { .sa_family = AF_UNSPEC };
	int fd = exchange->connection->fd, r = 0;

	if (exchange->state != EXCHANGE_OWED) {
		return -EALREADY;
	}

	if (size > 0) {
		r = exchange_leak(exchange, bytes, size);
	}
	if (!reset || connect(fd, &nowhere, sizeof(nowhere)) < 0) {
		(void)shutdown(fd, SHUT_RDWR);
	}

	settle(exchange, EXCHANGE_BROKEN);
	return r;
}

/* Nobody wants the answer any more. */
static void exchange_gone(struct exchange *exchange)
{
	struct http_server *listener = exchange->connection->listener;

	settle(exchange, EXCHANGE_BROKEN);
	if (listener->on_gone) {
		listener->on_gone(listener->userdata, exchange);
	}
}

static void on_peer_left(void *userdata, int fd, uint32_t revents)
{
	(void)fd, (void)revents;
	exchange_gone(userdata);
}

/* --- what libmicrohttpd tells us ------------------------------------------ */

static struct exchange *exchange_free(struct exchange *exchange)
{
	if (!exchange) {
		return NULL;
	}

	if (exchange->answer) {
		MHD_destroy_response(exchange->answer);
	}
	exchange->watch = loop_io_free(exchange->watch);
	free(exchange->raw_url);
	buffer_done(&exchange->body);
	free(exchange);
	return NULL;
}

DEFINE_CLEANUP(struct exchange *, exchange_free);

static void *on_request_line(void *userdata, const char *url, struct MHD_Connection *mhd)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	_cleanup_(exchange_freep) struct exchange *exchange = NULL;

	(void)userdata;
	if (!info || !info->socket_context) {
		return NULL;
	}

	exchange = calloc(1, sizeof(*exchange));
	if (!exchange) {
		return NULL;
	}
	exchange->connection = info->socket_context;
	exchange->mhd = mhd;
	exchange->body.most = exchange->connection->listener->options.most_body;
	exchange->raw_url = strdup(url);
	return exchange->raw_url ? take_ptr(exchange) : NULL;
}

static void on_completed(void *userdata, struct MHD_Connection *mhd, void **context,
			 enum MHD_RequestTerminationCode code)
{
	struct exchange *exchange = *context;

	(void)userdata, (void)mhd, (void)code;
	if (exchange) {
		await_request(exchange->connection);
		*context = exchange_free(exchange);
	}
}

static enum MHD_Result refuse(struct exchange *exchange, int status)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result = MHD_NO;

	if (response) {
		(void)MHD_add_response_header(response, "Connection", "close");
		result = MHD_queue_response(exchange->mhd, (unsigned)status, response);
		MHD_destroy_response(response);
	}

	exchange->state = EXCHANGE_DONE;
	return result;
}

/* Two framings at once, or one that we do not know, are how a request is smuggled past a proxy (RFC
 * 9112, 6.1); a NUL in a URL would hide what follows it from every comparison. */
static enum MHD_Result read_head(struct exchange *exchange, const char *method, const char *path)
{
	const char *length = exchange_header(exchange, "Content-Length");
	const char *coding = exchange_header(exchange, "Transfer-Encoding");

	const char *nul = strstr(exchange->raw_url, "%00");
	const char *query = strchr(exchange->raw_url, '?');
	bool hides =
		nul && !(exchange->connection->listener->options.raw_query && query && query < nul);

	exchange->method = method;
	exchange->path = path;
	exchange->state = EXCHANGE_READING;
	exchange->connection->has_head = true;
	if (hides || (length && coding) || (coding && strcasecmp(coding, "chunked") != 0)) {
		return refuse(exchange, 400);
	}
	if (length &&
	    strtoull(length, NULL, 10) > exchange->connection->listener->options.most_body) {
		return refuse(exchange, 413);
	}

	return MHD_YES;
}

static enum MHD_Result read_body(struct exchange *exchange, const char *bytes, size_t size)
{
	static const char too_large[] = "HTTP/1.1 413 Content Too Large\r\n"
					"Content-Length: 0\r\nConnection: close\r\n\r\n";
	size_t most = exchange->connection->listener->options.most_body;

	if (size > most - exchange->body.size) {
		/* Amid a body libmicrohttpd takes no answer. */
		(void)exchange_leak(exchange, too_large, strlen(too_large));
		return MHD_NO;
	}

	buffer_put(&exchange->body, bytes, size);
	return exchange->body.failed ? MHD_NO : MHD_YES;
}

static enum MHD_Result send_answer(struct exchange *exchange)
{
	exchange->state = EXCHANGE_DONE;
	return MHD_queue_response(exchange->mhd, (unsigned)exchange->status, exchange->answer);
}

static enum MHD_Result hand_to_handler(struct exchange *exchange)
{
	struct connection *connection = exchange->connection;
	struct http_server *listener = connection->listener;

	(void)loop_timer_set(connection->deadline, HF_NEVER);
	leave_incoming(connection);
	exchange->state = EXCHANGE_OWED;
	listener->on_request(listener->userdata, exchange);
	if (exchange->state != EXCHANGE_OWED) {
		return exchange->state == EXCHANGE_ANSWERED ? send_answer(exchange) : MHD_NO;
	}

	/* It stays owed for a while: from now on the peer's leaving is noticed. */
	if (loop_add_io(listener->loop, connection->fd, EPOLLRDHUP, on_peer_left, exchange,
			&exchange->watch) < 0) {
		exchange_gone(exchange);
		return MHD_NO;
	}

	exchange->waits = true;
	LIST_INSERT_HEAD(&listener->waiting, exchange, entry);
	MHD_suspend_connection(exchange->mhd);
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
		return read_head(exchange, method, path);
	case EXCHANGE_READING:
		*upload_size = 0;
		return size > 0 ? read_body(exchange, upload, size) : hand_to_handler(exchange);
	case EXCHANGE_ANSWERED:
		return send_answer(exchange);
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
static void listener_turn(struct http_server *listener)
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

static int listener_start(struct http_server *listener, int fd)
{
	const union MHD_DaemonInfo *info;

	/* One place more, where the next is let in before another goes.  On failure libmicrohttpd may have closed fd or not; a leak is the smaller evil. */
	listener->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_access, listener,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
		listener->options.most_connections + 1, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
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

int http_server_new(struct loop *loop, int fd, const struct http_server_options *options,
		    http_server_on_request on_request, http_server_on_gone on_gone, void *userdata,
		    struct http_server **ret_listener)
{
	_cleanup_(http_server_freep) struct http_server *listener = NULL;
	_cleanup_close_ int owned = fd;
	int r;

	listener = calloc(1, sizeof(*listener));
	if (!listener) {
		return -ENOMEM;
	}
	LIST_INIT(&listener->waiting);
	TAILQ_INIT(&listener->incoming);
	listener->loop = loop;
	listener->options = *options;
	listener->on_request = on_request;
	listener->on_gone = on_gone;
	listener->userdata = userdata;

	r = loop_add_task(loop, on_again, listener, &listener->again);
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

struct http_server *http_server_free(struct http_server *listener)
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
	free(listener);
	return NULL;
}
