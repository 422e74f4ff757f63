/*
 * The courier between a pretend holdfastd and a scripted gateway.
 */
#include "test.h"
#include "home.h"

#include "courier/sender.h"
#include "stub.h"

#define ACCEPTED "HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n{\"id\":\"SB1\"}"

struct rig {
	struct home home;
	struct stub *stub;
	struct gateway *gateway;
	struct link *link;
	struct sender *sender;
	unsigned drained;
};

static void on_up(void *userdata)
{
	sender_up(((struct rig *)userdata)->sender);
}

static void on_texts(void *userdata, const struct wire_text *texts, size_t count)
{
	sender_texts(((struct rig *)userdata)->sender, texts, count);
}

static void on_down(void *userdata)
{
	sender_down(((struct rig *)userdata)->sender);
}

static void on_closed(void *userdata, const char *why)
{
	link_drop(((struct rig *)userdata)->link, why);
}

static struct gateway *load(struct rig *rig, const char *preset, const char *rate, int inflight)
{
	char text[256];

	(void)snprintf(text, sizeof(text),
		       "preset = \"%s\"; account = \"me\"; from = \"+13125550199\"; "
		       "secret = \"token\"; base = \"http://127.0.0.1:%d\"; rate = %s; "
		       "max_inflight = %d;",
		       preset, rig->stub->port, rate, inflight);
	return load_gateway(&rig->home.dir, text);
}

static void rig_open_for(struct rig *rig, stub_script script, const char *preset, const char *rate,
			 int inflight)
{
	static const struct link_handlers handlers = {
		{ .on_texts = on_texts, .on_closed = on_closed }, on_up, on_down
	};
	static const struct http_client_options options = {
		.most_connections = 4,
		.connect_timeout = 2 * HF_SECOND,
		.timeout = 2 * HF_SECOND,
	};

	*rig = (struct rig){ .stub = stub_start(script) };
	home_open(&rig->home);
	rig->gateway = load(rig, preset, rate, inflight);
	assert_int_equal(link_new(rig->home.loop, rig->home.path, &handlers, rig, &rig->link), 0);
	assert_int_equal(
		sender_new(rig->home.loop, rig->gateway, rig->link, &options, &rig->sender), 0);
}

static void rig_open(struct rig *rig, stub_script script, const char *rate, int inflight)
{
	rig_open_for(rig, script, "sandbox", rate, inflight);
}

static void rig_close(struct rig *rig)
{
	assert_null(sender_free(rig->sender));
	assert_null(sender_free(NULL));
	link_free(rig->link);
	gateway_free(rig->gateway);
	home_close(&rig->home);
	stub_stop(rig->stub);
}

/* How often the gateway got the text of this id. */
static unsigned copies(const struct rig *rig, int64_t id)
{
	unsigned count = 0;
	char key[32];

	(void)snprintf(key, sizeof(key), "\"key-%lld.\"", (long long)id);
	for (unsigned i = 0; i < rig->stub->requests; i++) {
		count += strstr(rig->stub->list[i].body, key) != NULL;
	}
	return count;
}

static void accept_each(struct stub *stub, int fd, unsigned connection)
{
	while (stub_read(stub, fd, connection)) {
		stub_write(fd, ACCEPTED);
	}
}

TEST(test_a_text_and_its_outcome)
{
	struct rig rig;

	rig_open(&rig, accept_each, "10.0", 4);
	wait_until(&rig.home, rig.home.credit == 4);
	assert_int_equal(rig.home.hellos, 1);
	assert_true(rig.home.idempotent);
	assert_true(rig.home.rate == 10.0);

	home_send(&rig.home, 7, 1, 1);
	wait_until(&rig.home, rig.home.count == 1);
	assert_int_equal(rig.home.outcomes[0].id, 7);
	assert_int_equal(rig.home.outcomes[0].attempt, 1);
	assert_string_equal(rig.home.outcomes[0].key, "key-7.");
	assert_int_equal(rig.home.outcomes[0].class, OUTCOME_ACCEPTED);
	assert_string_equal(rig.home.outcomes[0].gateway_id, "SB1");
	assert_int_equal(copies(&rig, 7), 1);
	wait_until(&rig.home, rig.home.credit == 4);
	rig_close(&rig);
}

