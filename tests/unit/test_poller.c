/* Asking for texts, page after page, with a pretend gateway and a pretend holdfastd. */
#include "test.h"
#include "webhook_rig.h"
#include "fast_timers.h"
#include "stub.h"

#include "courier/poller.h"

#define PAGES (POLL_PAGES_MOST + 10)

static const char preset[] =
	"vars = { base = { default = \"http://127.0.0.1:1\"; }; };\n"
	"send = { url = \"{base}/x\"; json = { t = \"{text}\"; }; };\n"
	"answers = ( { json = \"/id\"; class = \"accepted\"; } );\n"
	"hooks = { verify = { scheme = \"shared_secret\"; signature = \"path\"; };\n"
	"poll = { request = { url = \"{base}/texts\"; query = { since = \"{since}\"; }; };\n"
	"inbound = { each = \"/texts\"; when = \"/id\"; from = \"/from\"; to = \"/to\"; "
	"text = \"/text\"; id = \"/id\"; }; next = \"/next\"; every = \"1m\"; }; };\n";

/* A page is a text; the last one is the end. */
static void pages(struct stub *stub, int fd, unsigned connection)
{
	struct stub_request *request;

	while ((request = stub_read(stub, fd, connection))) {
		const char *at = strstr(request->head, "page=");
		int page = at ? atoi(at + 5) : 0;
		char body[256], answer[512], next[32] = "";

		if (page < PAGES - 1) {
			(void)snprintf(next, sizeof(next), "/texts?page=%d", page + 1);
		}
		(void)snprintf(body, sizeof(body),
			       "{\"texts\":[{\"id\":\"T%d\",\"from\":\"+13125550142\",\"to\":"
			       "\"+13125550199\",\"text\":\"page %d\"}],\"next\":\"%s\"}",
			       page, page, next);
		(void)snprintf(answer, sizeof(answer),
			       "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
			       body);
		stub_write(fd, answer);
	}
}

/* One of two texts has no sender. */
static void nameless(struct stub *stub, int fd, unsigned connection)
{
	static const char body[] = "{\"texts\":[{\"id\":\"T1\",\"text\":\"from nobody\"},"
				   "{\"id\":\"T2\",\"from\":\"+13125550142\",\"text\":\"hi\"}]}";
	char answer[512];

	while (stub_read(stub, fd, connection)) {
		(void)snprintf(answer, sizeof(answer),
			       "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body),
			       body);
		stub_write(fd, answer);
	}
}

static void turn_until(struct rig *rig, unsigned heard)
{
	hf_time until = clock_monotonic() + 30 * HF_SECOND;

	while (rig->heard < heard) {
		assert_true(clock_monotonic() < until);
		assert_true(loop_turn(rig->loop, HF_SECOND / 100) >= 0);
	}
}

static void open_poller(struct rig *rig, const struct stub *stub, struct poller **ret_poller)
{
	static const struct http_client_options options = { .most_connections = 1,
							    .connect_timeout = HF_MINUTE * 10,
							    .timeout = HF_MINUTE * 10 };
	char gateway[256];

	(void)snprintf(gateway, sizeof(gateway),
		       "preset = \"own\"; from = \"+13125550199\"; secret = \"token\"; "
		       "base = \"http://127.0.0.1:%d\";",
		       stub->port);
	rig_open(rig, preset, gateway);
	assert_int_equal(poller_new(rig->loop, rig->gateway, &options, &rig->clock, rig->forward,
				    ret_poller),
			 0);
}

/* What is more than a round's pages is asked for in the next one, from where this one rests. */
TEST(test_many_pages)
{
	struct stub *stub = stub_start(pages);
	struct poller *poller;
	size_t paced = 0;
	struct rig rig;

	open_poller(&rig, stub, &poller);
	fast_timers.on = true;
	fast_timers.count = 0;
	poller_up(poller);
	turn_until(&rig, POLL_PAGES_MOST);
	for (int i = 0; i < 10; i++) {
		assert_true(loop_turn(rig.loop, HF_SECOND / 100) >= 0);
	}
	assert_int_equal(rig.heard, POLL_PAGES_MOST);
	for (size_t i = 0; i < fast_timers.count; i++) {
		paced += fast_timers.waits[i] > HF_SECOND / 2 && fast_timers.waits[i] <= HF_SECOND;
	}
	assert_true(paced > 10);

	/* The rest, and nothing twice. */
	turn_until(&rig, PAGES);
	assert_int_equal(stub->requests, PAGES);
	assert_string_equal(rig.id, "T59");
	fast_timers.on = false;
	assert_null(poller_free(poller));
	rig_close(&rig);
	stub_stop(stub);
}

/* What is passed over is no webhook to be kept, for the page has none. */
TEST(test_a_text_without_a_sender)
{
	struct stub *stub = stub_start(nameless);
	struct poller *poller;
	struct rig rig;

	open_poller(&rig, stub, &poller);
	poller_up(poller);
	turn_until(&rig, 1);
	for (int i = 0; i < 10; i++) {
		assert_true(loop_turn(rig.loop, HF_SECOND / 100) >= 0);
	}
	assert_int_equal(rig.heard, 1);
	assert_string_equal(rig.text, "hi");
	assert_null(poller_free(poller));
	rig_close(&rig);
	stub_stop(stub);
}
