/*
 * Requests by libcurl: its multi interface hung on our loop, and one request that
 * is waited for.
 *
 * Promises: a request leaves once (see the header); its callback comes once;
 * no URL, header or body is ever logged or put into an error.
 */
#include "lib/http_client.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <zlib.h>

#include "lib/clock.h"
#include "lib/url.h"
#include "lib/buffer.h"
#include "lib/cleanup.h"
#include "lib/version.h"

/* A header block over this is no answer of a gateway. */
#define HEADERS_MAX (32L * 1024)
/* Servers and balancers close idle connections after 60 s or so.  One that is closed while our
 * request is on its way makes a text unknown, so we let go of it well before. */
#define IDLE_SECONDS 30L
/* A certificate is checked at connect only; no connection outlives this. */
#define LIFETIME_SECONDS 600L
#define RETRY_AFTER_MAX  3600
/* Of holdfastd, over its own socket: a year of texts as JSON. */
#define FETCH_ANSWER_MAX (64L * 1024 * 1024)

/* One request.  Kept with its easy handle for the next one. */
struct call {
	struct http_client *http;
	CURL *easy;
	struct call *next_made, *next_idle;
	http_on_answer on_answer;
	void *userdata;
	bool live, resend;
	bool begun; /* its bytes may be on the wire */
	bool says_retry_after, says_encoding;
	hf_time started, begun_after;
	struct curl_slist *headers; /* of the request */
	size_t header_bytes;        /* of the answer */
	struct buffer answer;
};

struct http_client {
	CURLM *multi;
	struct loop *loop;
	struct loop_timer *timer; /* libcurl's one */
	struct loop_task *at_once;
	hf_time due;   /* monotonic: when libcurl wants to be called, or HF_NEVER */
	hf_time fires; /* when the timer is set to fire; never later than `due` */
	struct http_client_options options;
	struct call *made, *idle;
};

/* Every sending of a request passes here, the silent second one too. */
static int on_begin(void *userdata, char *remote, char *local, int remote_port, int local_port)
{
	struct call *call = userdata;

	(void)remote, (void)local, (void)remote_port, (void)local_port;
	if (call->begun) {
		return call->resend ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
	}

	call->begun = true;
	call->begun_after = clock_monotonic() - call->started;
	return CURL_PREREQFUNC_OK;
}

static size_t on_header(char *bytes, size_t one, size_t size, void *userdata)
{
	static const char name[] = "Retry-After:", encoding[] = "Content-Encoding:";
	struct call *call = userdata;

	if (size >= strlen(name) && strncasecmp(bytes, name, strlen(name)) == 0) {
		call->says_retry_after = true;
	}
	if (size >= strlen(encoding) && strncasecmp(bytes, encoding, strlen(encoding)) == 0) {
		call->says_encoding = true;
	}
	call->header_bytes += one * size;
	return call->header_bytes > HEADERS_MAX ? 0 : one * size;
}

static size_t on_body(char *bytes, size_t one, size_t size, void *userdata)
{
	struct call *call = userdata;

	buffer_put(&call->answer, bytes, one * size);
	return call->answer.failed ? 0 : one * size;
}

static curl_socket_t on_open(void *userdata, curlsocktype purpose, struct curl_sockaddr *address)
{
	(void)userdata, (void)purpose;
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

#define SET(option, value) (failed |= curl_easy_setopt(easy, option, value) != CURLE_OK)
#define SET_MULTI(option, value)                                                                   \
	(failed |= curl_multi_setopt(http->multi, option, value) != CURLM_OK)

/* The checklist of libcurl-security(3). */
static bool set_limits(struct call *call, CURL *easy)
{
	const struct http_client_options *options = &call->http->options;
	bool failed = false;

	SET(CURLOPT_NOSIGNAL, 1L);
	/* A call that ends while its name is still looked up leaves that thread behind.  libcurl would
	 * wait for it, and all else of ours with it, as long as dead name servers keep it. */
	SET(CURLOPT_QUICK_EXIT, 1L);
	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_PROXY, "");
	SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_USERAGENT, "holdfast/" HOLDFAST_VERSION);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	SET(CURLOPT_MAXAGE_CONN, IDLE_SECONDS);
	SET(CURLOPT_MAXLIFETIME_CONN, LIFETIME_SECONDS);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)(options->connect_timeout / 1000));
	SET(CURLOPT_TIMEOUT_MS, (long)(options->timeout / 1000));
	return !failed;
}

/* The time-out bounds a server that drips as well as one that is silent, so there is no
 * LOW_SPEED_LIMIT, which would wake us every second.  No ACCEPT_ENCODING: libcurl would then lose
 * an answer whose Content-Encoding is wrong, so what is compressed is inflated here. */