/* Counts how many are with the gateway at once. */
static void accept_slowly(struct stub *stub, int fd, unsigned connection)
{
	while (stub_read(stub, fd, connection)) {
		unsigned now = atomic_fetch_add(&stub->under_way, 1) + 1;

		(void)usleep(3000);
		if (now > stub->most_under_way) {
			stub->most_under_way = now;
		}
		atomic_fetch_sub(&stub->under_way, 1);
		stub_write(fd, ACCEPTED);
	}
}

TEST(test_credit_is_what_could_leave)
{
	struct rig rig;
	int64_t id = 1;

	rig_open(&rig, accept_slowly, "100000.0", 4);
	while (rig.home.count < 100) {
		wait_until(&rig.home, rig.home.credit > 0 || id > 100);
		if (id <= 100) {
			unsigned left = 101 - (unsigned)id;
			unsigned count = rig.home.credit < left ? rig.home.credit : left;

			home_send(&rig.home, id, count, 1);
			id += count;
		}
		assert_true(loop_turn(rig.home.loop, HF_SECOND / 10) >= 0);
	}
	assert_int_equal(rig.home.most_credit, 4);
	assert_in_range(rig.stub->most_under_way, 2, 4);
	assert_true(rig.stub->connections <= 4);
	for (id = 1; id <= 100; id++) {
		assert_int_equal(copies(&rig, id), 1);
	}
	rig_close(&rig);
}

/* 20 segments a second, texts of 2: the first second's worth at once, then ten texts a second. */
TEST(test_the_rate_counts_segments)
{
	struct rig rig;
	hf_time began;

	rig_open(&rig, accept_each, "20.0", 64);
	wait_until(&rig.home, rig.home.credit == 20);
	began = clock_monotonic();
	home_send(&rig.home, 1, 10, 2);
	wait_until(&rig.home, rig.home.count == 10);
	assert_true(clock_monotonic() - began < HF_SECOND);
	/* What is left of the credit waits for its tokens. */
	home_send(&rig.home, 11, 5, 2);
	wait_until(&rig.home, rig.home.count == 15);
	assert_in_range(clock_monotonic() - began, HF_SECOND / 4, HF_SECOND);
	rig_close(&rig);
}

/* As above, but its file is read again in between: no second second's worth. */
TEST(test_read_again_is_no_faster)
{
	struct rig rig;
	hf_time began;

	rig_open(&rig, accept_each, "20.0", 64);
	wait_until(&rig.home, rig.home.credit == 20);
	began = clock_monotonic();
	home_send(&rig.home, 1, 10, 2);
	wait_until(&rig.home, rig.home.count == 10);
	sender_set_gateway(rig.sender, rig.gateway);
	wait_until(&rig.home, rig.home.hellos == 2);
	home_send(&rig.home, 11, 5, 2);
	wait_until(&rig.home, rig.home.count == 15);
	assert_true(clock_monotonic() - began >= HF_SECOND / 4);
	rig_close(&rig);
}

/* More texts than credit is no holdfastd of ours. */
TEST(test_more_than_the_credit)
{
	struct rig rig;

	rig_open(&rig, accept_each, "10.0", 2);
	wait_until(&rig.home, rig.home.credit == 2);
	rig.home.credit = 3;
	home_send(&rig.home, 1, 3, 1);
	wait_until(&rig.home, rig.home.closed == 1);
	assert_int_equal(rig.stub->requests, 0);
	wait_until(&rig.home, rig.home.credit == 2);
	rig_close(&rig);
}

static void lose_each(struct stub *stub, int fd, unsigned connection)
{
	(void)stub_read(stub, fd, connection);
}

