/*
 * The courier's connection to holdfastd.
 */
#include "courier/link.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/clock.h"
#include "lib/log.h"

#define RETRY_FIRST (HF_SECOND / 10)
#define RETRY_MOST  (5 * HF_SECOND)
/* A connection that lasted so long was a good one: the next try is a first one again. */
#define GOOD_AFTER HF_SECOND

struct line {
	struct loop *loop;
	char *wire_path;
	const struct line_handlers *handlers;
	void *userdata;
	struct wire *wire;
	struct loop_timer *retry;
	hf_time retry_after, up_at;
	bool complained;
};

static void retry_later(struct line *line)
{
	hf_time half = line->retry_after / 2;

	/* Half to whole: couriers that lost the same holdfastd do not come back as one. */
	if (loop_timer_set(line->retry, half + (hf_time)random() % half) < 0) {
		loop_exit(line->loop, -ENOMEM);
	}
	line->retry_after = 4 * half < RETRY_MOST ? 4 * half : RETRY_MOST;
}

void line_drop(struct line *line, const char *why)
{
	if (!line->wire) {
		return;
	}

	log_notice("holdfastd is away: %s", why);
	line->wire = wire_free(line->wire);
	if (clock_monotonic() - line->up_at > GOOD_AFTER) {
		line->retry_after = RETRY_FIRST;
	}
	retry_later(line);
	line->handlers->on_down(line->userdata);
}

static void on_retry(void *userdata)
{
	struct line *line = userdata;
	int r;

	r = wire_connect(line->loop, line->wire_path, &line->handlers->wire, line->userdata,
			 &line->wire);
	if (r < 0 && !line->complained) {
		log_notice("holdfastd cannot be reached: %s; trying again", strerror(-r));
	}
	line->complained = r < 0;
	if (r < 0) {
		retry_later(line);
		return;
	}

	line->up_at = clock_monotonic();
	line->handlers->on_up(line->userdata);
}

int line_new(struct loop *loop, const char *wire_path, const struct line_handlers *handlers,
	     void *userdata, struct line **ret_line)
{
	_cleanup_(line_freep) struct line *line = calloc(1, sizeof(*line));
	int r;

	if (!line) {
		return -ENOMEM;
	}
	line->loop = loop;
	line->handlers = handlers;
	line->userdata = userdata;
	line->retry_after = RETRY_FIRST;
	line->wire_path = strdup(wire_path);
	if (!line->wire_path) {
		return -ENOMEM;
	}

	r = loop_add_timer(loop, on_retry, line, &line->retry);
	if (r < 0) {
		return r;
	}
	r = loop_timer_set(line->retry, 0);
	if (r < 0) {
		return r;
	}

	*ret_line = take_ptr(line);
	return 0;
}

struct line *line_free(struct line *line)
{
	if (!line) {
		return NULL;
	}

	wire_free(line->wire);
	loop_timer_free(line->retry);
	free(line->wire_path);
	free(line);
	return NULL;
}

struct wire *line_wire(const struct line *line)
{
	return line->wire;
}