static bool set_always(struct call *call, CURL *easy)
{
	struct http_client *http = call->http;
	bool failed = !set_limits(call, easy);

	SET(CURLOPT_PRIVATE, call);
	SET(CURLOPT_UNIX_SOCKET_PATH, http->options.unix_socket);
	SET(CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
	SET(CURLOPT_BUFFERSIZE, 4096L);
	SET(CURLOPT_PREREQFUNCTION, on_begin);
	SET(CURLOPT_PREREQDATA, call);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, call);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, call);
	SET(CURLOPT_OPENSOCKETFUNCTION, on_open);
	return !failed;
}

static int call_acquire(struct http_client *http, struct call **ret_call)
{
	struct call *call = http->idle;

	if (call) {
		http->idle = take_ptr(call->next_idle);
		*ret_call = call;
		return 0;
	}

	call = calloc(1, sizeof(*call));
	if (!call) {
		return -ENOMEM;
	}
	call->http = http;
	call->answer.most = http->options.answer_max ? http->options.answer_max : HTTP_ANSWER_MAX;
	call->easy = curl_easy_init();
	if (!call->easy || !set_always(call, call->easy)) {
		curl_easy_cleanup(call->easy);
		free(call);
		return -ENOMEM;
	}

	call->next_made = http->made;
	http->made = call;
	*ret_call = call;
	return 0;
}

static void call_release(struct call *call)
{
	curl_slist_free_all(call->headers);
	call->headers = NULL;
	call->header_bytes = 0;
	call->live = call->begun = call->says_retry_after = call->says_encoding = false;
	buffer_clear(&call->answer);
	call->next_idle = call->http->idle;
	call->http->idle = call;
}

static int set_headers(struct call *call, const struct http_request *request)
{
	CURL *easy = call->easy;
	bool failed = false;

	for (const char *const *header = request->headers; header && *header; header++) {
		struct curl_slist *longer;

		if (strpbrk(*header, "\r\n")) {
			return -EINVAL;
		}
		longer = curl_slist_append(call->headers, *header);
		if (!longer) {
			return -ENOMEM;
		}
		call->headers = longer;
	}

	SET(CURLOPT_HTTPHEADER, call->headers);
	return failed ? -ENOMEM : 0;
}

/* The system's certificates stand in a file, which the blob replaces, and in a folder.  libcurl
 * keeps what it read of a file for a day; it keeps nothing of a blob. */
static bool set_ca(struct http_client *http, CURL *easy)
{
	const char *ca = http->options.ca;
	struct curl_blob blob = { (void *)ca, ca ? strlen(ca) : 0, CURL_BLOB_COPY };
	char *folder = NULL;
	bool failed = false;

	if (!ca) {
		failed |= curl_easy_getinfo(easy, CURLINFO_CAPATH, &folder) != CURLE_OK;
	}
	SET(CURLOPT_CAPATH, folder);
	SET(CURLOPT_CAINFO_BLOB, ca ? &blob : NULL);
	return !failed;
}

/* An Expect header would come with bodies over 1 MiB only: a text has none. */
static int set_request(struct call *call, const struct http_request *request)
{
	bool post = strcmp(request->method, "POST") == 0, failed;
	CURL *easy = call->easy;

	if (!url_allowed(request->url) ||
	    (!post && (strcmp(request->method, "GET") != 0 || request->body))) {
		return -EINVAL;
	}

	failed = !set_ca(call->http, easy);
	SET(CURLOPT_URL, request->url);
	SET(CURLOPT_USERNAME, request->user);
	SET(CURLOPT_PASSWORD, request->password);
	SET(post ? CURLOPT_POST : CURLOPT_HTTPGET, 1L);
	if (post) {
		SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body_size);
		SET(CURLOPT_COPYPOSTFIELDS, request->body ? request->body : "");
	}
	return failed ? -ENOMEM : set_headers(call, request);
}

int http_client_start(struct http_client *http, const struct http_request *request,
		      http_on_answer on_answer, void *userdata)
{
	struct call *call;
	int r;

	r = call_acquire(http, &call);
	if (r < 0) {
		return r;
	}
	r = set_request(call, request);
	if (r < 0) {
		call_release(call);
		return r;
	}

	call->on_answer = on_answer;
	call->userdata = userdata;
	call->resend = request->resend;
	call->started = clock_monotonic();
	if (curl_multi_add_handle(http->multi, call->easy) != CURLM_OK) {
		call_release(call);
		return -EIO;
	}

	call->live = true;
	return 0;
}

static int status(const struct call *call)
{
	long code = 0;

	(void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &code);
	return (int)code;
}

/* In 7.88 a date that has passed is negative. */
static long retry_after(const struct call *call)
{
	curl_off_t seconds = -1;

	if (!call->says_retry_after) {
		return -1;
	}

	(void)curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &seconds);
	return seconds < 0 ? 0 : seconds > RETRY_AFTER_MAX ? RETRY_AFTER_MAX : (long)seconds;
}

