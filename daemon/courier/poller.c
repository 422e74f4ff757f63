/*
 * Asking the gateway for texts.
 *
 * One round asks for each of our numbers, page after page, and forwards what
 * it finds; the next page is asked for when this one is committed, and a moment later.  A round
 * that breaks is begun again later from the same time, so that nothing between is
 * lost; only one that came to its end moves that time.  One that has had its pages rests where
 * it is until the next, which goes on from there.
 */
#include "courier/poller.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/log.h"
#include "courier/preset.h"

#define SEEN_MOST 1000             /* ids that are not forwarded again */
#define MARGIN    (10 * HF_MINUTE) /* a gateway may have a text later than its time says */
#define RETRY     HF_MINUTE        /* after a round that broke */
#define PACE      HF_SECOND /* between pages: other requests of the account have a limit, too */

struct poller {
	const struct gateway *gateway;
	struct http_client *http;
	const struct clock *clock;
	struct forward *forward;
	struct forwarding *forwarding; /* the page that is forwarded; NULL for none */
	struct loop_timer *timer;
	struct events page;
	char *next; /* page */
	size_t sender;
	unsigned pages;
	hf_time since, began;
	bool running; /* a page is under way, is forwarded, or the timer is set for the next one */
	bool resting, complained;
	char *seen[SEEN_MOST]; /* the oldest at `oldest` */
	size_t oldest;
};

static void request_page(struct poller *poller);

static const struct event_rules *rules_of(const struct poller *poller)
{
	return &poller->gateway->preset->hooks;
}

/* --- rounds ----------------------------------------------------------------------- */

static void wait_for_next_round(struct poller *poller, hf_time pause)
{
	poller->running = false;
	events_done(&poller->page);
	if (!poller->resting) {
		free(take_ptr(poller->next));
	}
	(void)loop_timer_set(poller->timer, pause);
}

/* The rest of the pages is for the next round. */
static void rest(struct poller *poller)
{
	log_notice("gateway=%s: there is more than %d pages of texts; the rest is asked for in the "
		   "next round",
		   poller->gateway->name, POLL_PAGES_MOST);
	poller->resting = true;
	wait_for_next_round(poller, span_length(&rules_of(poller)->poll.every));
}

static void fail_round(struct poller *poller, const char *why)
{
	if (!poller->complained) {
		log_notice("gateway=%s: cannot ask for texts: %s; trying again",
			   poller->gateway->name, why);
	}
	poller->complained = true;
	wait_for_next_round(poller, RETRY);
}

static void end_round(struct poller *poller)
{
	poller->since = poller->began - MARGIN;
	poller->complained = false;
	wait_for_next_round(poller, span_length(&rules_of(poller)->poll.every));
}

static void on_timer(void *userdata)
{
	struct poller *poller = userdata;

	if (!rules_of(poller)->poll.given) {
		return;
	}
	/* A moment after the page before. */
	if (poller->running) {
		request_page(poller);
		return;
	}

	poller->running = true;
	poller->pages = 0;
	if (!poller->resting) {
		poller->began = clock_now(poller->clock);
		poller->sender = 0;
	}
	poller->resting = false;
	request_page(poller);
}

/* --- what was seen before ----------------------------------------------------------- */

static bool is_seen(const struct poller *poller, const char *id)
{
	for (size_t i = 0; *id && i < SEEN_MOST; i++) {
		if (poller->seen[i] && strcmp(poller->seen[i], id) == 0) {
			return true;
		}
	}
	return false;
}

static void drop_seen(struct poller *poller)
{
	size_t kept_count = 0;

	for (size_t i = 0; i < poller->page.inbound_count; i++) {
		if (!is_seen(poller, poller->page.inbound[i].gateway_id)) {
			poller->page.inbound[kept_count++] = poller->page.inbound[i];
		}
	}
	poller->page.inbound_count = kept_count;
}

static void remember_page(struct poller *poller)
{
	for (size_t i = 0; i < poller->page.inbound_count; i++) {
		free(poller->seen[poller->oldest]);
		poller->seen[poller->oldest] = strdup(poller->page.inbound[i].gateway_id);
		poller->oldest = (poller->oldest + 1) % SEEN_MOST;
	}
}