TEST(test_classes)
{
	struct rig rig;

	rig_open(&rig, lose_each, "10.0", 1);
	wait_until(&rig.home, rig.home.credit == 1);
	home_send(&rig.home, 1, 1, 1);
	wait_until(&rig.home, rig.home.count == 1);
	assert_int_equal(rig.home.outcomes[0].class, OUTCOME_UNKNOWN);
	assert_int_equal(copies(&rig, 1), 1);

	/* Nobody listens any more. */
	gateway_free(rig.gateway);
	stub_stop(rig.stub);
	rig.stub = stub_start(lose_each);
	rig.stub->port = stub_free_port();
	rig.gateway = load(&rig, "sandbox", "10.0", 1);
	sender_set_gateway(rig.sender, rig.gateway);
	wait_until(&rig.home, rig.home.hellos == 2 && rig.home.credit == 1);
	home_send(&rig.home, 2, 1, 1);
	wait_until(&rig.home, rig.home.count == 2);
	assert_int_equal(rig.home.outcomes[1].class, OUTCOME_UNSENT);
	assert_int_equal(copies(&rig, 2), 0);
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

	rig_open_for(&rig, kannel_dies, "kannel", "10.0", 1);
	wait_until(&rig.home, rig.home.credit == 1);
	home_send(&rig.home, 1, 1, 1);
	wait_until(&rig.home, rig.home.count == 1 && rig.home.credit == 1);
	assert_int_equal(rig.home.outcomes[0].class, OUTCOME_ACCEPTED);
	assert_memory_equal(rig.stub->list[0].head, "GET /cgi-bin/sendsms?username=me&", 33);
	home_send(&rig.home, 2, 1, 1);
	wait_until(&rig.home, rig.home.count == 2);
	assert_int_equal(rig.home.outcomes[1].class, OUTCOME_UNKNOWN);
	assert_true(strlen(rig.home.outcomes[1].reason) > 0);
	assert_null(strstr(rig.home.outcomes[1].reason, "s3cret"));
	assert_int_equal(rig.stub->requests, 2);
	rig_close(&rig);
}

/* The sandbox knows the key: there, and only there, libcurl may ask again. */
static void sandbox_dies(struct stub *stub, int fd, unsigned connection)
{
	if (stub_read(stub, fd, connection)) {
		stub_write(fd, ACCEPTED);
	}
	(void)stub_read(stub, fd, connection);
}

TEST(test_a_key_may_be_asked_again)
{
	struct rig rig;

	rig_open(&rig, sandbox_dies, "10.0", 1);
	for (unsigned i = 1; i <= 2; i++) {
		wait_until(&rig.home, rig.home.credit == 1);
		home_send(&rig.home, i, 1, 1);
		wait_until(&rig.home, rig.home.count == i);
	}
	assert_int_equal(rig.home.outcomes[1].class, OUTCOME_ACCEPTED);
	assert_string_equal(rig.home.outcomes[1].gateway_id, "SB1");
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

	rig_open(&rig, never, "10.0", 3);
	wait_until(&rig.home, rig.home.credit == 3);
	home_send(&rig.home, 1, 3, 1);
	wait_until(&rig.home, rig.stub->requests == 3);
	rig_close(&rig);
	assert_int_equal(rig.home.count, 0);
}

static void say_later(struct stub *stub, int fd, unsigned connection)
{
	while (stub_read(stub, fd, connection)) {
		stub_write(fd, "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\n"
			       "Content-Length: 0\r\n\r\n");
	}
}

/* The courier passes on what the gateway says; holding the gateway is holdfastd's business. */
TEST(test_later)
{
	struct rig rig;

	rig_open(&rig, say_later, "10.0", 2);
	wait_until(&rig.home, rig.home.credit == 2);
	home_send(&rig.home, 1, 1, 1);
	wait_until(&rig.home, rig.home.count == 1 && rig.home.credit == 2);
	assert_int_equal(rig.home.outcomes[0].class, OUTCOME_DEFERRED);
	assert_int_equal(rig.home.outcomes[0].retry_after, 7 * HF_SECOND);
	rig_close(&rig);
}

/* Answers when the other end's test says so. */
static void wait_for_word(struct stub *stub, int fd, unsigned connection)
{
	while (stub_read(stub, fd, connection)) {
		while (stub->under_way == 0) {
			(void)usleep(1000);
		}
		stub_write(fd, ACCEPTED);
	}
}

