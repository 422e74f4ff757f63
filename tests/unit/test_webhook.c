/*
 * The courier's ear, with a pretend holdfastd at the other end of the wire.
 */
#include "gateway_rig.h"

#include <arpa/inet.h>
#include <sys/socket.h>

#include "core/cleanup.h"
#include "base/socket.h"
#include "gate/webhook.h"

static const char preset[] =
	"vars = { base = { default = \"http://127.0.0.1:1\"; }; };\n"
	"send = { url = \"{base}/x\"; json = { t = \"{text}\"; }; };\n"
	"answers = ( { json = \"/id\"; class = \"accepted\"; } );\n"
	"hooks = { verify = { scheme = \"shared_secret\"; signature = \"path\"; };\n"
	"ack = { status = 202; type = \"text/x-ack\"; body = \"thanks\"; };\n"
	"inbound = { when = \"field from\"; from = \"field from\"; to = \"field to\"; "
	"text = \"field text\"; id = \"field id\"; }; };\n";

struct rig {
	struct gateway_dir dir;
	struct loop *loop;
	struct gateway *gateway;
	struct clock clock;
	struct handover *handover;
	struct webhook *webhook;
	struct wire *courier, *home;
	int port;
	bool silent, refuses; /* what the pretend holdfastd does */
	unsigned heard;
	char text[64];
	int64_t last;
};

static void on_inbound(void *userdata, const struct wire_inbound *inbound, size_t count)
{
	struct rig *rig = userdata;

	for (size_t i = 0; i < count; i++) {
		const struct wire_stored stored = { inbound[i].seq, !rig->refuses };

		rig->heard++;
		rig->last = inbound[i].seq;
		(void)snprintf(rig->text, sizeof(rig->text), "%s", inbound[i].text);
		if (!rig->silent) {
			assert_int_equal(wire_send_stored(rig->home, &stored, 1), 0);
		}
	}
}

static void on_stored(void *userdata, const struct wire_stored *stored, size_t count)
{
	handover_stored(((struct rig *)userdata)->handover, stored, count);
}

static void on_closed(void *userdata, const char *why)
{
	(void)userdata, (void)why;
}

