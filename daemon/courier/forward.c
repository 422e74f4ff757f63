/*
 * Events on their way to holdfastd.
 *
 * Promises: "stored" is said only when every piece of one webhook is; a wire
 * that breaks, and a holdfastd that says nothing, are a no.  So a gateway that
 * repeats what it got no 2xx for loses nothing, and what comes twice holdfastd
 * knows by its id.
 */
#include "courier/forward.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/queue.h>

struct forwarding {
	LIST_ENTRY(forwarding) entry;
	struct forward *forward;
	struct loop_timer *deadline;
	int64_t first, end; /* its numbers: first <= seq < end */
	int64_t left;
	forward_on_end on_end;
	void *userdata;
};

struct forward {
	struct loop *loop;
	struct wire *wire; /* NULL while holdfastd is away */
	int64_t next;      /* number */
	unsigned count;
	LIST_HEAD(, forwarding) list;
};

static struct forwarding *forwarding_free(struct forwarding *forwarding)
{
	if (forwarding) {
		loop_timer_free(forwarding->deadline);
		free(forwarding);
	}
	return NULL;
}
DEFINE_CLEANUP(struct forwarding *, forwarding_free);

static void end_forwarding(struct forwarding *forwarding, bool stored)
{
	forward_on_end on_end = forwarding->on_end;
	void *userdata = forwarding->userdata;

	LIST_REMOVE(forwarding, entry);
	forwarding->forward->count--;
	(void)forwarding_free(forwarding);
	if (on_end) {
		on_end(userdata, stored);
	}
}

static void on_deadline(void *userdata)
{
	end_forwarding(userdata, false);
}

/* --- giving ------------------------------------------------------------------------ */

static int64_t number_events(struct forward *forward, struct events *events)
{
	for (size_t i = 0; i < events->inbound_count; i++) {
		events->inbound[i].seq = forward->next++;
	}
	for (size_t i = 0; i < events->receipt_count; i++) {
		events->receipts[i].seq = forward->next++;
	}
	if (events->webhook.content) {
		events->webhook.seq = forward->next++;
	}
	return forward->next;
}

static int send_events(struct wire *wire, const struct events *events)
{
	int r = 0;

	if (events->inbound_count > 0) {
		r = wire_send_inbound(wire, events->inbound, events->inbound_count);
	}
	if (r == 0 && events->receipt_count > 0) {
		r = wire_send_receipts(wire, events->receipts, events->receipt_count);
	}
	if (r == 0 && events->webhook.content) {
		r = wire_send_webhooks(wire, &events->webhook, 1);
	}
	return r;
}

int forward_events(struct forward *forward, struct events *events, forward_on_end on_end,
		   void *userdata, struct forwarding **ret_forwarding)
{
	_cleanup_(forwarding_freep) struct forwarding *forwarding = NULL;
	int r;

	if (!forward->wire) {
		return -ENOTCONN;
	}
	if (forward->count == FORWARDINGS_MOST) {
		return -ENOSPC;
	}

	forwarding = calloc(1, sizeof(*forwarding));
	if (!forwarding) {
		return -ENOMEM;
	}
	forwarding->forward = forward;
	forwarding->on_end = on_end;
	forwarding->userdata = userdata;
	r = loop_add_timer(forward->loop, on_deadline, forwarding, &forwarding->deadline);
	r = r ? r : loop_timer_set(forwarding->deadline, FORWARD_WAIT);
	if (r < 0) {
		return r;
	}

	forwarding->first = forward->next;
	forwarding->end = number_events(forward, events);
	forwarding->left = forwarding->end - forwarding->first;
	r = send_events(forward->wire, events);
	if (r < 0) {
		return r;
	}

	LIST_INSERT_HEAD(&forward->list, forwarding, entry);
	forward->count++;
	if (ret_forwarding) {
		*ret_forwarding = forwarding;
	}
	(void)take_ptr(forwarding);
	return 0;
}

void forward_forget(struct forwarding *forwarding)
{
	forwarding->on_end = NULL;
}

/* --- hearing ------------------------------------------------------------------------ */

static struct forwarding *forwarding_of(const struct forward *forward, int64_t seq)
{
	struct forwarding *forwarding;

	LIST_FOREACH(forwarding, &forward->list, entry)
	{
		if (seq >= forwarding->first && seq < forwarding->end) {
			return forwarding;
		}
	}
	return NULL;
}

void forward_stored(struct forward *forward, const struct wire_stored *stored, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct forwarding *forwarding = forwarding_of(forward, stored[i].seq);

		if (!forwarding) {
			continue;
		}
		forwarding->left--;
		if (!stored[i].stored || forwarding->left == 0) {
			end_forwarding(forwarding, stored[i].stored);
		}
	}
}

void forward_up(struct forward *forward, struct wire *wire)
{
	forward->wire = wire;
}

void forward_down(struct forward *forward)
{
	forward->wire = NULL;
	while (!LIST_EMPTY(&forward->list)) {
		end_forwarding(LIST_FIRST(&forward->list), false);
	}
}

/* --- birth and death ------------------------------------------------------------------ */

int forward_new(struct loop *loop, struct forward **ret_forward)
{
	struct forward *forward = calloc(1, sizeof(*forward));

	if (!forward) {
		return -ENOMEM;
	}

	forward->loop = loop;
	forward->next = 1;
	LIST_INIT(&forward->list);
	*ret_forward = forward;
	return 0;
}

struct forward *forward_free(struct forward *forward)
{
	if (!forward) {
		return NULL;
	}

	while (!LIST_EMPTY(&forward->list)) {
		struct forwarding *forwarding = LIST_FIRST(&forward->list);

		LIST_REMOVE(forwarding, entry);
		(void)forwarding_free(forwarding);
	}
	free(forward);
	return NULL;
}