TEST(test_holdfastd_dies)
{
	struct rig rig;

	rig_open(&rig, wait_for_word, "100.0", 4);
	wait_until(&rig.home, rig.home.credit == 4);
	home_send(&rig.home, 1, 2, 1);
	wait_until(&rig.home, rig.stub->requests == 2);
	home_die(&rig.home);
	let_pass(&rig.home, HF_SECOND / 10);
	home_listen(&rig.home);
	wait_until(&rig.home, rig.home.hellos == 2);

	/* Texts of before are under way: no credit. */
	let_pass(&rig.home, HF_SECOND / 10);
	assert_int_equal(rig.home.credit, 0);
	assert_int_equal(rig.home.count, 0);
	rig.stub->under_way = 1;
	wait_until(&rig.home, rig.home.count == 2 && rig.home.credit == 4);

	/* It dies without having kept them: they are said again before anything else, and nothing
	 * is sent again. */
	home_die(&rig.home);
	let_pass(&rig.home, HF_SECOND / 10);
	home_listen(&rig.home);
	wait_until(&rig.home, rig.home.credit == 4);
	assert_int_equal(rig.home.count, 4);
	assert_int_equal(rig.home.outcomes[2].id + rig.home.outcomes[3].id, 3);
	assert_int_equal(copies(&rig, 1), 1);
	assert_int_equal(copies(&rig, 2), 1);
	rig_close(&rig);
}

/* Outcomes that come while nobody is there to hear them are kept. */
TEST(test_outcomes_are_kept)
{
	struct rig rig;

	rig_open(&rig, wait_for_word, "100.0", 4);
	wait_until(&rig.home, rig.home.credit == 4);
	home_send(&rig.home, 1, 4, 1);
	wait_until(&rig.home, rig.stub->requests == 4);
	home_die(&rig.home);
	rig.stub->under_way = 1;
	let_pass(&rig.home, HF_SECOND / 5);
	home_listen(&rig.home);
	wait_until(&rig.home, rig.home.count == 4 && rig.home.credit == 4);
	for (int64_t id = 1; id <= 4; id++) {
		assert_int_equal(copies(&rig, id), 1);
	}
	rig_close(&rig);
}

/* Texts that wait for a token when the link breaks are given back unsent. */
TEST(test_the_backlog_is_given_back)
{
	struct rig rig;

	rig_open(&rig, accept_each, "3.0", 4);
	wait_until(&rig.home, rig.home.credit == 3);
	home_send(&rig.home, 1, 3, 3);
	wait_until(&rig.home, rig.home.count == 1);
	home_die(&rig.home);
	let_pass(&rig.home, HF_SECOND / 10);
	home_listen(&rig.home);
	wait_until(&rig.home, rig.home.count == 4);
	assert_int_equal(rig.stub->requests, 1);
	assert_int_equal(rig.home.outcomes[1].class, OUTCOME_ACCEPTED); /* said again */
	assert_int_equal(rig.home.outcomes[2].class, OUTCOME_UNSENT);
	assert_int_equal(rig.home.outcomes[3].class, OUTCOME_UNSENT);
	rig_close(&rig);
}

/* What waits for the token of one number does not hold up the texts of another. */
TEST(test_each_number_has_its_own_rate)
{
	struct wire_text texts[4] = { 0 };
	struct gateway *two;
	char numbers[2][16], text[256];
	struct rig rig;

	rig_open(&rig, accept_each, "2.0", 8);
	wait_until(&rig.home, rig.home.credit == 2);
	(void)snprintf(text, sizeof(text),
		       "preset = \"sandbox\"; from = [ \"+13125550198\", \"+13125550199\" ]; "
		       "secret = \"token\"; base = \"http://127.0.0.1:%d\"; rate = 2.0; "
		       "max_inflight = 8;",
		       rig.stub->port);
	two = load_gateway(&rig.home.dir, text);
	sender_set_gateway(rig.sender, two);
	gateway_free(rig.gateway);
	rig.gateway = two;
	wait_until(&rig.home, rig.home.hellos == 2 && rig.home.credit == 4);
	for (unsigned number = 0, i = 0; number < 2; i++) {
		(void)snprintf(numbers[number], sizeof(numbers[number]), "+131255501%02u", i);
		number += gateway_sender_for(two, numbers[number]) == number;
	}

	/* The first and the third leave a debt; the second waits longer than the fourth. */
	for (unsigned i = 0; i < 4; i++) {
		texts[i] = (struct wire_text){ .id = i + 1,
					       .attempt = 1,
					       .key = "k",
					       .to = numbers[i / 2],
					       .body = "hello",
					       .segments = i == 0 ? 12 : 2,
					       .valid_for = HF_HOUR,
					       .at = "" };
	}
	assert_int_equal(wire_send_texts(rig.home.wire, texts, 4), 0);
	rig.home.credit -= 4;
	wait_until(&rig.home, rig.home.count == 3);
	for (unsigned i = 0; i < 3; i++) {
		assert_int_not_equal(rig.home.outcomes[i].id, 2);
	}
	rig_close(&rig);
}