/* A proxy may compress what nobody asked it to, and its header may say so or not: bytes that are a whole
 * stream of gzip or deflate are that.  The limit is that of what comes out.  False where they do not fit. */
static bool inflate_answer(struct call *call)
{
	static const int windows[] = { 15 + 32, -15 }; /* gzip or zlib; deflate without a head */
	struct buffer *answer = &call->answer;
	z_stream stream = { 0 };
	char *plain = NULL;
	int r = Z_DATA_ERROR;

	if (answer->size == 0 || (answer->bytes[0] >= ' ' && !call->says_encoding)) {
		return true;
	}
	plain = malloc(answer->most + 1);
	for (size_t i = 0; plain && i < COUNT(windows) && r == Z_DATA_ERROR; i++) {
		stream = (z_stream){ .next_in = (Bytef *)answer->bytes,
				     .avail_in = (uInt)answer->size,
				     .next_out = (Bytef *)plain,
				     .avail_out = (uInt)answer->most + 1 };
		r = inflateInit2(&stream, windows[i]);
		if (r == Z_OK) {
			r = inflate(&stream, Z_FINISH);
			(void)inflateEnd(&stream);
		}
	}
	if (!plain || r != Z_DATA_ERROR) {
		buffer_clear(answer);
	}
	if (r == Z_STREAM_END) {
		buffer_put(answer, plain, stream.total_out);
	}
	free(plain);
	return plain && (r == Z_DATA_ERROR || r == Z_STREAM_END) && !answer->failed;
}

static void deliver_answer(struct call *call, CURLcode result)
{
	bool whole = result != CURLE_OK || inflate_answer(call);
	struct http_answer answer = {
		.fate = call->begun ? HTTP_LOST : HTTP_UNSENT,
		.body = call->answer.bytes ? call->answer.bytes : "",
		.body_size = call->answer.size,
		.retry_after = -1,
		.first_byte_after = call->begun ? call->begun_after : -1,
		.detail = curl_easy_strerror(result),
	};

	if (!whole) {
		answer.detail = "its compressed answer cannot be read";
	} else if (result == CURLE_OK) {
		answer.fate = HTTP_ANSWERED;
		answer.status = status(call);
		answer.retry_after = retry_after(call);
	}

	(void)curl_multi_remove_handle(call->http->multi, call->easy);
	call->on_answer(call->userdata, &answer);
	call_release(call);
}

static void socket_action(struct http_client *http, curl_socket_t fd, int flags)
{
	CURLMsg *message;
	int running, left;

	if (curl_multi_socket_action(http->multi, fd, flags, &running) != CURLM_OK) {
		loop_exit(http->loop, -EIO);
		return;
	}

	while ((message = curl_multi_info_read(http->multi, &left))) {
		struct call *call = NULL;

		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &call);
		deliver_answer(call, message->data.result);
	}
}

static void on_ready(void *userdata, int fd, uint32_t events)
{
	socket_action(userdata, fd,
		      (events & EPOLLIN ? CURL_CSELECT_IN : 0) |
			      (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
			      (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0));
}

static void on_at_once(void *userdata)
{
	socket_action(userdata, CURL_SOCKET_TIMEOUT, 0);
}

/* libcurl moves its timer several times a request.  The loop's is left as it is where it fires
 * early, and set anew here. */
static void on_time(void *userdata)
{
	struct http_client *http = userdata;
	hf_time now = clock_monotonic();

	http->fires = HF_NEVER;
	if (http->due == HF_NEVER) {
		return;
	}
	if (http->due > now) {
		http->fires = http->due;
		(void)loop_timer_set(http->timer, http->due - now);
		return;
	}

	http->due = HF_NEVER;
	socket_action(http, CURL_SOCKET_TIMEOUT, 0);
}

/* What libcurl keeps for a socket of ours is its source of the loop, until CURL_POLL_REMOVE, which
 * always comes before the descriptor is closed. */
static int on_socket(CURL *easy, curl_socket_t fd, int what, void *userdata, void *source)
{
	static const uint32_t events[] = {
		[CURL_POLL_IN] = EPOLLIN,
		[CURL_POLL_OUT] = EPOLLOUT,
		[CURL_POLL_INOUT] = EPOLLIN | EPOLLOUT,
	};
	struct http_client *http = userdata;
	struct loop_io *io = source;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		(void)loop_io_free(io);
		return 0;
	}
	if (io) {
		return loop_io_events(io, events[what]) < 0 ? -1 : 0;
	}

	if (loop_add_io(http->loop, fd, events[what], on_ready, http, &io) < 0) {
		return -1;
	}
	if (curl_multi_assign(http->multi, fd, io) != CURLM_OK) {
		(void)loop_io_free(io);
		return -1;
	}
	return 0;
}

