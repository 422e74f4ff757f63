/*
 * Webhooks, with a pretend holdfastd at the other end of the wire.
 */
#include "test.h"
#include "webhook_rig.h"
#include "fast_timers.h"

static const char preset[] =
	"vars = { base = { default = \"http://127.0.0.1:1\"; }; };\n"
	"send = { url = \"{base}/x\"; json = { t = \"{text}\"; }; };\n"
	"answers = ( { json = \"/id\"; class = \"accepted\"; } );\n"
	"hooks = { verify = { scheme = \"shared_secret\"; signature = \"path\"; };\n"
	"ack = { status = 202; type = \"text/x-ack\"; body = \"thanks\"; };\n"
	"inbound = { when = \"field from\"; from = \"field from\"; to = \"field to\"; "
	"text = \"field text\"; id = \"field id\"; }; };\n";

static const char gateway[] = "preset = \"own\"; from = \"+13125550199\"; secret = \"token\";";

static int ask(const struct rig *rig, const char *method, const char *path, const char *body)
{
	char answer[512];
	int status = receive(rig, send_request(rig, method, path, "", body, strlen(body)), answer);

	/* Only an acknowledgement has a body. */
	assert_int_equal(strstr(answer, "thanks") != NULL, status == 202);
	assert_true(status == 202 || strcmp(strstr(answer, "\r\n\r\n"), "\r\n\r\n") == 0);
	return status;
}

#define GOOD "/hooks/one/s3cret"
#define TEXT "from=13125550142&text=hello&id=1"

TEST(test_stored_is_acknowledged)
{
	struct rig rig;

	rig_open(&rig, preset, gateway);
	assert_int_equal(ask(&rig, "POST", GOOD, TEXT), 202);
	assert_int_equal(rig.heard, 1);
	assert_string_equal(rig.text, "hello");
	/* What fits no rule is stored, too. */
	assert_int_equal(ask(&rig, "POST", GOOD "?a=%E9", "other=1"), 202);
	assert_int_equal(rig.heard, 2);
	assert_string_equal(rig.text, "a=\xc3\xa9\nother=1\n");

	rig.refuses = true;
	assert_int_equal(ask(&rig, "POST", GOOD, TEXT), 503);
	assert_int_equal(ask(&rig, "POST", GOOD, "other=1"), 503);
	rig_close(&rig);
}

TEST(test_who_is_refused)
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
	};
	struct rig rig;

	rig_open(&rig, preset, gateway);
	for (size_t i = 0; i < COUNT(cases); i++) {
		int status = ask(&rig, cases[i].method, cases[i].path, cases[i].body);

		if (status != cases[i].status) {
			fail_msg("%s %s: %d", cases[i].method, cases[i].path, status);
		}
	}
	assert_int_equal(rig.heard, 0);
	rig_close(&rig);
}

TEST(test_bytes_and_size)
{
	static char large[WEBHOOK_BODY_MAX + 1];
	char answer[512];
	struct rig rig;

	rig_open(&rig, preset, gateway);
	assert_int_equal(
		receive(&rig, send_request(&rig, "POST", GOOD, "", "from=1&text=\0x", 14), answer),
		202);
	assert_string_equal(rig.text, "x");
	assert_int_equal(ask(&rig, "POST", GOOD "?x=%00y", TEXT), 202);
	assert_int_equal(rig.heard, 2);
	memset(large, 'x', sizeof(large));
	assert_int_equal(
		receive(&rig, send_request(&rig, "POST", GOOD, "", large, sizeof(large)), answer),
		413);
	assert_int_equal(rig.heard, 2);
	rig_close(&rig);
}

