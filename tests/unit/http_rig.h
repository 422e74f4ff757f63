/*
 * An http client and a scripted server, on one loop, for the tests of lib/http_client.
 */
#ifndef HF_TESTS_HTTP_RIG_H
#define HF_TESTS_HTTP_RIG_H

#include <errno.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "lib/clock.h"
#include "lib/http_client.h"
#include "stub.h"

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

struct seen {
	unsigned answers;
	enum http_fate fate;
	int status;
	long retry_after;
	hf_time first_byte_after;
	size_t body_size;
	char body[64], detail[128];
};

struct rig {
	struct loop *loop;
	struct http_client *http;
	struct stub *stub;
	struct seen seen;
};

static inline void on_answer(void *userdata, const struct http_answer *answer)
{
	struct seen *seen = userdata;

	seen->answers++;
	seen->fate = answer->fate;
	seen->status = answer->status;
	seen->retry_after = answer->retry_after;
	seen->first_byte_after = answer->first_byte_after;
	seen->body_size = answer->body_size;
	assert_int_equal(strlen(answer->body), answer->body_size);
	(void)snprintf(seen->body, sizeof(seen->body), "%s", answer->body);
	(void)snprintf(seen->detail, sizeof(seen->detail), "%s", answer->detail);
}

static inline void rig_open(struct rig *rig, stub_script script, hf_time timeout)
{
	const struct http_client_options options = {
		.most_connections = 1,
		.connect_timeout = 2 * HF_SECOND,
		.timeout = timeout,
	};

	*rig = (struct rig){ .stub = stub_start(script) };
	assert_int_equal(loop_new(&rig->loop), 0);
	assert_int_equal(http_client_new(rig->loop, &options, &rig->http), 0);
}

static inline void rig_close(struct rig *rig)
{
	assert_null(http_client_free(rig->http));
	loop_free(rig->loop);
	stub_stop(rig->stub);
}

static inline void wait_for(struct rig *rig, unsigned answers)
{
	hf_time end = clock_monotonic() + 20 * HF_SECOND;

	while (rig->seen.answers < answers) {
		assert_true(clock_monotonic() < end);
		assert_true(loop_turn(rig->loop, HF_SECOND) >= 0);
	}
}

static inline struct seen ask(struct rig *rig, struct http_request request)
{
	char url[64];

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d/messages", rig->stub->port);
	request.url = url;
	request.body_size = request.body ? strlen(request.body) : 0;
	rig->seen = (struct seen){ 0 };
	assert_int_equal(http_client_start(rig->http, &request, on_answer, &rig->seen), 0);
	assert_int_equal(rig->seen.answers, 0);
	wait_for(rig, 1);
	return rig->seen;
}

static inline struct seen post(struct rig *rig, const char *body)
{
	return ask(rig, (struct http_request){ .method = "POST", .body = body });
}

static inline void answer_each(struct stub *stub, int fd, unsigned connection)
{
	while (stub_read(stub, fd, connection)) {
		stub_write(fd, OK);
	}
}

static inline unsigned copies(const struct stub *stub, const char *body)
{
	unsigned count = 0;

	for (unsigned i = 0; i < stub->requests; i++) {
		count += strcmp(stub->list[i].body, body) == 0;
	}
	return count;
}

#endif