/* Never from inside this callback, even where it is to be at once. */
static int on_timer(CURLM *multi, long timeout_ms, void *userdata)
{
	struct http_client *http = userdata;

	(void)multi;
	http->due = HF_NEVER;
	if (timeout_ms < 0) {
		return 0;
	}
	if (timeout_ms == 0) {
		return loop_task_want(http->at_once) < 0 ? -1 : 0;
	}

	http->due = clock_monotonic() + timeout_ms * 1000;
	if (http->due >= http->fires) {
		return 0;
	}
	http->fires = http->due;
	return loop_timer_set(http->timer, timeout_ms * 1000) < 0 ? -1 : 0;
}

void http_client_set_connections(struct http_client *http, unsigned most_connections)
{
	(void)curl_multi_setopt(http->multi, CURLMOPT_MAXCONNECTS, (long)most_connections);
	(void)curl_multi_setopt(http->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
				(long)most_connections);
}

void http_client_set_ca(struct http_client *http, const char *ca)
{
	http->options.ca = ca;
}

static int http_build(struct http_client *http)
{
	bool failed = false;
	int r;

	http->multi = curl_multi_init();
	http->due = http->fires = HF_NEVER;
	r = http->multi ? loop_add_timer(http->loop, on_time, http, &http->timer) : -ENOMEM;
	r = r < 0 ? r : loop_add_task(http->loop, on_at_once, http, &http->at_once);
	if (r < 0) {
		return r;
	}

	SET_MULTI(CURLMOPT_SOCKETFUNCTION, on_socket);
	SET_MULTI(CURLMOPT_SOCKETDATA, http);
	SET_MULTI(CURLMOPT_TIMERFUNCTION, on_timer);
	SET_MULTI(CURLMOPT_TIMERDATA, http);
	http_client_set_connections(http, http->options.most_connections);
	return failed ? -EIO : 0;
}

int http_client_new(struct loop *loop, const struct http_client_options *options,
		    struct http_client **ret_http)
{
	struct http_client *http = calloc(1, sizeof(*http));
	int r;

	if (!http) {
		return -ENOMEM;
	}
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		free(http);
		return -EIO;
	}

	http->loop = loop;
	http->options = *options;
	r = http_build(http);
	if (r < 0) {
		(void)http_client_free(http);
		return r;
	}

	*ret_http = http;
	return 0;
}

static void free_calls(struct http_client *http)
{
	while (http->made) {
		struct call *call = http->made;

		http->made = call->next_made;
		if (call->live) {
			(void)curl_multi_remove_handle(http->multi, call->easy);
		}
		call_release(call);
		buffer_done(&call->answer);
		curl_easy_cleanup(call->easy);
		free(call);
	}
}

struct http_client *http_client_free(struct http_client *http)
{
	if (!http) {
		return NULL;
	}

	free_calls(http);
	(void)curl_multi_cleanup(http->multi);
	http->timer = loop_timer_free(http->timer);
	http->at_once = loop_task_free(http->at_once);
	free(http);
	curl_global_cleanup();
	return NULL;
}

static int perform(struct call *call, const struct http_request *request, int *ret_status,
		   char **ret_body)
{
	CURLcode result;
	char *body;
	int r;

	r = set_request(call, request);
	if (r < 0) {
		return r;
	}

	result = curl_easy_perform(call->easy);
	if (result != CURLE_OK) {
		return call->begun ? -ETIMEDOUT : -ECONNREFUSED;
	}

	body = buffer_take(&call->answer, NULL);
	if (!body) {
		return -ENOMEM;
	}

	*ret_status = status(call);
	*ret_body = body;
	return 0;
}

int http_fetch_unix(const char *socket_path, const char *method, const char *path, const char *body,
		    int *ret_status, char **ret_body)
{
	static const char *const headers[] = { "Content-Type: application/json", NULL };
	struct http_client http = { .options = { .connect_timeout = 5 * HF_SECOND,
						 .timeout = 60 * HF_SECOND,
						 .unix_socket = socket_path,
						 .answer_max = FETCH_ANSWER_MAX } };
	struct http_request request = { .method = method,
					.headers = headers,
					.body = body,
					.body_size = body ? strlen(body) : 0 };
	_cleanup_free_ char *url = NULL;
	struct call *call;
	int r;

	if (access(socket_path, R_OK | W_OK) < 0) {
		return -errno;
	}
	if (asprintf(&url, "http://localhost%s", path) < 0) {
		return -ENOMEM;
	}
	/* A peer that went away is an error of write(2), as it is on a loop. */
	if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) {
		return -errno;
	}

	request.url = url;
	r = call_acquire(&http, &call);
	r = r ? r : perform(call, &request, ret_status, ret_body);
	free_calls(&http);
	return r;
}