TEST(test_holdfastd_is_away)
{
	char answer[512];
	struct rig rig;
	int fd;

	rig_open(&rig, preset, gateway);
	rig.silent = true;
	fd = send_request(&rig, "POST", GOOD, "", TEXT, strlen(TEXT));
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
TEST(test_the_gateway_hangs_up)
{
	struct wire_stored stored = { 0, true };
	struct rig rig;
	int fd;

	rig_open(&rig, preset, gateway);
	rig.silent = true;
	fd = send_request(&rig, "POST", GOOD, "", TEXT, strlen(TEXT));
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

TEST(test_forwardings_have_a_limit)
{
	struct wire_inbound inbound[2] = { { .from = "1", .text = "a" }, { .from = "1" } };
	struct events events = { .inbound = inbound, .inbound_count = 2 };
	unsigned ends[2] = { 0 };
	struct wire_stored stored = { 1, true };
	struct rig rig;

	rig_open(&rig, preset, gateway);
	for (unsigned i = 0; i < FORWARDINGS_MOST; i++) {
		assert_int_equal(forward_events(rig.forward, &events, count_end, ends, NULL), 0);
	}
	assert_int_equal(forward_events(rig.forward, &events, count_end, ends, NULL), -ENOSPC);
	/* Both of one, and then one of another that is not. */
	forward_stored(rig.forward, &stored, 1);
	assert_int_equal(ends[true], 0);
	stored.seq = 2;
	forward_stored(rig.forward, &stored, 1);
	assert_int_equal(ends[true], 1);
	stored = (struct wire_stored){ 3, false };
	forward_stored(rig.forward, &stored, 1);
	assert_int_equal(ends[false], 1);
	assert_null(forward_free(NULL));
	forward_down(rig.forward);
	assert_int_equal(ends[false], FORWARDINGS_MOST - 1);
	assert_int_equal(forward_events(rig.forward, &events, count_end, ends, NULL), -ENOTCONN);
	rig_close(&rig);
}

/* holdfastd hangs with the wire open: the gateway hears no in time to bring it again. */
TEST(test_holdfastd_hangs)
{
	struct rig rig;

	rig_open(&rig, preset, gateway);
	rig.silent = true;
	fast_timers.on = true;
	assert_int_equal(ask(&rig, "POST", GOOD, TEXT), 503);
	fast_timers.on = false;
	assert_int_equal(rig.heard, 1);
	rig.silent = false;
	assert_int_equal(ask(&rig, "POST", GOOD, TEXT), 202);
	rig_close(&rig);
}

static const char both[] =
	"vars = { base = { default = \"http://127.0.0.1:1\"; }; };\n"
	"send = { url = \"{base}/x\"; json = { t = \"{text}\"; }; };\n"
	"answers = ( { json = \"/id\"; class = \"accepted\"; } );\n"
	"hooks = { verify = { scheme = \"shared_secret\"; signature = \"path\"; };\n"
	"ack = { status = 202; type = \"text/x-ack\"; body = \"thanks\"; };\n"
	"inbound = { each = \"/texts\"; when = \"/id\"; from = \"/from\"; to = \"/to\"; "
	"text = \"/text\"; id = \"/id\"; };\n"
	"receipt = { each = \"/reports\"; when = \"/id\"; id = \"/id\"; state = \"/state\"; "
	"states = { delivered = [ \"delivered\" ]; }; }; };\n";

/* As many replies as receipts in one body: all of them are stored before it is acknowledged. */
TEST(test_replies_and_receipts_in_one)
{
	static const char body[] = "{\"texts\":[{\"id\":\"1\",\"from\":\"+13125550142\","
				   "\"to\":\"+13125550199\",\"text\":\"hello\"}],"
				   "\"reports\":[{\"id\":\"2\",\"state\":\"delivered\"}]}";
	struct rig rig;
	char answer[512];

	rig_open(&rig, both, gateway);
	assert_int_equal(
		receive(&rig,
			send_request(&rig, "POST", GOOD, "Content-Type: application/json\r\n", body,
				     strlen(body)),
			answer),
		202);
	assert_int_equal(rig.heard, 2);
	rig_close(&rig);
}
