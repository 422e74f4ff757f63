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

struct link {
	struct loop *loop;
	char *wire_path;
	const struct link_handlers *handlers;
	void *userdata;
	struct wire *wire;
	struct loop_timer *retry;
	hf_time retry_after, up_at;
	bool complained;
};

static void retry_later(struct link *link)
{
	hf_time half = link->retry_after / 2;

	/* Half to whole: couriers that lost the same holdfastd do not come back as one. */
	if (loop_timer_set(link->retry, half + arc4random_uniform((uint32_t)half)) < 0) {
		loop_exit(link->loop, -ENOMEM);
	}
	link->retry_after = 4 * half < RETRY_MOST ? 4 * half : RETRY_MOST;
}

void link_drop(struct link *link, const char *why)
{
	if (!link->wire) {
		return;
	}

	log_notice("holdfastd is away: %s", why);
	link->wire = wire_free(link->wire);
	if (clock_monotonic() - link->up_at > GOOD_AFTER) {
		link->retry_after = RETRY_FIRST;
	}
	retry_later(link);
	link->handlers->on_down(link->userdata);
}

static void on_retry(void *userdata)
{
	struct link *link = userdata;
	int r;

	r = wire_connect(link->loop, link->wire_path, &link->handlers->wire, link->userdata,
			 &link->wire);
	if (r < 0 && !link->complained) {
		log_notice("holdfastd cannot be reached: %s; trying again", strerror(-r));
	}
	link->complained = r < 0;
	if (r < 0) {
		retry_later(link);
		return;
	}

	link->up_at = clock_monotonic();
	link->handlers->on_up(link->userdata);
}

int link_new(struct loop *loop, const char *wire_path, const struct link_handlers *handlers,
	     void *userdata, struct link **ret_link)
{
	_cleanup_(link_freep) struct link *link = calloc(1, sizeof(*link));
	int r;

	if (!link) {
		return -ENOMEM;
	}
	link->loop = loop;
	link->handlers = handlers;
	link->userdata = userdata;
	link->retry_after = RETRY_FIRST;
	link->wire_path = strdup(wire_path);
	if (!link->wire_path) {
		return -ENOMEM;
	}

	r = loop_add_timer(loop, on_retry, link, &link->retry);
	r = r ? r : loop_timer_set(link->retry, 0);
	if (r < 0) {
		return r;
	}

	*ret_link = take_ptr(link);
	return 0;
}

struct link *link_free(struct link *link)
{
	if (!link) {
		return NULL;
	}

	wire_free(link->wire);
	loop_timer_free(link->retry);
	free(link->wire_path);
	free(link);
	return NULL;
}

struct wire *link_wire(const struct link *link)
{
	return link->wire;
}
