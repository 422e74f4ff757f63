/*
 * A courier that keeps watch: a scripted server is both the heartbeat's address and the gateway,
 * and minutes are thousandths.
 */
#include "test.h"
#include "fast_timers.h"
#include "gateway_rig.h"
#include "stub.h"

#include "courier/watch.h"

#define SILENT_AFTER (15 * HF_MINUTE)
#define PART         5000

static struct {
	struct loop *loop;
	struct gateway_dir dir;
	struct stub *stub;
	struct gateway *gateway;
	struct clock clock;
	struct watch *watch;
} rig;

static const struct wire_beat well = { .well = true }, not_well = { .well = false };

/* The first text is turned away, what comes after it is taken. */
static void serve(struct stub *stub, int fd, unsigned connection)
{
	struct stub_request *request;

	while ((request = stub_read(stub, fd, connection))) {
		unsigned texts = 0;

		for (unsigned i = 0; i < stub->requests; i++) {
			texts += strncmp(stub->list[i].head, "POST", 4) == 0;
		}
		stub_write(fd, strncmp(request->head, "GET", 3) == 0
				       ? "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
			       : texts == 1 ? "HTTP/1.1 503 Away\r\nContent-Length: 0\r\n\r\n"
					    : "HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n"
					      "{\"id\":\"SB1\"}");
	}
}

static unsigned count_requests(const char *method)
{
	unsigned count = 0;

	for (unsigned i = 0; i < rig.stub->requests; i++) {
		count += strncmp(rig.stub->list[i].head, method, strlen(method)) == 0;
	}
	return count;
}

/* Turns until so many requests of that method have come; the time it took in the courier's minutes. */
static double minutes_until(const char *method, unsigned count)
{
	hf_time began = clock_monotonic();

	while (count_requests(method) < count && clock_monotonic() - began < 5 * HF_SECOND) {
		assert_true(loop_turn(rig.loop, HF_SECOND / 100) >= 0);
	}
	assert_int_equal(count_requests(method), count);
	return (double)(clock_monotonic() - began) * PART / HF_MINUTE;
}

static int set_up(void **state)
{
	static const struct http_client_options options = { .most_connections = 1,
							    .connect_timeout = 2 * HF_SECOND,
							    .timeout = 2 * HF_SECOND };
	char text[512];

	(void)state;
	rig.stub = stub_start(serve);
	gateway_dir_open(&rig.dir);
	(void)snprintf(text, sizeof(text),
		       "preset = \"sandbox\"; from = \"+13125550199\"; secret = \"token\";"
		       "base = \"http://127.0.0.1:%d\"; heartbeat = \"http://127.0.0.1:%d/ping/x\";"
		       "heartbeat_every = \"5m\";",
		       rig.stub->port, rig.stub->port);
	rig.gateway = load_gateway(&rig.dir, text);
	assert_int_equal(loop_new(&rig.loop), 0);
	clock_init_told(&rig.clock, 1000 * HF_DAY + 10 * HF_HOUR, 0);
	assert_int_equal(watch_new(rig.loop, rig.gateway, &options, &rig.clock, &rig.watch), 0);
	fast_timers.on = true;
	fast_timers.part = PART;
	fast_timers.count = 0;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	fast_timers.on = false;
	(void)watch_free(rig.watch);
	(void)gateway_free(rig.gateway);
	stub_stop(rig.stub);
	gateway_dir_close(&rig.dir);
	(void)loop_free(rig.loop);
	return 0;
}

FIXTURE(set_up, tear_down);

static struct wire_alarm alarm_from(int hour, const char *to)
{
	hf_time today = 1000 * HF_DAY;

	return (struct wire_alarm){ .from = today + hour * HF_HOUR,
				    .until = today + (hour + 6) * HF_HOUR,
				    .to = to,
				    .body = "Not well." };
}

TEST(test_a_heartbeat_while_all_is_well)
{
	watch_beat(rig.watch, &well);
	(void)minutes_until("GET", 1);
	assert_non_null(strstr(rig.stub->list[0].head, "GET /ping/x HTTP/1.1"));
	(void)minutes_until("GET", 3);
	assert_in_range(fast_timers.waits[1], 4 * HF_MINUTE, 5 * HF_MINUTE);
	assert_int_equal(count_requests("POST"), 0);
}

TEST(test_none_while_it_is_not)
{
	watch_beat(rig.watch, &not_well);
	for (int i = 0; i < 50; i++) {
		assert_true(loop_turn(rig.loop, HF_SECOND / 1000) >= 0);
	}
	assert_int_equal(count_requests("GET"), 0);
	/* And at once when it is. */
	watch_beat(rig.watch, &well);
	(void)minutes_until("GET", 1);
}

/* A quarter of an hour, then soon again where it was not taken, then seldom. */
TEST(test_an_alarm_after_a_silence)
{
	const struct wire_alarm alarms[] = { alarm_from(0, "+13125550111"),
					     alarm_from(8, "+13125550122") };
	unsigned posts = 0;
	double first, second, third;

	watch_alarms(rig.watch, alarms, COUNT(alarms));
	watch_beat(rig.watch, &well);
	watch_beat(rig.watch, &not_well);
	first = minutes_until("POST", 1);
	second = minutes_until("POST", 2);
	third = minutes_until("POST", 3);
	assert_true(first > 14 && first < 60);
	assert_true(second > 9 && second < 60);
	assert_true(third > 200);
	for (unsigned i = 0; i < rig.stub->requests; i++) {
		const struct stub_request *request = &rig.stub->list[i];

		if (strncmp(request->head, "POST", 4) == 0) {
			assert_non_null(strstr(request->body, "+13125550122"));
			assert_non_null(strstr(request->body, "Not well."));
			posts++;
		}
	}
	assert_int_equal(posts, 3);
}

/* Whoever is on call at night sleeps; a beat ends it; and who was never named is not texted. */
TEST(test_nobody_is_woken)
{
	const struct wire_alarm tonight = alarm_from(11, "+13125550111");

	watch_beat(rig.watch, &well);
	for (int i = 0; i < 40; i++) {
		assert_true(loop_turn(rig.loop, HF_SECOND / 100) >= 0);
	}
	assert_int_equal(count_requests("POST"), 0);

	watch_alarms(rig.watch, &tonight, 1);
	watch_beat(rig.watch, &well);
	for (int i = 0; i < 40; i++) {
		assert_true(loop_turn(rig.loop, HF_SECOND / 100) >= 0);
	}
	assert_int_equal(count_requests("POST"), 0);
	/* Two days later, at eleven: as on the last day that was named. */
	clock_move(&rig.clock, 1003 * HF_DAY + 11 * HF_HOUR + HF_MINUTE);
	(void)minutes_until("POST", 1);
}