static void on_done(void *userdata)
{
	((struct rig *)userdata)->drained++;
}

TEST(test_drain)
{
	struct rig rig;

	rig_open(&rig, wait_for_word, "100.0", 4);
	wait_until(&rig.home, rig.home.credit == 4);
	home_send(&rig.home, 1, 1, 1);
	wait_until(&rig.home, rig.stub->requests == 1);
	sender_drain(rig.sender, on_done, &rig);
	/* This one was on its way. */
	home_send(&rig.home, 2, 1, 1);
	wait_until(&rig.home, rig.home.count == 1);
	assert_int_equal(rig.home.outcomes[0].id, 2);
	assert_int_equal(rig.home.outcomes[0].class, OUTCOME_UNSENT);
	assert_int_equal(rig.drained, 0);
	rig.stub->under_way = 1;
	wait_until(&rig.home, rig.drained == 1);
	wait_until(&rig.home, rig.home.count == 2);
	assert_int_equal(rig.home.outcomes[1].class, OUTCOME_ACCEPTED);
	assert_int_equal(rig.home.given, 4);

	/* Again, with nothing under way. */
	sender_drain(rig.sender, on_done, &rig);
	wait_until(&rig.home, rig.drained == 2);
	rig_close(&rig);
}

/* --- the token bucket, told the time ----------------------------------------- */

#define START (100 * HF_SECOND)

TEST(test_one_a_second)
{
	struct bucket bucket;
	hf_time now = START;

	bucket_init(&bucket, 1, now);
	assert_int_equal(bucket_tokens(&bucket, now), 1);
	assert_int_equal(bucket_next(&bucket, now), HF_NEVER);
	bucket_take(&bucket, 1, now);
	assert_int_equal(bucket_tokens(&bucket, now), 0);

	/* Whoever sleeps as long as it says finds a token. */
	now += bucket_next(&bucket, now);
	assert_in_range(now, START + HF_SECOND, START + HF_SECOND + 1);
	assert_int_equal(bucket_tokens(&bucket, now), 1);
	assert_int_equal(bucket_tokens(&bucket, now + HF_HOUR), 1);
	/* A clock that goes back gives and takes nothing. */
	assert_int_equal(bucket_tokens(&bucket, START), 1);
}

TEST(test_a_long_text_is_a_debt)
{
	struct bucket bucket;
	hf_time now = START;

	bucket_init(&bucket, 2, now);
	bucket_take(&bucket, 5, now);
	assert_int_equal(bucket_tokens(&bucket, now), 0);
	assert_in_range(bucket_next(&bucket, now), 2 * HF_SECOND, 2 * HF_SECOND + 2);
	assert_int_equal(bucket_tokens(&bucket, now + HF_SECOND), 0);
	assert_int_equal(bucket_tokens(&bucket, now + 2 * HF_SECOND + 1), 1);
}

/* Over a long time the rate holds, whatever the steps are. */
TEST(test_the_rate_holds)
{
	static const double rates[] = { 0.1, 1, 3.7, 1000, 20000 };

	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		struct bucket bucket;
		double length = 1000 / rates[i] * HF_SECOND;
		hf_time now = START;
		unsigned taken = 0;

		bucket_init(&bucket, rates[i], now);
		while ((double)(now - START) < length) {
			hf_time next;

			while (bucket_tokens(&bucket, now) > 0) {
				bucket_take(&bucket, 1, now);
				taken++;
			}
			next = bucket_next(&bucket, now);
			now += next > 1000 ? next : 1000;
		}
		assert_in_range(taken, 999 + (unsigned)(rates[i] > 1 ? rates[i] : 1) - 40,
				1001 + (unsigned)(rates[i] > 1 ? rates[i] : 1));
	}
}
