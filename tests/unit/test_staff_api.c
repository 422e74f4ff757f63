/* The staff's door over a real socket: routes, wrong ones, and what a stranger would try. */
#include <sys/socket.h>
#include <sys/un.h>

#include "test.h"
#include "staff_rig.h"

#include "lib/socket.h"
#include "staff/api.h"
#include "staff/routes.h"

struct door {
	struct rig *rig;
	struct loop *loop;
	struct api *api;
	char dir[32], path[64];
};

static int door_setup(void **state)
{
	struct door *door = calloc(1, sizeof(*door));
	void *rig = NULL;
	int fd = -1;

	assert_non_null(door);
	assert_int_equal(rig_setup(&rig), 0);
	door->rig = rig;
	(void)strcpy(door->dir, "/tmp/holdfast-XXXXXX");
	assert_non_null(mkdtemp(door->dir));
	(void)snprintf(door->path, sizeof(door->path), "%s/api.sock", door->dir);
	assert_int_equal(loop_new(&door->loop), 0);
	assert_int_equal(socket_listen_unix(door->path, 0660, &fd), 0);
	assert_int_equal(api_new(door->loop, fd, &door->rig->host, &door->api), 0);
	*state = door;
	return 0;
}

static int door_teardown(void **state)
{
	struct door *door = *state;
	void *rig = door->rig;

	door->api = api_free(door->api);
	door->loop = loop_free(door->loop);
	(void)unlink(door->path);
	(void)rmdir(door->dir);
	free(door);
	return rig_teardown(&rig);
}

static int door_connect(const struct door *door)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", door->path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* Sends bytes as they are and reads until the door closes or a whole answer is there. */
static void door_raw(const struct door *door, const char *bytes, size_t size, char *answer,
		     size_t room)
{
	_cleanup_close_ int fd = door_connect(door);
	size_t used = 0;

	assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
	for (int i = 0; i < 500 && used < room - 1; i++) {
		ssize_t got;

		(void)loop_turn(door->loop, 10L * 1000);
		got = recv(fd, answer + used, room - 1 - used, 0);
		if (got == 0) {
			break;
		}
		used += got > 0 ? (size_t)got : 0;
	}
	answer[used] = '\0';
}

/* The status of the answer, 0 where there was none.  The connection is closed by the door. */
static int door_ask(const struct door *door, const char *method, const char *path, const char *body,
		    char *answer, size_t room)
{
	char request[4096];
	int size = snprintf(request, sizeof(request),
			    "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: %zu"
			    "\r\n\r\n%s",
			    method, path, strlen(body), body);
	int status = 0;

	door_raw(door, request, (size_t)size, answer, room);
	(void)sscanf(answer, "HTTP/1.1 %d", &status);
	return status;
}

static const struct {
	const char *method, *path, *body;
	int status;
} routes[] = {
	{ "GET", "/v1/status", "", 200 },
	{ "GET", "/v1/clients", "", 200 },
	{ "GET", "/v1/clients?limit=1&names=1", "", 200 },
	{ "GET", "/v1/clients/r-1042", "", 200 },
	{ "GET", "/v1/clients/r%2D1042", "", 200 },
	{ "GET", "/v1/clients/r-1", "", 404 },
	{ "GET", "/v1/clients/", "", 404 },
	{ "GET", "/v1/clients/r-1042/x", "", 404 },
	{ "GET", "/v1/clients/r-1042/pause", "", 405 },
	{ "POST", "/v1/clients/r-1061/resume", "{\"why\":\"w\"}", 409 },
	{ "POST", "/v1/clients/r-1061/pause", "{\"why\":\"w\"}", 200 },
	{ "POST", "/v1/clients/r-1057/stop", "{\"why\":\"w\"}", 200 },
	{ "POST", "/v1/clients/r-1057/stop", "", 400 },
	{ "GET", "/v1/clients/r-1042/consent", "", 200 },
	{ "POST", "/v1/clients/r-1042/consent", "{\"why\":\"w\"}", 400 },
	{ "DELETE", "/v1/clients/r-1042/consent", "", 405 },
	{ "GET", "/v1/clients/r-1042/number", "", 200 },
	{ "GET", "/v1/clients/r-1042/story?text=1", "", 200 },
	{ "POST", "/v1/clients/r-1042/story", "", 405 },
	{ "POST", "/v1/clients/r-1042/setback", "{\"why\":\"w\"}", 200 },
	{ "POST", "/v1/clients/r-1042/reply", "{\"text\":\"a\"}", 200 },
	{ "GET", "/v1/clients/r-1042/reply", "", 405 },
	{ "GET", "/v1/inbox?unread=1&client=r-1042", "", 200 },
	{ "GET", "/v1/inbox?since=%01", "", 400 },
	{ "POST", "/v1/inbox", "", 405 },
	{ "GET", "/v1/messages", "", 200 },
	{ "GET", "/v1/messages?since=2026-11-23%2008:00", "", 200 },
	{ "GET", "/v1/messages?state=%01", "", 400 },
	{ "GET", "/v1/messages/1/history", "", 200 },
	{ "GET", "/v1/messages//history", "", 404 },
	{ "GET", "/v1/preview", "", 200 },
	{ "GET", "/v1/preview?from=2026-11-24%2008:00&days=3", "", 200 },
	{ "GET", "/v1/preview?from=%01", "", 400 },
	{ "POST", "/v1/preview", "", 405 },
	{ "POST", "/v1/reload", "", 200 },
	{ "POST", "/v1/confirm", "", 409 },
	{ "POST", "/v1/send", "{\"client\":\"r-1042\",\"text\":\"a\"}", 200 },
	{ "POST", "/v1/send", "x", 400 },
	{ "GET", "/v1/send", "", 405 },
	{ "GET", "/v1/reload", "", 405 },
	{ "POST", "/v1/status", "", 405 },
	{ "DELETE", "/v1/clients/r-1042", "", 405 },
	{ "GET", "/", "", 404 },
	{ "GET", "/v1", "", 404 },
	{ "GET", "/v2/status", "", 404 },
	{ "GET", "/v1/clients/%FF", "", 400 },
	{ "GET", "/v1/status/../clients", "", 404 },
};

