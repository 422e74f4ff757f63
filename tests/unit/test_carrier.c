#include "test.h"
#include "home.h"

#include "courier/carrier.h"
#include "stub.h"

struct seen {
	unsigned count;
	enum outcome_class class;
	int64_t id;
	int attempt;
	char key[WIRE_KEY_MAX + 1], gateway_id[32], reason[128];
};

struct rig {
	struct home home;
	struct stub *stub;
	struct gateway *gateway;
	struct carrier *carrier;
	struct seen seen;
};

static void on_outcome(void *userdata, const struct wire_outcome *outcome)
{
	struct seen *seen = userdata;

	seen->count++;
	seen->class = outcome->class;
	seen->id = outcome->id;
	seen->attempt = outcome->attempt;
	(void)snprintf(seen->key, sizeof(seen->key), "%s", outcome->key);
	(void)snprintf(seen->gateway_id, sizeof(seen->gateway_id), "%s", outcome->gateway_id);
	(void)snprintf(seen->reason, sizeof(seen->reason), "%s", outcome->reason);
}

static void rig_open(struct rig *rig, stub_script script, const char *preset)
{
	static const struct http_options options = {
		.most_connections = 1,
		.connect_timeout = 2 * HF_SECOND,
		.timeout = 2 * HF_SECOND,
	};
	char text[256];

	*rig = (struct rig){ .stub = stub_start(script) };
	home_open(&rig->home);
	(void)snprintf(text, sizeof(text),
		       "preset = \"%s\"; from = \"12345\"; secret = \"token\"; account = \"me\"; "
		       "base = \"http://127.0.0.1:%d\"; max_inflight = 3;",
		       preset, rig->stub->port);
	rig->gateway = load_gateway(&rig->home.dir, text);
	assert_int_equal(carrier_new(rig->home.loop, rig->gateway, &options, on_outcome, &rig->seen,
				     &rig->carrier),
			 0);
}

static void rig_close(struct rig *rig)
{
	assert_null(carrier_free(rig->carrier));
	assert_null(carrier_free(NULL));
	gateway_free(rig->gateway);
	home_close(&rig->home);
	stub_stop(rig->stub);
}

static int send_text(struct rig *rig, int64_t id)
{
	const struct wire_text text = {
		.id = id,
		.attempt = 2,
		.key = "k",
		.to = "+13125550142",
		.body = "hello",
		.segments = 1,
		.valid_for = HF_HOUR,
		.at = "",
	};

	return carrier_send(rig->carrier, &text);
}

static void kannel(struct stub *stub, int fd, unsigned connection)
{
	while (stub_read(stub, fd, connection)) {
		stub_write(fd, "HTTP/1.1 202 Accepted\r\nContent-Length: 24\r\n\r\n"
			       "0: Accepted for delivery");
	}
}

TEST(test_one_text_one_outcome)
{
	struct rig rig;

	rig_open(&rig, kannel, "kannel");
	assert_int_equal(send_text(&rig, 5), 0);
	assert_int_equal(carrier_under_way(rig.carrier), 1);
	assert_int_equal(rig.seen.count, 0);
	wait_until(&rig.home, rig.seen.count == 1);
	assert_int_equal(carrier_under_way(rig.carrier), 0);
	assert_int_equal(rig.seen.id, 5);
	assert_int_equal(rig.seen.attempt, 2);
	assert_string_equal(rig.seen.key, "k");
	assert_int_equal(rig.seen.class, OUTCOME_ACCEPTED);
	assert_memory_equal(rig.stub->list[0].head, "GET /cgi-bin/sendsms?username=me&", 33);
	assert_int_equal(rig.stub->connections, 1);
	rig_close(&rig);
}

/* Kannel's GET dies unanswered on a kept-alive connection: one copy, and nobody knows. */
static void kannel_dies(struct stub *stub, int fd, unsigned connection)
{
	if (stub_read(stub, fd, connection)) {
		stub_write(fd, "HTTP/1.1 202 Accepted\r\nContent-Length: 24\r\n\r\n"
			       "0: Accepted for delivery");
	}
	(void)stub_read(stub, fd, connection);
}

TEST(test_a_lost_answer)
{
	struct rig rig;

	rig_open(&rig, kannel_dies, "kannel");
	assert_int_equal(send_text(&rig, 1), 0);
	wait_until(&rig.home, rig.seen.count == 1);
	assert_int_equal(send_text(&rig, 2), 0);
	wait_until(&rig.home, rig.seen.count == 2);
	assert_int_equal(rig.seen.class, OUTCOME_UNKNOWN);
	assert_true(strlen(rig.seen.reason) > 0);
	assert_null(strstr(rig.seen.reason, "s3cret"));
	assert_int_equal(rig.stub->requests, 2);
	rig_close(&rig);
}

/* The sandbox knows the key: there, and only there, libcurl may ask again. */
static void sandbox_dies(struct stub *stub, int fd, unsigned connection)
{
	if (stub_read(stub, fd, connection)) {
		stub_write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{\"id\":\"SB1\"}");
	}
	(void)stub_read(stub, fd, connection);
}

TEST(test_a_key_may_be_asked_again)
{
	struct rig rig;

	rig_open(&rig, sandbox_dies, "sandbox");
	assert_int_equal(send_text(&rig, 1), 0);
	wait_until(&rig.home, rig.seen.count == 1);
	assert_int_equal(send_text(&rig, 2), 0);
	wait_until(&rig.home, rig.seen.count == 2);
	assert_int_equal(rig.seen.class, OUTCOME_ACCEPTED);
	assert_string_equal(rig.seen.gateway_id, "SB1");
	assert_int_equal(rig.stub->requests, 3);
	rig_close(&rig);
}

static void never(struct stub *stub, int fd, unsigned connection)
{
	(void)stub_read(stub, fd, connection);
	(void)pause();
	(void)fd;
}

TEST(test_the_end_with_texts_under_way)
{
	struct rig rig;

	rig_open(&rig, never, "sandbox");
	for (int64_t id = 1; id <= 3; id++) {
		assert_int_equal(send_text(&rig, id), 0);
	}
	wait_until(&rig.home, rig.stub->requests == 3);
	assert_int_equal(carrier_under_way(rig.carrier), 3);
	rig_close(&rig);
	assert_int_equal(rig.seen.count, 0);
}