/* --- pages --------------------------------------------------------------------------- */

static void next_page(struct poller *poller)
{
	remember_page(poller);
	free(poller->next);
	poller->next = poller->page.next ? strdup(poller->page.next) : NULL;
	events_done(&poller->page);
	if (!poller->next) {
		poller->sender++;
	}

	if (poller->sender >= gateway_senders(poller->gateway)) {
		end_round(poller);
	} else if (++poller->pages >= POLL_PAGES_MOST) {
		rest(poller);
	} else {
		(void)loop_timer_set(poller->timer, PACE);
	}
}

static void on_end(void *userdata, bool stored)
{
	struct poller *poller = userdata;

	poller->forwarding = NULL;
	if (stored) {
		next_page(poller);
	} else {
		fail_round(poller, "holdfastd could not store what came");
	}
}

static void on_answer(void *userdata, const struct http_answer *answer)
{
	struct poller *poller = userdata;
	int r;

	if (answer->fate != HTTP_ANSWERED || answer->status / 100 != 2) {
		fail_round(poller,
			   answer->fate == HTTP_ANSWERED ? "its answer is no 2xx" : answer->detail);
		return;
	}
	r = events_read_page(rules_of(poller), answer->body, answer->body_size, &poller->page);
	if (r != 0) {
		fail_round(poller, "its answer is not what the preset says");
		return;
	}

	if (poller->page.unfit) {
		log_warning("gateway=%s: of what it was asked for, %s is passed over",
			    poller->gateway->name, poller->page.unfit);
	}
	drop_seen(poller);
	if (poller->page.inbound_count == 0) {
		next_page(poller);
		return;
	}
	r = forward_events(poller->forward, &poller->page, on_end, poller, &poller->forwarding);
	if (r < 0) {
		fail_round(poller, strerror(-r));
	}
}

static void request_page(struct poller *poller)
{
	_cleanup_(request_done) struct request request = { 0 };
	int r;

	/* The gateway's file may have been read again in between, and have fewer numbers. */
	if (poller->sender >= gateway_senders(poller->gateway)) {
		end_round(poller);
		return;
	}
	r = gateway_compose_poll(poller->gateway, poller->since, poller->sender, poller->next,
				 &request);
	if (r == 0) {
		r = request_start(&request, poller->http, on_answer, poller);
	}
	if (r < 0) {
		fail_round(poller, strerror(-r));
	}
}

/* --- birth and death ----------------------------------------------------------------- */

int poller_new(struct loop *loop, const struct gateway *gateway,
	       const struct http_client_options *options, const struct clock *clock,
	       struct forward *forward, struct poller **ret_poller)
{
	_cleanup_(poller_freep) struct poller *poller = calloc(1, sizeof(*poller));
	struct http_client_options own = *options;
	int r;

	if (!poller) {
		return -ENOMEM;
	}
	own.most_connections = 1;
	own.answer_max = POLL_ANSWER_MAX;
	own.ca = gateway->ca;
	poller->gateway = gateway;
	poller->clock = clock;
	poller->forward = forward;
	poller->since = clock_now(clock) - span_length(&rules_of(poller)->poll.window);
	r = http_client_new(loop, &own, &poller->http);
	r = r ? r : loop_add_timer(loop, on_timer, poller, &poller->timer);
	if (r < 0) {
		return r;
	}

	*ret_poller = take_ptr(poller);
	return 0;
}

struct poller *poller_free(struct poller *poller)
{
	if (!poller) {
		return NULL;
	}

	if (poller->forwarding) {
		forward_forget(poller->forwarding);
	}
	(void)http_client_free(poller->http);
	(void)loop_timer_free(poller->timer);
	events_done(&poller->page);
	for (size_t i = 0; i < SEEN_MOST; i++) {
		free(poller->seen[i]);
	}
	free(poller->next);
	free(poller);
	return NULL;
}

void poller_up(struct poller *poller)
{
	if (!poller->running) {
		(void)loop_timer_set(poller->timer, 0);
	}
}

void poller_set_gateway(struct poller *poller, const struct gateway *gateway)
{
	poller->gateway = gateway;
	http_client_set_ca(poller->http, gateway->ca);
}