FIXTURE(door_setup, door_teardown);

TEST(test_routes)
{
	static char answer[65536];
	struct door *door = *state;

	for (size_t i = 0; i < 2 * COUNT(routes); i++) {
		const char *path = routes[i / 2].path;
		int status = door_ask(door, routes[i / 2].method, path, routes[i / 2].body, answer,
				      sizeof(answer));

		if (status != routes[i / 2].status) {
			fail_msg("%s %s: %d", routes[i / 2].method, path, status);
		}
		if (!strstr(answer, "application/json")) {
			fail_msg("%s %s: no JSON: %s", routes[i / 2].method, path, answer);
		}
		assert_non_null(strstr(answer, "no-store"));
		assert_true(status != 405 || strstr(answer, "Allow: "));
		assert_true(status < 300 || strstr(answer, "{\"error\":"));
	}
}

TEST(test_a_long_handle)
{
	static char answer[4096];
	struct door *door = *state;
	char path[1024];

	(void)snprintf(path, sizeof(path), "/v1/clients/%0127d", 1);
	assert_int_equal(door_ask(door, "GET", path, "", answer, sizeof(answer)), 404);
	(void)snprintf(path, sizeof(path), "/v1/clients/%0128d", 1);
	assert_int_equal(door_ask(door, "GET", path, "", answer, sizeof(answer)), 404);
}

TEST(test_a_body_too_large)
{
	static char answer[4096];
	struct door *door = *state;
	char request[256];
	int size = snprintf(request, sizeof(request),
			    "POST /v1/send HTTP/1.1\r\nHost: x\r\nContent-Length: %ld\r\n\r\n",
			    SEND_BODY_MAX + 1);

	door_raw(door, request, (size_t)size, answer, sizeof(answer));
	assert_non_null(strstr(answer, "413"));
	assert_int_equal(door_ask(door, "GET", "/v1/status", "", answer, sizeof(answer)), 200);
}

/* None of these may be answered 200, and after each the door still serves. */
TEST(test_garbage)
{
	static const struct {
		const char *bytes;
		size_t size;
	} cases[] = {
#define BYTES(text) { text, sizeof(text) - 1 }
		BYTES("\r\n\r\n"),
		BYTES("\0\0\0\0\r\n\r\n"),
		BYTES("{\"client\":\"r-1042\"}\r\n\r\n"),
		BYTES("GET\r\n\r\n"),
		BYTES("GET /v1/status\r\n\r\n"),
		BYTES("GET /v1/status HTTP/9.9\r\n\r\n"),
		BYTES("POST /v1/send HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n"),
		BYTES("POST /v1/send HTTP/1.1\r\nHost: x\r\nContent-Length: "
		      "9999999999999999999999\r\n\r\n"),
		BYTES("POST /v1/send HTTP/1.1\r\nHost: x\r\nConnection: "
		      "close\r\nTransfer-Encoding: "
		      "chunked\r\n\r\nzz\r\n"),
		BYTES("POST /v1/send HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4"
		      "\r\n\r\n\0\0\0\0"),
		BYTES("\xff\xfe\xfd GET / HTTP/1.1\r\n\r\n"),
#undef BYTES
	};
	static char answer[4096];
	struct door *door = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		_cleanup_close_ int fd = door_connect(door);
		ssize_t got;

		assert_true(send(fd, cases[i].bytes, cases[i].size, MSG_NOSIGNAL) > 0);
		assert_int_equal(shutdown(fd, SHUT_WR), 0);
		/* Who asks later is answered, so what came before has been read. */
		assert_int_equal(door_ask(door, "GET", "/v1/status", "", answer, sizeof(answer)),
				 200);
		got = recv(fd, answer, sizeof(answer) - 1, 0);
		answer[got > 0 ? got : 0] = '\0';
		assert_null(strstr(answer, " 200 "));
	}
}

TEST(test_half_a_request)
{
	static char answer[4096];
	struct door *door = *state;
	_cleanup_close_ int fd = door_connect(door);

	assert_true(send(fd, "POST /v1/send HT", 16, MSG_NOSIGNAL) > 0);
	(void)loop_turn(door->loop, 1000);
	assert_int_equal(door_ask(door, "GET", "/v1/status", "", answer, sizeof(answer)), 200);
}