static void connect_wire(struct rig *rig)
{
	static const struct wire_handlers home = { .on_inbound = on_inbound,
						   .on_closed = on_closed };
	static const struct wire_handlers courier = { .on_stored = on_stored,
						      .on_closed = on_closed };
	int pair[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(wire_new(rig->loop, pair[0], &home, rig, &rig->home), 0);
	assert_int_equal(wire_new(rig->loop, pair[1], &courier, rig, &rig->courier), 0);
	handover_up(rig->handover, rig->courier);
}

static void cut_wire(struct rig *rig)
{
	handover_down(rig->handover);
	rig->courier = wire_free(rig->courier);
	rig->home = wire_free(rig->home);
}

static void rig_open(struct rig *rig)
{
	int fd;

	*rig = (struct rig){ 0 };
	gateway_dir_open(&rig->dir);
	write_file(&rig->dir, "presets/own.conf", preset, 0644);
	rig->gateway = load_gateway(
		&rig->dir, "preset = \"own\"; from = \"+13125550199\"; secret = \"token\";");
	assert_int_equal(loop_new(&rig->loop), 0);
	clock_init_real(&rig->clock);
	assert_int_equal(handover_new(rig->loop, &rig->handover), 0);
	assert_int_equal(socket_listen_tcp("127.0.0.1:0", &fd, &rig->port), 0);
	assert_int_equal(
		webhook_new(rig->loop, fd, rig->gateway, &rig->clock, rig->handover, &rig->webhook),
		0);
	connect_wire(rig);
}

static void rig_close(struct rig *rig)
{
	assert_null(webhook_free(rig->webhook));
	cut_wire(rig);
	assert_null(handover_free(rig->handover));
	loop_free(rig->loop);
	gateway_free(rig->gateway);
	gateway_dir_close(&rig->dir);
}

static int send_request(const struct rig *rig, const char *method, const char *path,
			const char *body, size_t size)
{
	const struct sockaddr_in where = { .sin_family = AF_INET,
					   .sin_port = htons((uint16_t)rig->port),
					   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char head[256];
	int n = snprintf(head, sizeof(head),
			 "%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
			 "Content-Length: %zu\r\n\r\n",
			 method, path, size);

	assert_int_equal(connect(fd, (const struct sockaddr *)&where, sizeof(where)), 0);
	assert_int_equal(send(fd, head, (size_t)n, MSG_NOSIGNAL), n);
	assert_int_equal(send(fd, body, size, MSG_NOSIGNAL), size);
	return fd;
}

/* The status; the body in `answer`. */
static int receive(const struct rig *rig, int fd, char answer[512])
{
	hf_time until = clock_monotonic() + 20 * HF_SECOND;
	size_t size = 0;
	ssize_t n;

	while ((n = recv(fd, answer + size, 511 - size, MSG_DONTWAIT)) != 0) {
		assert_true(clock_monotonic() < until);
		size += n > 0 ? (size_t)n : 0;
		assert_true(loop_turn(rig->loop, HF_SECOND / 100) >= 0);
	}
	answer[size] = '\0';
	(void)close(fd);
	assert_true(size > 12);
	return atoi(answer + strlen("HTTP/1.1 "));
}

static int ask(const struct rig *rig, const char *method, const char *path, const char *body)
{
	char answer[512];
	int status = receive(rig, send_request(rig, method, path, body, strlen(body)), answer);

	/* Only an acknowledgement has a body. */
	assert_int_equal(strstr(answer, "thanks") != NULL, status == 202);
	assert_true(status == 202 || strcmp(strstr(answer, "\r\n\r\n"), "\r\n\r\n") == 0);
	return status;
}

#define GOOD "/hooks/one/s3cret"
#define TEXT "from=13125550142&text=hello&id=1"

static void test_stored_is_acknowledged(void **state)
{
	struct rig rig;

	(void)state;
	rig_open(&rig);
	assert_int_equal(ask(&rig, "POST", GOOD, TEXT), 202);
	assert_int_equal(rig.heard, 1);
	assert_string_equal(rig.text, "hello");
	/* Nothing in it for us. */
	assert_int_equal(ask(&rig, "POST", GOOD, "other=1"), 202);
	assert_int_equal(rig.heard, 1);

	rig.refuses = true;
	assert_int_equal(ask(&rig, "POST", GOOD, TEXT), 503);
	rig_close(&rig);
}

static void test_who_is_refused(void **state)
{
	static const struct {
		const char *method, *path, *body;
		int status;
	} cases[] = {
		{ "POST", "/hooks/one", TEXT, 403 },
		{ "POST", "/hooks/one/", TEXT, 403 },
		{ "POST", "/hooks/one/s3cre", TEXT, 403 },
		{ "POST", "/hooks/one/s3cret/", TEXT, 403 },
		{ "GET", "/hooks/one?s3cret", "", 403 },
		{ "POST", "/hooks/two/s3cret", TEXT, 404 },
		{ "POST", "/hooks/ones3cret", TEXT, 404 },
		{ "POST", "/hooks/", TEXT, 404 },
		{ "POST", "/", TEXT, 404 },
		{ "DELETE", GOOD, "", 405 },
		{ "PUT", GOOD, TEXT, 405 },
		{ "POST", GOOD "%00", TEXT, 400 },
		{ "POST", GOOD, "from=", 400 },
	};
	struct rig rig;

	(void)state;
	rig_open(&rig);
	for (size_t i = 0; i < COUNT(cases); i++) {
		int status = ask(&rig, cases[i].method, cases[i].path, cases[i].body);

		if (status != cases[i].status) {
			fail_msg("%s %s: %d", cases[i].method, cases[i].path, status);
		}
	}
	assert_int_equal(rig.heard, 0);
	rig_close(&rig);
}

static void test_bytes_and_size(void **state)
{
	static char large[WEBHOOK_BODY_MAX + 1];
	char answer[512];
	struct rig rig;

	(void)state;
	rig_open(&rig);
	assert_int_equal(receive(&rig, send_request(&rig, "POST", GOOD, "from=1\0x", 8), answer),
			 400);
	memset(large, 'x', sizeof(large));
	assert_int_equal(
		receive(&rig, send_request(&rig, "POST", GOOD, large, sizeof(large)), answer), 413);
	assert_int_equal(rig.heard, 0);
	rig_close(&rig);
}

static void test_holdfastd_is_away(void **state)
{
	char answer[512];
	struct rig rig;
	int fd;

	(void)state;
	rig_open(&rig);
	rig.silent = true;
	fd = send_request(&rig, "POST", GOOD, TEXT, strlen(TEXT));
	while (rig.heard == 0) {
		assert_true(loop_turn(rig.loop, HF_SECOND / 100) >= 0);
	}
	cut_wire(&rig);
	assert_int_equal(receive(&rig, fd, answer), 503);
	assert_int_equal(ask(&rig, "POST", GOOD, TEXT), 503);

	rig.silent = false;
	connect_wire(&rig);
	assert_int_equal(ask(&rig, "POST", GOOD, TEXT), 202);
	rig_close(&rig);
}

/* Who hangs up is owed nothing, and a late word does no harm. */
static void test_the_gateway_hangs_up(void **state)
{
	struct wire_stored stored = { 0, true };
	struct rig rig;
	int fd;

	(void)state;
	rig_open(&rig);
	rig.silent = true;
	fd = send_request(&rig, "POST", GOOD, TEXT, strlen(TEXT));
	while (rig.heard == 0) {
		assert_true(loop_turn(rig.loop, HF_SECOND / 100) >= 0);
	}
	(void)close(fd);
	for (int i = 0; i < 5; i++) {
		assert_true(loop_turn(rig.loop, HF_SECOND / 100) >= 0);
	}
	stored.seq = rig.last;
	assert_int_equal(wire_send_stored(rig.home, &stored, 1), 0);
	stored.seq = 12345;
	assert_int_equal(wire_send_stored(rig.home, &stored, 1), 0);
	rig.silent = false;
	assert_int_equal(ask(&rig, "POST", GOOD, TEXT), 202);
	rig_close(&rig);
}

static void count_end(void *userdata, bool stored)
{
	((unsigned *)userdata)[stored]++;
}

static void test_handovers_have_a_limit(void **state)
{
	struct wire_inbound inbound[2] = { { .from = "1", .text = "a" }, { .from = "1" } };
	struct hook_news news = { .inbound = inbound, .inbound_count = 2 };
	unsigned ends[2] = { 0 };
	struct wire_stored stored = { 1, true };
	struct rig rig;

	(void)state;
	rig_open(&rig);
	for (unsigned i = 0; i < HANDOVERS_MOST; i++) {
		assert_int_equal(handover_give(rig.handover, &news, count_end, ends, NULL), 0);
	}
	assert_int_equal(handover_give(rig.handover, &news, count_end, ends, NULL), -ENOSPC);
	/* Both of one, and then one of another that is not. */
	handover_stored(rig.handover, &stored, 1);
	assert_int_equal(ends[true], 0);
	stored.seq = 2;
	handover_stored(rig.handover, &stored, 1);
	assert_int_equal(ends[true], 1);
	stored = (struct wire_stored){ 3, false };
	handover_stored(rig.handover, &stored, 1);
	assert_int_equal(ends[false], 1);
	handover_down(rig.handover);
	assert_int_equal(ends[false], HANDOVERS_MOST - 1);
	assert_int_equal(handover_give(rig.handover, &news, count_end, ends, NULL), -ENOTCONN);
	rig_close(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stored_is_acknowledged),
		cmocka_unit_test(test_who_is_refused),
		cmocka_unit_test(test_bytes_and_size),
		cmocka_unit_test(test_holdfastd_is_away),
		cmocka_unit_test(test_the_gateway_hangs_up),
		cmocka_unit_test(test_handovers_have_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
